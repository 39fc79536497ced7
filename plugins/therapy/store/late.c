/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Slots of one length, overwritten in their place: that takes no space, so a full disk lets it be. */
#include "late.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "ledger_inside.h"
#include "queue.h"

#define FILE_NAME  "ledger.late"
#define SLOTS      256
#define SLOT_BYTES 512
#define HEAD_BYTES 2 /* length */

struct late {
	int fd;
	guint8 key[THP_SEAL_REQUEST_BYTES]; /* the server's own */
	atomic_bool taken[SLOTS];
	queue queue;
};

typedef struct note {
	queued queued;
	guint slot;
	guint8 bytes[SLOT_BYTES]; /* zeros: nothing is noted there any more */
} note;

/* ---- one slot ---- */

static gboolean lock_slot(const late *l, const char *text, guint8 slot[static SLOT_BYTES])
{
	g_autoptr(GBytes) locked = thp_seal_answer(l->key, text);
	gsize n;
	const void *bytes = g_bytes_get_data(locked, &n);

	if (HEAD_BYTES + n > SLOT_BYTES)
		return FALSE;
	slot[0] = (guint8)(n >> 8);
	slot[1] = (guint8)n;
	memcpy(slot + HEAD_BYTES, bytes, n);
	return TRUE;
}

static gsize length_of(const guint8 slot[static SLOT_BYTES])
{
	return ((gsize)slot[0] << 8) + slot[1];
}

/* The words in a slot; NULL if there are none, or they are damaged. */
static char **open_slot(const late *l, const guint8 slot[static SLOT_BYTES])
{
	gsize n = length_of(slot);

	if (n == 0 || HEAD_BYTES + n > SLOT_BYTES)
		return NULL;
	g_autofree char *text = thp_seal_answer_open(l->key, slot + HEAD_BYTES, n);
	g_auto(GStrv) words = text ? g_strsplit(text, "\t", LATE_WORDS + 1) : NULL;
	if (text)
		sodium_memzero(text, strlen(text));
	return words && g_strv_length(words) == LATE_WORDS ? g_steal_pointer(&words) : NULL;
}

/* ---- the file ---- */

static off_t place_of(guint slot)
{
	return (off_t)slot * SLOT_BYTES;
}

static gboolean make_file(int fd)
{
	static const guint8 zeros[SLOT_BYTES];

	for (guint i = 0; i < SLOTS; i++) {
		if (pwrite(fd, zeros, sizeof zeros, place_of(i)) != SLOT_BYTES)
			return FALSE;
	}
	return fsync(fd) == 0;
}

late *late_open(const char *dir, const thp_ledger *ledger)
{
	g_autofree char *path = g_build_filename(dir, FILE_NAME, NULL);
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);

	if (fd < 0)
		return NULL;
	if (lseek(fd, 0, SEEK_END) != place_of(SLOTS) && !make_file(fd)) {
		(void)close(fd);
		(void)unlink(path);
		return NULL;
	}
	late *l = g_new0(late, 1);
	l->fd = fd;
	thp_seal_ref(ledger->pepper, "withdrawals that are late", l->key);
	queue_init(&l->queue);
	return l;
}

void late_each(late *l, void (*visit)(int slot, char **words, void *data), void *data)
{
	guint8 slot[SLOT_BYTES];

	for (guint i = 0; i < SLOTS; i++) {
		if (pread(l->fd, slot, sizeof slot, place_of(i)) != SLOT_BYTES)
			continue;
		char **words = open_slot(l, slot);
		if (!words)
			continue;
		atomic_store(&l->taken[i], TRUE);
		visit((int)i, words, data);
		for (int w = 0; w < LATE_WORDS; w++)
			sodium_memzero(words[w], strlen(words[w]));
		g_strfreev(words);
	}
}

/* ---- the thread ---- */

static void *work(void *data)
{
	late *l = data;
	gboolean stopping = FALSE;

	while (!stopping) {
		note *all = (note *)queue_take_all(&l->queue, 0, &stopping);
		gboolean any = all != NULL;

		while (all) {
			note *n = all;
			all = (note *)n->queued.next;
			/* If this fails it is in memory all the same, and tried for until the end. */
			(void)!pwrite(l->fd, n->bytes, SLOT_BYTES, place_of(n->slot));
			if (length_of(n->bytes) == 0)
				atomic_store(&l->taken[n->slot], FALSE);
			g_free(n);
		}
		if (any)
			(void)fdatasync(l->fd);
	}
	return NULL;
}

void late_start(late *l)
{
	queue_start(&l->queue, work, l);
}

int late_note(late *l, const char *const words[static LATE_WORDS])
{
	for (guint i = 0; l && i < SLOTS; i++) {
		if (atomic_exchange(&l->taken[i], TRUE))
			continue;
		note *n = g_new0(note, 1);
		g_autofree char *text =
			g_strjoin("\t", words[0], words[1], words[2], words[3], words[4], NULL);
		n->slot = i;
		gboolean fits = lock_slot(l, text, n->bytes);
		sodium_memzero(text, strlen(text));
		if (fits) {
			queue_put(&l->queue, &n->queued);
			return (int)i;
		}
		g_free(n);
		atomic_store(&l->taken[i], FALSE);
		return -1;
	}
	return -1;
}

void late_forget(late *l, int slot)
{
	if (!l || slot < 0)
		return;
	note *n = g_new0(note, 1);
	n->slot = (guint)slot;
	queue_put(&l->queue, &n->queued);
}

void late_close(late *l)
{
	if (!l)
		return;
	queue_stop(&l->queue);
	(void)close(l->fd);
	sodium_memzero(l->key, sizeof l->key);
	g_free(l);
}
