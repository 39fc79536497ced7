/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Janus's recorder waits for the disk with a lock held, so no media thread ever calls it. */
#include "track.h"

#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gateway.h"
#include <record.h>

#define AUDIO_RING (1U << 17) /* bytes: more than ten seconds of speech */
#define VIDEO_RING (1U << 20) /* five seconds of a camera at its limit */

struct thp_track {
	atomic_int refs;
	thp_ring *ring;        /* const; owned */
	gboolean video;        /* const */
	thp_manifest_track is; /* recorder: what is known of it */
	janus_recorder *file;  /* recorder: owned; NULL: not yet, or closed */
	atomic_ullong lost;    /* packets that did not fit */
};

thp_track *thp_track_new(guint person, const char *role, gboolean video)
{
	thp_track *track = g_new0(thp_track, 1);

	atomic_init(&track->refs, 1);
	track->ring = thp_ring_new(video ? VIDEO_RING : AUDIO_RING);
	track->video = video;
	track->is.person = person;
	track->is.video = video;
	g_strlcpy(track->is.role, role, sizeof track->is.role);
	return track;
}

thp_track *thp_track_ref(thp_track *track)
{
	if (track)
		atomic_fetch_add(&track->refs, 1);
	return track;
}

void thp_track_unref(thp_track *track)
{
	if (!track || atomic_fetch_sub(&track->refs, 1) != 1)
		return;
	thp_track_close(track);
	thp_ring_free(track->ring);
	g_free(track);
}

void thp_track_put(thp_track *track, const void *packet, guint n)
{
	if (thp_ring_put(track->ring, packet, n))
		return;
	atomic_fetch_add_explicit(&track->lost, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&gateway.unrecorded, 1, memory_order_relaxed);
}

/* ---- the recorder's thread ---- */

static gboolean create(thp_track *track, const char *folder)
{
	char name[24];

	g_snprintf(name, sizeof name, "%u-%s", track->is.person, track->video ? "video" : "audio");
	track->file = janus_recorder_create(folder, track->video ? "vp8" : "opus", name);
	if (!track->file)
		return FALSE;
	g_strlcpy(track->is.file, track->file->filename, sizeof track->is.file);
	return fchmod(fileno(track->file->file), S_IRUSR | S_IWUSR) == 0 &&
	       janus_recorder_encrypted(track->file) == 0;
}

gboolean thp_track_write(thp_track *track, const char *folder)
{
	guint8 packet[THP_RING_PACKET_MAX];
	guint n;

	while ((n = thp_ring_take(track->ring, packet)) > 0) {
		if (!track->file && !create(track, folder))
			return FALSE;
		if (janus_recorder_save_frame(track->file, (char *)packet, n) < 0)
			return FALSE;
		track->is.packets++;
	}
	track->is.lost = atomic_load(&track->lost);
	return TRUE;
}

gboolean thp_track_flush(thp_track *track, gboolean durably)
{
	return !track->file || (fflush(track->file->file) == 0 &&
				(!durably || fsync(fileno(track->file->file)) == 0));
}

void thp_track_close(thp_track *track)
{
	if (!track->file)
		return;
	(void)janus_recorder_close(track->file);
	g_strlcpy(track->is.file, track->file->filename, sizeof track->is.file);
	janus_recorder_destroy(track->file);
	track->file = NULL;
}

gboolean thp_track_describe(const thp_track *track, thp_manifest_track *shown)
{
	*shown = track->is;
	return track->is.file[0] != '\0';
}
