/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-ledger texts, answer, erase, backup, restore: what changes a ledger, and what goes into it. */
#include "ledger.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>
#include <therapy/base64url.h>
#include <therapy/claim_value.h>
#include <therapy/consent_record.h>
#include <therapy/ledger.h>
#include <therapy/secret.h>

#define DAY_MS G_GINT64_CONSTANT(86400000)

/* ---- texts ---- */

static const char texts_summary[] =
	"Reads a folder of consent texts as the plugin does, and lists them; or says what is wrong.";

int cmd_texts(int argc, char **argv)
{
	g_autofree char *dir = NULL;
	g_autoptr(GString) why = g_string_new(NULL);
	g_autoptr(thp_consent_texts) texts = NULL;
	const GOptionEntry entries[] = {G_OPTION_ENTRY_NULL};

	if (!read_one(argc, argv, entries, "DIR", texts_summary, &dir))
		return EXIT_INCOMPLETE;
	if (thp_consent_text_load(dir, why, &texts))
		return complain(EXIT_TAMPERED, "%s", why->str);
	for (guint i = 0; i < texts->kinds->len; i++) {
		const thp_consent_kind *const kind = g_ptr_array_index(texts->kinds, i);

		for (guint j = 0; j < kind->languages->len; j++) {
			const thp_consent_language *const l = g_ptr_array_index(kind->languages, j);

			printf("%s %s %s %s%s %s\n", kind->name, kind->version, l->lang, l->sha256,
			       kind->required ? " required" : "", l->title);
		}
	}
	if (texts->organisation.sample)
		(void)complain(0,
			       "these are samples: have them reviewed, then take \"sample\" out of "
			       "organisation.json");
	return EXIT_GOOD;
}

/* ---- answer ---- */

static const char answer_summary[] =
	"Keeps an answer that was given in words to somebody of the organisation, or on paper, and prints\n"
	"its receipt. The text of the kind must have been read to the person in that language.";

typedef struct answer_options {
	char *data, *texts, *sub, *kind, *lang, *answer, *scope, *request, *at;
	char *detail[THP_N_DETAILS];
} answer_options;

