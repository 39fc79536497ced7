/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file sample.h
 * The sample configuration file, as lines of "key = value  # comment" with their sections.
 */
#pragma once

#include <glib.h>

typedef struct sample_line {
	char *section, *key, *value, *comment;
} sample_line;

/** Reads the sample; anything in it that is no such line, section or comment fails the test. */
GArray *sample_read(void);
