/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small files beside the databases: written whole or not at all. */
#pragma once

#include <therapy/epoch.h>
#include <therapy/merkle.h>

/* The seed, and the number of the epoch it stands at. */
typedef struct thp_ledger_seed {
	guint64 epoch;
	guint8 seed[THP_EPOCH_SEED_BYTES];
} thp_ledger_seed;

/** Writes @text to @dir/@name: after a crash there is the old content or the new. */
thp_err thp_ledger_files_write(const char *dir, const char *name,
			       const char *text) G_GNUC_WARN_UNUSED_RESULT;

/** Reads @dir/ledger.seed; KEY_FILE. */
thp_err thp_ledger_files_read_seed(const char *dir, thp_ledger_seed *out) G_GNUC_WARN_UNUSED_RESULT;

/** Replaces @dir/ledger.seed, overwriting the old one's bytes first. */
thp_err thp_ledger_files_write_seed(const char *dir,
				    const thp_ledger_seed *seed) G_GNUC_WARN_UNUSED_RESULT;

/** Opens @dir/ledger.head for reading and writing; -1 if it is not there. */
int thp_ledger_files_open_head(const char *dir);

/** Reads how far was signed; FALSE if that is damaged. */
gboolean thp_ledger_files_read_head(int fd, guint64 *size, thp_hash *root);

/** Makes @dir/ledger.head, and waits for the disk. */
thp_err thp_ledger_files_write_head(const char *dir, guint64 size,
				    const thp_hash *root) G_GNUC_WARN_UNUSED_RESULT;

/** Notes how far was signed, without waiting for the disk. */
void thp_ledger_files_note_head(int fd, guint64 size, const thp_hash *root);

/** Makes @dir/ledger.ballast, which can be given up when the disk is full. Trouble is ignored. */
void thp_ledger_files_make_ballast(const char *dir);

/** TRUE if it is there: nothing has been given up yet, and there was room for it. */
gboolean thp_ledger_files_has_ballast(const char *dir);

/** Gives it up; FALSE if there was none. */
gboolean thp_ledger_files_drop_ballast(const char *dir);
