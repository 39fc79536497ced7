/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tools share: a program of several commands, each with options of its own. */
#pragma once

#include <glib.h>

/* How a command ends; each tool gives 1, and what else it has, a meaning of its own. */
enum {
	EXIT_GOOD = 0,
	EXIT_USAGE = 2,   /* the command line makes no sense */
	EXIT_TROUBLE = 3, /* a file or a key cannot be used */
};

/** @argv[0] is the command's name; returns the program's exit status. */
typedef struct command {
	const char *name;
	int (*run)(int argc, char **argv);
} command;

/** What this program is. Each tool has one, and no main(). */
typedef struct program {
	const char *name;
	const char *help;
	const command *commands; /* the last has no name */
} program;

extern const program own_program;

/** Says on standard error what is wrong, after the program's name, and returns @status. */
int complain(int status, const char *format, ...) G_GNUC_PRINTF(2, 3);

/**
 * Reads the options of a command, and the arguments left over if @rest is not NULL.
 * FALSE if they make no sense, which has then been said; --help is answered and ends the program.
 */
gboolean read_options(int argc, char **argv, const GOptionEntry *entries, const char *arguments,
		      const char *summary, const char *details, char ***rest);
