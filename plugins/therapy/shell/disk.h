/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file disk.h
 * The store of this gateway: opened at the start, and spoken of in the log when it fails.
 */
#pragma once

#include <therapy/store.h>

#include "worker.h"

/** Opens the store in general.data_dir, making that folder if it is missing; FALSE, and logged, if that fails. */
gboolean thp_disk_open(void);

/** TRUE if there is a store: what lasts is written. Any thread. */
gboolean thp_disk_is_open(void);

/** Gives all that has lasted to the workers, and starts writing. FALSE, and logged, if it cannot be read. */
gboolean thp_disk_restore(void);

/** Writes @facts (taken) of @area; @job (taken), a THP_JOB_STORED, is posted with the outcome. Any thread. */
void thp_disk_write(const char *area, gboolean whole, GArray *facts, thp_job *job);

/** Writes a backup into the folder; its path, the caller's to g_free, or NULL with *@err. Waits. */
char *thp_disk_backup(thp_err *err);

/** Says that so many facts in the file could not be used. */
void thp_disk_warn_of_left_out(guint n);

/** Writes what waits, and closes. */
void thp_disk_close(void);
