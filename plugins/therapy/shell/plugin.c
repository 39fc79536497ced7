/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Janus sees: the table of callbacks, init and destroy. Each callback does one thing and goes. */
#include "therapy-config.h"

#include <therapy/claim_value.h>
#include <therapy/reply.h>

#include "admin.h"
#include "consents.h"
#include "disk.h"
#include "janus_conf.h"
#include "keys.h"
#include "log.h"
#include "media.h"
#include "ops.h"
#include "recordings.h"
#include "registry.h"
#include "worker.h"

#define QUEUED_MAX 64 /* jobs of one handle that may wait */

thp_gateway gateway;
extern int janus_version;

/* Guards handle->plugin_handle: messages come on other threads than the end of the handle does. */
static thp_locked handles = PTHREAD_MUTEX_INITIALIZER;

/* Callbacks under way that count on the workers and the registry: destroy() waits for them. */
static atomic_int inside;

static void leave(void)
{
	atomic_fetch_sub(&inside, 1);
}

/* TRUE if the plugin runs; it does so until leave() is called. */
static gboolean enter(void)
{
	atomic_fetch_add(&inside, 1);
	if (atomic_load(&gateway.running))
		return TRUE;
	leave();
	return FALSE;
}

static thp_session *session_of(janus_plugin_session *handle)
{
	THP_LOCK(&handles);
	return thp_session_ref(handle->plugin_handle);
}

/* ---- who we are ---- */

static int get_api_compatibility(void)
{
	return JANUS_PLUGIN_API_VERSION;
}

static int get_version(void)
{
	return 1;
}

static const char *get_version_string(void)
{
	return PACKAGE_VERSION;
}

static const char *get_description(void)
{
	return "Waiting rooms and private sessions for online therapy.";
}

static const char *get_name(void)
{
	return "Therapy";
}

static const char *get_author(void)
{
	return "The janus-therapy project";
}

static const char *get_package(void)
{
	return THP_PACKAGE;
}

/* ---- handles ---- */

static void create_session(janus_plugin_session *handle, int *error)
{
	if (!enter()) {
		*error = -1;
		return;
	}
	thp_session *session = thp_session_new(handle);
	atomic_store(&session->home, (int)(session->link % (guint64)gateway.conf.workers));
	thp_registry_add(session);
	handle->plugin_handle = session;
	leave();
}

static void destroy_session(janus_plugin_session *handle, int *error)
{
	g_autoptr(thp_session) session = NULL;

	pthread_mutex_lock(&handles);
	session = g_steal_pointer(&handle->plugin_handle);
	pthread_mutex_unlock(&handles);
	if (!session) {
		*error = -2;
		return;
	}
	atomic_store(&session->gone, TRUE);
	if (!enter())
		return;
	thp_worker_post(thp_job_new(THP_JOB_GONE, session));
	leave();
}

static void refuse_message(thp_session *session, thp_job *job, thp_err err)
{
	atomic_fetch_add(&gateway.errors, 1);
	thp_session_push(session, job->transaction, thp_reply_error(err, NULL), NULL);
	if (job->jsep) {
		atomic_fetch_add(&gateway.refused_media, 1);
		gateway.janus->close_pc(session->handle);
	}
	thp_job_free(job);
}

static janus_plugin_result *handle_message(janus_plugin_session *handle, char *transaction,
					   json_t *message, json_t *jsep)
{
	g_autoptr(thp_session) session = session_of(handle);

	if (!session || !enter()) {
		g_free(transaction);
		json_decref(message);
		json_decref(jsep);
		return janus_plugin_result_new(JANUS_PLUGIN_ERROR, "No such handle", NULL);
	}
	thp_job *job = thp_job_new(THP_JOB_MESSAGE, session);
	job->transaction = transaction;
	job->message = message;
	job->jsep = jsep;
	if (atomic_load(&session->queued) > QUEUED_MAX)
		refuse_message(session, job, THP_TOO_FAST);
	else
		thp_worker_post(job);
	leave();
	return janus_plugin_result_new(JANUS_PLUGIN_OK_WAIT, NULL, NULL);
}

/* ---- media: all on the handle's own thread, the one that also ends the handle ---- */

static void post_about(janus_plugin_session *handle, thp_job_kind kind)
{
	thp_session *session = handle->plugin_handle;

	if (!session || !enter())
		return;
	thp_worker_post(thp_job_new(kind, session));
	leave();
}

static void setup_media(janus_plugin_session *handle)
{
	post_about(handle, THP_JOB_MEDIA_UP);
}

static void hangup_media(janus_plugin_session *handle)
{
	post_about(handle, THP_JOB_MEDIA_DOWN);
}

static void incoming_rtp(janus_plugin_session *handle, janus_plugin_rtp *packet)
{
	thp_session *session = handle->plugin_handle;

	if (session && packet && !atomic_load_explicit(&session->gone, memory_order_relaxed))
		thp_media_rtp(session, packet);
}

