/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file conf.h
 * The configuration: one struct of plain values, one table that says what each key may be.
 *
 * Constant once loaded. Where the text comes from is the caller's business.
 */
#pragma once

#include <therapy/error.h>

#define THP_PATH_MAX     255
#define THP_REALM_MAX    64
#define THP_CONF_KEY_MAX 80

#define THP_CONF_LIST_MAX 4

/** Some numbers, the largest first; may be empty. */
typedef struct thp_conf_list {
	guint n;
	gint64 values[THP_CONF_LIST_MAX];
} thp_conf_list;

/** The time of sessions. */
typedef struct thp_conf_session {
	gint64 length_s;
	gint64 max_s;
	gint64 pause_s;
	gint64 wrap_up_s;
	gint64 alone_s;
	gint64 no_show_s;
	gint64 buffer_s;
	gint64 hard_grace_s;
	gboolean hard_end;
	gboolean keep_next;
	gboolean late_extends;
	gboolean clients_see_clock;
	thp_conf_list cues_therapist_s;
	thp_conf_list cues_shared_s;
} thp_conf_session;

/** What people are asked to agree to. */
typedef struct thp_conf_consent {
	gboolean enabled;
	char texts[THP_PATH_MAX + 1];
	char ledger[THP_PATH_MAX + 1];
} thp_conf_consent;

/** What may be recorded, and for whom. */
typedef struct thp_conf_recording {
	gboolean enabled;
	char folder[THP_PATH_MAX + 1];
	char key[THP_CONF_KEY_MAX + 1];
	gint64 max_minutes;
} thp_conf_recording;

typedef struct thp_conf {
	char realm[THP_REALM_MAX + 1];
	char keys_file[THP_PATH_MAX + 1];
	char data_dir[THP_PATH_MAX + 1];
	gint64 retention_days;
	gint64 clock_skew_s;
	gint64 grace_s;
	gint64 list_ms;
	gint64 workers;
	gint64 people_per_area;
	gint64 invitations_per_area;
	gint64 requests_per_10s;
	gint64 requests_burst;
	gint64 video_max_kbps;
	gint64 audio_max_kbps;
	gint64 keyframe_ms;
	gboolean shadow;
	char metrics_file[THP_PATH_MAX + 1];
	gint64 metrics_s;
	gboolean events;
	gboolean require_e2ee;
	gint64 commit_ms;
	gint64 session_max_s;
	thp_conf_session session;
	thp_conf_consent consent;
	thp_conf_recording recording;
} thp_conf;

typedef enum thp_conf_type {
	THP_CONF_TEXT,
	THP_CONF_NUMBER,
	THP_CONF_SWITCH,
	THP_CONF_LIST, /* numbers with commas between them, or "none" */
} thp_conf_type;

/** One key of the configuration file. */
typedef struct thp_conf_key {
	const char *section;
	const char *key;
	thp_conf_type type;
	gsize offset;     /* in thp_conf */
	gint64 min, max;  /* of a number, also in a list; of the bytes of a text */
	gint64 number;    /* default; a switch: 0 or 1 */
	const char *text; /* default of a text or list */
	const char *doc;  /* one line */
} thp_conf_key;

/** The table; @n is set to its length. Static. */
const thp_conf_key *thp_conf_table(guint *n);

/** Gives the text of a key, borrowed until the next call, or NULL if it is not set. */
typedef const char *(*thp_conf_getter)(void *ctx, const char *section, const char *key);

/**
 * Fills @conf from the defaults and from what @get gives.
 * CONF_VALUE at the first value out of range: @why then says which key and what is allowed.
 */
thp_err thp_conf_load(thp_conf *conf, thp_conf_getter get, void *ctx,
		      GString *why) G_GNUC_WARN_UNUSED_RESULT;

/** The area that the section called @section is about ("area-khan": "khan"), or NULL. Borrowed from @section. */
const char *thp_conf_area_of(const char *section);

/** TRUE if there may be a key called @key in the section called @section. */
gboolean thp_conf_knows(const char *section, const char *key);

/**
 * Fills @session with what holds in the area of @section: what it says itself, else what @conf says.
 * CONF_VALUE as in thp_conf_load().
 */
thp_err thp_conf_load_area(const thp_conf *conf, const char *section, thp_conf_getter get,
			   void *ctx, thp_conf_session *session,
			   GString *why) G_GNUC_WARN_UNUSED_RESULT;
