/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One table says what each request has; one reader per field says what it may hold. */
#include <therapy/request.h>

#include <string.h>

#include <therapy/word.h>

#include "body.h"
#include "bytes.h"
#include "keys_read.h"
#include "report_read.h"
#include "text.h"

/* Numbers above 2^53 are not exact in a page. */
#define SEQ_MAX  (G_GINT64_CONSTANT(1) << 53)
#define LATE_MAX 60000

/* A value's string, or NULL if it is none, holds a zero byte or is longer than @max bytes. */
static const char *string_of(const json_t *value, gsize max)
{
	const char *string = json_string_value(value);

	if (!string || json_string_length(value) > max ||
	    strlen(string) != json_string_length(value))
		return NULL;
	return string;
}

static thp_err read_seq(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	json_int_t seq = json_integer_value(value);

	if (!json_is_integer(value) || seq < 0 || seq > SEQ_MAX)
		return THP_BAD_FIELD;
	out->has_seq = TRUE;
	out->seq = (guint64)seq;
	return THP_OK;
}

static thp_err read_invitation(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	if (!json_is_string(value))
		return THP_BAD_FIELD;
	const char *token = string_of(value, THP_TOKEN_MAX);

	if (!token || *token == '\0')
		return THP_TOKEN_MALFORMED;
	for (const char *p = token; *p; p++) {
		if (*p != '.' && !thp_bytes_has(*p))
			return THP_TOKEN_MALFORMED;
	}
	memcpy(out->invitation, token, strlen(token) + 1);
	return THP_OK;
}

/* One half of the device object: @bytes bytes to @out, or @damaged. */
static thp_err read_device_part(const json_t *value, guint8 *out, gsize bytes, thp_err damaged)
{
	if (!value)
		return THP_MISSING_FIELD;
	if (!json_is_string(value))
		return THP_BAD_FIELD;
	return thp_bytes_read(json_string_value(value), json_string_length(value), out, bytes)
		       ? THP_OK
		       : damaged;
}

static thp_err read_device(const json_t *value, thp_request *out, const char **field)
{
	thp_err err;

	if (!json_is_object(value))
		return THP_BAD_FIELD;
	*field = "device.key";
	err = read_device_part(json_object_get(value, "key"), out->device_key,
			       sizeof out->device_key, THP_DEVICE_KEY);
	if (err)
		return err;
	*field = "device.signature";
	return read_device_part(json_object_get(value, "signature"), out->device_signature,
				sizeof out->device_signature, THP_DEVICE_SIGNATURE);
}

static thp_err read_participant(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	const char *id = string_of(value, THP_PARTICIPANT_CHARS);

	if (!id || !thp_bytes_read(id, strlen(id), NULL, 16))
		return THP_BAD_FIELD;
	memcpy(out->participant, id, sizeof out->participant);
	return THP_OK;
}

static thp_err read_knock(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	json_int_t knock = json_integer_value(value);

	if (!json_is_integer(value) || knock < 1 || knock > G_MAXUINT32)
		return THP_BAD_FIELD;
	out->knock = (guint32)knock;
	return THP_OK;
}

static thp_err read_text(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	const char *text = string_of(value, THP_TEXT_BYTES);

	if (!text || !thp_text_is_clean(text, strlen(text), THP_TEXT_CHARS))
		return THP_BAD_FIELD;
	/* Nothing to say is only a mistake where saying something is all there is to it. */
	if (*text == '\0' && out->kind == THP_REQ_MESSAGE)
		return THP_BAD_FIELD;
	memcpy(out->text, text, strlen(text) + 1);
	return THP_OK;
}

/* A word of letters, digits and "._~-", @min to @max of them. */
static thp_err read_word(const json_t *value, gsize min, gsize max, char *out)
{
	const char *word = string_of(value, max);

	if (!word || strlen(word) < min || !thp_word_is_plain(word, max, "._~-"))
		return THP_BAD_FIELD;
	memcpy(out, word, strlen(word) + 1);
	return THP_OK;
}

