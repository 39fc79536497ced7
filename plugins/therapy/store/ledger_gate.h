/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What recordings rest on, as the whole ledger is looked through: which agreements to one stand at each entry. */
#pragma once

#include "ledger_opened.h"

typedef struct thp_ledger_grounds thp_ledger_grounds;

thp_ledger_grounds *thp_ledger_grounds_new(void);
void thp_ledger_grounds_free(thp_ledger_grounds *grounds);

/** Entry @seq says what @place says. */
void thp_ledger_grounds_keep(thp_ledger_grounds *grounds, const thp_ledger_place *place,
			     guint64 seq);

/** Entry @seq has lost its body: what it said can no longer be seen. */
void thp_ledger_grounds_lose(thp_ledger_grounds *grounds, guint64 seq);

/**
 * What is wrong with the record of gate @seq, or NULL; static. Whether it rests on agreements is seen only if all
 * records are (@opened).
 */
const char *thp_ledger_grounds_check(const thp_ledger_grounds *grounds, const char *record,
				     gsize len, guint64 seq, gboolean opened);
