/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key sets: rotation, files, and the key that is not there. */
#include <therapy/keyring.h>
#include <therapy/secret.h>

#include <string.h>

#include <glib/gstdio.h>

typedef struct pair {
	guint8 public_key[THP_PUBLIC_KEY_BYTES];
	guint8 secret_key[THP_SECRET_KEY_BYTES];
	char text[THP_PUBLIC_LEN + 1];
	char pid[THP_PID_LEN + 1];
} pair;

static void make(pair *p)
{
	thp_paserk_generate(p->public_key, p->secret_key);
	thp_paserk_public(p->public_key, p->text);
	thp_paserk_pid(p->public_key, p->pid);
}

static void test_find(void)
{
	g_autoptr(thp_keyring) ring = thp_keyring_new();
	pair pairs[5];
	guint8 found[THP_PUBLIC_KEY_BYTES];

	for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
		make(&pairs[i]);
		g_assert_false(thp_keyring_find(ring, pairs[i].pid, found));
		g_assert_cmpint(thp_keyring_add(ring, pairs[i].text), ==, THP_OK);
	}
	g_assert_cmpuint(thp_keyring_size(ring), ==, G_N_ELEMENTS(pairs));
	for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_assert_true(thp_keyring_find(ring, pairs[i].pid, found));
		g_assert_cmpmem(found, sizeof found, pairs[i].public_key, sizeof found);
		g_assert_cmpstr(thp_keyring_pid(ring, (unsigned)i), ==, pairs[i].pid);
	}
	g_assert_null(thp_keyring_pid(ring, G_N_ELEMENTS(pairs)));
}

/* The stand-in for an unknown key is a usable key, the same each time, and none of the ring's. */
static void test_unknown(void)
{
	g_autoptr(thp_keyring) ring = thp_keyring_new();
	g_autoptr(thp_keyring) other = thp_keyring_new();
	pair in, out;
	guint8 first[THP_PUBLIC_KEY_BYTES];
	guint8 second[THP_PUBLIC_KEY_BYTES];
	char text[THP_PUBLIC_LEN + 1];

	make(&in);
	make(&out);
	g_assert_cmpint(thp_keyring_add(ring, in.text), ==, THP_OK);
	g_assert_false(thp_keyring_find(ring, out.pid, first));
	out.pid[THP_PID_LEN - 1] = out.pid[THP_PID_LEN - 1] == 'A' ? 'B' : 'A';
	g_assert_false(thp_keyring_find(ring, out.pid, second));
	g_assert_cmpmem(first, sizeof first, second, sizeof second);
	g_assert_cmpint(memcmp(first, in.public_key, sizeof first), !=, 0);

	thp_paserk_public(first, text);
	g_assert_cmpint(thp_keyring_add(other, text), ==, THP_OK);
}

static void test_add_refused(void)
{
	static const char *const weak[] = {
		"k4.public.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"k4.public.AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		"k4.public.7P_______________________________________38",
		"k4.public.__________________________________________8",
		"k4.public.JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU",
	};
	g_autoptr(thp_keyring) ring = thp_keyring_new();
	char secret_text[THP_SECRET_LEN + 1];
	pair p;

	make(&p);
	thp_paserk_secret(p.secret_key, secret_text);
	g_assert_cmpint(thp_keyring_add(ring, ""), ==, THP_KEY_FILE);
	g_assert_cmpint(thp_keyring_add(ring, secret_text), ==, THP_KEY_FILE);
	g_assert_cmpint(thp_keyring_add(ring, p.pid), ==, THP_KEY_FILE);
	for (gsize i = 0; i < G_N_ELEMENTS(weak); i++) {
		g_assert_cmpint(thp_paserk_read_public(weak[i], p.public_key), ==, THP_OK);
		g_assert_cmpint(thp_keyring_add(ring, weak[i]), ==, THP_KEY_FILE);
	}
	g_assert_cmpuint(thp_keyring_size(ring), ==, 0);
}

