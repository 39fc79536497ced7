/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The life of the stand-in and of its handles, and what tests ask of them. */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "inner.h"
#include "wraps.h"

#include "../../plugins/therapy/shell/worker.h"

janus_plugin *create(void);

janus_plugin *fake_plugin;
fake_options fake_now;

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static GPtrArray *handles; /* LOCK: list_lock */
static char *folder;

void fake_each(void (*visit)(fake_handle *, void *), void *data)
{
	pthread_mutex_lock(&list_lock);
	for (guint i = 0; handles && i < handles->len; i++)
		visit(g_ptr_array_index(handles, i), data);
	pthread_mutex_unlock(&list_lock);
}

/* ---- the plugin's life ---- */

static void write_files(const fake_options *options)
{
	g_autofree char *keys = g_build_filename(folder, "keys", NULL);
	g_autofree char *conf = g_build_filename(folder, "janus.plugin.therapy.jcfg", NULL);
	g_autofree char *data = g_build_filename(folder, "data", NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	for (const char *const *s = options->settings; s && *s; s++)
		g_string_append_printf(text, "%s\n", *s);
	g_string_append_printf(text, "general.keys_file=%s\n", keys);
	/* Most tests are about other things than keys; the first of two settings counts. */
	g_string_append(text, "general.require_e2ee=false\n");
	/* Without threads there is nobody to write. */
	g_string_append_printf(text, "general.data_dir=%s\n", options->no_threads ? "" : data);
	g_assert_true(g_file_set_contents(conf, text->str, -1, NULL));
	g_assert_true(g_file_set_contents(keys, options->keys, -1, NULL));
}

static void remove_files(void)
{
	static const char *const names[] = {"keys", "janus.plugin.therapy.jcfg", "data/state.db",
					    "data/state.db-journal", "data"};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);
		(void)g_remove(path);
	}
	(void)g_rmdir(folder);
	g_clear_pointer(&folder, g_free);
}

/* With options kept, the folder stays from start to start, and goes with the program. */
static void open_folder(const fake_options *options)
{
	if (folder)
		return;
	folder = g_dir_make_tmp("therapy-fake-XXXXXX", NULL);
	g_assert_nonnull(folder);
	write_files(options);
	if (options->same_again)
		(void)atexit(remove_files);
}

int fake_janus_start(const fake_options *options)
{
	fake_now = *options;
	fake_memo(options->no_threads);
	open_folder(options);
	handles = g_ptr_array_new();
	fake_recorder_break(FALSE);
	fake_log_start(!options->no_log);
	fake_plugin = create();
	fake_threads_allow(!options->no_threads);
	int status = fake_plugin->init(fake_callbacks(), folder);
	fake_threads_allow(TRUE);
	return status;
}

static void handle_free(fake_handle *handle);

static void detach_all(GPtrArray *all)
{
	for (guint i = 0; i < all->len; i++)
		fake_detach(g_ptr_array_index(all, i));
}

void fake_janus_end_plugin(void)
{
	fake_threads_allow(!fake_now.no_threads);
	fake_plugin->destroy();
	fake_threads_allow(TRUE);
}

void fake_janus_stop(gboolean abruptly)
{
	GPtrArray *all = handles;

	if (!abruptly)
		detach_all(all);
	fake_janus_end_plugin();
	detach_all(all);
	for (guint i = 0; i < all->len; i++)
		g_assert_true(fake_is_released(g_ptr_array_index(all, i)));
	pthread_mutex_lock(&list_lock);
	handles = NULL;
	pthread_mutex_unlock(&list_lock);
	for (guint i = 0; i < all->len; i++)
		handle_free(g_ptr_array_index(all, i));
	g_ptr_array_unref(all);
	fake_log_stop();
	callbacks_clear();
	if (!fake_now.same_again)
		remove_files();
}

json_t *fake_admin(const char *request)
{
	json_auto_t *body = json_pack("{s:s}", "request", request);

	return fake_admin_body(body);
}

json_t *fake_admin_body(json_t *body)
{
	return fake_plugin->handle_admin_message(body);
}

/* ---- handles ---- */

/* The last reference is gone; the record stays. */
static void session_free(const janus_refcount *ref)
{
	gsize at = (gsize)ref - G_STRUCT_OFFSET(janus_plugin_session, ref);
	janus_plugin_session *session = (janus_plugin_session *)at;
	fake_handle *handle = session->gateway_handle;

	pthread_mutex_lock(&handle->lock);
	handle->session = NULL;
	pthread_mutex_unlock(&handle->lock);
	g_free(session);
	atomic_store(&handle->released, TRUE);
}

static void event_free(gpointer data)
{
	fake_event *event = data;

	g_free(event->transaction);
	json_decref(event->event);
	json_decref(event->jsep);
	g_free(event);
}

