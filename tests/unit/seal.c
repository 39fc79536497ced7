/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seals: opened by whom they are for, and by nobody else; each under a passing key of its own. */
#include <therapy/seal.h>

#include <string.h>

#include <therapy/secret.h>

static GBytes *seal(const guint8 *public_key, const char *text, thp_seal_spare *spare)
{
	g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
	GBytes *sealed = NULL;

	g_assert_cmpint(thp_seal_to(public_key, bytes, spare, &sealed), ==, THP_OK);
	return sealed;
}

static void test_opens(void)
{
	guint8 public_key[THP_SEAL_KEY_BYTES], secret_key[THP_SEAL_KEY_BYTES];
	guint8 others[THP_SEAL_KEY_BYTES], theirs[THP_SEAL_KEY_BYTES];
	static const char *const texts[] = {"", "a", "somebody said yes"};
	thp_seal_spare spare = {0};

	thp_seal_keys(public_key, secret_key);
	thp_seal_keys(others, theirs);
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GBytes) sealed = seal(public_key, texts[i], &spare);
		g_autoptr(GBytes) opened = NULL;
		gsize n;

		g_assert_cmpint(thp_seal_open(secret_key, sealed, &opened), ==, THP_OK);
		const void *const bytes = g_bytes_get_data(opened, &n);
		g_assert_cmpmem(bytes, n, texts[i], strlen(texts[i]));
		g_clear_pointer(&opened, g_bytes_unref);
		g_assert_cmpint(thp_seal_open(theirs, sealed, &opened), ==, THP_KEY_FILE);
		g_assert_null(opened);
	}
}

/* Made before or at the last moment, a passing key is of one seal only, and gone with it. */
static void test_spare(void)
{
	guint8 public_key[THP_SEAL_KEY_BYTES], secret_key[THP_SEAL_KEY_BYTES];
	static const thp_seal_spare none = {0};
	thp_seal_spare spare = {0}, made;

	thp_seal_keys(public_key, secret_key);
	thp_seal_prepare(&spare);
	made = spare;
	thp_seal_prepare(&spare);
	g_assert_cmpmem(&made, sizeof made, &spare, sizeof spare);

	g_autoptr(GBytes) first = seal(public_key, "yes", &spare);
	g_assert_cmpmem(&spare, sizeof spare, &none, sizeof none);
	g_autoptr(GBytes) second = seal(public_key, "yes", &spare);
	g_assert_cmpmem(&spare, sizeof spare, &none, sizeof none);
	g_assert_cmpmem(g_bytes_get_data(first, NULL), THP_SEAL_KEY_BYTES, made.public_key,
			THP_SEAL_KEY_BYTES);
	g_assert_false(g_bytes_equal(first, second));
	g_assert_cmpint(memcmp(g_bytes_get_data(second, NULL), made.public_key, THP_SEAL_KEY_BYTES),
			!=, 0);
}

static void test_useless_key(void)
{
	static const guint8 zero[THP_SEAL_KEY_BYTES] = {0};
	g_autoptr(GBytes) bytes = g_bytes_new_static("yes", 3);
	thp_seal_spare spare = {0};
	GBytes *sealed = NULL;

	g_assert_cmpint(thp_seal_to(zero, bytes, &spare, &sealed), ==, THP_INTERNAL);
	g_assert_null(sealed);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
	g_test_add_func("/seal/opens", test_opens);
	g_test_add_func("/seal/spare", test_spare);
	g_test_add_func("/seal/useless-key", test_useless_key);
	return g_test_run();
}
