/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-ledger init and rotate: what needs the root key. */
#include "ledger.h"

#include <errno.h>
#include <string.h>

#include <glib/gstdio.h>
#include <therapy/ledger.h>
#include <therapy/secret.h>

#define DAY_S          86400
#define EPOCHS_DEFAULT 3650

static const char init_summary[] =
	"Makes an empty ledger in --data, for the server, and four key files in --keys:\n"
	"\n"
	"  root.secret           certifies signing keys: keep it off the server, on paper or a stick\n"
	"  root.key              checks receipts: publish it, on a leaflet and on your site\n"
	"  organisation.secret   opens the records: whoever answers for them keeps it\n"
	"  organisation.key      its public half\n"
	"\n"
	"The name says where the ledger is, such as clinic.example/consent/gw-1; each server has its own.";

typedef struct plan_options {
	char *data, *origin, *keys, *organisation, *root_secret, *at;
	int epochs, period_s;
} plan_options;

static void plan_options_clear(plan_options *o)
{
	g_free(o->data);
	g_free(o->origin);
	g_free(o->keys);
	g_free(o->organisation);
	g_free(o->root_secret);
	g_free(o->at);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(plan_options, plan_options_clear)

/* What every list of signing keys needs to be told; the end of a command's options. */
#define PLAN_ENTRIES(o)                                                                            \
	{"data", 0, 0, G_OPTION_ARG_FILENAME, &(o)->data, "The plugin's data folder (needed)",     \
	 "DIR"},                                                                                   \
		{"epochs", 0, 0, G_OPTION_ARG_INT, &(o)->epochs, "Signing keys to certify (3650)", \
		 "N"},                                                                             \
		{"period", 0, 0, G_OPTION_ARG_INT, &(o)->period_s, "Seconds each is used (86400)", \
		 "N"},                                                                             \
		{"at", 0, 0, G_OPTION_ARG_STRING, &(o)->at, "Take this time for now", "MS"},       \
		G_OPTION_ENTRY_NULL

/* The epochs begin at a multiple of their length, so that those of a day begin at midnight (UTC). */
static thp_ledger_plan plan_of(const plan_options *o, gint64 now_ms)
{
	const gint64 period_s = o->period_s > 0 ? o->period_s : DAY_S;

	return (thp_ledger_plan){.origin = o->origin,
				 .from_s = now_ms / 1000 / period_s * period_s,
				 .period_s = period_s,
				 .epochs = (guint)(o->epochs > 0 ? o->epochs : EPOCHS_DEFAULT)};
}

static int make_keys(const plan_options *o, guint8 *root_secret, guint8 *organisation)
{
	int status = EXIT_GOOD;

	if (g_mkdir_with_parents(o->data, 0700) != 0 || g_mkdir_with_parents(o->keys, 0700) != 0)
		return complain(EXIT_TROUBLE, "the folders cannot be made: %s", g_strerror(errno));
	if (!thp_note_is_name(o->origin))
		return complain(EXIT_INCOMPLETE, "init: --origin is no name of a ledger");
	if (o->organisation)
		status = read_organisation(o->organisation, FALSE, organisation);
	else
		status = make_organisation_key(o->keys, organisation);
	if (!status)
		status = make_root_key(o->keys, o->origin, root_secret);
	return status;
}

int cmd_init(int argc, char **argv)
{
	g_auto(plan_options) o = {0};
	g_autoptr(GString) why = g_string_new(NULL);
	guint8 root_secret[THP_SECRET_KEY_BYTES];
	guint8 organisation[THP_SEAL_KEY_BYTES];
	gint64 now_ms;
	const GOptionEntry entries[] = {
		{"origin", 0, 0, G_OPTION_ARG_STRING, &o.origin, "The ledger's name (needed)",
		 "NAME"},
		{"keys", 0, 0, G_OPTION_ARG_FILENAME, &o.keys, "Where the keys go (needed)", "DIR"},
		{"organisation", 0, 0, G_OPTION_ARG_FILENAME, &o.organisation,
		 "The organisation's public key, if it has one", "FILE"},
		PLAN_ENTRIES(&o),
	};

	if (!read_one(argc, argv, entries, NULL, init_summary, NULL) || !read_now(o.at, &now_ms))
		return EXIT_INCOMPLETE;
	if (!o.data || !o.origin || !o.keys)
		return complain(EXIT_INCOMPLETE, "init: --data, --origin and --keys are needed");

	int status = make_keys(&o, root_secret, organisation);

	if (status)
		return status;

	thp_ledger_plan plan = plan_of(&o, now_ms);

	plan.root_secret = root_secret;
	plan.organisation = organisation;
	if (thp_ledger_create(o.data, &plan, now_ms, why))
		status = complain(EXIT_TROUBLE, "%s", why->str);
	thp_secret_wipe(root_secret, sizeof root_secret);
	return status;
}

static const char rotate_summary[] =
	"Ends the present epoch and certifies a new list of signing keys: when the old list is used up,\n"
	"when the server's key may have been stolen, or when a backup was put back on a new machine.";

int cmd_rotate(int argc, char **argv)
{
	g_auto(plan_options) o = {0};
	g_autoptr(GString) why = g_string_new(NULL);
	g_autoptr(thp_ledger) ledger = NULL;
	guint8 root_secret[THP_SECRET_KEY_BYTES];
	gint64 now_ms;
	const GOptionEntry entries[] = {
		{"root-secret", 0, 0, G_OPTION_ARG_FILENAME, &o.root_secret,
		 "The root key (needed)", "FILE"},
		PLAN_ENTRIES(&o),
	};

	if (!read_one(argc, argv, entries, NULL, rotate_summary, NULL) || !read_now(o.at, &now_ms))
		return EXIT_INCOMPLETE;
	if (!o.data || !o.root_secret)
		return complain(EXIT_INCOMPLETE, "rotate: --data and --root-secret are needed");
	if (thp_ledger_peek(o.data, why, &ledger))
		return complain(EXIT_TROUBLE, "%s", why->str);
	o.origin = g_strndup(thp_ledger_head(ledger), strcspn(thp_ledger_head(ledger), "\n"));
	g_clear_pointer(&ledger, thp_ledger_close);
	if (read_signing_key(o.root_secret, root_secret))
		return EXIT_TROUBLE;

	thp_ledger_plan plan = plan_of(&o, now_ms);

	plan.root_secret = root_secret;

	const thp_err err = thp_ledger_rotate(o.data, &plan, now_ms, why);

	thp_secret_wipe(root_secret, sizeof root_secret);
	return err ? complain(EXIT_TROUBLE, "%s", why->str) : EXIT_GOOD;
}
