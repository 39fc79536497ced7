/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of configuration keys, and the one function that reads by it. */
#include <therapy/conf.h>

#include <stdlib.h>
#include <string.h>

#define AT(field) G_STRUCT_OFFSET(thp_conf, field)
#define TEXT(section, key, min, max, def, doc)                                                     \
	{                                                                                          \
		section, #key, THP_CONF_TEXT, AT(key), min, max, 0, def, doc                       \
	}
#define NUMBER(section, key, min, max, def, doc)                                                   \
	{                                                                                          \
		section, #key, THP_CONF_NUMBER, AT(key), min, max, def, NULL, doc                  \
	}
#define SWITCH(section, key, def, doc)                                                             \
	{                                                                                          \
		section, #key, THP_CONF_SWITCH, AT(key), 0, 1, def, NULL, doc                      \
	}

#define IN_SESSION(key) "session", #key
#define SESSION_NUMBER(key, min, max, def, doc)                                                    \
	{                                                                                          \
		IN_SESSION(key), THP_CONF_NUMBER, AT(session.key), min, max, def, NULL, doc        \
	}
#define SESSION_SWITCH(key, def, doc)                                                              \
	{                                                                                          \
		IN_SESSION(key), THP_CONF_SWITCH, AT(session.key), 0, 1, def, NULL, doc            \
	}
#define SESSION_LIST(key, min, max, def, doc)                                                      \
	{                                                                                          \
		IN_SESSION(key), THP_CONF_LIST, AT(session.key), min, max, 0, def, doc             \
	}

#define CONSENT_TEXT(key, def, doc)                                                                \
	{                                                                                          \
		"consent", #key, THP_CONF_TEXT, AT(consent.key), 1, THP_PATH_MAX, 0, def, doc      \
	}

