/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * Withdrawals that may not be in the ledger yet, in a file of their own that takes no more space than it has: what
 * was taken back stays so when the program ends before the disk has let the ledger have it.
 *
 * What is noted is locked with the ledger's pepper: who has the file alone learns how many there are. It is written
 * by a thread of its own, so that nobody waits for it.
 */
#pragma once

#include <therapy/ledger.h>

#define LATE_WORDS 5

typedef struct late late;

/* Opens ledger.late in @dir, or makes it; NULL if that cannot be: then withdrawals wait in memory only. */
late *late_open(const char *dir, const thp_ledger *ledger);

/* Starts the thread. */
void late_start(late *l);

/* Calls @visit with what is noted, LATE_WORDS words each. Before the thread runs. */
void late_each(late *l, void (*visit)(int slot, char **words, void *data), void *data);

/* Notes @words, soon; where, or -1 if there is no room. Any thread, returns at once; NULL is allowed. */
int late_note(late *l, const char *const words[static LATE_WORDS]);

/* It is in the ledger now. Nothing for -1. */
void late_forget(late *l, int slot);

/* Writes what is still to be written, and closes. NULL is allowed. */
void late_close(late *l);
