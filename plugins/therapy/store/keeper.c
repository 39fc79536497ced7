/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keeper's thread: one question after the other, and what could not be done tried again. */
#include "keeper_inside.h"

#include <string.h>

#include <therapy/base64url.h>
#include <therapy/consent_record.h>

#define DAY_MS   G_GINT64_CONSTANT(86400000)
#define RETRY_S  1
#define LOOK_S   600  /* the ledger ends its day, also when nobody asks */
#define LATE_MAX 1000 /* that wait for the disk */

static ticket *next_of(const ticket *t)
{
	return (ticket *)t->queued.next;
}

static const thp_consent_kind *kind_of(const thp_keeper *k, guint rule)
{
	return g_ptr_array_index(k->texts->kinds, k->rules.kinds[rule].at);
}

void keeper_ticket_free(ticket *t)
{
	g_free(t->gating);
	explicit_bzero(t, sizeof *t);
	g_free(t);
}

static void put_late(thp_keeper *k, ticket *t)
{
	ticket *last = k->late;

	while (last && next_of(last))
		last = next_of(last);
	t->queued.next = NULL;
	if (last)
		last->queued.next = &t->queued;
	else
		k->late = t;
	k->n_late++;
}

/* ---- opening ---- */

static thp_err note_texts(thp_keeper *k, GString *why)
{
	for (guint i = 0; i < k->texts->kinds->len; i++) {
		const thp_consent_kind *kind = g_ptr_array_index(k->texts->kinds, i);

		for (guint j = 0; j < kind->languages->len; j++) {
			const thp_consent_language *l = g_ptr_array_index(kind->languages, j);
			thp_err err = thp_ledger_text(k->ledger, kind->name, kind->version, l->lang,
						      l->text, k->clock());
			if (err == THP_TEXT_FILE)
				g_string_printf(why,
						"the text of %s %s (%s) was changed: give it a new "
						"version",
						kind->name, kind->version, l->lang);
			else if (err)
				g_string_printf(why, "%s: %s", k->dir, thp_err_text(err));
			if (err)
				return err;
		}
	}
	return THP_OK;
}

/* What was taken back before the program ended, and is not in the ledger. */
static void take_note(int slot, char **words, void *data)
{
	thp_keeper *k = data;
	ticket *t = g_new0(ticket, 1);

	t->slot = slot;
	t->at_ms = g_ascii_strtoll(words[4], NULL, 10);
	t->ask.rule = -1;
	t->ask.answer = THP_LEDGER_WITHDRAWN;
	for (guint i = 0; i < k->rules.n; i++) {
		if (strcmp(k->rules.kinds[i].name, words[2]) == 0)
			t->ask.rule = (int)i;
	}
	g_strlcpy(t->ask.sub, words[0], sizeof t->ask.sub);
	g_strlcpy(t->ask.room, words[1], sizeof t->ask.room);
	g_strlcpy(t->ask.id, words[3], sizeof t->ask.id);
	/* A kind that is asked about no more: it opens nothing, and the note stays until it is again. */
	if (t->ask.rule < 0)
		keeper_ticket_free(t);
	else
		put_late(k, t);
}

thp_err thp_keeper_open(const char *texts, const char *ledger, thp_keeper_clock clock, GString *why,
			thp_keeper **out)
{
	g_autoptr(thp_keeper) k = g_new0(thp_keeper, 1);

	k->dir = g_strdup(ledger);
	k->clock = clock;
	queue_init(&k->queue);
	thp_err err = thp_consent_text_load(texts, why, &k->texts);
	if (!err)
		err = thp_ledger_open(ledger, clock(), why, &k->ledger);
	if (!err)
		err = note_texts(k, why);
	if (err)
		return err;
	thp_consent_text_rules(k->texts, &k->rules);
	k->notes = late_open(ledger, k->ledger);
	if (k->notes)
		late_each(k->notes, take_note, k);
	*out = g_steal_pointer(&k);
	return THP_OK;
}

const thp_consent_texts *thp_keeper_texts(const thp_keeper *keeper)
{
	return keeper->texts;
}

