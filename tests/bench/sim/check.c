/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the controller has to hold on every link of the matrix, over thirty seeds. */
#include <glib.h>

#include "tally.h"

#define SEEDS 30

static const sim_row *row_called(const char *name)
{
	for (uint32_t i = 0; i < sim_n_rows; i++) {
		if (strcmp(sim_rows[i].name, name) == 0)
			return &sim_rows[i];
	}
	g_error("there is no row %s", name);
}

/* ---- limits ---- */

/* 95 % of the calls on that row stay at or below the limit. */
static const struct {
	const char *row;
	sim_figure figure;
	double limit;
} limits[] = {
	{"step-500", SIM_first_down_s, 1.5},
	{"step-500", SIM_concealed_pct, 1},
	{"step-500", SIM_longest_gap_ms, 200},
	{"step-500", SIM_full_s, 60},
	{"step-200", SIM_first_down_s, 1.5},
	{"step-200", SIM_concealed_pct, 2},
	{"step-200", SIM_longest_gap_ms, 300},
	{"step-200", SIM_first_up_s, 75},
	{"step-80", SIM_concealed_pct, 2},
	{"step-80", SIM_first_down_s, 1.5},
	{"step-50", SIM_concealed_pct, 3.5},
	{"step-35", SIM_concealed_pct, 7},
	{"step-200-queue-1000", SIM_concealed_pct, 2},
	{"outage-3000", SIM_gated_s, 1.2},
	{"outage-3000", SIM_voice_back_s, .5},
	{"outage-3000", SIM_video_back_s, 4},
	{"outage-3000-both", SIM_gated_s, 1.2},
	{"outage-3000-both", SIM_voice_back_s, .5},
	{"outage-3000-both", SIM_video_back_s, 4},
};

static void test_limits(gconstpointer data)
{
	const sim_row *row = data;
	static sim_tally tally;

	sim_tally_row(row, SIM_CONTROLLED, 3, 1, 1, SEEDS, &tally);
	for (guint i = 0; i < G_N_ELEMENTS(limits); i++) {
		if (strcmp(limits[i].row, row->name) != 0)
			continue;
		double value = sim_tally_share(&tally, limits[i].figure, .95);

		g_test_message("%s: %g, at most %g", sim_figure_name(limits[i].figure), value,
			       limits[i].limit);
		g_assert_cmpfloat(value, <=, limits[i].limit);
	}
}

static void add_limits(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(limits); i++) {
		if (i > 0 && strcmp(limits[i].row, limits[i - 1].row) == 0)
			continue;
		g_autofree char *path = g_strconcat("/sim/limits/", limits[i].row, NULL);
		g_test_add_data_func(path, row_called(limits[i].row), test_limits);
	}
}

/* ---- properties ---- */

static void test_repeats(void)
{
	static sim_tally first, second, other;

	for (uint32_t i = 0; i < sim_n_rows; i += 7) {
		sim_tally_row(&sim_rows[i], SIM_CONTROLLED, 3, 5, 1, 2, &first);
		sim_tally_row(&sim_rows[i], SIM_CONTROLLED, 3, 5, 1, 2, &second);
		g_assert_cmpuint(first.digest, ==, second.digest);
	}
	sim_tally_row(row_called("lte-busy"), SIM_CONTROLLED, 3, 5, 1, 2, &first);
	sim_tally_row(row_called("lte-busy"), SIM_CONTROLLED, 3, 7, 1, 2, &other);
	g_assert_cmpuint(first.digest, !=, other.digest);
}

/* Whatever happens to the link, every packet of speech is handed to it. */
static void test_speech_flows(void)
{
	static sim_tally tally;

	for (uint32_t i = 0; i < sim_n_rows; i++) {
		sim_tally_row(&sim_rows[i], SIM_CONTROLLED, 3, 11, 1, 1, &tally);
		g_assert_cmpfloat(tally.values[SIM_speech_sent_pct][0], >, 99.9);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	add_limits();
	g_test_add_func("/sim/repeats", test_repeats);
	g_test_add_func("/sim/speech-flows", test_speech_flows);
	return g_test_run();
}
