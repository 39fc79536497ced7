/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file inside.h
 * What the files of the area share: the people, rooms and bindings inside one, and how they change.
 * Private to core/. Everything here belongs to the thread that owns the area.
 */
#pragma once

#include "consent_inside.h"
#include "recording_inside.h"

typedef struct logged_commit {
	guint64 epoch; /* in which it was made */
	char from[THP_WHO_LEN + 1];
	char *data; /* owned */
} logged_commit;

/* What the server knows of a room's MLS group. */
typedef struct group {
	guint32 gi; /* instance; grows */
	guint64 epoch;
	guint n_members;
	char members[THP_SEATS_MAX][THP_WHO_LEN + 1]; /* in order of standing */
	logged_commit log[THP_KEYS_LOG];              /* ring, by epoch */
	gint64 pending_us; /* since when a removal is due from somebody; 0: none is */
	guint passed_over; /* how many did not commit it in time */
} group;

typedef struct room {
	char name[THP_ID_MAX + 1];
	int seats; /* the largest that an invitation for it says */
	gboolean locked;
	int minutes, max_minutes; /* the most that an invitation for it says; 0: nothing */
	gboolean goodbye;         /* the last who went out of the session did so for good */
	thp_clock clock;
	group group;
	recording recording;
} room;

typedef struct participant {
	char id[THP_WHO_LEN + 1];
	char key[THP_JTI_KEY_LEN + 1]; /* of the binding */
	gboolean restored;             /* not seen since a restart: the names are not known */
	thp_invitation invitation;
	thp_state state;   /* never a final one: those people are gone from the area */
	thp_state before;  /* AWAY: the state to come back to */
	thp_reason reason; /* of the last change */
	room *room;    /* borrowed; a therapist: the room they are in, or NULL; others: theirs */
	guint64 link;  /* 0 while away */
	guint32 knock; /* which knock of this invitation it is, from 1 */
	gint64 knocked_us;
	gboolean no_show_told; /* or not worth telling any more */
	gint64 away_us;        /* AWAY: since when */
	gboolean audio, video, echo;
	gboolean publisher_up, receiver_up;
	thp_network_word network; /* what the test of this link has found */
	guint pairs, pairs_asked; /* of the receiver handle: agreed; offered and not agreed yet */
	thp_consent_places consents;
	recording_seat recording;
	char *keypackage;                         /* owned; the newest that is not used, or NULL */
	struct participant *slots[THP_PAIRS_MAX]; /* borrowed: whose media each pair carries */
} participant;

typedef struct binding {
	char key[THP_JTI_KEY_LEN + 1];
	guint8 device_key[THP_DEVICE_KEY_BYTES];
	gint64 exp_s;
	gint64 used_s; /* when somebody last joined with it */
	guint32 knock;
	gboolean revoked;
	char session[THP_ID_MAX + 1]; /* the room of the session they were let into; empty: none */
} binding;

typedef struct remembered remembered;

struct thp_area {
	char name[THP_ID_MAX + 1];
	thp_area_limits limits;
	GHashTable *people;   /* id -> participant, owned */
	GHashTable *rooms;    /* name -> room, owned */
	GHashTable *bindings; /* key -> binding, owned */
	gboolean draining;    /* no session may begin */
	gboolean list_dirty;  /* the therapists have not heard of the last arrivals */
	gint64 list_sent_us;
	thp_now now; /* of the event that is being taken */
	/* what lasts, as last written: key -> thp_lasting_person, name -> written_room, owned */
	GHashTable *written_people, *written_rooms;
	gboolean written_all; /* the bindings too, but for those touched */
	GHashTable *touched;  /* set of keys of bindings, owned */
	remembered *kept;     /* owned; NULL: nothing can be undone */
};

/* effect.c: append one effect about @p; and put those of one event, from index @from, in order */
thp_effect *effect_add(thp_effects *fx, thp_effect_kind kind, const participant *p);
void effect_state(thp_effects *fx, const participant *p);
void effects_settle(const thp_area *area, thp_effects *fx, guint from);

/* participant.c */
participant *participant_new(const char *id, const thp_invitation *invitation);
void participant_free(gpointer p);
participant *participant_find(const thp_area *area, const char *id);
participant *participant_of_key(const thp_area *area, const char *key);
gboolean is_therapist(const participant *p);
gboolean is_inside(const participant *p, const room *r); /* admitted there, and linked */
gboolean has_seat(const participant *p, const room *r);  /* inside, or away from there */
thp_state lasting_state(const participant *p);           /* state, or what AWAY returns to */
gboolean sees(const participant *therapist, const participant *p);
void participant_forget_paths(participant *p);

