/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key files of therapy-ledger, and files in general. */
#include "ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <therapy/base64url.h>
#include <therapy/epoch.h>
#include <therapy/paseto.h>
#include <therapy/secret.h>

#define PUBLIC_LABEL "therapy-organisation.public."
#define SECRET_LABEL "therapy-organisation.secret."
#define TEXT_MAX     (1 << 20)

char *read_text(const char *path, gsize *len)
{
	const gboolean input = strcmp(path, "-") == 0;
	FILE *const file = input ? stdin : fopen(path, "re");
	g_autofree char *text = g_malloc0(TEXT_MAX + 1);

	*len = 0;
	if (!file) {
		(void)complain(EXIT_TROUBLE, "%s: %s", path, g_strerror(errno));
		return NULL;
	}
	*len = fread(text, 1, TEXT_MAX, file);

	const gboolean whole = feof(file) || *len < TEXT_MAX;

	if (!input)
		(void)fclose(file);
	if (whole && strlen(text) == *len)
		return g_steal_pointer(&text);
	(void)complain(EXIT_TROUBLE, "%s: is too long, or no text", path);
	return NULL;
}

gboolean write_new(const char *dir, const char *name, const char *text, gboolean secret)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	const gsize len = strlen(text);
	const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, secret ? 0600 : 0644);

	if (fd < 0) {
		(void)complain(EXIT_TROUBLE, "%s: %s", path, g_strerror(errno));
		return FALSE;
	}

	const gboolean written = write(fd, text, len) == (gssize)len && fsync(fd) == 0;

	if (close(fd) == 0 && written)
		return TRUE;
	(void)complain(EXIT_TROUBLE, "%s: cannot be written", path);
	(void)g_unlink(path);
	return FALSE;
}

int read_signing_key(const char *path, guint8 secret_key[static THP_SECRET_KEY_BYTES])
{
	gsize len;
	g_autofree char *text = read_text(path, &len);
	thp_err err;

	if (!text)
		return EXIT_TROUBLE;
	err = thp_paserk_read_secret(g_strstrip(text), secret_key);
	thp_secret_wipe(text, len);
	return err ? complain(EXIT_TROUBLE, "%s: holds no single k4.secret key", path) : EXIT_GOOD;
}

int read_verifier(const char *text_or_path, thp_note_key *key)
{
	gsize len;
	g_autofree char *text = NULL;

	if (!thp_note_key_parse(text_or_path, key))
		return EXIT_GOOD;
	text = read_text(text_or_path, &len);
	if (!text)
		return EXIT_TROUBLE;
	if (thp_note_key_parse(g_strstrip(text), key))
		return complain(EXIT_TROUBLE, "%s: holds no verifier key (name+id+key)",
				text_or_path);
	return EXIT_GOOD;
}

int read_organisation(const char *path, gboolean secret, guint8 key[static THP_SEAL_KEY_BYTES])
{
	const char *const label = secret ? SECRET_LABEL : PUBLIC_LABEL;
	gsize len;
	g_autofree char *text = read_text(path, &len);

	if (!text)
		return EXIT_TROUBLE;
	g_strstrip(text);

	const gboolean good = g_str_has_prefix(text, label) &&
			      thp_base64url_exact(text + strlen(label), key, THP_SEAL_KEY_BYTES);

	thp_secret_wipe(text, len);
	return good ? EXIT_GOOD : complain(EXIT_TROUBLE, "%s: holds no %s key", path, label);
}

int make_root_key(const char *dir, const char *origin,
		  guint8 secret_key[static THP_SECRET_KEY_BYTES])
{
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
	char secret[THP_SECRET_LEN + 2];
	thp_note_key key;

	thp_paserk_generate(public_key, secret_key);
	thp_epoch_root_key(&key, origin, public_key);
	thp_paserk_secret(secret_key, secret);
	(void)g_strlcat(secret, "\n", sizeof secret);

	g_autofree char *vkey = thp_note_key_print(&key);
	g_autofree char *line = g_strconcat(vkey, "\n", NULL);
	const gboolean done = write_new(dir, "root.secret", secret, TRUE) &&
			      write_new(dir, "root.key", line, FALSE);

	thp_secret_wipe(secret, sizeof secret);
	if (done)
		printf("%s\n", vkey);
	return done ? EXIT_GOOD : EXIT_TROUBLE;
}

int make_organisation_key(const char *dir, guint8 public_key[static THP_SEAL_KEY_BYTES])
{
	guint8 secret_key[THP_SEAL_KEY_BYTES];
	char text[THP_BASE64URL_LEN(THP_SEAL_KEY_BYTES) + 1];

	thp_seal_keys(public_key, secret_key);
	thp_base64url_encode(secret_key, sizeof secret_key, text);

	g_autofree char *secret = g_strconcat(SECRET_LABEL, text, "\n", NULL);

	thp_base64url_encode(public_key, THP_SEAL_KEY_BYTES, text);

	g_autofree char *public_line = g_strconcat(PUBLIC_LABEL, text, "\n", NULL);
	const gboolean done = write_new(dir, "organisation.secret", secret, TRUE) &&
			      write_new(dir, "organisation.key", public_line, FALSE);

	thp_secret_wipe(secret_key, sizeof secret_key);
	thp_secret_wipe(secret, strlen(secret));
	return done ? EXIT_GOOD : EXIT_TROUBLE;
}
