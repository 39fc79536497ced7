/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file note.h
 * Signed notes (c2sp.org/signed-note) with Ed25519: a text, a blank line, lines of signatures.
 *
 * A key has a name, which is where it stands for something ("clinic.example/consent/gw-1"), and an
 * id, the first bytes of a hash over name and key. Signatures of keys that are not asked about are
 * passed over, as the format wants. No state; any thread, after thp_crypto_init().
 */
#pragma once

#include <glib.h>
#include <therapy/error.h>
#include <therapy/paseto.h>

#define THP_NOTE_NAME_MAX       128   /* characters in a key's name */
#define THP_NOTE_MAX            16384 /* bytes in a note */
#define THP_NOTE_SIGNATURES_MAX 32    /* lines in a note */
#define THP_NOTE_VKEY_MAX       (THP_NOTE_NAME_MAX + 1 + 8 + 1 + 44)

/** What a key's signatures are of: the note's text, or a witness's statement about it. */
typedef enum thp_note_type {
	THP_NOTE_ED25519 = 0x01,
	THP_NOTE_COSIGNATURE = 0x04,
} thp_note_type;

typedef struct thp_note_key {
	thp_note_type type;
	char name[THP_NOTE_NAME_MAX + 1];
	guint8 id[4];
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
} thp_note_key;

/** TRUE if @name may name a key: 1 to 128 of A-Z a-z 0-9 . _ ~ : / - */
gboolean thp_note_is_name(const char *name) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/** Makes the key called @name, which must be such a name. */
void thp_note_key_init(thp_note_key *key, thp_note_type type, const char *name,
		       const guint8 public_key[static THP_PUBLIC_KEY_BYTES])
	__attribute__((nonnull));

/** Reads "name+hex id+base64 key"; KEY_FILE, also if the id is not the key's or the key is weak. */
thp_err thp_note_key_parse(const char *vkey, thp_note_key *key) G_GNUC_WARN_UNUSED_RESULT
	__attribute__((nonnull));

/** Writes what thp_note_key_parse() reads; the caller's to g_free. */
char *thp_note_key_print(const thp_note_key *key) G_GNUC_WARN_UNUSED_RESULT
	__attribute__((nonnull));

/** Signs @text, which ends in a newline, and gives the whole note; the caller's to g_free. */
char *thp_note_sign(const char *text, const thp_note_key *key,
		    const guint8 secret_key[static THP_SECRET_KEY_BYTES]) G_GNUC_WARN_UNUSED_RESULT
	__attribute__((nonnull));

/** Adds a line of another signer, @bytes after the key's id, to a note; the caller's to g_free. */
char *thp_note_add(const char *note, const thp_note_key *key, const guint8 *bytes,
		   gsize n) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/** The length of the text within a note of @len bytes; PROOF_MALFORMED if that is no note. */
thp_err thp_note_text(const char *note, gsize len, gsize *text_len) G_GNUC_WARN_UNUSED_RESULT
	__attribute__((nonnull));

/**
 * The first line of @key: at most @max bytes of it after the id, of which there were *@n.
 * PROOF_MALFORMED, or PROOF_SIGNATURE if no line is of that key.
 */
thp_err thp_note_find(const char *note, gsize len, const thp_note_key *key, guint8 *bytes,
		      gsize max, gsize *n) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/**
 * Checks that @key signed the note of @len bytes, and gives the length of its text.
 * PROOF_MALFORMED, or PROOF_SIGNATURE if no line is of that key, or one is and does not match.
 */
thp_err thp_note_verify(const char *note, gsize len, const thp_note_key *key,
			gsize *text_len) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));
