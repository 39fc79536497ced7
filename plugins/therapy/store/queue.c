/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One lock, held while a pointer changes. */
#include "queue.h"

#include <time.h>

void queue_init(queue *q)
{
	pthread_condattr_t monotonic;

	pthread_mutex_init(&q->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&q->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

void queue_start(queue *q, void *(*work)(void *data), void *data)
{
	q->started = pthread_create(&q->thread, NULL, work, data) == 0;
	if (!q->started)
		g_error("[therapy] cannot start a thread of the store");
}

void queue_put(queue *q, queued *what)
{
	what->next = NULL;
	pthread_mutex_lock(&q->lock);
	if (q->last)
		q->last->next = what;
	else
		q->first = what;
	q->last = what;
	pthread_cond_signal(&q->wake);
	pthread_mutex_unlock(&q->lock);
}

static void wait_for(queue *q, int seconds)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += seconds;
	pthread_cond_timedwait(&q->wake, &q->lock, &at);
}

queued *queue_take_all(queue *q, int seconds, gboolean *stopping)
{
	pthread_mutex_lock(&q->lock);
	if (!q->first && !q->stopping && seconds > 0)
		wait_for(q, seconds);
	while (!q->first && !q->stopping && seconds == 0)
		pthread_cond_wait(&q->wake, &q->lock);
	queued *all = q->first;
	q->first = q->last = NULL;
	*stopping = q->stopping && !all;
	pthread_mutex_unlock(&q->lock);
	return all;
}

void queue_stop(queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->stopping = TRUE;
	pthread_cond_signal(&q->wake);
	pthread_mutex_unlock(&q->lock);
	if (q->started)
		pthread_join(q->thread, NULL);
	pthread_cond_destroy(&q->wake);
	pthread_mutex_destroy(&q->lock);
}

void outcome_tell(thp_err err, void *data)
{
	outcome *o = data;

	pthread_mutex_lock(&o->lock);
	o->err = err;
	o->is_done = TRUE;
	pthread_cond_signal(&o->wake);
	pthread_mutex_unlock(&o->lock);
}

thp_err outcome_wait(outcome *o)
{
	pthread_mutex_lock(&o->lock);
	while (!o->is_done)
		pthread_cond_wait(&o->wake, &o->lock);
	pthread_mutex_unlock(&o->lock);
	pthread_cond_destroy(&o->wake);
	pthread_mutex_destroy(&o->lock);
	return o->err;
}
