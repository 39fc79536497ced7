/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests about a person's own link; the area never hears of them. */
#include "call.h"

#include <therapy/reply.h>

/* The word that pictures wait for, or why they should. */
static void hurry(thp_call *call, thp_seat *seat, gint32 late_ms, gint64 now_us)
{
	if (late_ms > 0 || seat->down.decision.hold)
		thp_adapt_hurry(thp_worker_adapt(call->session), seat, now_us);
}

thp_err thp_call_report(thp_call *call)
{
	const thp_request *request = &call->request;
	thp_seat *seat = call->session->seat;
	gint64 now_us = g_get_monotonic_time();

	if (call->session->who[0] == '\0')
		return THP_NOT_JOINED;
	if (seat && request->has_down)
		thp_downlink_on_report(&seat->down, &request->down, now_us);
	if (seat && request->has_up)
		thp_uplink_on_report(&seat->up, &request->up, now_us);
	if (seat && request->has_down)
		hurry(call, seat, request->down.late_ms, now_us);
	thp_network_report(call->session, request, now_us);
	call->reply = thp_reply_reported();
	return THP_OK;
}

/* Not answered: Janus acknowledges it, and on a link that is full that is much already. */
thp_err thp_call_late(thp_call *call)
{
	thp_seat *seat = call->session->seat;
	gint32 late_ms = (gint32)call->request.late_ms;
	gint64 now_us = g_get_monotonic_time();

	if (call->session->who[0] == '\0')
		return THP_NOT_JOINED;
	if (seat) {
		thp_downlink_on_late(&seat->down, late_ms, now_us);
		hurry(call, seat, late_ms, now_us);
	}
	return THP_OK;
}

thp_err thp_call_prefer(thp_call *call)
{
	if (call->session->who[0] == '\0')
		return THP_NOT_JOINED;
	if (call->request.voice_only >= 0)
		call->session->voice_only = call->request.voice_only;
	if (call->request.has_view)
		g_strlcpy(call->session->view, call->request.view, sizeof call->session->view);
	call->reply = thp_reply_preferred(call->session->voice_only, call->session->view);
	return THP_OK;
}
