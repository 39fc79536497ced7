/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One table for each half; a report is small, frequent and not to be trusted beyond its ranges. */
#include "report_read.h"

#include <string.h>

#define SPAN_MAX G_GINT64_CONSTANT(60000) /* ms; reports come every second */

typedef struct count {
	const char *name; /* with the half it is in, as errors tell it */
	gsize at;
	json_int_t max;
} count;

#define DOWN(field, max)                                                                           \
	{                                                                                          \
		"down." #field, G_STRUCT_OFFSET(thp_receiver_report, field), max                   \
	}
#define UP(field, max)                                                                             \
	{                                                                                          \
		"up." #field, G_STRUCT_OFFSET(thp_sender_report, field), max                       \
	}

static const count down_counts[] = {
	DOWN(audio_samples, SPAN_MAX * 48 * 8),
	DOWN(concealed_samples, SPAN_MAX * 48 * 8),
	DOWN(audio_packets, 1000000),
	DOWN(audio_lost, 1000000),
	DOWN(video_bytes, G_MAXINT32),
	DOWN(video_packets, 1000000),
	DOWN(video_lost, 1000000),
	DOWN(frames, 1000000),
	DOWN(freeze_ms, SPAN_MAX * 8),
	DOWN(rtt_ms, SPAN_MAX),
	DOWN(quiet_ms, SPAN_MAX),
	DOWN(at_ms, G_MAXINT32),
	DOWN(busy_ms, SPAN_MAX),
	DOWN(late_ms, SPAN_MAX),
};

static const count up_counts[] = {
	UP(available_kbps, 1000000),  UP(rtt_ms, SPAN_MAX),   UP(lost_permille, 1000),
	UP(bandwidth_permille, 1000), UP(cpu_permille, 1000), UP(fps, 240),
};

static thp_err read_span(const json_t *value, guint32 *out)
{
	const json_t *span = json_object_get(value, "span_ms");
	json_int_t number = json_integer_value(span);

	if (!span)
		return THP_MISSING_FIELD;
	if (!json_is_integer(span) || number < 0 || number > SPAN_MAX)
		return THP_BAD_FIELD;
	*out = (guint32)number;
	return THP_OK;
}

static thp_err read_counts(const json_t *value, const count *counts, gsize n, gsize prefix,
			   void *out, const char **field)
{
	for (gsize i = 0; i < n; i++) {
		const json_t *given = json_object_get(value, counts[i].name + prefix);
		json_int_t number = given ? json_integer_value(given) : -1;

		*(gint32 *)((char *)out + counts[i].at) = (gint32)number;
		if (!given)
			continue;
		*field = counts[i].name;
		if (!json_is_integer(given) || number < 0 || number > counts[i].max)
			return THP_BAD_FIELD;
	}
	return THP_OK;
}

thp_err thp_report_read_down(const json_t *value, thp_receiver_report *out, const char **field)
{
	if (!json_is_object(value))
		return THP_BAD_FIELD;
	*field = "down.span_ms";
	thp_err err = read_span(value, &out->span_ms);

	return err ? err
		   : read_counts(value, down_counts, G_N_ELEMENTS(down_counts), strlen("down."),
				 out, field);
}

thp_err thp_report_read_up(const json_t *value, thp_sender_report *out, const char **field)
{
	if (!json_is_object(value))
		return THP_BAD_FIELD;
	*field = "up.span_ms";
	thp_err err = read_span(value, &out->span_ms);

	return err ? err
		   : read_counts(value, up_counts, G_N_ELEMENTS(up_counts), strlen("up."), out,
				 field);
}
