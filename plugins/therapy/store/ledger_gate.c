/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "gate recording ID on\n5 9": what became of a recording, and which agreements it rests on. */
#include "ledger_gate.h"

#include <string.h>

#include <therapy/recording.h>

#define HEAD   "gate recording "
#define ID_MAX 32

static const char *const states[] = {"on", "paused", "stopped"};

static gboolean is_state(const char *word)
{
	for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
		if (strcmp(states[i], word) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean is_id(const char *word)
{
	const gsize n =
		strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

	return n > 0 && n <= ID_MAX && word[n] == '\0';
}

thp_err thp_ledger_note_gate(thp_ledger *ledger, const thp_ledger_gate *gate, gint64 now_ms)
{
	g_autoptr(GString) record = g_string_new(HEAD);
	thp_err err;

	if (!is_id(gate->recording) || !is_state(gate->state))
		return THP_BAD_FIELD;
	if (ledger->unsure)
		return THP_NOT_STORED;
	/* What is left of the disk is for those who take something back. */
	if (!thp_ledger_files_has_ballast(ledger->dir))
		return THP_DB_FULL;
	g_string_append_printf(record, "%s %s\n", gate->recording, gate->state);
	for (guint i = 0; i < gate->n; i++)
		g_string_append_printf(record, "%s%" G_GUINT64_FORMAT, i > 0 ? " " : "",
				       gate->upon[i]);
	err = thp_ledger_tick(ledger, now_ms);
	if (!err)
		err = thp_ledger_begin(ledger);
	if (err)
		return err;
	err = thp_ledger_add_clear(ledger, THP_LEAF_GATE, record->str, NULL, now_ms);
	return thp_ledger_end(ledger, err);
}

/* ---- looked at again ---- */

struct thp_ledger_grounds {
	GHashTable *last; /* place → the number of the last entry about it, of recordings only */
	GHashTable *
		standing; /* numbers of agreements that were not taken back, and of what cannot be seen */
};

static gint64 *number(guint64 seq)
{
	return g_memdup2(&(gint64){(gint64)seq}, sizeof(gint64));
}

thp_ledger_grounds *thp_ledger_grounds_new(void)
{
	thp_ledger_grounds *const grounds = g_new0(thp_ledger_grounds, 1);

	grounds->last = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	grounds->standing = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	return grounds;
}

void thp_ledger_grounds_free(thp_ledger_grounds *grounds)
{
	if (!grounds)
		return;
	g_hash_table_unref(grounds->last);
	g_hash_table_unref(grounds->standing);
	g_free(grounds);
}

void thp_ledger_grounds_keep(thp_ledger_grounds *grounds, const thp_ledger_place *place,
			     guint64 seq)
{
	g_autofree char *key = NULL;
	const gint64 *before;

	if (strcmp(place->state.kind, THP_RECORDING_AUDIO) != 0 &&
	    strcmp(place->state.kind, THP_RECORDING_VIDEO) != 0)
		return;
	key = thp_ledger_place_key(place);
	before = g_hash_table_lookup(grounds->last, key);
	if (before)
		(void)g_hash_table_remove(grounds->standing, before);
	if (place->state.answer == THP_LEDGER_GRANTED)
		(void)g_hash_table_add(grounds->standing, number(seq));
	(void)g_hash_table_replace(grounds->last, g_steal_pointer(&key), number(seq));
}

void thp_ledger_grounds_lose(thp_ledger_grounds *grounds, guint64 seq)
{
	(void)g_hash_table_add(grounds->standing, number(seq));
}

const char *thp_ledger_grounds_check(const thp_ledger_grounds *grounds, const char *record,
				     gsize len, guint64 seq, gboolean opened)
{
	g_autofree char *text = g_strndup(record, len);
	char *const list = strchr(text, '\n');
	g_auto(GStrv) words = NULL, numbers = NULL;

	if (!list)
		return "is no gate";
	*list = '\0';
	words = g_strsplit(text, " ", 5);
	if (g_strv_length(words) != 4 || !g_str_has_prefix(text, HEAD) || !is_id(words[2]) ||
	    !is_state(words[3]))
		return "is no gate";
	numbers = g_strsplit(list + 1, " ", -1);
	if (strcmp(words[3], "on") == 0 && !numbers[0])
		return "a recording was on without anybody's agreement";
	for (guint i = 0; numbers[i]; i++) {
		guint64 upon = 0;

		if (!g_ascii_string_to_unsigned(numbers[i], 10, 0, G_MAXINT64, &upon, NULL) ||
		    upon >= seq)
			return "a recording rests on no earlier entry";
		if (opened && !g_hash_table_contains(grounds->standing, &(gint64){(gint64)upon}))
			return "a recording rests on what is no agreement to it, or was taken back";
	}
	return NULL;
}
