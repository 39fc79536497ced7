/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The events, in the order of docs/protocol.md. */
#include <therapy/reply.h>

/* Never NULL: a page that asked is always answered. */
static json_t *whole(json_t *json)
{
	return json ? json : thp_reply_error(THP_INTERNAL, NULL);
}

json_t *thp_reply_error(thp_err err, const char *field)
{
	return json_pack("{s:s, s:i, s:s, s:s, s:s*}", "therapy", "error", "error_code",
			 thp_err_code(err), "error_name", thp_err_name(err), "error",
			 thp_err_text(err), "field", field);
}

json_t *thp_reply_hello(const char *nonce)
{
	return whole(json_pack("{s:s, s:i, s:s}", "therapy", "hello", "version",
			       THP_PROTOCOL_VERSION, "nonce", nonce));
}

json_t *thp_reply_joined_new(const thp_reply_joined *j)
{
	return whole(json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:i, s:b}",
			       "therapy", "joined", "participant", j->participant, "role", j->role,
			       "state", j->state, "ticket", j->ticket, "name", j->name, "with",
			       j->with, "lang", j->lang, "room", j->room, "area", j->area,
			       "resumed", j->resumed, "pairs", (int)j->pairs, "therapist_present",
			       j->therapist_present));
}

/* An event that is its name and nothing else. */
static json_t *bare(const char *name)
{
	return whole(json_pack("{s:s}", "therapy", name));
}

json_t *thp_reply_published(void)
{
	return bare("published");
}

json_t *thp_reply_media(gboolean audio, gboolean video, gboolean echo)
{
	return whole(json_pack("{s:s, s:b, s:b, s:b}", "therapy", "media", "audio", audio, "video",
			       video, "echo", echo));
}

json_t *thp_reply_left(void)
{
	return bare("left");
}

json_t *thp_reply_state(const char *state, const char *reason, const char *room, const char *text)
{
	return whole(json_pack("{s:s, s:s, s:s, s:s*, s:s*}", "therapy", "state", "state", state,
			       "reason", reason, "room", room, "text", text));
}

json_t *thp_reply_presence(gboolean therapist_present)
{
	return whole(json_pack("{s:s, s:b}", "therapy", "presence", "therapist_present",
			       therapist_present));
}

/* Appends @item and gives it away; FALSE if either is missing. */
static gboolean append(json_t *array, json_t *item)
{
	return item && json_array_append_new(array, item) == 0;
}

static json_t *peer(const thp_reply_peer *p)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:b, s:i, s:b}", "participant", p->participant,
			 "role", p->role, "name", p->name, "audio", p->audio, "video", p->video,
			 "slot", p->slot, "away", p->away);
}

json_t *thp_reply_roster(const char *room, gboolean locked, const thp_reply_peer *peers, guint n)
{
	json_auto_t *array = json_array();

	for (guint i = 0; i < n; i++) {
		if (!append(array, peer(&peers[i])))
			return whole(NULL);
	}
	return whole(json_pack("{s:s, s:s, s:b, s:O}", "therapy", "roster", "room", room, "locked",
			       locked, "peers", array));
}

json_t *thp_reply_clock_new(const thp_reply_clock *c)
{
	json_t *clock = whole(json_pack("{s:s, s:s, s:b, s:b, s:I, s:I, s:I, s:I}", "therapy",
					"clock", "room", c->room, "paused", c->paused, "hard",
					c->hard, "ran_ms", (json_int_t)c->ran_ms, "left_ms",
					(json_int_t)c->left_ms, "length_s", (json_int_t)c->length_s,
					"end_ms", (json_int_t)c->end_ms));

	if (c->closes_ms >= 0)
		json_object_set_new(clock, "closes_ms", json_integer(c->closes_ms));
	if (!c->for_therapist)
		return clock;
	json_object_set_new(clock, "extend_s", json_integer(c->extend_s));
	json_object_set_new(clock, "pause_left_s", json_integer(c->pause_left_s));
	json_object_set_new(clock, "next_waits", json_boolean(c->next_waits));
	if (c->next_start != 0)
		json_object_set_new(clock, "next_start", json_integer(c->next_start));
	return clock;
}

