/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What it costs to keep an answer: ledger FOLDER ENTRIES ANSWERS makes a ledger of so many entries, then keeps
 * so many answers one by one, each beside one sync of the same disk, and prints one JSON object.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <therapy/receipt.h>
#include <therapy/secret.h>

#include "ledger_inside.h"

#define BATCH   20000
#define CHECKS  500
#define PAGE    4096
#define PEOPLE  100
#define DAY_S   86400
#define START_S G_GINT64_CONSTANT(1795305600)

typedef struct bench {
	thp_ledger *ledger;
	gint64 now_ms;
	GArray *append_us;
	GArray *first_us; /* of a person */
	gint64 rest_us;   /* spent between answers, when nobody waits */
	GArray *sync_us;
	char *receipt;
	thp_note_key root;
} bench;

static void must(thp_err err, const char *what)
{
	if (!err)
		return;
	(void)fprintf(stderr, "%s: %s\n", what, thp_err_text(err));
	exit(1);
}

static void make(bench *b, const char *dir)
{
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
	guint8 root_secret[THP_SECRET_KEY_BYTES];
	guint8 organisation[THP_SEAL_KEY_BYTES];
	guint8 secret[THP_SEAL_KEY_BYTES];
	g_autoptr(GString) why = g_string_new(NULL);
	thp_ledger_plan plan = {.origin = "bench.example/ledger",
				.root_secret = root_secret,
				.organisation = organisation,
				.from_s = START_S,
				.period_s = DAY_S,
				.epochs = 2};

	must(thp_crypto_init(), "libsodium");
	thp_paserk_generate(public_key, root_secret);
	thp_epoch_root_key(&b->root, plan.origin, public_key);
	thp_seal_keys(organisation, secret);
	b->now_ms = START_S * 1000;
	must(thp_ledger_create(dir, &plan, b->now_ms, why), why->str);
	must(thp_ledger_open(dir, b->now_ms, why, &b->ledger), why->str);
}

static thp_err put_node(void *ctx, guint level, guint64 index, const thp_hash *hash)
{
	sqlite3_stmt *s = thp_ledger_statement(ctx, THP_LEDGER_PUT_NODE);

	(void)sqlite3_bind_int64(s, 1, level);
	(void)sqlite3_bind_int64(s, 2, (gint64)index);
	thp_ledger_bind(s, 3, hash->b, sizeof hash->b);
	return thp_ledger_run(s);
}

/* One row in each table that grows with every answer, the keys as scattered as real ones; no signature. */
static thp_err put_rows(thp_ledger *l, const char *leaf)
{
	guint8 ref[3][THP_SEAL_REF_BYTES];
	guint8 request[THP_SEAL_REQUEST_REF];
	char body[200] = ""; /* shorter than real ones: they are only ever added at the end */
	sqlite3_stmt *s = thp_ledger_statement(l, THP_LEDGER_PUT_LEAF);
	thp_err err;

	thp_random_bytes((guint8 *)ref, sizeof ref);
	thp_random_bytes(request, sizeof request);
	(void)sqlite3_bind_int64(s, 1, (gint64)l->next.size);
	thp_ledger_bind(s, 2, leaf, strlen(leaf));
	err = thp_ledger_run(s);
	s = thp_ledger_statement(l, THP_LEDGER_PUT_BODY);
	(void)sqlite3_bind_int64(s, 1, (gint64)l->next.size);
	thp_ledger_bind(s, 2, ref[0], sizeof ref[0]);
	thp_ledger_bind(s, 3, body, sizeof body);
	err = err ? err : thp_ledger_run(s);
	s = thp_ledger_statement(l, THP_LEDGER_PUT_REQUEST);
	thp_ledger_bind(s, 1, request, sizeof request);
	(void)sqlite3_bind_int64(s, 2, (gint64)l->next.size);
	(void)sqlite3_bind_int64(s, 3, 0);
	err = err ? err : thp_ledger_run(s);
	s = thp_ledger_statement(l, THP_LEDGER_PUT_STATE);
	thp_ledger_bind(s, 1, ref[1], sizeof ref[1]);
	(void)sqlite3_bind_text(s, 2, "telehealth", -1, SQLITE_STATIC);
	thp_ledger_bind(s, 3, ref[2], sizeof ref[2]);
	(void)sqlite3_bind_text(s, 4, "1.0", -1, SQLITE_STATIC);
	(void)sqlite3_bind_text(s, 5, "en", -1, SQLITE_STATIC);
	(void)sqlite3_bind_int(s, 6, THP_LEDGER_GRANTED);
	(void)sqlite3_bind_int64(s, 7, 0);
	(void)sqlite3_bind_int64(s, 8, (gint64)l->next.size);
	return err ? err : thp_ledger_run(s);
}

static thp_err put_entry(thp_ledger *l, gint64 now_ms)
{
	thp_leaf made = {.seq = l->next.size,
			 .ts_ms = l->next.ts_ms = now_ms,
			 .epoch = l->next.epoch,
			 .type = THP_LEAF_CONSENT};
	g_autofree char *leaf = thp_leaf_print(&made);
	thp_hash hash;
	thp_err err = put_rows(l, leaf);

	thp_merkle_leaf(leaf, strlen(leaf), &hash);
	if (!err)
		err = thp_merkle_edge_append(l->next.size, &hash, put_node, l, &l->next.edge);
	l->next.size++;
	return err;
}