const thp_consent_rules *thp_keeper_rules(const thp_keeper *keeper)
{
	return &keeper->rules;
}

thp_err keeper_be_open(thp_keeper *k)
{
	g_autoptr(GString) why = g_string_new(NULL);

	return k->ledger ? THP_OK : thp_ledger_open(k->dir, k->clock(), why, &k->ledger);
}

/* ---- how somebody stands ---- */

static thp_consent_state state_of(thp_ledger_answer answer)
{
	switch (answer) {
	case THP_LEDGER_GRANTED:
		return THP_CONSENT_GRANTED;
	case THP_LEDGER_REFUSED:
		return THP_CONSENT_REFUSED;
	case THP_LEDGER_WITHDRAWN:
		return THP_CONSENT_WITHDRAWN;
	default:
		return THP_CONSENT_NONE;
	}
}

/* What the ledger has on @rule, or NULL. */
const thp_ledger_state *keeper_find_state(const thp_keeper *k, const GArray *states, guint rule)
{
	const thp_consent_kind *kind = kind_of(k, rule);

	for (guint i = 0; i < states->len; i++) {
		const thp_ledger_state *s = &g_array_index(states, thp_ledger_state, i);
		if (strcmp(s->kind, kind->name) == 0 && s->scoped == kind->session)
			return s;
	}
	return NULL;
}

static gboolean is_withdrawal(const ticket *t)
{
	return t->ask.rule >= 0 && t->ask.answer == THP_LEDGER_WITHDRAWN;
}

/* What was taken back is, written or not. */
static void take_back_late(const thp_keeper *k, const thp_keeper_ask *ask,
			   thp_consent_standing *out)
{
	for (const ticket *t = k->late; t; t = next_of(t)) {
		if (is_withdrawal(t) && strcmp(t->ask.sub, ask->sub) == 0 &&
		    (!kind_of(k, (guint)t->ask.rule)->session ||
		     strcmp(t->ask.room, ask->room) == 0))
			out[t->ask.rule] = (thp_consent_standing){.state = THP_CONSENT_WITHDRAWN};
	}
}

thp_err keeper_read_standings(thp_keeper *k, const thp_keeper_ask *ask, thp_consent_standing *out)
{
	g_autoptr(GArray) states = NULL;
	thp_err err = thp_ledger_states(k->ledger, ask->sub, ask->room, &states);

	if (err) {
		g_clear_pointer(&k->ledger, thp_ledger_close);
		return err;
	}
	for (guint i = 0; i < k->rules.n; i++) {
		const thp_ledger_state *s = keeper_find_state(k, states, i);

		if (!s || !thp_consent_text_holds(kind_of(k, i), s->version))
			continue;
		out[i].state = state_of(s->answer);
		out[i].until_s = s->until_ms / 1000;
	}
	take_back_late(k, ask, out);
	return THP_OK;
}

/* ---- keeping ---- */

/* The same page asking for the same again; nobody else can ask for it. */
static void request_id(const thp_keeper *k, const thp_keeper_ask *ask,
		       guint8 request[static THP_SEAL_REQUEST_BYTES])
{
	const thp_consent_rule *rule = &k->rules.kinds[ask->rule];
	g_autofree char *text = g_strdup_printf(
		"%s|%s|%s|%s|%d|%s|%s|%s|%s", ask->sub, ask->room, rule->name, rule->version,
		(int)ask->answer, ask->id, ask->details.words[THP_DETAIL_PLACE],
		ask->details.words[THP_DETAIL_CONTACT], ask->guardian);
	thp_hash hash;

	thp_merkle_sha256(text, strlen(text), &hash);
	memcpy(request, hash.b, THP_SEAL_REQUEST_BYTES);
	explicit_bzero(text, strlen(text));
}

