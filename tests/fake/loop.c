/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A handle's own thread, on which media comes, connections end, and the handle itself. */
#include "inner.h"

fake_task *task_new(fake_task_kind kind)
{
	fake_task *task = g_new0(fake_task, 1);

	task->kind = kind;
	task->mindex = -1;
	return task;
}

static void task_free(fake_task *task)
{
	g_free(task->bytes);
	g_free(task);
}

static void hang_up(fake_handle *handle)
{
	/* Janus tells of the end of a connection only if there was one, or one in the making. */
	if (!atomic_exchange(&handle->has_pc, FALSE))
		return;
	pthread_mutex_lock(&handle->lock);
	handle->calls.hangups++;
	pthread_mutex_unlock(&handle->lock);
	fake_plugin->hangup_media(handle->session);
}

static void end(fake_handle *handle)
{
	int error = 0;
	janus_plugin_session *session = handle->session;

	hang_up(handle);
	session->stopped = 1;
	fake_plugin->destroy_session(session, &error);
	g_assert_cmpint(error, ==, 0);
	pthread_mutex_lock(&handle->lock);
	atomic_store(&handle->gone, TRUE);
	pthread_cond_broadcast(&handle->changed);
	pthread_mutex_unlock(&handle->lock);
	janus_refcount_decrease(&session->ref);
}

static void deliver_rtp(fake_handle *handle, fake_task *task)
{
	janus_plugin_rtp packet;

	janus_plugin_rtp_reset(&packet);
	packet.mindex = task->mindex;
	packet.video = task->video;
	packet.buffer = task->bytes;
	packet.length = (uint16_t)task->length;
	/* What the plugin is given is Janus's: it must be as it was afterwards. */
	g_autofree char *before = g_memdup2(task->bytes, task->length);
	fake_plugin->incoming_rtp(handle->session, &packet);
	g_assert_cmpmem(before, task->length, task->bytes, task->length);
}

static void perform(fake_handle *handle, fake_task *task)
{
	janus_plugin_rtcp rtcp = {.mindex = task->mindex,
				  .video = task->video,
				  .buffer = task->bytes,
				  .length = (uint16_t)task->length};

	switch (task->kind) {
	case TASK_UP:
		atomic_store(&handle->has_pc, TRUE);
		fake_plugin->setup_media(handle->session);
		break;
	case TASK_HANGUP:
		hang_up(handle);
		break;
	case TASK_RTP:
		deliver_rtp(handle, task);
		break;
	case TASK_RTCP:
		fake_plugin->incoming_rtcp(handle->session, &rtcp);
		break;
	case TASK_DETACH:
		end(handle);
		break;
	default:
		g_assert_not_reached();
	}
}

static fake_task *take(fake_loop *loop)
{
	fake_task *task = loop->first;

	if (!task)
		return NULL;
	loop->first = task->next;
	if (!loop->first)
		loop->last = NULL;
	return task;
}

/* Performs a task and says so; TRUE if it was the last one of this handle. */
static gboolean finish(fake_handle *handle, fake_task *task)
{
	gboolean is_last = task->kind == TASK_DETACH;

	perform(handle, task);
	task_free(task);
	pthread_mutex_lock(&handle->loop.lock);
	handle->loop.done++;
	pthread_cond_broadcast(&handle->loop.changed);
	pthread_mutex_unlock(&handle->loop.lock);
	return is_last;
}

static void *run(void *data)
{
	fake_handle *handle = data;
	fake_loop *loop = &handle->loop;
	gboolean ended = FALSE;

	while (!ended) {
		pthread_mutex_lock(&loop->lock);
		while (!loop->first)
			pthread_cond_wait(&loop->changed, &loop->lock);
		fake_task *task = take(loop);
		pthread_mutex_unlock(&loop->lock);
		ended = finish(handle, task);
	}
	return NULL;
}

gboolean loop_run(fake_handle *handle)
{
	fake_loop *loop = &handle->loop;
	gboolean any = FALSE;

	while (TRUE) {
		pthread_mutex_lock(&loop->lock);
		fake_task *task = take(loop);
		pthread_mutex_unlock(&loop->lock);
		if (!task)
			return any;
		finish(handle, task);
		any = TRUE;
	}
}

void loop_start(fake_handle *handle)
{
	pthread_mutex_init(&handle->loop.lock, NULL);
	pthread_cond_init(&handle->loop.changed, NULL);
	handle->loop.joined = fake_now.no_threads;
	if (!fake_now.no_threads)
		g_assert_cmpint(pthread_create(&handle->loop.thread, NULL, run, handle), ==, 0);
}

gboolean loop_post(fake_handle *handle, fake_task *task)
{
	fake_loop *loop = &handle->loop;

	pthread_mutex_lock(&loop->lock);
	gboolean late = loop->detaching;
	loop->detaching = late || task->kind == TASK_DETACH;
	if (!late) {
		if (loop->last)
			loop->last->next = task;
		else
			loop->first = task;
		loop->last = task;
		loop->posted++;
		pthread_cond_broadcast(&loop->changed);
	}
	pthread_mutex_unlock(&loop->lock);
	if (late)
		task_free(task);
	return !late;
}

void loop_wait(fake_handle *handle)
{
	fake_loop *loop = &handle->loop;

	if (fake_now.no_threads) {
		loop_run(handle);
		return;
	}
	pthread_mutex_lock(&loop->lock);
	guint until = loop->posted;
	while (loop->done < until)
		pthread_cond_wait(&loop->changed, &loop->lock);
	pthread_mutex_unlock(&loop->lock);
}

void loop_join(fake_handle *handle)
{
	if (!handle->loop.joined)
		pthread_join(handle->loop.thread, NULL);
	handle->loop.joined = TRUE;
}
