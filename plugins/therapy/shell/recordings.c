/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One tape for each recording; on it two tracks for each handle that was ever recorded. */
#include "recordings.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <therapy/recording_key.h>
#include <therapy/reply.h>

#include "consents.h"
#include "log.h"
#include "media.h"
#include "recording_notes.h"
#include "registry.h"
#include "tape.h"

#define EVERYBODY (((1U << THP_N_ROLES) - 1) & ~(1U << THP_ROLE_THERAPIST))

typedef struct source {
	char who[THP_WHO_LEN + 1];
	thp_session *session; /* owned; the handle that it comes from */
	thp_track *audio;     /* owned */
	thp_track *video;     /* owned; NULL: pictures are not recorded */
	gboolean attached;
} source;

/* The recording of one room. Belongs to the worker of its area. */
typedef struct room_tape {
	guint32 number;
	thp_tape *tape;     /* owned */
	GPtrArray *sources; /* of source, owned */
	GPtrArray *people;  /* of char, owned: whoever was ever on it, in order */
	gboolean hurried;   /* stopped before the area could say so */
	char *noted;        /* in the ledger, of how it stands; NULL: nothing yet */
} room_tape;

static thp_recording_rules rules; /* constant while workers run */
static guint8 recipient[THP_RECORDING_KEY_BYTES];
static gboolean is_on;
static GHashTable *tapes; /* LOCK: lock; "AREA\nROOM" -> room_tape */
static thp_locked lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- start and end ---- */

/* Recording must be refusable by everybody it concerns, and must cost nobody the session. */
static gboolean find_rule(const char *kind, guint *at)
{
	const thp_consent_rules *consents = thp_consents_rules();

	for (guint i = 0; consents && i < consents->n; i++) {
		const thp_consent_rule *rule = &consents->kinds[i];
		if (strcmp(rule->name, kind) != 0)
			continue;
		*at = i;
		if (!rule->required && (rule->roles & EVERYBODY) == EVERYBODY)
			return TRUE;
		log_err("recording.enabled: the text \"%s\" must concern client, guest and observer, "
			"and must not be required",
			kind);
		return FALSE;
	}
	log_err("recording.enabled, but consent.texts has no text \"%s\"", kind);
	return FALSE;
}