static const thp_consent_language *language_of(thp_keeper *k, const thp_keeper_ask *ask)
{
	const thp_consent_kind *kind = kind_of(k, (guint)ask->rule);
	const thp_consent_language *language = thp_consent_text_in(kind, ask->lang);
	g_autoptr(GArray) states = NULL;

	/* A grant is taken back in the language it was given in. */
	if (!language && thp_ledger_states(k->ledger, ask->sub, ask->room, &states) == THP_OK) {
		const thp_ledger_state *s = keeper_find_state(k, states, (guint)ask->rule);
		language = s ? thp_consent_text_in(kind, s->lang) : NULL;
	}
	if (!language)
		language = thp_consent_text_in(kind, "en");
	return language ? language : g_ptr_array_index(kind->languages, 0);
}

static thp_err append_once(thp_keeper *k, const thp_ledger_entry *entry, thp_ledger_kept *kept)
{
	thp_err err = keeper_be_open(k);

	if (!err)
		err = thp_ledger_append(k->ledger, entry, k->clock(), kept);
	/* Whatever it was, the ledger looks at itself before anything else is kept. */
	if (err)
		g_clear_pointer(&k->ledger, thp_ledger_close);
	return err;
}

static thp_err append(thp_keeper *k, const thp_ledger_entry *entry, thp_ledger_kept *kept)
{
	thp_err err = append_once(k, entry, kept);

	if (err == THP_DB_FULL && entry->answer == THP_LEDGER_WITHDRAWN &&
	    thp_ledger_make_room(k->dir))
		return append_once(k, entry, kept);
	/* A commit that failed may have happened. */
	if (err && keeper_be_open(k) == THP_OK && thp_ledger_find(k->ledger, entry->request, kept))
		return THP_OK;
	return err;
}

static thp_err keep(thp_keeper *k, const ticket *t, char **receipt)
{
	const thp_keeper_ask *ask = &t->ask;
	char id[THP_BASE64URL_LEN(THP_SEAL_REQUEST_BYTES) + 1];
	thp_consent_act act = {.kind = kind_of(k, (guint)ask->rule),
			       .language = language_of(k, ask),
			       .id = id,
			       .sub = ask->sub,
			       .guardian = ask->guardian,
			       .method = "button",
			       .details = &ask->details,
			       .answer = ask->answer,
			       .at_ms = t->at_ms,
			       .shown_ms = ask->shown_ms};
	thp_ledger_kept kept = {0};
	thp_ledger_entry entry = {.sub = ask->sub,
				  .kind = act.kind->name,
				  .version = act.kind->version,
				  .lang = act.language->lang,
				  .answer = ask->answer,
				  .text = act.language->text};

	request_id(k, ask, entry.request);
	thp_base64url_encode(entry.request, sizeof entry.request, id);
	entry.scope = act.scope = act.kind->session ? ask->room : "";
	if (ask->answer == THP_LEDGER_GRANTED && act.kind->valid_days > 0)
		entry.until_ms = act.until_ms = t->at_ms + act.kind->valid_days * DAY_MS;
	g_autofree char *record = thp_consent_record_print(k->texts, &act);
	g_autofree char *explains = thp_consent_record_explain(k->texts, &act);
	entry.record = record;
	entry.explains = explains;
	thp_err err = append(k, &entry, &kept);
	explicit_bzero(record, strlen(record));
	*receipt = kept.receipt;
	return err;
}

/* ---- questions ---- */

gboolean keeper_withdrawals_wait(const thp_keeper *k)
{
	for (const ticket *t = k->late; t; t = next_of(t)) {
		if (is_withdrawal(t))
			return TRUE;
	}
	return FALSE;
}

static void serve_late(thp_keeper *k, gboolean last_try);

static thp_err answer(thp_keeper *k, const ticket *t, thp_keeper_told *told, char **receipt)
{
	thp_err err = keeper_be_open(k);

	/* To open it takes some space as well. */
	if (err == THP_DB_FULL && is_withdrawal(t) && thp_ledger_make_room(k->dir))
		err = keeper_be_open(k);
	/* What comes after a withdrawal is not kept before it; the disk may be there again. */
	if (!err && t->ask.rule >= 0 && !is_withdrawal(t) && keeper_withdrawals_wait(k)) {
		serve_late(k, FALSE);
		err = keeper_withdrawals_wait(k) ? THP_NOT_STORED : keeper_be_open(k);
	}
	if (!err && t->ask.rule >= 0)
		err = keep(k, t, receipt);
	if (!err)
		err = keeper_be_open(k);
	return err ? err : keeper_read_standings(k, &t->ask, told->standings);
}

