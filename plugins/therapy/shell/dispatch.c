/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs: messages are parsed once and answered once; what happens to connections becomes events of the core. */
#include "dispatch.h"

#include <therapy/reply.h>

#include "areas.h"
#include "call.h"
#include "consents.h"
#include "log.h"
#include "receiver.h"
#include "recordings.h"
#include "registry.h"
#include "withdrawals.h"

#define MISPLACED_JSEPS_MAX 1

static thp_err (*const handlers[THP_N_REQUESTS])(thp_call *) = {
	[THP_REQ_HELLO] = thp_call_hello,
	[THP_REQ_JOIN] = thp_call_join,
	[THP_REQ_PUBLISH] = thp_call_publish,
	[THP_REQ_MEDIA] = thp_call_ask,
	[THP_REQ_LEAVE] = thp_call_ask,
	[THP_REQ_E2EE] = thp_call_ask,
	[THP_REQ_ADMIT] = thp_call_ask,
	[THP_REQ_HOLD] = thp_call_ask,
	[THP_REQ_DENY] = thp_call_ask,
	[THP_REQ_REMOVE] = thp_call_ask,
	[THP_REQ_MESSAGE] = thp_call_ask,
	[THP_REQ_LOCK] = thp_call_ask,
	[THP_REQ_UNLOCK] = thp_call_ask,
	[THP_REQ_END] = thp_call_ask,
	[THP_REQ_EXTEND] = thp_call_ask,
	[THP_REQ_PAUSE] = thp_call_ask,
	[THP_REQ_RESUME] = thp_call_ask,
	[THP_REQ_CLOCK] = thp_call_ask,
	[THP_REQ_RECORD] = thp_recordings_call,
	[THP_REQ_RECORD_STOP] = thp_recordings_call,
	[THP_REQ_RECORD_KEY] = thp_recordings_call,
	[THP_REQ_CONSENT_DETAIL] = thp_consents_detail,
	[THP_REQ_CONSENT_TEXT] = thp_consents_call,
	[THP_REQ_CONSENT_SHOWN] = thp_consents_call,
	[THP_REQ_CONSENT_DECIDE] = thp_consents_call,
	[THP_REQ_CONSENT_WITHDRAW] = thp_consents_call,
	[THP_REQ_RECEIVE] = thp_call_receive,
	[THP_REQ_ANSWER] = thp_call_answer,
	[THP_REQ_REPORT] = thp_call_report,
	[THP_REQ_LATE] = thp_call_late,
	[THP_REQ_PREFER] = thp_call_prefer,
};

static gboolean wants_jsep(thp_request_kind kind)
{
	return kind == THP_REQ_PUBLISH || kind == THP_REQ_ANSWER;
}

/* ---- messages ---- */

/* By the time a description is here, Janus has opened sockets for it: give them back. */
static void close_refused(thp_session *session, thp_err err)
{
	gboolean misplaced = err == THP_JSEP_NOT_EXPECTED || atomic_load(&session->kind) == THP_NEW;

	atomic_fetch_add(&gateway.refused_media, 1);
	if (misplaced && session->misplaced_jseps++ >= MISPLACED_JSEPS_MAX)
		gateway.janus->end_session(session->handle);
	else
		gateway.janus->close_pc(session->handle);
}

static thp_err check_jsep(thp_call *call, const thp_job *job)
{
	gboolean wanted = wants_jsep(call->request.kind);

	if (!job->jsep)
		return wanted ? THP_JSEP_MISSING : THP_OK;
	if (!wanted || atomic_load(&call->session->kind) == THP_NEW)
		return THP_JSEP_NOT_EXPECTED;
	call->has_jsep = TRUE;
	return thp_jsep_parse(job->jsep, &call->jsep);
}

static thp_err check_order(const thp_call *call)
{
	return call->request.has_seq && call->request.seq <= call->session->seq ? THP_OUT_OF_ORDER
										: THP_OK;
}

/* Reports come all the time, so they have a limit of their own and leave the others theirs. */
static gboolean take_token(thp_session *session, const json_t *message)
{
	gint64 now_us = g_get_monotonic_time();

	return thp_request_is_report(message) ? thp_session_may_report(session, now_us)
					      : thp_session_may_ask(session, now_us);
}

/* A job that is run again, elsewhere or later, is still one request. */
static gboolean may_ask(const thp_call *call, thp_job *job)
{
	if (!job->charged && !take_token(call->session, job->message))
		return FALSE;
	job->charged = TRUE;
	return TRUE;
}

static thp_err run_call(thp_call *call, thp_job *job)
{
	thp_err err = THP_OK;

	if (!may_ask(call, job))
		return THP_TOO_FAST;
	err = thp_request_parse(job->message, &call->request, &call->field);
	if (err == THP_OK)
		err = check_order(call);
	if (err == THP_OK)
		err = check_jsep(call, job);
	return err == THP_OK ? handlers[call->request.kind](call) : err;
}

