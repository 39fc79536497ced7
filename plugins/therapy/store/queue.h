/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What waits for a thread of the store's, in order; the thread itself; and how to wait for it. */
#pragma once

#include <pthread.h>

#include <glib.h>
#include <therapy/error.h>

/* The first member of whatever waits. */
typedef struct queued {
	struct queued *next;
} queued;

typedef struct queue {
	pthread_t thread;
	gboolean started;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	queued *first, *last; /* lock */
	gboolean stopping;    /* lock */
} queue;

void queue_init(queue *q);

/* Starts the thread; without it nothing can be kept, so the program ends if it cannot be started. */
void queue_start(queue *q, void *(*work)(void *data), void *data);

/* Any thread; returns at once. */
void queue_put(queue *q, queued *what);

/* All that waits, in order, after at most @seconds (0: however long); NULL if nothing does, or *stopping. */
queued *queue_take_all(queue *q, int seconds, gboolean *stopping);

/* Lets the thread take what is left, ends it, and frees what the queue holds. */
void queue_stop(queue *q);

/* Somebody waits for an outcome. */
typedef struct outcome {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	gboolean is_done;
	thp_err err;
} outcome;

#define OUTCOME_INIT                                                                               \
	{                                                                                          \
		.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER                \
	}

/* Tells it to whoever waits; @data is the outcome. */
void outcome_tell(thp_err err, void *data);

/* Waits for it, and clears @o. */
thp_err outcome_wait(outcome *o);
