/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file lock.h
 * A scoped lock over pthread's mutex, which ThreadSanitizer can see.
 *
 * Owners declared before THP_LOCK in the same scope are released after the lock is.
 */
#pragma once

#include <pthread.h>

#include <glib.h>

typedef pthread_mutex_t thp_locked;

static inline void thp_locked_release(thp_locked **mutex)
{
	pthread_mutex_unlock(*mutex);
}

static inline thp_locked *thp_locked_take(thp_locked *mutex)
{
	pthread_mutex_lock(mutex);
	return mutex;
}

#define THP_LOCK(mutex)                                                                            \
	__attribute__((cleanup(thp_locked_release), unused)) thp_locked *G_PASTE(                  \
		held_, __LINE__) = thp_locked_take(mutex)
