/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records in the shape of ISO/IEC TS 27560: header, processing, parties, events. */
#include <therapy/consent_record.h>

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#define RECORD_MAX 16384

static const struct {
	const char *name;
	const char *state; /* of ISO/IEC TS 27560, in the words of the Data Privacy Vocabulary */
} answers[THP_CONSENT_ANSWERS] = {
	{"shown", "ConsentRequested"},
	{"granted", "ConsentGiven"},
	{"refused", "ConsentRefused"},
	{"withdrawn", "ConsentWithdrawn"},
};

const char *thp_consent_record_answer(guint answer)
{
	return answer < THP_CONSENT_ANSWERS ? answers[answer].name : "";
}

gboolean thp_consent_record_find(const char *name, guint *answer)
{
	for (*answer = 0; *answer < THP_CONSENT_ANSWERS; (*answer)++) {
		if (strcmp(answers[*answer].name, name) == 0)
			return TRUE;
	}
	return FALSE;
}

static void print_time(gint64 ms, const char *format, char *out, gsize size)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(ms / 1000);
	g_autofree char *text = time ? g_date_time_format(time, format) : NULL;

	g_strlcpy(out, text ? text : "", size);
}

/* ---- writing ---- */

static json_t *header(const thp_consent_act *act)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "schema_version", "ISO/IEC TS 27560:2023",
			 "record_id", act->id, "receipt_id", act->id, "pii_principal_id", act->sub);
}

static json_t *purpose(const thp_consent_organisation *o, const thp_consent_kind *kind)
{
	return json_pack("{s:s, s:s, s:s, s:[{s:s}], s:[s], s:[s], s:s, s:s, s:[s], s:s, s:s}",
			 "purpose", kind->purpose, "purpose_type", kind->nature, "lawful_basis",
			 kind->lawful_basis, "pii_information", "pii_type", kind->data,
			 "pii_controllers", "controller", "storage_locations", o->storage,
			 "retention_period", o->retention, "jurisdiction", o->jurisdiction,
			 "recipient_third_parties", kind->recipients, "withdrawal_method",
			 o->withdrawal, "collection_method", "asked before or during the session");
}

static json_t *processing(const thp_consent_organisation *o, const thp_consent_act *act)
{
	const thp_consent_language *const l = act->language;

	return json_pack("{s:{s:s, s:s, s:s, s:s}, s:s, s:[o]}", "privacy_notice", "kind",
			 act->kind->name, "version", act->kind->version, "title", l->title,
			 "sha256", l->sha256, "language", l->lang, "purposes",
			 purpose(o, act->kind));
}

static gboolean is_by_guardian(const thp_consent_act *act)
{
	return act->guardian && act->guardian[0] != '\0';
}

static json_t *parties(const thp_consent_organisation *o, const thp_consent_act *act)
{
	json_t *list = json_pack("[{s:s, s:s, s:s, s:s, s:s}, {s:s, s:s}]", "party_id",
				 "controller", "party_type", "pii_controller", "party_name",
				 o->name, "party_address", o->address, "party_contact", o->contact,
				 "party_id", act->sub, "party_type", "pii_principal");

	if (is_by_guardian(act))
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "party_id", act->guardian,
						      "party_type", "pii_principal_representative",
						      "party_role", "guardian"));
	return list;
}

static json_t *events(const thp_consent_act *act)
{
	char at[32];
	char until[32] = "until withdrawn";

	print_time(act->at_ms, "%Y-%m-%dT%H:%M:%SZ", at, sizeof at);
	if (act->until_ms > 0)
		print_time(act->until_ms, "until %Y-%m-%dT%H:%M:%SZ", until, sizeof until);
	return json_pack("[{s:s, s:s, s:s, s:s, s:s}]", "event_time", at, "event_type",
			 "explicitly expressed", "event_state", answers[act->answer].state,
			 "validity_duration", until, "entity_id",
			 is_by_guardian(act) ? act->guardian : act->sub);
}

static json_t *details(const thp_details *said)
{
	json_t *object = json_object();

	for (guint d = 0; said && d < THP_N_DETAILS; d++) {
		if (said->words[d][0] != '\0')
			json_object_set_new(object, thp_detail_name((thp_detail)d),
					    json_string(said->words[d]));
	}
	return object;
}