/* clang-format off */
static const thp_conf_key table[] = {
	TEXT("general", realm, 1, THP_REALM_MAX, "demo", "name of this service; invitations carry it as aud"),
	TEXT("general", keys_file, 1, THP_PATH_MAX, "/etc/janus/therapy.keys", "file of the booking system's public keys"),
	TEXT("general", data_dir, 0, THP_PATH_MAX, "/var/lib/janus-therapy", "folder of what must last; empty: nothing lasts"),
	NUMBER("general", retention_days, 0, 3650, 90, "days after which an invitation that nobody uses is dead; 0 for never"),
	NUMBER("general", clock_skew_s, 0, 600, 60, "seconds by which clocks may differ"),
	NUMBER("general", workers, 1, 64, 4, "threads for signalling; one area stays on one of them"),
	SWITCH("general", events, 1, "tell Janus's event handlers about changes of state"),
	SWITCH("general", require_e2ee, 1, "refuse media and admissions without end-to-end encryption"),
	NUMBER("general", commit_ms, 500, 60000, 3000, "milliseconds to commit a removal before another is asked"),
	NUMBER("waiting", grace_s, 5, 3600, 120, "seconds in which a lost person may come back as before"),
	NUMBER("waiting", list_ms, 100, 10000, 1000, "least milliseconds between two waiting lists caused by arrivals"),
	SESSION_NUMBER(length_s, 1, 43200, 3000, "seconds that a session lasts whose invitations say nothing"),
	SESSION_NUMBER(max_s, 1, 86400, 10800, "seconds after which every session ends, however often it was extended"),
	SESSION_SWITCH(hard_end, 0, "end sessions when their time is over; else only say so"),
	SESSION_NUMBER(hard_grace_s, 0, 3600, 60, "with hard_end: seconds from the limit to the end"),
	SESSION_LIST(cues_therapist_s, 1, 43200, "600, 300", "when the therapist alone is told of the time left, in seconds before the limit"),
	SESSION_LIST(cues_shared_s, 1, 43200, "300", "when everybody in the room is told"),
	SESSION_SWITCH(clients_see_clock, 1, "show the time left to everybody in the room, not to therapists alone"),
	SESSION_NUMBER(pause_s, 0, 14400, 900, "seconds for which a therapist may stop the clock, in all; 0 for not at all"),
	SESSION_SWITCH(late_extends, 0, "give the whole time to who comes later than appointed"),
	SESSION_SWITCH(keep_next, 1, "refuse to extend a session into the appointment of somebody who waits"),
	SESSION_NUMBER(buffer_s, 0, 7200, 600, "seconds to be free before that appointment"),
	SESSION_NUMBER(wrap_up_s, 0, 14400, 600, "seconds after which a session ends that the others have left; 0 for never"),
	SESSION_NUMBER(alone_s, 0, 14400, 900, "seconds after which a session ends in which somebody was left alone; 0 for never"),
	SESSION_NUMBER(no_show_s, 0, 14400, 900, "seconds of waiting after which one is told that nobody has come; 0 for never"),
	{"consent", "enabled", THP_CONF_SWITCH, AT(consent.enabled), 0, 1, 0, NULL, "ask people before they are let in, and keep their answers"},
	CONSENT_TEXT(texts, "/etc/janus/consent", "folder of the texts that people are asked about"),
	CONSENT_TEXT(ledger, "/var/lib/janus-therapy/ledger", "folder of the ledger that keeps their answers"),
	{"recording", "enabled", THP_CONF_SWITCH, AT(recording.enabled), 0, 1, 0, NULL, "let therapists record, encrypted, while everybody in the room agrees"},
	{"recording", "folder", THP_CONF_TEXT, AT(recording.folder), 1, THP_PATH_MAX, 0, "/var/lib/janus-therapy/recordings", "folder of the recordings, for nobody else to read"},
	{"recording", "key", THP_CONF_TEXT, AT(recording.key), 0, THP_CONF_KEY_MAX, 0, "", "the organisation's public key, made with therapy-recording keygen"},
	{"recording", "max_minutes", THP_CONF_NUMBER, AT(recording.max_minutes), 1, 480, 90, NULL, "minutes after which a recording stops"},
	NUMBER("limits", people_per_area, 2, 1000, 200, "people in one area at once"),
	NUMBER("limits", invitations_per_area, 10, 100000, 5000, "invitations remembered in one area"),
	NUMBER("limits", session_max_s, 1, 86400, 43200, "seconds after which every session of this gateway ends, whatever areas say"),
	NUMBER("limits", requests_per_10s, 5, 1000, 30, "requests of one handle in ten seconds"),
	NUMBER("limits", requests_burst, 5, 1000, 40, "requests of one handle at once"),
	NUMBER("media", video_max_kbps, 0, 20000, 1500, "most a camera may send; 0 for no limit"),
	NUMBER("media", audio_max_kbps, 0, 510, 48, "most a microphone may send; 0 for no limit"),
	NUMBER("media", keyframe_ms, 100, 10000, 500, "least milliseconds between two key frame requests to a sender"),
	SWITCH("adapt", shadow, 0, "decide and write down tiers, but leave everybody's media as they are"),
	TEXT("adapt", metrics_file, 0, THP_PATH_MAX, "", "file for node_exporter's textfile collector; none if empty"),
	NUMBER("adapt", metrics_s, 1, 3600, 15, "seconds between two writings of metrics_file"),
};
/* clang-format on */

const thp_conf_key *thp_conf_table(guint *n)
{
	*n = G_N_ELEMENTS(table);
	return table;
}

static gboolean set_text(void *at, const thp_conf_key *k, const char *value)
{
	gsize length = strlen(value);

	if (length < (gsize)k->min || length > (gsize)k->max)
		return FALSE;
	memcpy(at, value, length + 1);
	return TRUE;
}

static gboolean set_number(void *at, const thp_conf_key *k, const char *value)
{
	return g_ascii_string_to_signed(value, 10, k->min, k->max, at, NULL);
}

