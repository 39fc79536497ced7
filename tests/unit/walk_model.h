/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file walk_model.h
 * The steps of a random walk through an area, and a slow, obvious model of what they should lead
 * to.
 *
 * The model shares no code with the core: who is where, who is bound, who may do what are written
 * out here once more, as docs/protocol.md tells it. Of time it knows only what it is told.
 */
#pragma once

#include <therapy/area.h>

#define WALK_CAST   10
#define WALK_ROOMS  4 /* the last one never has anybody */
#define WALK_NOBODY (-1)

typedef enum walk_kind {
	WALK_KNOCK,
	WALK_REQUEST,
	WALK_LOST,
	WALK_PATHS,
	WALK_TICK,
	WALK_SHUTDOWN,
	WALK_KINDS
} walk_kind;

/** One step, by the cast's numbers, so that it means something wherever it stands. */
typedef struct walk_step {
	walk_kind kind;
	int who;    /* cast */
	int target; /* cast, or WALK_NOBODY */
	int room;   /* for LOCK and UNLOCK */
	thp_request_kind request;
	int off;    /* added to the knock number: 0 is right */
	int device; /* of the knock */
	int link;   /* 0: theirs, 1: somebody else's, 2: none */
	int audio, video, echo, publisher_up, receiver_up;
	guint pairs;
	guint wait_ms;   /* before the step */
	int wall_jump_s; /* likewise */
} walk_step;

/** What is known of one person of the cast. */
typedef struct walk_person {
	gboolean in, away;
	thp_state state; /* WAITING, HELD or ADMITTED; of an away person: the one to come back to */
	int room;        /* a therapist's: where they are, or WALK_NOBODY; others': theirs */
	guint64 link;
	char id[THP_WHO_LEN + 1];
	gint64 knocked_us, away_us;
	gboolean audio, video, echo, publisher_up, receiver_up;
	guint pairs;
	/* of the invitation; outlives the person */
	gboolean bound, revoked;
	int was_in; /* 1 + the room of the session they were let into; 0: none */
	int device;
	guint32 knock;
} walk_person;

typedef struct walk_model {
	walk_person people[WALK_CAST];
	gboolean locked[WALK_ROOMS];
	gboolean on[WALK_ROOMS]; /* a session */
	int seats[WALK_ROOMS];   /* 0: nobody belongs to the room */
	thp_area_limits limits;
	guint64 links;
	thp_now now;
} walk_model;

/** Starts with nobody. */
void walk_model_init(walk_model *m);

/** The invitation of one of the cast. */
thp_invitation walk_invitation(int who);

/** The names of rooms and people. */
const char *walk_room_name(int room);
const char *walk_name(int who);

/** What the core should answer to @step; the model moves on only if that is OK. Not for TICK. */
thp_err walk_model_apply(walk_model *m, const walk_step *step);

/** What time does to those who are in, until it has nothing more to do. */
void walk_model_tick(walk_model *m);

/** Who may see whom; who hears of whose presence. */
gboolean walk_sees(int therapist, int who);
gboolean walk_is_therapist(int who);
gboolean walk_therapist_present(const walk_model *m, int who);

/** Whether @who has a seat in @room: is inside, or away from there. */
gboolean walk_has_seat(const walk_model *m, int who, int room);

/** Whether media may flow from @from to @to now. */
gboolean walk_may_flow(const walk_model *m, int from, int to);
