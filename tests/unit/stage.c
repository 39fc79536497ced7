/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stage of the scenarios. Every event is also checked against the invariants. */
#include "stage.h"

#include <string.h>

#define STAGE_LONG_US (100 * G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

void stage_open(stage *s)
{
	g_clear_pointer(&s->area, thp_area_free);
	if (s->limits.people == 0)
		s->limits = (thp_area_limits){.people = STAGE_PEOPLE,
					      .bindings = STAGE_INVITATIONS,
					      .grace_us = STAGE_GRACE_S * G_USEC_PER_SEC,
					      .skew_s = STAGE_SKEW_S,
					      .list_us = STAGE_LIST_S * G_USEC_PER_SEC,
					      .session = {.clock = {.max_us = STAGE_LONG_US},
							  .length_us = STAGE_LONG_US / 2,
							  .clients_see = TRUE}};
	s->area = thp_area_new("khan", &s->limits);
	s->now = (thp_now){.mono_us = 1000 * G_USEC_PER_SEC, .wall_s = STAGE_START_S};
	s->seats = 2;
	s->exp_s = STAGE_START_S + 86400;
	if (!s->lines)
		s->lines = g_ptr_array_new_with_free_func(g_free);
	thp_effects_clear(&s->fx);
	thp_effects_init(&s->fx);
}

void stage_close(stage *s)
{
	g_clear_pointer(&s->area, thp_area_free);
	g_clear_pointer(&s->lines, g_ptr_array_unref);
	thp_effects_clear(&s->fx);
}

static const char *keep(stage *s, GString *line)
{
	char *text = g_string_free(line, FALSE);

	g_ptr_array_add(s->lines, text);
	return text;
}

/* Routes first, then words: so it must be after every event. */
static void check_order(const thp_effects *fx, guint from)
{
	int turn = 0;

	for (guint i = from; i < fx->list->len; i++) {
		thp_effect_kind kind = g_array_index(fx->list, thp_effect, i).kind;
		gboolean records = kind == THP_FX_RECORD;
		gboolean on = g_array_index(fx->list, thp_effect, i).flag;
		int its_turn = kind == THP_FX_SILENCE || (records && !on) ? 0
			       : kind == THP_FX_ROUTE                     ? 1
			       : records                                  ? 2
									  : 3;

		g_assert_cmpint(its_turn, >=, turn);
		turn = its_turn;
	}
}

static void clear(stage *s)
{
	thp_effects_clear(&s->fx);
	thp_effects_init(&s->fx);
}

static thp_err apply_more(stage *s, const thp_event *event)
{
	guint from = s->fx.list->len;
	thp_err err = thp_area_apply(s->area, event, s->now, &s->fx);

	g_assert_cmpstr(thp_area_violation(s->area), ==, NULL);
	g_assert_true(err == THP_OK || s->fx.list->len == from);
	check_order(&s->fx, from);
	return err;
}

static thp_err apply(stage *s, const thp_event *event)
{
	clear(s);
	return apply_more(s, event);
}

/* ---- events ---- */

static thp_err knock(stage *s, const char *who, thp_role role, const char *room, guint8 device)
{
	thp_invitation invitation = {.role = role,
				     .seats = s->seats,
				     .minutes = s->minutes,
				     .max_minutes = s->max_minutes,
				     .start_s = s->start_s,
				     .exp_s = s->exp_s};
	guint8 key[THP_DEVICE_KEY_BYTES] = {device};
	thp_event event = {.kind = THP_EV_KNOCK,
			   .link = ++s->links,
			   .actor = who,
			   .invitation = &invitation,
			   .device_key = key};

	g_strlcpy(invitation.guardian, s->guardian ? s->guardian : "", sizeof invitation.guardian);
	g_snprintf(invitation.jti, sizeof invitation.jti, "jti-%s", who);
	g_snprintf(invitation.sub, sizeof invitation.sub, "sub-%s", who);
	g_strlcpy(invitation.name, who, sizeof invitation.name);
	g_strlcpy(invitation.area, "khan", sizeof invitation.area);
	g_strlcpy(invitation.room, room, sizeof invitation.room);
	g_strlcpy((char *)key + 1, who, sizeof key - 1);
	return apply(s, &event);
}

