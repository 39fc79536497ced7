/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of configuration keys, and the one function that reads by it. */
#include <therapy/conf.h>

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

/* clang-format off */
static const thp_conf_key table[] = {
	TEXT("general", realm, 1, THP_REALM_MAX, "demo", "name of this service; invitations carry it as aud"),
	TEXT("general", keys_file, 1, THP_PATH_MAX, "/etc/janus/therapy.keys", "file of the booking system's public keys"),
	NUMBER("general", clock_skew_s, 0, 600, 60, "seconds by which clocks may differ"),
	NUMBER("general", workers, 1, 64, 4, "threads for signalling; one area stays on one of them"),
	SWITCH("general", events, 1, "tell Janus's event handlers about changes of state"),
	SWITCH("general", require_e2ee, 1, "refuse media and admissions without end-to-end encryption"),
	NUMBER("general", commit_ms, 500, 60000, 3000, "milliseconds to commit a removal before another is asked"),
	NUMBER("waiting", grace_s, 5, 3600, 120, "seconds in which a lost person may come back as before"),
	NUMBER("waiting", list_ms, 100, 10000, 1000, "least milliseconds between two waiting lists caused by arrivals"),
	NUMBER("limits", people_per_area, 2, 1000, 200, "people in one area at once"),
	NUMBER("limits", invitations_per_area, 10, 100000, 5000, "invitations remembered in one area"),
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
	default:
		return FALSE;
	}
}

static void explain(const thp_conf_key *k, GString *why)
{
	g_string_printf(why, "%s.%s must be ", k->section, k->key);
	if (k->type == THP_CONF_SWITCH)
		g_string_append(why, "true or false");
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
			explain(&table[i], why);
			return THP_CONF_VALUE;
		}
	}
	return THP_OK;
}
