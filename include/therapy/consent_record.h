/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file consent_record.h
 * The record of one act, in the shape of ISO/IEC TS 27560, and the words a receipt explains it in.
 * No state; any thread.
 */
#pragma once

#include <glib.h>
#include <therapy/consent_text.h>
#include <therapy/error.h>

/* In the order of thp_ledger_answer. */
#define THP_CONSENT_ANSWERS 4

/** One act of one person; all borrowed. */
typedef struct thp_consent_act {
	const thp_consent_kind *kind;
	const thp_consent_language *language;
	const char *id;             /* of the record */
	const char *sub;            /* the organisation's pseudonym of whom it is about, who acts */
	const char *guardian;       /* of who acts for them, a minor; "" or NULL: nobody does */
	const char *scope;          /* the room it is limited to; "" if it is not */
	const char *method;         /* "button", or "witnessed" */
	const thp_details *details; /* what the person added; NULL if nothing */
	guint answer;               /* a thp_ledger_answer */
	gint64 at_ms;
	gint64 shown_ms; /* 0: not known */
	gint64 until_ms; /* 0: no end */
} thp_consent_act;

/** Where somebody stands, as a record says it. */
typedef struct thp_consent_record_state {
	char kind[33];
	char scope[200];
	guint answer;
	gint64 until_ms;
} thp_consent_record_state;

/** A record as it was found in the ledger, with what shows that it is there; all borrowed. */
typedef struct thp_consent_entry {
	const char *origin; /* of the ledger */
	guint64 seq;
	gint64 kept_ms;  /* when it was written into the ledger */
	gboolean stands; /* nothing later has been said about it */
	const char *leaf;
	gsize leaf_len;
	const char *proof; /* of inclusion, under the newest checkpoint; NULL if not asked for */
	gint64 proven_ms;  /* when that was signed */
	const char *record;
	gsize record_len;
} thp_consent_entry;

/** "granted" and so on; "" for what is no answer. Static. */
const char *thp_consent_record_answer(guint answer);

/** Finds an answer by name. */
gboolean thp_consent_record_find(const char *name, guint *answer) G_GNUC_WARN_UNUSED_RESULT;

/** Writes the record, one line of JSON in one form; the caller's to g_free. */
char *thp_consent_record_print(const thp_consent_texts *texts,
			       const thp_consent_act *act) G_GNUC_WARN_UNUSED_RESULT;

/** Reads where somebody stands out of a record; PROOF_MALFORMED. */
thp_err thp_consent_record_read(const char *record, gsize len,
				thp_consent_record_state *out) G_GNUC_WARN_UNUSED_RESULT;

/** What the receipt says of itself, in the language of the text; the caller's to g_free. */
char *thp_consent_record_explain(const thp_consent_texts *texts,
				 const thp_consent_act *act) G_GNUC_WARN_UNUSED_RESULT;
