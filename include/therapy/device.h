/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file device.h
 * The key of one browser: it signs the server's nonce, and so ties an invitation to that browser.
 *
 * The browser makes an Ed25519 key pair with WebCrypto and keeps the secret half where no script
 * can read it. To join, it signs these 92 bytes:
 *
 *     offset  bytes
 *          0     27  "janus.plugin.therapy|1|join" in ASCII
 *         27      1  0x00
 *         28     32  the nonce of the reply to hello, decoded
 *         60     32  SHA-256 of the invitation, exactly as it is sent (ASCII, without the secret)
 *
 * Any thread; no allocation.
 */
#pragma once

#include <glib.h>
#include <therapy/error.h>
#include <therapy/secret.h>

#define THP_DEVICE_KEY_BYTES       32
#define THP_DEVICE_SIGNATURE_BYTES 64
#define THP_DEVICE_MESSAGE_BYTES   92

/** Writes the bytes that a device signs to join with @token. */
void thp_device_message(const guint8 nonce[static THP_NONCE_BYTES], const char *token, gsize len,
			guint8 out[static THP_DEVICE_MESSAGE_BYTES]) __attribute__((nonnull));

/**
 * Checks that the device @key signed @nonce and @token.
 * DEVICE_KEY for a key that is no usable curve point (small order included), DEVICE_SIGNATURE for a
 * signature that does not match.
 */
thp_err thp_device_verify(const guint8 key[static THP_DEVICE_KEY_BYTES],
			  const guint8 signature[static THP_DEVICE_SIGNATURE_BYTES],
			  const guint8 nonce[static THP_NONCE_BYTES], const char *token,
			  gsize len) G_GNUC_WARN_UNUSED_RESULT __attribute__((nonnull));
