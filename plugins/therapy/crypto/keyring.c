/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A set of public keys by key id. */
#include <therapy/keyring.h>

#include <stdio.h>
#include <string.h>

#include <sodium.h>

#define FILE_MAX_BYTES 65536

typedef struct key {
	char pid[THP_PID_LEN + 1];
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
} key;

struct thp_keyring {
	unsigned n;
	key keys[THP_KEYRING_MAX];
	guint8 nobodys[THP_PUBLIC_KEY_BYTES]; /* its secret was thrown away when the ring was made
					       */
};

void thp_keyring_free(thp_keyring *ring)
{
	g_free(ring);
}

thp_keyring *thp_keyring_new(void)
{
	thp_keyring *ring = g_new0(thp_keyring, 1);
	guint8 secret_key[THP_SECRET_KEY_BYTES];

	thp_paserk_generate(ring->nobodys, secret_key);
	sodium_memzero(secret_key, sizeof secret_key);
	return ring;
}

thp_err thp_keyring_add(thp_keyring *ring, const char *paserk)
{
	key made;

	if (thp_paserk_read_public(paserk, made.public_key) ||
	    crypto_core_ed25519_is_valid_point(made.public_key) != 1)
		return THP_KEY_FILE;
	thp_paserk_pid(made.public_key, made.pid);
	for (unsigned i = 0; i < ring->n; i++) {
		if (memcmp(ring->keys[i].public_key, made.public_key, sizeof made.public_key) == 0)
			return THP_OK;
	}
	if (ring->n == THP_KEYRING_MAX)
		return THP_KEY_FILE;
	ring->keys[ring->n++] = made;
	return THP_OK;
}

static thp_err add_lines(thp_keyring *ring, const char *text, unsigned *line)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	unsigned found = 0;

	for (unsigned i = 0; lines[i]; i++) {
		lines[i][strcspn(lines[i], "#")] = '\0';

		const char *const content = g_strstrip(lines[i]);

		if (content[0] == '\0')
			continue;
		*line = i + 1;
		if (thp_keyring_add(ring, content))
			return THP_KEY_FILE;
		found++;
	}
	*line = 0;
	return found > 0 ? THP_OK : THP_KEY_FILE;
}

/* The file's text, or NULL if it cannot be read, is too big or is not text. */
static char *read_text(const char *path)
{
	g_autofree char *text = g_malloc0(FILE_MAX_BYTES + 2);
	FILE *const file = fopen(path, "re");

	if (!file)
		return NULL;

	const gsize len = fread(text, 1, FILE_MAX_BYTES + 1, file);
	const gboolean whole = !ferror(file) && len <= FILE_MAX_BYTES;

	(void)fclose(file);
	return whole && strlen(text) == len ? g_steal_pointer(&text) : NULL;
}

thp_err thp_keyring_add_file(thp_keyring *ring, const char *path, unsigned *line)
{
	const thp_keyring before = *ring;
	g_autofree char *text = read_text(path);

	*line = 0;
	if (!text)
		return THP_KEY_FILE;

	const thp_err err = add_lines(ring, text, line);

	if (err)
		*ring = before;
	return err;
}

unsigned thp_keyring_size(const thp_keyring *ring)
{
	return ring->n;
}

const char *thp_keyring_pid(const thp_keyring *ring, unsigned i)
{
	return i < ring->n ? ring->keys[i].pid : NULL;
}

gboolean thp_keyring_find(const thp_keyring *ring, const char kid[static THP_PID_LEN + 1],
			  guint8 public_key[static THP_PUBLIC_KEY_BYTES])
{
	unsigned hit = 0;

	memcpy(public_key, ring->nobodys, THP_PUBLIC_KEY_BYTES);
	for (unsigned i = 0; i < ring->n; i++) {
		const unsigned same = sodium_memcmp(ring->keys[i].pid, kid, THP_PID_LEN) == 0;
		const guint8 mask = (guint8)(0U - same);

		hit |= same;
		for (unsigned b = 0; b < THP_PUBLIC_KEY_BYTES; b++)
			public_key[b] ^= mask & (public_key[b] ^ ring->keys[i].public_key[b]);
	}
	return hit != 0;
}
