/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A receipt proves what it says, and every byte of it is needed for that. */
#include "clinic.h"

#include <string.h>

#include <therapy/secret.h>

static char *make(clinic *c, const char *sub)
{
	thp_ledger_kept kept;

	for (int i = 0; i < 5; i++) {
		g_assert_cmpint(clinic_answer(c, "p-1", "observer", THP_LEDGER_SHOWN, &kept), ==,
				THP_OK);
		g_free(kept.receipt);
	}
	g_assert_cmpint(clinic_answer(c, sub, "telehealth", THP_LEDGER_GRANTED, &kept), ==, THP_OK);
	return kept.receipt;
}

static void test_good(void)
{
	g_autoptr(clinic) c = clinic_new();
	g_autofree char *receipt = make(c, "p-2");
	thp_receipt r;
	const char *at;

	g_assert_cmpint(thp_receipt_check(receipt, strlen(receipt), &c->root, &r, &at), ==, THP_OK);
	g_assert_cmpuint(r.leaf.seq, ==, 6);
	g_assert_cmpuint(r.size, ==, 7);
	g_assert_cmpstr(r.epoch.origin, ==, "clinic.example/consent/gw-1");
	g_assert_cmpmem(r.text.at, r.text.len, "# Title\n\nText.\n", 15);
	g_assert_cmpmem(r.explains.at, r.explains.len, "You answered.\n", 14);
	g_assert_true(g_strstr_len(r.record.at, (gssize)r.record.len, "\"sub\":\"p-2\""));
	g_assert_null(strstr(receipt, "p-1"));
	g_assert_cmpint(thp_receipt_check(receipt, strlen(receipt), NULL, &r, &at), ==, THP_OK);
}

/* One bit, two bits, another case, one byte less: none of it goes through. */
static void test_every_byte(void)
{
	static const guint8 changes[] = {0x01, 0x02, 0x20, 0x80};
	g_autoptr(clinic) c = clinic_new();
	g_autofree char *receipt = make(c, "p-2");
	const gsize len = strlen(receipt);
	thp_receipt r;
	const char *at;

	for (gsize i = 0; i < len; i++) {
		for (gsize j = 0; j < G_N_ELEMENTS(changes); j++) {
			g_autofree char *changed = g_strndup(receipt, len);

			changed[i] = (char)((guint8)changed[i] ^ changes[j]);
			g_assert_cmpint(thp_receipt_check(changed, len, &c->root, &r, &at), !=,
					THP_OK);
			g_assert_cmpint(thp_receipt_check(changed, len, NULL, &r, &at), !=, THP_OK);
		}
	}
	for (gsize i = 0; i < len; i++) {
		g_autofree char *shorter =
			g_strdup_printf("%.*s%s", (int)i, receipt, receipt + i + 1);

		if (strncmp(shorter, receipt, len) == 0)
			continue;
		g_assert_cmpint(thp_receipt_check(shorter, strlen(shorter), &c->root, &r, &at), !=,
				THP_OK);
		g_assert_cmpint(thp_receipt_check(receipt, i, &c->root, &r, &at), !=, THP_OK);
	}
}

static void test_shapes(void)
{
	g_autoptr(clinic) c = clinic_new();
	g_autofree char *receipt = make(c, "p-2");
	g_autofree char *twice = g_strconcat(receipt, receipt, NULL);
	g_autofree char *more = g_strconcat(receipt, "\n", NULL);
	g_auto(GStrv) lines = g_strsplit(receipt, "\n", -1);
	g_autofree char *crlf = g_strjoinv("\r\n", lines);
	g_autofree char *big = g_strnfill(THP_RECEIPT_MAX + 1, 'x');
	const char *const bad[] = {
		"", "x", twice, more, crlf, big, "=== therapy consent receipt 1 ===\n"};
	thp_receipt r;
	const char *at;

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_assert_cmpint(thp_receipt_check(bad[i], strlen(bad[i]), &c->root, &r, &at), ==,
				THP_PROOF_MALFORMED);
	}
	g_assert_false(thp_receipt_can_hold("no newline"));
	g_assert_false(thp_receipt_can_hold("=== text ===\n"));
	g_assert_false(thp_receipt_can_hold("a\n=== text ===\n"));
	g_assert_true(thp_receipt_can_hold("a\n"));
}

/* Another clinic's root key, or a receipt put together out of two. */
static void test_of_others(void)
{
	g_autoptr(clinic) a = clinic_new();
	g_autoptr(clinic) b = clinic_new();
	g_autofree char *one = make(a, "p-2");
	g_autofree char *other = make(b, "p-3");
	g_autofree char *mixed = NULL;
	thp_receipt r;
	const char *at;

	g_assert_cmpint(thp_receipt_check(one, strlen(one), &b->root, &r, &at), ==,
			THP_PROOF_SIGNATURE);
	g_assert_cmpstr(at, ==, "root");
	mixed = g_strdup_printf("%.*s%s", (int)(strstr(one, "=== key") - one), one,
				strstr(other, "=== key"));
	g_assert_cmpint(thp_receipt_check(mixed, strlen(mixed), NULL, &r, &at), ==,
			THP_PROOF_SIGNATURE);
	g_free(mixed);
	mixed = g_strdup_printf("%.*s%s", (int)(strstr(one, "=== proof") - one), one,
				strstr(other, "=== proof"));
	g_assert_cmpint(thp_receipt_check(mixed, strlen(mixed), NULL, &r, &at), ==,
			THP_PROOF_MISMATCH);
	g_assert_cmpstr(at, ==, "record");
}

/* Today's key must not be able to make a receipt of yesterday. */
static void test_later_key(void)
{
	g_autoptr(clinic) c = clinic_new();
	g_autofree char *early = make(c, "p-2");
	thp_ledger_kept kept;
	thp_receipt r;
	const char *at;

	c->now_ms += CLINIC_DAY_MS;
	g_assert_cmpint(clinic_answer(c, "p-2", "telehealth", THP_LEDGER_WITHDRAWN, &kept), ==,
			THP_OK);

	g_autofree char *late = kept.receipt;
	g_autofree char *mixed = g_strdup_printf("%.*s%s", (int)(strstr(early, "=== key") - early),
						 early, strstr(late, "=== key"));

	g_assert_cmpint(thp_receipt_check(late, strlen(late), &c->root, &r, &at), ==, THP_OK);
	g_assert_cmpuint(r.leaf.epoch, ==, 1);
	g_assert_cmpint(thp_receipt_check(mixed, strlen(mixed), &c->root, &r, &at), ==,
			THP_PROOF_SIGNATURE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/receipt/good", test_good);
	g_test_add_func("/receipt/every-byte", test_every_byte);
	g_test_add_func("/receipt/shapes", test_shapes);
	g_test_add_func("/receipt/of-others", test_of_others);
	g_test_add_func("/receipt/later-key", test_later_key);
	return g_test_run();
}