fake_handle *fake_attach(guint janus_session)
{
	fake_handle *handle = g_new0(fake_handle, 1);
	janus_plugin_session *session = g_new0(janus_plugin_session, 1);
	int error = 0;

	handle->session = session;
	handle->janus_session = janus_session;
	handle->events = g_ptr_array_new_with_free_func(event_free);
	handle->transactions = g_ptr_array_new_with_free_func(g_free);
	pthread_mutex_init(&handle->core, NULL);
	pthread_mutex_init(&handle->lock, NULL);
	pthread_cond_init(&handle->changed, NULL);
	session->gateway_handle = handle;
	/* As Janus does: the plugin sees the session before its counter is set. */
	fake_plugin->create_session(session, &error);
	g_assert_cmpint(error, ==, 0);
	janus_refcount_init(&session->ref, session_free);
	janus_refcount_increase(&session->ref);
	loop_start(handle);
	pthread_mutex_lock(&list_lock);
	g_ptr_array_add(handles, handle);
	pthread_mutex_unlock(&list_lock);
	return handle;
}

void fake_detach(fake_handle *handle)
{
	loop_post(handle, task_new(TASK_DETACH));
	loop_wait(handle);
	loop_join(handle);
}

static void handle_free(fake_handle *handle)
{
	g_ptr_array_unref(handle->events);
	g_ptr_array_unref(handle->transactions);
	pthread_mutex_destroy(&handle->core);
	pthread_mutex_destroy(&handle->lock);
	pthread_cond_destroy(&handle->changed);
	pthread_mutex_destroy(&handle->loop.lock);
	pthread_cond_destroy(&handle->loop.changed);
	g_free(handle);
}

void fake_forget(fake_handle *handle)
{
	fake_detach(handle);
	for (int i = 0; i < FAKE_PATIENCE_S * 10000 && !fake_is_released(handle); i++)
		g_usleep(100);
	g_assert_true(fake_is_released(handle));
	pthread_mutex_lock(&list_lock);
	g_ptr_array_remove_fast(handles, handle);
	pthread_mutex_unlock(&list_lock);
	handle_free(handle);
}

gboolean fake_is_released(const fake_handle *handle)
{
	return atomic_load(&handle->released);
}

gboolean fake_is_gone(const fake_handle *handle)
{
	return atomic_load(&handle->gone);
}

void fake_tag(fake_handle *handle, guint tag)
{
	atomic_store(&handle->tag, tag);
}

guint fake_tag_of(const fake_handle *handle)
{
	return atomic_load(&handle->tag);
}

/* ---- media ---- */

static void post(fake_handle *handle, fake_task *task)
{
	loop_post(handle, task);
	loop_wait(handle);
}

void fake_media_up(fake_handle *handle)
{
	post(handle, task_new(TASK_UP));
}

void fake_hangup(fake_handle *handle)
{
	post(handle, task_new(TASK_HANGUP));
}

static void post_packet(fake_handle *handle, fake_task_kind kind, int mindex, gboolean video,
			const void *packet, gsize length)
{
	fake_task *task = task_new(kind);

	task->mindex = mindex;
	task->video = video;
	task->length = length;
	/* Exactly this size, so that the sanitizer sees a read too far. */
	task->bytes = g_memdup2(packet, length);
	post(handle, task);
}

void fake_rtp(fake_handle *handle, int mindex, gboolean video, const void *packet, gsize length)
{
	post_packet(handle, TASK_RTP, mindex, video, packet, length);
}

void fake_rtcp(fake_handle *handle, int mindex, gboolean video, const void *packet, gsize length)
{
	post_packet(handle, TASK_RTCP, mindex, video, packet, length);
}

fake_line fake_line_of(fake_handle *handle, guint mindex)
{
	pthread_mutex_lock(&handle->lock);
	fake_line line = handle->lines[mindex];
	pthread_mutex_unlock(&handle->lock);
	return line;
}

fake_calls fake_calls_of(fake_handle *handle)
{
	loop_wait(handle);
	pthread_mutex_lock(&handle->lock);
	fake_calls calls = handle->calls;
	pthread_mutex_unlock(&handle->lock);
	return calls;
}

guint fake_relayed(fake_handle *handle)
{
	pthread_mutex_lock(&handle->lock);
	guint n = handle->relayed;
	pthread_mutex_unlock(&handle->lock);
	return n;
}

/* ---- without threads ---- */

static void run_loop(fake_handle *handle, void *any)
{
	*(gboolean *)any |= loop_run(handle);
}

void fake_run(void)
{
	gboolean any = TRUE;

	while (any) {
		any = FALSE;
		thp_workers_drain();
		for (guint i = 0; i < handles->len; i++)
			run_loop(g_ptr_array_index(handles, i), &any);
	}
}
