/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file ledger_verify.h
 * Does this ledger say what it always said? Everything is computed again from the bytes that are stored.
 *
 * Without the organisation's key the records stay sealed, and only that they are the ones that were sealed
 * can be shown. One thread; the ledger must not be open elsewhere.
 */
#pragma once

#include <glib.h>
#include <therapy/consent_record.h>
#include <therapy/error.h>
#include <therapy/note.h>

typedef enum thp_ledger_verdict {
	THP_LEDGER_GOOD = 0,
	THP_LEDGER_TAMPERED = 1,
	THP_LEDGER_INCOMPLETE =
		2, /* what could be looked at is good; keys are missing for the rest */
	THP_LEDGER_UNREADABLE = 3,
} thp_ledger_verdict;

/** Is told what is wrong, and with which entry (-1: none of its own). @what has no personal data. */
typedef void (*thp_ledger_verify_found)(void *ctx, gint64 seq, const char *what);

/** Is given each record that was opened, in the order of the ledger. */
typedef void (*thp_ledger_verify_record)(void *ctx, const thp_consent_entry *entry);

/** Is given each note of a recording: when it was kept, its words ("recording ID on"), and the numbers it rests on. */
typedef void (*thp_ledger_verify_gate)(void *ctx, guint64 seq, gint64 kept_ms, const char *words,
				       const char *upon);

/** What to look at; all borrowed, anything but @dir may be NULL or 0. */
typedef struct thp_ledger_verify_ask {
	const char *dir;
	const thp_note_key *root;          /* the root key, known from elsewhere */
	const guint8 *organisation_secret; /* opens the records */
	const char *since;                 /* a checkpoint that somebody kept */
	gint64 now_ms;                     /* when the copy was made: is a heartbeat missing? */
	thp_ledger_verify_found found;
	thp_ledger_verify_record record;
	thp_ledger_verify_gate gate;
	gboolean proofs; /* each record comes with the proof that it is in the ledger */
	void *ctx;
} thp_ledger_verify_ask;

typedef struct thp_ledger_verify_report {
	guint64 entries;
	guint64 epochs; /* that are closed */
	guint64 opened; /* records */
	guint64 erased;
	guint faults;
} thp_ledger_verify_report;

/** Looks at the whole ledger. @why has a sentence if it is UNREADABLE. */
thp_ledger_verdict thp_ledger_verify(const thp_ledger_verify_ask *ask,
				     thp_ledger_verify_report *report, GString *why);
