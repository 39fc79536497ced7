/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file state.h
 * Facts as rows of state.db, and back. One thread at a time.
 */
#pragma once

#include <therapy/db.h>
#include <therapy/store.h>

typedef struct state {
	thp_db *db;       /* NULL: not open */
	gint64 committed; /* number of the last transaction that is in the file */
	sqlite3_stmt *put[THP_N_LASTING], *drop[THP_N_LASTING], *wipe[THP_N_LASTING];
	sqlite3_stmt *count;
} state;

/** Opens; on error @s is closed. */
thp_err state_open(state *s, const char *path, GString *why) G_GNUC_WARN_UNUSED_RESULT;

/** Closes. Harmless if it is not open. */
void state_close(state *s);

/** Begins transaction number s->committed + 1. */
thp_err state_begin(state *s) G_GNUC_WARN_UNUSED_RESULT;

/** Writes or takes away one fact. */
thp_err state_write(state *s, const char *area, const thp_lasting *fact) G_GNUC_WARN_UNUSED_RESULT;

/** Takes away all facts of @area. */
thp_err state_wipe(state *s, const char *area) G_GNUC_WARN_UNUSED_RESULT;

/** Commits, and counts. */
thp_err state_commit(state *s) G_GNUC_WARN_UNUSED_RESULT;

/** Reads all, area by area. */
thp_err state_read(state *s, thp_store_visit visit, void *data) G_GNUC_WARN_UNUSED_RESULT;
