/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file effects.h
 * What the core decided, done: routes put in force, people told, connections closed.
 */
#pragma once

#include <jansson.h>
#include <therapy/area.h>

#include "adapt.h"

/** Carries out @fx of @area in order, with no lock held; @transaction goes with JOINED. Worker of the area. */
void thp_effects_run(const thp_effects *fx, const thp_area *area, thp_now at,
		     const char *transaction);

/** How the clock of the session stands for @who, as they are told; NULL if they are told nothing. */
json_t *thp_effects_clock(const thp_area *area, const char *who, thp_now at);
