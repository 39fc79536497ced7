/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One Janus handle, from attach to the last reference. */
#include "session.h"

#include "media.h"
#include "registry.h"
#include "track.h"

#define REPORTS_PER_S                                                                              \
	14.0 /* words of late speech and four reports, and some that were held up on their way */
#define REPORTS_BURST 20.0 /* those of a link that stood still for a while come at once */

/* The last reference is gone: no thread can reach the session any more. */
static void session_free(thp_session *session)
{
	thp_route_free(session->publisher.route);
	thp_track_unref(session->publisher.tracks[0]);
	thp_track_unref(session->publisher.tracks[1]);
	g_free(session->waits);
	atomic_fetch_add(&gateway.relayed, atomic_load(&session->publisher.relayed));
	atomic_fetch_add(&gateway.dropped, atomic_load(&session->publisher.dropped));
	pthread_mutex_destroy(&session->publisher.lock);
	pthread_mutex_destroy(&session->subscriber.lock);
	janus_refcount_decrease(&session->handle->ref);
	explicit_bzero(session, sizeof *session);
	g_free(session);
}

thp_session *thp_session_new(janus_plugin_session *handle)
{
	thp_session *session = g_new0(thp_session, 1);

	atomic_init(&session->refs, 1);
	atomic_init(&session->state, -1);
	atomic_init(&session->publisher.video_mindex, -1);
	atomic_init(&session->publisher.red_type, -1);
	session->handle = handle; /* Janus has counted our reference on it already */
	session->link = atomic_fetch_add(&gateway.links, 1) + 1;
	session->tokens = (gdouble)gateway.conf.requests_burst;
	session->tokens_us = g_get_monotonic_time();
	pthread_mutex_init(&session->publisher.lock, NULL);
	pthread_mutex_init(&session->subscriber.lock, NULL);
	return session;
}

thp_session *thp_session_ref(thp_session *session)
{
	if (session)
		atomic_fetch_add(&session->refs, 1);
	return session;
}

void thp_session_unref(thp_session *session)
{
	if (session && atomic_fetch_sub(&session->refs, 1) == 1)
		session_free(session);
}

void thp_session_push(thp_session *session, const char *transaction, json_t *event, json_t *jsep)
{
	json_auto_t *own_event = event;
	json_auto_t *own_jsep = jsep;

	if (!atomic_load(&session->gone))
		gateway.janus->push_event(session->handle, gateway.plugin, transaction, own_event,
					  own_jsep);
}

static gboolean take_token(gdouble *tokens, gint64 *at_us, gint64 now_us, gdouble per_us,
			   gdouble most)
{
	*tokens = MIN(*tokens + (gdouble)(now_us - *at_us) * per_us, most);
	*at_us = now_us;
	if (*tokens < 1.0)
		return FALSE;
	*tokens -= 1.0;
	return TRUE;
}

gboolean thp_session_may_ask(thp_session *session, gint64 now_us)
{
	return take_token(&session->tokens, &session->tokens_us, now_us,
			  (gdouble)gateway.conf.requests_per_10s / (10.0 * G_USEC_PER_SEC),
			  (gdouble)gateway.conf.requests_burst);
}

gboolean thp_session_may_report(thp_session *session, gint64 now_us)
{
	return take_token(&session->report_tokens, &session->report_tokens_us, now_us,
			  REPORTS_PER_S / G_USEC_PER_SEC, REPORTS_BURST);
}
