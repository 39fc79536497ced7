/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file worker.h
 * The threads on which everything but media happens. A job belongs to one session, a session to one worker
 * at a time, an area to one worker for good: so what a worker touches needs no lock.
 */
#pragma once

#include <therapy/lasting.h>
#include <therapy/ledger.h>

#include "adapt.h"
#include "network.h"
#include "session.h"

typedef enum thp_job_kind {
	THP_JOB_MESSAGE,  /* a page asked for something */
	THP_JOB_MEDIA_UP, /* the handle's connection stands */
	THP_JOB_MEDIA_DOWN,
	THP_JOB_GONE,       /* Janus has let go of the handle */
	THP_JOB_STORED,     /* the disk has answered; of no session */
	THP_JOB_CONSENT,    /* the ledger has answered */
	THP_JOB_UNRECORDED, /* a recording cannot be written; of no session */
	THP_JOB_WITHDRAWN, /* somebody has taken something back, perhaps in another area; of no session */
} thp_job_kind;

/** How somebody stands, as the ledger says. */
typedef struct thp_kept {
	char who[THP_WHO_LEN + 1];
	int rule;                 /* which was answered; -1: none, it was only asked */
	thp_ledger_answer answer; /* to that one */
	guint32 turn;             /* of the person, when the ledger was asked */
	thp_consent_standing standings[THP_CONSENT_KINDS_MAX];
	char *receipt;       /* owned; may be NULL */
	thp_details details; /* said with that answer */
} thp_kept;

/** What was taken back. */
typedef struct thp_taken_back {
	char sub[THP_ID_MAX + 1];
	char room[THP_ID_MAX + 1]; /* "": in every room */
	char kind[THP_CONSENT_NAME_MAX + 1];
	char who[THP_WHO_LEN + 1]; /* by whom: nothing more is to be done about them */
} thp_taken_back;

typedef struct thp_job {
	thp_job_kind kind;
	thp_session *session; /* owned; NULL: STORED, UNRECORDED, WITHDRAWN */
	int home;             /* STORED, UNRECORDED, WITHDRAWN: the worker */
	char *area;           /* STORED, CONSENT, UNRECORDED, WITHDRAWN: owned */
	char *room;           /* UNRECORDED: owned */
	guint32 number;       /* UNRECORDED: of the recording in that room */
	thp_err err;          /* STORED, CONSENT: how it went */
	thp_kept *kept;       /* CONSENT: owned */
	thp_taken_back *back; /* WITHDRAWN: owned */
	gboolean charged;     /* the rate limit has counted it */
	char *transaction;    /* owned */
	json_t *message;      /* owned */
	json_t *jsep;         /* owned */
	struct thp_job *next; /* of the queue */
} thp_job;

typedef struct thp_worker thp_worker;

/** Makes a job about @session (a reference is taken). */
thp_job *thp_job_new(thp_job_kind kind, thp_session *session);

/** Makes the job that tells worker @home how storing @area went. */
thp_job *thp_job_new_stored(int home, const char *area);

/** Makes the job that tells the worker of @area that recording @number of @room cannot be written. */
thp_job *thp_job_new_unrecorded(const char *area, const char *room, guint32 number);

/** Frees a job and what it owns; NULL is allowed. */
void thp_job_free(thp_job *job);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(thp_job, thp_job_free)

/** Makes conf.workers workers, which do nothing yet. */
void thp_workers_init(void);

/** Gives what has lasted of @area to its worker. Between init and start. */
void thp_worker_restore(const char *area, const thp_lasting *facts, guint n);

/** Starts their threads. */
void thp_workers_start(void);

/** Lets every queued job run, tells everybody that the gateway stops, ends the threads. */
void thp_workers_stop(void);

/** Frees them, when nobody posts to them any more. */
void thp_workers_clear(void);

/** Does now, on the calling thread, what is queued and due: for tests, whose workers have no threads. */
void thp_workers_drain(void);

/** Hands @job (taken) to its worker, or that of its session. Any thread; returns at once. */
void thp_worker_post(thp_job *job);

/** Tells every area of every worker what was taken back. Any thread; returns at once. */
void thp_workers_tell_withdrawn(const thp_taken_back *back);

/** The worker that @area_name belongs to. */
int thp_worker_of(const char *area_name);

/** The index of @worker. */
int thp_worker_index(const thp_worker *worker);

/** The area called @name on this worker; made if @make, else NULL if there is none. W. */
thp_area *thp_worker_area(thp_worker *worker, const char *name, gboolean make);

/** What the worker of @session has of bandwidth. That worker. */
thp_adapt *thp_worker_adapt(const thp_session *session);

/** What the worker of @session has of tests of links. That worker. */
thp_network *thp_worker_network(const thp_session *session);

/** Applies @event to @area: see thp_areas_apply(). W. */
thp_err thp_worker_apply(thp_worker *worker, thp_area *area, const thp_event *event,
			 const char *transaction) G_GNUC_WARN_UNUSED_RESULT;

/** Sessions that wait for a withdrawal to be written: an array of counted references. W. */
GPtrArray *thp_worker_waiting(thp_worker *worker);

/** The areas of this worker. W. */
struct thp_areas *thp_worker_areas(thp_worker *worker);

/** Adds what adaptation has done, over all workers, to @metrics. Any thread; as of the last second. */
void thp_workers_adapted(thp_metrics *metrics);

/** Adds up areas and heads over all workers. Any thread. */
void thp_workers_count(guint *areas, thp_area_count *heads);
