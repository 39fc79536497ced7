/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of the ledger while it is in use, and verifying one. */
#include "keeper_inside.h"

#include <string.h>

#include <glib/gstdio.h>

static thp_err copy_to(thp_keeper *k, copying *c)
{
	thp_err err = keeper_be_open(k);

	if (err)
		return err;
	if (g_mkdir(c->dir, 0700) != 0)
		return THP_DB_UNWRITABLE;
	err = thp_ledger_backup(k->ledger, c->dir);
	c->checkpoint = g_strdup(thp_ledger_head(k->ledger));
	return err;
}

void keeper_copy(thp_keeper *k, ticket *t)
{
	copying *c = t->copying;

	keeper_ticket_free(t);
	outcome_tell(copy_to(k, c), &c->made);
}

thp_err thp_keeper_backup(thp_keeper *keeper, const char *dir, char **checkpoint)
{
	copying c = {.made = OUTCOME_INIT, .dir = dir};
	ticket *t = g_new0(ticket, 1);

	t->copying = &c;
	queue_put(&keeper->queue, &t->queued);
	thp_err err = outcome_wait(&c.made);
	*checkpoint = c.checkpoint;
	return err;
}

static void remove_copy(const char *dir)
{
	static const char *const names[] = {"ledger.db",   "keys.db",           "ledger.db-wal",
					    "keys.db-wal", "ledger.db-journal", "keys.db-journal"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(dir, names[i], NULL);
		(void)g_remove(path);
	}
	(void)g_rmdir(dir);
}

thp_ledger_verdict thp_keeper_verify(thp_keeper *keeper, thp_ledger_verify_ask *ask,
				     thp_ledger_verify_report *report, GString *why)
{
	g_autofree char *dir = g_build_filename(keeper->dir, "verifying", NULL);
	g_autofree char *checkpoint = NULL;

	/* What a crash may have left. */
	remove_copy(dir);
	memset(report, 0, sizeof *report);
	thp_err err = thp_keeper_backup(keeper, dir, &checkpoint);
	ask->dir = dir;
	ask->now_ms = keeper->clock();
	if (err)
		g_string_assign(why, thp_err_text(err));
	thp_ledger_verdict verdict =
		err ? THP_LEDGER_UNREADABLE : thp_ledger_verify(ask, report, why);
	remove_copy(dir);
	return verdict;
}
