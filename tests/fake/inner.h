/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file inner.h
 * What the files of the stand-in share. Private to tests/fake/.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>

#include "janus.h"

typedef enum fake_task_kind {
	TASK_UP,
	TASK_HANGUP,
	TASK_RTP,
	TASK_RTCP,
	TASK_DETACH
} fake_task_kind;

typedef struct fake_task {
	fake_task_kind kind;
	int mindex;
	gboolean video;
	gsize length;
	char *bytes; /* owned */
	struct fake_task *next;
} fake_task;

/** The handle's thread: a queue of tasks. */
typedef struct fake_loop {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	fake_task *first, *last; /* LOCK: lock */
	guint posted, done;      /* LOCK: lock; tasks */
	gboolean detaching;      /* LOCK: lock; no task comes after */
	gboolean joined;
} fake_loop;

typedef struct fake_event {
	char *transaction;
	json_t *event, *jsep;
} fake_event;

struct fake_handle {
	janus_plugin_session *session; /* freed when the last reference goes */
	guint janus_session;
	atomic_uint tag;
	atomic_bool has_pc, gone, released;
	pthread_mutex_t core; /* stands for Janus's handle->mutex */
	fake_loop loop;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	GPtrArray *events, *transactions; /* LOCK: lock */
	guint seen;                       /* LOCK: lock; events that fake_await() has passed */
	fake_line lines[FAKE_LINES];      /* LOCK: lock */
	fake_calls calls;                 /* LOCK: lock */
	guint relayed;                    /* LOCK: lock */
};

extern janus_plugin *fake_plugin;
extern fake_options fake_now;

/* loop.c */
void loop_start(fake_handle *handle);
gboolean loop_post(fake_handle *handle,
		   fake_task *task); /* takes; FALSE if the handle is on its way out */
void loop_wait(fake_handle *handle); /* until all that is posted now is done */
void loop_join(fake_handle *handle);
gboolean loop_run(fake_handle *handle); /* without a thread; FALSE if there was nothing to do */
fake_task *task_new(fake_task_kind kind);

/* callbacks.c */
janus_callbacks *fake_callbacks(void);
void callbacks_clear(void);

/* janus.c */
void fake_each(void (*visit)(fake_handle *, void *), void *data);

/* symbols.c */
void fake_log_start(gboolean on);
void fake_log_stop(void);

/* memo.c: for one thread only */
void fake_memo(gboolean on);

/* wraps.c */
int fake_locks_held(void); /* by the calling thread */
void fake_threads_allow(gboolean allowed);
