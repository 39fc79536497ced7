/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The recorder's thread: looks every so often at what the media threads have left, and writes it down. */
#include "tape.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <therapy/secret.h>

#include "lock.h"
#include "log.h"

#define LOOK_US  20000          /* between two looks at the rings */
#define FLUSH_US G_USEC_PER_SEC /* what a crash of the process may cost */
#define KEYS_MAX 1024
#define ID_BYTES 16

typedef struct sealed_key {
	guint32 gi;
	guint64 epoch;
	guint8 bytes[THP_RECORDING_SEALED_BYTES];
} sealed_key;

struct thp_tape {
	atomic_int refs;
	thp_locked lock;
	GPtrArray *tracks;  /* LOCK: owned references */
	GQueue *keys;       /* LOCK: of sealed_key, owned; not written yet */
	guint n_keys;       /* LOCK: ever kept */
	const char *reason; /* LOCK: static; NULL: goes on */
	gboolean changed;   /* LOCK: the manifest is not what it should say */
	/* const */
	thp_tape_broken broken;
	void *data;
	GDestroyNotify free_data;
	/* recorder */
	char *folder; /* owned; NULL: not made yet */
	thp_manifest is;
	gint64 flushed_us;
	gboolean failed, warned;
};

static struct {
	pthread_t thread;
	thp_locked lock;
	pthread_cond_t wake;
	GPtrArray *tapes;  /* LOCK: owned references */
	gboolean stopping; /* LOCK */
	gboolean running;
	char folder[THP_PATH_MAX + 1];
	char recipient[THP_MANIFEST_KEY_CHARS + 1];
} recorder;

/* ---- tapes ---- */

thp_tape *thp_tape_ref(thp_tape *tape)
{
	if (tape)
		atomic_fetch_add(&tape->refs, 1);
	return tape;
}

void thp_tape_unref(thp_tape *tape)
{
	if (!tape || atomic_fetch_sub(&tape->refs, 1) != 1)
		return;
	if (tape->free_data)
		tape->free_data(tape->data);
	g_ptr_array_unref(tape->tracks);
	g_queue_free_full(tape->keys, g_free);
	pthread_mutex_destroy(&tape->lock);
	g_free(tape->folder);
	g_free(tape);
}

static void unref_track(gpointer track)
{
	thp_track_unref(track);
}

static void unref_tape(gpointer tape)
{
	thp_tape_unref(tape);
}

thp_tape *thp_tape_new(gboolean video, thp_tape_broken broken, void *data, GDestroyNotify free_data)
{
	thp_tape *tape = g_new0(thp_tape, 1);

	atomic_init(&tape->refs, 1);
	pthread_mutex_init(&tape->lock, NULL);
	tape->tracks = g_ptr_array_new_with_free_func(unref_track);
	tape->keys = g_queue_new();
	tape->changed = TRUE;
	tape->broken = broken;
	tape->data = data;
	tape->free_data = free_data;
	tape->is.video = video;
	tape->is.begun_ms = g_get_real_time() / 1000;
	thp_random_id(tape->is.id, ID_BYTES);
	memcpy(tape->is.recipient, recorder.recipient, sizeof tape->is.recipient);
	THP_LOCK(&recorder.lock);
	g_ptr_array_add(recorder.tapes, thp_tape_ref(tape));
	pthread_cond_signal(&recorder.wake);
	return tape;
}

const char *thp_tape_id(const thp_tape *tape)
{
	return tape->is.id;
}

void thp_tape_add(thp_tape *tape, thp_track *track)
{
	THP_LOCK(&tape->lock);
	g_ptr_array_add(tape->tracks, thp_track_ref(track));
	tape->changed = TRUE;
}

gboolean thp_tape_keep_key(thp_tape *tape, guint32 gi, guint64 epoch,
			   const guint8 sealed[static THP_RECORDING_SEALED_BYTES])
{
	THP_LOCK(&tape->lock);
	if (tape->n_keys >= KEYS_MAX)
		return FALSE;
	sealed_key *key = g_new(sealed_key, 1);
	key->gi = gi;
	key->epoch = epoch;
	memcpy(key->bytes, sealed, sizeof key->bytes);
	g_queue_push_tail(tape->keys, key);
	tape->n_keys++;
	return TRUE;
}

void thp_tape_end(thp_tape *tape, const char *reason)
{
	THP_LOCK(&tape->lock);
	if (tape->reason)
		return;
	tape->reason = reason;
	tape->changed = TRUE;
}

