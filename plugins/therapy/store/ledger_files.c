/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seed, head and ballast. */
#include "ledger_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <sodium.h>

#define SEED_FILE     "ledger.seed"
#define HEAD_FILE     "ledger.head"
#define BALLAST_FILE  "ledger.ballast"
#define BALLAST_BYTES (G_GUINT64_CONSTANT(1) << 20)
#define HEAD_LEN      96 /* within one sector */
#define SEED_LEN_MAX  160

static thp_err of_errno(void)
{
	return errno == ENOSPC || errno == EDQUOT ? THP_DB_FULL : THP_DB_UNWRITABLE;
}

static gboolean write_all(int fd, const char *text, gsize n)
{
	while (n > 0) {
		const gssize done = write(fd, text, n);

		if (done <= 0)
			return FALSE;
		text += done;
		n -= (gsize)done;
	}
	return TRUE;
}

static gboolean sync_folder(const char *dir)
{
	const int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const gboolean done = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);
	return done;
}

thp_err thp_ledger_files_write(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autofree char *fresh = g_strconcat(path, ".new", NULL);
	const int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			    S_IRUSR | S_IWUSR);

	if (fd < 0)
		return of_errno();

	const gboolean written = write_all(fd, text, strlen(text)) && fsync(fd) == 0;
	const thp_err err = written ? THP_OK : of_errno();

	if (close(fd) != 0 || !written) {
		(void)unlink(fresh);
		return err ? err : of_errno();
	}
	return rename(fresh, path) == 0 && sync_folder(dir) ? THP_OK : of_errno();
}

thp_err thp_ledger_files_read_seed(const char *dir, thp_ledger_seed *out)
{
	g_autofree char *path = g_build_filename(dir, SEED_FILE, NULL);
	char text[SEED_LEN_MAX + 1] = "";
	FILE *const file = fopen(path, "re");
	gsize n = 0;

	memset(out, 0, sizeof *out);
	if (!file)
		return THP_KEY_FILE;
	(void)setvbuf(file, NULL, _IONBF, 0);
	text[fread(text, 1, SEED_LEN_MAX, file)] = '\0';
	(void)fclose(file);

	char *const break_at = strchr(text, '\n');
	gboolean good = break_at && g_str_has_prefix(text, "epoch ") &&
			g_str_has_prefix(break_at + 1, "seed ");

	if (good) {
		*break_at = '\0';
		good = g_ascii_string_to_unsigned(text + 6, 10, 0, G_MAXINT32, &out->epoch, NULL) &&
		       sodium_hex2bin(out->seed, sizeof out->seed, break_at + 6,
				      strcspn(break_at + 6, "\n"), NULL, &n, NULL) == 0 &&
		       n == sizeof out->seed;
	}
	sodium_memzero(text, sizeof text);
	return good ? THP_OK : THP_KEY_FILE;
}

/* On most disks the old bytes are then gone; where they are not, the folder should be encrypted. */
static void overwrite(const char *path)
{
	static const char zeros[SEED_LEN_MAX] = {0};
	struct stat st;
	const int fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size <= SEED_LEN_MAX &&
	    write_all(fd, zeros, (gsize)st.st_size))
		(void)fsync(fd);
	(void)close(fd);
}

thp_err thp_ledger_files_write_seed(const char *dir, const thp_ledger_seed *seed)
{
	g_autofree char *path = g_build_filename(dir, SEED_FILE, NULL);
	g_autofree char *old = g_strconcat(path, ".old", NULL);
	char hex[2 * THP_EPOCH_SEED_BYTES + 1];
	char text[SEED_LEN_MAX];

	/* The old seed keeps a name, so that its bytes can be reached once the new one is safe. */
	(void)unlink(old);
	(void)!link(path, old);
	sodium_bin2hex(hex, sizeof hex, seed->seed, sizeof seed->seed);
	(void)g_snprintf(text, sizeof text, "epoch %" G_GUINT64_FORMAT "\nseed %s\n", seed->epoch,
			 hex);

	const thp_err err = thp_ledger_files_write(dir, SEED_FILE, text);

	if (!err)
		overwrite(old);
	(void)unlink(old);
	sodium_memzero(hex, sizeof hex);
	sodium_memzero(text, sizeof text);
	return err;
}

int thp_ledger_files_open_head(const char *dir)
{
	g_autofree char *path = g_build_filename(dir, HEAD_FILE, NULL);

	return open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
}

gboolean thp_ledger_files_read_head(int fd, guint64 *size, thp_hash *root)
{
	char text[HEAD_LEN + 1] = "";
	const gssize got = pread(fd, text, HEAD_LEN, 0);
	char *const space = got > 0 ? strchr(text, ' ') : NULL;
	gsize n = 0;

	if (!space)
		return FALSE;
	*space = '\0';
	return g_ascii_string_to_unsigned(text, 10, 0, THP_MERKLE_SIZE_MAX, size, NULL) &&
	       sodium_hex2bin(root->b, sizeof root->b, space + 1, strcspn(space + 1, " \n"), NULL,
			      &n, NULL) == 0 &&
	       n == sizeof root->b;
}

/* Always of one length, so that it can be overwritten in its place. */
static void print_head(guint64 size, const thp_hash *root, char text[static HEAD_LEN + 1])
{
	char hex[2 * THP_HASH_BYTES + 1];
	gsize n;

	sodium_bin2hex(hex, sizeof hex, root->b, sizeof root->b);
	(void)g_snprintf(text, HEAD_LEN + 1, "%" G_GUINT64_FORMAT " %s", size, hex);
	n = strlen(text);
	memset(text + n, ' ', HEAD_LEN - n);
	text[HEAD_LEN - 1] = '\n';
	text[HEAD_LEN] = '\0';
}

thp_err thp_ledger_files_write_head(const char *dir, guint64 size, const thp_hash *root)
{
	char text[HEAD_LEN + 1];

	print_head(size, root, text);
	return thp_ledger_files_write(dir, HEAD_FILE, text);
}

void thp_ledger_files_note_head(int fd, guint64 size, const thp_hash *root)
{
	char text[HEAD_LEN + 1];

	print_head(size, root, text);
	/* If this is lost in a crash, an old copy is noticed a little less sharply. */
	(void)!pwrite(fd, text, HEAD_LEN, 0);
}

void thp_ledger_files_make_ballast(const char *dir)
{
	struct statvfs disk;

	/* Not out of what it has just been given up for. */
	if (statvfs(dir, &disk) != 0 || disk.f_bavail * disk.f_frsize < 2 * BALLAST_BYTES)
		return;

	g_autofree char *path = g_build_filename(dir, BALLAST_FILE, NULL);
	const int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);

	if (fd < 0)
		return;
	if (posix_fallocate(fd, 0, BALLAST_BYTES) != 0)
		(void)unlink(path);
	(void)close(fd);
}

gboolean thp_ledger_files_has_ballast(const char *dir)
{
	g_autofree char *path = g_build_filename(dir, BALLAST_FILE, NULL);

	return access(path, F_OK) == 0;
}

gboolean thp_ledger_files_drop_ballast(const char *dir)
{
	g_autofree char *path = g_build_filename(dir, BALLAST_FILE, NULL);

	return unlink(path) == 0;
}
