/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests of somebody who has joined, and of their receiver handle. */
#include "call.h"

#include <therapy/reply.h>

#include "areas.h"
#include "clocks.h"
#include "effects.h"
#include "media.h"
#include "receiver.h"
#include "registry.h"

thp_area *thp_call_area(thp_worker *worker, const thp_session *session)
{
	return session->who[0] != '\0' ? thp_worker_area(worker, session->area, FALSE) : NULL;
}

thp_err thp_call_apply(thp_call *call)
{
	const thp_request *request = &call->request;
	thp_area *area = thp_call_area(call->worker, call->session);
	thp_event event = {.kind = THP_EV_REQUEST,
			   .link = call->session->link,
			   .actor = call->session->who,
			   .request = request->kind,
			   .target = request->participant,
			   .knock = request->knock,
			   .room = request->room,
			   .text = request->text[0] != '\0' ? request->text : NULL,
			   .audio = request->audio,
			   .video = request->video,
			   .echo = request->echo,
			   .consent = request->consent,
			   .version = request->version,
			   .guardian = request->guardian,
			   .extend_us = request->minutes * G_GINT64_CONSTANT(60) * G_USEC_PER_SEC,
			   .keys = request->has_keys ? &request->keys : NULL};

	if (!area)
		return THP_NOT_JOINED;
	return thp_worker_apply(call->worker, area, &event, NULL);
}

static json_t *success(const thp_call *call, const thp_self *self)
{
	const thp_request *request = &call->request;

	switch (request->kind) {
	case THP_REQ_MEDIA:
		return thp_reply_media(self->audio, self->video, self->echo);
	case THP_REQ_LEAVE:
		return thp_reply_left();
	case THP_REQ_ADMIT:
		return thp_reply_admitted(request->participant);
	case THP_REQ_HOLD:
		return thp_reply_held(request->participant);
	case THP_REQ_DENY:
		return thp_reply_denied(request->participant);
	case THP_REQ_REMOVE:
		return thp_reply_removed(request->participant);
	case THP_REQ_MESSAGE:
		return thp_reply_sent(request->participant);
	case THP_REQ_LOCK:
	case THP_REQ_UNLOCK:
		return thp_reply_locked(request->room, request->kind == THP_REQ_LOCK);
	case THP_REQ_END:
		return thp_reply_ended(request->room);
	case THP_REQ_EXTEND:
		return thp_reply_extended(request->room, request->minutes);
	case THP_REQ_PAUSE:
		return thp_reply_paused(request->room);
	case THP_REQ_RESUME:
		return thp_reply_resumed(request->room);
	default:
		return thp_reply_error(THP_INTERNAL, NULL);
	}
}

static json_t *where_the_group_is(const thp_call *call)
{
	const thp_area *area = thp_call_area(call->worker, call->session);
	guint64 epoch = 0;
	guint32 gi = 0;

	if (area)
		thp_area_group(area, call->session->who, &gi, &epoch);
	return thp_reply_keys_accepted(gi, epoch);
}

static json_t *how_the_clock_stands(const thp_call *call)
{
	const thp_area *area = thp_call_area(call->worker, call->session);
	json_t *clock = area ? thp_effects_clock(area, call->session->who, thp_clocks_now()) : NULL;

	return clock ? clock : thp_reply_error(THP_WRONG_STATE, NULL);
}

/* What is done to a session names the room that the therapist is in. */
static void name_room(thp_call *call)
{
	thp_area *area = thp_call_area(call->worker, call->session);
	thp_request_kind kind = call->request.kind;
	thp_self self;

	if (kind >= THP_REQ_END && kind <= THP_REQ_RESUME && area &&
	    thp_area_self(area, call->session->who, &self))
		g_strlcpy(call->request.room, self.room, sizeof call->request.room);
}

thp_err thp_call_ask(thp_call *call)
{
	thp_self self = {0};

	name_room(call);
	thp_err err = thp_call_apply(call);
	if (err != THP_OK)
		return err;
	thp_area *area = thp_call_area(call->worker, call->session);
	if (area && !thp_area_self(area, call->session->who, &self))
		memset(&self, 0, sizeof self);
	call->reply = call->request.kind == THP_REQ_E2EE    ? where_the_group_is(call)
		      : call->request.kind == THP_REQ_CLOCK ? how_the_clock_stands(call)
							    : success(call, &self);
	return THP_OK;
}

/* ---- publish ---- */

