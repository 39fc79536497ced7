/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Offers and answers of receiver handles. One offer is out at a time. */
#include "receiver.h"

#include <therapy/reply.h>

static void offer(thp_session *receiver, guint pairs, gboolean restart, const char *transaction)
{
	g_autoptr(GString) sdp = g_string_sized_new(2048);

	receiver->pairs_offered = CLAMP(pairs, 1, THP_SDP_PAIRS_MAX);
	receiver->pairs_wanted = receiver->pairs_offered;
	receiver->answer_due = TRUE;
	thp_sdp_receiver_offer_write(receiver->pairs_offered, receiver->link,
				     ++receiver->sdp_version, sdp);
	thp_session_push(receiver, transaction, thp_reply_offer(receiver->pairs_offered),
			 thp_reply_jsep(TRUE, sdp->str, receiver->is_e2ee, restart));
}

static void untie(thp_session *participant)
{
	g_autoptr(thp_session) receiver = g_steal_pointer(&participant->partner);

	if (!receiver)
		return;
	receiver->answer_due = FALSE; /* the offer that may be out is nobody's now */
	g_clear_pointer(&receiver->partner, thp_session_unref);
}

static void tie(thp_session *participant, thp_session *receiver)
{
	participant->partner = thp_session_ref(receiver);
	receiver->partner = thp_session_ref(participant);
	receiver->is_e2ee = participant->is_e2ee;
	atomic_store(&receiver->kind, THP_RECEIVER);
}

thp_err thp_receiver_start(thp_session *receiver, thp_session *participant, guint pairs,
			   gboolean restart, const char *transaction)
{
	/* A restart may come when the link broke with an offer out: that offer is lost, so offer anew. */
	if (receiver->answer_due && !restart)
		return THP_JSEP_PENDING;
	if (participant->partner != receiver)
		tie(participant, receiver);
	offer(receiver, MAX(pairs, receiver->pairs_offered), restart && receiver->sdp_version > 0,
	      transaction);
	return THP_OK;
}

thp_err thp_receiver_answer(thp_session *receiver, const thp_jsep *jsep, guint *pairs)
{
	thp_sdp_receiving receiving;

	if (!receiver->answer_due || jsep->is_offer)
		return THP_JSEP_NOT_EXPECTED;
	thp_err err = thp_sdp_receiver_answer_parse(jsep->sdp, jsep->sdp_length,
						    receiver->pairs_offered, &receiving);
	if (err != THP_OK)
		return err;
	receiver->answer_due = FALSE;
	receiver->subscriber.hears_red = receiving.hears_red;
	*pairs = receiving.pairs;
	return THP_OK;
}

void thp_receiver_offer_more(thp_session *participant, guint pairs)
{
	thp_session *receiver = participant->partner;

	if (!receiver || pairs <= receiver->pairs_offered)
		return;
	receiver->pairs_wanted = MAX(receiver->pairs_wanted, pairs);
	thp_receiver_go_on(receiver);
}

void thp_receiver_go_on(thp_session *receiver)
{
	if (!receiver->answer_due && receiver->pairs_wanted > receiver->pairs_offered)
		offer(receiver, receiver->pairs_wanted, FALSE, NULL);
}

void thp_receiver_close(thp_session *participant)
{
	g_autoptr(thp_session) receiver = thp_session_ref(participant->partner);

	if (!receiver)
		return;
	untie(participant);
	gateway.janus->close_pc(receiver->handle);
}
