/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tree against the published vectors of RFC 6962's first logs, and against an obvious one. */
#include <therapy/merkle.h>

#include <string.h>

#define SIZES 70

static thp_hash nodes[9][256];

static thp_err get(void *ctx, guint level, guint64 index, thp_hash *out)
{
	g_assert_null(ctx);
	*out = nodes[level][index];
	return THP_OK;
}

static thp_err put(void *ctx, guint level, guint64 index, const thp_hash *hash)
{
	g_assert_null(ctx);
	nodes[level][index] = *hash;
	return THP_OK;
}

static void from_hex(const char *hex, guint8 *out)
{
	for (gsize i = 0; hex[2 * i]; i++)
		out[i] = (guint8)(g_ascii_xdigit_value(hex[2 * i]) * 16 +
				  g_ascii_xdigit_value(hex[2 * i + 1]));
}

static void test_vectors(void)
{
	static const struct {
		const char *leaf, *root;
	} rows[] = {
		{"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
		{"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
		{"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
		{"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
		{"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
		{"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
		{"5051525354555657",
		 "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
		{"606162636465666768696a6b6c6d6e6f",
		 "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
	};
	thp_hash root, leaf, wanted;
	guint8 bytes[16];

	from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", wanted.b);
	g_assert_cmpint(thp_merkle_root(0, get, NULL, &root), ==, THP_OK);
	g_assert_cmpmem(root.b, 32, wanted.b, 32);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		from_hex(rows[i].leaf, bytes);
		thp_merkle_leaf(bytes, strlen(rows[i].leaf) / 2, &leaf);
		g_assert_cmpint(thp_merkle_append(i, &leaf, get, put, NULL), ==, THP_OK);
		g_assert_cmpint(thp_merkle_root(i + 1, get, NULL, &root), ==, THP_OK);
		from_hex(rows[i].root, wanted.b);
		g_assert_cmpmem(root.b, 32, wanted.b, 32);
	}
}

/* A path that other implementations publish for the tree above: leaf 5 of 8. */
static void test_known_path(void)
{
	static const char *const path[] = {
		"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
		"ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
	};
	thp_merkle_proof proof;
	thp_hash wanted;

	test_vectors();
	g_assert_cmpint(thp_merkle_prove(5, 8, get, NULL, &proof), ==, THP_OK);
	g_assert_cmpuint(proof.n, ==, 3);
	for (guint i = 0; i < 3; i++) {
		from_hex(path[i], wanted.b);
		g_assert_cmpmem(proof.hashes[i].b, 32, wanted.b, 32);
	}
}

static void fill(void)
{
	for (guint64 i = 0; i < SIZES; i++) {
		thp_hash leaf;

		thp_merkle_leaf(&i, sizeof i, &leaf);
		g_assert_cmpint(thp_merkle_append(i, &leaf, get, put, NULL), ==, THP_OK);
	}
}

/* The tree as its definition reads. */
static void slow_root(guint64 from, guint64 to, thp_hash *out)
{
	guint8 both[65] = {1};
	guint64 k = 1;

	if (to - from == 1) {
		thp_merkle_leaf(&from, sizeof from, out);
		return;
	}
	while (2 * k < to - from)
		k *= 2;
	slow_root(from, from + k, out);
	memcpy(both + 1, out->b, 32);
	slow_root(from + k, to, out);
	memcpy(both + 33, out->b, 32);
	thp_merkle_sha256(both, sizeof both, out);
}

static thp_err compare(void *ctx, guint level, guint64 index, const thp_hash *hash)
{
	guint *const put_n = ctx;

	(*put_n)++;
	g_assert_cmpmem(hash->b, 32, nodes[level][index].b, 32);
	return THP_OK;
}

static thp_err refuse(void *ctx, guint level, guint64 index, const thp_hash *hash)
{
	(void)ctx, (void)index, (void)hash;
	return level == 0 ? THP_OK : THP_DB_FULL;
}

/* The edge grows as the tree does, and knows of it what reading it would tell. */
static void test_edge(void)
{
	thp_merkle_edge edge, read;
	thp_merkle_proof proof, slow;
	thp_hash root, wanted;
	guint put_n = 0;

	fill();
	g_assert_cmpint(thp_merkle_edge_load(0, get, NULL, &edge), ==, THP_OK);
	for (guint64 size = 0; size < SIZES; size++) {
		thp_merkle_edge_root(size, &edge, &root);
		g_assert_cmpint(thp_merkle_root(size, get, NULL, &wanted), ==, THP_OK);
		g_assert_cmpmem(root.b, 32, wanted.b, 32);
		thp_merkle_edge_prove(size, &edge, &proof);
		g_assert_cmpint(thp_merkle_prove(size, size + 1, get, NULL, &slow), ==, THP_OK);
		g_assert_cmpuint(proof.n, ==, slow.n);
		g_assert_cmpmem(proof.hashes, 32 * proof.n, slow.hashes, 32 * slow.n);
		g_assert_cmpint(thp_merkle_edge_load(size, get, NULL, &read), ==, THP_OK);
		for (guint level = 0; size >> level > 0; level++) {
			if (size >> level & 1)
				g_assert_cmpmem(edge.whole[level].b, 32, read.whole[level].b, 32);
		}
		g_assert_cmpint(
			thp_merkle_edge_append(size, &nodes[0][size], compare, &put_n, &edge), ==,
			THP_OK);
	}
	/* Each whole subtree was made once: of 70 leaves 70 + 35 + 17 + 8 + 4 + 2 + 1. */
	g_assert_cmpuint(put_n, ==, 137);
	g_assert_cmpint(thp_merkle_edge_append(71, &nodes[0][0], refuse, NULL, &edge), ==,
			THP_DB_FULL);
}

static void test_every_inclusion(void)
{
	fill();
	for (guint64 size = 1; size <= SIZES; size++) {
		thp_hash root, slow;

		g_assert_cmpint(thp_merkle_root(size, get, NULL, &root), ==, THP_OK);
		slow_root(0, size, &slow);
		g_assert_cmpmem(root.b, 32, slow.b, 32);
		for (guint64 i = 0; i < size; i++) {
			thp_merkle_proof proof;
			thp_hash leaf = nodes[0][i];

			g_assert_cmpint(thp_merkle_prove(i, size, get, NULL, &proof), ==, THP_OK);
			g_assert_cmpint(thp_merkle_check(i, size, &leaf, &proof, &root), ==,
					THP_OK);
			leaf.b[i % 32] ^= 1;
			g_assert_cmpint(thp_merkle_check(i, size, &leaf, &proof, &root), ==,
					THP_PROOF_MISMATCH);
			leaf.b[i % 32] ^= 1;
			g_assert_cmpint(thp_merkle_check(i + 1, size, &leaf, &proof, &root), ==,
					THP_PROOF_MISMATCH);
			if (proof.n > 0) {
				proof.n--;
				g_assert_cmpint(thp_merkle_check(i, size, &leaf, &proof, &root), ==,
						THP_PROOF_MISMATCH);
				proof.n++;
				proof.hashes[proof.n - 1].b[3] ^= 1;
				g_assert_cmpint(thp_merkle_check(i, size, &leaf, &proof, &root), ==,
						THP_PROOF_MISMATCH);
				proof.hashes[proof.n - 1].b[3] ^= 1;
			}
			proof.n++;
			g_assert_cmpint(thp_merkle_check(i, size, &leaf, &proof, &root), ==,
					THP_PROOF_MISMATCH);
		}
	}
}

static void test_every_growth(void)
{
	fill();
	for (guint64 size = 1; size <= SIZES; size++) {
		for (guint64 old = 0; old <= size; old++) {
			thp_merkle_proof proof;
			thp_hash before, after;

			g_assert_cmpint(thp_merkle_root(old, get, NULL, &before), ==, THP_OK);
			g_assert_cmpint(thp_merkle_root(size, get, NULL, &after), ==, THP_OK);
			g_assert_cmpint(thp_merkle_prove_growth(old, size, get, NULL, &proof), ==,
					THP_OK);
			g_assert_cmpint(thp_merkle_check_growth(old, size, &before, &after, &proof),
					==, THP_OK);
			before.b[7] ^= 1;
			g_assert_cmpint(thp_merkle_check_growth(old, size, &before, &after, &proof),
					==, THP_PROOF_MISMATCH);
			before.b[7] ^= 1;
			after.b[7] ^= 1;
			if (old > 0)
				g_assert_cmpint(
					thp_merkle_check_growth(old, size, &before, &after, &proof),
					==, THP_PROOF_MISMATCH);
			after.b[7] ^= 1;
			proof.n++;
			g_assert_cmpint(thp_merkle_check_growth(old, size, &before, &after, &proof),
					==, THP_PROOF_MISMATCH);
		}
	}
}

static void test_numbers_out_of_range(void)
{
	const thp_merkle_proof none = {.n = 0};
	const thp_merkle_proof many = {.n = THP_PROOF_MAX + 1};
	thp_hash hash;

	thp_merkle_sha256("x", 1, &hash);
	g_assert_cmpint(thp_merkle_check(0, 0, &hash, &none, &hash), ==, THP_PROOF_MISMATCH);
	g_assert_cmpint(thp_merkle_check(1, 1, &hash, &none, &hash), ==, THP_PROOF_MISMATCH);
	g_assert_cmpint(thp_merkle_check(0, 1, &hash, &none, &hash), ==, THP_OK);
	g_assert_cmpint(thp_merkle_check(0, G_MAXUINT64, &hash, &none, &hash), ==,
			THP_PROOF_MISMATCH);
	g_assert_cmpint(thp_merkle_check(0, 1, &hash, &many, &hash), ==, THP_PROOF_MISMATCH);
	g_assert_cmpint(thp_merkle_check_growth(2, 1, &hash, &hash, &none), ==, THP_PROOF_MISMATCH);
	g_assert_cmpint(thp_merkle_check_growth(1, G_MAXUINT64, &hash, &hash, &none), ==,
			THP_PROOF_MISMATCH);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/merkle/vectors", test_vectors);
	g_test_add_func("/merkle/known-path", test_known_path);
	g_test_add_func("/merkle/edge", test_edge);
	g_test_add_func("/merkle/inclusion", test_every_inclusion);
	g_test_add_func("/merkle/growth", test_every_growth);
	g_test_add_func("/merkle/range", test_numbers_out_of_range);
	return g_test_run();
}
