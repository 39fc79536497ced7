/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file ledger.h
 * The consent ledger: a Merkle log in ledger.db, people's keys in keys.db, and beside them the seed
 * of the key that signs (ledger.seed) and how far it has signed (ledger.head).
 *
 * What thp_ledger_append() acknowledged is on disk. When a commit failed nobody knows whether it is:
 * every call then answers NOT_STORED until the ledger is closed and opened again, which looks. A
 * request's id is used once: asking again gives the first answer. A ledger that is older than what
 * it has signed refuses to sign. One thread at a time, and one process: the files are locked.
 */
#pragma once

#include <glib.h>
#include <therapy/checkpoint.h>
#include <therapy/epoch.h>
#include <therapy/error.h>
#include <therapy/leaf.h>
#include <therapy/seal.h>

#define THP_LEDGER_KIND_MAX    32 /* characters of a kind, such as "telehealth" */
#define THP_LEDGER_VERSION_MAX 16 /* of a version, such as "2.1" */
#define THP_LEDGER_LANG_MAX    16

typedef struct thp_ledger thp_ledger;

typedef enum thp_ledger_answer {
	THP_LEDGER_SHOWN = 0,
	THP_LEDGER_GRANTED = 1,
	THP_LEDGER_REFUSED = 2,
	THP_LEDGER_WITHDRAWN = 3,
	THP_LEDGER_N_ANSWERS
} thp_ledger_answer;

/** What a new ledger is made of. */
typedef struct thp_ledger_plan {
	const char *origin;
	const guint8 *root_secret;  /* THP_SECRET_KEY_BYTES; used for certificates, not kept */
	const guint8 *organisation; /* THP_SEAL_KEY_BYTES; public */
	gint64 from_s;
	gint64 period_s;
	guint epochs;
} thp_ledger_plan;

/** One act of one person; all borrowed. */
typedef struct thp_ledger_entry {
	guint8 request[THP_SEAL_REQUEST_BYTES];
	const char *sub; /* who: the organisation's pseudonym */
	const char *kind;
	const char *version;
	const char *lang;
	const char *scope; /* what the answer is limited to; "" if to nothing */
	thp_ledger_answer answer;
	gint64 until_ms;      /* when it ends; 0 if not */
	const char *text;     /* as it was shown; thp_receipt_can_hold() */
	const char *explains; /* what the receipt says of itself; the same */
	const char *record;   /* one line of JSON */
} thp_ledger_entry;

/** What became of a recording, and which entries allow it; all borrowed. */
typedef struct thp_ledger_gate {
	const char *recording; /* its id */
	const char *state;     /* "on", "paused", "stopped" */
	const guint64 *upon;   /* numbers of agreements; for what closes, none */
	guint n;
} thp_ledger_gate;

/** What was kept; @receipt is to be g_freed, and is NULL where it was kept too long ago. */
typedef struct thp_ledger_kept {
	guint64 seq;
	char *receipt;
} thp_ledger_kept;

/** Where somebody stands with a kind. */
typedef struct thp_ledger_state {
	char kind[THP_LEDGER_KIND_MAX + 1];
	char version[THP_LEDGER_VERSION_MAX + 1];
	char lang[THP_LEDGER_LANG_MAX + 1];
	gboolean scoped;
	thp_ledger_answer answer;
	gint64 until_ms;
	guint64 seq;
} thp_ledger_state;

/** Makes a ledger in the folder @dir, which must hold none. CONF_VALUE for a plan of no use. */
thp_err thp_ledger_create(const char *dir, const thp_ledger_plan *plan, gint64 now_ms,
			  GString *why) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Opens the ledger in @dir, finishing what a crash interrupted. On error @why has a sentence: a DB_ error,
 * KEY_FILE without the seed, LEDGER_BEHIND, LEDGER_CLOCK.
 */
thp_err thp_ledger_open(const char *dir, gint64 now_ms, GString *why,
			thp_ledger **out) G_GNUC_WARN_UNUSED_RESULT;

/** Closes; NULL is allowed. */
void thp_ledger_close(thp_ledger *ledger);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(thp_ledger, thp_ledger_close)