static thp_err read_room(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	return read_word(value, 1, THP_ID_MAX, out->room);
}

static thp_err read_consent(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	return read_word(value, 1, THP_CONSENT_NAME_MAX, out->consent);
}

static thp_err read_version(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	return read_word(value, 1, THP_CONSENT_VERSION_MAX, out->version);
}

static thp_err read_lang(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	return read_word(value, 1, THP_LANG_MAX, out->lang);
}

static thp_err read_id(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	return read_word(value, THP_CONSENT_ID_MIN, THP_CONSENT_ID_MAX, out->id);
}

static thp_err read_decision(const json_t *value, thp_request *out, const char **field)
{
	const char *word = json_string_value(value);

	(void)field;
	out->granted = g_strcmp0(word, "granted") == 0;
	return out->granted || g_strcmp0(word, "refused") == 0 ? THP_OK : THP_BAD_FIELD;
}

static thp_err read_as(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	out->guardian = g_strcmp0(json_string_value(value), "guardian") == 0;
	return out->guardian ? THP_OK : THP_BAD_FIELD;
}

/* Words for an emergency: one line each, and said only with a yes. */
static thp_err read_details(const json_t *value, thp_request *out, const char **field)
{
	static const char *const names[] = {"detail.place", "detail.contact"};

	G_STATIC_ASSERT(G_N_ELEMENTS(names) == THP_N_DETAILS);
	if (!json_is_object(value) || !out->granted)
		return THP_BAD_FIELD;
	for (guint d = 0; d < THP_N_DETAILS; d++) {
		const json_t *said = json_object_get(value, thp_detail_name((thp_detail)d));
		const char *words = string_of(said, THP_DETAIL_BYTES);

		if (!said)
			continue;
		*field = names[d];
		if (!words || strchr(words, '\n') ||
		    !thp_text_is_clean(words, strlen(words), THP_DETAIL_CHARS))
			return THP_BAD_FIELD;
		memcpy(out->details.words[d], words, strlen(words) + 1);
		(void)g_strstrip(out->details.words[d]);
	}
	*field = "detail";
	return thp_details_are_empty(&out->details) ? THP_BAD_FIELD : THP_OK;
}

static thp_err read_minutes(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	json_int_t minutes = json_integer_value(value);

	if (!json_is_integer(value) || minutes < 1 || minutes > THP_EXTEND_MAX)
		return THP_BAD_FIELD;
	out->minutes = (int)minutes;
	return THP_OK;
}

static thp_err read_ticket(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	const char *ticket = string_of(value, THP_TICKET_CHARS);

	if (!ticket || !thp_bytes_read(ticket, strlen(ticket), NULL, 32))
		return THP_BAD_FIELD;
	memcpy(out->ticket, ticket, sizeof out->ticket);
	return THP_OK;
}

static thp_err read_switch(const json_t *value, int *out)
{
	if (!json_is_boolean(value))
		return THP_BAD_FIELD;
	*out = json_is_true(value) ? 1 : 0;
	return THP_OK;
}

static thp_err read_audio(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	return read_switch(value, &out->audio);
}

static thp_err read_video(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	return read_switch(value, &out->video);
}

static thp_err read_echo(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	return read_switch(value, &out->echo);
}

static thp_err read_restart(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	return read_switch(value, &out->restart);
}

static thp_err read_sealed(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	return json_is_string(value) &&
			       thp_bytes_read(json_string_value(value), json_string_length(value),
					      out->sealed, sizeof out->sealed)
		       ? THP_OK
		       : THP_BAD_FIELD;
}

static thp_err read_gi(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	json_int_t gi = json_integer_value(value);

	if (!json_is_integer(value) || gi < 1 || gi > G_MAXUINT32)
		return THP_BAD_FIELD;
	out->gi = (guint32)gi;
	return THP_OK;
}

static thp_err read_epoch(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return THP_BAD_FIELD;
	out->epoch = (guint64)json_integer_value(value);
	return THP_OK;
}

