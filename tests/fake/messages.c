/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said to the plugin, and waiting for what it says. */
#include <errno.h>
#include <string.h>

#include "inner.h"
#include "wraps.h"

static atomic_uint transactions;

static void set_deadline(struct timespec *at)
{
	clock_gettime(CLOCK_REALTIME, at);
	/* The wrapped wait takes off what the clocks were moved by. */
	at->tv_sec += FAKE_PATIENCE_S + fake_skipped_us() / G_USEC_PER_SEC;
}

/* Janus holds a handle while it hands over a message, but does not keep it from ending meanwhile. */
static janus_plugin_session *hold(fake_handle *handle)
{
	pthread_mutex_lock(&handle->lock);
	janus_plugin_session *session = atomic_load(&handle->gone) ? NULL : handle->session;
	if (session)
		janus_refcount_increase(&session->ref);
	pthread_mutex_unlock(&handle->lock);
	return session;
}

static void hand_over(janus_plugin_session *session, char *transaction, json_t *body, json_t *jsep)
{
	janus_plugin_result *result = fake_plugin->handle_message(session, transaction, body, jsep);

	/* The plugin may have let go of the handle a moment ago, and says so. */
	g_assert_true(result->type == JANUS_PLUGIN_OK_WAIT || result->text);
	janus_plugin_result_destroy(result);
	janus_refcount_decrease(&session->ref);
}

const char *fake_send(fake_handle *handle, json_t *body, json_t *jsep)
{
	char *transaction = g_strdup_printf("t%u", atomic_fetch_add(&transactions, 1));

	pthread_mutex_lock(&handle->lock);
	g_ptr_array_add(handle->transactions, transaction);
	pthread_mutex_unlock(&handle->lock);
	janus_plugin_session *session = hold(handle);
	if (!session) {
		json_decref(body);
		json_decref(jsep);
		return transaction;
	}
	/* Janus has made a connection for a description before the plugin hears of it. */
	if (jsep)
		atomic_store(&handle->has_pc, TRUE);
	hand_over(session, g_strdup(transaction), body, jsep);
	return transaction;
}

static json_t *find_answer(fake_handle *handle, const char *transaction)
{
	for (guint i = handle->events->len; i-- > 0;) {
		fake_event *event = g_ptr_array_index(handle->events, i);
		if (g_strcmp0(event->transaction, transaction) == 0)
			return event->event;
	}
	return NULL;
}

guint fake_answers(fake_handle *handle, const char *transaction)
{
	guint n = 0;

	pthread_mutex_lock(&handle->lock);
	for (guint i = 0; i < handle->events->len; i++) {
		const fake_event *event = g_ptr_array_index(handle->events, i);
		n += g_strcmp0(event->transaction, transaction) == 0;
	}
	pthread_mutex_unlock(&handle->lock);
	return n;
}

static gboolean is_called(const json_t *event, const char *name)
{
	return g_strcmp0(json_string_value(json_object_get(event, "therapy")), name) == 0;
}

static json_t *find_unasked(fake_handle *handle, const char *name)
{
	for (guint i = handle->seen; i < handle->events->len; i++) {
		fake_event *event = g_ptr_array_index(handle->events, i);
		if (event->transaction || !is_called(event->event, name))
			continue;
		handle->seen = i + 1;
		return event->event;
	}
	return NULL;
}

static void show_events(fake_handle *handle)
{
	for (guint i = 0; i < handle->events->len; i++) {
		const fake_event *event = g_ptr_array_index(handle->events, i);
		g_autofree char *text = json_dumps(event->event, JSON_COMPACT);
		g_printerr("%s %s\n", event->transaction ? event->transaction : "-", text);
	}
}

static json_t *wait_for(fake_handle *handle, json_t *(*find)(fake_handle *, const char *),
			const char *what, const char *shown)
{
	struct timespec until;
	json_t *found;
	int status = 0;

	if (fake_now.no_threads)
		fake_run();
	set_deadline(&until);
	pthread_mutex_lock(&handle->lock);
	while (!(found = find(handle, what)) && status != ETIMEDOUT && !fake_now.no_threads &&
	       !atomic_load(&handle->gone))
		status = pthread_cond_timedwait(&handle->changed, &handle->lock, &until);
	gboolean in_vain = !found && !atomic_load(&handle->gone);
	if (in_vain)
		show_events(handle);
	pthread_mutex_unlock(&handle->lock);
	if (in_vain)
		g_error("waited in vain for %s", shown);
	return found;
}

json_t *fake_ask(fake_handle *handle, json_t *body, json_t *jsep)
{
	g_autofree char *shown = json_dumps(body, JSON_COMPACT | JSON_ENCODE_ANY);
	const char *transaction = fake_send(handle, body, jsep);

	return wait_for(handle, find_answer, transaction, shown);
}

json_t *fake_await(fake_handle *handle, const char *name)
{
	return wait_for(handle, find_unasked, name, name);
}

json_t *fake_newest(fake_handle *handle, const char *name)
{
	json_t *found = NULL;

	pthread_mutex_lock(&handle->lock);
	for (guint i = handle->events->len; !found && i-- > 0;) {
		fake_event *event = g_ptr_array_index(handle->events, i);
		if (!event->transaction && is_called(event->event, name))
			found = event->event;
	}
	pthread_mutex_unlock(&handle->lock);
	return found;
}

json_t *fake_jsep(fake_handle *handle)
{
	json_t *found = NULL;

	pthread_mutex_lock(&handle->lock);
	for (guint i = handle->events->len; !found && i-- > 0;)
		found = ((fake_event *)g_ptr_array_index(handle->events, i))->jsep;
	pthread_mutex_unlock(&handle->lock);
	return found;
}

guint fake_count(fake_handle *handle, const char *name)
{
	guint n = 0;

	pthread_mutex_lock(&handle->lock);
	for (guint i = 0; i < handle->events->len; i++)
		n += is_called(((fake_event *)g_ptr_array_index(handle->events, i))->event, name);
	pthread_mutex_unlock(&handle->lock);
	return n;
}

/*
 * Jobs of one handle are done in turn, so the answer to nonsense comes after all that was before. What was
 * due then is done after that answer, and before the next.
 */
void fake_settle(fake_handle *handle)
{
	for (int i = 0; i < 2; i++)
		(void)fake_ask(handle, json_pack("{s:s}", "request", "no-such-request"), NULL);
}

/* Janus holds the handle's mutex while it asks. */
json_t *fake_query(fake_handle *handle)
{
	janus_plugin_session *session = hold(handle);

	if (!session)
		return NULL;
	pthread_mutex_lock(&handle->core);
	json_t *shown = fake_plugin->query_session(session);
	pthread_mutex_unlock(&handle->core);
	janus_refcount_decrease(&session->ref);
	return shown;
}