static void test_full(void)
{
	g_autoptr(thp_keyring) ring = thp_keyring_new();
	pair p = {0};

	for (int i = 0; i < THP_KEYRING_MAX; i++) {
		make(&p);
		g_assert_cmpint(thp_keyring_add(ring, p.text), ==, THP_OK);
	}
	g_assert_cmpint(thp_keyring_add(ring, p.text), ==, THP_OK); /* there already */
	make(&p);
	g_assert_cmpint(thp_keyring_add(ring, p.text), ==, THP_KEY_FILE);
	g_assert_cmpuint(thp_keyring_size(ring), ==, THP_KEYRING_MAX);
}

typedef struct folder {
	char *path, *file;
} folder;

static void folder_make(folder *f, gconstpointer data)
{
	(void)data;
	f->path = g_dir_make_tmp("therapy-keyring-XXXXXX", NULL);
	g_assert_nonnull(f->path);
	f->file = g_build_filename(f->path, "keys", NULL);
}

static void folder_remove(folder *f, gconstpointer data)
{
	(void)data;
	(void)g_unlink(f->file);
	g_assert_cmpint(g_rmdir(f->path), ==, 0);
	g_free(f->file);
	g_free(f->path);
}

static void assert_file(folder *f, const char *text, gssize len, thp_err err, unsigned line,
			unsigned keys)
{
	g_autoptr(thp_keyring) ring = thp_keyring_new();
	unsigned at = 99;

	g_assert_true(g_file_set_contents(f->file, text, len, NULL));
	g_assert_cmpint(thp_keyring_add_file(ring, f->file, &at), ==, err);
	g_assert_cmpuint(at, ==, line);
	g_assert_cmpuint(thp_keyring_size(ring), ==, keys);
}

static void test_file(folder *f, gconstpointer data)
{
	pair a, b;

	(void)data;
	make(&a);
	make(&b);

	g_autofree char *two = g_strdup_printf("# keys of the booking system\n\n  %s  # 2026\r\n%s",
					       a.text, b.text);
	g_autofree char *twice = g_strdup_printf("%s\n%s\n", a.text, a.text);
	g_autofree char *bad = g_strdup_printf("%s\n# x\n%sx\n", a.text, b.text);
	g_autofree char *pair_line = g_strdup_printf("%s %s\n", a.text, b.text);
	g_autofree char *big = g_strnfill(65537, '\n');
	char nul[] = "# a NUL\0\n";

	assert_file(f, two, -1, THP_OK, 0, 2);
	assert_file(f, twice, -1, THP_OK, 0, 1);
	assert_file(f, bad, -1, THP_KEY_FILE, 3, 0); /* all or nothing */
	assert_file(f, pair_line, -1, THP_KEY_FILE, 1, 0);
	assert_file(f, "", -1, THP_KEY_FILE, 0, 0);
	assert_file(f, "# none yet\n", -1, THP_KEY_FILE, 0, 0);
	memcpy(big, a.text, THP_PUBLIC_LEN);
	assert_file(f, big, -1, THP_KEY_FILE, 0, 0);
	assert_file(f, big, 65536, THP_OK, 0, 1);
	assert_file(f, nul, sizeof nul, THP_KEY_FILE, 0, 0);
}

static void test_file_unreadable(folder *f, gconstpointer data)
{
	g_autoptr(thp_keyring) ring = thp_keyring_new();
	unsigned line = 99;

	(void)data;
	g_assert_cmpint(thp_keyring_add_file(ring, f->file, &line), ==, THP_KEY_FILE);
	g_assert_cmpint(thp_keyring_add_file(ring, f->path, &line), ==, THP_KEY_FILE);
	g_assert_cmpint(thp_keyring_add_file(ring, "/dev/zero", &line), ==, THP_KEY_FILE);
	g_assert_cmpuint(line, ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
	g_test_add_func("/keyring/find", test_find);
	g_test_add_func("/keyring/unknown", test_unknown);
	g_test_add_func("/keyring/add-refused", test_add_refused);
	g_test_add_func("/keyring/full", test_full);
	g_test_add("/keyring/file", folder, NULL, folder_make, test_file, folder_remove);
	g_test_add("/keyring/file-unreadable", folder, NULL, folder_make, test_file_unreadable,
		   folder_remove);
	return g_test_run();
}