static thp_err read_keys(const json_t *value, thp_request *out, const char **field)
{
	out->has_keys = TRUE;
	return thp_keys_read_admission(value, &out->keys, field);
}

static thp_err read_voice_only(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	return read_switch(value, &out->voice_only);
}

static thp_err read_view(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	const char *id = string_of(value, THP_PARTICIPANT_CHARS);

	if (!id || (*id != '\0' && !thp_bytes_read(id, strlen(id), NULL, 16)))
		return THP_BAD_FIELD;
	out->has_view = TRUE;
	memcpy(out->view, id, strlen(id) + 1);
	return THP_OK;
}

static thp_err read_down(const json_t *value, thp_request *out, const char **field)
{
	out->has_down = TRUE;
	return thp_report_read_down(value, &out->down, field);
}

static thp_err read_up(const json_t *value, thp_request *out, const char **field)
{
	out->has_up = TRUE;
	return thp_report_read_up(value, &out->up, field);
}

static thp_err read_late(const json_t *value, thp_request *out, const char **field)
{
	(void)field;
	json_int_t ms = json_integer_value(value);

	if (!json_is_integer(value) || ms < 0 || ms > LATE_MAX)
		return THP_BAD_FIELD;
	out->late_ms = (guint32)ms;
	return THP_OK;
}

enum {
	SEQ = 1 << 0,
	INVITATION = 1 << 1,
	DEVICE = 1 << 2,
	PARTICIPANT = 1 << 3,
	TO = 1 << 4,
	KNOCK = 1 << 5,
	TEXT = 1 << 6,
	ROOM = 1 << 7,
	TICKET = 1 << 8,
	AUDIO = 1 << 9,
	VIDEO = 1 << 10,
	ECHO = 1 << 11,
	RESTART = 1 << 12,
	KEYS = 1 << 13,
	MINUTES = 1 << 14,
	CONSENT = 1 << 15,
	VERSION = 1 << 16,
	LANG = 1 << 17,
	DECISION = 1 << 18,
	ID = 1 << 19,
	VOICE_ONLY = 1 << 20,
	DOWN = 1 << 21,
	UP = 1 << 22,
	SEALED = 1 << 23,
	GI = 1 << 24,
	EPOCH = 1 << 25,
	DETAIL = 1 << 26,
	AS = 1 << 27,
	VIEW = 1 << 28,
	LATE = 1 << 29,
};

static const struct {
	guint bit;
	const char *name;
	thp_err (*read)(const json_t *value, thp_request *out, const char **field);
} fields[] = {
	{SEQ, "seq", read_seq},
	{INVITATION, "invitation", read_invitation},
	{DEVICE, "device", read_device},
	{PARTICIPANT, "participant", read_participant},
	{TO, "to", read_participant},
	{KNOCK, "knock", read_knock},
	{TEXT, "text", read_text},
	{ROOM, "room", read_room},
	{TICKET, "ticket", read_ticket},
	{AUDIO, "audio", read_audio},
	{VIDEO, "video", read_video},
	{ECHO, "echo", read_echo},
	{RESTART, "restart", read_restart},
	{KEYS, "e2ee", read_keys},
	{VOICE_ONLY, "voice_only", read_voice_only},
	{VIEW, "view", read_view},
	{DOWN, "down", read_down},
	{UP, "up", read_up},
	{LATE, "ms", read_late},
	{MINUTES, "minutes", read_minutes},
	{CONSENT, "kind", read_consent},
	{VERSION, "version", read_version},
	{LANG, "lang", read_lang},
	{DECISION, "answer", read_decision},
	{ID, "id", read_id},
	{SEALED, "data", read_sealed},
	{GI, "gi", read_gi},
	{EPOCH, "epoch", read_epoch},
	{AS, "as", read_as},
	{DETAIL, "detail", read_details}, /* after the answer that it goes with */
};

