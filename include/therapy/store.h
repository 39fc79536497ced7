/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file store.h
 * The file of what lasts of all areas, and the one thread that writes it.
 *
 * Whoever writes is told when that is on disk, or that it is not and never will be. What is handed over
 * while the disk is busy is written together, with one sync for all.
 */
#pragma once

#include <therapy/lasting.h>

#define THP_STORE_FILE "state.db"

typedef struct thp_store thp_store;

/** Told once for each write: THP_OK, or what the disk said. On the store's thread; must not block. */
typedef void (*thp_store_done)(thp_err err, void *data);

/** Given the @n facts of @area, borrowed for the call. */
typedef void (*thp_store_visit)(const char *area, const thp_lasting *facts, guint n, void *data);

/**
 * Opens the file in @folder, which must exist; see thp_db_open() for errors and @why.
 * The store does nothing by itself before thp_store_start().
 */
thp_err thp_store_open(const char *folder, GString *why,
		       thp_store **store) G_GNUC_WARN_UNUSED_RESULT;

/** Reads all there is, area by area. Before thp_store_start(). */
thp_err thp_store_read(thp_store *store, thp_store_visit visit,
		       void *data) G_GNUC_WARN_UNUSED_RESULT;

/** Starts the thread. */
void thp_store_start(thp_store *store);

/**
 * Hands over @facts (taken) of @area; @whole: they are all there is, whatever was written before.
 * Any thread; returns at once. Writes of one area keep their order.
 */
void thp_store_write(thp_store *store, const char *area, gboolean whole, GArray *facts,
		     thp_store_done done, void *data);

/** Writes a copy of the file, as of now, to @path, which must not exist. Waits for it. Any thread but the store's. */
thp_err thp_store_backup(thp_store *store, const char *path) G_GNUC_WARN_UNUSED_RESULT;

/** Writes what was handed over, ends the thread, and closes. NULL is allowed. */
void thp_store_close(thp_store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(thp_store, thp_store_close)