/* Many entries a commit, and one signature: what is measured is a ledger of their number and size. */
static void fill(bench *b, guint64 entries)
{
	while (thp_ledger_size(b->ledger) < entries) {
		thp_err err = thp_ledger_begin(b->ledger);

		for (guint i = 0; !err && i < BATCH && b->ledger->next.size + 1 < entries; i++)
			err = put_entry(b->ledger, ++b->now_ms);
		if (!err)
			err = thp_ledger_add_clear(b->ledger, THP_LEAF_ERASE, "fill", NULL,
						   ++b->now_ms);
		must(thp_ledger_end(b->ledger, err), "fill");
	}
	thp_ledger_rest(b->ledger);
}

static void keep_one(bench *b, guint person, GArray *times_us)
{
	g_autofree char *sub = g_strdup_printf("person-%u", person);
	g_autofree char *record = g_strnfill(1200, 'r');
	thp_ledger_entry entry = {.sub = sub,
				  .kind = "telehealth",
				  .version = "1.0",
				  .lang = "en",
				  .scope = "room",
				  .answer = THP_LEDGER_GRANTED,
				  .text = "# Title\n\nText.\n",
				  .explains = "You said yes.\n",
				  .record = record};
	thp_ledger_kept kept;
	gint64 from_us;

	thp_random_bytes(entry.request, sizeof entry.request);
	from_us = g_get_monotonic_time();
	must(thp_ledger_append(b->ledger, &entry, ++b->now_ms, &kept), "append");
	from_us = g_get_monotonic_time() - from_us;
	g_array_append_val(times_us, from_us);
	g_free(b->receipt);
	b->receipt = kept.receipt;
	from_us = g_get_monotonic_time();
	thp_ledger_rest(b->ledger);
	b->rest_us += g_get_monotonic_time() - from_us;
}

static void sync_one(bench *b, int fd)
{
	static char page[PAGE];
	gint64 from_us = g_get_monotonic_time();

	page[0]++;
	if (pwrite(fd, page, sizeof page, (off_t)b->sync_us->len * PAGE) != PAGE || fsync(fd) != 0)
		must(THP_DB_FAILED, "sync");
	from_us = g_get_monotonic_time() - from_us;
	g_array_append_val(b->sync_us, from_us);
}

static void measure(bench *b, const char *dir, guint answers)
{
	g_autofree char *path = g_build_filename(dir, "sync.probe", NULL);
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	/* The first of each person makes a key too, in the other database. */
	for (guint i = 0; i < PEOPLE; i++) {
		keep_one(b, i, b->first_us);
		sync_one(b, fd);
	}
	g_array_set_size(b->sync_us, 0);
	b->rest_us = 0;
	for (guint i = 0; i < answers; i++) {
		keep_one(b, i % PEOPLE, b->append_us);
		sync_one(b, fd);
	}
	(void)close(fd);
	(void)unlink(path);
}

static int by_time(gconstpointer a, gconstpointer b)
{
	const gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

	return (x > y) - (x < y);
}

static double at(const GArray *sorted, double share)
{
	return (double)g_array_index(sorted, gint64, (guint)(share * (sorted->len - 1))) / 1000.0;
}

static double total_s(const GArray *times)
{
	gint64 sum = 0;

	for (guint i = 0; i < times->len; i++)
		sum += g_array_index(times, gint64, i);
	return (double)sum / 1e6;
}

static void print(bench *b)
{
	const gint64 from_us = g_get_monotonic_time();
	thp_receipt receipt;
	const char *fault;
	guint levels = 0;

	for (guint i = 0; i < CHECKS; i++)
		must(thp_receipt_check(b->receipt, strlen(b->receipt), &b->root, &receipt, &fault),
		     "receipt");

	const double check_s = (double)(g_get_monotonic_time() - from_us) / 1e6;

	for (guint64 n = receipt.size; n > 1; n = (n + 1) / 2)
		levels++;
	g_array_sort(b->append_us, by_time);
	g_array_sort(b->first_us, by_time);
	g_array_sort(b->sync_us, by_time);
	printf("{\"entries\":%" G_GUINT64_FORMAT ",\"append_p50_ms\":%.3f,\"append_p99_ms\":%.3f,"
	       "\"append_max_ms\":%.3f,\"first_p50_ms\":%.3f,\"fsync_p50_ms\":%.3f,\"fsync_p99_ms\":%.3f,\"durable_per_s\":%.0f,"
	       "\"verify_per_s\":%.0f,\"receipt_bytes\":%zu,\"proof_levels\":%u}\n",
	       receipt.size, at(b->append_us, 0.5), at(b->append_us, 0.99), at(b->append_us, 1),
	       at(b->first_us, 0.5), at(b->sync_us, 0.5), at(b->sync_us, 0.99),
	       b->append_us->len / (total_s(b->append_us) + (double)b->rest_us / 1e6),
	       CHECKS / check_s, strlen(b->receipt), levels);
}

int main(int argc, char **argv)
{
	bench b = {.append_us = g_array_new(FALSE, FALSE, sizeof(gint64)),
		   .first_us = g_array_new(FALSE, FALSE, sizeof(gint64)),
		   .sync_us = g_array_new(FALSE, FALSE, sizeof(gint64))};
	guint64 entries = 0, answers = 0;

	if (argc != 4 || !g_ascii_string_to_unsigned(argv[2], 10, 1, 10000000, &entries, NULL) ||
	    !g_ascii_string_to_unsigned(argv[3], 10, 10, 100000, &answers, NULL)) {
		(void)fprintf(stderr, "ledger FOLDER ENTRIES ANSWERS\n");
		return 2;
	}
	make(&b, argv[1]);
	fill(&b, entries);
	measure(&b, argv[1], (guint)answers);
	print(&b);
	thp_ledger_close(b.ledger);
	g_free(b.receipt);
	g_array_unref(b.append_us);
	g_array_unref(b.first_us);
	g_array_unref(b.sync_us);
	return 0;
}