static json_t *own(const thp_consent_act *act)
{
	const char *capacity = is_by_guardian(act) ? "guardian" : "self";

	/* Who presses "Withdraw" on a minor's page may be either: nobody is asked, so nothing is said. */
	if (strcmp(answers[act->answer].name, "withdrawn") == 0)
		capacity = NULL;
	return json_pack("{s:s, s:s*, s:s, s:s, s:s, s:o, s:I, s:I, s:I}", "answer",
			 answers[act->answer].name, "capacity", capacity, "kind", act->kind->name,
			 "scope", act->scope, "method", act->method, "detail",
			 details(act->details), "at_ms", (json_int_t)act->at_ms, "shown_ms",
			 (json_int_t)act->shown_ms, "until_ms", (json_int_t)act->until_ms);
}

char *thp_consent_record_print(const thp_consent_texts *texts, const thp_consent_act *act)
{
	const thp_consent_organisation *const o = &texts->organisation;
	json_auto_t *root = json_object();

	json_object_set_new(root, "header", header(act));
	json_object_set_new(root, "processing", processing(o, act));
	json_object_set_new(root, "parties", parties(o, act));
	json_object_set_new(root, "events", events(act));
	json_object_set_new(root, "therapy", own(act));

	/* jansson has its own allocator; callers know only g_free(). */
	char *const text = json_dumps(root, JSON_COMPACT | JSON_SORT_KEYS);
	char *const copy = g_strdup(text ? text : "");

	free(text);
	return copy;
}

/* ---- reading ---- */

static gboolean copy(const json_t *object, const char *key, char *out, gsize size)
{
	const char *const text = json_string_value(json_object_get(object, key));

	return text && g_strlcpy(out, text, size) < size;
}

thp_err thp_consent_record_read(const char *record, gsize len, thp_consent_record_state *out)
{
	json_auto_t *root =
		len <= RECORD_MAX ? json_loadb(record, len, JSON_REJECT_DUPLICATES, NULL) : NULL;
	const json_t *const state = json_object_get(root, "therapy");
	const json_t *const until = json_object_get(state, "until_ms");
	const char *const answer = json_string_value(json_object_get(state, "answer"));

	memset(out, 0, sizeof *out);
	if (!answer || !thp_consent_record_find(answer, &out->answer) ||
	    !copy(state, "kind", out->kind, sizeof out->kind) ||
	    !copy(state, "scope", out->scope, sizeof out->scope) || !json_is_integer(until))
		return THP_PROOF_MALFORMED;
	out->until_ms = json_integer_value(until);
	return THP_OK;
}

/* ---- explaining ---- */

static const thp_consent_words *words_in(const thp_consent_texts *texts, const char *lang)
{
	for (guint i = 0; i < texts->words->len; i++) {
		const thp_consent_words *const words = g_ptr_array_index(texts->words, i);

		if (strcmp(words->lang, lang) == 0)
			return words;
	}
	return g_ptr_array_index(texts->words, 0);
}

typedef struct blank {
	const char *name;
	const char *value;
} blank;

/* Each {name} once, from left to right: a value that looks like a blank is not one. */
static char *fill(const char *template, const blank *blanks, gsize n)
{
	GString *const out = g_string_new(NULL);

	while (*template) {
		gsize i = 0;

		for (; i < n && !g_str_has_prefix(template, blanks[i].name); i++)
			;
		/* Isolated, so that a date stays a date within words that run the other way. */
		if (i < n)
			g_string_append_printf(out, "\u2068%s\u2069", blanks[i].value);
		else
			g_string_append_c(out, *template);
		template += i < n ? strlen(blanks[i].name) : 1;
	}
	return g_string_free(out, FALSE);
}

static char *answer_in(const thp_consent_words *words, const thp_consent_act *act)
{
	const blank blanks[] = {{"{person}", act->sub}, {"{guardian}", act->guardian}};

	if (!is_by_guardian(act) || !words->guardian)
		return g_strdup(words->answers[act->answer]);

	g_autofree char *by = fill(words->guardian, blanks, G_N_ELEMENTS(blanks));

	return g_strconcat(words->answers[act->answer], " ", by, NULL);
}

char *thp_consent_record_explain(const thp_consent_texts *texts, const thp_consent_act *act)
{
	const thp_consent_words *const words = words_in(texts, act->language->lang);
	g_autofree char *answer = answer_in(words, act);
	char at[40], until[40];
	const blank blanks[] = {
		{"{organisation}", texts->organisation.name},
		{"{contact}", texts->organisation.contact},
		{"{title}", act->language->title},
		{"{version}", act->kind->version},
		{"{answer}", answer},
		{"{person}", act->sub},
		{"{time}", at},
		{"{until}", act->until_ms > 0 ? until : words->no_end},
	};

	print_time(act->at_ms, "%Y-%m-%d %H:%M UTC", at, sizeof at);
	print_time(act->until_ms, "%Y-%m-%d %H:%M UTC", until, sizeof until);
	return fill(words->explains, blanks, G_N_ELEMENTS(blanks));
}