/**
 * Keeps @entry and makes its receipt. On error nothing is known to have changed. DB_FULL also while the
 * reserve of thp_ledger_make_room() is given up, for anything but a withdrawal.
 */
thp_err thp_ledger_append(thp_ledger *ledger, const thp_ledger_entry *entry, gint64 now_ms,
			  thp_ledger_kept *out) G_GNUC_WARN_UNUSED_RESULT;

/** To be called when nobody waits for an answer: does work that an answer would otherwise have to wait for. */
void thp_ledger_rest(thp_ledger *ledger);

/**
 * Makes room on a full disk, once: for a withdrawal, which is never refused for lack of space.
 * FALSE if there is no room to be made. The next thp_ledger_open() that can makes a new reserve.
 */
gboolean thp_ledger_make_room(const char *dir);

/** The answer to an earlier request; FALSE if there was none. */
gboolean thp_ledger_find(thp_ledger *ledger, const guint8 request[static THP_SEAL_REQUEST_BYTES],
			 thp_ledger_kept *out);

/** Notes that a consent text is in use; once for each kind, version and language. */
thp_err thp_ledger_text(thp_ledger *ledger, const char *kind, const char *version, const char *lang,
			const char *text, gint64 now_ms) G_GNUC_WARN_UNUSED_RESULT;

/** Notes what became of a recording. DB_FULL also while the reserve is given up. */
thp_err thp_ledger_note_gate(thp_ledger *ledger, const thp_ledger_gate *gate,
			     gint64 now_ms) G_GNUC_WARN_UNUSED_RESULT;

/** Where @sub stands with each kind, @scope or none; an array of thp_ledger_state. */
thp_err thp_ledger_states(thp_ledger *ledger, const char *sub, const char *scope,
			  GArray **out) G_GNUC_WARN_UNUSED_RESULT;

/** Closes the epochs that are over, and forgets their keys. LEDGER_CLOCK if they are too many. */
thp_err thp_ledger_tick(thp_ledger *ledger, gint64 now_ms) G_GNUC_WARN_UNUSED_RESULT;

/** Erases what is kept about @sub, saying under which @rule; *@n entries lost their bodies. */
thp_err thp_ledger_erase(thp_ledger *ledger, const char *sub, const char *rule, gint64 now_ms,
			 guint *n) G_GNUC_WARN_UNUSED_RESULT;

/** Ends the epoch and goes on with a new list of keys, also without the old seed. */
thp_err thp_ledger_rotate(const char *dir, const thp_ledger_plan *plan, gint64 now_ms,
			  GString *why) G_GNUC_WARN_UNUSED_RESULT;

/** Writes copies of both databases into the folder @dir, without any signing key. */
thp_err thp_ledger_backup(thp_ledger *ledger, const char *dir) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Puts a backup into the folder @dir, which must hold no ledger.db. If ledger.head is there, the backup must
 * reach as far as was signed: LEDGER_BEHIND, and nothing has changed. If it is not, it is made of the backup.
 */
thp_err thp_ledger_restore(const char *dir, const char *backup,
			   GString *why) G_GNUC_WARN_UNUSED_RESULT;

/** Changes nothing: the signed checkpoint of a ledger that may be no longer, or not yet, in use. */
thp_err thp_ledger_peek(const char *dir, GString *why, thp_ledger **out) G_GNUC_WARN_UNUSED_RESULT;

/** The certificate of the key that signed the newest checkpoint; the caller's to g_free. */
char *thp_ledger_certificate(thp_ledger *ledger) G_GNUC_WARN_UNUSED_RESULT;

/** The newest signed checkpoint. Borrowed until the next call. */
const char *thp_ledger_head(const thp_ledger *ledger);

/** How many entries there are. */
guint64 thp_ledger_size(const thp_ledger *ledger);

/** Proves that the ledger begins with what it was at @old entries. */
thp_err thp_ledger_growth(thp_ledger *ledger, guint64 old,
			  thp_merkle_proof *proof) G_GNUC_WARN_UNUSED_RESULT;
