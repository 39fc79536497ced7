/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file tiers.h
 * The tiers and thresholds in force, and what operators asked for: shared by all workers.
 *
 * A set of tiers is immutable; a reload puts another one in its place, which workers take up at their
 * next tick. Any thread unless it is said.
 */
#pragma once

#include <therapy/conf_tiers.h>
#include <therapy/controller.h>

/** A set of tiers, counted. */
typedef struct thp_tiers {
	gint refs;
	thp_conf_tiers conf;
} thp_tiers;

/** Puts a copy of @conf in force. */
void thp_tiers_put(const thp_conf_tiers *conf);

/** A new reference to what is in force. */
thp_tiers *thp_tiers_get(void);

/** Gives a reference back; NULL is allowed. */
void thp_tiers_unref(thp_tiers *tiers);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(thp_tiers, thp_tiers_unref)

/** Forgets everything: the end of the gateway. */
void thp_tiers_clear(void);

/** An override by the tier's name, for that outlives a reload. */
typedef struct thp_tier_order {
	thp_override_mode mode;
	char tier[THP_TIER_NAME_MAX + 1];
	gint64 until_us; /* 0: for good */
} thp_tier_order;

/**
 * What an operator asks for: for the room @key (thp_tiers_room_key()), or for all if NULL. AUTO takes it
 * back. FALSE if there are too many orders already.
 */
gboolean thp_tiers_order(const char *key, const thp_tier_order *order);

/** What holds for the room @key: its own order, or else that for all. FALSE if there is none. */
gboolean thp_tiers_ordered(const char *key, gint64 now_us, thp_tier_order *out);

/** How a room is called in orders: its area and its name. Free with g_free(). */
char *thp_tiers_room_key(const char *area, const char *room);
