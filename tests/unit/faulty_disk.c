/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A VFS between SQLite and its own. */
#include "faulty_disk.h"

#include <stdatomic.h>
#include <string.h>

#include <glib/gstdio.h>
#include <sqlite3.h>

typedef struct file {
	sqlite3_file base;
	char *path; /* owned */
	sqlite3_file *real;
} file;

static sqlite3_vfs *below;
static sqlite3_vfs vfs;
static atomic_int mode;
static atomic_uint at, count;
static atomic_bool struck, stalled;
static GHashTable *synced; /* path -> GBytes as of its last sync; NULL: never */

/* The code to fail with, or OK. */
static int operation(int failure, gboolean takes_space)
{
	guint n = atomic_fetch_add(&count, 1);
	int m = atomic_load(&mode);
	gboolean fails = (m == FAULTY_ONCE && n == atomic_load(&at)) ||
			 (m == FAULTY_EVER && n >= atomic_load(&at)) ||
			 (m == FAULTY_FULL && n >= atomic_load(&at) && takes_space);

	while (atomic_load(&stalled))
		g_usleep(1000);
	if (!fails)
		return SQLITE_OK;
	atomic_store(&struck, TRUE);
	return m == FAULTY_FULL ? SQLITE_FULL : failure;
}

void faulty_disk_stall(gboolean on)
{
	atomic_store(&stalled, on);
}

static sqlite3_file *real(sqlite3_file *f)
{
	return ((file *)(void *)f)->real;
}

static void note_synced(const char *path)
{
	char *bytes = NULL;
	gsize n = 0;

	if (g_file_get_contents(path, &bytes, &n, NULL))
		g_hash_table_replace(synced, g_strdup(path), g_bytes_new_take(bytes, n));
}

/* ---- files ---- */

static int do_close(sqlite3_file *f)
{
	file *own = (file *)(void *)f;
	int status = own->real->pMethods ? own->real->pMethods->xClose(own->real) : SQLITE_OK;

	g_clear_pointer(&own->path, g_free);
	g_clear_pointer(&own->real, g_free);
	return status;
}

static int do_read(sqlite3_file *f, void *to, int n, sqlite3_int64 offset)
{
	return real(f)->pMethods->xRead(real(f), to, n, offset);
}

static int do_write(sqlite3_file *f, const void *from, int n, sqlite3_int64 offset)
{
	int status = operation(SQLITE_IOERR_WRITE, TRUE);

	if (status == SQLITE_OK)
		return real(f)->pMethods->xWrite(real(f), from, n, offset);
	/* A write that fails may have written half. */
	(void)real(f)->pMethods->xWrite(real(f), from, n / 2, offset);
	return status;
}

static int do_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	int status = operation(SQLITE_IOERR_TRUNCATE, FALSE);

	return status == SQLITE_OK ? real(f)->pMethods->xTruncate(real(f), size) : status;
}

static int do_sync(sqlite3_file *f, int flags)
{
	int status = operation(SQLITE_IOERR_FSYNC, FALSE);

	if (status == SQLITE_OK)
		status = real(f)->pMethods->xSync(real(f), flags);
	if (status == SQLITE_OK)
		note_synced(((file *)(void *)f)->path);
	return status;
}

static int do_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real(f)->pMethods->xFileSize(real(f), size);
}

static int do_lock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xLock(real(f), level);
}

static int do_unlock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xUnlock(real(f), level);
}

static int do_check_lock(sqlite3_file *f, int *held)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), held);
}

static int do_control(sqlite3_file *f, int op, void *arg)
{
	return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int do_sector(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

static int do_traits(sqlite3_file *f)
{
	(void)f;
	return 0; /* promises nothing */
}

static const sqlite3_io_methods methods = {.iVersion = 1,
					   .xClose = do_close,
					   .xRead = do_read,
					   .xWrite = do_write,
					   .xTruncate = do_truncate,
					   .xSync = do_sync,
					   .xFileSize = do_size,
					   .xLock = do_lock,
					   .xUnlock = do_unlock,
					   .xCheckReservedLock = do_check_lock,
					   .xFileControl = do_control,
					   .xSectorSize = do_sector,
					   .xDeviceCharacteristics = do_traits};

/* ---- the disk ---- */

static int do_open(sqlite3_vfs *v, const char *path, sqlite3_file *f, int flags, int *out)
{
	file *own = (file *)(void *)f;
	gboolean makes = (flags & SQLITE_OPEN_CREATE) && !g_file_test(path, G_FILE_TEST_EXISTS);
	int status = makes ? operation(SQLITE_CANTOPEN, TRUE) : SQLITE_OK;

	(void)v;
	own->base.pMethods = NULL;
	if (status != SQLITE_OK)
		return status;
	own->real = g_malloc0((gsize)below->szOsFile);
	status = below->xOpen(below, path, own->real, flags, out);
	if (status != SQLITE_OK) {
		g_clear_pointer(&own->real, g_free);
		return status;
	}
	own->path = g_strdup(path);
	own->base.pMethods = &methods;
	if (!g_hash_table_contains(synced, path))
		g_hash_table_insert(synced, g_strdup(path), NULL);
	return status;
}

static int do_delete(sqlite3_vfs *v, const char *path, int sync)
{
	int status = operation(SQLITE_IOERR_DELETE, FALSE);

	(void)v;
	if (status == SQLITE_OK)
		status = below->xDelete(below, path, sync);
	if (status == SQLITE_OK && sync)
		g_hash_table_replace(synced, g_strdup(path), NULL);
	return status;
}

static void bytes_free(gpointer bytes)
{
	if (bytes)
		g_bytes_unref(bytes);
}

void faulty_disk_install(void)
{
	below = sqlite3_vfs_find(NULL);
	vfs = *below;
	vfs.zName = "faulty";
	vfs.szOsFile = sizeof(file);
	vfs.xOpen = do_open;
	vfs.xDelete = do_delete;
	synced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, bytes_free);
	g_assert_cmpint(sqlite3_vfs_register(&vfs, 1), ==, SQLITE_OK);
}

void faulty_disk_set(faulty_mode m, guint operation_number)
{
	atomic_store(&mode, (int)m);
	atomic_store(&at, operation_number);
	atomic_store(&count, 0);
	atomic_store(&struck, FALSE);
}

guint faulty_disk_count(void)
{
	return atomic_load(&count);
}

gboolean faulty_disk_struck(void)
{
	return atomic_load(&struck);
}

void faulty_disk_forget(void)
{
	g_hash_table_remove_all(synced);
}

void faulty_disk_cut(void)
{
	GHashTableIter iter;
	gpointer path, bytes;

	g_hash_table_iter_init(&iter, synced);
	while (g_hash_table_iter_next(&iter, &path, &bytes)) {
		gsize n = 0;
		const char *data = bytes ? g_bytes_get_data(bytes, &n) : NULL;
		if (bytes)
			g_assert_true(g_file_set_contents(path, data ? data : "", (gssize)n, NULL));
		else
			(void)g_unlink(path);
	}
}
