/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The two halves of a report: what a page saw of what it receives and of what it sends. */
#pragma once

#include <jansson.h>
#include <therapy/downlink.h>
#include <therapy/error.h>
#include <therapy/uplink.h>

/**
 * Fill @out from the object @value; a count that is absent is -1, `span_ms` must be there.
 * BAD_FIELD, MISSING_FIELD: @field is then the name of the member, a static string.
 */
thp_err thp_report_read_down(const json_t *value, thp_receiver_report *out,
			     const char **field) G_GNUC_WARN_UNUSED_RESULT;
thp_err thp_report_read_up(const json_t *value, thp_sender_report *out,
			   const char **field) G_GNUC_WARN_UNUSED_RESULT;
