/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signed notes against the example that Go's package publishes; checkpoints, proofs, cosignatures. */
#include <therapy/checkpoint.h>
#include <therapy/note.h>
#include <therapy/secret.h>

#include <string.h>

#include <sodium.h>
#include <therapy/base64.h>

#define VKEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define SKEY "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
#define TEXT                                                                                       \
	"If you think cryptography is the answer to your problem,\n"                               \
	"then you don't know what your problem is.\n"
#define LINE                                                                                       \
	"\xe2\x80\x94 PeterNeumann "                                                               \
	"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJ" \
	"nAM=\n"

static void test_published(void)
{
	guint8 typed[33], public_key[32], secret_key[64];
	thp_note_key key;
	gsize text_len;

	g_assert_cmpint(thp_note_key_parse(VKEY, &key), ==, THP_OK);
	g_assert_cmpint(thp_note_verify(TEXT "\n" LINE, strlen(TEXT "\n" LINE), &key, &text_len),
			==, THP_OK);
	g_assert_cmpuint(text_len, ==, strlen(TEXT));
	g_assert_true(thp_base64_exact(SKEY, strlen(SKEY), typed, sizeof typed));
	crypto_sign_seed_keypair(public_key, secret_key, typed + 1);

	g_autofree char *note = thp_note_sign(TEXT, &key, secret_key);
	g_autofree char *vkey = thp_note_key_print(&key);

	g_assert_cmpstr(note, ==, TEXT "\n" LINE);
	g_assert_cmpstr(vkey, ==, VKEY);
}

static void test_every_byte(void)
{
	g_autofree char *note = g_strdup(TEXT "\n" LINE);
	const gsize len = strlen(note);
	thp_note_key key;
	gsize text_len;

	g_assert_cmpint(thp_note_key_parse(VKEY, &key), ==, THP_OK);
	for (gsize i = 0; i < len; i++) {
		note[i] ^= 1;
		g_assert_cmpint(thp_note_verify(note, len, &key, &text_len), !=, THP_OK);
		note[i] ^= 1;
	}
	for (gsize n = 0; n < len; n++)
		g_assert_cmpint(thp_note_verify(note, n, &key, &text_len), !=, THP_OK);
}

static void test_signatures(void)
{
	static const char bad[] = "\xe2\x80\x94 PeterNeumann x08goAAAA=\n";
	g_autoptr(GString) note = g_string_new(TEXT "\n");
	thp_note_key key, other;
	gsize text_len;

	g_assert_cmpint(thp_note_key_parse(VKEY, &key), ==, THP_OK);
	/* A name of ours with another id is somebody else's. */
	thp_note_key_init(&other, THP_NOTE_COSIGNATURE, key.name, key.public_key);
	g_assert_cmpint(memcmp(other.id, key.id, 4), !=, 0);
	g_assert_cmpint(thp_note_verify(TEXT "\n" LINE, strlen(TEXT "\n" LINE), &other, &text_len),
			==, THP_PROOF_SIGNATURE);
	/* Others' lines are passed over, ours must all be good. */
	g_string_append(note, "\xe2\x80\x94 example.org AAAAAAAA\n" LINE);
	g_assert_cmpint(thp_note_verify(note->str, note->len, &key, &text_len), ==, THP_OK);
	g_string_append(note, bad);
	g_assert_cmpint(thp_note_verify(note->str, note->len, &key, &text_len), !=, THP_OK);
	/* 33 lines are too many. */
	g_string_assign(note, TEXT "\n");
	for (int i = 0; i < THP_NOTE_SIGNATURES_MAX; i++)
		g_string_append(note, LINE);
	g_assert_cmpint(thp_note_verify(note->str, note->len, &key, &text_len), ==, THP_OK);
	g_string_append(note, LINE);
	g_assert_cmpint(thp_note_verify(note->str, note->len, &key, &text_len), ==,
			THP_PROOF_MALFORMED);
}

