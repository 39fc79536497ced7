/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file effects.h
 * What the core decided, done: routes put in force, people told, connections closed.
 */
#pragma once

#include <therapy/area.h>

#include "adapt.h"

/** Carries out @fx of @area in order, with no lock held; @transaction goes with JOINED. Worker of the area. */
void thp_effects_run(const thp_effects *fx, const thp_area *area, thp_now at,
		     const char *transaction, thp_adapt *adapt);
