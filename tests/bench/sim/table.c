/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Prints the figures of every row: tests/bench/sim/golden.csv is this program's output.
 * With "radio [FIRST]", compares radio links with one tier for good, on every second trace from FIRST on:
 * the odd ones are those that the defaults were chosen on, the even ones were looked at meanwhile.
 * With "trace ROW SEED", prints that link as JSON, for a real one to be driven by the same numbers.
 */
#include "golden.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RADIO_CALLS 60

static void print_head(void)
{
	printf("row");
	for (int f = 0; f < SIM_N_FIGURES; f++)
		printf(",%s p50,p95", sim_figure_name((sim_figure)f));
	printf("\n");
}

static void print_row(const sim_row *row)
{
	static sim_tally tally;
	char line[512];

	sim_tally_row(row, SIM_CONTROLLED, SIM_START, 1, 1, SIM_GOLDEN_SEEDS, &tally);
	sim_golden_line(row, &tally, line, sizeof line);
	printf("%s\n", line);
}

static void print_policy(const char *name, const sim_tally *tally)
{
	printf("  %-10s speech made up %.2f %%, video %.0f kbit/s, %.1f pictures a second, %.1f switches\n",
	       name, sim_tally_mean(tally, SIM_concealed_pct),
	       sim_tally_mean(tally, SIM_video_kbps), sim_tally_mean(tally, SIM_fps),
	       sim_tally_mean(tally, SIM_switches));
}

static void compare(const sim_row *row, uint32_t first)
{
	static sim_tally ours, low, medium;

	sim_tally_row(row, SIM_CONTROLLED, SIM_START, first, 2, RADIO_CALLS, &ours);
	sim_tally_row(row, SIM_PINNED, SIM_LOW, first, 2, RADIO_CALLS, &low);
	sim_tally_row(row, SIM_PINNED, SIM_LOW + 1, first, 2, RADIO_CALLS, &medium);
	printf("%s, %d calls\n", row->name, RADIO_CALLS);
	print_policy("ours", &ours);
	print_policy("low", &low);
	print_policy("medium", &medium);
}

static int print_trace(const char *name, uint64_t seed)
{
	static sim_trace trace;
	sim_conf conf;
	uint32_t row = 0;

	while (row < sim_n_rows && strcmp(sim_rows[row].name, name) != 0)
		row++;
	if (row == sim_n_rows) {
		fprintf(stderr, "there is no row %s\n", name);
		return 1;
	}
	sim_row_conf(&sim_rows[row], seed, &trace, &conf);
	printf("{\"row\":\"%s\",\"delay_ms\":%u,\"jitter_ms\":%u,\"queue_bytes\":%u,\"slice_ms\":%d,\"kbps\":[",
	       name, conf.down.delay_ms, conf.down.jitter_ms, conf.down.queue_bytes, SIM_SLICE_MS);
	for (uint32_t i = 0; i < trace.n; i++)
		printf("%s%u", i > 0 ? "," : "", trace.kbps[i]);
	printf("]}\n");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "trace") == 0)
		return print_trace(argv[2], strtoull(argv[3], NULL, 10));
	bool radio = argc > 1 && strcmp(argv[1], "radio") == 0;
	uint32_t first = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 2;

	if (!radio)
		print_head();
	for (uint32_t i = 0; i < sim_n_rows; i++) {
		if (!radio)
			print_row(&sim_rows[i]);
		else if (sim_rows[i].shape == SIM_RADIO)
			compare(&sim_rows[i], first);
	}
	return 0;
}