thp_err stage_knock(stage *s, const char *who, thp_role role, const char *room)
{
	return knock(s, who, role, room, 1);
}

thp_err stage_knock_elsewhere(stage *s, const char *who, thp_role role, const char *room)
{
	return knock(s, who, role, room, 2);
}

void stage_arrive(stage *s, const char *who, thp_role role, const char *room)
{
	g_assert_cmpint(stage_knock(s, who, role, room), ==, THP_OK);
	stage_connect(s, who, thp_area_pairs(s->area, who));
}

static guint64 link_of(const stage *s, const char *who)
{
	thp_self self;

	return thp_area_self(s->area, who, &self) ? self.link : 0;
}

thp_err stage_paths(stage *s, const char *who, int publisher_up, int receiver_up, guint pairs)
{
	thp_event event = {.kind = THP_EV_PATHS,
			   .link = link_of(s, who),
			   .actor = who,
			   .publisher_up = publisher_up,
			   .receiver_up = receiver_up,
			   .pairs = pairs};

	return apply(s, &event);
}

void stage_connect(stage *s, const char *who, guint pairs)
{
	g_assert_cmpint(stage_paths(s, who, TRUE, TRUE, pairs), ==, THP_OK);
}

static thp_event request_of(const stage *s, const char *who, thp_request_kind kind)
{
	return (thp_event){.kind = THP_EV_REQUEST,
			   .link = link_of(s, who),
			   .actor = who,
			   .request = kind,
			   .audio = -1,
			   .video = -1,
			   .echo = -1};
}

thp_err stage_ask(stage *s, const char *who, thp_request_kind kind)
{
	thp_event event = request_of(s, who, kind);

	return apply(s, &event);
}

static guint32 knock_seen(stage *s, const char *who, const char *target)
{
	g_autoptr(GArray) people = thp_area_people(s->area, who, s->now);

	for (guint i = 0; i < people->len; i++) {
		const thp_person *p = &g_array_index(people, thp_person, i);
		if (g_strcmp0(p->id, target) == 0)
			return p->knock;
	}
	return 0;
}

thp_err stage_say(stage *s, const char *who, thp_request_kind kind, const char *target,
		  const char *text)
{
	thp_event event = request_of(s, who, kind);

	event.target = target;
	event.knock = knock_seen(s, who, target);
	event.text = text;
	return apply(s, &event);
}

thp_err stage_aim(stage *s, const char *who, thp_request_kind kind, const char *target)
{
	return stage_say(s, who, kind, target, NULL);
}

thp_err stage_lock(stage *s, const char *who, thp_request_kind kind, const char *room)
{
	thp_event event = request_of(s, who, kind);

	event.room = room;
	return apply(s, &event);
}

thp_err stage_extend(stage *s, const char *who, int minutes)
{
	thp_event event = request_of(s, who, THP_REQ_EXTEND);

	event.extend_us = minutes * G_GINT64_CONSTANT(60) * G_USEC_PER_SEC;
	return apply(s, &event);
}

thp_err stage_media(stage *s, const char *who, int audio, int video, int echo)
{
	thp_event event = request_of(s, who, THP_REQ_MEDIA);

	event.audio = audio;
	event.video = video;
	event.echo = echo;
	return apply(s, &event);
}

thp_err stage_apply(stage *s, const char *who, thp_event event)
{
	event.link = link_of(s, who);
	event.actor = who;
	return apply(s, &event);
}

void stage_lose(stage *s, const char *who)
{
	thp_event event = {.kind = THP_EV_LINK_LOST, .link = link_of(s, who), .actor = who};

	g_assert_cmpint(apply(s, &event), ==, THP_OK);
}

static void move_clock(stage *s, gint64 to_us)
{
	s->now.wall_s += to_us / G_USEC_PER_SEC - s->now.mono_us / G_USEC_PER_SEC;
	s->now.mono_us = to_us;
}

