/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-ledger answer: an answer that was given in words, or on paper. */
#include "ledger.h"

#include <stdio.h>
#include <string.h>

#include <therapy/base64url.h>
#include <therapy/claim_value.h>
#include <therapy/consent_record.h>
#include <therapy/ledger.h>
#include <therapy/secret.h>

#define DAY_MS G_GINT64_CONSTANT(86400000)

static const char answer_summary[] =
	"Keeps an answer that was given in words to somebody of the organisation, or on paper, and prints\n"
	"its receipt. The text of the kind must have been read to the person in that language: for a minor, to\n"
	"the parent or guardian who answers for them, if the kind says so. Who takes something back is not\n"
	"noted, so that goes without --guardian.";

typedef struct answer_options {
	char *data, *texts, *sub, *guardian, *kind, *lang, *answer, *scope, *request, *at;
	char *detail[THP_N_DETAILS];
} answer_options;

static void answer_options_clear(answer_options *o)
{
	char **const all[] = {&o->data, &o->texts,  &o->sub,   &o->guardian, &o->kind,
			      &o->lang, &o->answer, &o->scope, &o->request,  &o->at};

	for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
		g_clear_pointer(all[i], g_free);
	for (guint d = 0; d < THP_N_DETAILS; d++)
		g_clear_pointer(&o->detail[d], g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(answer_options, answer_options_clear)

static int fill_details(const answer_options *o, const thp_consent_kind *kind, thp_details *out)
{
	memset(out, 0, sizeof *out);
	for (guint d = 0; d < THP_N_DETAILS; d++) {
		const char *words = o->detail[d];

		if (!words)
			continue;
		if (!(kind->details >> d & 1))
			return complain(EXIT_INCOMPLETE, "answer: that kind asks for no --%s",
					thp_detail_name((thp_detail)d));
		if (!g_utf8_validate(words, -1, NULL) || strchr(words, '\n') ||
		    g_utf8_strlen(words, -1) > THP_DETAIL_CHARS)
			return complain(EXIT_INCOMPLETE,
					"answer: --%s is one line of at most %d characters",
					thp_detail_name((thp_detail)d), THP_DETAIL_CHARS);
		g_strlcpy(out->words[d], words, sizeof out->words[d]);
	}
	return EXIT_GOOD;
}

static int check_guardian(const answer_options *o, const thp_consent_act *act)
{
	if (!o->guardian)
		return EXIT_GOOD;
	if (!thp_id_is_valid(o->guardian) || strcmp(o->guardian, o->sub) == 0)
		return complain(EXIT_INCOMPLETE,
				"answer: --guardian is the pseudonym of somebody else than --sub");
	if (!act->kind->guardian)
		return complain(EXIT_INCOMPLETE,
				"answer: that kind everybody answers for themself: no --guardian");
	if (act->answer == THP_LEDGER_WITHDRAWN)
		return complain(EXIT_INCOMPLETE,
				"answer: who takes something back is not noted: no --guardian");
	return EXIT_GOOD;
}

/* What is answered, and in which words; FALSE after saying why not. */
static gboolean find_text(const answer_options *o, const thp_consent_texts *texts,
			  thp_consent_act *act)
{
	act->kind = thp_consent_text_kind(texts, o->kind);
	act->language = act->kind ? thp_consent_text_in(act->kind, o->lang ? o->lang : "en") : NULL;
	if (!act->kind)
		(void)complain(EXIT_INCOMPLETE, "answer: there is no such kind of consent");
	else if (!act->language)
		(void)complain(EXIT_INCOMPLETE, "answer: that kind has no text in that language");
	return act->language != NULL;
}

static int fill_act(const answer_options *o, const thp_consent_texts *texts, gint64 now_ms,
		    thp_consent_act *act)
{
	*act = (thp_consent_act){.sub = o->sub,
				 .guardian = o->guardian,
				 .scope = o->scope ? o->scope : "",
				 .method = "witnessed",
				 .at_ms = now_ms,
				 .shown_ms = now_ms};
	if (!find_text(o, texts, act))
		return EXIT_INCOMPLETE;
	if (!thp_consent_record_find(o->answer, &act->answer))
		return complain(EXIT_INCOMPLETE,
				"answer: --answer is shown, granted, refused or withdrawn");
	if (act->kind->session != (act->scope[0] != '\0'))
		return complain(EXIT_INCOMPLETE,
				act->kind->session
					? "answer: that kind holds for one room: --scope is needed"
					: "answer: that kind holds for every room: no --scope");
	if (act->answer == THP_LEDGER_GRANTED && act->kind->valid_days > 0)
		act->until_ms = now_ms + act->kind->valid_days * DAY_MS;
	return check_guardian(o, act);
}

static thp_err try_once(const char *data, const thp_ledger_entry *entry, gint64 now_ms,
			GString *why, thp_ledger_kept *kept)
{
	g_autoptr(thp_ledger) ledger = NULL;
	thp_err err = thp_ledger_open(data, now_ms, why, &ledger);

	if (err)
		return err;
	err = thp_ledger_text(ledger, entry->kind, entry->version, entry->lang, entry->text,
			      now_ms);
	if (!err)
		err = thp_ledger_append(ledger, entry, now_ms, kept);
	if (err == THP_TEXT_FILE)
		g_string_printf(why, "the text of %s %s (%s) was changed: give it a new version",
				entry->kind, entry->version, entry->lang);
	else if (err)
		g_string_printf(why, "not kept: %s", thp_err_text(err));
	return err;
}

/* What is taken back is kept even where nothing else is. */
static thp_err try_entry(const char *data, const thp_ledger_entry *entry, gint64 now_ms,
			 GString *why, thp_ledger_kept *kept)
{
	thp_err err = try_once(data, entry, now_ms, why, kept);

	if (err == THP_DB_FULL && entry->answer == THP_LEDGER_WITHDRAWN &&
	    thp_ledger_make_room(data))
		err = try_once(data, entry, now_ms, why, kept);
	return err;
}

static int keep(const answer_options *o, const thp_consent_texts *texts,
		const thp_consent_act *asked, const guint8 *request)
{
	thp_consent_act act = *asked;
	g_autoptr(GString) why = g_string_new(NULL);
	char id[THP_BASE64URL_LEN(THP_SEAL_REQUEST_BYTES) + 1];
	thp_ledger_kept kept = {0};

	thp_base64url_encode(request, THP_SEAL_REQUEST_BYTES, id);
	act.id = id;

	g_autofree char *record = thp_consent_record_print(texts, &act);
	g_autofree char *explains = thp_consent_record_explain(texts, &act);
	thp_ledger_entry entry = {.sub = act.sub,
				  .kind = act.kind->name,
				  .version = act.kind->version,
				  .lang = act.language->lang,
				  .scope = act.scope,
				  .answer = (thp_ledger_answer)act.answer,
				  .until_ms = act.until_ms,
				  .text = act.language->text,
				  .explains = explains,
				  .record = record};

	memcpy(entry.request, request, sizeof entry.request);
	if (try_entry(o->data, &entry, act.at_ms, why, &kept))
		return complain(EXIT_TROUBLE, "%s", why->str);
	if (!kept.receipt)
		return complain(EXIT_GOOD, "kept already, as entry %" G_GUINT64_FORMAT, kept.seq);
	(void)fputs(kept.receipt, stdout);
	g_free(kept.receipt);
	return EXIT_GOOD;
}

int cmd_answer(int argc, char **argv)
{
	g_auto(answer_options) o = {0};
	g_autoptr(GString) why = g_string_new(NULL);
	g_autoptr(thp_consent_texts) texts = NULL;
	guint8 request[THP_SEAL_REQUEST_BYTES];
	thp_consent_act act;
	thp_details details;
	gint64 now_ms;
	const GOptionEntry entries[] = {
		{"data", 0, 0, G_OPTION_ARG_FILENAME, &o.data, "The ledger's folder (needed)",
		 "DIR"},
		{"texts", 0, 0, G_OPTION_ARG_FILENAME, &o.texts, "The consent texts (needed)",
		 "DIR"},
		{"sub", 0, 0, G_OPTION_ARG_STRING, &o.sub, "The person's pseudonym (needed)", "ID"},
		{"guardian", 0, 0, G_OPTION_ARG_STRING, &o.guardian,
		 "The pseudonym of who answers for them, a minor", "ID"},
		{"kind", 0, 0, G_OPTION_ARG_STRING, &o.kind, "What it is about (needed)", "KIND"},
		{"answer", 0, 0, G_OPTION_ARG_STRING, &o.answer,
		 "granted, refused, withdrawn (needed)", "WORD"},
		{"lang", 0, 0, G_OPTION_ARG_STRING, &o.lang, "The language of the text (en)",
		 "TAG"},
		{"scope", 0, 0, G_OPTION_ARG_STRING, &o.scope, "For this room only", "ROOM"},
		{"place", 0, 0, G_OPTION_ARG_STRING, &o.detail[THP_DETAIL_PLACE],
		 "Where the person is today", "TEXT"},
		{"contact", 0, 0, G_OPTION_ARG_STRING, &o.detail[THP_DETAIL_CONTACT],
		 "Whom to call today", "TEXT"},
		{"request", 0, 0, G_OPTION_ARG_STRING, &o.request,
		 "An id to ask again with (22 characters of base64url)", "ID"},
		{"at", 0, 0, G_OPTION_ARG_STRING, &o.at, "Take this time for now", "MS"},
		G_OPTION_ENTRY_NULL,
	};

	if (!read_one(argc, argv, entries, NULL, answer_summary, NULL) || !read_now(o.at, &now_ms))
		return EXIT_INCOMPLETE;
	if (!o.data || !o.texts || !o.sub || !o.kind || !o.answer || !thp_id_is_valid(o.sub))
		return complain(EXIT_INCOMPLETE,
				"answer: --data, --texts, --sub, --kind and --answer are needed");
	thp_random_bytes(request, sizeof request);
	if (o.request && !thp_base64url_exact(o.request, request, sizeof request))
		return complain(EXIT_INCOMPLETE, "answer: --request is no id");
	if (thp_consent_text_load(o.texts, why, &texts))
		return complain(EXIT_TROUBLE, "%s", why->str);

	int status = fill_act(&o, texts, now_ms, &act);

	if (!status)
		status = fill_details(&o, act.kind, &details);
	act.details = &details;
	return status ? status : keep(&o, texts, &act, request);
}