/* What each request must have and may have; seq always may. */
static const struct {
	guint must, may;
} forms[THP_N_REQUESTS] = {
	[THP_REQ_JOIN] = {INVITATION | DEVICE, 0},
	[THP_REQ_PUBLISH] = {0, AUDIO | VIDEO | ECHO},
	[THP_REQ_MEDIA] = {0, AUDIO | VIDEO | ECHO},
	[THP_REQ_ADMIT] = {PARTICIPANT | KNOCK, KEYS},
	[THP_REQ_HOLD] = {PARTICIPANT, 0},
	[THP_REQ_DENY] = {PARTICIPANT | KNOCK, TEXT},
	[THP_REQ_REMOVE] = {PARTICIPANT, 0},
	[THP_REQ_MESSAGE] = {TO | TEXT, 0},
	[THP_REQ_LOCK] = {ROOM, 0},
	[THP_REQ_UNLOCK] = {ROOM, 0},
	[THP_REQ_EXTEND] = {MINUTES, 0},
	[THP_REQ_RECORD] = {VIDEO, 0},
	[THP_REQ_RECORD_KEY] = {GI | EPOCH | SEALED, 0},
	[THP_REQ_RECEIVE] = {TICKET, RESTART},
	[THP_REQ_CONSENT_DETAIL] = {PARTICIPANT, 0},
	[THP_REQ_CONSENT_TEXT] = {CONSENT | LANG, 0},
	[THP_REQ_CONSENT_SHOWN] = {CONSENT | VERSION | LANG, 0},
	[THP_REQ_CONSENT_DECIDE] = {CONSENT | VERSION | LANG | DECISION | ID, DETAIL | AS},
	[THP_REQ_CONSENT_WITHDRAW] = {CONSENT | ID, 0},
	[THP_REQ_REPORT] = {0, DOWN | UP},
	[THP_REQ_LATE] = {LATE, 0},
	[THP_REQ_PREFER] = {0, VOICE_ONLY | VIEW},
};

static thp_err read_fields(const json_t *body, thp_request *out, const char **field)
{
	guint must = forms[out->kind].must;
	guint known = must | forms[out->kind].may | SEQ;

	for (gsize i = 0; i < G_N_ELEMENTS(fields); i++) {
		if (!(fields[i].bit & known))
			continue;
		const json_t *value = json_object_get(body, fields[i].name);
		thp_err err = THP_OK;

		*field = fields[i].name;
		if (value)
			err = fields[i].read(value, out, field);
		else if (fields[i].bit & must)
			err = THP_MISSING_FIELD;
		if (err)
			return err;
	}
	*field = NULL;
	return THP_OK;
}

thp_err thp_request_parse(json_t *body, thp_request *out, const char **field)
{
	const char *name = NULL;
	thp_err err = thp_body_open(body, &name, field);

	*out = (thp_request){.audio = -1, .video = -1, .echo = -1, .voice_only = -1};
	if (err)
		return err;
	if (!thp_request_find(name, &out->kind)) {
		*field = "request";
		return THP_UNKNOWN_REQUEST;
	}
	err = read_fields(body, out, field);
	if (!err && out->kind == THP_REQ_REPORT && !out->has_down && !out->has_up) {
		*field = "down";
		err = THP_MISSING_FIELD;
	}
	if (!err && out->kind == THP_REQ_PREFER && out->voice_only < 0 && !out->has_view) {
		*field = "voice_only";
		err = THP_MISSING_FIELD;
	}
	if (!err && out->kind == THP_REQ_E2EE) {
		out->has_keys = TRUE;
		err = thp_keys_read(body, &out->keys, field);
	}
	if (err)
		thp_request_clear(out);
	return err;
}

gboolean thp_request_is_report(const json_t *body)
{
	const char *name = json_string_value(json_object_get(body, "request"));

	return name && (strcmp(name, thp_request_name(THP_REQ_REPORT)) == 0 ||
			strcmp(name, thp_request_name(THP_REQ_LATE)) == 0);
}

void thp_request_clear(thp_request *request)
{
	explicit_bzero(request, sizeof *request);
}
