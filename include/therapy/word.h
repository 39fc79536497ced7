/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file word.h
 * Names from outside that are safe to print, to look up and to write to a file. Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/** True if @text is 1 to @max bytes, each an ASCII letter, a digit or one of @also. */
bool thp_word_is_plain(const char *text, size_t max, const char *also);
