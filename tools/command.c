/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the command line to one command, and what it has to say. */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <therapy/secret.h>

int complain(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	(void)fprintf(stderr, "%s: %s\n", own_program.name, text);
	return status;
}

gboolean read_options(int argc, char **argv, const GOptionEntry *entries, const char *arguments,
		      const char *summary, const char *details, char ***rest)
{
	g_autofree char *name = g_strconcat(own_program.name, " ", argv[0], NULL);
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

static int run(const command *chosen, int argc, char **argv)
{
	int status;

	if (thp_crypto_init())
		return complain(EXIT_TROUBLE, "libsodium does not start");
	status = chosen->run(argc, argv);
	if (fflush(stdout) != 0)
		return complain(EXIT_TROUBLE, "cannot print: %s", g_strerror(errno));
	return status;
}

int main(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		(void)fputs(own_program.help, argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_USAGE : EXIT_GOOD;
	}
	for (const command *c = own_program.commands; c->name; c++) {
		if (strcmp(argv[1], c->name) == 0)
			return run(c, argc - 1, argv + 1);
	}
	return complain(EXIT_USAGE, "there is no command '%s'; --help lists them", argv[1]);
}
