/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file reply.h
 * The only writer of what pages hear: plain values become the JSON of docs/protocol.md.
 *
 * Every function returns a new object that the caller owns, never NULL: what cannot be written
 * (text that is not UTF-8) becomes an INTERNAL error. Strings are borrowed for the call and must
 * not be NULL unless it is said. Names of states, reasons and roles are passed as on the wire. Any
 * thread.
 */
#pragma once

#include <jansson.h>
#include <therapy/allot.h>
#include <therapy/error.h>
#include <therapy/keys.h>
#include <therapy/network.h>

#define THP_PROTOCOL_VERSION 1

/** What a person learns of themselves on arrival. */
typedef struct thp_reply_joined {
	const char *participant;
	const char *role;
	const char *state;
	const char *ticket; /* for one receiver handle; a secret */
	const char *name;   /* these four may be empty */
	const char *with;
	const char *lang;
	const char *room;
	const char *area;
	gboolean resumed;
	guint pairs;
	gboolean therapist_present;
} thp_reply_joined;

/** One other person in the room. */
typedef struct thp_reply_peer {
	const char *participant;
	const char *role;
	const char *name;
	gboolean audio, video, away;
	int slot; /* pair of the receiver handle, -1 for none */
} thp_reply_peer;

/** One person on the therapist's list. */
typedef struct thp_reply_person {
	const char *participant;
	guint32 knock;
	const char *name;
	const char *role;
	const char *room;
	const char *state;
	gboolean away, ready, locked;
	gint64 waited_s;
	const char *consent;             /* NULL to leave out */
	const char *others;              /* likewise */
	int details;                     /* -1 to leave out */
	const thp_network_word *network; /* NULL to leave out */
} thp_reply_person;

/** How the time of a session stands. */
typedef struct thp_reply_clock {
	const char *room;
	gboolean paused, hard;
	gint64 ran_ms, left_ms, length_s, end_ms;
	gint64 closes_ms; /* -1 to leave out */
	/* what only a therapist is told */
	gboolean for_therapist;
	gint64 extend_s, pause_left_s;
	gboolean next_waits;
	gint64 next_start; /* Unix seconds; 0 to leave out */
} thp_reply_clock;

/** How the recording of a room stands. */
typedef struct thp_reply_recording {
	const char *room;
	const char *state;
	const char *reason; /* NULL to leave out */
	gboolean video;
	gboolean agreed; /* whoever is told */
	gint64 left_ms;  /* 0 to leave out */
} thp_reply_recording;

/** Counters for operators; no name, room or pseudonym. */
typedef struct thp_reply_status {
	gboolean draining;
	const char *version; /* of the plugin */
	guint areas, rooms, participants, waiting, admitted, away;
	guint64 relayed_packets, dropped_packets, refused_media, errors;
	guint64 unrecorded_packets; /* that a recording lost, because the disk was too slow */
} thp_reply_status;

/** One handle for operators, as `handle_info` shows it. */
typedef struct thp_reply_handle {
	const char *handle; /* "new", "participant", "receiver" */
	const char *state;  /* NULL: not joined */
	guint64 relayed_packets, dropped_packets;
} thp_reply_handle;

/** Why a request failed; @field is the field to blame, or NULL. */
json_t *thp_reply_error(thp_err err, const char *field);

/** @nonce: 32 random bytes as base64url. */
json_t *thp_reply_hello(const char *nonce);
json_t *thp_reply_joined_new(const thp_reply_joined *joined);
json_t *thp_reply_published(void);
json_t *thp_reply_media(gboolean audio, gboolean video, gboolean echo);
json_t *thp_reply_left(void);

/** @room, @text: NULL to leave out. */
json_t *thp_reply_state(const char *state, const char *reason, const char *room, const char *text);
json_t *thp_reply_presence(gboolean therapist_present);
json_t *thp_reply_roster(const char *room, gboolean locked, const thp_reply_peer *peers, guint n);
json_t *thp_reply_clock_new(const thp_reply_clock *clock);
json_t *thp_reply_recording_new(const thp_reply_recording *recording);
json_t *thp_reply_record_key(guint32 gi, guint64 epoch);
json_t *thp_reply_cue(const char *cue, gint64 left_s, gboolean shared);
json_t *thp_reply_message(const char *text);
json_t *thp_reply_draining(gboolean draining);

json_t *thp_reply_admitted(const char *participant);
json_t *thp_reply_held(const char *participant);
json_t *thp_reply_denied(const char *participant);
json_t *thp_reply_removed(const char *participant);
json_t *thp_reply_sent(const char *participant);
json_t *thp_reply_locked(const char *room, gboolean locked);
json_t *thp_reply_ended(const char *room);
json_t *thp_reply_extended(const char *room, int minutes);
json_t *thp_reply_paused(const char *room);
json_t *thp_reply_resumed(const char *room);
json_t *thp_reply_waiting(const thp_reply_person *people, guint n);

json_t *thp_reply_offer(guint pairs);
json_t *thp_reply_receiving(void);

json_t *thp_reply_keys_loaded(guint n);
json_t *thp_reply_backup(const char *file);
json_t *thp_reply_status_new(const thp_reply_status *status);
json_t *thp_reply_handle_new(const thp_reply_handle *handle);

/** What somebody is told about keys; @state is the name of the state in a KEYPACKAGE. */
json_t *thp_reply_keys(const thp_keys_notice *notice, const char *state);

/** The answer to a request about keys: where the group stands. */
json_t *thp_reply_keys_accepted(guint32 gi, guint64 epoch);

/** What a person is to send from now on, at most; @tier is the name of @send->tier. */
json_t *thp_reply_send(const thp_directive *send, const char *tier);

/** What a person receives from now on. */
typedef struct thp_reply_tier {
	const char *tier;
	const char *why;
	gboolean video;            /* any picture at all */
	gboolean nack;             /* the page is to ask for lost video packets again */
	guint buffer_ms;           /* of speech, that the page is to hold back at least */
	const char *const *paused; /* participants whose picture is held back */
	guint n_paused;
} thp_reply_tier;

json_t *thp_reply_tier_new(const thp_reply_tier *tier);

/** What a test of their link has found, for the person themselves. */
json_t *thp_reply_network(const thp_network_word *word, const thp_network_way *down,
			  const thp_network_way *up);
json_t *thp_reply_reported(void);

/** A configuration that was refused; @why: which key, and what is allowed. */
json_t *thp_reply_conf_error(thp_err err, const char *why);

/** What an operator has asked for; @tier may be empty, @seconds 0. */
json_t *thp_reply_pinned(const char *mode, const char *tier, gboolean all, gint64 seconds);

/** What the person prefers from now on; @view: whose picture, may be empty. */
json_t *thp_reply_preferred(gboolean voice_only, const char *view);

/** A media description to go with an event; @restart only makes sense for an offer. */
json_t *thp_reply_jsep(gboolean is_offer, const char *sdp, gboolean e2ee, gboolean restart);