void stage_wait(stage *s, gdouble seconds)
{
	static const thp_event tick = {.kind = THP_EV_TICK};
	gint64 until_us = s->now.mono_us + (gint64)(seconds * (gdouble)G_USEC_PER_SEC);

	clear(s);
	for (;;) {
		gint64 due_us = thp_area_deadline(s->area, s->now);

		if (due_us > until_us)
			break;
		move_clock(s, MAX(due_us, s->now.mono_us));
		g_assert_cmpint(apply_more(s, &tick), ==, THP_OK);
		/* A tick at its deadline has done what it was for. */
		g_assert_cmpint(thp_area_deadline(s->area, s->now), >, s->now.mono_us);
	}
	move_clock(s, until_us);
}

void stage_shut_down(stage *s)
{
	static const thp_event shutdown = {.kind = THP_EV_SHUTDOWN};

	g_assert_cmpint(apply(s, &shutdown), ==, THP_OK);
}

/* ---- what became of it ---- */

static int by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Takes @words; "b,a" comes out as "a,b". */
static char *sorted(GPtrArray *words)
{
	g_ptr_array_sort(words, by_text);
	g_ptr_array_add(words, NULL);
	char *text = g_strjoinv(",", (char **)words->pdata);
	g_ptr_array_unref(words);
	return text;
}

static char *flows(const stage *s, const char *who)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
	thp_route_plan plan;

	thp_area_route(s->area, who, &plan);
	for (guint i = 0; i < plan.n_hops; i++)
		g_ptr_array_add(words,
				g_strdup_printf("%s:%u", plan.hops[i].who, plan.hops[i].slot));
	return sorted(words);
}

static char *roster(const stage *s, const char *who)
{
	g_autoptr(GArray) peers = thp_area_roster(s->area, who);
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < peers->len; i++) {
		const thp_peer *p = &g_array_index(peers, thp_peer, i);
		char slot[12] = "-";

		if (p->slot >= 0)
			g_snprintf(slot, sizeof slot, "%d", p->slot);
		g_ptr_array_add(words,
				g_strdup_printf("%s:%s%s", p->id, slot, p->away ? ":away" : ""));
	}
	return sorted(words);
}

static char *list(const stage *s, const char *who)
{
	g_autoptr(GArray) people = thp_area_people(s->area, who, s->now);
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < people->len; i++)
		g_ptr_array_add(words, g_strdup(g_array_index(people, thp_person, i).id));
	return sorted(words);
}

static void put_bracketed(GString *out, const char *word, char *taken)
{
	g_autofree char *inside = taken;

	g_string_append_printf(out, "%s[%s]", word, inside);
}

static void put_state(GString *out, const thp_effect *e)
{
	g_string_append_printf(out, "%s/%s", thp_state_name(e->state), thp_reason_name(e->reason));
	if (e->room[0] != '\0')
		g_string_append_printf(out, "@%s", e->room);
	if (e->text)
		g_string_append_printf(out, "\"%s\"", e->text);
}

static void put_clock(const stage *s, GString *out, const thp_effect *e)
{
	thp_session_time t;

	if (thp_area_time(s->area, e->who, s->now, &t))
		g_string_append_printf(out, "clock[%s%" G_GINT64_FORMAT "]",
				       t.paused ? "paused:" : "", t.left_us / G_USEC_PER_SEC);
	else
		g_string_append(out, "clock[]");
}

static void put_consent(const stage *s, GString *out, const thp_effect *e)
{
	thp_consent_view view;

	g_string_append(out, "consent[");
	g_assert_true(thp_area_consent(s->area, e->who, &view) && view.known);
	for (guint i = 0; i < view.n; i++)
		g_string_append_printf(out, "%s%s=%s", i > 0 ? "," : "", view.kinds[i].rule->name,
				       thp_consent_state_name(view.kinds[i].state));
	g_string_append(out, view.settled ? "]settled" : "]");
}

static char *recording_line(const stage *s, const char *room)
{
	thp_recording now;

	thp_area_recording(s->area, room, &now);
	const char *reason = thp_recording_reason_name(now.reason);
	return g_strconcat(thp_recording_state_name(now.state), now.video ? "+video" : "",
			   reason ? "/" : NULL, reason, NULL);
}

