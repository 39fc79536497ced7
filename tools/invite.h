/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands of therapy-invite share. */
#pragma once

#include <glib.h>

/* How a command ends. */
enum {
	EXIT_GOOD = 0,
	EXIT_INVALID = 1, /* inspect: this invitation would not be let in */
	EXIT_USAGE = 2,   /* the command line makes no sense */
	EXIT_TROUBLE = 3, /* a file or a key cannot be used */
};

/** The commands: @argv[0] is the command's name. Each returns the program's exit status. */
int cmd_keygen(int argc, char **argv);
int cmd_invite(int argc, char **argv);
int cmd_inspect(int argc, char **argv);

/** Prints a new room secret. */
int cmd_new_secret(int argc, char **argv);

/** Says on standard error what is wrong, after "therapy-invite: ", and returns @status. */
int complain(int status, const char *format, ...) G_GNUC_PRINTF(2, 3);

/**
 * Reads the options of a command, and the arguments left over if @rest is not NULL.
 * FALSE if they make no sense, which has then been said; --help is answered and ends the program.
 */
gboolean read_options(int argc, char **argv, const GOptionEntry *entries, const char *arguments,
		      const char *summary, const char *details, char ***rest);

/** Reads a time, or "now"; FALSE if it is neither. */
gboolean read_time(const char *text, gint64 *time_s);

/** Reads a first line of at most @max characters from standard input into @out; FALSE if none. */
gboolean read_stdin_line(char *out, gsize max);
