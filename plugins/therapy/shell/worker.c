/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worker threads: a queue of jobs each, and the clock of their areas. */
#include "worker.h"

#include "areas.h"
#include "clocks.h"
#include "dispatch.h"
#include "ops.h"
#include "recordings.h"
#include "withdrawals.h"

struct thp_worker {
	int index;
	pthread_t thread;
	thp_locked lock;
	pthread_cond_t wake;
	thp_job *first, *last; /* LOCK: lock */
	gboolean stopping;     /* LOCK: lock */
	thp_areas *areas;      /* W: owned */
	thp_adapt adapt;       /* W */
	thp_network network;   /* W */
	GPtrArray *waiting;    /* of sessions, owned */
};

static thp_worker *workers;
static int n_workers;

thp_job *thp_job_new(thp_job_kind kind, thp_session *session)
{
	thp_job *job = g_new0(thp_job, 1);

	job->kind = kind;
	job->session = thp_session_ref(session);
	atomic_fetch_add(&session->queued, 1);
	return job;
}

thp_job *thp_job_new_stored(int home, const char *area)
{
	thp_job *job = g_new0(thp_job, 1);

	job->kind = THP_JOB_STORED;
	job->home = home;
	job->area = g_strdup(area);
	return job;
}

thp_job *thp_job_new_unrecorded(const char *area, const char *room, guint32 number)
{
	thp_job *job = g_new0(thp_job, 1);

	job->kind = THP_JOB_UNRECORDED;
	job->home = thp_worker_of(area);
	job->area = g_strdup(area);
	job->room = g_strdup(room);
	job->number = number;
	return job;
}

static void kept_free(thp_kept *kept)
{
	if (!kept)
		return;
	if (kept->receipt)
		explicit_bzero(kept->receipt, strlen(kept->receipt));
	g_free(kept->receipt);
	explicit_bzero(kept, sizeof *kept);
	g_free(kept);
}

void thp_job_free(thp_job *job)
{
	if (!job)
		return;
	if (job->session)
		atomic_fetch_sub(&job->session->queued, 1);
	kept_free(job->kept);
	if (job->back)
		explicit_bzero(job->back, sizeof *job->back);
	g_free(job->back);
	g_free(job->area);
	g_free(job->room);
	g_free(job->transaction);
	json_decref(job->message);
	json_decref(job->jsep);
	thp_session_unref(job->session);
	g_free(job);
}

/* ---- the queue ---- */

static void put(thp_worker *worker, thp_job *job)
{
	THP_LOCK(&worker->lock);
	if (worker->last)
		worker->last->next = job;
	else
		worker->first = job;
	worker->last = job;
	pthread_cond_signal(&worker->wake);
}

static void wait_until(thp_worker *worker, gint64 until_us)
{
	until_us -= thp_clocks_slept_us();
	struct timespec at = {.tv_sec = until_us / G_USEC_PER_SEC,
			      .tv_nsec = (until_us % G_USEC_PER_SEC) * 1000};

	pthread_cond_timedwait(&worker->wake, &worker->lock, &at);
}

/* The next job, or NULL at @until_us, or at the end with *stopped set. */
static thp_job *take(thp_worker *worker, gint64 until_us, gboolean *stopped)
{
	THP_LOCK(&worker->lock);
	gboolean storing = thp_areas_any_storing(worker->areas);
	while (!worker->first && (!worker->stopping || storing) &&
	       thp_clocks_now().mono_us < until_us)
		wait_until(worker, until_us);
	thp_job *job = worker->first;
	*stopped = !job && worker->stopping && !storing;
	if (!job)
		return NULL;
	worker->first = job->next;
	if (!worker->first)
		worker->last = NULL;
	job->next = NULL;
	return job;
}

void thp_worker_post(thp_job *job)
{
	put(&workers[job->session ? atomic_load(&job->session->home) : job->home], job);
}

static thp_job *job_new_withdrawn(int home, const char *area, const thp_taken_back *back)
{
	thp_job *job = thp_job_new_stored(home, area);

	job->kind = THP_JOB_WITHDRAWN;
	job->back = g_memdup2(back, sizeof *back);
	return job;
}