static gboolean open_folder(const char *folder)
{
	struct stat is;

	/* Its parent must be there: a misspelt path is not made. */
	if (mkdir(folder, S_IRWXU) != 0 && errno != EEXIST) {
		log_err("recording.folder: %s: %s", folder, g_strerror(errno));
		return FALSE;
	}
	if (stat(folder, &is) == 0 && S_ISDIR(is.st_mode) && is.st_uid == geteuid() &&
	    (is.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return TRUE;
	log_err("recording.folder: %s must be a folder that belongs to this user alone (0700)",
		folder);
	return FALSE;
}

gboolean thp_recordings_open(void)
{
	const thp_conf_recording *conf = &gateway.conf.recording;
	thp_recording_rules found = {.max_us = conf->max_minutes * 60 * G_USEC_PER_SEC};

	if (!conf->enabled)
		return TRUE;
	if (!gateway.conf.require_e2ee || !gateway.conf.consent.enabled) {
		log_err("recording.enabled needs general.require_e2ee and consent.enabled");
		return FALSE;
	}
	if (thp_recording_key_read(conf->key, FALSE, recipient) != THP_OK) {
		log_err("recording.key must be a public key that \"therapy-recording keygen\" made");
		return FALSE;
	}
	if (!find_rule(THP_RECORDING_AUDIO, &found.audio) ||
	    !find_rule(THP_RECORDING_VIDEO, &found.video) || !open_folder(conf->folder))
		return FALSE;
	rules = found;
	return TRUE;
}

static void forget_track(thp_track **track)
{
	thp_track_unref(*track);
	*track = NULL;
}

static void free_source(gpointer data)
{
	source *s = data;

	thp_media_record(s->session, NULL, NULL);
	forget_track(&s->audio);
	forget_track(&s->video);
	thp_session_unref(s->session);
	g_free(s);
}

static void free_tape(gpointer data)
{
	room_tape *t = data;

	/* First nobody puts anything on it any more. */
	g_ptr_array_unref(t->sources);
	g_ptr_array_unref(t->people);
	thp_tape_end(t->tape, thp_recording_reason_name(THP_RECORDING_BY_END));
	thp_recording_note_end(thp_tape_id(t->tape), t->noted);
	thp_tape_unref(t->tape);
	g_free(t);
}

void thp_recordings_start(void)
{
	if (rules.max_us == 0)
		return;
	tapes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_tape);
	thp_tapes_start(gateway.conf.recording.folder, recipient);
	is_on = TRUE;
	log_info("recording is possible, of at most %" G_GINT64_FORMAT " minutes",
		 gateway.conf.recording.max_minutes);
}

void thp_recordings_close(void)
{
	g_clear_pointer(&tapes, g_hash_table_unref);
	if (is_on)
		thp_tapes_stop();
	is_on = FALSE;
	rules = (thp_recording_rules){0};
}

thp_recording_rules thp_recordings_rules(void)
{
	return rules;
}

/* ---- tapes of rooms ---- */

static char *name_of(const thp_area *area, const char *room)
{
	return g_strconcat(thp_area_name(area), "\n", room, NULL);
}

static room_tape *find(const char *name)
{
	THP_LOCK(&lock);
	return g_hash_table_lookup(tapes, name);
}

static void tell_worker(void *job)
{
	const thp_job *is = job;

	thp_worker_post(thp_job_new_unrecorded(is->area, is->room, is->number));
}

static void free_job(gpointer job)
{
	thp_job_free(job);
}

static room_tape *begin(const thp_area *area, const char *room, const thp_recording *now)
{
	room_tape *t = g_new0(room_tape, 1);

	t->number = now->number;
	t->sources = g_ptr_array_new_with_free_func(free_source);
	t->people = g_ptr_array_new_with_free_func(g_free);
	t->tape = thp_tape_new(now->video, tell_worker,
			       thp_job_new_unrecorded(thp_area_name(area), room, now->number),
			       free_job);
	log_info("a recording has begun");
	THP_LOCK(&lock);
	g_hash_table_insert(tapes, name_of(area, room), t);
	return t;
}

static void end(const char *name, room_tape *t, thp_recording_reason reason)
{
	/* Nothing more goes on it from here on. */
	g_ptr_array_set_size(t->sources, 0);
	thp_tape_end(t->tape, thp_recording_reason_name(reason));
	THP_LOCK(&lock);
	g_hash_table_remove(tapes, name);
}

/* The number of @who among those on the tape, from 1. */
static guint person_of(room_tape *t, const char *who)
{
	guint at = 0;

	if (!g_ptr_array_find_with_equal_func(t->people, who, g_str_equal, &at)) {
		at = t->people->len;
		g_ptr_array_add(t->people, g_strdup(who));
	}
	return at + 1;
}

static source *source_of(room_tape *t, thp_session *session)
{
	for (guint i = 0; i < t->sources->len; i++) {
		source *s = g_ptr_array_index(t->sources, i);
		if (s->session == session)
			return s;
	}
	return NULL;
}

static source *add_source(room_tape *t, thp_session *session, const char *who, thp_role role,
			  gboolean video)
{
	source *s = g_new0(source, 1);
	guint person = person_of(t, who);

	g_strlcpy(s->who, who, sizeof s->who);
	s->session = thp_session_ref(session);
	s->audio = thp_track_new(person, thp_role_name(role), FALSE);
	thp_tape_add(t->tape, s->audio);
	if (video) {
		s->video = thp_track_new(person, thp_role_name(role), TRUE);
		thp_tape_add(t->tape, s->video);
	}
	g_ptr_array_add(t->sources, s);
	return s;
}

static gboolean is_recorded(const thp_recording *now, const source *s)
{
	for (guint i = 0; i < now->n; i++) {
		if (now->tracks[i].link == s->session->link)
			return TRUE;
	}
	return FALSE;
}

static void detach(source *s)
{
	thp_media_record(s->session, NULL, NULL);
	s->attached = FALSE;
}

/* A recording, too, begins with a whole picture. */
static void attach(source *s)
{
	if (s->attached)
		return;
	s->attached = TRUE;
	thp_media_record(s->session, s->audio, s->video);
	if (s->video)
		thp_media_keyframe(s->session, TRUE);
}

/* Who is not recorded now is detached first; a pause leaves the tracks as they are. */
static void put(room_tape *t, const thp_recording *now)
{
	for (guint i = 0; i < t->sources->len; i++) {
		source *s = g_ptr_array_index(t->sources, i);
		if (!is_recorded(now, s))
			detach(s);
	}
	for (guint i = 0; i < now->n; i++) {
		g_autoptr(thp_session) session = thp_registry_get(now->tracks[i].link);
		if (!session)
			continue;
		source *s = source_of(t, session);
		if (!s)
			s = add_source(t, session, now->tracks[i].who, now->tracks[i].role,
				       now->video);
		attach(s);
	}
}

void thp_recordings_put(const thp_area *area, const char *room)
{
	g_autofree char *name = name_of(area, room);
	thp_recording now;

	if (!is_on)
		return;
	thp_area_recording(area, room, &now);
	room_tape *t = find(name);
	if (t && (t->number != now.number || now.state == THP_RECORDING_STOPPED)) {
		end(name, t, now.reason);
		t = NULL;
	}
	if (!t && now.state == THP_RECORDING_ON)
		t = begin(area, room, &now);
	if (!t)
		return;
	put(t, &now);
	t->noted = thp_recording_note(area, room, thp_tape_id(t->tape), &now, t->noted);
}

/* ---- while the disk of the area is waited for ---- */

static gboolean stops_a_recording(const thp_job *job)
{
	g_auto(thp_request) request = {0};
	const char *field = NULL;

	if (job->kind != THP_JOB_MESSAGE ||
	    thp_request_parse(job->message, &request, &field) != THP_OK)
		return FALSE;
	return request.kind == THP_REQ_RECORD_STOP ||
	       (request.kind == THP_REQ_CONSENT_WITHDRAW &&
		(strcmp(request.consent, THP_RECORDING_AUDIO) == 0 ||
		 strcmp(request.consent, THP_RECORDING_VIDEO) == 0));
}

void thp_recordings_hurry(thp_worker *worker, const thp_job *job)
{
	const thp_area *area = is_on ? thp_call_area(worker, job->session) : NULL;
	thp_self self;

	if (!area || !thp_area_self(area, job->session->who, &self) || self.state != THP_ADMITTED ||
	    !stops_a_recording(job))
		return;
	g_autofree char *name = name_of(area, self.room);
	room_tape *t = find(name);
	for (guint i = 0; t && i < t->sources->len; i++)
		detach(g_ptr_array_index(t->sources, i));
	if (t)
		t->hurried = TRUE;
}

/* The name of a room of @area whose recording was stopped in a hurry; the caller's. */
static char *hurried_in(const thp_area *area)
{
	g_autofree char *front = name_of(area, "");
	GHashTableIter iter;
	gpointer name, tape;

	THP_LOCK(&lock);
	g_hash_table_iter_init(&iter, tapes);
	while (g_hash_table_iter_next(&iter, &name, &tape)) {
		room_tape *t = tape;
		if (!g_str_has_prefix(name, front) || !t->hurried)
			continue;
		t->hurried = FALSE;
		return g_strdup((const char *)name + strlen(front));
	}
	return NULL;
}

void thp_recordings_mend(thp_worker *worker, const char *area_name)
{
	const thp_area *area = is_on ? thp_worker_area(worker, area_name, FALSE) : NULL;
	char *room;

	while (area && (room = hurried_in(area))) {
		thp_recordings_put(area, room);
		g_free(room);
	}
}

/* ---- requests ---- */

json_t *thp_recordings_view(const thp_area *area, const char *room, const char *who)
{
	thp_recording now;

	thp_area_recording(area, room, &now);
	thp_reply_recording shown = {.room = room,
				     .state = thp_recording_state_name(now.state),
				     .reason = thp_recording_reason_name(now.reason),
				     .video = now.video,
				     .agreed = thp_area_recording_agreed(area, who),
				     .left_ms = now.left_us / 1000};
	return thp_reply_recording_new(&shown);
}

thp_err thp_recordings_call(thp_call *call)
{
	const thp_request *request = &call->request;
	thp_err err = thp_call_apply(call);
	const thp_area *area = thp_call_area(call->worker, call->session);
	thp_self self;

	if (err != THP_OK)
		return err;
	if (!area || !thp_area_self(area, call->session->who, &self))
		return THP_NOT_JOINED;
	if (request->kind != THP_REQ_RECORD_KEY) {
		call->reply = thp_recordings_view(area, self.room, call->session->who);
		return THP_OK;
	}
	g_autofree char *name = name_of(area, self.room);
	const room_tape *t = find(name);
	/* While it is waited for answers there is no tape yet. */
	if (!t)
		return THP_WRONG_STATE;
	if (!thp_tape_keep_key(t->tape, request->gi, request->epoch, request->sealed))
		return THP_TOO_FAST;
	call->reply = thp_reply_record_key(request->gi, request->epoch);
	return THP_OK;
}
