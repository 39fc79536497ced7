/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the ledger share. */
#pragma once

#include <therapy/db.h>
#include <therapy/ledger.h>

#include "ledger_files.h"

/* Statements that are used often, prepared once. */
#define THP_LEDGER_STATEMENTS(X)                                                                   \
	X(GET_NODE, "SELECT hash FROM node WHERE level = ?1 AND idx = ?2")                         \
	X(PUT_NODE, "INSERT INTO node(level, idx, hash) VALUES (?1, ?2, ?3)")                      \
	X(PUT_LEAF, "INSERT INTO leaf(seq, bytes) VALUES (?1, ?2)")                                \
	X(PUT_BODY, "INSERT INTO body(seq, ref, bytes) VALUES (?1, ?2, ?3)")                       \
	X(PUT_HEAD,                                                                                \
	  "REPLACE INTO head(id, size, root, ts_ms, epoch, note) VALUES (1, ?1, ?2, ?3, ?4, ?5)")  \
	X(GET_HEAD, "SELECT size, root, ts_ms, epoch, note FROM head WHERE id = 1")                \
	X(GET_CERT, "SELECT cert FROM epoch WHERE n = ?1")                                         \
	X(PUT_CERT, "REPLACE INTO epoch(n, cert) VALUES (?1, ?2)")                                 \
	X(CLOSE_EPOCH, "UPDATE epoch SET close_size = ?2, close_note = ?3 WHERE n = ?1")           \
	X(FORGET_ANSWERS, "UPDATE request SET answer = NULL WHERE epoch < ?1 AND answer NOT NULL") \
	X(GET_SETTING, "SELECT value FROM setting WHERE name = ?1")                                \
	X(PUT_SETTING, "REPLACE INTO setting(name, value) VALUES (?1, ?2)")                        \
	X(GET_REQUEST, "SELECT seq, answer FROM request WHERE ref = ?1")                           \
	X(PUT_REQUEST, "INSERT INTO request(ref, seq, epoch, answer) VALUES (?1, ?2, ?3, ?4)")     \
	X(PUT_STATE, "REPLACE INTO state(ref, kind, scope, version, lang, answer, until_ms, seq)"  \
		     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                                   \
	X(GET_STATE, "SELECT seq FROM state WHERE ref = ?1 AND kind = ?2 AND scope = ?3")          \
	X(GET_STATES, "SELECT kind, scope, version, lang, answer, until_ms, seq FROM state"        \
		      " WHERE ref = ?1 AND scope IN (x'', ?2) ORDER BY seq")                       \
	X(GET_TEXT, "SELECT sha256 FROM text WHERE kind = ?1 AND version = ?2 AND lang = ?3")      \
	X(PUT_TEXT,                                                                                \
	  "INSERT INTO text(kind, version, lang, sha256, bytes, seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")

enum {
#define THP_LEDGER_STATEMENT(name, sql) THP_LEDGER_##name,
	THP_LEDGER_STATEMENTS(THP_LEDGER_STATEMENT)
#undef THP_LEDGER_STATEMENT
		THP_LEDGER_N_STATEMENTS
};

/* How far the ledger has come. */
typedef struct thp_ledger_top {
	guint64 size;
	thp_hash root;
	gint64 ts_ms;
	guint64 epoch;
	gboolean has_edge; /* read only where something is to be added */
	thp_merkle_edge edge;
} thp_ledger_top;

struct thp_ledger {
	char *dir;
	thp_db *db;
	thp_db *keys;
	sqlite3_stmt *statements[THP_LEDGER_N_STATEMENTS];
	sqlite3_stmt *find_person; /* of keys.db */
	thp_ledger_top top;        /* as committed */
	thp_ledger_top next;       /* within a transaction */
	char *note;                /* the newest checkpoint, signed */
	char *next_note;
	thp_ledger_seed seed;
	guint8 secret_key[THP_SECRET_KEY_BYTES]; /* of the seed, once something was signed */
	gboolean has_secret_key;
	thp_epoch epoch; /* of the seed */
	char *cert;
	thp_note_key root;
	char *root_vkey;
	guint8 organisation[THP_SEAL_KEY_BYTES];
	thp_seal_spare spare; /* for the next record */
	guint8 pepper[THP_SEAL_PEPPER_BYTES];
	int head_fd;
	gboolean unsure; /* a commit failed: nobody knows what is on disk */
};

extern const thp_db_kind thp_ledger_kind;
extern const thp_db_kind thp_ledger_keys_kind;

/** A statement, ready to be bound; NULL if it cannot be prepared. */
sqlite3_stmt *thp_ledger_statement(thp_ledger *ledger, guint which);

/** Runs a bound statement that gives no rows. */
thp_err thp_ledger_run(sqlite3_stmt *statement) G_GNUC_WARN_UNUSED_RESULT;

/** Binds bytes that stay where they are until the statement has run. */
void thp_ledger_bind(sqlite3_stmt *statement, int at, const void *bytes, gsize n);

/** Begins a transaction on ledger.db. NOT_STORED if what is on disk is not known. */
thp_err thp_ledger_begin(thp_ledger *ledger) G_GNUC_WARN_UNUSED_RESULT;

/** Commits it if @err is THP_OK, else takes it back; returns @err or what went wrong. */
thp_err thp_ledger_end(thp_ledger *ledger, thp_err err) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Adds one leaf within a transaction and signs the checkpoint that ends with it. @stored is the body as
 * kept, @body what the leaf commits to; @ref (may be NULL) is whose it is. The leaf's text goes to *@leaf.
 */
thp_err thp_ledger_add(thp_ledger *ledger, thp_leaf_type type, GBytes *body, GBytes *stored,
		       const guint8 *ref, gint64 now_ms, char **leaf) G_GNUC_WARN_UNUSED_RESULT;

/** Adds a leaf whose body is about nobody: @record in clear, and the hash of a text if there is one. */
thp_err thp_ledger_add_clear(thp_ledger *ledger, thp_leaf_type type, const char *record,
			     const thp_hash *shown, gint64 now_ms) G_GNUC_WARN_UNUSED_RESULT;

/** Forgets the key that was made of the seed: to be called before the seed becomes another. */
void thp_ledger_forget_key(thp_ledger *ledger);

/** Reads the stored whole subtree; for thp_merkle functions, @ctx is the ledger. */
thp_err thp_ledger_get_node(void *ctx, guint level, guint64 index, thp_hash *out);

/** Loads the certificate of epoch @n, checked, into *@out and *@cert. LEDGER_CLOCK if there is none. */
thp_err thp_ledger_load_epoch(thp_ledger *ledger, guint64 n, thp_epoch *out,
			      char **cert) G_GNUC_WARN_UNUSED_RESULT;

/** Opens both databases and reads the settings, without looking at seed or head file. */
thp_err thp_ledger_load(const char *dir, GString *why, thp_ledger **out) G_GNUC_WARN_UNUSED_RESULT;

/** Writes the certificates of @plan, the first of them for epoch @first, within a transaction. */
thp_err
thp_ledger_certify(thp_ledger *ledger, const thp_ledger_plan *plan, guint64 first,
		   const guint8 seed[static THP_EPOCH_SEED_BYTES]) G_GNUC_WARN_UNUSED_RESULT;

/** Finishes erasures that a crash interrupted. */
thp_err thp_ledger_finish_erasing(thp_ledger *ledger, gint64 now_ms) G_GNUC_WARN_UNUSED_RESULT;

/** A setting; the caller's to g_free, NULL if there is none. */
char *thp_ledger_setting(thp_ledger *ledger, const char *name);
