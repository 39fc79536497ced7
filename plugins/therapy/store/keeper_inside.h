/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the keeper share. All functions: on its thread. */
#pragma once

#include <therapy/keeper.h>

#include "late.h"
#include "queue.h"

typedef struct copying {
	outcome made;
	const char *dir;
	char *checkpoint;
} copying;

typedef struct gating {
	thp_keeper_gate gate;
	thp_keeper_noted noted;
	void *data;
} gating;

typedef struct ticket {
	queued queued;
	thp_keeper_ask ask;
	gint64 at_ms;
	int slot;             /* where it is noted meanwhile; -1: nowhere */
	gboolean told;        /* that it could not be written yet */
	thp_keeper_done done; /* NULL: nobody waits */
	void *data;
	copying *copying; /* not a question: a copy to be made, for somebody who waits */
	gating *gating;   /* not a question: a recording to be noted; owned */
} ticket;

struct thp_keeper {
	char *dir;
	thp_keeper_clock clock;
	thp_consent_texts *texts;
	thp_consent_rules rules;
	thp_ledger *ledger; /* of the thread, once it runs; NULL: to be opened again */
	ticket *late;       /* likewise: to be tried again, in order */
	late *notes;        /* NULL: there is no file for them */
	guint n_late;
	GQueue gates; /* likewise; of ticket: recordings to be noted, in order */
	queue queue;
};

void keeper_ticket_free(ticket *t);

/* Opens the ledger again if it was closed after an error. */
thp_err keeper_be_open(thp_keeper *k) G_GNUC_WARN_UNUSED_RESULT;

/* What @states, of one person, have on @rule; NULL for nothing. */
const thp_ledger_state *keeper_find_state(const thp_keeper *k, const GArray *states, guint rule);

/* How @ask's person stands with each rule, what could not be written yet taken into account. */
thp_err keeper_read_standings(thp_keeper *k, const thp_keeper_ask *ask,
			      thp_consent_standing *out) G_GNUC_WARN_UNUSED_RESULT;

/* TRUE if something was taken back that is not in the ledger yet. */
gboolean keeper_withdrawals_wait(const thp_keeper *k);

/* keeper_copy.c, keeper_gate.c: take @t. */
void keeper_copy(thp_keeper *k, ticket *t);
void keeper_gate(thp_keeper *k, ticket *t);

/* Notes the recordings that could not be noted before, as far as that works now; after the last try none waits. */
void keeper_gates_again(thp_keeper *k, gboolean last_try);