static gboolean set_switch(void *at, const char *value)
{
	gboolean *on = at;

	*on = g_strcmp0(value, "true") == 0 || g_strcmp0(value, "yes") == 0;
	return *on || g_strcmp0(value, "false") == 0 || g_strcmp0(value, "no") == 0;
}

static int by_size(gconstpointer a, gconstpointer b)
{
	gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

	return (x < y) - (x > y);
}

static gboolean set_list(thp_conf_list *list, const thp_conf_key *k, const char *value)
{
	*list = (thp_conf_list){0};
	if (strcmp(value, "none") == 0)
		return TRUE;
	g_auto(GStrv) words = g_strsplit(value, ",", THP_CONF_LIST_MAX + 1);
	for (char **word = words; *word; word++) {
		if (list->n == THP_CONF_LIST_MAX ||
		    !set_number(&list->values[list->n++], k, g_strstrip(*word)))
			return FALSE;
	}
	qsort(list->values, list->n, sizeof list->values[0], by_size);
	return list->n > 0;
}

static gboolean set(thp_conf *conf, const thp_conf_key *k, const char *value)
{
	void *at = (char *)conf + k->offset;

	switch (k->type) {
	case THP_CONF_TEXT:
		return set_text(at, k, value ? value : k->text);
	case THP_CONF_NUMBER:
		if (value)
			return set_number(at, k, value);
		*(gint64 *)at = k->number;
		return TRUE;
	case THP_CONF_SWITCH:
		return set_switch(at, value ? value : k->number ? "true" : "false");
	case THP_CONF_LIST:
		return set_list(at, k, value ? value : k->text);
	default:
		return FALSE;
	}
}

static void explain(const char *section, const thp_conf_key *k, GString *why)
{
	g_string_printf(why, "%s.%s must be ", section, k->key);
	if (k->type == THP_CONF_SWITCH)
		g_string_append(why, "true or false");
	else if (k->type == THP_CONF_LIST)
		g_string_append_printf(why,
				       "\"none\", or at most %d numbers with commas between them, "
				       "from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
				       THP_CONF_LIST_MAX, k->min, k->max);
	else
		g_string_append_printf(why, "%s from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
				       k->type == THP_CONF_TEXT ? "a text of bytes" : "a number",
				       k->min, k->max);
}

thp_err thp_conf_load(thp_conf *conf, thp_conf_getter get, void *ctx, GString *why)
{
	memset(conf, 0, sizeof *conf);
	for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
		if (!set(conf, &table[i], get(ctx, table[i].section, table[i].key))) {
			explain(table[i].section, &table[i], why);
			return THP_CONF_VALUE;
		}
	}
	return THP_OK;
}

/* ---- areas ---- */

#define AREA "area-"

static gboolean is_of_session(const thp_conf_key *k)
{
	return strcmp(k->section, "session") == 0;
}

const char *thp_conf_area_of(const char *section)
{
	return g_str_has_prefix(section, AREA) && section[strlen(AREA)] != '\0'
		       ? section + strlen(AREA)
		       : NULL;
}

gboolean thp_conf_knows(const char *section, const char *key)
{
	const char *wanted = thp_conf_area_of(section) ? "session" : section;

	for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
		if (strcmp(table[i].section, wanted) == 0 && strcmp(table[i].key, key) == 0)
			return TRUE;
	}
	return FALSE;
}

thp_err thp_conf_load_area(const thp_conf *conf, const char *section, thp_conf_getter get,
			   void *ctx, thp_conf_session *session, GString *why)
{
	thp_conf own = *conf;

	for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
		const char *value =
			is_of_session(&table[i]) ? get(ctx, section, table[i].key) : NULL;

		if (value && !set(&own, &table[i], value)) {
			explain(section, &table[i], why);
			return THP_CONF_VALUE;
		}
	}
	*session = own.session;
	return THP_OK;
}
