/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file call.h
 * One request on its way through the shell: what was asked, by whom, and what will be answered.
 */
#pragma once

#include "worker.h"

typedef struct thp_call {
	thp_worker *worker;
	thp_session *session;    /* borrowed from the job */
	const char *transaction; /* borrowed from the job */
	thp_request request;
	thp_jsep jsep; /* only meaningful if has_jsep */
	gboolean has_jsep;
	const char *field;  /* to blame for an error, or NULL */
	json_t *reply;      /* owned; NULL: the effects have answered */
	json_t *reply_jsep; /* owned */
	gboolean moved;     /* the session has another worker now: run the job again there */
	const char *parked; /* the area that is storing: run the job again when it has; or NULL */
} thp_call;

/** hello: gives out a nonce. */
thp_err thp_call_hello(thp_call *call);

/** join: checks the invitation and the device, finds the area, knocks there. */
thp_err thp_call_join(thp_call *call);

/** publish: reads the offer, tells the core, writes the answer. */
thp_err thp_call_publish(thp_call *call);

/** receive and answer, of a receiver handle. */
thp_err thp_call_receive(thp_call *call);
thp_err thp_call_answer(thp_call *call);

/** report, late and prefer: about the person's own link. */
thp_err thp_call_report(thp_call *call);
thp_err thp_call_late(thp_call *call);
thp_err thp_call_prefer(thp_call *call);

/** Everything else: the core decides. */
thp_err thp_call_ask(thp_call *call);

/** The area that @session has joined, or NULL. */
thp_area *thp_call_area(thp_worker *worker, const thp_session *session);

/** Hands the request to the core, as asked by the session's person. */
thp_err thp_call_apply(thp_call *call);
