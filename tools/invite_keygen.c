/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-invite keygen: one key pair, in two files. */
#include "invite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <therapy/paseto.h>
#include <therapy/secret.h>

static const char summary[] =
	"Makes a key pair. In a folder the files are called 'secret' and 'public'; a folder that is\n"
	"not there is made if its name ends in '/'. For a file the public key goes to FILE.pub.\n"
	"Nothing is ever overwritten. The key's id is printed.";

static const char details[] =
	"Keep the secret key with the booking system, readable by it alone; give the public key to\n"
	"the plugin (keys file). To rotate: make a new pair, add its public key to the plugin's file\n"
	"as one more line, start to sign with the new secret key, and take the old line out when the\n"
	"last invitation it signed has expired.";

/* Never follows or replaces what is there: a key that was overwritten cannot be had back. */
static gboolean write_new(const char *path, int mode, const char *text)
{
	const gsize len = strlen(text);
	const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0) {
		(void)complain(EXIT_TROUBLE, "%s: %s", path, g_strerror(errno));
		return FALSE;
	}

	const gboolean written = write(fd, text, len) == (gssize)len && fsync(fd) == 0;
	const gboolean closed = close(fd) == 0;

	if (!written || !closed) {
		(void)complain(EXIT_TROUBLE, "%s: cannot be written", path);
		(void)g_unlink(path);
		return FALSE;
	}
	return TRUE;
}

static gboolean name_files(const char *out, char **secret_path, char **public_path)
{
	if (g_str_has_suffix(out, "/") && g_mkdir_with_parents(out, 0700) != 0) {
		(void)complain(EXIT_TROUBLE, "%s: %s", out, g_strerror(errno));
		return FALSE;
	}
	if (g_file_test(out, G_FILE_TEST_IS_DIR)) {
		*secret_path = g_build_filename(out, "secret", NULL);
		*public_path = g_build_filename(out, "public", NULL);
	} else {
		*secret_path = g_strdup(out);
		*public_path = g_strconcat(out, ".pub", NULL);
	}
	return TRUE;
}

static int write_pair(const char *secret_path, const char *public_path)
{
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
	guint8 secret_key[THP_SECRET_KEY_BYTES];
	char secret_line[THP_SECRET_LEN + 2];
	char public_text[THP_PUBLIC_LEN + 1];
	char pid[THP_PID_LEN + 1];

	thp_paserk_generate(public_key, secret_key);
	thp_paserk_secret(secret_key, secret_line);
	thp_paserk_public(public_key, public_text);
	thp_paserk_pid(public_key, pid);
	(void)g_strlcat(secret_line, "\n", sizeof secret_line);

	g_autofree char *public_lines = g_strdup_printf("# id: %s\n%s\n", pid, public_text);
	const gboolean done = write_new(secret_path, 0600, secret_line) &&
			      write_new(public_path, 0644, public_lines);

	thp_secret_wipe(secret_key, sizeof secret_key);
	thp_secret_wipe(secret_line, sizeof secret_line);
	if (!done)
		return EXIT_TROUBLE;
	printf("%s\n", pid);
	return EXIT_GOOD;
}

int cmd_keygen(int argc, char **argv)
{
	g_autofree char *out = NULL;
	g_autofree char *secret_path = NULL;
	g_autofree char *public_path = NULL;
	const GOptionEntry entries[] = {
		{"out", 'o', 0, G_OPTION_ARG_FILENAME, &out, "Where the keys go", "FOLDER|FILE"},
		G_OPTION_ENTRY_NULL,
	};

	if (!read_options(argc, argv, entries, NULL, summary, details, NULL))
		return EXIT_USAGE;
	if (!out || !*out)
		return complain(EXIT_USAGE, "keygen: --out is needed");
	if (!name_files(out, &secret_path, &public_path))
		return EXIT_TROUBLE;
	if (g_file_test(public_path, G_FILE_TEST_EXISTS))
		return complain(EXIT_TROUBLE, "%s: is there already", public_path);
	return write_pair(secret_path, public_path);
}
