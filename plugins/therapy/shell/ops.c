/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operators see numbers, tiers and reasons; a room only if they name it themselves. */
#include "ops.h"

#include <therapy/metrics.h>
#include <therapy/reply.h>

#include "janus_conf.h"
#include "log.h"
#include "registry.h"
#include "worker.h"

static char folder[THP_PATH_MAX + 1]; /* constant after init */
static gint64 written_us;             /* of the one worker that writes */

void thp_ops_init(const char *conf_folder)
{
	g_strlcpy(folder, conf_folder, sizeof folder);
	written_us = 0;
}

/* ---- what there is to see ---- */

static void gather_network(thp_metrics *m)
{
	m->network_packets = atomic_load(&gateway.network_packets);
	for (int up = 0; up < 2; up++) {
		for (int i = 0; i < THP_N_NETWORK_LEVELS; i++)
			m->network_tests[up][i] = atomic_load(&gateway.network_tests[up][i]);
	}
}

static void gather(thp_metrics *m)
{
	thp_area_count heads = {0};

	*m = (thp_metrics){.relayed_packets = atomic_load(&gateway.relayed),
			   .dropped_packets = atomic_load(&gateway.dropped),
			   .refused_media = atomic_load(&gateway.refused_media),
			   .paced_held = atomic_load(&gateway.paced_held),
			   .paced_dropped = atomic_load(&gateway.paced_dropped),
			   .errors = atomic_load(&gateway.errors),
			   .shadow = gateway.conf.shadow};
	thp_registry_count(&m->relayed_packets, &m->dropped_packets);
	thp_workers_count(&m->areas, &heads);
	m->rooms = heads.rooms;
	m->participants = heads.participants;
	thp_workers_adapted(m);
	gather_network(m);
}

static json_t *metrics(void)
{
	g_autoptr(thp_tiers) tiers = thp_tiers_get();
	thp_metrics m;

	gather(&m);
	return thp_metrics_json(&m, &tiers->conf.ladder);
}

static json_t *tiers(void)
{
	g_autoptr(thp_tiers) in_force = thp_tiers_get();

	return thp_metrics_tiers(&in_force->conf, gateway.conf.shadow);
}

/* ---- what can be changed ---- */

static json_t *set_tiers(const thp_admin *asked)
{
	g_autoptr(GString) why = g_string_new(NULL);
	thp_conf_tiers conf;
	thp_err err = thp_janus_conf_reload(folder, asked->values, asked->n_values, &conf, why);

	if (err != THP_OK) {
		log_warn("other tiers are refused: %s", why->str);
		return thp_reply_conf_error(err, why->str);
	}
	thp_tiers_put(&conf);
	log_info("other tiers are in force, %u values over the file's", asked->n_values);
	if (gateway.conf.events && gateway.janus->events_is_enabled())
		gateway.janus->notify_event(gateway.plugin, NULL,
					    json_pack("{s:s, s:i}", "event", "tiers_set", "values",
						      (int)asked->n_values));
	return tiers();
}

static json_t *pin(const thp_admin *asked)
{
	g_autoptr(thp_tiers) in_force = thp_tiers_get();
	g_autofree char *key =
		asked->room[0] != '\0' ? thp_tiers_room_key(asked->area, asked->room) : NULL;
	thp_tier_order order = {.mode = asked->mode};
	gboolean all = key == NULL;

	if (asked->mode != THP_OVERRIDE_AUTO &&
	    thp_tier_find(&in_force->conf.ladder, asked->tier) >= in_force->conf.ladder.n)
		return thp_reply_error(THP_BAD_FIELD, "tier");
	g_strlcpy(order.tier, asked->tier, sizeof order.tier);
	if (asked->seconds > 0)
		order.until_us = g_get_monotonic_time() + asked->seconds * G_USEC_PER_SEC;
	if (!thp_tiers_order(key, &order))
		return thp_reply_error(THP_BUSY, NULL);
	log_info("an operator ordered tier %u, mode %d, for %" G_GINT64_FORMAT " s%s",
		 thp_tier_find(&in_force->conf.ladder, asked->tier), (int)asked->mode,
		 asked->seconds, all ? ", everywhere" : "");
	return thp_reply_pinned(thp_admin_mode_name(asked->mode), asked->tier, all, asked->seconds);
}

json_t *thp_ops_answer(const thp_admin *asked)
{
	switch (asked->kind) {
	case THP_ADMIN_METRICS:
		return metrics();
	case THP_ADMIN_TIERS:
		return tiers();
	case THP_ADMIN_TIERS_SET:
		return set_tiers(asked);
	case THP_ADMIN_PIN:
		return pin(asked);
	default:
		return thp_reply_error(THP_UNKNOWN_REQUEST, "request");
	}
}

/* ---- the file for Prometheus ---- */

gint64 thp_ops_deadline(void)
{
	return gateway.conf.metrics_file[0] != '\0'
		       ? written_us + gateway.conf.metrics_s * G_USEC_PER_SEC
		       : G_MAXINT64;
}

void thp_ops_write_due(gint64 now_us)
{
	g_autoptr(GString) text = NULL;
	thp_metrics m;

	if (now_us < thp_ops_deadline())
		return;
	g_autoptr(thp_tiers) in_force = thp_tiers_get();

	text = g_string_new(NULL);
	gather(&m);
	thp_metrics_text(&m, &in_force->conf.ladder, text);
	/* Written beside it and renamed: a reader sees the old file or the new one, never half. */
	if (!g_file_set_contents_full(gateway.conf.metrics_file, text->str, (gssize)text->len,
				      G_FILE_SET_CONTENTS_CONSISTENT, 0644, NULL) &&
	    written_us == 0)
		log_err("%s cannot be written", gateway.conf.metrics_file);
	written_us = now_us;
}
