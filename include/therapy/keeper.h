/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file keeper.h
 * The one thread that has the ledger while the plugin runs: it keeps what people answer, and says how they stand.
 *
 * What it says is kept is on disk. Questions are answered in the order in which they were asked. What cannot
 * be read yet is tried again until it can; a withdrawal that cannot be written is told so, counts all the same,
 * and is written as soon as that works: until then nothing else is kept. It is noted in ledger.late meanwhile, so
 * that it counts after a restart too.
 */
#pragma once

#include <therapy/consent_text.h>
#include <therapy/invitation.h>
#include <therapy/ledger.h>
#include <therapy/ledger_verify.h>

#define THP_KEEPER_ID_MAX 64

typedef struct thp_keeper thp_keeper;

/** One question. */
typedef struct thp_keeper_ask {
	char sub[THP_ID_MAX + 1];
	char room[THP_ID_MAX + 1];
	int rule; /* of thp_keeper_rules(): which is answered; -1: nothing is, only asked */
	thp_ledger_answer answer;
	char lang[THP_LANG_MAX + 1]; /* of the text; a withdrawal: "" */
	char id[THP_KEEPER_ID_MAX +
		1]; /* of the page's making: asked again, it is not kept twice */
	gint64 shown_ms;
	thp_details details;           /* said with a yes; private */
	char guardian[THP_ID_MAX + 1]; /* who answers for the person, a minor; "": they do */
} thp_keeper_ask;

/** The answer, borrowed for the call. */
typedef struct thp_keeper_told {
	thp_err err;                                           /* the rest holds only if THP_OK */
	thp_consent_standing standings[THP_CONSENT_KINDS_MAX]; /* by rule, as of now */
	const char *receipt; /* NULL if there is none, or not any more */
	gboolean
		last; /* FALSE: it could not be written yet; once it is, or never will be, told again */
} thp_keeper_told;

/** Told once for each question; for a withdrawal perhaps twice. On the keeper's thread; must not block. */
typedef void (*thp_keeper_done)(const thp_keeper_told *told, void *data);

/** What became of a recording, to be noted in the ledger. */
typedef struct thp_keeper_gate {
	char recording[THP_KEEPER_ID_MAX + 1]; /* its id */
	char room[THP_ID_MAX + 1];
	const char *state; /* "on", "paused", "stopped"; static */
	gboolean video;
	guint n; /* whose agreement it needs, while it is on */
	char subs[THP_SEATS_MAX][THP_ID_MAX + 1];
} thp_keeper_gate;

/**
 * Told once for each; RECORDING_DECLINED if somebody has not agreed. One that is tried again is told twice: first
 * why it waits, without @last, then its end. On the keeper's thread; must not block.
 */
typedef void (*thp_keeper_noted)(thp_err err, gboolean last, void *data);

/** The wall clock in milliseconds. */
typedef gint64 (*thp_keeper_clock)(void);

/**
 * Reads the texts, opens the ledger, and notes in it which texts are in use. On error @why has a sentence: errors
 * of thp_consent_text_load() and thp_ledger_open(); TEXT_FILE also for a text that was changed without a new version.
 */
thp_err thp_keeper_open(const char *texts, const char *ledger, thp_keeper_clock clock, GString *why,
			thp_keeper **out) G_GNUC_WARN_UNUSED_RESULT;

/** The texts, and what the core is to know of them. Constant; any thread. */
const thp_consent_texts *thp_keeper_texts(const thp_keeper *keeper);
const thp_consent_rules *thp_keeper_rules(const thp_keeper *keeper);

/** Starts the thread. */
void thp_keeper_start(thp_keeper *keeper);

/** Asks; any thread, returns at once. */
void thp_keeper_put(thp_keeper *keeper, const thp_keeper_ask *ask, thp_keeper_done done,
		    void *data);

/**
 * Notes what became of a recording, after what was asked before; any thread, returns at once. "on" is tried once;
 * what is over is noted as soon as that works, in order, and nothing else about recordings before it. That lasts as
 * long as the program: at its end it is tried once more.
 */
void thp_keeper_note_gate(thp_keeper *keeper, const thp_keeper_gate *gate, thp_keeper_noted noted,
			  void *data);

/**
 * Copies the ledger into the folder @dir, which is made, between two answers; waits until that is done. *@checkpoint
 * (to be g_freed) is how far the copy goes. DB_ errors. Not on the keeper's thread, nor after it has ended.
 */
thp_err thp_keeper_backup(thp_keeper *keeper, const char *dir,
			  char **checkpoint) G_GNUC_WARN_UNUSED_RESULT;

/** Verifies a copy of the ledger as it is now, by @ask but for dir and now_ms. One caller at a time; the same threads. */
thp_ledger_verdict thp_keeper_verify(thp_keeper *keeper, thp_ledger_verify_ask *ask,
				     thp_ledger_verify_report *report, GString *why);

/** Answers what was asked, ends the thread, and closes the ledger. NULL is allowed. */
void thp_keeper_close(thp_keeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(thp_keeper, thp_keeper_close)
