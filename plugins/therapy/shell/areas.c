/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events into areas; effects out of them, after what they mean has been stored. */
#include "areas.h"

#include <therapy/reply.h>

#include "area_limits.h"
#include "clocks.h"
#include "consents.h"
#include "disk.h"
#include "effects.h"
#include "recordings.h"
#include "registry.h"

#define IDLE_US  (G_GINT64_CONSTANT(60) * G_USEC_PER_SEC) /* longest sleep without a job */
#define LOOK_US  500000 /* the same with areas: no wait ends early when the machine wakes up */
#define RETRY_US G_USEC_PER_SEC /* until what is not as it should be on the disk is written again */

/* What waits for the disk. */
typedef struct held {
	thp_effects fx;
	thp_now at;
	char *transaction;    /* owned; of the request, or NULL */
	thp_session *session; /* owned; whose request it is, or NULL */
	json_t *reply, *jsep; /* owned */
	gboolean can_undo;
} held;

typedef struct area_entry {
	thp_area *area; /* owned */
	gint64 deadline_us;
	thp_area_count heads;  /* as last added to the totals */
	held *storing;         /* owned; NULL: takes events */
	gboolean draining;     /* as the area was told */
	gboolean is_astray;    /* the file may say something else than the area */
	thp_job *first, *last; /* parked, owned */
} area_entry;

struct thp_areas {
	int home;
	GHashTable *entries; /* name -> area_entry, owned */
	guint n_storing;
	atomic_uint n, rooms, participants, waiting, admitted, away;
};

static void held_free(held *h)
{
	if (!h)
		return;
	thp_effects_clear(&h->fx);
	g_free(h->transaction);
	thp_session_unref(h->session);
	json_decref(h->reply);
	json_decref(h->jsep);
	g_free(h);
}

static void area_entry_free(gpointer data)
{
	area_entry *entry = data;

	held_free(entry->storing);
	while (entry->first) {
		thp_job *job = entry->first;
		entry->first = job->next;
		thp_job_free(job);
	}
	thp_area_free(entry->area);
	g_free(entry);
}

thp_areas *thp_areas_new(int home)
{
	thp_areas *areas = g_new0(thp_areas, 1);

	areas->home = home;
	areas->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, area_entry_free);
	return areas;
}

void thp_areas_free(thp_areas *areas)
{
	g_hash_table_unref(areas->entries);
	g_free(areas);
}

static area_entry *find(const thp_areas *areas, const char *name)
{
	return g_hash_table_lookup(areas->entries, name);
}

static thp_area *make_area(const char *name)
{
	const thp_conf_session *own = g_hash_table_lookup(gateway.areas, name);
	thp_area_limits limits = thp_limits_of(&gateway.conf, own ? own : &gateway.conf.session);

	limits.consent = thp_consents_rules();
	limits.recording = thp_recordings_rules();
	return thp_area_new(name, &limits);
}

thp_area *thp_areas_get(thp_areas *areas, const char *name, gboolean make)
{
	area_entry *entry = find(areas, name);

	if (!entry && make) {
		entry = g_new0(area_entry, 1);
		entry->area = make_area(name);
		entry->deadline_us = G_MAXINT64;
		g_hash_table_insert(areas->entries, g_strdup(name), entry);
		atomic_fetch_add(&areas->n, 1);
	}
	return entry ? entry->area : NULL;
}

/* Adds what has changed since the last look to the totals: before anybody is told of it. */
static void recount(thp_areas *areas, area_entry *entry)
{
	thp_area_count heads = thp_area_count_heads(entry->area);

	atomic_fetch_add(&areas->rooms, heads.rooms - entry->heads.rooms);
	atomic_fetch_add(&areas->participants, heads.participants - entry->heads.participants);
	atomic_fetch_add(&areas->waiting, heads.waiting - entry->heads.waiting);
	atomic_fetch_add(&areas->admitted, heads.admitted - entry->heads.admitted);
	atomic_fetch_add(&areas->away, heads.away - entry->heads.away);
	entry->heads = heads;
}

void thp_areas_count(const thp_areas *areas, guint *n, thp_area_count *heads)
{
	*n += atomic_load(&areas->n);
	heads->rooms += atomic_load(&areas->rooms);
	heads->participants += atomic_load(&areas->participants);
	heads->waiting += atomic_load(&areas->waiting);
	heads->admitted += atomic_load(&areas->admitted);
	heads->away += atomic_load(&areas->away);
}

