/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The media first, the area as soon as it can. */
#include "withdrawals.h"

#include <therapy/reply.h>

#include "areas.h"
#include "log.h"
#include "media.h"
#include "registry.h"

#define PATIENCE_US                                                                                \
	(G_GINT64_CONSTANT(3) * G_USEC_PER_SEC) /* until a page hears that it is not written yet */

static thp_session *session_of(const thp_area *area, const char *who)
{
	thp_self self;

	return thp_area_self(area, who, &self) ? thp_registry_get(self.link) : NULL;
}

/* TRUE if @who was held back before. */
static gboolean set_held_back(const thp_area *area, const char *who, gboolean on)
{
	g_autoptr(thp_session) session = session_of(area, who);
	gboolean was = session && session->held_back;

	if (session && on)
		thp_route_hold_back(session);
	else if (session)
		session->held_back = FALSE;
	return was;
}

gboolean thp_withdrawals_is_one(const thp_job *job)
{
	const char *name = json_string_value(json_object_get(job->message, "request"));

	return job->kind == THP_JOB_MESSAGE &&
	       g_strcmp0(name, thp_request_name(THP_REQ_CONSENT_WITHDRAW)) == 0;
}

void thp_withdrawals_act_first(thp_worker *worker, const thp_job *job)
{
	thp_session *session = job->session;
	g_auto(thp_request) request = {0};
	const char *field = NULL;

	if (!thp_withdrawals_is_one(job) ||
	    thp_request_parse(job->message, &request, &field) != THP_OK ||
	    (request.has_seq && request.seq <= session->seq))
		return;
	const thp_area *area = thp_call_area(worker, session);
	if (!area || !thp_area_has_granted(area, session->who, request.consent))
		return;
	g_autoptr(GPtrArray) people = thp_area_depend(area, session->who, request.consent);
	for (guint i = 0; i < people->len; i++)
		(void)set_held_back(area, g_ptr_array_index(people, i), TRUE);
}

static void route_again(const thp_area *area, const char *who)
{
	g_autoptr(thp_session) session = session_of(area, who);
	thp_route_plan plan;

	if (!session)
		return;
	thp_area_route(area, who, &plan);
	thp_route_set(session, &plan);
}

void thp_withdrawals_settle(const thp_call *call, thp_err err)
{
	const thp_area *area = thp_call_area(call->worker, call->session);

	gboolean any = call->session->held_back;

	call->session->held_back = FALSE;
	if (!area)
		return;
	g_autoptr(GPtrArray) people =
		thp_area_depend(area, call->session->who, call->request.consent);
	for (guint i = 0; i < people->len; i++)
		any |= set_held_back(area, g_ptr_array_index(people, i), FALSE);
	if (err == THP_OK || !any)
		return;
	/* It was no withdrawal after all: as the area says. */
	g_autoptr(GArray) peers = thp_area_roster(area, call->session->who);
	route_again(area, call->session->who);
	for (guint i = 0; i < peers->len; i++)
		route_again(area, g_array_index(peers, thp_peer, i).id);
}

void thp_withdrawals_spread(const thp_call *call, gboolean session_only)
{
	const thp_area *area = thp_call_area(call->worker, call->session);
	thp_taken_back back = {0};
	thp_self self;

	if (!area || !thp_area_self(area, call->session->who, &self) ||
	    self.invitation->sub[0] == '\0')
		return;
	g_strlcpy(back.sub, self.invitation->sub, sizeof back.sub);
	g_strlcpy(back.room, session_only ? self.invitation->room : "", sizeof back.room);
	g_strlcpy(back.kind, call->request.consent, sizeof back.kind);
	g_strlcpy(back.who, call->session->who, sizeof back.who);
	thp_workers_tell_withdrawn(&back);
	explicit_bzero(&back, sizeof back);
}

gboolean thp_withdrawals_take(thp_worker *worker, const char *name, const thp_taken_back *back)
{
	thp_area *area = thp_worker_area(worker, name, FALSE);
	thp_event event = {.kind = THP_EV_WITHDRAWN,
			   .actor = back->who,
			   .sub = back->sub,
			   .room = back->room,
			   .consent = back->kind};

	if (!area)
		return TRUE;
	gboolean storing = thp_areas_storing(thp_worker_areas(worker), name) != NULL;
	g_autoptr(GPtrArray) people = thp_area_withdrawn(area, &event);
	for (guint i = 0; i < people->len; i++) {
		(void)set_held_back(area, g_ptr_array_index(people, i), storing);
	}
	if (storing)
		return FALSE;
	if (thp_worker_apply(worker, area, &event, NULL) != THP_OK)
		log_verb("a withdrawal has found nobody");
	return TRUE;
}

/* ---- while the ledger is being written ---- */

void thp_withdrawals_wait(thp_worker *worker, thp_session *session, const char *transaction)
{
	GPtrArray *waiting = thp_worker_waiting(worker);

	g_free(session->waits);
	session->waits = g_strdup(transaction);
	session->waits_us = g_get_monotonic_time();
	if (!g_ptr_array_find(waiting, session, NULL))
		g_ptr_array_add(waiting, thp_session_ref(session));
}

gboolean thp_withdrawals_waited(thp_worker *worker, thp_session *session, const char *transaction)
{
	gboolean waited = g_strcmp0(session->waits, transaction) == 0 && transaction;

	if (waited) {
		g_clear_pointer(&session->waits, g_free);
		(void)g_ptr_array_remove_fast(thp_worker_waiting(worker), session);
	}
	return waited;
}

void thp_withdrawals_look(thp_worker *worker, gint64 now_us)
{
	GPtrArray *waiting = thp_worker_waiting(worker);

	for (guint i = waiting->len; i > 0; i--) {
		thp_session *session = g_ptr_array_index(waiting, i - 1);
		if (now_us - session->waits_us < PATIENCE_US)
			continue;
		atomic_fetch_add(&gateway.errors, 1);
		thp_session_push(session, session->waits,
				 thp_reply_error(THP_CONSENT_NOT_KEPT, NULL), NULL);
		g_clear_pointer(&session->waits, g_free);
		(void)g_ptr_array_remove_index_fast(waiting, i - 1);
	}
}
