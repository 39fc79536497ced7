/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-invite: keys, invitations and links for janus.plugin.therapy. */
#include "invite.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <therapy/claim_value.h>
#include <therapy/secret.h>

static const char help[] =
	"NAME\n"
	"  therapy-invite - make and check invitations for janus.plugin.therapy\n"
	"\n"
	"SYNOPSIS\n"
	"  therapy-invite keygen  --out FOLDER|FILE\n"
	"  therapy-invite invite  --key FILE --realm REALM --area AREA [--room ROOM] --role ROLE ...\n"
	"  therapy-invite inspect TOKEN|LINK|- [--keys FILE] [--realm REALM]\n"
	"  therapy-invite --new-secret\n"
	"\n"
	"DESCRIPTION\n"
	"  An invitation is a PASETO v4.public token: it says who may enter which room as what, and\n"
	"  when, and is signed with the organisation's secret key. The plugin holds only public keys.\n"
	"  A link is a page's address, '#', the invitation, '.', and the room's secret. What follows\n"
	"  the '#' never reaches a server; send links as you would send a house key.\n"
	"\n"
	"  keygen      makes a key pair: the secret key for whoever invites, the public for the plugin\n"
	"  invite      signs one invitation and prints it, or a whole link with --link\n"
	"  inspect     says in words what an invitation holds, whether it is valid, and why not\n"
	"\n"
	"  'therapy-invite COMMAND --help' tells all options of a command.\n"
	"\n"
	"EXAMPLES\n"
	"  therapy-invite keygen --out keys/\n"
	"  therapy-invite invite --key keys/secret --realm clinic.example --area dr-khan --room a-17 \\\n"
	"      --role client --name 'Amina' --with 'Dr Khan' --for 2h --link https://clinic.example/\n"
	"  therapy-invite inspect --keys keys/public - < link.txt\n"
	"\n"
	"EXIT STATUS\n"
	"  0 all is well; 1 the inspected invitation is not valid; 2 the command line makes no sense;\n"
	"  3 a file or a key cannot be used\n";

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{"keygen", cmd_keygen},
	{"invite", cmd_invite},
	{"inspect", cmd_inspect},
	{"--new-secret", cmd_new_secret},
};

int complain(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	(void)fprintf(stderr, "therapy-invite: %s\n", text);
	return status;
}

gboolean read_options(int argc, char **argv, const GOptionEntry *entries, const char *arguments,
		      const char *summary, const char *details, char ***rest)
{
	g_autofree char *name = g_strconcat("therapy-invite ", argv[0], NULL);
	g_autoptr(GOptionContext) context = g_option_context_new(arguments);
	g_autoptr(GError) error = NULL;
	g_auto(GStrv) words = g_new0(char *, (gsize)argc + 1);

	for (int i = 0; i < argc; i++)
		words[i] = g_strdup(i == 0 ? name : argv[i]);
	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_summary(context, summary);
	g_option_context_set_description(context, details);
	if (!g_option_context_parse_strv(context, &words, &error)) {
		(void)complain(EXIT_USAGE, "%s", error->message);
		return FALSE;
	}
	if (rest) {
		*rest = g_strdupv(words + 1);
	} else if (words[1]) {
		(void)complain(EXIT_USAGE, "%s: one argument too many", argv[0]);
		return FALSE;
	}
	return TRUE;
}

gboolean read_time(const char *text, gint64 *time_s)
{
	if (strcmp(text, "now") != 0)
		return thp_time_parse(text, time_s);
	*time_s = g_get_real_time() / G_USEC_PER_SEC;
	return TRUE;
}

gboolean read_stdin_line(char *out, gsize max)
{
	gsize len = 0;
	int c;

	while ((c = getchar()) != EOF && c != '\n') {
		if (len == max)
			return FALSE;
		out[len++] = (char)c;
	}
	out[len] = '\0';
	(void)g_strstrip(out);
	return out[0] != '\0';
}

int main(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		(void)fputs(help, argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_USAGE : EXIT_GOOD;
	}
	if (thp_crypto_init())
		return complain(EXIT_TROUBLE, "libsodium does not start");
	for (gsize i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;

		const int status = commands[i].run(argc - 1, argv + 1);

		if (fflush(stdout) != 0)
			return complain(EXIT_TROUBLE, "cannot print: %s", g_strerror(errno));
		return status;
	}
	return complain(EXIT_USAGE, "there is no command '%s'; --help lists them", argv[1]);
}
