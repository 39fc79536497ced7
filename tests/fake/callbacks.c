/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the plugin can ask of the core: each call is checked for locks, and recorded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inner.h"

static pthread_mutex_t notices_lock = PTHREAD_MUTEX_INITIALIZER;
static GString *notices; /* LOCK: notices_lock */

/* The core takes its own locks in these: a caller that holds one could wait for itself. */
static fake_handle *enter(janus_plugin_session *session, const char *callback)
{
	if (fake_locks_held() != 0) {
		(void)fprintf(stderr, "%s called with %d locks held\n", callback,
			      fake_locks_held());
		abort();
	}
	fake_handle *handle = session->gateway_handle;
	if (atomic_load(&handle->gone)) {
		pthread_mutex_lock(&handle->lock);
		handle->calls.late++;
		pthread_mutex_unlock(&handle->lock);
	}
	return handle;
}

static int push_event(janus_plugin_session *session, janus_plugin *plugin, const char *transaction,
		      json_t *message, json_t *jsep)
{
	fake_handle *handle = enter(session, "push_event");
	fake_event *event = g_new0(fake_event, 1);

	g_assert_true(plugin == fake_plugin);
	g_assert_true(json_is_object(message));
	if (fake_now.on_event)
		fake_now.on_event(handle, message, jsep);
	if (jsep) {
		pthread_mutex_lock(&handle->core);
		atomic_store(&handle->has_pc, TRUE);
		pthread_mutex_unlock(&handle->core);
	}
	event->transaction = g_strdup(transaction);
	/* A copy: the plugin may not count on ours, nor we on its. */
	event->event = json_deep_copy(message);
	event->jsep = json_deep_copy(jsep);
	pthread_mutex_lock(&handle->lock);
	g_ptr_array_add(handle->events, event);
	pthread_cond_broadcast(&handle->changed);
	pthread_mutex_unlock(&handle->lock);
	return 0;
}

static guint16 sequence_of(const guint8 *packet)
{
	return (guint16)(packet[2] << 8 | packet[3]);
}

static void relay_rtp(janus_plugin_session *session, janus_plugin_rtp *packet)
{
	fake_handle *handle = session->gateway_handle;
	const guint8 *bytes = (const guint8 *)packet->buffer;

	g_assert_cmpint(packet->mindex, >=, 0);
	g_assert_cmpint(packet->mindex, <, FAKE_LINES);
	g_assert_cmpuint(packet->length, >=, 12);
	if (fake_now.on_relay)
		fake_now.on_relay(handle, packet);
	pthread_mutex_lock(&handle->lock);
	fake_line *line = &handle->lines[packet->mindex];
	if (line->packets > 0 && sequence_of(bytes) != (guint16)(sequence_of(line->last) + 1))
		line->gaps++;
	line->packets++;
	line->bytes += packet->length;
	line->video = packet->video;
	memcpy(line->last, bytes, MIN(packet->length, sizeof line->last));
	handle->relayed++;
	pthread_mutex_unlock(&handle->lock);
}

static void relay_rtcp(janus_plugin_session *session, janus_plugin_rtcp *packet)
{
	(void)session, (void)packet;
	g_error("the plugin relays no RTCP");
}

static void relay_data(janus_plugin_session *session, janus_plugin_data *packet)
{
	(void)session, (void)packet;
	g_error("the plugin relays no data");
}

static void send_pli_stream(janus_plugin_session *session, int mindex)
{
	fake_handle *handle = enter(session, "send_pli_stream");

	g_assert_cmpint(mindex, >=, 0);
	g_assert_cmpint(mindex, <, FAKE_LINES);
	pthread_mutex_lock(&handle->core);
	pthread_mutex_unlock(&handle->core);
	pthread_mutex_lock(&handle->lock);
	handle->calls.plis[mindex]++;
	pthread_mutex_unlock(&handle->lock);
}

static void send_pli(janus_plugin_session *session)
{
	send_pli_stream(session, 0);
}

static void send_remb(janus_plugin_session *session, guint32 bitrate)
{
	(void)bitrate;
	enter(session, "send_remb");
}

static void close_pc(janus_plugin_session *session)
{
	fake_handle *handle = enter(session, "close_pc");

	pthread_mutex_lock(&handle->lock);
	handle->calls.closes++;
	pthread_mutex_unlock(&handle->lock);
	loop_post(handle, task_new(TASK_HANGUP));
}

static void end_companion(fake_handle *handle, void *data)
{
	if (handle->janus_session != 0 && handle->janus_session == *(const guint *)data)
		loop_post(handle, task_new(TASK_DETACH));
}

static void end_session(janus_plugin_session *session)
{
	fake_handle *handle = enter(session, "end_session");
	guint of = handle->janus_session;

	pthread_mutex_lock(&handle->lock);
	handle->calls.ends++;
	pthread_mutex_unlock(&handle->lock);
	fake_each(end_companion, &of);
	loop_post(handle, task_new(TASK_DETACH));
}

static gboolean events_is_enabled(void)
{
	return TRUE;
}

static void notify_event(janus_plugin *plugin, janus_plugin_session *session, json_t *event)
{
	g_autofree char *text = json_dumps(event, JSON_COMPACT);

	g_assert_true(plugin == fake_plugin);
	if (session) {
		fake_handle *handle = enter(session, "notify_event");
		pthread_mutex_lock(&handle->lock);
		handle->calls.notices++;
		pthread_mutex_unlock(&handle->lock);
	}
	pthread_mutex_lock(&notices_lock);
	if (!notices)
		notices = g_string_new(NULL);
	g_string_append_printf(notices, "%s\n", text);
	pthread_mutex_unlock(&notices_lock);
	json_decref(event);
}

char *fake_notices(void)
{
	pthread_mutex_lock(&notices_lock);
	char *copy = g_strdup(notices ? notices->str : "");
	pthread_mutex_unlock(&notices_lock);
	return copy;
}

void callbacks_clear(void)
{
	if (notices)
		(void)g_string_free(notices, TRUE);
	notices = NULL;
}

static gboolean no_auth(void)
{
	return FALSE;
}

static janus_callbacks callbacks = {
	.push_event = push_event,
	.relay_rtp = relay_rtp,
	.relay_rtcp = relay_rtcp,
	.relay_data = relay_data,
	.send_pli = send_pli,
	.send_pli_stream = send_pli_stream,
	.send_remb = send_remb,
	.close_pc = close_pc,
	.end_session = end_session,
	.events_is_enabled = events_is_enabled,
	.notify_event = notify_event,
	.auth_is_signed = no_auth,
};

janus_callbacks *fake_callbacks(void)
{
	return &callbacks;
}
