/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests about a person's own link; the area never hears of them. */
#include "call.h"

#include <therapy/reply.h>

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
	if (seat && request->has_down && request->down.late_ms > 0)
		thp_adapt_hurry(thp_worker_adapt(call->session), seat, now_us);
	thp_network_report(call->session, request, now_us);
	call->reply = thp_reply_reported();
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
