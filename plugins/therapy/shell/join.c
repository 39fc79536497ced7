/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hello and join: nothing about areas or rooms is looked at before the invitation and the device are proven. */
#include <therapy/device.h>
#include <therapy/reply.h>

#include "areas.h"
#include "call.h"
#include "keys.h"

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
	thp_err err = thp_keys_open(request->invitation, length, invitation, &call->field);

	if (err != THP_OK)
		return err;
	return thp_device_verify(request->device_key, request->device_signature,
				 call->session->nonce, request->invitation, length);
}

/* A nonce is for one join, whatever comes of it. */
static void use_up_nonce(thp_session *session)
{
	session->has_nonce = FALSE;
	explicit_bzero(session->nonce, sizeof session->nonce);
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

	use_up_nonce(session);
	thp_random_id(id, THP_WHO_BYTES);
	/* What concerns this session waits with the area from here on. */
	g_strlcpy(session->area, invitation->area, sizeof session->area);
	thp_err err = thp_worker_apply(call->worker, area, &event, call->transaction);
	if (err != THP_OK)
		session->area[0] = '\0';
	return err;
}

/* In the worker of the area, when the area can be asked. */
static thp_err knock_there(thp_call *call, const thp_invitation *invitation)
{
	int home = thp_worker_of(invitation->area);

	call->moved = atomic_exchange(&call->session->home, home) != home;
	if (call->moved)
		return THP_OK;
	call->parked = thp_areas_storing(thp_worker_areas(call->worker), invitation->area);
	return call->parked ? THP_OK : knock(call, invitation);
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
	if (err == THP_OK)
		err = knock_there(call, &invitation);
	else
		use_up_nonce(session);
	explicit_bzero(&invitation, sizeof invitation);
	return err;
}