void thp_workers_tell_withdrawn(const thp_taken_back *back)
{
	for (int i = 0; i < n_workers; i++)
		put(&workers[i], job_new_withdrawn(i, NULL, back));
}

/* ---- areas ---- */

int thp_worker_of(const char *area_name)
{
	return (int)(g_str_hash(area_name) % (guint)n_workers);
}

int thp_worker_index(const thp_worker *worker)
{
	return worker->index;
}

GPtrArray *thp_worker_waiting(thp_worker *worker)
{
	return worker->waiting;
}

struct thp_areas *thp_worker_areas(thp_worker *worker)
{
	return worker->areas;
}

thp_adapt *thp_worker_adapt(const thp_session *session)
{
	return &workers[atomic_load(&session->home)].adapt;
}

thp_network *thp_worker_network(const thp_session *session)
{
	return &workers[atomic_load(&session->home)].network;
}

thp_area *thp_worker_area(thp_worker *worker, const char *name, gboolean make)
{
	return thp_areas_get(worker->areas, name, make);
}

thp_err thp_worker_apply(thp_worker *worker, thp_area *area, const thp_event *event,
			 const char *transaction)
{
	return thp_areas_apply(worker->areas, area, event, transaction);
}

void thp_worker_restore(const char *area, const thp_lasting *facts, guint n)
{
	thp_areas_restore(workers[thp_worker_of(area)].areas, area, facts, n);
}

/* ---- the thread ---- */

/* The area that a session belongs to, or is joining; "" if none. */
static const char *area_of(const thp_session *session)
{
	return session->area[0] == '\0' && session->partner ? session->partner->area
							    : session->area;
}

static void run_unrecorded(thp_worker *worker, thp_job *taken)
{
	g_autoptr(thp_job) job = taken;
	thp_area *area = thp_worker_area(worker, job->area, FALSE);
	thp_event event = {
		.kind = THP_EV_RECORDING_FAILED, .room = job->room, .number = job->number};

	if (thp_areas_storing(worker->areas, job->area))
		thp_areas_park(worker->areas, taken->area, g_steal_pointer(&job));
	else if (area && thp_worker_apply(worker, area, &event, NULL) != THP_OK)
		g_warn_if_reached();
}

static void park(thp_worker *worker, thp_job *job)
{
	thp_recordings_hurry(worker, job);
	thp_withdrawals_act_first(worker, job);
	thp_areas_park(worker->areas, area_of(job->session), job);
}

/* An area that is being stored hears of it after that. */
static void run_withdrawn(thp_worker *worker, const char *area, const thp_taken_back *back)
{
	if (!thp_withdrawals_take(worker, area, back))
		thp_areas_park(worker->areas, area, job_new_withdrawn(worker->index, area, back));
}

static void run_everywhere(thp_worker *worker, const thp_job *job)
{
	g_autoptr(GPtrArray) names = thp_areas_names(worker->areas);

	for (guint i = 0; i < names->len; i++)
		run_withdrawn(worker, g_ptr_array_index(names, i), job->back);
}

static void run_job(thp_worker *worker, thp_job *taken)
{
	if (taken->kind == THP_JOB_UNRECORDED) {
		run_unrecorded(worker, taken);
		return;
	}
	g_autoptr(thp_job) job = taken;
	thp_session *session = job->session;

	if (job->kind == THP_JOB_WITHDRAWN) {
		if (job->area)
			run_withdrawn(worker, job->area, job->back);
		else
			run_everywhere(worker, job);
		return;
	}
	g_return_if_fail(session);
	/* The session has moved since the job was posted: follow it. */
	if (atomic_load(&session->home) != worker->index)
		thp_worker_post(g_steal_pointer(&job));
	else if (thp_areas_storing(worker->areas, area_of(session)))
		park(worker, g_steal_pointer(&job));
	else
		thp_dispatch(worker, &job);
}

/* What waited for the area goes first, as far as it goes. */
static void run_stored(thp_worker *worker, thp_job *taken)
{
	g_autoptr(thp_job) job = taken;
	thp_job *parked;

	thp_areas_stored(worker->areas, job);
	while ((parked = thp_areas_unpark(worker->areas, job->area)))
		run_job(worker, parked);
	if (!thp_areas_storing(worker->areas, job->area))
		thp_recordings_mend(worker, job->area);
}

