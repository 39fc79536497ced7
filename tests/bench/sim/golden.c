/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "golden.h"

#include <stdio.h>

/* The median and the 95th of a hundred of each figure; a dash is never. */
void sim_golden_line(const sim_row *row, const sim_tally *tally, char *line, uint32_t size)
{
	int at = snprintf(line, size, "%s", row->name);

	for (int f = 0; f < SIM_N_FIGURES && at > 0 && (uint32_t)at < size; f++) {
		static const double shares[] = {.5, .95};
		for (int i = 0; i < 2 && (uint32_t)at < size; i++) {
			double value = sim_tally_share(tally, (sim_figure)f, shares[i]);

			if (value >= SIM_NEVER)
				at += snprintf(line + at, size - (uint32_t)at, ",-");
			else
				at += snprintf(line + at, size - (uint32_t)at, ",%.*f",
					       sim_figure_digits((sim_figure)f), value);
		}
	}
}
