/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hello and join: nothing about areas or rooms is looked at before the invitation and the device are proven. */
#include <therapy/device.h>
#include <therapy/invitation_open.h>
#include <therapy/reply.h>

#include "call.h"
#include "clocks.h"

thp_err thp_call_hello(thp_call *call)
{
	thp_session *session = call->session;
	char nonce[THP_ID_SIZE(THP_NONCE_BYTES)];

	if (atomic_load(&session->kind) != THP_NEW)
		return THP_ALREADY_JOINED;
	thp_random_bytes(session->nonce, sizeof session->nonce);
	session->has_nonce = TRUE;
	thp_base64url_encode(session->nonce, sizeof session->nonce, nonce);
	call->reply = thp_reply_hello(nonce);
	return THP_OK;
}

static thp_err check(thp_call *call, thp_invitation *invitation)
{
	const thp_request *request = &call->request;
	gsize length = strlen(request->invitation);
	thp_err err = thp_invitation_open(gateway.keyring, gateway.conf.realm, request->invitation,
					  length, thp_clocks_now().wall_s,
					  gateway.conf.clock_skew_s, invitation, &call->field);

	if (err != THP_OK)
		return err;
	return thp_device_verify(request->device_key, request->device_signature,
				 call->session->nonce, request->invitation, length);
}

static thp_err knock(thp_call *call, const thp_invitation *invitation)
{
	thp_session *session = call->session;
	char id[THP_ID_SIZE(THP_WHO_BYTES)];
	thp_area *area = thp_worker_area(call->worker, invitation->area, TRUE);
	thp_event event = {.kind = THP_EV_KNOCK,
			   .link = session->link,
			   .actor = id,
			   .invitation = invitation,
			   .device_key = call->request.device_key};

	thp_random_id(id, THP_WHO_BYTES);
	session->has_nonce = FALSE;
	explicit_bzero(session->nonce, sizeof session->nonce);
	return thp_worker_apply(call->worker, area, &event, call->transaction);
}

thp_err thp_call_join(thp_call *call)
{
	thp_session *session = call->session;
	thp_invitation invitation = {0};

	if (atomic_load(&session->kind) != THP_NEW)
		return THP_ALREADY_JOINED;
	if (!session->has_nonce)
		return THP_NO_NONCE;
	thp_err err = check(call, &invitation);
	if (err == THP_OK) {
		int home = thp_worker_of(invitation.area);
		call->moved = atomic_exchange(&session->home, home) != home;
		if (!call->moved)
			err = knock(call, &invitation);
	}
	explicit_bzero(&invitation, sizeof invitation);
	return err;
}
