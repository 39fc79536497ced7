/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The manifest of a recording, as JSON. */
#include <therapy/manifest.h>

#include <string.h>

#include <jansson.h>
#include <therapy/word.h>

#define FORMAT "therapy-recording/1"

/* ---- writing ---- */

static json_t *track_of(const thp_manifest_track *t)
{
	return json_pack("{s:s, s:i, s:s, s:s, s:I, s:I}", "file", t->file, "person",
			 (int)t->person, "role", t->role, "medium", t->video ? "video" : "audio",
			 "packets", (json_int_t)t->packets, "lost", (json_int_t)t->lost);
}

char *thp_manifest_write(const thp_manifest *m)
{
	json_auto_t *tracks = json_array();
	json_auto_t *all =
		json_pack("{s:s, s:s, s:s, s:b, s:I, s:I, s:s, s:i, s:O}", "format", FORMAT, "id",
			  m->id, "recipient", m->recipient, "video", m->video, "begun_ms",
			  (json_int_t)m->begun_ms, "ended_ms", (json_int_t)m->ended_ms, "end",
			  m->end, "keys", (int)m->keys, "tracks", tracks);

	for (guint i = 0; i < m->n_tracks; i++)
		json_array_append_new(tracks, track_of(&m->tracks[i]));
	char *text = json_dumps(all, JSON_INDENT(2));
	char *line = g_strconcat(text, "\n", NULL);
	free(text);
	return line;
}

/* ---- reading ---- */

static thp_err read_text(const json_t *from, const char *name, gsize max, char *out)
{
	const json_t *value = json_object_get(from, name);
	gsize n = json_string_length(value);

	if (!value)
		return THP_MISSING_FIELD;
	if (!json_is_string(value) || n > max || strlen(json_string_value(value)) != n)
		return THP_BAD_FIELD;
	memcpy(out, json_string_value(value), n + 1);
	return THP_OK;
}

static thp_err read_number(const json_t *from, const char *name, gint64 max, gint64 *out)
{
	const json_t *value = json_object_get(from, name);

	if (!value)
		return THP_MISSING_FIELD;
	*out = json_integer_value(value);
	return json_is_integer(value) && *out >= 0 && *out <= max ? THP_OK : THP_BAD_FIELD;
}

/* Whoever opens it joins the name to a folder. */
static gboolean is_plain(const char *name, gsize max)
{
	return name[0] != '.' && thp_word_is_plain(name, max, "._-");
}

static thp_err read_track(const json_t *from, thp_manifest_track *t)
{
	char medium[THP_MANIFEST_WORD_MAX + 1];
	gint64 person = 0, packets = 0, lost = 0;
	thp_err err = read_text(from, "file", THP_MANIFEST_NAME_MAX, t->file);

	err = err ? err : read_number(from, "person", 1000, &person);
	err = err ? err : read_text(from, "role", THP_MANIFEST_WORD_MAX, t->role);
	err = err ? err : read_text(from, "medium", THP_MANIFEST_WORD_MAX, medium);
	err = err ? err : read_number(from, "packets", G_MAXINT64, &packets);
	err = err ? err : read_number(from, "lost", G_MAXINT64, &lost);
	if (err)
		return err;
	t->person = (guint)person;
	t->packets = (guint64)packets;
	t->lost = (guint64)lost;
	t->video = strcmp(medium, "video") == 0;
	return is_plain(t->file, THP_MANIFEST_NAME_MAX) &&
			       is_plain(t->role, THP_MANIFEST_WORD_MAX) &&
			       (t->video || strcmp(medium, "audio") == 0)
		       ? THP_OK
		       : THP_BAD_FIELD;
}

static thp_err read_tracks(const json_t *from, thp_manifest *m)
{
	const json_t *tracks = json_object_get(from, "tracks");

	if (!json_is_array(tracks) || json_array_size(tracks) > THP_MANIFEST_TRACKS_MAX)
		return THP_BAD_FIELD;
	for (; m->n_tracks < json_array_size(tracks); m->n_tracks++) {
		thp_err err =
			read_track(json_array_get(tracks, m->n_tracks), &m->tracks[m->n_tracks]);
		if (err)
			return err;
	}
	return THP_OK;
}

thp_err thp_manifest_read(const char *text, gsize n, thp_manifest *m)
{
	char format[THP_MANIFEST_NAME_MAX + 1];
	gint64 keys = 0;

	memset(m, 0, sizeof *m);
	if (n > THP_MANIFEST_MAX)
		return THP_TOO_BIG;
	json_auto_t *all = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(all))
		return THP_BAD_JSON;
	thp_err err = read_text(all, "format", THP_MANIFEST_NAME_MAX, format);
	err = err ? err : read_text(all, "id", THP_MANIFEST_ID_CHARS, m->id);
	err = err ? err : read_text(all, "recipient", THP_MANIFEST_KEY_CHARS, m->recipient);
	err = err ? err : read_number(all, "begun_ms", G_MAXINT64, &m->begun_ms);
	err = err ? err : read_number(all, "ended_ms", G_MAXINT64, &m->ended_ms);
	err = err ? err : read_text(all, "end", THP_MANIFEST_WORD_MAX, m->end);
	err = err ? err : read_number(all, "keys", G_MAXINT32, &keys);
	if (err)
		return err;
	m->keys = (guint)keys;
	m->video = json_is_true(json_object_get(all, "video"));
	return strcmp(format, FORMAT) == 0 ? read_tracks(all, m) : THP_BAD_FIELD;
}