/* Not yet is told once; the outcome at last. */
static void tell(ticket *t, const thp_keeper_told *told)
{
	if (t->done && (told->last || !t->told))
		t->done(told, t->data);
	t->told = TRUE;
}

/* Takes @t. */
static void serve(thp_keeper *k, ticket *t, gboolean last_try)
{
	g_autofree char *receipt = NULL;
	thp_keeper_told told = {0};
	gboolean lasts = t->ask.rule < 0 || is_withdrawal(t);

	told.err = answer(k, t, &told, &receipt);
	told.receipt = receipt;
	gboolean again = told.err && lasts && !last_try && k->n_late < LATE_MAX;
	told.last = !again;
	/* Whoever only asks can wait; whoever takes something back is told that it is not written. */
	if (!again || t->ask.rule >= 0)
		tell(t, &told);
	if (receipt)
		explicit_bzero(receipt, strlen(receipt));
	if (!told.err)
		late_forget(k->notes, t->slot);
	if (again)
		put_late(k, t);
	else
		keeper_ticket_free(t);
}

static void serve_late(thp_keeper *k, gboolean last_try)
{
	ticket *all = g_steal_pointer(&k->late);

	k->n_late = 0;
	while (all) {
		ticket *t = all;
		all = next_of(t);
		serve(k, t, last_try);
	}
}

/* ---- the thread ---- */

static gboolean waits(const thp_keeper *k)
{
	return k->late || k->gates.length > 0;
}

static void *work(void *data)
{
	thp_keeper *k = data;
	gboolean stopping = FALSE;

	while (!stopping) {
		ticket *all =
			(ticket *)queue_take_all(&k->queue, waits(k) ? RETRY_S : LOOK_S, &stopping);

		serve_late(k, stopping);
		keeper_gates_again(k, stopping);
		while (all) {
			ticket *t = all;
			all = next_of(t);
			if (t->copying)
				keeper_copy(k, t);
			else if (t->gating)
				keeper_gate(k, t);
			else
				serve(k, t, FALSE);
		}
		if (k->ledger && thp_ledger_tick(k->ledger, k->clock()) != THP_OK)
			g_clear_pointer(&k->ledger, thp_ledger_close);
		if (k->ledger)
			thp_ledger_rest(k->ledger);
	}
	return NULL;
}

static int note_down(thp_keeper *k, const ticket *t)
{
	char at[24];
	const char *const words[LATE_WORDS] = {t->ask.sub, t->ask.room,
					       k->rules.kinds[t->ask.rule].name, t->ask.id, at};

	(void)g_snprintf(at, sizeof at, "%" G_GINT64_FORMAT, t->at_ms);
	return late_note(k->notes, words);
}

void thp_keeper_put(thp_keeper *keeper, const thp_keeper_ask *ask, thp_keeper_done done, void *data)
{
	ticket *t = g_new0(ticket, 1);

	t->ask = *ask;
	t->at_ms = keeper->clock();
	t->done = done;
	t->data = data;
	t->slot = is_withdrawal(t) ? note_down(keeper, t) : -1;
	queue_put(&keeper->queue, &t->queued);
}

void thp_keeper_start(thp_keeper *keeper)
{
	if (keeper->notes)
		late_start(keeper->notes);
	queue_start(&keeper->queue, work, keeper);
}

void thp_keeper_close(thp_keeper *keeper)
{
	if (!keeper)
		return;
	queue_stop(&keeper->queue);
	late_close(keeper->notes);
	thp_ledger_close(keeper->ledger);
	thp_consent_text_free(keeper->texts);
	g_free(keeper->dir);
	g_free(keeper);
}
