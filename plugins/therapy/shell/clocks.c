/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CLOCK_MONOTONIC stands still while the machine sleeps, CLOCK_BOOTTIME does not; only the first can be waited on. */
#include "clocks.h"

#include <string.h>
#include <time.h>

/* A reading that took longer was interrupted: it says nothing. */
#define READ_US G_GINT64_CONSTANT(1000)

static gint64 read_us(clockid_t id)
{
	struct timespec t = {0};

	clock_gettime(id, &t);
	return t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

gint64 thp_clocks_slept_us(void)
{
	gint64 before_us, boot_us, after_us;

	do {
		before_us = read_us(CLOCK_MONOTONIC);
		boot_us = read_us(CLOCK_BOOTTIME);
		after_us = read_us(CLOCK_MONOTONIC);
	} while (after_us - before_us > READ_US);
	/* Less than the reading itself may have taken is no sleep. */
	gint64 slept_us = boot_us - before_us;
	return slept_us > 2 * READ_US ? slept_us : 0;
}

thp_now thp_clocks_now(void)
{
	return (thp_now){.mono_us = g_get_monotonic_time() + thp_clocks_slept_us(),
			 .wall_s = (gint64)time(NULL)};
}

/* A number for the start of the machine: FNV-1a of the kernel's own id of it. */
static guint64 read_boot(void)
{
	g_autofree char *text = NULL;
	guint64 hash = G_GUINT64_CONSTANT(0xcbf29ce484222325);

	if (!g_file_get_contents("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
		return 0;
	for (const char *p = g_strstrip(text); *p; p++)
		hash = (hash ^ (guint8)*p) * G_GUINT64_CONSTANT(0x100000001b3);
	return hash;
}

static gpointer keep_boot(gpointer unused)
{
	(void)unused;
	return g_memdup2(&(guint64){read_boot()}, sizeof(guint64));
}

thp_clock_moment thp_clocks_moment(void)
{
	static GOnce once = G_ONCE_INIT;
	const guint64 *boot = g_once(&once, keep_boot, NULL);

	return (thp_clock_moment){
		.mono_us = thp_clocks_now().mono_us, .wall_us = g_get_real_time(), .boot = *boot};
}
