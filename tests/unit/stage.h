/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file stage.h
 * A stage for scenarios: one area, a clock that only the test moves, people called by their names.
 *
 * A person's id is their name, their invitation is "jti-NAME", their device key is made of the
 * name. What an event caused is read as one line a person, in the order in which they are told:
 *
 *     silence                 nothing flows from them any more
 *     route[bob:0,eve:1]      what they send flows to bob's pair 0 and to eve's pair 1
 *     keyframe  pairs=3  close
 *     joined, joined-again    the answer to a knock
 *     held/therapist_left@r1  state, reason and room; with "text" after a denial
 *     presence=1  message="text"
 *     roster[bob:0,eve:-]     who else is there, and on which pair; bob:0:away if the link is lost
 *     list[bob,eve]           whom a therapist sees
 *     consent[telehealth=granted] consent-read    how they stand, and that the ledger is asked
 *     recording[stopped/refused]  how the recording of their room stands
 *     clock[2400] cue=time:300   with s->clocks: seconds left, or to the limit
 *
 * Words about a former link of theirs begin with "former:".
 */
#pragma once

#include <therapy/area.h>

typedef struct stage {
	thp_area *area;
	thp_area_limits limits; /* of stage_open() */
	thp_now now;
	thp_effects fx;           /* of the last event */
	int seats;                /* that the next invitation says; 2 */
	gint64 exp_s;             /* that the next invitation says; a day from the start */
	int minutes, max_minutes; /* likewise; 0 */
	gint64 start_s;           /* likewise; 0 */
	const char *guardian;     /* likewise; NULL */
	gboolean clocks;          /* clocks and cues are read, too */
	guint64 links;            /* given out so far */
	GPtrArray *lines;
} stage;

#define STAGE_START_S     1700000000
#define STAGE_GRACE_S     60
#define STAGE_SKEW_S      30
#define STAGE_LIST_S      1
#define STAGE_PEOPLE      20
#define STAGE_INVITATIONS 40

/** An empty area with the limits above; opened again after s->limits were changed. */
void stage_open(stage *s);
void stage_close(stage *s);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(stage, stage_close)

/** Knocks with an invitation of @who for @room ("" for a therapist of the whole area), on a new
 * link. */
thp_err stage_knock(stage *s, const char *who, thp_role role, const char *room);

/** The same from another device. */
thp_err stage_knock_elsewhere(stage *s, const char *who, thp_role role, const char *room);

/** Knocks, which must succeed, and connects both handles. */
void stage_arrive(stage *s, const char *who, thp_role role, const char *room);

/** Both connections of @who stand; on the receiver's, @pairs are agreed. */
void stage_connect(stage *s, const char *who, guint pairs);

/** Any PATHS event. */
thp_err stage_paths(stage *s, const char *who, int publisher_up, int receiver_up, guint pairs);

/** A request that is about nobody else. */
thp_err stage_ask(stage *s, const char *who, thp_request_kind kind);

/** A therapist's request aimed at @target, with the knock that the therapist sees. */
thp_err stage_aim(stage *s, const char *who, thp_request_kind kind, const char *target);

/** The same, saying something. */
thp_err stage_say(stage *s, const char *who, thp_request_kind kind, const char *target,
		  const char *text);

/** LOCK or UNLOCK. */
thp_err stage_lock(stage *s, const char *who, thp_request_kind kind, const char *room);

/** EXTEND. */
thp_err stage_extend(stage *s, const char *who, int minutes);

/** MEDIA; -1 leaves as it is. */
thp_err stage_media(stage *s, const char *who, int audio, int video, int echo);

/** Any event of theirs: @event's link and actor are set. */
thp_err stage_apply(stage *s, const char *who, thp_event event);

/** The link of @who is lost. */
void stage_lose(stage *s, const char *who);

/** Lets time pass, with a tick at each deadline on the way; what all of them caused counts as one
 * event. */
void stage_wait(stage *s, gdouble seconds);

void stage_shut_down(stage *s);

/** What @who was told and what became of them by the last event: "" for nothing. Until the stage
 * closes. */
const char *stage_told(stage *s, const char *who);

/** Everybody whom the last event concerned: "bob,eve". */
const char *stage_concerned(stage *s);

/** The entry of @target on the list of @who; it must be there. */
thp_person stage_seen(stage *s, const char *who, const char *target);

/** The state of @who; it must be in the area. */
thp_state stage_state(const stage *s, const char *who);

/** TRUE if @who is in the area. */
gboolean stage_has(const stage *s, const char *who);

/** To whom the media of @who flow now: "bob:0,eve:1". */
const char *stage_flows(stage *s, const char *who);

#define assert_told(s, who, line) g_assert_cmpstr(stage_told((s), (who)), ==, (line))
