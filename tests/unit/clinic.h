/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A clinic with a ledger in a folder of its own, for the tests of the ledger. */
#pragma once

#include <therapy/ledger.h>
#include <therapy/ledger_verify.h>
#include <therapy/receipt.h>

#define CLINIC_START_MS G_GINT64_CONSTANT(1795305600000)
#define CLINIC_DAY_MS   G_GINT64_CONSTANT(86400000)

typedef struct clinic {
	char *dir;
	guint8 root_secret[THP_SECRET_KEY_BYTES];
	thp_note_key root;
	guint8 organisation[THP_SEAL_KEY_BYTES];
	guint8 organisation_secret[THP_SEAL_KEY_BYTES];
	gint64 now_ms;
	thp_ledger *ledger;
	guint requests;
} clinic;

/** Makes a clinic with an open ledger of 20 days. */
clinic *clinic_new(void);

/** Closes the ledger and removes the folder. */
void clinic_free(clinic *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(clinic, clinic_free)

/** A plan for the clinic's keys from now on. */
thp_ledger_plan clinic_plan(const clinic *c);

/** Opens the ledger again, which must succeed. */
void clinic_open(clinic *c);

/** Opens the ledger, and gives what comes of it. */
thp_err clinic_try(clinic *c);

/** @sub answers about @kind; the receipt is the caller's. */
thp_err clinic_answer(clinic *c, const char *sub, const char *kind, thp_ledger_answer answer,
		      thp_ledger_kept *kept);

/** The same with a request id of the caller's. */
thp_err clinic_ask(clinic *c, const guint8 *request, const char *sub, const char *kind,
		   thp_ledger_answer answer, thp_ledger_kept *kept);

/** @sub answers, which has to be kept; the receipt is let go. */
void clinic_keep(clinic *c, const char *sub, const char *kind, thp_ledger_answer answer);

/** Closes the ledger and verifies it with every key; what was found first goes to @seq. */
thp_ledger_verdict clinic_verify(clinic *c, gint64 *seq);

/** Verifies with what @ask adds: since, now_ms. */
thp_ledger_verdict clinic_verify_with(clinic *c, thp_ledger_verify_ask ask, gint64 *seq,
				      thp_ledger_verify_report *report);

/** Changes ledger.db or keys.db behind the ledger's back, which is closed for it. */
void clinic_tamper(clinic *c, const char *file, const char *sql);
