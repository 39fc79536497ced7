/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The writer: takes all that waits, writes it in one transaction, says how that went. */
#include <therapy/store.h>

#include <string.h>

#include "queue.h"
#include "state.h"

/* What waits to be written; with a backup path, a copy to be made instead. */
typedef struct ticket {
	queued queued;
	char area[THP_ID_MAX + 1];
	gboolean whole;
	GArray *facts; /* owned */
	thp_store_done done;
	void *data;
	const char *backup; /* borrowed from whoever waits for it */
} ticket;

struct thp_store {
	char *path;
	state state; /* of the thread, once it runs */
	queue queue;
};

static ticket *next_of(const ticket *t)
{
	return (ticket *)t->queued.next;
}

thp_err thp_store_open(const char *folder, GString *why, thp_store **store)
{
	thp_store *opened = g_new0(thp_store, 1);

	opened->path = g_build_filename(folder, THP_STORE_FILE, NULL);
	queue_init(&opened->queue);
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

void thp_store_write(thp_store *store, const char *area, gboolean whole, GArray *facts,
		     thp_store_done done, void *data)
{
	ticket *t = g_new0(ticket, 1);

	g_strlcpy(t->area, area, sizeof t->area);
	t->whole = whole;
	t->facts = facts;
	t->done = done;
	t->data = data;
	queue_put(&store->queue, &t->queued);
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
	for (const ticket *t = all; err == THP_OK && t; t = next_of(t))
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
	for (; all; all = next_of(all)) {
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
		all = next_of(t);
		t->done(t->backup ? back_up(store, t->backup) : err, t->data);
		if (t->facts)
			g_array_unref(t->facts);
		g_free(t);
	}
}

static void *work(void *data)
{
	thp_store *store = data;
	gboolean stopping = FALSE;

	while (!stopping)
		serve(store, (ticket *)queue_take_all(&store->queue, 0, &stopping));
	return NULL;
}

thp_err thp_store_backup(thp_store *store, const char *path)
{
	outcome made = OUTCOME_INIT;
	ticket *t = g_new0(ticket, 1);

	t->backup = path;
	t->done = outcome_tell;
	t->data = &made;
	queue_put(&store->queue, &t->queued);
	return outcome_wait(&made);
}

/* ---- life ---- */

void thp_store_start(thp_store *store)
{
	queue_start(&store->queue, work, store);
}

void thp_store_close(thp_store *store)
{
	if (!store)
		return;
	queue_stop(&store->queue);
	state_close(&store->state);
	g_free(store->path);
	g_free(store);
}