static void test_keys(void)
{
	static const char *const bad[] = {
		"",
		"PeterNeumann",
		"PeterNeumann+c74f20a3",
		"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeuman+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW ",
		"PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		/* the neutral point "signs" everything */
		"x+00000000+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
	};
	thp_note_key key;

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_cmpint(thp_note_key_parse(bad[i], &key), ==, THP_KEY_FILE);
	g_assert_true(thp_note_is_name("clinic.example/consent/gw-1"));
	g_assert_false(thp_note_is_name("a b"));
	g_assert_false(thp_note_is_name("a+b"));
	g_assert_false(thp_note_is_name(""));
}

static void test_checkpoint(void)
{
	static const char *const bad[] = {
		"",
		"a\n",
		"a\n1\n",
		"a\n01\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
		"a\n-1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
		"a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
		"a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n", /* left-over bits */
		"a\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nmore\n",
		"a\n1\r\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
		"a\n9007199254740993\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	};
	static const char good[] =
		"a.example/x\n9007199254740992\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
	thp_checkpoint c;

	g_assert_cmpint(thp_checkpoint_parse(good, strlen(good), &c), ==, THP_OK);
	g_autofree char *again = thp_checkpoint_print(&c);

	g_assert_cmpstr(again, ==, good);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_cmpint(thp_checkpoint_parse(bad[i], strlen(bad[i]), &c), ==,
				THP_PROOF_MALFORMED);
}

static void test_proof(void)
{
	static const char text[] = "c2sp.org/tlog-proof@v1\nindex 7\n"
				   "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\nnote\n";
	static const char *const bad[] = {
		"",
		"c2sp.org/tlog-proof@v2\nindex 7\n\nnote\n",
		"c2sp.org/tlog-proof@v1\nindex 07\n\nnote\n",
		"c2sp.org/tlog-proof@v1\nindex 7\n",
		"c2sp.org/tlog-proof@v1\nindex 7\nAAAA\n\nnote\n",
	};
	thp_merkle_proof proof;
	const char *note;
	guint64 index;

	g_assert_cmpint(thp_checkpoint_proof_parse(text, strlen(text), &index, &proof, &note), ==,
			THP_OK);
	g_assert_cmpuint(index, ==, 7);
	g_assert_cmpuint(proof.n, ==, 1);
	g_assert_cmpstr(note, ==, "note\n");
	g_autofree char *again = thp_checkpoint_proof_print(index, &proof, note);

	g_assert_cmpstr(again, ==, text);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_cmpint(
			thp_checkpoint_proof_parse(bad[i], strlen(bad[i]), &index, &proof, &note),
			==, THP_PROOF_MALFORMED);
}

static void test_cosignature(void)
{
	guint8 public_key[32], secret_key[64];
	g_autofree char *cosigned = NULL;
	thp_note_key witness;
	guint64 time_s = 0;

	crypto_sign_keypair(public_key, secret_key);
	thp_note_key_init(&witness, THP_NOTE_COSIGNATURE, "witness.example/w1", public_key);
	g_assert_cmpint(
		thp_checkpoint_cosign(TEXT "\n" LINE, &witness, secret_key, 1795341850, &cosigned),
		==, THP_OK);
	g_assert_cmpint(thp_checkpoint_cosigned(cosigned, strlen(cosigned), &witness, &time_s), ==,
			THP_OK);
	g_assert_cmpuint(time_s, ==, 1795341850);
	cosigned[0] ^= 1;
	g_assert_cmpint(thp_checkpoint_cosigned(cosigned, strlen(cosigned), &witness, &time_s), ==,
			THP_PROOF_SIGNATURE);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
	g_test_add_func("/note/published", test_published);
	g_test_add_func("/note/every-byte", test_every_byte);
	g_test_add_func("/note/signatures", test_signatures);
	g_test_add_func("/note/keys", test_keys);
	g_test_add_func("/note/checkpoint", test_checkpoint);
	g_test_add_func("/note/proof", test_proof);
	g_test_add_func("/note/cosignature", test_cosignature);
	return g_test_run();
}
