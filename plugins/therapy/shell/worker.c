/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Worker threads: a queue of jobs each, and the clock of their areas. */
#include "worker.h"

#include <errno.h>

#include "dispatch.h"
#include "effects.h"
#include "ops.h"

#define IDLE_US (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC) /* longest sleep without a job */

typedef struct area_entry {
	thp_area *area; /* owned */
	gint64 deadline_us;
	thp_area_count heads; /* as last added to the worker's totals */
} area_entry;

struct thp_worker {
	int index;
	pthread_t thread;
	thp_locked lock;
	pthread_cond_t wake;
	thp_job *first, *last; /* LOCK: lock */
	gboolean stopping;     /* LOCK: lock */
	GHashTable *areas;     /* W: name -> area_entry, owned */
	thp_adapt adapt;       /* W */
	atomic_uint n_areas, rooms, participants, waiting, admitted, away;
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

void thp_job_free(thp_job *job)
{
	if (!job)
		return;
	atomic_fetch_sub(&job->session->queued, 1);
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
	struct timespec at = {.tv_sec = until_us / G_USEC_PER_SEC,
			      .tv_nsec = (until_us % G_USEC_PER_SEC) * 1000};

	pthread_cond_timedwait(&worker->wake, &worker->lock, &at);
}

/* The next job, or NULL at @until_us, or at the end with *stopped set. */
static thp_job *take(thp_worker *worker, gint64 until_us, gboolean *stopped)
{
	THP_LOCK(&worker->lock);
	while (!worker->first && !worker->stopping && g_get_monotonic_time() < until_us)
		wait_until(worker, until_us);
	thp_job *job = worker->first;
	*stopped = !job && worker->stopping;
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
	put(&workers[atomic_load(&job->session->home)], job);
}

/* ---- areas ---- */

static void area_entry_free(gpointer data)
{
	area_entry *entry = data;

	thp_area_free(entry->area);
	g_free(entry);
}

int thp_worker_of(const char *area_name)
{
	return (int)(g_str_hash(area_name) % (guint)n_workers);
}

int thp_worker_index(const thp_worker *worker)
{
	return worker->index;
}

thp_area *thp_worker_area(thp_worker *worker, const char *name, gboolean make)
{
	area_entry *entry = g_hash_table_lookup(worker->areas, name);

	if (!entry && make) {
		entry = g_new0(area_entry, 1);
		entry->area = thp_area_new(name, &gateway.limits);
		entry->deadline_us = G_MAXINT64;
		g_hash_table_insert(worker->areas, g_strdup(name), entry);
		atomic_fetch_add(&worker->n_areas, 1);
	}
	return entry ? entry->area : NULL;
}

thp_adapt *thp_worker_adapt(thp_worker *worker)
{
	return &worker->adapt;
}

/* Adds what has changed since the last look to the worker's totals. */
static void recount(thp_worker *worker, area_entry *entry, thp_area_count heads)
{
	atomic_fetch_add(&worker->rooms, heads.rooms - entry->heads.rooms);
	atomic_fetch_add(&worker->participants, heads.participants - entry->heads.participants);
	atomic_fetch_add(&worker->waiting, heads.waiting - entry->heads.waiting);
	atomic_fetch_add(&worker->admitted, heads.admitted - entry->heads.admitted);
	atomic_fetch_add(&worker->away, heads.away - entry->heads.away);
	entry->heads = heads;
}

thp_err thp_worker_apply(thp_worker *worker, thp_area *area, const thp_event *event,
			 const char *transaction)
{
	g_auto(thp_effects) fx = {0};
	area_entry *entry = g_hash_table_lookup(worker->areas, thp_area_name(area));
	thp_now at = now();

	thp_effects_init(&fx);
	thp_err err = thp_area_apply(area, event, at, &fx);
	if (err == THP_OK)
		thp_effects_run(&fx, area, at, transaction, &worker->adapt);
	/* An idle area goes at the next tick: its caller may still be using it. */
	entry->deadline_us = thp_area_is_idle(area) ? at.mono_us : thp_area_deadline(area, at);
	recount(worker, entry, thp_area_count_heads(area));
	return err;
}

static gint64 next_deadline(thp_worker *worker)
{
	gint64 at = MIN(g_get_monotonic_time() + IDLE_US, thp_adapt_deadline(&worker->adapt));
	GHashTableIter iter;
	area_entry *entry;

	g_hash_table_iter_init(&iter, worker->areas);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&entry))
		at = MIN(at, entry->deadline_us);
	return worker->index == 0 ? MIN(at, thp_ops_deadline()) : at;
}

