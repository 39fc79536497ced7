/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writer: takes all that waits, writes it in one transaction, says how that went. */
#include <therapy/store.h>

#include <pthread.h>
#include <string.h>

#include "state.h"

/* What waits to be written; with a backup path, a copy to be made instead. */
typedef struct ticket {
	char area[THP_ID_MAX + 1];
	gboolean whole;
	GArray *facts; /* owned */
	thp_store_done done;
	void *data;
	const char *backup; /* borrowed from whoever waits for it */
	struct ticket *next;
} ticket;

struct thp_store {
	char *path;
	state state; /* of the thread, once it runs */
	gboolean started;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	ticket *first, *last; /* lock */
	gboolean stopping;    /* lock */
};

thp_err thp_store_open(const char *folder, GString *why, thp_store **store)
{
	thp_store *opened = g_new0(thp_store, 1);

	opened->path = g_build_filename(folder, THP_STORE_FILE, NULL);
	pthread_mutex_init(&opened->lock, NULL);
	pthread_cond_init(&opened->wake, NULL);
	thp_err err = state_open(&opened->state, opened->path, why);
	if (err == THP_OK)
		*store = opened;
	else
		thp_store_close(opened);
	return err;
}

thp_err thp_store_read(thp_store *store, thp_store_visit visit, void *data)
{
	return state_read(&store->state, visit, data);
}

/* ---- the queue ---- */

static void put(thp_store *store, ticket *t)
{
	pthread_mutex_lock(&store->lock);
	if (store->last)
		store->last->next = t;
	else
		store->first = t;
	store->last = t;
	pthread_cond_signal(&store->wake);
	pthread_mutex_unlock(&store->lock);
}

/* All that waits; NULL at the end. */
static ticket *take_all(thp_store *store)
{
	pthread_mutex_lock(&store->lock);
	while (!store->first && !store->stopping)
		pthread_cond_wait(&store->wake, &store->lock);
	ticket *all = store->first;
	store->first = store->last = NULL;
	pthread_mutex_unlock(&store->lock);
	return all;
}

void thp_store_write(thp_store *store, const char *area, gboolean whole, GArray *facts,
		     thp_store_done done, void *data)
{
	ticket *t = g_new0(ticket, 1);

	g_strlcpy(t->area, area, sizeof t->area);
	t->whole = whole;
	t->facts = facts;
	t->done = done;
	t->data = data;
	put(store, t);
}

/* ---- writing ---- */

/* A file that failed is opened anew, with all its checks, before anything else is written. */
static thp_err be_open(thp_store *store)
{
	g_autoptr(GString) why = g_string_new(NULL);

	return store->state.db ? THP_OK : state_open(&store->state, store->path, why);
}

static thp_err write_ticket(state *s, const ticket *t)
{
	thp_err err = t->whole ? state_wipe(s, t->area) : THP_OK;

	for (guint i = 0; err == THP_OK && i < t->facts->len; i++)
		err = state_write(s, t->area, &g_array_index(t->facts, thp_lasting, i));
	return err;
}

static thp_err write_all(thp_store *store, const ticket *all)
{
	state *s = &store->state;
	thp_err err = be_open(store);

	if (err != THP_OK)
		return err;
	gint64 number = s->committed + 1;
	err = state_begin(s);
	for (const ticket *t = all; err == THP_OK && t; t = t->next)
		err = t->backup ? THP_OK : write_ticket(s, t);
	if (err == THP_OK)
		err = state_commit(s);
	if (err == THP_OK)
		return err;
	/* Whether a commit that failed has happened is not known before the file is opened again. */
	state_close(s);
	return be_open(store) == THP_OK && s->committed == number ? THP_OK : err;
}

static thp_err back_up(thp_store *store, const char *path)
{
	thp_err err = be_open(store);

	return err == THP_OK ? thp_db_copy(store->state.db, path) : err;
}

static gboolean has_facts(const ticket *all)
{
	for (; all; all = all->next) {
		if (!all->backup)
			return TRUE;
	}
	return FALSE;
}

static void serve(thp_store *store, ticket *all)
{
	thp_err err = has_facts(all) ? write_all(store, all) : THP_OK;

	while (all) {
		ticket *t = all;
		all = t->next;
		t->done(t->backup ? back_up(store, t->backup) : err, t->data);
		if (t->facts)
			g_array_unref(t->facts);
		g_free(t);
	}
}

static void *work(void *data)
{
	thp_store *store = data;

	for (ticket *all = take_all(store); all; all = take_all(store))
		serve(store, all);
	return NULL;
}

/* ---- backup ---- */

typedef struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	gboolean is_done;
	thp_err err;
} waiter;

static void wake_waiter(thp_err err, void *data)
{
	waiter *w = data;

	pthread_mutex_lock(&w->lock);
	w->err = err;
	w->is_done = TRUE;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

thp_err thp_store_backup(thp_store *store, const char *path)
{
	waiter w = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};
	ticket *t = g_new0(ticket, 1);

	t->backup = path;
	t->done = wake_waiter;
	t->data = &w;
	put(store, t);
	pthread_mutex_lock(&w.lock);
	while (!w.is_done)
		pthread_cond_wait(&w.wake, &w.lock);
	pthread_mutex_unlock(&w.lock);
	pthread_cond_destroy(&w.wake);
	pthread_mutex_destroy(&w.lock);
	return w.err;
}

/* ---- life ---- */

void thp_store_start(thp_store *store)
{
	store->started = pthread_create(&store->thread, NULL, work, store) == 0;
	if (!store->started)
		g_error("[therapy] cannot start the store's thread");
}

void thp_store_close(thp_store *store)
{
	if (!store)
		return;
	pthread_mutex_lock(&store->lock);
	store->stopping = TRUE;
	pthread_cond_signal(&store->wake);
	pthread_mutex_unlock(&store->lock);
	if (store->started)
		pthread_join(store->thread, NULL);
	state_close(&store->state);
	pthread_cond_destroy(&store->wake);
	pthread_mutex_destroy(&store->lock);
	g_free(store->path);
	g_free(store);
}