/* ---- files ---- */

static gboolean write_all(int fd, const void *bytes, gsize n)
{
	const char *at = bytes;

	while (n > 0) {
		gssize written = write(fd, at, n);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return FALSE;
		at += written;
		n -= (gsize)written;
	}
	return TRUE;
}

static gboolean sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return FALSE;
	gboolean done = fsync(fd) == 0;
	return close(fd) == 0 && done;
}

/* A whole file or none, also after a power cut. */
static gboolean put_file(const thp_tape *tape, const char *name, const void *bytes, gsize n)
{
	g_autofree char *path = g_build_filename(tape->folder, name, NULL);
	g_autofree char *draft = g_strconcat(path, ".new", NULL);
	int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
		      S_IRUSR | S_IWUSR);

	if (fd < 0)
		return FALSE;
	gboolean done = write_all(fd, bytes, n) && fsync(fd) == 0;
	done = close(fd) == 0 && done;
	return done && rename(draft, path) == 0 && sync_folder(tape->folder);
}

static gboolean make_folder(thp_tape *tape)
{
	if (tape->folder)
		return TRUE;
	char *folder = g_build_filename(recorder.folder, tape->is.id, NULL);
	if (mkdir(folder, S_IRWXU) != 0) {
		g_free(folder);
		return FALSE;
	}
	tape->folder = folder;
	return TRUE;
}

static sealed_key *next_key(thp_tape *tape)
{
	THP_LOCK(&tape->lock);
	return g_queue_pop_head(tape->keys);
}

static gboolean write_keys(thp_tape *tape)
{
	for (sealed_key *taken = next_key(tape); taken; taken = next_key(tape)) {
		g_autofree sealed_key *key = taken;
		char name[48];

		g_snprintf(name, sizeof name, "%u-%" G_GUINT64_FORMAT "-%u.key", key->gi,
			   key->epoch, ++tape->is.keys);
		if (!put_file(tape, name, key->bytes, sizeof key->bytes))
			return FALSE;
	}
	return TRUE;
}

static gboolean write_manifest(thp_tape *tape, GPtrArray *tracks)
{
	tape->is.n_tracks = 0;
	for (guint i = 0; i < tracks->len && tape->is.n_tracks < THP_MANIFEST_TRACKS_MAX; i++)
		tape->is.n_tracks += thp_track_describe(g_ptr_array_index(tracks, i),
							&tape->is.tracks[tape->is.n_tracks]);
	g_autofree char *text = thp_manifest_write(&tape->is);
	return put_file(tape, THP_MANIFEST_FILE, text, strlen(text));
}

/* ---- the thread ---- */

static GPtrArray *tracks_of(thp_tape *tape, const char **reason, gboolean *changed)
{
	GPtrArray *tracks = g_ptr_array_new_with_free_func(unref_track);

	THP_LOCK(&tape->lock);
	for (guint i = 0; i < tape->tracks->len; i++)
		g_ptr_array_add(tracks, thp_track_ref(g_ptr_array_index(tape->tracks, i)));
	*reason = tape->reason;
	*changed = tape->changed;
	tape->changed = FALSE;
	return tracks;
}

static gboolean write_tracks(thp_tape *tape, GPtrArray *tracks, gboolean *changed)
{
	gint64 now_us = g_get_monotonic_time();
	gboolean flush = now_us - tape->flushed_us >= FLUSH_US;

	for (guint i = 0; i < tracks->len; i++) {
		thp_track *track = g_ptr_array_index(tracks, i);
		thp_manifest_track before, after;
		gboolean known = thp_track_describe(track, &before);

		if (!thp_track_write(track, tape->folder) ||
		    (flush && !thp_track_flush(track, FALSE)))
			return FALSE;
		*changed |= thp_track_describe(track, &after) && !known;
	}
	if (flush)
		tape->flushed_us = now_us;
	return TRUE;
}

static gboolean finish(thp_tape *tape, GPtrArray *tracks, const char *reason)
{
	gboolean done = TRUE;

	for (guint i = 0; i < tracks->len; i++) {
		thp_track *track = g_ptr_array_index(tracks, i);
		done = thp_track_flush(track, TRUE) && done;
		thp_track_close(track);
	}
	tape->is.ended_ms = g_get_real_time() / 1000;
	g_strlcpy(tape->is.end, reason, sizeof tape->is.end);
	return write_manifest(tape, tracks) && done;
}

