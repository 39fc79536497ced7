/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PASERK: keys and key ids as texts. */
#include <therapy/paseto.h>

#include <string.h>

#include <sodium.h>

#define PUBLIC "k4.public."
#define SECRET "k4.secret."
#define PID    "k4.pid."

void thp_paserk_generate(guint8 public_key[static THP_PUBLIC_KEY_BYTES],
			 guint8 secret_key[static THP_SECRET_KEY_BYTES])
{
	crypto_sign_keypair(public_key, secret_key);
}

void thp_paserk_public(const guint8 public_key[static THP_PUBLIC_KEY_BYTES],
		       char out[static THP_PUBLIC_LEN + 1])
{
	memcpy(out, PUBLIC, sizeof PUBLIC);
	thp_base64url_encode(public_key, THP_PUBLIC_KEY_BYTES, out + strlen(PUBLIC));
}

void thp_paserk_secret(const guint8 secret_key[static THP_SECRET_KEY_BYTES],
		       char out[static THP_SECRET_LEN + 1])
{
	memcpy(out, SECRET, sizeof SECRET);
	thp_base64url_encode(secret_key, THP_SECRET_KEY_BYTES, out + strlen(SECRET));
}

/* An id is the hash of its own kind and of the key's text, so ids of different kinds never meet. */
void thp_paserk_pid(const guint8 public_key[static THP_PUBLIC_KEY_BYTES],
		    char out[static THP_PID_LEN + 1])
{
	char hashed[sizeof PID - 1 + THP_PUBLIC_LEN + 1];
	guint8 id[THP_PID_BYTES];

	memcpy(hashed, PID, sizeof PID);
	thp_paserk_public(public_key, hashed + strlen(PID));
	crypto_generichash(id, sizeof id, (const guint8 *)hashed, strlen(hashed), NULL, 0);
	memcpy(out, PID, sizeof PID);
	thp_base64url_encode(id, sizeof id, out + strlen(PID));
}

gboolean thp_paserk_is_pid(const char *text)
{
	guint8 id[THP_PID_BYTES];

	return g_str_has_prefix(text, PID) &&
	       thp_base64url_exact(text + strlen(PID), id, sizeof id);
}

thp_err thp_paserk_read_public(const char *text, guint8 public_key[static THP_PUBLIC_KEY_BYTES])
{
	if (!g_str_has_prefix(text, PUBLIC) ||
	    !thp_base64url_exact(text + strlen(PUBLIC), public_key, THP_PUBLIC_KEY_BYTES))
		return THP_KEY_FILE;
	return THP_OK;
}

thp_err thp_paserk_read_secret(const char *text, guint8 secret_key[static THP_SECRET_KEY_BYTES])
{
	guint8 seed[THP_SEED_BYTES];
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
	guint8 made[THP_SECRET_KEY_BYTES];

	if (!g_str_has_prefix(text, SECRET) ||
	    !thp_base64url_exact(text + strlen(SECRET), secret_key, THP_SECRET_KEY_BYTES))
		return THP_KEY_FILE;

	/* A public half that is not the seed's own would make signatures that give the seed away.
	 */
	memcpy(seed, secret_key, sizeof seed);
	crypto_sign_seed_keypair(public_key, made, seed);

	const gboolean same = sodium_memcmp(made, secret_key, sizeof made) == 0;

	sodium_memzero(seed, sizeof seed);
	sodium_memzero(made, sizeof made);
	if (!same)
		sodium_memzero(secret_key, THP_SECRET_KEY_BYTES);
	return same ? THP_OK : THP_KEY_FILE;
}