json_t *thp_reply_recording_new(const thp_reply_recording *r)
{
	json_t *event = whole(json_pack("{s:s, s:s, s:s, s:b, s:b}", "therapy", "recording", "room",
					r->room, "state", r->state, "video", r->video, "agreed",
					r->agreed));

	if (r->reason)
		json_object_set_new(event, "reason", json_string(r->reason));
	if (r->left_ms > 0)
		json_object_set_new(event, "left_ms", json_integer(r->left_ms));
	return event;
}

json_t *thp_reply_record_key(guint32 gi, guint64 epoch)
{
	return whole(json_pack("{s:s, s:I, s:I}", "therapy", "record_key", "gi", (json_int_t)gi,
			       "epoch", (json_int_t)epoch));
}

json_t *thp_reply_cue(const char *cue, gint64 left_s, gboolean shared)
{
	return whole(json_pack("{s:s, s:s, s:I, s:b}", "therapy", "cue", "cue", cue, "left_s",
			       (json_int_t)left_s, "shared", shared));
}

json_t *thp_reply_message(const char *text)
{
	return whole(json_pack("{s:s, s:s}", "therapy", "message", "text", text));
}

json_t *thp_reply_draining(gboolean draining)
{
	return whole(json_pack("{s:s, s:b}", "therapy", "draining", "draining", draining));
}

/* The answer to what a therapist did to somebody. */
static json_t *done_to(const char *name, const char *participant)
{
	return whole(json_pack("{s:s, s:s}", "therapy", name, "participant", participant));
}

json_t *thp_reply_admitted(const char *participant)
{
	return done_to("admitted", participant);
}

json_t *thp_reply_held(const char *participant)
{
	return done_to("held", participant);
}

json_t *thp_reply_denied(const char *participant)
{
	return done_to("denied", participant);
}

json_t *thp_reply_removed(const char *participant)
{
	return done_to("removed", participant);
}

json_t *thp_reply_sent(const char *participant)
{
	return done_to("sent", participant);
}

json_t *thp_reply_locked(const char *room, gboolean locked)
{
	return whole(
		json_pack("{s:s, s:s, s:b}", "therapy", "locked", "room", room, "locked", locked));
}

/* The answer to what a therapist did to the session in a room. */
static json_t *done_in(const char *name, const char *room)
{
	return whole(json_pack("{s:s, s:s}", "therapy", name, "room", room));
}

json_t *thp_reply_ended(const char *room)
{
	return done_in("ended", room);
}

json_t *thp_reply_extended(const char *room, int minutes)
{
	return whole(json_pack("{s:s, s:s, s:i}", "therapy", "extended", "room", room, "minutes",
			       minutes));
}

json_t *thp_reply_paused(const char *room)
{
	return done_in("paused", room);
}

json_t *thp_reply_resumed(const char *room)
{
	return done_in("resumed", room);
}

static json_t *network_word(const thp_network_word *word)
{
	return json_pack("{s:s, s:b, s:b}", "level", thp_network_level_name(word->level), "warn",
			 word->warn, "voice_only", word->voice_only);
}

static json_t *person(const thp_reply_person *p)
{
	json_t *details = p->details < 0 ? NULL : json_integer(p->details);
	json_t *network = p->network ? network_word(p->network) : NULL;

	return json_pack(
		"{s:s, s:I, s:s, s:s, s:s, s:s, s:b, s:I, s:b, s:b, s:s*, s:s*, s:o*, s:o*}",
		"participant", p->participant, "knock", (json_int_t)p->knock, "name", p->name,
		"role", p->role, "room", p->room, "state", p->state, "away", p->away, "waited_s",
		(json_int_t)p->waited_s, "ready", p->ready, "locked", p->locked, "consent",
		p->consent, "others", p->others, "details", details, "network", network);
}

json_t *thp_reply_waiting(const thp_reply_person *people, guint n)
{
	json_auto_t *array = json_array();

	for (guint i = 0; i < n; i++) {
		if (!append(array, person(&people[i])))
			return whole(NULL);
	}
	return whole(json_pack("{s:s, s:O}", "therapy", "waiting", "people", array));
}

json_t *thp_reply_offer(guint pairs)
{
	return whole(json_pack("{s:s, s:i}", "therapy", "offer", "pairs", (int)pairs));
}

json_t *thp_reply_receiving(void)
{
	return bare("receiving");
}

