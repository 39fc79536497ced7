/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One lock, held for a pointer or a look-up. */
#include "tiers.h"

#include <string.h>

#include "lock.h"

#define ORDERS_MAX 1000 /* rooms with an order of their own */

static thp_locked lock = PTHREAD_MUTEX_INITIALIZER;
static thp_tiers *in_force;          /* LOCK: lock */
static GHashTable *room_orders;      /* LOCK: lock; room key -> thp_tier_order, owned */
static thp_tier_order order_for_all; /* LOCK: lock */

static thp_tiers *ref(thp_tiers *tiers)
{
	g_atomic_int_inc(&tiers->refs);
	return tiers;
}

void thp_tiers_put(const thp_conf_tiers *conf)
{
	g_autoptr(thp_tiers) former = NULL;
	thp_tiers *tiers = g_new0(thp_tiers, 1);

	tiers->refs = 1;
	tiers->conf = *conf;
	THP_LOCK(&lock);
	former = in_force;
	in_force = tiers;
}

thp_tiers *thp_tiers_get(void)
{
	THP_LOCK(&lock);
	return ref(in_force);
}

void thp_tiers_unref(thp_tiers *tiers)
{
	if (tiers && g_atomic_int_dec_and_test(&tiers->refs))
		g_free(tiers);
}

void thp_tiers_clear(void)
{
	THP_LOCK(&lock);
	g_clear_pointer(&in_force, thp_tiers_unref);
	g_clear_pointer(&room_orders, g_hash_table_unref);
	order_for_all = (thp_tier_order){0};
}

/* ---- orders ---- */

static gboolean holds(const thp_tier_order *order, gint64 now_us)
{
	return order && order->mode != THP_OVERRIDE_AUTO &&
	       (order->until_us == 0 || now_us < order->until_us);
}

static gboolean is_over(gpointer key, gpointer value, gpointer now_us)
{
	(void)key;
	return !holds(value, *(const gint64 *)now_us);
}

gboolean thp_tiers_order(const char *key, const thp_tier_order *order)
{
	gint64 now_us = g_get_monotonic_time();

	THP_LOCK(&lock);
	if (!key) {
		order_for_all = *order;
		return TRUE;
	}
	if (!room_orders)
		room_orders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_hash_table_remove(room_orders, key);
	if (order->mode == THP_OVERRIDE_AUTO)
		return TRUE;
	g_hash_table_foreach_remove(room_orders, is_over, &now_us);
	if (g_hash_table_size(room_orders) >= ORDERS_MAX)
		return FALSE;
	g_hash_table_insert(room_orders, g_strdup(key), g_memdup2(order, sizeof *order));
	return TRUE;
}

gboolean thp_tiers_ordered(const char *key, gint64 now_us, thp_tier_order *out)
{
	THP_LOCK(&lock);
	thp_tier_order *own = room_orders ? g_hash_table_lookup(room_orders, key) : NULL;

	*out = own && holds(own, now_us) ? *own : order_for_all;
	if (own && !holds(own, now_us))
		g_hash_table_remove(room_orders, key);
	return holds(out, now_us);
}

char *thp_tiers_room_key(const char *area, const char *room)
{
	return g_strconcat(area, "\n", room, NULL);
}