static void answer_options_clear(answer_options *o)
{
	char **const all[] = {&o->data,   &o->texts, &o->sub,     &o->kind, &o->lang,
			      &o->answer, &o->scope, &o->request, &o->at};

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

static int fill_act(const answer_options *o, const thp_consent_texts *texts, gint64 now_ms,
		    thp_consent_act *act)
{
	*act = (thp_consent_act){.kind = thp_consent_text_kind(texts, o->kind),
				 .sub = o->sub,
				 .scope = o->scope ? o->scope : "",
				 .method = "witnessed",
				 .at_ms = now_ms,
				 .shown_ms = now_ms};
	if (!act->kind)
		return complain(EXIT_INCOMPLETE, "answer: there is no such kind of consent");
	act->language = thp_consent_text_in(act->kind, o->lang ? o->lang : "en");
	if (!act->language)
		return complain(EXIT_INCOMPLETE, "answer: that kind has no text in that language");
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
	return EXIT_GOOD;
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

static int keep(const answer_options *o, const thp_consent_texts *texts, thp_consent_act *act,
		const guint8 *request)
{
	g_autoptr(GString) why = g_string_new(NULL);
	char id[THP_BASE64URL_LEN(THP_SEAL_REQUEST_BYTES) + 1];
	thp_ledger_kept kept = {0};

	thp_base64url_encode(request, THP_SEAL_REQUEST_BYTES, id);
	act->id = id;

	g_autofree char *record = thp_consent_record_print(texts, act);
	g_autofree char *explains = thp_consent_record_explain(texts, act);
	thp_ledger_entry entry = {.sub = act->sub,
				  .kind = act->kind->name,
				  .version = act->kind->version,
				  .lang = act->language->lang,
				  .scope = act->scope,
				  .answer = (thp_ledger_answer)act->answer,
				  .until_ms = act->until_ms,
				  .text = act->language->text,
				  .explains = explains,
				  .record = record};

	memcpy(entry.request, request, sizeof entry.request);
	if (try_entry(o->data, &entry, act->at_ms, why, &kept))
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

/* ---- erase ---- */

static const char erase_summary[] =
	"Destroys the key that opens one person's records, and the records. What was signed stays: that\n"
	"something was kept, when, and that it was erased under this rule. Receipts that the person has\n"
	"stay valid. Old backups of keys.db must be destroyed as well.";

int cmd_erase(int argc, char **argv)
{
	g_autofree char *data = NULL, *sub = NULL, *rule = NULL, *at = NULL;
	g_autoptr(GString) why = g_string_new(NULL);
	g_autoptr(thp_ledger) ledger = NULL;
	gint64 now_ms;
	guint n = 0;
	const GOptionEntry entries[] = {
		{"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "The ledger's folder (needed)", "DIR"},
		{"sub", 0, 0, G_OPTION_ARG_STRING, &sub, "The person's pseudonym (needed)", "ID"},
		{"rule", 0, 0, G_OPTION_ARG_STRING, &rule,
		 "Why, such as GDPR-17 or retention (needed)", "RULE"},
		{"at", 0, 0, G_OPTION_ARG_STRING, &at, "Take this time for now", "MS"},
		G_OPTION_ENTRY_NULL,
	};

	if (!read_one(argc, argv, entries, NULL, erase_summary, NULL) || !read_now(at, &now_ms))
		return EXIT_INCOMPLETE;
	if (!data || !sub || !rule)
		return complain(EXIT_INCOMPLETE, "erase: --data, --sub and --rule are needed");
	if (thp_ledger_open(data, now_ms, why, &ledger))
		return complain(EXIT_TROUBLE, "%s", why->str);

	const thp_err err = thp_ledger_erase(ledger, sub, rule, now_ms, &n);

	if (err == THP_BAD_FIELD)
		return complain(EXIT_INCOMPLETE,
				"erase: --rule is one word of at most 64 characters");
	if (err)
		return complain(EXIT_TROUBLE, "not finished: %s", thp_err_text(err));
	printf("%u records erased\n", n);
	return EXIT_GOOD;
}

/* ---- status ---- */

static const char status_summary[] =
	"Prints where one person stands: kind, answer, version, language, and until when. A line that\n"
	"ends in 'again' is about a text that has a new version since: the person has to be asked again.";

static void print_status(const thp_ledger_state *state, const thp_consent_texts *texts,
			 gint64 now_ms)
{
	const thp_consent_kind *const kind =
		texts ? thp_consent_text_kind(texts, state->kind) : NULL;
	const gboolean over = state->until_ms > 0 && state->until_ms <= now_ms;
	g_autoptr(GDateTime) until = g_date_time_new_from_unix_utc(state->until_ms / 1000);
	g_autofree char *text = g_date_time_format(until, "%Y-%m-%dT%H:%M:%SZ");

	printf("%s %s %s %s %s%s%s\n", state->kind,
	       over ? "expired" : thp_consent_record_answer(state->answer), state->version,
	       state->lang, state->until_ms > 0 ? text : "-", state->scoped ? " in-this-room" : "",
	       kind && !thp_consent_text_holds(kind, state->version) ? " again" : "");
}

int cmd_status(int argc, char **argv)
{
	g_autofree char *data = NULL, *sub = NULL, *scope = NULL, *dir = NULL;
	g_autoptr(GString) why = g_string_new(NULL);
	g_autoptr(thp_ledger) ledger = NULL;
	g_autoptr(thp_consent_texts) texts = NULL;
	g_autoptr(GArray) states = NULL;
	const GOptionEntry entries[] = {
		{"data", 0, 0, G_OPTION_ARG_FILENAME, &data, "The ledger's folder (needed)", "DIR"},
		{"sub", 0, 0, G_OPTION_ARG_STRING, &sub, "The person's pseudonym (needed)", "ID"},
		{"scope", 0, 0, G_OPTION_ARG_STRING, &scope, "In this room too", "ROOM"},
		{"texts", 0, 0, G_OPTION_ARG_FILENAME, &dir, "The consent texts", "DIR"},
		G_OPTION_ENTRY_NULL,
	};

	if (!read_one(argc, argv, entries, NULL, status_summary, NULL))
		return EXIT_INCOMPLETE;
	if (!data || !sub)
		return complain(EXIT_INCOMPLETE, "status: --data and --sub are needed");
	if ((dir && thp_consent_text_load(dir, why, &texts)) || thp_ledger_peek(data, why, &ledger))
		return complain(EXIT_TROUBLE, "%s", why->str);
	if (thp_ledger_states(ledger, sub, scope ? scope : "", &states))
		return complain(EXIT_TROUBLE, "the ledger cannot be read");
	for (guint i = 0; i < states->len; i++)
		print_status(&g_array_index(states, thp_ledger_state, i), texts,
			     g_get_real_time() / 1000);
	return EXIT_GOOD;
}

/* ---- backup and restore ---- */

static int two_folders(int argc, char **argv, const char *name, const char *what,
		       const char *summary, char **data, char **other)
{
	const GOptionEntry entries[] = {
		{"data", 0, 0, G_OPTION_ARG_FILENAME, data, "The ledger's folder (needed)", "DIR"},
		{name, 0, 0, G_OPTION_ARG_FILENAME, other, what, "DIR"},
		G_OPTION_ENTRY_NULL,
	};

	if (!read_one(argc, argv, entries, NULL, summary, NULL))
		return EXIT_INCOMPLETE;
	if (!*data || !*other)
		return complain(EXIT_INCOMPLETE, "%s: --data and --%s are needed", argv[0], name);
	return EXIT_GOOD;
}

static const char backup_summary[] =
	"Copies ledger.db and keys.db into an empty folder. The signing key is never copied.\n"
	"Keep copies of keys.db for a month at most: what was erased is still in older ones.";

int cmd_backup(int argc, char **argv)
{
	g_autofree char *data = NULL, *to = NULL;
	g_autoptr(GString) why = g_string_new(NULL);
	g_autoptr(thp_ledger) ledger = NULL;
	const int status = two_folders(argc, argv, "to", "Where the copy goes (needed)",
				       backup_summary, &data, &to);

	if (status)
		return status;
	if (g_mkdir_with_parents(to, 0700) != 0)
		return complain(EXIT_TROUBLE, "%s: %s", to, g_strerror(errno));
	if (thp_ledger_peek(data, why, &ledger))
		return complain(EXIT_TROUBLE, "%s", why->str);

	const thp_err err = thp_ledger_backup(ledger, to);

	if (err)
		return complain(EXIT_TROUBLE, "%s: %s", to, thp_err_text(err));
	printf("%s", thp_ledger_head(ledger));
	return EXIT_GOOD;
}

static const char restore_summary[] =
	"Puts a backup back where the ledger was lost. It is refused if it is older than what was signed\n"
	"here since (ledger.head). On a new machine, check first that it is the newest there is: with\n"
	"'verify --since' and the newest checkpoint that a witness or a receipt has; then make new signing\n"
	"keys with 'rotate'.";

int cmd_restore(int argc, char **argv)
{
	g_autofree char *data = NULL, *from = NULL;
	g_autoptr(GString) why = g_string_new(NULL);
	const int status = two_folders(argc, argv, "from", "The backup (needed)", restore_summary,
				       &data, &from);

	if (status)
		return status;
	if (g_mkdir_with_parents(data, 0700) != 0)
		return complain(EXIT_TROUBLE, "%s: %s", data, g_strerror(errno));

	const thp_err err = thp_ledger_restore(data, from, why);

	if (err == THP_LEDGER_BEHIND)
		return complain(EXIT_TAMPERED, "%s", why->str);
	return err ? complain(EXIT_TROUBLE, "%s", why->str) : EXIT_GOOD;
}
