/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file recording_key.h
 * Who can open a recording: the organisation's key pair, and the keys of frames that are sealed to it.
 *
 * Sealed is, by HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM,
 * with the info "janus.plugin.therapy|1|recording" and no further data: one byte 1, the number of the group
 * (4 bytes), its epoch (8 bytes), both big-endian, and the base key (32 bytes) that RFC 9605 takes the keys of
 * all senders from. In front stands the sender's public key (32 bytes). No state; any thread, after thp_crypto_init().
 */
#pragma once

#include <glib.h>
#include <therapy/error.h>
#include <therapy/recording.h>

#define THP_RECORDING_KEY_PUBLIC "therapy-recording.public."
#define THP_RECORDING_KEY_SECRET "therapy-recording.secret."
#define THP_RECORDING_KEY_CHARS  68 /* of either as text */
#define THP_RECORDING_KEY_PLAIN  45 /* bytes that are sealed */

/** Reads the text of a public or @secret key; KEY_FILE if it is none. */
thp_err
thp_recording_key_read(const char *text, gboolean secret,
		       guint8 key[static THP_RECORDING_KEY_BYTES]) G_GNUC_WARN_UNUSED_RESULT;

/** Writes the text of a key and a final NUL. */
void thp_recording_key_print(const guint8 key[static THP_RECORDING_KEY_BYTES], gboolean secret,
			     char text[static THP_RECORDING_KEY_CHARS + 1]);

/** What AES-256-GCM needs to open one sealed key. A secret. */
typedef struct thp_recording_key_opener {
	guint8 key[32];
	guint8 nonce[12];
} thp_recording_key_opener;

/** The opener of what begins with @sender, for who has @secret; KEY_FILE if such a key cannot be. */
thp_err thp_recording_key_opener_make(const guint8 secret[static THP_RECORDING_KEY_BYTES],
				      const guint8 sender[static THP_RECORDING_KEY_BYTES],
				      thp_recording_key_opener *opener) G_GNUC_WARN_UNUSED_RESULT;

/** The key and salt of the frames whose header names @kid (RFC 9605 §4.4.2, suite 5), out of @base. Secrets. */
void thp_recording_key_of_frames(const guint8 base[static 32], guint64 kid, guint8 key[static 32],
				 guint8 salt[static 12]);
