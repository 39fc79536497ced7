/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every row gave when it was last looked at by a person. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "tally.h"

#define SIM_GOLDEN_SEEDS 30

/** The line of @row in the golden file, without its end; @size is that of @line. */
void sim_golden_line(const sim_row *row, const sim_tally *tally, char *line, uint32_t size);