static int video_mindex(const thp_sdp_publish *offer)
{
	for (guint i = 0; i < offer->n_mlines; i++) {
		if (offer->mlines[i].media == THP_SDP_VIDEO && offer->mlines[i].accepted)
			return (int)i;
	}
	return -1;
}

static int red_type(const thp_sdp_publish *offer)
{
	for (guint i = 0; i < offer->n_mlines; i++) {
		if (offer->mlines[i].accepted && offer->mlines[i].red_type)
			return offer->mlines[i].red_type;
	}
	return -1;
}

thp_err thp_call_publish(thp_call *call)
{
	thp_sdp_limits limits = {.video_max_bps = (guint32)gateway.conf.video_max_kbps * 1000,
				 .audio_max_bps = (guint32)gateway.conf.audio_max_kbps * 1000};
	thp_sdp_publish offer;

	if (!call->jsep.is_offer)
		return THP_JSEP_BAD;
	if (gateway.conf.require_e2ee && !call->jsep.e2ee)
		return THP_E2EE_REQUIRED;
	thp_err err = thp_sdp_offer_parse(call->jsep.sdp, call->jsep.sdp_length, &offer);
	if (err == THP_OK)
		err = thp_sdp_offer_layers(&offer, &call->jsep.simulcast);
	if (err == THP_OK)
		err = thp_call_apply(call);
	if (err != THP_OK)
		return err;
	g_autoptr(GString) answer = g_string_sized_new(2048);
	thp_sdp_answer_write(&offer, &limits, answer);
	atomic_store(&call->session->publisher.video_mindex, video_mindex(&offer));
	atomic_store(&call->session->publisher.red_type, red_type(&offer));
	thp_media_agree(call->session, &call->jsep.simulcast);
	call->session->is_e2ee = call->jsep.e2ee;
	call->reply = thp_reply_published();
	call->reply_jsep = thp_reply_jsep(FALSE, answer->str, call->jsep.e2ee, FALSE);
	return THP_OK;
}

/* ---- the receiver handle ---- */

static gboolean follow(thp_call *call, int home)
{
	if (atomic_exchange(&call->session->home, home) == home)
		return FALSE;
	call->moved = TRUE;
	return TRUE;
}

/* What becomes of the receiver handle of @participant. */
static thp_err tell_paths(thp_call *call, const thp_session *participant, int receiver_up,
			  guint pairs)
{
	thp_area *area = thp_call_area(call->worker, participant);
	thp_event event = {.kind = THP_EV_PATHS,
			   .link = participant->link,
			   .actor = participant->who,
			   .publisher_up = -1,
			   .receiver_up = receiver_up,
			   .pairs = pairs};

	return area ? thp_worker_apply(call->worker, area, &event, NULL) : THP_NOT_JOINED;
}

/* A ticket's second use takes the place of the first: nothing flows there any more. */
static thp_err leave_former(thp_call *call, thp_session *participant)
{
	if (!participant->partner || participant->partner == call->session)
		return THP_OK;
	thp_receiver_close(participant);
	return tell_paths(call, participant, FALSE, 0);
}

thp_err thp_call_receive(thp_call *call)
{
	g_autoptr(thp_session) participant = thp_registry_redeem(call->request.ticket);
	thp_session *session = call->session;

	if (!participant || participant == session)
		return THP_BAD_TICKET;
	if (atomic_load(&session->kind) == THP_PARTICIPANT ||
	    (session->partner && session->partner != participant))
		return THP_WRONG_STATE;
	if (follow(call, atomic_load(&participant->home)))
		return THP_OK;
	call->parked = thp_areas_storing(thp_worker_areas(call->worker), participant->area);
	if (call->parked)
		return THP_OK;
	thp_area *area = thp_call_area(call->worker, participant);
	if (!area || atomic_load(&participant->gone))
		return THP_BAD_TICKET;
	thp_err err = leave_former(call, participant);
	if (err != THP_OK)
		return err;
	return thp_receiver_start(session, participant, thp_area_pairs(area, participant->who),
				  call->request.restart, call->transaction);
}

thp_err thp_call_answer(thp_call *call)
{
	guint pairs = 0;

	if (atomic_load(&call->session->kind) != THP_RECEIVER || !call->session->partner)
		return THP_JSEP_NOT_EXPECTED;
	thp_err err = thp_receiver_answer(call->session, &call->jsep, &pairs);
	if (err == THP_OK)
		err = tell_paths(call, call->session->partner, -1, pairs);
	if (err != THP_OK)
		return err;
	call->reply = thp_reply_receiving();
	thp_receiver_go_on(call->session);
	return THP_OK;
}
