/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The `metrics` and `tiers` events. */
#include <therapy/metrics.h>

static const guint loss_bounds[] = THP_HISTOGRAM_LOSS_PERMILLE;
static const guint queue_bounds[] = THP_HISTOGRAM_QUEUE_MS;

static json_t *whys(const guint32 counts[THP_N_WHY])
{
	json_t *object = json_object();

	for (int i = 0; i < THP_N_WHY; i++) {
		if (counts[i] > 0)
			(void)json_object_set_new(object, thp_controller_why_name((thp_why)i),
						  json_integer(counts[i]));
	}
	return object;
}

static json_t *histogram(const guint32 counts[THP_HISTOGRAM_BUCKETS], const guint *bounds)
{
	json_t *le = json_array();
	json_t *n = json_array();

	for (guint i = 0; i < THP_HISTOGRAM_BUCKETS; i++) {
		if (i + 1 < THP_HISTOGRAM_BUCKETS)
			(void)json_array_append_new(le, json_integer(bounds[i]));
		(void)json_array_append_new(n, json_integer(counts[i]));
	}
	return json_pack("{s:o, s:o}", "le", le, "n", n);
}

static json_t *way(const thp_counters *c, const thp_ladder *ladder)
{
	json_t *seconds = json_object();

	for (guint i = 0; i < ladder->n; i++)
		(void)json_object_set_new(seconds, ladder->tiers[i].name,
					  json_integer((json_int_t)(c->tier_ms[i] / 1000)));
	return json_pack("{s:o, s:o, s:o, s:i, s:i, s:i, s:I, s:i, s:I, s:o, s:o}", "tier_seconds",
			 seconds, "ups", whys(c->ups), "downs", whys(c->downs), "probes",
			 (int)c->probes, "probes_ok", (int)c->probes_ok, "probes_aborted",
			 (int)c->probes_aborted, "padding_bytes", (json_int_t)c->padding_bytes,
			 "gates", (int)c->gates, "gated_ms", (json_int_t)c->gated_ms,
			 "loss_permille", histogram(c->loss_permille, loss_bounds), "queue_ms",
			 histogram(c->queue_ms, queue_bounds));
}

static json_t *tests_of(const guint counts[THP_N_NETWORK_LEVELS])
{
	json_t *object = json_object();

	for (int i = 0; i < THP_N_NETWORK_LEVELS; i++) {
		if (counts[i] > 0)
			(void)json_object_set_new(object,
						  thp_network_level_name((thp_network_level)i),
						  json_integer(counts[i]));
	}
	return object;
}

static json_t *network(const thp_metrics *m)
{
	return json_pack("{s:o, s:o, s:I}", "down", tests_of(m->network_tests[0]), "up",
			 tests_of(m->network_tests[1]), "padding_packets",
			 (json_int_t)m->network_packets);
}

json_t *thp_metrics_json(const thp_metrics *m, const thp_ladder *ladder)
{
	json_t *receivers = json_object();

	for (guint i = 0; i < ladder->n; i++)
		(void)json_object_set_new(receivers, ladder->tiers[i].name,
					  json_integer(m->receivers[i]));
	return json_pack("{s:s, s:b, s:o, s:i, s:o, s:o, s:o}", "therapy", "metrics", "shadow",
			 m->shadow, "receivers", receivers, "gated", (int)m->gated, "down",
			 way(&m->down, ladder), "up", way(&m->up, ladder), "network_tests",
			 network(m));
}

/* ---- tiers ---- */

static json_t *value_of(const void *in, const thp_tier_key *key)
{
	static const char *const reds[] = {
		[THP_RED_OFF] = "off", [THP_RED_ON] = "on", [THP_RED_AUTO] = "auto"};
	const char *at = (const char *)in + key->offset;

	switch (key->type) {
	case THP_TIER_SWITCH:
		return json_boolean(*(const bool *)at);
	case THP_TIER_RED:
		return json_string(reds[*(const thp_red *)at]);
	case THP_TIER_POLICY:
		return json_string(thp_network_policy_name(*(const thp_network_policy *)at));
	case THP_TIER_NUMBER:
	default:
		return json_integer(*(const uint32_t *)at);
	}
}

static void set_all(json_t *object, const void *in, const thp_tier_key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)json_object_set_new(object, keys[i].key, value_of(in, &keys[i]));
}

json_t *thp_metrics_tiers(const thp_conf_tiers *conf, gboolean shadow)
{
	json_t *tiers = json_array();
	json_t *tuning = json_object();
	json_t *network = json_object();
	size_t n = 0;
	const thp_tier_key *keys = thp_tier_keys(&n);

	for (guint i = 0; i < conf->ladder.n; i++) {
		json_t *tier = json_pack("{s:s}", "tier", conf->ladder.tiers[i].name);

		set_all(tier, &conf->ladder.tiers[i], keys, n);
		(void)json_array_append_new(tiers, tier);
	}
	keys = thp_tier_tuning_keys(&n);
	set_all(tuning, &conf->tuning, keys, n);
	keys = thp_network_keys(&n);
	set_all(network, &conf->network, keys, n);
	return json_pack("{s:s, s:b, s:s, s:o, s:o, s:o}", "therapy", "tiers", "shadow", shadow,
			 "start", conf->ladder.tiers[conf->ladder.start].name, "tiers", tiers,
			 "adapt", tuning, "network_test", network);
}
