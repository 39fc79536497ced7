/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file keyring.h
 * The organisation's public keys, found by key id; several at a time, so that keys can be rotated.
 *
 * Build it, then share it: the adding functions are for the one thread that builds it, and once it
 * is shared it never changes, so any thread may read it. New keys mean a new keyring.
 */
#pragma once

#include <glib.h>
#include <therapy/error.h>
#include <therapy/paseto.h>

#define THP_KEYRING_MAX 32 /* keys in one ring */

typedef struct thp_keyring thp_keyring;

/** Makes an empty ring, which accepts nothing. Needs thp_crypto_init() first. */
thp_keyring *thp_keyring_new(void) G_GNUC_WARN_UNUSED_RESULT;

/** Frees @ring; NULL is allowed. */
void thp_keyring_free(thp_keyring *ring);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(thp_keyring, thp_keyring_free)

/**
 * Adds a key given as "k4.public.…"; a key that is there already is not added twice.
 * KEY_FILE if the text is not such a key, the key is weak or the ring is full; nothing has changed.
 */
thp_err thp_keyring_add(thp_keyring *ring, const char *paserk) G_GNUC_WARN_UNUSED_RESULT
	__attribute__((nonnull));

/**
 * Adds every key of a file: one "k4.public.…" a line; '#' starts a comment.
 * KEY_FILE if the file cannot be read or is too big (*@line is 0), holds no key (0), or has a bad
 * line (*@line counts from 1); nothing has changed.
 */
thp_err thp_keyring_add_file(thp_keyring *ring, const char *path,
			     unsigned *line) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));

/** The number of keys in @ring. */
unsigned thp_keyring_size(const thp_keyring *ring) __attribute__((nonnull));

/** The id of key @i (from 0) as "k4.pid.…", owned by @ring; NULL past the last. */
const char *thp_keyring_pid(const thp_keyring *ring, unsigned i) __attribute__((nonnull));

/**
 * Finds the key with id @kid, looking at every key whatever the answer.
 * If there is none: FALSE, and @public_key is a key that nobody holds the secret of, so that the
 * caller can do the same work either way.
 */
gboolean thp_keyring_find(const thp_keyring *ring, const char kid[static THP_PID_LEN + 1],
			  guint8 public_key[static THP_PUBLIC_KEY_BYTES]) G_GNUC_WARN_UNUSED_RESULT
	__attribute__((nonnull));