/* binding.c */
void binding_key(const char *jti, char key[static THP_JTI_KEY_LEN + 1]);
thp_err binding_check(const thp_area *area, const thp_event *knock);
binding *binding_take(thp_area *area, const thp_event *knock); /* finds or makes */
void binding_revoke(thp_area *area, const char *key);
void binding_admit(thp_area *area, const char *key, const room *r);
gboolean binding_was_in(const thp_area *area, const char *key, const room *r);
void bindings_revoke(thp_area *area, const room *r); /* of whoever was let in there */
void bindings_purge(thp_area *area, gint64 wall_s);

/* room.c */
void room_free(gpointer r);
room *room_take(thp_area *area, const thp_invitation *invitation); /* finds or makes */
room *room_find(const thp_area *area, const char *name);
guint room_seats_taken(const thp_area *area, const room *r);
gboolean room_has_therapist(const thp_area *area, const room *r, const participant *but);
void rooms_sweep(thp_area *area);

/* route.c: settle who is on which pair, put routes in force, tell the room */
void room_changed(thp_area *area, room *r, gboolean keyframes, thp_effects *fx);
void want_pairs(thp_area *area, participant *p, thp_effects *fx); /* more, if the area grew */

/* presence.c: what those who wait and those who watch over them are told */
gboolean therapist_present(const thp_area *area, const participant *p);
void tell_presence(thp_area *area, thp_effects *fx);
void tell_lists(thp_area *area, thp_now now, thp_effects *fx);
void tell_draining(const thp_area *area, thp_effects *fx);
void tell_lists_soon(thp_area *area, thp_now now, thp_effects *fx);

/* departure.c: the ways out; after send_back() the room must be told */
void depart(thp_area *area, participant *p, thp_state final, thp_reason reason, const char *text,
	    thp_effects *fx);
void send_back(thp_area *area, participant *p, thp_reason reason, thp_effects *fx);
void lose_link(thp_area *area, participant *p, thp_now now, thp_effects *fx);
void end_session(thp_area *area, room *r, thp_reason reason, thp_effects *fx);

/* group.c: bookkeeping of one group */
gboolean group_has(const group *g, const char *id);
void group_add(group *g, const char *id);
void group_drop(group *g, const char *id);
void group_dissolve(group *g);
void group_log(group *g, const char *from, const char *data); /* and on to the next epoch */
const logged_commit *group_logged(const group *g, guint64 epoch);
void group_clear(group *g);

/* keys.c: what is said about keys */
thp_err keys_request(thp_area *area, participant *p, const thp_keys *keys, thp_effects *fx);
thp_err keys_check_admission(const thp_area *area, const participant *actor,
			     const participant *target, const thp_keys *keys);
void keys_admit(thp_area *area, const participant *actor, participant *target, gboolean alone,
		const thp_keys *keys, thp_effects *fx);
void keys_tell_joined(thp_area *area, const participant *p, thp_effects *fx);

/* removal.c: who must commit that a member is gone */
void keys_ask_removal(thp_area *area, room *r, thp_effects *fx);
void keys_settle_removal(const thp_area *area, room *r);
void keys_tick(thp_area *area, thp_effects *fx);
gint64 keys_deadline_us(const thp_area *area);
thp_keys_notice *keys_tell(thp_effects *fx, const participant *to, thp_keys_kind kind,
			   const group *g);

/* timing.c: the clocks of the sessions */
void timing_start(thp_area *area, room *r, const participant *therapist, const participant *first);
thp_err timing_request(thp_area *area, participant *actor, const thp_event *event, thp_effects *fx);
void timing_settle(thp_area *area, thp_effects *fx);   /* after every event: who is with whom */
gboolean timing_tick(thp_area *area, thp_effects *fx); /* TRUE: a session has ended */
gint64 timing_deadline_us(const thp_area *area);
gboolean timing_restore(const thp_area *area, room *r, const thp_clock_record *record,
			thp_clock_moment at);
void timing_end(const thp_area *area, room *r); /* by the therapist, if time has not ended it */
void tell_clock(thp_area *area, const room *r, thp_effects *fx);

/* lasting.c, undo.c: what was written, and what is remembered */
void written_init(thp_area *area);
void written_clear(thp_area *area);
void remembered_free(remembered *k);
void remember_binding(thp_area *area, const char *key); /* as it is, if it is not remembered yet */

/* knock.c, admission.c: one function an event or request */
thp_err knock(thp_area *area, const thp_event *event, thp_now now, thp_effects *fx);
thp_err therapist_request(thp_area *area, participant *actor, const thp_event *event, thp_now now,
			  thp_effects *fx);
