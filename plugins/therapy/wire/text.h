/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text that one person writes and another reads. */
#pragma once

#include <glib.h>

/**
 * TRUE if @text (@length bytes of UTF-8) has at most @chars code points, no control character but
 * the newline, and no bidirectional embedding, override or isolate. Single direction marks are
 * allowed: Urdu and Arabic keyboards type them.
 */
gboolean thp_text_is_clean(const char *text, gsize length, guint chars);
