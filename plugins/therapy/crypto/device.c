/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Proof that one browser's key is at the other end. */
#include <therapy/device.h>

#include <string.h>

#include <sodium.h>

#define PREFIX "janus.plugin.therapy|1|join" /* and its NUL, which is signed too */

G_STATIC_ASSERT(sizeof PREFIX + THP_NONCE_BYTES + crypto_hash_sha256_BYTES ==
		THP_DEVICE_MESSAGE_BYTES);
G_STATIC_ASSERT(THP_DEVICE_KEY_BYTES == crypto_sign_PUBLICKEYBYTES);

void thp_device_message(const guint8 nonce[static THP_NONCE_BYTES], const char *token, gsize len,
			guint8 out[static THP_DEVICE_MESSAGE_BYTES])
{
	memcpy(out, PREFIX, sizeof PREFIX);
	memcpy(out + sizeof PREFIX, nonce, THP_NONCE_BYTES);
	crypto_hash_sha256(out + sizeof PREFIX + THP_NONCE_BYTES, (const guint8 *)token, len);
}

thp_err thp_device_verify(const guint8 key[static THP_DEVICE_KEY_BYTES],
			  const guint8 signature[static THP_DEVICE_SIGNATURE_BYTES],
			  const guint8 nonce[static THP_NONCE_BYTES], const char *token, gsize len)
{
	guint8 message[THP_DEVICE_MESSAGE_BYTES];

	if (crypto_core_ed25519_is_valid_point(key) != 1)
		return THP_DEVICE_KEY;
	thp_device_message(nonce, token, len, message);
	if (crypto_sign_verify_detached(signature, message, sizeof message, key) != 0)
		return THP_DEVICE_SIGNATURE;
	return THP_OK;
}
