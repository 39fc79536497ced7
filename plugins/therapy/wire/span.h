/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stretch of somebody else's text, cut into lines and words without copying. */
#pragma once

#include <glib.h>

typedef struct thp_span {
	const char *at;
	gsize length;
} thp_span;

/** TRUE if @span reads @word. */
gboolean thp_span_is(thp_span span, const char *word);

/** TRUE if @span reads @word in whatever case. */
gboolean thp_span_is_any_case(thp_span span, const char *word);

/** Takes @prefix off the start of @span; FALSE, changing nothing, if it does not start so. */
gboolean thp_span_skip(thp_span *span, const char *prefix);

/** Takes what stands before the first @stop (all, if there is none) off @rest, and the @stop; FALSE
 * if @rest is empty. */
gboolean thp_span_cut(thp_span *rest, char stop, thp_span *piece);

/** TRUE if @span is a decimal number of at most @max, without sign; @out may be the result. */
gboolean thp_span_number(thp_span span, guint64 max, guint64 *out);
