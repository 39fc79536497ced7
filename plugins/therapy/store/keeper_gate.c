/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings, noted in the ledger with the agreements that they rest on. */
#include "keeper_inside.h"

#include <string.h>

#include <therapy/recording.h>

#define KINDS     2   /* of agreements that a recording needs at most */
#define GATES_MAX 256 /* that wait for the disk */

typedef struct grounds {
	guint64 upon[KINDS * THP_SEATS_MAX];
	guint n;
} grounds;

static gboolean find_rule(const thp_keeper *k, const char *kind, guint *rule)
{
	for (*rule = 0; *rule < k->rules.n; (*rule)++) {
		if (strcmp(k->rules.kinds[*rule].name, kind) == 0)
			return TRUE;
	}
	return FALSE;
}

/* The entry by which @ask's person has agreed to @kind, and still does. */
static thp_err add_agreement(thp_keeper *k, const thp_keeper_ask *ask, const char *kind,
			     grounds *out)
{
	thp_consent_standing standings[THP_CONSENT_KINDS_MAX] = {0};
	g_autoptr(GArray) states = NULL;
	const thp_ledger_state *state;
	guint rule;

	if (!find_rule(k, kind, &rule))
		return THP_RECORDING_DECLINED;
	thp_err err = keeper_read_standings(k, ask, standings);
	if (!err && standings[rule].state != THP_CONSENT_GRANTED)
		err = THP_RECORDING_DECLINED;
	if (!err)
		err = thp_ledger_states(k->ledger, ask->sub, ask->room, &states);
	if (err)
		return err;
	state = keeper_find_state(k, states, rule);
	if (!state)
		return THP_RECORDING_DECLINED;
	out->upon[out->n++] = state->seq;
	return THP_OK;
}

static thp_err find_grounds(thp_keeper *k, const thp_keeper_gate *gate, grounds *out)
{
	thp_err err = THP_OK;

	for (guint i = 0; !err && i < gate->n; i++) {
		thp_keeper_ask ask = {.rule = -1};

		g_strlcpy(ask.sub, gate->subs[i], sizeof ask.sub);
		g_strlcpy(ask.room, gate->room, sizeof ask.room);
		err = add_agreement(k, &ask, THP_RECORDING_AUDIO, out);
		if (!err && gate->video)
			err = add_agreement(k, &ask, THP_RECORDING_VIDEO, out);
	}
	return err;
}

static thp_err note(thp_keeper *k, const thp_keeper_gate *gate)
{
	grounds found = {.n = 0};
	thp_ledger_gate kept = {.recording = gate->recording, .state = gate->state};
	thp_err err = keeper_be_open(k);

	/* What comes after a withdrawal is not kept before it. */
	if (!err && keeper_withdrawals_wait(k))
		err = THP_NOT_STORED;
	if (!err)
		err = find_grounds(k, gate, &found);
	if (err)
		return err;
	kept.upon = found.upon;
	kept.n = found.n;
	err = thp_ledger_note_gate(k->ledger, &kept, k->clock());
	/* Whatever it was, the ledger looks at itself before anything else is kept. */
	if (err)
		g_clear_pointer(&k->ledger, thp_ledger_close);
	return err;
}

static void tell(const ticket *t, thp_err err, gboolean last)
{
	t->gating->noted(err, last, t->gating->data);
}

/* Takes @t. */
static void finish(ticket *t, thp_err err)
{
	tell(t, err, TRUE);
	keeper_ticket_free(t);
}

void keeper_gates_again(thp_keeper *k, gboolean last_try)
{
	thp_err err = THP_OK;

	while (k->gates.length > 0) {
		const ticket *first = g_queue_peek_head(&k->gates);

		/* What fails for one would fail for the next. */
		if (!err)
			err = note(k, &first->gating->gate);
		if (err && !last_try)
			return;
		finish(g_queue_pop_head(&k->gates), err);
	}
}

void keeper_gate(thp_keeper *k, ticket *t)
{
	gboolean starts = strcmp(t->gating->gate.state, "on") == 0;
	thp_err err = THP_NOT_STORED;

	/* The disk may be there again. */
	keeper_gates_again(k, FALSE);
	if (k->gates.length == 0)
		err = note(k, &t->gating->gate);
	/* Who hears that it was not noted does not let it go on; what is over is over, and waits. */
	if (!err || starts || k->gates.length >= GATES_MAX) {
		finish(t, err);
		return;
	}
	tell(t, err, FALSE);
	g_queue_push_tail(&k->gates, t);
}

void thp_keeper_note_gate(thp_keeper *keeper, const thp_keeper_gate *gate, thp_keeper_noted noted,
			  void *data)
{
	ticket *t = g_new0(ticket, 1);

	t->slot = -1;
	t->gating = g_new0(gating, 1);
	*t->gating = (gating){*gate, noted, data};
	queue_put(&keeper->queue, &t->queued);
}
