/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One small function an effect. A person whose handle is gone meanwhile is skipped. */
#include "effects.h"

#include <therapy/reply.h>

#include "consents.h"
#include "log.h"
#include "media.h"
#include "receiver.h"
#include "recordings.h"
#include "registry.h"

typedef struct context {
	const thp_area *area;
	const thp_effect *effect;
	thp_session *session; /* of whom it is about */
	thp_now at;
	const char *transaction;
} context;

static void tell(const context *c, json_t *event)
{
	thp_session_push(c->session, NULL, event, NULL);
}

static void do_joined(const context *c)
{
	thp_session *session = c->session;
	char ticket[THP_TICKET_CHARS + 1];
	thp_self self;

	if (!thp_area_self(c->area, c->effect->who, &self))
		return;
	g_strlcpy(session->area, thp_area_name(c->area), sizeof session->area);
	g_strlcpy(session->who, c->effect->who, sizeof session->who);
	session->is_therapist = self.invitation->role == THP_ROLE_THERAPIST;
	atomic_store(&session->kind, THP_PARTICIPANT);
	atomic_store(&session->state, self.state);
	thp_registry_issue(session, ticket);
	thp_reply_joined joined = {.participant = session->who,
				   .role = thp_role_name(self.invitation->role),
				   .state = thp_state_name(self.state),
				   .ticket = ticket,
				   .name = self.invitation->name,
				   .with = self.invitation->with,
				   .lang = self.invitation->lang,
				   .room = self.invitation->room,
				   .area = self.invitation->area,
				   .resumed = c->effect->flag,
				   .pairs = thp_area_pairs(c->area, session->who),
				   .therapist_present = self.therapist_present};
	thp_session_push(session, c->transaction, thp_reply_joined_new(&joined), NULL);
	explicit_bzero(ticket, sizeof ticket);
}

static void notify(const context *c, const char *state, const char *reason)
{
	if (!gateway.conf.events || !gateway.janus->events_is_enabled())
		return;
	gateway.janus->notify_event(
		gateway.plugin, c->session->handle,
		json_pack("{s:s, s:s, s:s}", "event", "state", "state", state, "reason", reason));
}

static void do_state(const context *c)
{
	const thp_effect *e = c->effect;
	const char *state = thp_state_name(e->state);
	const char *reason = thp_reason_name(e->reason);

	atomic_store(&c->session->state, e->state);
	tell(c, thp_reply_state(state, reason, e->room[0] ? e->room : NULL, e->text));
	/* Why is between them and the ledger. */
	if (e->reason == THP_BY_CONSENT)
		reason = thp_reason_name(THP_BY_HOLD);
	if (e->state == THP_ADMITTED)
		thp_adapt_enter(thp_worker_adapt(c->session), c->session, e->room);
	else
		thp_adapt_leave(thp_worker_adapt(c->session), c->session);
	if (e->state == THP_WAITING || e->state == THP_HELD)
		thp_network_look(thp_worker_network(c->session), c->session);
	else
		thp_network_leave(c->session);
	notify(c, state, reason);
	log_info("link %" G_GUINT64_FORMAT " is %s (%s)", e->link, state, reason);
}

static void do_roster(const context *c)
{
	g_autoptr(GArray) peers = thp_area_roster(c->area, c->effect->who);
	thp_reply_peer rows[THP_SEATS_MAX];
	thp_self self;
	guint n = 0;

	if (!thp_area_self(c->area, c->effect->who, &self))
		return;
	for (; n < peers->len && n < G_N_ELEMENTS(rows); n++) {
		const thp_peer *p = &g_array_index(peers, thp_peer, n);
		rows[n] = (thp_reply_peer){.participant = p->id,
					   .role = thp_role_name(p->role),
					   .name = p->name,
					   .audio = p->audio,
					   .video = p->video,
					   .away = p->away,
					   .slot = p->slot};
	}
	tell(c, thp_reply_roster(self.room, self.locked, rows, n));
}

static void do_list(const context *c)
{
	g_autoptr(GArray) people = thp_area_people(c->area, c->effect->who, c->at);
	g_autofree thp_reply_person *rows = g_new0(thp_reply_person, people->len + 1);

	for (guint i = 0; i < people->len; i++) {
		const thp_person *p = &g_array_index(people, thp_person, i);
		rows[i] = (thp_reply_person){
			.participant = p->id,
			.knock = p->knock,
			.name = p->name,
			.role = thp_role_name(p->role),
			.room = p->room,
			.state = thp_state_name(p->state),
			.away = p->away,
			.ready = p->ready,
			.locked = p->locked,
			.waited_s = p->waited_s,
			.consent = thp_consent_summary_name(p->consent),
			.others = thp_consent_summary_name(p->others),
			.details = p->details,
			.network = p->network.level != THP_NETWORK_UNKNOWN ? &p->network : NULL};
	}
	tell(c, thp_reply_waiting(rows, people->len));
}