/* Who is told is all that matters to most scenarios. */
static gboolean is_read(const stage *s, const thp_effect *e)
{
	return s->clocks || (e->kind != THP_FX_CLOCK && e->kind != THP_FX_CUE);
}

static void put_word(const stage *s, GString *out, const thp_effect *e)
{
	switch (e->kind) {
	case THP_FX_JOINED:
		g_string_append(out, e->flag ? "joined-again" : "joined");
		break;
	case THP_FX_STATE:
		put_state(out, e);
		break;
	case THP_FX_PRESENCE:
		g_string_append_printf(out, "presence=%d", e->flag);
		break;
	case THP_FX_ROSTER:
		put_bracketed(out, "roster", roster(s, e->who));
		break;
	case THP_FX_LIST:
		put_bracketed(out, "list", list(s, e->who));
		break;
	case THP_FX_MESSAGE:
		g_string_append_printf(out, "message=\"%s\"", e->text);
		break;
	case THP_FX_ROUTE:
		put_bracketed(out, "route", flows(s, e->who));
		break;
	case THP_FX_CLOCK:
		put_clock(s, out, e);
		break;
	case THP_FX_CUE:
		g_string_append_printf(out, "cue=%s", thp_cue_name(e->cue));
		if (e->left_us > 0)
			g_string_append_printf(out, ":%" G_GINT64_FORMAT,
					       e->left_us / G_USEC_PER_SEC);
		break;
	case THP_FX_CONSENT:
		put_consent(s, out, e);
		break;
	case THP_FX_RECORDING:
		put_bracketed(out, "recording", recording_line(s, e->room));
		break;
	case THP_FX_PAIRS:
		g_string_append_printf(out, "pairs=%u", thp_area_pairs(s->area, e->who));
		break;
	default:
		g_string_append(out, e->kind == THP_FX_SILENCE        ? "silence"
				     : e->kind == THP_FX_KEYFRAME     ? "keyframe"
				     : e->kind == THP_FX_KEYS         ? thp_keys_name(e->keys->kind)
				     : e->kind == THP_FX_CLOSE        ? "close"
				     : e->kind == THP_FX_CONSENT_READ ? "consent-read"
								      : "?");
	}
}

const char *stage_told(stage *s, const char *who)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < s->fx.list->len; i++) {
		const thp_effect *e = &g_array_index(s->fx.list, thp_effect, i);

		if (strcmp(e->who, who) != 0 || !is_read(s, e))
			continue;
		if (out->len > 0)
			g_string_append_c(out, ' ');
		if (link_of(s, who) != 0 && e->link != link_of(s, who))
			g_string_append(out, "former:");
		put_word(s, out, e);
	}
	return keep(s, out);
}

const char *stage_concerned(stage *s)
{
	GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < s->fx.list->len; i++) {
		const thp_effect *e = &g_array_index(s->fx.list, thp_effect, i);
		const char *who = e->who;

		if (!is_read(s, e) || who[0] == '\0')
			continue;
		if (!g_ptr_array_find_with_equal_func(words, who, g_str_equal, NULL))
			g_ptr_array_add(words, g_strdup(who));
	}
	char *text = sorted(words);
	g_ptr_array_add(s->lines, text);
	return text;
}

thp_person stage_seen(stage *s, const char *who, const char *target)
{
	g_autoptr(GArray) people = thp_area_people(s->area, who, s->now);

	for (guint i = 0; i < people->len; i++) {
		const thp_person *p = &g_array_index(people, thp_person, i);
		if (strcmp(p->id, target) == 0)
			return *p;
	}
	g_error("%s does not see %s", who, target);
}

thp_state stage_state(const stage *s, const char *who)
{
	thp_self self;

	g_assert_true(thp_area_self(s->area, who, &self));
	return self.state;
}

gboolean stage_has(const stage *s, const char *who)
{
	thp_self self;

	return thp_area_self(s->area, who, &self);
}

const char *stage_flows(stage *s, const char *who)
{
	char *text = flows(s, who);

	g_ptr_array_add(s->lines, text);
	return text;
}
