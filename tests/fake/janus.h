/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file janus.h
 * A stand-in for Janus: enough of it to run the plugin's own code in a test program, and to see all it does.
 *
 * As in Janus, media, hangups and the end of a handle come on the handle's own thread, messages come on
 * any; close_pc and end_session take effect later, on that thread. Any callback but relay_rtp that is made
 * while the caller holds a lock ends the program. Without threads (fake_options), everything happens on the
 * caller's thread, in fake_run().
 */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <plugins/plugin.h>

#define FAKE_LINES      16 /* m-lines that are told apart */
#define FAKE_PACKET     64 /* bytes kept of the last packet */
#define FAKE_PATIENCE_S 20 /* how long is waited for what must come */

typedef struct fake_handle fake_handle;

typedef struct fake_options {
	const char *keys;            /* the text of the key file */
	const char *const *settings; /* "section.key=value", NULL at the end; may be NULL */
	gboolean no_threads;
	gboolean no_log;
	gboolean
		same_again; /* every start of this program has these options: write the files once */
	/* Called for each packet before it is counted; may be NULL. Any thread. */
	void (*on_relay)(fake_handle *to, const janus_plugin_rtp *packet);
	/* Called for each event before it is kept; may be NULL. Any thread. */
	void (*on_event)(fake_handle *to, const json_t *event, const json_t *jsep);
} fake_options;

/** What was relayed on one m-line of a handle. */
typedef struct fake_line {
	guint packets;
	guint gaps; /* how often a sequence number was not the one after the last */
	guint bytes;
	gboolean video;
	guint8 last[FAKE_PACKET]; /* of the newest packet */
} fake_line;

/** What else the plugin asked of the core about a handle. */
typedef struct fake_calls {
	guint closes, ends, notices;
	guint hangups; /* made by the fake */
	guint late;    /* callbacks after the end of the handle */
	guint plis[FAKE_LINES];
} fake_calls;

/** Starts the plugin; what its init() returned. */
int fake_janus_start(const fake_options *options);

/**
 * Detaches every handle, ends the plugin, and checks that it has let go of all of them.
 * @abruptly: the plugin ends first, with handles still attached.
 */
void fake_janus_stop(gboolean abruptly);

/** Ends the plugin only; its handles stay attached, and may be used from other threads meanwhile. */
void fake_janus_end_plugin(void);

/** Attaches a handle; handles of one @session (not 0) end together. Taken back by fake_forget() or the stop. */
fake_handle *fake_attach(guint session);

/** Detaches: hangup if there is a connection, then destroy_session. Returns when that is done. */
void fake_detach(fake_handle *handle);

/** Detaches, waits until the plugin has let go, and frees. */
void fake_forget(fake_handle *handle);

/** TRUE once the plugin holds no reference any more. */
gboolean fake_is_released(const fake_handle *handle);

/** TRUE once destroy_session was called. */
gboolean fake_is_gone(const fake_handle *handle);

/** A number of one's own on a handle, 0 at first. */
void fake_tag(fake_handle *handle, guint tag);
guint fake_tag_of(const fake_handle *handle);

/** Sends @body and @jsep (both taken, may be NULL); the transaction, freed with the handle. */
const char *fake_send(fake_handle *handle, json_t *body, json_t *jsep);

/** The same, and waits for the answer: borrowed from the handle; NULL if the handle ends meanwhile. */
json_t *fake_ask(fake_handle *handle, json_t *body, json_t *jsep);

/** The JSEP that came with the newest event that had one, or NULL. Borrowed from the handle. */
json_t *fake_jsep(fake_handle *handle);

/** How many answers to @transaction there are so far. */
guint fake_answers(fake_handle *handle, const char *transaction);

/** Waits for an unasked event called @name that was not returned before; those before it are passed over. */
json_t *fake_await(fake_handle *handle, const char *name);

/** The newest unasked event called @name so far, or NULL. */
json_t *fake_newest(fake_handle *handle, const char *name);

/** How many events called @name the handle got so far, asked for or not. */
guint fake_count(fake_handle *handle, const char *name);

/** Waits until the plugin has done all that was asked of @handle before. */
void fake_settle(fake_handle *handle);

/** What comes on the handle's thread; each returns when the plugin has dealt with it. */
void fake_media_up(fake_handle *handle);
void fake_hangup(fake_handle *handle);
void fake_rtp(fake_handle *handle, int mindex, gboolean video, const void *packet, gsize length);
void fake_rtcp(fake_handle *handle, int mindex, gboolean video, const void *packet, gsize length);

fake_line fake_line_of(fake_handle *handle, guint mindex);

/** After all that is queued on the handle's thread. */
fake_calls fake_calls_of(fake_handle *handle);

/** All packets relayed to the handle. */
guint fake_relayed(fake_handle *handle);

/** query_session and handle_admin_message, new references. */
json_t *fake_query(fake_handle *handle);
json_t *fake_admin(const char *request);
json_t *fake_admin_body(json_t *body);

/** Everything the plugin logged, or told event handlers, since the start; the caller's to g_free. */
char *fake_log(void);
char *fake_notices(void);

/** From now on every packet that is to be recorded fails on the disk, or none. */
void fake_recorder_break(gboolean on);

/** Without threads: does everything that is queued, here and in the plugin. */
void fake_run(void);