json_t *thp_effects_clock(const thp_area *area, const char *who, thp_now at)
{
	thp_session_time t;
	thp_self self;

	if (!thp_area_self(area, who, &self) || !thp_area_time(area, who, at, &t))
		return NULL;
	thp_reply_clock clock = {.room = self.room,
				 .paused = t.paused,
				 .hard = t.hard,
				 .ran_ms = t.ran_us / 1000,
				 .left_ms = t.left_us / 1000,
				 .length_s = t.length_us / G_USEC_PER_SEC,
				 .end_ms = t.end_us / 1000,
				 .closes_ms = t.closes_us < 0 ? -1 : t.closes_us / 1000,
				 .for_therapist = t.is_therapist,
				 .extend_s = t.extendable_us / G_USEC_PER_SEC,
				 .pause_left_s = t.pause_left_us / G_USEC_PER_SEC,
				 .next_waits = t.next_waits,
				 .next_start = t.next_start_s};
	return thp_reply_clock_new(&clock);
}

static void do_clock(const context *c)
{
	json_t *clock = thp_effects_clock(c->area, c->effect->who, c->at);

	if (clock)
		tell(c, clock);
}

static void do_consent(const context *c)
{
	json_t *view = thp_consents_view(c->area, c->effect->who);

	if (view)
		tell(c, view);
}

static void do_recording(const context *c)
{
	tell(c, thp_recordings_view(c->area, c->effect->room, c->effect->who));
}

static void do_route(const context *c)
{
	thp_route_plan plan;

	thp_area_route(c->area, c->effect->who, &plan);
	thp_route_set(c->session, &plan);
}

static void do_keys(const context *c)
{
	const thp_keys_notice *notice = c->effect->keys;

	tell(c, thp_reply_keys(notice, thp_state_name((thp_state)notice->state)));
}

static void do_silence(const context *c)
{
	static const thp_route_plan nowhere = {0};

	thp_route_set(c->session, &nowhere);
}

/* The person is gone, or has another link: nothing of this one may be of use any more. */
static void do_close(const context *c)
{
	thp_session *session = c->session;

	do_silence(c);
	thp_adapt_leave(thp_worker_adapt(session), session);
	thp_network_leave(session);
	session->who[0] = '\0';
	gateway.janus->close_pc(session->handle);
	thp_receiver_close(session);
	thp_registry_remove(session);
}

static void run(const context *c)
{
	switch (c->effect->kind) {
	case THP_FX_JOINED:
		do_joined(c);
		break;
	case THP_FX_STATE:
		do_state(c);
		break;
	case THP_FX_PRESENCE:
		tell(c, thp_reply_presence(c->effect->flag));
		break;
	case THP_FX_ROSTER:
		do_roster(c);
		break;
	case THP_FX_LIST:
		do_list(c);
		break;
	case THP_FX_MESSAGE:
		tell(c, thp_reply_message(c->effect->text));
		break;
	case THP_FX_DRAIN:
		tell(c, thp_reply_draining(c->effect->flag));
		break;
	case THP_FX_CLOCK:
		do_clock(c);
		break;
	case THP_FX_CONSENT:
		do_consent(c);
		break;
	case THP_FX_RECORDING:
		do_recording(c);
		break;
	case THP_FX_CONSENT_READ:
		thp_consents_read(c->session, c->area, c->effect->who);
		break;
	case THP_FX_CUE:
		tell(c, thp_reply_cue(thp_cue_name(c->effect->cue),
				      c->effect->left_us / G_USEC_PER_SEC, c->effect->flag));
		break;
	case THP_FX_KEYS:
		do_keys(c);
		break;
	case THP_FX_SILENCE:
		do_silence(c);
		break;
	case THP_FX_ROUTE:
		do_route(c);
		break;
	case THP_FX_KEYFRAME:
		thp_media_keyframe(c->session, TRUE);
		break;
	case THP_FX_PAIRS:
		thp_receiver_offer_more(c->session, thp_area_pairs(c->area, c->effect->who));
		break;
	case THP_FX_CLOSE:
		do_close(c);
		break;
	default:
		break;
	}
}

void thp_effects_run(const thp_effects *fx, const thp_area *area, thp_now at,
		     const char *transaction)
{
	for (guint i = 0; i < fx->list->len; i++) {
		const thp_effect *effect = &g_array_index(fx->list, thp_effect, i);
		g_autoptr(thp_session) session = thp_registry_get(effect->link);
		context c = {area, effect, session, at, transaction};

		if (effect->kind == THP_FX_RECORD)
			thp_recordings_put(area, effect->room);
		else if (session)
			run(&c);
	}
}
