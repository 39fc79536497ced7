/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AES-256-GCM, which libsodium has only for some processors: OpenSSL's, here and nowhere else. */
#include "recording.h"

#include <string.h>

#include <openssl/evp.h>
#include <therapy/secret.h>

#define TAG        16
#define SENDER     32
#define VERSION    1
#define VP8_KEY    10 /* what of a picture stays in clear: see html/js/e2ee/frames.js */
#define VP8_DELTA  1
#define BUCKET     128 /* sound is filled up to a multiple of so many bytes */
#define EPOCH_BITS 4   /* of the number of a key */
#define KIND_SHIFT 7
#define NOBODY     7 /* the kind of a key that is thrown away */

/* Decrypts @n bytes in place, the last 16 of them the tag; FALSE if anything was changed. */
static gboolean aes_open(const guint8 key[static 32], const guint8 nonce[static 12],
			 const guint8 *aad, gsize n_aad, const guint8 *aad2, gsize n_aad2,
			 guint8 *bytes, gsize n)
{
	EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
	int done = 0;

	gboolean good =
		context && n >= TAG && n < G_MAXINT32 &&
		EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, nonce) == 1 &&
		(n_aad == 0 || EVP_DecryptUpdate(context, NULL, &done, aad, (int)n_aad) == 1) &&
		(n_aad2 == 0 || EVP_DecryptUpdate(context, NULL, &done, aad2, (int)n_aad2) == 1) &&
		EVP_DecryptUpdate(context, bytes, &done, bytes, (int)(n - TAG)) == 1 &&
		EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, TAG, bytes + n - TAG) == 1 &&
		EVP_DecryptFinal_ex(context, bytes + done, &done) == 1;
	EVP_CIPHER_CTX_free(context);
	return good;
}

/* ---- keys ---- */

static guint64 number_at(const guint8 *at, guint n)
{
	guint64 value = 0;

	for (guint i = 0; i < n; i++)
		value = value << 8 | at[i];
	return value;
}

thp_err keys_add(epoch_keys *keys, const guint8 secret[static THP_RECORDING_KEY_BYTES],
		 const guint8 *sealed, gsize n)
{
	guint8 bytes[THP_RECORDING_SEALED_BYTES - SENDER];
	thp_recording_key_opener opener;
	thp_err err = THP_KEY_FILE;

	if (n != THP_RECORDING_SEALED_BYTES || keys->n >= EPOCHS_MAX ||
	    thp_recording_key_opener_make(secret, sealed, &opener) != THP_OK)
		return THP_KEY_FILE;
	memcpy(bytes, sealed + SENDER, sizeof bytes);
	if (aes_open(opener.key, opener.nonce, NULL, 0, NULL, 0, bytes, sizeof bytes) &&
	    bytes[0] == VERSION) {
		epoch_key *key = &keys->keys[keys->n++];
		key->gi = (guint32)number_at(bytes + 1, 4);
		key->epoch = number_at(bytes + 5, 8);
		memcpy(key->base, bytes + 13, sizeof key->base);
		err = THP_OK;
	}
	thp_secret_wipe(bytes, sizeof bytes);
	thp_secret_wipe(&opener, sizeof opener);
	return err;
}

void keys_wipe(epoch_keys *keys)
{
	thp_secret_wipe(keys, sizeof *keys);
}

/* ---- frames ---- */

typedef struct header {
	guint64 kid, ctr;
	gsize n;
} header;

/* One of the two numbers of an SFrame header (RFC 9605 §4.3): inline, or the least bytes that hold it. */
static gboolean read_number(guint bits, const guint8 *bytes, gsize n, gsize *at, guint64 *value)
{
	*value = bits & 7;
	if ((bits & 8) == 0)
		return TRUE;
	guint length = (bits & 7) + 1;
	if (length > n - *at || bytes[*at] == 0)
		return FALSE;
	*value = number_at(bytes + *at, length);
	*at += length;
	return *value > 7;
}

static gboolean read_header(const guint8 *bytes, gsize n, header *h)
{
	h->n = 1;
	return n > 0 && read_number(bytes[0] >> 4, bytes, n, &h->n, &h->kid) &&
	       read_number(bytes[0] & 15, bytes, n, &h->n, &h->ctr);
}

static gsize clear_of(gboolean video, const guint8 *bytes, gsize n)
{
	if (!video || n == 0)
		return 0;
	return MIN((bytes[0] & 1) == 0 ? VP8_KEY : VP8_DELTA, n);
}

static gboolean open_with(const epoch_key *key, const header *h, const guint8 *clear, gsize n_clear,
			  guint8 *bytes, gsize n)
{
	guint8 frame_key[32], nonce[12];

	thp_recording_key_of_frames(key->base, h->kid, frame_key, nonce);
	for (int i = 0; i < 8; i++)
		nonce[11 - i] ^= (guint8)(h->ctr >> (8 * i));
	gboolean good =
		aes_open(frame_key, nonce, bytes, h->n, clear, n_clear, bytes + h->n, n - h->n);
	thp_secret_wipe(frame_key, sizeof frame_key);
	thp_secret_wipe(nonce, sizeof nonce);
	return good;
}

/* Sound has its length in front, and zeroes behind. */
static gboolean unpad(const guint8 **plain, gsize *n)
{
	if (*n < 2 || *n % BUCKET != 0)
		return FALSE;
	gsize length = number_at(*plain, 2);
	if (length == 0 || length > *n - 2)
		return FALSE;
	*plain += 2;
	*n = length;
	return TRUE;
}

opened frame_open(const epoch_keys *keys, gboolean video, guint8 *bytes, gsize *n,
		  const guint8 **plain)
{
	gsize clear = clear_of(video, bytes, *n);
	g_autofree guint8 *copy = NULL;
	gboolean tried = FALSE;
	header h;

	if (!read_header(bytes + clear, *n - clear, &h) || *n - clear < h.n + TAG)
		return DAMAGED;
	if (h.kid >> KIND_SHIFT != (video ? 1 : 0))
		return h.kid >> KIND_SHIFT == NOBODY ? UNHEARD : DAMAGED;
	for (guint i = 0; i < keys->n; i++) {
		if ((keys->keys[i].epoch ^ h.kid) & ((1U << EPOCH_BITS) - 1))
			continue;
		/* What did not open is garbled: keep it for the next key. */
		g_free(copy);
		copy = g_memdup2(bytes, *n);
		tried = TRUE;
		if (!open_with(&keys->keys[i], &h, copy, clear, copy + clear, *n - clear))
			continue;
		gsize inner = *n - clear - h.n - TAG;
		memmove(bytes + clear, copy + clear + h.n, inner);
		*plain = bytes;
		*n = clear + inner;
		return video || unpad(plain, n) ? OPENED : DAMAGED;
	}
	return tried ? DAMAGED : NO_KEY;
}
