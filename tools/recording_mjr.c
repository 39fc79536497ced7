/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "MJR00002", a JSON object, and then packets, each with "MEET", when it came and how long it is. */
#include "recording.h"

#include <string.h>

#include <jansson.h>

#define MAGIC    "MJR00002"
#define PACKET   "MEET"
#define HEAD_MAX 4096
#define FRONT    10 /* bytes before each packet: the word, 4 of time, 2 of length */

static guint length_at(const guint8 *at)
{
	return (guint)at[0] << 8 | at[1];
}

static gint64 time_of(const json_t *head, const char *name)
{
	return CLAMP(json_integer_value(json_object_get(head, name)), 0, G_MAXINT64 / 4);
}

thp_err mjr_open(mjr *m, const guint8 *bytes, gsize n)
{
	const gsize front = strlen(MAGIC) + 2;

	memset(m, 0, sizeof *m);
	if (n < front || memcmp(bytes, MAGIC, strlen(MAGIC)) != 0)
		return THP_BAD_JSON;
	guint length = length_at(bytes + strlen(MAGIC));
	if (length > HEAD_MAX || length > n - front)
		return THP_BAD_JSON;
	json_auto_t *head = json_loadb((const char *)bytes + front, length, 0, NULL);
	const char *medium = json_string_value(json_object_get(head, "t"));
	const char *codec = json_string_value(json_object_get(head, "c"));

	m->video = g_strcmp0(medium, "v") == 0;
	if (!medium || g_strcmp0(codec, m->video ? "vp8" : "opus") != 0)
		return THP_BAD_FIELD;
	m->created_us = time_of(head, "s");
	m->started_us = time_of(head, "u");
	m->at = bytes + front + length;
	m->end = bytes + n;
	return THP_OK;
}

gboolean mjr_next(mjr *m, const guint8 **packet, gsize *n)
{
	if (m->end - m->at < FRONT || memcmp(m->at, PACKET, strlen(PACKET)) != 0)
		return FALSE;
	guint length = length_at(m->at + FRONT - 2);
	if (length > m->end - m->at - FRONT)
		return FALSE;
	*packet = m->at + FRONT;
	*n = length;
	m->at += FRONT + length;
	return TRUE;
}
