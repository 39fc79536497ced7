/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-ledger texts, erase, status, backup, restore: looking after a ledger. */
#include "ledger.h"

#include <errno.h>
#include <stdio.h>

#include <glib/gstdio.h>
#include <therapy/consent_record.h>
#include <therapy/ledger.h>

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
