/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file wraps.h
 * What the linker puts between the plugin and the system: the clocks, the locks, the threads, chance, and
 * the door of the core, where the invariants are checked after each event.
 */
#pragma once

#include <glib.h>

#define SECONDS(n) ((gint64)(n)*G_USEC_PER_SEC)

/** Lets @us pass at once, on both clocks. A worker that sleeps must be woken by a job. */
void fake_clock_advance(gint64 us);

/** The machine sleeps for @us: the wall clock goes on, and CLOCK_BOOTTIME, but no other. */
void fake_machine_sleeps(gint64 us);

/** Makes every @every-th lock of this thread wait for 30 ms first, to widen what gaps there are; 0: none. */
void fake_stumble(guint every);

/** The clocks as the plugin sees them. */
gint64 fake_mono_us(void);
gint64 fake_wall_s(void);

/** How far they were advanced. */
gint64 fake_skipped_us(void);

/** Stops the clocks at these times (for repeatable runs), from now on moved by fake_clock_advance() only. */
void fake_clock_freeze(gint64 mono_us, gint64 wall_s);

/** Makes random bytes a function of @seed; not for several threads. */
void fake_random_seed(guint64 seed);

/** Events that the core has taken since the program started. */
guint64 fake_core_events(void);
