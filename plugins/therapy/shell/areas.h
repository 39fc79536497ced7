/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file areas.h
 * The areas of one worker. What an event changes for good is stored before anybody hears of it: until then the
 * area takes no other event, and the jobs that concern it wait, in order; other areas go on.
 *
 * All of W but where said.
 */
#pragma once

#include <therapy/lasting.h>

#include "worker.h"

typedef struct thp_areas thp_areas;

/** No areas, on the worker with index @home. Free with thp_areas_free(). */
thp_areas *thp_areas_new(int home);

/** Frees them, and the jobs that wait. */
void thp_areas_free(thp_areas *areas);

/** Makes the area called @name again from what has lasted. Before the worker runs. */
void thp_areas_restore(thp_areas *areas, const char *name, const thp_lasting *facts, guint n);

/** The area called @name; made if @make, else NULL if there is none. */
thp_area *thp_areas_get(thp_areas *areas, const char *name, gboolean make);

/**
 * Applies @event. The effects are carried out at once, or, if something must be stored first, once it is;
 * @transaction goes with the answer to a knock.
 */
thp_err thp_areas_apply(thp_areas *areas, thp_area *area, const thp_event *event,
			const char *transaction) G_GNUC_WARN_UNUSED_RESULT;

/** The name of the area, the area's own, while what it has changed is being stored; else NULL. */
const char *thp_areas_storing(const thp_areas *areas, const char *name);

/** The names of all areas, copies. */
GPtrArray *thp_areas_names(const thp_areas *areas);

/** TRUE while that is so of any area. */
gboolean thp_areas_any_storing(const thp_areas *areas);

/** Keeps @job (taken) until the area, which is storing, takes events again. */
void thp_areas_park(thp_areas *areas, const char *name, thp_job *job);

/**
 * The answer to the request whose outcome the area is storing: @reply and @jsep (both taken) follow its
 * effects; NULL, if the effects are the answer. If it cannot be stored, an error takes their place.
 */
void thp_areas_answer_later(thp_areas *areas, const char *name, thp_session *session,
			    const char *transaction, json_t *reply, json_t *jsep);

/** Goes on after @job, a THP_JOB_STORED; the next job that has waited for that area, or NULL. */
void thp_areas_stored(thp_areas *areas, const thp_job *job);
thp_job *thp_areas_unpark(thp_areas *areas, const char *name);

/** When thp_areas_tick() is wanted, if it is @now_us: monotonic microseconds. */
gint64 thp_areas_deadline(const thp_areas *areas, gint64 now_us);

/** Lets time do what is due at @now_us. */
void thp_areas_tick(thp_areas *areas, gint64 now_us);

/** Applies @event, which changes nothing for good, to all. */
void thp_areas_tell_all(thp_areas *areas, const thp_event *event);

/** Adds up areas and heads. Any thread. */
void thp_areas_count(const thp_areas *areas, guint *n, thp_area_count *heads);
