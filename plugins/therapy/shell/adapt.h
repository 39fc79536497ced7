/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file adapt.h
 * Bandwidth: the admitted people of one worker, room by room. Ten times a second what their media threads
 * counted goes to the controller, and what it decides is carried out. Speech is never held back here.
 *
 * All of it on the worker that the rooms belong to.
 */
#pragma once

#include <therapy/allot.h>
#include <therapy/metrics.h>

#include "session.h"
#include "tiers.h"

/** One admitted person. */
typedef struct thp_seat {
	thp_session *participant; /* owned */
	thp_adapt_room *room;     /* borrowed; it holds the seat */
	guint place;              /* in the room */
	guint64 receiver_link;    /* of the receiver handle that down is about; 0: none yet */
	thp_downlink down;
	thp_uplink up;
	guint32 asked_kbps;         /* of the encoder: as last told; 0: off or paused */
	guint32 remb_kbps;          /* as last sent */
	gint64 remb_us, lowered_us; /* when it was, and when it was last less than before */
	guint32 late_ms;            /* their speech came late by so much since the tick before */
	gboolean told;              /* of the tier; then what was told: */
	guint told_tier;
	gboolean told_video, told_nack;
	guint told_paused; /* bit per place */
	guint told_buffer_ms;
} thp_seat;

struct thp_adapt_room {
	char *key; /* thp_tiers_room_key() */
	thp_seat *seats[THP_CROWD_MAX];
	thp_allot allot;
	guint n;
	gint64 ticked_us;
};

/** What a worker has of this. */
typedef struct thp_adapt {
	thp_tiers *tiers;  /* owned: taken up at the last tick */
	GHashTable *rooms; /* key -> thp_adapt_room, owned */
	gint64 ticked_us;
	thp_counters gone[2]; /* what those did who have left: down, up */
	gint64 summed_us;
	thp_locked lock;
	thp_metrics sum; /* LOCK: lock; of everybody, as of the last second */
} thp_adapt;

void thp_adapt_init(thp_adapt *adapt);
void thp_adapt_clear(thp_adapt *adapt);

/** @participant is admitted to @room of its area; in another room before, it leaves that one. */
void thp_adapt_enter(thp_adapt *adapt, thp_session *participant, const char *room);

/** @participant is in no room now. What holds back its media is taken away. Nothing if it had no seat. */
void thp_adapt_leave(thp_adapt *adapt, thp_session *participant);

/** When thp_adapt_tick() is due; G_MAXINT64 while nobody is admitted. */
gint64 thp_adapt_deadline(const thp_adapt *adapt);

/** Adds what was done so far to @metrics. Any thread. */
void thp_adapt_sum(thp_adapt *adapt, thp_metrics *metrics);

/** Decides and acts, if it is due at @now_us. */
void thp_adapt_tick(thp_adapt *adapt, gint64 now_us);

/** Decides and acts for the room of @seat before it is due: its page has seen trouble. */
void thp_adapt_hurry(thp_adapt *adapt, thp_seat *seat, gint64 now_us);
