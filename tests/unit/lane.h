/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file lane.h
 * A therapist who sees a client by a narrow link, over the stand-in for Janus. Clocks stand still until they are told
 * to go on. The test sets the gate itself: it is in shadow mode, unless it wants to see what the worker sets.
 */
#pragma once

#include "../../plugins/therapy/shell/media.h"
#include "person.h"
#include "wraps.h"

#define LANE_PART_BYTES 1100
#define LANE_KBPS       100 /* 140 on the wire: a part in 66 ms, one at once */
#define LANE_MARKED     0x80
#define LANE_LAYER_AT   24 /* of the test's packets */
#define LANE_PICTURE_AT 14
#define MS(n)           ((gint64)(n)*1000)

typedef struct lane {
	fake_person *therapist, *client;
	thp_session *sender, *receiver; /* the client's, the therapist's */
	thp_gate *gate;
	guint16 seq, picture;
	guint count;
} lane;

/** For lane_open(): the camera comes in layers; the room is adapted. */
extern const char lane_layered[], lane_adapted[];

/** Once, before any thread: the clocks stand still. */
void lane_freeze(void);

/** For g_test_add(); @how is NULL, or one of the above. */
void lane_open(lane *r, gconstpointer how);
void lane_close(lane *r, gconstpointer how);

/** What the pacer is told, in kbit/s; 0: nothing waits. */
void lane_rate(const lane *r, guint kbps);

/** The participant's session of @who. New reference. */
thp_session *lane_session_of(const fake_person *who);

/** One part of a picture of @layer, or one of @parts. The parts of all are counted, from 1 on. */
void lane_send_part(lane *r, guint layer, gboolean first, gboolean last, gboolean key);
void lane_film(lane *r, guint parts, gboolean key);

/** One packet of speech; fifty in a second, for so long. */
void lane_speak(const lane *r);
void lane_talk(const lane *r, guint ms);

/** The counts of the parts that the therapist got since this was last asked, in order. The caller's to g_free. */
char *lane_take_seen(void);

/** What the therapist got on the m-line of pictures, padding and all. */
fake_line lane_picture(const lane *r);

/** What waited and was dropped. */
guint64 lane_dropped(void);

#define assert_seen(expected)                                                                      \
	do {                                                                                       \
		g_autofree char *came = lane_take_seen();                                          \
		g_assert_cmpstr(came, ==, expected);                                               \
	} while (0)
