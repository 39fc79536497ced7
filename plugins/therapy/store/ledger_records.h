/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What entries commit to, as the whole ledger is looked through: records, erasures, texts, notes of recordings. */
#pragma once

#include <therapy/ledger_verify.h>

#include "ledger_inside.h"

typedef struct thp_ledger_records thp_ledger_records;

/** Looks by @ask, and counts what it finds in @report; all borrowed. NULL if the ledger cannot be read. */
thp_ledger_records *thp_ledger_records_new(thp_ledger *ledger, const thp_ledger_verify_ask *ask,
					   thp_ledger_verify_report *report);

/** Frees @records; NULL is allowed. */
void thp_ledger_records_free(thp_ledger_records *records);

/** Looks at what @leaf, the next entry, commits to; its checkpoint is of @origin. */
void thp_ledger_records_check(thp_ledger_records *records, const thp_leaf *leaf,
			      const char *origin);

/** After the last entry: what was erased without a word, and whether people stand where they said. */
void thp_ledger_records_end(thp_ledger_records *records);

/** Counts one more fault, with entry @seq (-1: with none), and tells of it. */
void thp_ledger_records_fault(const thp_ledger_verify_ask *ask, thp_ledger_verify_report *report,
			      gint64 seq, const char *what);
