/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions that the linker gives the plugin (and the tests) in place of the real ones: --wrap=NAME. */
#include "wraps.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <therapy/area.h>

#include "inner.h"

#define STUMBLE_US 30000

#define WRAP(type, name, ...)                                                                      \
	type __real_##name(__VA_ARGS__);                                                           \
	type __wrap_##name(__VA_ARGS__);                                                           \
	type __wrap_##name(__VA_ARGS__)

/* ---- locks ---- */

static _Thread_local int held;
static _Thread_local guint taken, stumble_every;

void fake_stumble(guint every)
{
	stumble_every = every;
}

int fake_locks_held(void)
{
	return held;
}

WRAP(int, pthread_mutex_lock, pthread_mutex_t *mutex)
{
	if (stumble_every > 0 && ++taken % stumble_every == 0)
		g_usleep(STUMBLE_US);
	int status = __real_pthread_mutex_lock(mutex);
	held++;
	return status;
}

WRAP(int, pthread_mutex_unlock, pthread_mutex_t *mutex)
{
	held--;
	return __real_pthread_mutex_unlock(mutex);
}

/* ---- clocks ---- */

static atomic_llong skipped_us;
static gint64 frozen_mono_us, frozen_wall_s; /* constant once there are threads */

void fake_clock_advance(gint64 us)
{
	atomic_fetch_add(&skipped_us, us);
}

void fake_clock_freeze(gint64 mono_us, gint64 wall_s)
{
	frozen_mono_us = mono_us;
	frozen_wall_s = wall_s;
	atomic_store(&skipped_us, 0);
}

WRAP(gint64, g_get_monotonic_time, void)
{
	return (frozen_mono_us ? frozen_mono_us : __real_g_get_monotonic_time()) +
	       atomic_load(&skipped_us);
}

static atomic_llong slept_us;

void fake_machine_sleeps(gint64 us)
{
	atomic_fetch_add(&slept_us, us);
}

WRAP(int, clock_gettime, clockid_t id, struct timespec *out)
{
	gint64 us = id == CLOCK_BOOTTIME ? atomic_load(&slept_us) : 0;
	int status = __real_clock_gettime(id, out);

	us += out->tv_nsec / 1000;
	out->tv_sec += us / G_USEC_PER_SEC;
	out->tv_nsec = us % G_USEC_PER_SEC * 1000 + out->tv_nsec % 1000;
	return status;
}

WRAP(time_t, time, time_t *out)
{
	time_t now = (frozen_mono_us ? (time_t)frozen_wall_s : __real_time(NULL)) +
		     (time_t)((atomic_load(&skipped_us) + atomic_load(&slept_us)) / G_USEC_PER_SEC);

	if (out)
		*out = now;
	return now;
}

gint64 fake_skipped_us(void)
{
	return atomic_load(&skipped_us);
}

gint64 fake_mono_us(void)
{
	return __wrap_g_get_monotonic_time();
}

gint64 fake_wall_s(void)
{
	return (gint64)__wrap_time(NULL);
}

WRAP(int, pthread_cond_timedwait, pthread_cond_t *cond, pthread_mutex_t *mutex,
     const struct timespec *at)
{
	gint64 us = at->tv_sec * G_USEC_PER_SEC + at->tv_nsec / 1000 - atomic_load(&skipped_us);
	struct timespec real = {.tv_sec = us / G_USEC_PER_SEC,
				.tv_nsec = (us % G_USEC_PER_SEC) * 1000};

	return __real_pthread_cond_timedwait(cond, mutex, &real);
}

/* ---- threads: when there may be none, one that is made runs when it is joined ---- */

#define DEFERRED_MAX 8

static gboolean threads_allowed = TRUE;
static struct {
	void *(*start)(void *);
	void *data;
} deferred[DEFERRED_MAX];

void fake_threads_allow(gboolean allowed)
{
	threads_allowed = allowed;
}

WRAP(int, pthread_create, pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *),
     void *data)
{
	pthread_t id = 0;

	if (threads_allowed)
		return __real_pthread_create(thread, attr, start, data);
	while (id < DEFERRED_MAX && deferred[id].start)
		id++;
	g_assert_cmpuint(id, <, DEFERRED_MAX);
	deferred[id].start = start;
	deferred[id].data = data;
	*thread = id;
	return 0;
}

WRAP(int, pthread_join, pthread_t thread, void **result)
{
	if (threads_allowed)
		return __real_pthread_join(thread, result);
	void *(*start)(void *) = deferred[thread].start;
	deferred[thread].start = NULL;
	start(deferred[thread].data);
	return 0;
}

/* ---- chance ---- */

static guint64 chance; /* 0: real */

void fake_random_seed(guint64 seed)
{
	chance = seed;
}

WRAP(void, randombytes_buf, void *const out, const size_t n)
{
	if (chance == 0) {
		__real_randombytes_buf(out, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		chance = chance * 6364136223846793005ULL + 1442695040888963407ULL;
		((guint8 *)out)[i] = (guint8)(chance >> 56);
	}
}

/* ---- the door of the core ---- */

static atomic_ullong core_events;

guint64 fake_core_events(void)
{
	return atomic_load(&core_events);
}

WRAP(thp_err, thp_area_apply, thp_area *area, const thp_event *event, thp_now now, thp_effects *fx)
{
	guint before = fx->list->len;
	thp_err err = __real_thp_area_apply(area, event, now, fx);
	const char *wrong = thp_area_violation(area);

	atomic_fetch_add(&core_events, 1);
	if (!wrong && err != THP_OK && fx->list->len != before)
		wrong = "what has failed has no effects";
	if (!wrong)
		return err;
	(void)fprintf(stderr, "invariant broken by event %d, request %d: %s\n", (int)event->kind,
		      (int)event->request, wrong);
	abort();
}