json_t *thp_reply_keys_loaded(guint n)
{
	return whole(json_pack("{s:s, s:i}", "therapy", "keys_loaded", "keys", (int)n));
}

json_t *thp_reply_backup(const char *file)
{
	return whole(json_pack("{s:s, s:s}", "therapy", "backup", "file", file));
}

json_t *thp_reply_status_new(const thp_reply_status *s)
{
	return whole(json_pack(
		"{s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "therapy",
		"status", "version", s->version, "draining", s->draining, "areas",
		(json_int_t)s->areas, "rooms", (json_int_t)s->rooms, "participants",
		(json_int_t)s->participants, "waiting", (json_int_t)s->waiting, "admitted",
		(json_int_t)s->admitted, "away", (json_int_t)s->away, "relayed_packets",
		(json_int_t)s->relayed_packets, "dropped_packets", (json_int_t)s->dropped_packets,
		"refused_media", (json_int_t)s->refused_media, "errors", (json_int_t)s->errors,
		"unrecorded_packets", (json_int_t)s->unrecorded_packets));
}

json_t *thp_reply_handle_new(const thp_reply_handle *h)
{
	return whole(json_pack("{s:s, s:s*, s:I, s:I}", "handle", h->handle, "state", h->state,
			       "relayed_packets", (json_int_t)h->relayed_packets, "dropped_packets",
			       (json_int_t)h->dropped_packets));
}

json_t *thp_reply_jsep(gboolean is_offer, const char *sdp, gboolean e2ee, gboolean restart)
{
	json_t *jsep =
		whole(json_pack("{s:s, s:s}", "type", is_offer ? "offer" : "answer", "sdp", sdp));

	/* Both are only ever said when true: that is how Janus speaks of them. */
	if (e2ee)
		(void)json_object_set_new(jsep, "e2ee", json_true());
	if (restart)
		(void)json_object_set_new(jsep, "restart", json_true());
	return jsep;
}

/* ---- keys ---- */

json_t *thp_reply_keys_accepted(guint32 gi, guint64 epoch)
{
	return whole(json_pack("{s:s, s:s, s:I, s:I}", "therapy", "e2ee", "type", "accepted", "gi",
			       (json_int_t)gi, "epoch", (json_int_t)epoch));
}

static json_t *keypackage(const thp_keys_notice *n, const char *state)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:s, s:s, s:I, s:I, s:s}", "therapy", "e2ee", "type",
			 thp_keys_name(n->kind), "participant", n->other, "knock",
			 (json_int_t)n->knock, "room", n->room, "state", state, "gi",
			 (json_int_t)n->gi, "epoch", (json_int_t)n->epoch, "data", n->data);
}

static json_t *removed_people(const thp_keys_notice *n)
{
	json_t *people = json_array();

	for (guint i = 0; i < n->n_removed; i++)
		json_array_append_new(people, json_string(n->removed[i]));
	return people;
}

json_t *thp_reply_keys(const thp_keys_notice *n, const char *state)
{
	const char *type = thp_keys_name(n->kind);
	json_int_t gi = (json_int_t)n->gi, epoch = (json_int_t)n->epoch;

	switch (n->kind) {
	case THP_KEYS_KEYPACKAGE:
		return whole(keypackage(n, state));
	case THP_KEYS_PENDING:
		return whole(json_pack("{s:s, s:s, s:I, s:I, s:o}", "therapy", "e2ee", "type", type,
				       "gi", gi, "epoch", epoch, "remove", removed_people(n)));
	case THP_KEYS_STATE:
		return whole(json_pack("{s:s, s:s, s:I, s:I, s:b}", "therapy", "e2ee", "type", type,
				       "gi", gi, "epoch", epoch, "member", n->member));
	case THP_KEYS_RESET:
		return whole(
			json_pack("{s:s, s:s, s:I}", "therapy", "e2ee", "type", type, "gi", gi));
	case THP_KEYS_APP:
		return whole(json_pack("{s:s, s:s, s:I, s:s, s:s}", "therapy", "e2ee", "type", type,
				       "gi", gi, "from", n->other, "data", n->data));
	default: /* commit, welcome */
		return whole(json_pack("{s:s, s:s, s:I, s:I, s:s, s:s}", "therapy", "e2ee", "type",
				       type, "gi", gi, "epoch", epoch, "from", n->other, "data",
				       n->data));
	}
}