/* The area has done with an event: when does it want the next look? */
static void rest(thp_areas *areas, area_entry *entry)
{
	thp_now at = thp_clocks_now();

	/* An idle area goes at the next tick: its caller may still be using it. */
	entry->deadline_us =
		thp_area_is_idle(entry->area) ? at.mono_us : thp_area_deadline(entry->area, at);
	if (entry->is_astray)
		entry->deadline_us = MIN(entry->deadline_us, at.mono_us + RETRY_US);
	recount(areas, entry);
}

void thp_areas_restore(thp_areas *areas, const char *name, const thp_lasting *facts, guint n)
{
	thp_area *area = thp_areas_get(areas, name, TRUE);
	area_entry *entry = find(areas, name);
	guint left_out = thp_area_restore(area, facts, n, thp_clocks_now(), thp_clocks_moment());

	entry->is_astray = left_out > 0;
	if (left_out > 0)
		thp_disk_warn_of_left_out(left_out);
	rest(areas, entry);
}

/* ---- events ---- */

/* What @event has changed for good, to be stored; NULL if nothing, or if it must wait for a better time. */
static GArray *facts_of(area_entry *entry, const thp_event *event, gboolean can_undo)
{
	/* While the disk is in doubt only what asks for it is tried, and once a second everything. */
	if (entry->is_astray) {
		if (!can_undo && event->kind != THP_EV_TICK)
			return NULL;
		thp_area_forget_written(entry->area);
	}
	GArray *facts = thp_area_changes(entry->area, thp_clocks_moment());
	if (facts && thp_disk_is_open())
		return facts;
	g_clear_pointer(&facts, g_array_unref);
	return NULL;
}

static void store(thp_areas *areas, area_entry *entry, GArray *facts, held *waits)
{
	const char *name = thp_area_name(entry->area);

	entry->storing = waits;
	entry->deadline_us = G_MAXINT64;
	areas->n_storing++;
	thp_disk_write(name, entry->is_astray, facts, thp_job_new_stored(areas->home, name));
}

/* What is taken back stops now, also on a disk that does not answer. */
static gboolean is_urgent(const thp_event *event)
{
	return event->kind == THP_EV_WITHDRAWN ||
	       (event->kind == THP_EV_REQUEST && (event->request == THP_REQ_CONSENT_WITHDRAW ||
						  event->request == THP_REQ_RECORD_STOP));
}

static void run_now(held *h, const thp_area *area)
{
	thp_effects_run(&h->fx, area, h->at, NULL);
	thp_effects_clear(&h->fx);
	thp_effects_init(&h->fx);
}

static thp_err apply(thp_areas *areas, area_entry *entry, const thp_event *event,
		     const char *transaction)
{
	thp_area *area = entry->area;
	gboolean can_undo = thp_disk_is_open() && thp_event_can_be_undone(event);
	GArray *facts = NULL;

	g_return_val_if_fail(!entry->storing, THP_INTERNAL);
	held *h = g_new0(held, 1);
	h->at = thp_clocks_now();
	h->can_undo = can_undo;
	thp_effects_init(&h->fx);
	if (can_undo)
		thp_area_remember(area);
	thp_err err = thp_area_apply(area, event, h->at, &h->fx);
	if (err == THP_OK)
		facts = facts_of(entry, event, can_undo);
	if (facts && is_urgent(event))
		run_now(h, area);
	if (facts) {
		h->transaction = g_strdup(transaction);
		h->session = thp_registry_get(event->link);
		store(areas, entry, facts, h);
		return THP_OK;
	}
	thp_area_settle(area);
	recount(areas, entry);
	if (err == THP_OK)
		thp_effects_run(&h->fx, area, h->at, transaction);
	held_free(h);
	rest(areas, entry);
	return err;
}

static void tell_of_drain(thp_areas *areas, area_entry *entry)
{
	thp_event drain = {.kind = THP_EV_DRAIN, .draining = atomic_load(&gateway.draining)};

	if (entry->draining == drain.draining)
		return;
	entry->draining = drain.draining;
	if (apply(areas, entry, &drain, NULL) != THP_OK)
		g_warn_if_reached();
}

thp_err thp_areas_apply(thp_areas *areas, thp_area *area, const thp_event *event,
			const char *transaction)
{
	area_entry *entry = find(areas, thp_area_name(area));

	tell_of_drain(areas, entry);
	return apply(areas, entry, event, transaction);
}

/* ---- after the disk has answered ---- */

const char *thp_areas_storing(const thp_areas *areas, const char *name)
{
	const area_entry *entry = find(areas, name);

	return entry && entry->storing ? thp_area_name(entry->area) : NULL;
}

