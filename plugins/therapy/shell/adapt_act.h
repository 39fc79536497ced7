/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file adapt_act.h
 * What the controller decided for a room, done: pictures let through or held back, padding, what cameras
 * are asked for, and words to the pages. In shadow mode only written down. W, with no lock held.
 */
#pragma once

#include "adapt.h"

/** Carries out @allotment and the decisions of the seats of @room. */
void thp_act(thp_adapt_room *room, const thp_allotment *allotment, const thp_ladder *ladder,
	     gint64 now_us);

/** Before @seat is left: nothing of its pictures is held back for want of bandwidth any more. */
void thp_act_release(thp_seat *seat);
