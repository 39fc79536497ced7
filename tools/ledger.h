/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the commands of therapy-ledger share. */
#pragma once

#include <glib.h>
#include <therapy/note.h>
#include <therapy/seal.h>

#include "command.h"

/* How a command ends, besides what command.h has. */
enum {
	EXIT_TAMPERED = 1, /* something is not as it was signed */
	EXIT_INCOMPLETE =
		2, /* good as far as can be seen, but a key is missing; or a wrong command line */
};

/** The commands: @argv[0] is the command's name. Each returns the program's exit status. */
int cmd_init(int argc, char **argv);
int cmd_rotate(int argc, char **argv);
int cmd_texts(int argc, char **argv);
int cmd_answer(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_erase(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_verify_receipt(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_consistency(int argc, char **argv);
int cmd_witness(int argc, char **argv);
int cmd_backup(int argc, char **argv);
int cmd_restore(int argc, char **argv);

/** Reads the options of a command, and the one argument left over if @rest is not NULL. */
gboolean read_one(int argc, char **argv, const GOptionEntry *entries, const char *argument,
		  const char *summary, char **rest);

/** Now, or for tests and trials the time in milliseconds of the option --at. */
gboolean read_now(const char *at, gint64 *now_ms);

/** The whole of a small text file, or of standard input for "-"; NULL after saying why. */
char *read_text(const char *path, gsize *len);

/** Writes a new file, which nobody else may read if @secret; FALSE after saying why. */
gboolean write_new(const char *dir, const char *name, const char *text, gboolean secret);

/** The root's or a witness's secret key out of its file; EXIT_GOOD. */
int read_signing_key(const char *path, guint8 secret_key[static THP_SECRET_KEY_BYTES]);

/** A verifier key, given as itself or as a file; EXIT_GOOD. */
int read_verifier(const char *text_or_path, thp_note_key *key);

/** The organisation's key out of its file, secret or public; EXIT_GOOD. */
int read_organisation(const char *path, gboolean secret, guint8 key[static THP_SEAL_KEY_BYTES]);

/** Makes a pair of root keys or of the organisation's keys in the folder @dir. */
int make_root_key(const char *dir, const char *origin,
		  guint8 secret_key[static THP_SECRET_KEY_BYTES]);
int make_organisation_key(const char *dir, guint8 public_key[static THP_SEAL_KEY_BYTES]);
