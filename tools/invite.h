/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands of therapy-invite share. */
#pragma once

#include <glib.h>

#include "command.h"

/* How a command ends, besides what command.h has. */
enum {
	EXIT_INVALID = 1, /* inspect: this invitation would not be let in */
};

/** The commands: @argv[0] is the command's name. Each returns the program's exit status. */
int cmd_keygen(int argc, char **argv);
int cmd_invite(int argc, char **argv);
int cmd_inspect(int argc, char **argv);

/** Prints a new room secret. */
int cmd_new_secret(int argc, char **argv);

/** Reads a time, or "now"; FALSE if it is neither. */
gboolean read_time(const char *text, gint64 *time_s);

/** Reads a first line of at most @max characters from standard input into @out; FALSE if none. */
gboolean read_stdin_line(char *out, gsize max);