/* The answer follows what it says: if that is still being stored, later. */
static void answer_well(thp_call *call, const thp_job *job, json_t *reply, json_t *jsep)
{
	thp_areas *areas = thp_worker_areas(call->worker);

	if (thp_areas_storing(areas, call->session->area))
		thp_areas_answer_later(areas, call->session->area, call->session, job->transaction,
				       reply, jsep);
	else if (reply)
		thp_session_push(call->session, job->transaction, reply, jsep);
}

static void answer_call(thp_call *call, const thp_job *job, thp_err err)
{
	json_auto_t *reply = g_steal_pointer(&call->reply);
	json_auto_t *jsep = g_steal_pointer(&call->reply_jsep);

	if (err != THP_OK) {
		atomic_fetch_add(&gateway.errors, 1);
		log_verb("link %" G_GUINT64_FORMAT ": %s", call->session->link, thp_err_name(err));
		thp_session_push(call->session, job->transaction, thp_reply_error(err, call->field),
				 NULL);
		/* After the answer: an ended session could not be told any more. */
		if (job->jsep)
			close_refused(call->session, err);
		return;
	}
	if (call->request.has_seq)
		call->session->seq = MAX(call->session->seq, call->request.seq);
	answer_well(call, job, g_steal_pointer(&reply), g_steal_pointer(&jsep));
}

static void message(thp_worker *worker, thp_job **job)
{
	thp_call call = {
		.worker = worker, .session = (*job)->session, .transaction = (*job)->transaction};
	thp_err err = run_call(&call, *job);

	if (!call.moved && !call.parked && thp_withdrawals_is_one(*job))
		thp_withdrawals_settle(&call, err);
	if (call.moved)
		thp_worker_post(g_steal_pointer(job));
	else if (call.parked)
		thp_areas_park(thp_worker_areas(worker), call.parked, g_steal_pointer(job));
	else
		answer_call(&call, *job, err);
	thp_request_clear(&call.request);
}

/* ---- connections ---- */

static void paths(thp_worker *worker, thp_session *participant, int publisher_up, int receiver_up)
{
	thp_area *area = thp_call_area(worker, participant);
	thp_event event = {.kind = THP_EV_PATHS,
			   .link = participant->link,
			   .actor = participant->who,
			   .publisher_up = publisher_up,
			   .receiver_up = receiver_up};

	if (area && thp_worker_apply(worker, area, &event, NULL) != THP_OK)
		log_verb("link %" G_GUINT64_FORMAT ": a connection of nobody", participant->link);
}

static void media_changed(thp_worker *worker, thp_session *session, gboolean up)
{
	session->media_up = up;
	if (atomic_load(&session->kind) == THP_PARTICIPANT) {
		paths(worker, session, up, -1);
		thp_network_look(thp_worker_network(session), session);
	} else if (session->partner) {
		session->answer_due = session->answer_due && up;
		paths(worker, session->partner, -1, up);
		thp_network_look(thp_worker_network(session), session->partner);
	}
}

static void participant_gone(thp_worker *worker, thp_session *session)
{
	thp_area *area = thp_call_area(worker, session);
	thp_event event = {.kind = THP_EV_LINK_LOST, .link = session->link, .actor = session->who};

	thp_adapt_leave(thp_worker_adapt(session), session);
	thp_network_leave(session);
	thp_receiver_close(session);
	if (area && thp_worker_apply(worker, area, &event, NULL) == THP_OK)
		log_info("link %" G_GUINT64_FORMAT " is lost", session->link);
}

static void receiver_gone(thp_worker *worker, thp_session *session)
{
	g_autoptr(thp_session) participant = thp_session_ref(session->partner);

	if (!participant)
		return;
	thp_receiver_close(participant);
	paths(worker, participant, -1, FALSE);
}

static void gone(thp_worker *worker, thp_session *session)
{
	if (atomic_load(&session->kind) == THP_PARTICIPANT)
		participant_gone(worker, session);
	else
		receiver_gone(worker, session);
	thp_registry_remove(session);
}

void thp_dispatch(thp_worker *worker, thp_job **job)
{
	thp_session *session = (*job)->session;

	switch ((*job)->kind) {
	case THP_JOB_MESSAGE:
		/* What was taken back is, also by somebody who has gone since. */
		if (!atomic_load(&session->gone) || thp_withdrawals_is_one(*job))
			message(worker, job);
		break;
	case THP_JOB_MEDIA_UP:
		media_changed(worker, session, TRUE);
		break;
	case THP_JOB_MEDIA_DOWN:
		media_changed(worker, session, FALSE);
		break;
	case THP_JOB_CONSENT:
		thp_consents_told(worker, *job);
		break;
	case THP_JOB_GONE:
		gone(worker, session);
		break;
	default:
		break;
	}
}