GPtrArray *thp_areas_names(const thp_areas *areas)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	GHashTableIter iter;
	gpointer name;

	g_hash_table_iter_init(&iter, areas->entries);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		g_ptr_array_add(names, g_strdup(name));
	return names;
}

gboolean thp_areas_any_storing(const thp_areas *areas)
{
	return areas->n_storing > 0;
}

void thp_areas_answer_later(thp_areas *areas, const char *name, thp_session *session,
			    const char *transaction, json_t *reply, json_t *jsep)
{
	held *h = find(areas, name)->storing;

	thp_session_unref(h->session);
	g_free(h->transaction);
	h->session = thp_session_ref(session);
	h->transaction = g_strdup(transaction);
	h->reply = reply;
	h->jsep = jsep;
}

static void go_through(thp_areas *areas, area_entry *entry, held *h)
{
	thp_area_settle(entry->area);
	recount(areas, entry);
	thp_effects_run(&h->fx, entry->area, h->at, h->transaction);
	if (h->reply)
		thp_session_push(h->session, h->transaction, g_steal_pointer(&h->reply),
				 g_steal_pointer(&h->jsep));
}

static void take_back(const area_entry *entry, const held *h)
{
	thp_area_undo(entry->area);
	atomic_fetch_add(&gateway.errors, 1);
	if (!h->session)
		return;
	/* Whoever was joining has not. */
	if (h->session->who[0] == '\0')
		h->session->area[0] = '\0';
	thp_session_push(h->session, h->transaction, thp_reply_error(THP_NOT_STORED, NULL), NULL);
}

void thp_areas_stored(thp_areas *areas, const thp_job *job)
{
	area_entry *entry = find(areas, job->area);
	held *h = g_steal_pointer(&entry->storing);

	areas->n_storing--;
	entry->is_astray = job->err != THP_OK;
	/* What nobody asked for has happened all the same: time passes, whatever the disk says. */
	if (job->err == THP_OK || !h->can_undo)
		go_through(areas, entry, h);
	else
		take_back(entry, h);
	held_free(h);
	rest(areas, entry);
}

void thp_areas_park(thp_areas *areas, const char *name, thp_job *job)
{
	area_entry *entry = find(areas, name);

	job->next = NULL;
	if (entry->last)
		entry->last->next = job;
	else
		entry->first = job;
	entry->last = job;
}

thp_job *thp_areas_unpark(thp_areas *areas, const char *name)
{
	area_entry *entry = find(areas, name);
	thp_job *job = entry && !entry->storing ? entry->first : NULL;

	if (!job)
		return NULL;
	entry->first = job->next;
	if (!entry->first)
		entry->last = NULL;
	job->next = NULL;
	return job;
}

/* ---- time ---- */

gint64 thp_areas_deadline(const thp_areas *areas, gint64 now_us)
{
	gboolean idle = g_hash_table_size(areas->entries) == 0;
	gint64 at = now_us + (idle ? IDLE_US : LOOK_US);
	GHashTableIter iter;
	area_entry *entry;

	g_hash_table_iter_init(&iter, areas->entries);
	while (g_hash_table_iter_next(&iter, NULL, (gpointer *)&entry))
		at = MIN(at, entry->deadline_us);
	return at;
}

static gboolean may_go(const area_entry *entry)
{
	return !entry->storing && !entry->is_astray && !entry->first &&
	       thp_area_is_idle(entry->area);
}

void thp_areas_tick(thp_areas *areas, gint64 now_us)
{
	static const thp_event tick = {.kind = THP_EV_TICK};
	g_autoptr(GList) entries = g_hash_table_get_values(areas->entries);

	for (GList *l = entries; l; l = l->next) {
		area_entry *entry = l->data;
		if (!entry->storing)
			tell_of_drain(areas, entry);
		if (entry->deadline_us > now_us || entry->storing)
			continue;
		if (thp_areas_apply(areas, entry->area, &tick, NULL) != THP_OK || !may_go(entry))
			continue;
		g_hash_table_remove(areas->entries, thp_area_name(entry->area));
		atomic_fetch_sub(&areas->n, 1);
	}
}

void thp_areas_tell_all(thp_areas *areas, const thp_event *event)
{
	g_autoptr(GList) entries = g_hash_table_get_values(areas->entries);

	for (GList *l = entries; l; l = l->next) {
		area_entry *entry = l->data;
		if (!entry->storing && thp_areas_apply(areas, entry->area, event, NULL) != THP_OK)
			g_warn_if_reached();
	}
}