static void incoming_rtcp(janus_plugin_session *handle, janus_plugin_rtcp *packet)
{
	thp_session *session = handle->plugin_handle;

	if (session && packet && !atomic_load_explicit(&session->gone, memory_order_relaxed))
		thp_media_rtcp(session, packet);
}

/* ---- operators ---- */

/* Janus holds the handle's mutex here: atomics only. */
static json_t *query_session(janus_plugin_session *handle)
{
	static const char *const kinds[] = {"new", "participant", "receiver"};
	g_autoptr(thp_session) session = session_of(handle);

	if (!session)
		return NULL;
	int state = atomic_load(&session->state);
	thp_reply_handle shown = {.handle = kinds[atomic_load(&session->kind)],
				  .state = state >= 0 ? thp_state_name((thp_state)state) : NULL,
				  .relayed_packets = atomic_load(&session->publisher.relayed),
				  .dropped_packets = atomic_load(&session->publisher.dropped)};
	return thp_reply_handle_new(&shown);
}

static json_t *handle_admin_message(json_t *message)
{
	if (!enter())
		return thp_reply_error(THP_BUSY, NULL);
	json_t *answer = thp_admin_handle(message);
	leave();
	return answer;
}

/* ---- life ---- */

static gboolean is_our_janus(void)
{
	if (janus_version == THP_JANUS_VERSION)
		return TRUE;
	log_err("built for Janus %d, loaded by %d: structures differ, so build again for this one",
		THP_JANUS_VERSION, janus_version);
	return FALSE;
}

/* Otherwise every invitation would fail by its signature, and nobody could tell why. */
static gboolean check_realm(void)
{
	if (thp_realm_is_valid(gateway.conf.realm))
		return TRUE;
	log_err("general.realm has characters that no invitation can carry");
	return FALSE;
}

/* Workers first: what they have changed is then written, and what the disk answers is of no use any more. */
static void stop(void)
{
	thp_recordings_close();
	thp_disk_close();
	thp_consents_close();
	thp_workers_clear();
	thp_registry_clear();
	thp_keys_clear();
	thp_tiers_clear();
	g_clear_pointer(&gateway.areas, g_hash_table_unref);
}

static int init(janus_callbacks *callbacks, const char *config_path)
{
	thp_conf_tiers tiers;

	if (!callbacks || !config_path || !is_our_janus())
		return -1;
	if (thp_crypto_init() != THP_OK) {
		log_err("libsodium cannot be initialised");
		return -1;
	}
	gateway.areas = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	if (thp_janus_conf_load(config_path, &gateway.conf, gateway.areas, &tiers) != THP_OK ||
	    !check_realm() || thp_keys_load() != THP_OK || !thp_consents_open() ||
	    !thp_recordings_open() || !thp_disk_open()) {
		thp_recordings_close();
		thp_consents_close();
		thp_keys_clear();
		g_clear_pointer(&gateway.areas, g_hash_table_unref);
		return -1;
	}
	gateway.janus = callbacks;
	thp_ops_init(config_path);
	thp_tiers_put(&tiers);
	thp_registry_init();
	thp_workers_init();
	if (!thp_disk_restore()) {
		stop();
		return -1;
	}
	thp_consents_start();
	thp_recordings_start();
	thp_workers_start();
	atomic_store(&gateway.draining, FALSE);
	atomic_store(&gateway.running, TRUE);
	log_info("version %s is ready: %u keys, %" G_GINT64_FORMAT " workers", PACKAGE_VERSION,
		 thp_keys_count(), gateway.conf.workers);
	return 0;
}

static void destroy(void)
{
	if (!atomic_exchange(&gateway.running, FALSE))
		return;
	while (atomic_load(&inside) > 0)
		g_usleep(1000);
	thp_workers_stop();
	stop();
	log_info("stopped");
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
static janus_plugin plugin =
	JANUS_PLUGIN_INIT(.init = init, .destroy = destroy,
			  .get_api_compatibility = get_api_compatibility,
			  .get_version = get_version, .get_version_string = get_version_string,
			  .get_description = get_description, .get_name = get_name,
			  .get_author = get_author, .get_package = get_package,
			  .create_session = create_session, .handle_message = handle_message,
			  .handle_admin_message = handle_admin_message, .setup_media = setup_media,
			  .incoming_rtp = incoming_rtp, .incoming_rtcp = incoming_rtcp,
			  .hangup_media = hangup_media, .destroy_session = destroy_session,
			  .query_session = query_session, );
#pragma GCC diagnostic pop

/* The one symbol that Janus looks for. */
__attribute__((visibility("default"))) janus_plugin *create(void);

janus_plugin *create(void)
{
	gateway.plugin = &plugin;
	return &plugin;
}
