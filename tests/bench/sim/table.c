/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Prints the figures of every row, or of those whose names begin with the first argument. */
#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_row(const sim_row *row, uint32_t seeds)
{
	static sim_tally t;

	sim_tally_row(row, SIM_CONTROLLED, 3, 1, 1, seeds, &t);
	printf("%-20s", row->name);
	for (int f = 0; f < SIM_N_FIGURES; f++) {
		double a = sim_tally_share(&t, (sim_figure)f, .5),
		       b = sim_tally_share(&t, (sim_figure)f, .95);
		int d = sim_figure_digits((sim_figure)f);
		char text[2][16];

		snprintf(text[0], sizeof text[0], a > 9000 ? "-" : "%.*f", d, a);
		snprintf(text[1], sizeof text[1], b > 9000 ? "-" : "%.*f", d, b);
		if (a > 9000)
			strcpy(text[0], "-");
		if (b > 9000)
			strcpy(text[1], "-");
		printf(" %5s/%-5s", text[0], text[1]);
	}
	printf(" end");
	for (int i = 0; i < 5; i++)
		printf(" %.2f", t.end_tier_share[i]);
	printf("\n");
}

static void compare_radio(const sim_row *row, uint32_t seeds, uint32_t first)
{
	static sim_tally ours, low, medium;
	uint32_t worse = 0, less = 0;

	sim_tally_row(row, SIM_CONTROLLED, 3, first, 2, seeds, &ours);
	sim_tally_row(row, SIM_FIXED, 2, first, 2, seeds, &low);
	sim_tally_row(row, SIM_FIXED, 3, first, 2, seeds, &medium);
	for (uint32_t i = 0; i < seeds; i++) {
		worse += ours.values[SIM_concealed_pct][i] > low.values[SIM_concealed_pct][i] + .1;
		less += ours.values[SIM_video_kbps][i] < low.values[SIM_video_kbps][i];
	}
	printf("%-12s ours %.2f %% %4.0f kbit/s %.1f fps | low %.2f %% %3.0f %.1f fps | medium %.2f %% %3.0f | worse %u, less video %u of %u, switches %.1f\n",
	       row->name, sim_tally_mean(&ours, SIM_concealed_pct),
	       sim_tally_mean(&ours, SIM_video_kbps), sim_tally_mean(&ours, SIM_fps),
	       sim_tally_mean(&low, SIM_concealed_pct), sim_tally_mean(&low, SIM_video_kbps),
	       sim_tally_mean(&low, SIM_fps), sim_tally_mean(&medium, SIM_concealed_pct),
	       sim_tally_mean(&medium, SIM_video_kbps), worse, less, seeds,
	       sim_tally_mean(&ours, SIM_switches));
}

int main(int argc, char **argv)
{
	uint32_t seeds = argc > 2 ? (uint32_t)atoi(argv[2]) : 30;
	const char *which = argc > 1 ? argv[1] : "";

	printf("%-20s", "row");
	for (int f = 0; f < SIM_N_FIGURES; f++)
		printf(" %-11.11s", sim_figure_name((sim_figure)f));
	printf("\n");
	for (uint32_t i = 0; i < sim_n_rows; i++) {
		if (strncmp(sim_rows[i].name, which, strlen(which)) != 0 && which[0] != 'R')
			continue;
		if (which[0] != 'R')
			print_row(&sim_rows[i], seeds);
		else if (sim_rows[i].shape == SIM_RADIO)
			compare_radio(&sim_rows[i], seeds, argc > 3 ? (uint32_t)atoi(argv[3]) : 1);
	}
	return 0;
}
