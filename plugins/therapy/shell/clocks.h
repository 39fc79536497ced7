/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file clocks.h
 * What time it is, for everything that must not stand still while the machine sleeps.
 */
#pragma once

#include <therapy/area.h>
#include <therapy/clock_record.h>

/** The two clocks of this moment: the monotonic one has gone on through every suspension. Any thread. */
thp_now thp_clocks_now(void);

/** The same for a clock that must last: exact wall time, and which start of the machine this is. Any thread. */
thp_clock_moment thp_clocks_moment(void);

/** By how much thp_clocks_now() is ahead of CLOCK_MONOTONIC: what the machine has slept since it started. */
gint64 thp_clocks_slept_us(void);
