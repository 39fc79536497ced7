/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file walk_watch.h
 * Watches a random walk: whether the area is as the model says, and whether the effects lead there.
 *
 * It keeps what a page would know: the route that is in force for each link, and what each was told
 * last.
 */
#pragma once

#include "walk_model.h"

typedef struct walk_watch walk_watch;

walk_watch *walk_watch_new(void);
void walk_watch_free(walk_watch *w);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(walk_watch, walk_watch_free)

/** All that can be seen of @area from outside, as text. Free with g_free(). */
char *walk_digest(const thp_area *area, const walk_model *m);

/**
 * After an event that succeeded: carries out @fx one by one, as the shell would, and looks at each
 * moment. Without @before it only carries them out. NULL, or what is wrong, to be freed with
 * g_free().
 */
char *walk_watch_effects(walk_watch *w, const thp_area *area, const walk_model *before,
			 const walk_model *after, const thp_effects *fx);

/** Whether @area is as the model says, and everybody knows what they should. As above. */
char *walk_watch_area(const walk_watch *w, const thp_area *area, const walk_model *m);
