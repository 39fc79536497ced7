/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-ledger: the consent ledger of janus.plugin.therapy, from outside. */
#include "ledger.h"

static const char help[] =
	"NAME\n"
	"  therapy-ledger - make, check and look after the consent ledger of janus.plugin.therapy\n"
	"\n"
	"SYNOPSIS\n"
	"  therapy-ledger init           --data DIR --origin NAME --keys DIR\n"
	"  therapy-ledger texts          DIR\n"
	"  therapy-ledger answer         --data DIR --texts DIR --sub ID --kind KIND --answer granted ...\n"
	"  therapy-ledger status         --data DIR --sub ID [--scope ROOM] [--texts DIR]\n"
	"  therapy-ledger verify         --data DIR [--root KEY] [--organisation FILE] [--since FILE]\n"
	"  therapy-ledger verify-receipt FILE|- [--root KEY]\n"
	"  therapy-ledger export         --data DIR --organisation FILE [--sub ID] [--format NAME]\n"
	"  therapy-ledger consistency    --data DIR --from SIZE\n"
	"  therapy-ledger witness        --key FILE --state FILE --root KEY FILE|-\n"
	"  therapy-ledger rotate         --data DIR --root-secret FILE\n"
	"  therapy-ledger erase          --data DIR --sub ID --rule RULE\n"
	"  therapy-ledger backup         --data DIR --to DIR\n"
	"  therapy-ledger restore        --data DIR --from DIR\n"
	"\n"
	"DESCRIPTION\n"
	"  The ledger keeps what people agreed to, refused and took back, so that nobody can change it\n"
	"  afterwards without being noticed, and so that the server itself cannot read it.\n"
	"\n"
	"  init            makes a ledger, and the keys that stay away from the server\n"
	"  texts           checks a folder of consent texts\n"
	"  answer          keeps an answer that was given to a person instead of a page\n"
	"  status          says where one person stands\n"
	"  verify          checks every entry, signature, key and record\n"
	"  verify-receipt  checks one receipt, with nothing but the receipt and the root key\n"
	"  export          prints the opened records (ISO/IEC TS 27560, HL7 FHIR R4, IHE PCF, Kantara)\n"
	"  consistency     proves that the ledger has only grown since it had so many entries\n"
	"  witness         signs what another ledger says of itself, if it has only grown\n"
	"  rotate          gives the server a new list of signing keys, from the root key\n"
	"  erase           destroys what opens the records of one person, and the records\n"
	"  backup          copies the ledger, without its signing key\n"
	"  restore         puts such a copy back, unless it is older than what was signed since\n"
	"\n"
	"  All but verify-receipt, texts and witness need the ledger for themselves: stop Janus, or use a copy.\n"
	"  A running Janus makes one, and verifies: ask its Admin API for ledger_backup or ledger_verify.\n"
	"  'therapy-ledger COMMAND --help' tells all options of a command.\n"
	"\n"
	"EXIT STATUS\n"
	"  0 all is well; 1 something is not as it was signed; 2 good so far, but a key is missing to see\n"
	"  all, or the command line makes no sense; 3 a file or key cannot be used\n";

gboolean read_now(const char *at, gint64 *now_ms)
{
	*now_ms = g_get_real_time() / 1000;
	return !at ||
	       (g_ascii_string_to_signed(at, 10, 1, G_GINT64_CONSTANT(1) << 50, now_ms, NULL) ||
		complain(EXIT_INCOMPLETE, "--at is not a time in milliseconds") == 0);
}

gboolean read_one(int argc, char **argv, const GOptionEntry *entries, const char *argument,
		  const char *summary, char **rest)
{
	g_auto(GStrv) words = NULL;

	if (!read_options(argc, argv, entries, argument, summary, NULL, rest ? &words : NULL))
		return FALSE;
	if (!rest)
		return TRUE;
	if (!words[0] || words[1]) {
		(void)complain(EXIT_USAGE, "%s: %s", argv[0],
			       words[0] ? "one argument too many" : "an argument is missing");
		return FALSE;
	}
	*rest = g_strdup(words[0]);
	return TRUE;
}

static const command commands[] = {
	{"init", cmd_init},       {"texts", cmd_texts},
	{"answer", cmd_answer},   {"status", cmd_status},
	{"verify", cmd_verify},   {"verify-receipt", cmd_verify_receipt},
	{"export", cmd_export},   {"consistency", cmd_consistency},
	{"witness", cmd_witness}, {"rotate", cmd_rotate},
	{"erase", cmd_erase},     {"backup", cmd_backup},
	{"restore", cmd_restore}, {NULL, NULL},
};

const program own_program = {"therapy-ledger", help, commands};