static void apply_to_all(thp_worker *worker, const thp_event *event, gint64 due_us)
{
	g_autoptr(GList) entries = g_hash_table_get_values(worker->areas);

	for (GList *l = entries; l; l = l->next) {
		area_entry *entry = l->data;
		if (entry->deadline_us > due_us)
			continue;
		if (thp_worker_apply(worker, entry->area, event, NULL) != THP_OK)
			continue;
		if (thp_area_is_idle(entry->area)) {
			g_hash_table_remove(worker->areas, thp_area_name(entry->area));
			atomic_fetch_sub(&worker->n_areas, 1);
		}
	}
}

/* ---- the thread ---- */

static void run_job(thp_worker *worker, thp_job *taken)
{
	g_autoptr(thp_job) job = taken;

	/* The session has moved since the job was posted: follow it. */
	if (atomic_load(&job->session->home) != worker->index)
		thp_worker_post(g_steal_pointer(&job));
	else
		thp_dispatch(worker, &job);
}

/* One job, if there is one before @until_us, and then what is due; FALSE if there was none. */
static gboolean step(thp_worker *worker, gint64 until_us, gboolean *stopped)
{
	static const thp_event tick = {.kind = THP_EV_TICK};
	thp_job *job = take(worker, until_us, stopped);
	gboolean any = job != NULL;

	if (job)
		run_job(worker, job);
	apply_to_all(worker, &tick, g_get_monotonic_time());
	thp_adapt_tick(&worker->adapt, g_get_monotonic_time());
	if (worker->index == 0)
		thp_ops_write_due(g_get_monotonic_time());
	return any;
}

static void *work(void *data)
{
	static const thp_event shutdown = {.kind = THP_EV_SHUTDOWN};
	thp_worker *worker = data;
	gboolean stopped = FALSE;

	while (!stopped)
		(void)step(worker, next_deadline(worker), &stopped);
	apply_to_all(worker, &shutdown, G_MAXINT64);
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
	worker->areas = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, area_entry_free);
	thp_adapt_init(&worker->adapt);
	pthread_mutex_init(&worker->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&worker->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

void thp_workers_start(void)
{
	n_workers = (int)gateway.conf.workers;
	workers = g_new0(thp_worker, (gsize)n_workers);
	for (int i = 0; i < n_workers; i++)
		worker_init(&workers[i], i);
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
	thp_adapt_clear(&worker->adapt);
	g_hash_table_unref(worker->areas);
	pthread_cond_destroy(&worker->wake);
	pthread_mutex_destroy(&worker->lock);
}

void thp_workers_stop(void)
{
	for (int i = 0; i < n_workers; i++)
		worker_stop(&workers[i]);
	for (int i = 0; i < n_workers; i++)
		worker_clear(&workers[i]);
	g_clear_pointer(&workers, g_free);
}

void thp_workers_count(guint *areas, thp_area_count *heads)
{
	for (int i = 0; i < n_workers; i++) {
		*areas += atomic_load(&workers[i].n_areas);
		heads->rooms += atomic_load(&workers[i].rooms);
		heads->participants += atomic_load(&workers[i].participants);
		heads->waiting += atomic_load(&workers[i].waiting);
		heads->admitted += atomic_load(&workers[i].admitted);
		heads->away += atomic_load(&workers[i].away);
	}
}

void thp_workers_adapted(thp_metrics *metrics)
{
	for (int i = 0; i < n_workers; i++)
		thp_adapt_sum(&workers[i].adapt, metrics);
}