static void warn_of_lost(thp_tape *tape, GPtrArray *tracks)
{
	thp_manifest_track shown;

	for (guint i = 0; !tape->warned && i < tracks->len; i++) {
		tape->warned =
			thp_track_describe(g_ptr_array_index(tracks, i), &shown) && shown.lost > 0;
		if (tape->warned)
			log_warn("the disk is too slow for a recording: packets are left out");
	}
}

/* One look at one recording; FALSE when it is over. */
static gboolean look_at(thp_tape *tape)
{
	const char *reason;
	gboolean changed;
	g_autoptr(GPtrArray) tracks = tracks_of(tape, &reason, &changed);

	if (tape->failed) {
		for (guint i = 0; reason && i < tracks->len; i++)
			thp_track_close(g_ptr_array_index(tracks, i));
		return !reason;
	}
	errno = 0;
	gboolean done =
		make_folder(tape) && write_tracks(tape, tracks, &changed) && write_keys(tape);
	if (done && reason)
		done = finish(tape, tracks, reason);
	else if (done && changed)
		done = write_manifest(tape, tracks);
	warn_of_lost(tape, tracks);
	if (!done) {
		tape->failed = TRUE;
		log_err("a recording cannot be written%s%s", errno ? ": " : "",
			errno ? g_strerror(errno) : "");
		tape->broken(tape->data);
	} else if (reason) {
		log_info("a recording is complete");
	}
	return !reason;
}

static gboolean has_stopped(void)
{
	gint64 until_us = g_get_monotonic_time() + LOOK_US;
	struct timespec at = {.tv_sec = until_us / G_USEC_PER_SEC,
			      .tv_nsec = (until_us % G_USEC_PER_SEC) * 1000};

	THP_LOCK(&recorder.lock);
	if (!recorder.stopping && recorder.tapes->len == 0)
		pthread_cond_wait(&recorder.wake, &recorder.lock);
	else if (!recorder.stopping)
		pthread_cond_timedwait(&recorder.wake, &recorder.lock, &at);
	return recorder.stopping;
}

static GPtrArray *all_tapes(void)
{
	GPtrArray *tapes = g_ptr_array_new_with_free_func(unref_tape);

	THP_LOCK(&recorder.lock);
	for (guint i = 0; i < recorder.tapes->len; i++)
		g_ptr_array_add(tapes, thp_tape_ref(g_ptr_array_index(recorder.tapes, i)));
	return tapes;
}

static void look(gboolean last)
{
	g_autoptr(GPtrArray) tapes = all_tapes();

	for (guint i = 0; i < tapes->len; i++) {
		thp_tape *tape = g_ptr_array_index(tapes, i);
		if (last)
			thp_tape_end(tape, thp_recording_reason_name(THP_RECORDING_BY_END));
		if (look_at(tape))
			continue;
		THP_LOCK(&recorder.lock);
		g_ptr_array_remove(recorder.tapes, tape);
	}
}

static void *work(void *data)
{
	(void)data;
	while (!has_stopped())
		look(FALSE);
	look(TRUE);
	return NULL;
}

void thp_tapes_start(const char *folder, const guint8 recipient[static THP_RECORDING_KEY_BYTES])
{
	pthread_condattr_t monotonic;

	g_strlcpy(recorder.folder, folder, sizeof recorder.folder);
	thp_base64url_encode(recipient, THP_RECORDING_KEY_BYTES, recorder.recipient);
	recorder.tapes = g_ptr_array_new_with_free_func(unref_tape);
	recorder.stopping = FALSE;
	pthread_mutex_init(&recorder.lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&recorder.wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (pthread_create(&recorder.thread, NULL, work, NULL) != 0)
		g_error("[therapy] cannot start the recorder's thread");
	recorder.running = TRUE;
}

void thp_tapes_stop(void)
{
	if (!recorder.running)
		return;
	pthread_mutex_lock(&recorder.lock);
	recorder.stopping = TRUE;
	pthread_cond_signal(&recorder.wake);
	pthread_mutex_unlock(&recorder.lock);
	pthread_join(recorder.thread, NULL);
	recorder.running = FALSE;
	g_clear_pointer(&recorder.tapes, g_ptr_array_unref);
	pthread_cond_destroy(&recorder.wake);
	pthread_mutex_destroy(&recorder.lock);
}
