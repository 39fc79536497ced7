/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recordings, noted in the ledger with the agreements that they rest on. */
#include "keeper_inside.h"

#include <string.h>

#include <therapy/recording.h>

#define KINDS 2 /* of agreements that a recording needs at most */

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

void keeper_gate(thp_keeper *k, ticket *t)
{
	const gating *g = t->gating;

	g->noted(note(k, &g->gate), g->data);
	keeper_ticket_free(t);
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
