/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A record that is looked at again, with the organisation's key: opened, placed, proven. */
#pragma once

#include <therapy/consent_record.h>

#include "ledger_inside.h"

/* One person, one kind, one room or any: where one answer takes the place of another. */
typedef struct thp_ledger_place {
	guint8 ref[THP_SEAL_REF_BYTES];
	guint8 scope[THP_SEAL_REF_BYTES];
	gsize scope_len; /* 0: any room */
	thp_consent_record_state state;
} thp_ledger_place;

/** The body of the person @ref, opened with the organisation's key; NULL if it does not open. */
GBytes *thp_ledger_unseal(thp_ledger *ledger, const guint8 *organisation_secret, const guint8 *ref,
			  GBytes *stored);

/** The record @record of @ref: what it says of where they stand, and where the ledger has it. PROOF_MALFORMED. */
thp_err thp_ledger_place_read(thp_ledger *ledger, const guint8 *ref, const char *record, gsize len,
			      thp_ledger_place *out) G_GNUC_WARN_UNUSED_RESULT;

/** "ref kind scope", the first and the last in hex; the caller's to g_free. */
char *thp_ledger_place_key(const thp_ledger_place *place);

/** TRUE if entry @seq is the last that was said there. */
gboolean thp_ledger_place_has(thp_ledger *ledger, const thp_ledger_place *place, guint64 seq);

/** Proves that entry @seq is in the ledger as it is; the caller's to g_free, NULL if the tree lacks a part. */
char *thp_ledger_prove(thp_ledger *ledger, guint64 seq);
