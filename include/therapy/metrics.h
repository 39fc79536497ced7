/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file metrics.h
 * What adaptation has done, for operators: as JSON and as Prometheus's text. No name, room or pseudonym is
 * in it, only tiers and reasons. Any thread.
 */
#pragma once

#include <jansson.h>
#include <therapy/conf_tiers.h>
#include <therapy/controller.h>

typedef struct thp_metrics {
	thp_counters down, up; /* of receivers' links, of cameras' links; living and gone */
	guint receivers[THP_TIERS_MAX];   /* now on each tier */
	guint gated;                      /* of these: pictures stopped for silence */
	guint areas, rooms, participants; /* now */
	guint64 relayed_packets, dropped_packets, refused_media, errors;
	/* tests of the links of those who wait: down and up, by what was found; and their padding */
	guint network_tests[2][THP_N_NETWORK_LEVELS];
	guint64 network_packets;
	guint64 paced_held, paced_dropped; /* packets of pictures, see the texts of the series */
	gboolean shadow;
} thp_metrics;

/** The event `metrics`; tiers are called as in @ladder. */
json_t *thp_metrics_json(const thp_metrics *metrics, const thp_ladder *ladder);

/** Appends the same in Prometheus's text format. */
void thp_metrics_text(const thp_metrics *metrics, const thp_ladder *ladder, GString *out);

/** The event `tiers`: what is in force. */
json_t *thp_metrics_tiers(const thp_conf_tiers *tiers, gboolean shadow);