/* One job, if there is one before @until_us, and then what is due; FALSE if there was none. */
static gboolean step(thp_worker *worker, gint64 until_us, gboolean *stopped)
{
	thp_job *job = take(worker, until_us, stopped);
	gboolean any = job != NULL;

	if (job && job->kind == THP_JOB_STORED)
		run_stored(worker, job);
	else if (job)
		run_job(worker, job);
	thp_areas_tick(worker->areas, thp_clocks_now().mono_us);
	thp_adapt_tick(&worker->adapt, g_get_monotonic_time());
	thp_network_tick(&worker->network, g_get_monotonic_time());
	if (worker->index == 0)
		thp_ops_write_due(g_get_monotonic_time());
	thp_withdrawals_look(worker, g_get_monotonic_time());
	return any;
}

static gint64 next_deadline(const thp_worker *worker)
{
	gint64 at = MIN(thp_areas_deadline(worker->areas, thp_clocks_now().mono_us),
			thp_adapt_deadline(&worker->adapt));

	at = MIN(at, thp_network_deadline(&worker->network));
	return worker->index == 0 ? MIN(at, thp_ops_deadline()) : at;
}

static void *work(void *data)
{
	static const thp_event shutdown = {.kind = THP_EV_SHUTDOWN};
	thp_worker *worker = data;
	gboolean stopped = FALSE;

	while (!stopped)
		(void)step(worker, next_deadline(worker), &stopped);
	thp_areas_tell_all(worker->areas, &shutdown);
	return NULL;
}

void thp_workers_drain(void)
{
	gboolean any = TRUE, stopped;

	while (any) {
		any = FALSE;
		for (int i = 0; i < n_workers; i++)
			any |= step(&workers[i], 0, &stopped);
	}
}

static void worker_init(thp_worker *worker, int index)
{
	pthread_condattr_t monotonic;

	worker->index = index;
	worker->areas = thp_areas_new(index);
	thp_adapt_init(&worker->adapt);
	thp_network_init(&worker->network, worker);
	worker->waiting = g_ptr_array_new_with_free_func((GDestroyNotify)thp_session_unref);
	pthread_mutex_init(&worker->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&worker->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

void thp_workers_init(void)
{
	n_workers = (int)gateway.conf.workers;
	workers = g_new0(thp_worker, (gsize)n_workers);
	for (int i = 0; i < n_workers; i++)
		worker_init(&workers[i], i);
}

void thp_workers_start(void)
{
	for (int i = 0; i < n_workers; i++) {
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
			g_error("[therapy] cannot start a worker thread");
	}
}

static void worker_stop(thp_worker *worker)
{
	pthread_mutex_lock(&worker->lock);
	worker->stopping = TRUE;
	pthread_cond_signal(&worker->wake);
	pthread_mutex_unlock(&worker->lock);
	pthread_join(worker->thread, NULL);
}

static void worker_clear(thp_worker *worker)
{
	while (worker->first) {
		thp_job *job = worker->first;
		worker->first = job->next;
		thp_job_free(job);
	}
	thp_network_clear(&worker->network);
	thp_adapt_clear(&worker->adapt);
	thp_areas_free(worker->areas);
	g_ptr_array_unref(worker->waiting);
	pthread_cond_destroy(&worker->wake);
	pthread_mutex_destroy(&worker->lock);
}

void thp_workers_stop(void)
{
	for (int i = 0; i < n_workers; i++)
		worker_stop(&workers[i]);
}

void thp_workers_clear(void)
{
	for (int i = 0; i < n_workers; i++)
		worker_clear(&workers[i]);
	g_clear_pointer(&workers, g_free);
}

void thp_workers_count(guint *areas, thp_area_count *heads)
{
	for (int i = 0; i < n_workers; i++)
		thp_areas_count(workers[i].areas, areas, heads);
}

void thp_workers_adapted(thp_metrics *metrics)
{
	for (int i = 0; i < n_workers; i++)
		thp_adapt_sum(&workers[i].adapt, metrics);
}
