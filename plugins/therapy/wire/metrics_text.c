/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prometheus's text format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
#include <therapy/metrics.h>

static const guint loss_bounds[] = THP_HISTOGRAM_LOSS_PERMILLE;
static const guint queue_bounds[] = THP_HISTOGRAM_QUEUE_MS;

static const char *const ways[] = {"down", "up"};

static void head(GString *out, const char *name, const char *type, const char *help)
{
	g_string_append_printf(out, "# HELP therapy_%s %s\n# TYPE therapy_%s %s\n", name, help,
			       name, type);
}

static void one(GString *out, const char *name, const char *type, const char *help, guint64 value)
{
	head(out, name, type, help);
	g_string_append_printf(out, "therapy_%s %" G_GUINT64_FORMAT "\n", name, value);
}

/* Thousandths, the same in every locale. */
static void append_milli(GString *out, guint64 milli)
{
	g_string_append_printf(out, "%" G_GUINT64_FORMAT ".%03u", milli / 1000,
			       (guint)(milli % 1000));
}

static void tier_seconds(GString *out, const thp_counters *const both[2], const thp_ladder *ladder)
{
	head(out, "tier_seconds_total", "counter",
	     "Time that links were on each tier, receivers' (down) and cameras' (up).");
	for (guint w = 0; w < 2; w++) {
		for (guint i = 0; i < ladder->n; i++) {
			g_string_append_printf(
				out, "therapy_tier_seconds_total{way=\"%s\",tier=\"%s\"} ", ways[w],
				ladder->tiers[i].name);
			append_milli(out, both[w]->tier_ms[i]);
			g_string_append_c(out, '\n');
		}
	}
}

static void switches_of(GString *out, const char *way, const char *direction,
			const guint32 counts[THP_N_WHY])
{
	for (int i = 0; i < THP_N_WHY; i++) {
		if (counts[i] == 0)
			continue;
		g_string_append_printf(out,
				       "therapy_tier_switches_total{way=\"%s\",direction=\"%s\","
				       "reason=\"%s\"} %u\n",
				       way, direction, thp_controller_why_name((thp_why)i),
				       counts[i]);
	}
}

static void switches(GString *out, const thp_counters *const both[2])
{
	head(out, "tier_switches_total", "counter", "Changes of tier, by direction and reason.");
	for (guint w = 0; w < 2; w++) {
		switches_of(out, ways[w], "up", both[w]->ups);
		switches_of(out, ways[w], "down", both[w]->downs);
	}
}

/* Buckets of thousandths: a share of packets, or seconds. */
static void histogram(GString *out, const char *name, const char *help,
		      const guint32 counts[THP_HISTOGRAM_BUCKETS], const guint *bounds)
{
	guint64 sum = 0;

	head(out, name, "histogram", help);
	for (guint i = 0; i + 1 < THP_HISTOGRAM_BUCKETS; i++) {
		sum += counts[i];
		g_string_append_printf(out, "therapy_%s_bucket{le=\"", name);
		append_milli(out, bounds[i]);
		g_string_append_printf(out, "\"} %" G_GUINT64_FORMAT "\n", sum);
	}
	sum += counts[THP_HISTOGRAM_BUCKETS - 1];
	g_string_append_printf(out,
			       "therapy_%s_bucket{le=\"+Inf\"} %" G_GUINT64_FORMAT
			       "\ntherapy_%s_count %" G_GUINT64_FORMAT "\n",
			       name, sum, name, sum);
}

static void probes(GString *out, const thp_counters *c)
{
	head(out, "probes_total", "counter", "Probes before a step up, by how they ended.");
	g_string_append_printf(out,
			       "therapy_probes_total{result=\"ok\"} %u\n"
			       "therapy_probes_total{result=\"aborted\"} %u\n",
			       c->probes_ok, c->probes_aborted);
	one(out, "padding_bytes_total", "counter", "Bytes of padding sent by probes.",
	    c->padding_bytes);
	one(out, "gates_total", "counter", "Times that pictures stopped as a receiver fell silent.",
	    c->gates);
	head(out, "gated_seconds_total", "counter", "Time for which pictures were so stopped.");
	g_string_append(out, "therapy_gated_seconds_total ");
	append_milli(out, c->gated_ms);
	g_string_append_c(out, '\n');
}

static void network_tests(GString *out, const thp_metrics *m)
{
	head(out, "network_tests_total", "counter",
	     "Tests of the links of those who wait, each way, by what was found.");
	for (guint w = 0; w < 2; w++) {
		for (int i = 0; i < THP_N_NETWORK_LEVELS; i++) {
			if (m->network_tests[w][i] == 0)
				continue;
			g_string_append_printf(
				out, "therapy_network_tests_total{way=\"%s\",level=\"%s\"} %u\n",
				ways[w], thp_network_level_name((thp_network_level)i),
				m->network_tests[w][i]);
		}
	}
	one(out, "network_test_packets_total", "counter", "Packets of padding that these sent.",
	    m->network_packets);
}

static void gauges(GString *out, const thp_metrics *m, const thp_ladder *ladder)
{
	head(out, "receivers", "gauge", "Admitted people who receive, by tier.");
	for (guint i = 0; i < ladder->n; i++)
		g_string_append_printf(out, "therapy_receivers{tier=\"%s\"} %u\n",
				       ladder->tiers[i].name, m->receivers[i]);
	one(out, "receivers_gated", "gauge", "Of these, those who are silent now.", m->gated);
	one(out, "areas", "gauge", "Waiting areas in use.", m->areas);
	one(out, "rooms", "gauge", "Rooms in use.", m->rooms);
	one(out, "participants", "gauge", "People waiting and admitted.", m->participants);
	one(out, "shadow", "gauge", "1 while decisions are only written down.", m->shadow ? 1 : 0);
}

void thp_metrics_text(const thp_metrics *m, const thp_ladder *ladder, GString *out)
{
	const thp_counters *const both[2] = {&m->down, &m->up};

	gauges(out, m, ladder);
	one(out, "relayed_packets_total", "counter", "Packets handed to receivers.",
	    m->relayed_packets);
	one(out, "dropped_packets_total", "counter", "Packets of senders without a route.",
	    m->dropped_packets);
	one(out, "paced_packets_total", "counter",
	    "Packets of pictures that waited, so that speech does not stand behind them.",
	    m->paced_held);
	one(out, "paced_dropped_packets_total", "counter",
	    "Packets of pictures that waited, or found no room to, and were dropped.",
	    m->paced_dropped);
	one(out, "errors_total", "counter", "Requests answered with an error.", m->errors);
	tier_seconds(out, both, ladder);
	switches(out, both);
	probes(out, &m->down);
	network_tests(out, m);
	histogram(out, "loss_ratio", "Loss towards receivers, in windows of about a second.",
		  m->down.loss_permille, loss_bounds);
	histogram(out, "queue_seconds", "Delay added on the way to receivers.", m->down.queue_ms,
		  queue_bounds);
}
