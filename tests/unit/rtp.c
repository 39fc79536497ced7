/* SPDX-License-Identifier: GPL-3.0-or-later */
/* RTP headers, and the numbering that stays whole while sources come, go and start again. */
#include <therapy/rtp.h>

#include <string.h>

#define OPUS_HZ 48000
#define STEPS   200000

static const guint8 plain[] = {0x80, 0xef, 0x12, 0x34, 0xa1, 0xa2, 0xa3,
			       0xa4, 0xb1, 0xb2, 0xb3, 0xb4, 0x55};

static gboolean reads(const guint8 *bytes, gsize length, thp_rtp_header *out)
{
	g_autofree guint8 *exact = g_memdup2(bytes, length);

	return thp_rtp_read(exact, length, out);
}

static void test_read(void)
{
	/* Two CSRCs and an extension of one word. */
	guint8 full[12 + 8 + 8 + 3] = {0x92, 0x60, 0, 1};
	thp_rtp_header h;

	g_assert_true(reads(plain, sizeof plain, &h));
	g_assert_cmpuint(h.payload_type, ==, 111);
	g_assert_true(h.marker);
	g_assert_cmphex(h.seq, ==, 0x1234);
	g_assert_cmphex(h.ts, ==, 0xa1a2a3a4);
	g_assert_cmphex(h.ssrc, ==, 0xb1b2b3b4);
	g_assert_cmpuint(h.header_bytes, ==, 12);
	full[20] = 0xbe;
	full[23] = 1;
	g_assert_true(reads(full, sizeof full, &h));
	g_assert_cmpuint(h.payload_type, ==, 96);
	g_assert_false(h.marker);
	g_assert_cmpuint(h.header_bytes, ==, 28);
	/* Any shorter than its header, it is none. */
	for (gsize n = 0; n < 28; n++)
		g_assert_false(reads(full, n, &h));
	g_assert_true(reads(full, 28, &h));
}

static void test_refuse(void)
{
	guint8 bytes[THP_RTP_MAX + 1] = {0x80, 111};
	thp_rtp_header h;

	g_assert_true(reads(bytes, THP_RTP_MAX, &h));
	g_assert_false(reads(bytes, THP_RTP_MAX + 1, &h));
	g_assert_false(thp_rtp_read(NULL, 0, &h));
	bytes[0] = 0x40;
	g_assert_false(reads(bytes, 20, &h));
	/* Padding of 0 bytes, of all that follows the header, of more. */
	bytes[0] = 0xa0;
	g_assert_false(reads(bytes, 20, &h));
	bytes[19] = 8;
	g_assert_true(reads(bytes, 20, &h));
	bytes[19] = 9;
	g_assert_false(reads(bytes, 20, &h));
	g_assert_false(reads(bytes, 12, &h));
}

static void test_patch(void)
{
	guint8 bytes[sizeof plain];
	thp_rtp_header h;

	memcpy(bytes, plain, sizeof bytes);
	thp_rtp_patch(bytes, 0xfedc, 0x01020304);
	g_assert_true(reads(bytes, sizeof bytes, &h));
	g_assert_cmphex(h.seq, ==, 0xfedc);
	g_assert_cmphex(h.ts, ==, 0x01020304);
	g_assert_cmpmem(bytes, 2, plain, 2);
	g_assert_cmpmem(bytes + 8, sizeof bytes - 8, plain + 8, sizeof plain - 8);
}

/* Header extensions in both forms, and such as do not end where they should. */
static void test_extension(void)
{
	static const struct {
		guint8 bytes[28];
		gsize found, length; /* where, and how long; 0: not there */
	} cases[] = {
		{{0x90, 0,    0, 0, 0,    0, 0, 0, 0,    0, 0, 0,
		  0xbe, 0xde, 0, 3, 0x31, 1, 2, 0, 0xa1, 7, 8},
		 21,
		 2},
		{{0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x05, 0, 3, 3, 0, 0, 10, 2, 7, 8},
		 21,
		 2},
		{{0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x00, 0, 3, 3, 1, 0, 10, 0}, 21, 0},
		/* another form, the end of all, one that is too long, and two that are cut */
		{{0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xdf, 0, 3, 0xa1, 7, 8}, 0, 0},
		{{0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0, 3, 0xf0, 1, 0xa1, 7, 8},
		 0,
		 0},
		{{0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0, 3, 0x3f, 0xa1, 7, 8}, 0, 0},
		{{0x90, 0, 0,    0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde,
		  0,    3, 0x39, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,    0xa0},
		 0,
		 0},
		{{0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0,
		  0,    3, 3, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1,    10},
		 0,
		 0},
		{{0x80}, 0, 0},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const guint8 *value = NULL;
		gsize length = 0;
		thp_rtp_header h;

		g_test_message("%zu", i);
		g_assert_true(reads(cases[i].bytes, sizeof cases[i].bytes, &h));
		g_assert_cmpint(thp_rtp_extension(cases[i].bytes, &h, 10, &value, &length), ==,
				cases[i].found > 0);
		g_assert_true(cases[i].found == 0 || value == cases[i].bytes + cases[i].found);
		g_assert_cmpuint(length, ==, cases[i].length);
	}
}

/* ---- continuity -------------------------------------------------------------------------------
 */

static thp_rtp_continuity ctx;
static guint16 seq_out;
static guint32 ts_out;

static gboolean pass(guint64 source_id, guint32 ssrc, guint16 seq, guint32 ts, gint64 now_us)
{
	return thp_rtp_rewrite(&ctx, source_id, ssrc, seq, ts, now_us, OPUS_HZ, &seq_out, &ts_out);
}

#define assert_passes(id, ssrc, seq, ts, now_us, as_seq, as_ts)                                    \
	do {                                                                                       \
		g_assert_true(pass(id, ssrc, seq, ts, now_us));                                    \
		g_assert_cmpuint(seq_out, ==, (guint16)(as_seq));                                  \
		g_assert_cmpuint(ts_out, ==, (guint32)(as_ts));                                    \
	} while (0)

static void test_first(void)
{
	thp_rtp_continuity_init(&ctx);
	assert_passes(1, 7, 100, 9600, 1000, 100, 9600);
	assert_passes(1, 7, 101, 10560, 21000, 101, 10560);
	g_assert_false(pass(1, 7, 99, 8640, 22000)); /* before the first */
	assert_passes(1, 7, 103, 12480, 61000, 103, 12480);
	assert_passes(1, 7, 102, 11520, 62000, 102, 11520); /* late, not lost */
	g_assert_false(pass(1, 7, 102, 11520, 63000));
	g_assert_false(pass(1, 7, 103, 12480, 63000));
}

static void test_wrap(void)
{
	thp_rtp_continuity_init(&ctx);
	assert_passes(1, 7, 65534, G_MAXUINT32 - 959, 0, 65534, G_MAXUINT32 - 959);
	assert_passes(1, 7, 0, 960, 40000, 0, 960);
	assert_passes(1, 7, 65535, 0, 41000, 65535, 0);
	assert_passes(1, 7, 1, 1920, 60000, 1, 1920);
	/* 10 ms after the last: 480 ticks on, whatever the new source counts. */
	assert_passes(2, 8, 65535, 5, 70000, 2, 2400);
	assert_passes(2, 8, 0, 965, 90000, 3, 3360);
}

static void test_switch(void)
{
	thp_rtp_continuity_init(&ctx);
	assert_passes(5, 7, 100, 1000, 0, 100, 1000);
	assert_passes(6, 8, 40000, 77, 20000, 101, 1960);
	g_assert_false(pass(5, 7, 101, 1960, 21000)); /* the former source is never mixed in */
	g_assert_false(pass(6, 8, 39999, 77, 21000)); /* nor what the new one sent before */
	assert_passes(6, 8, 40001, 1037, 40000, 102, 2920);
	/* At the same instant, or with a clock that stood: at least one tick. */
	assert_passes(7, 9, 1, 1, 40000, 103, 2921);
	assert_passes(8, 9, 2, 2, 39000, 104, 2922);
	/* The same source under a new number: no gap, though its own count went on. */
	assert_passes(9, 9, 5000, 480002, 10039000, 105, 2922 + 10 * OPUS_HZ);
}

/* Where the relay itself goes back and forth between SSRCs, it says so each time. */
static void test_back_and_forth(void)
{
	thp_rtp_continuity_init(&ctx);
	assert_passes(1, 7, 100, 1000, 0, 100, 1000);
	thp_rtp_resume(&ctx);
	assert_passes(1, 8, 9000, 77, 20000, 101, 1960);
	thp_rtp_resume(&ctx);
	assert_passes(1, 7, 130, 2920, 40000, 102, 2920);
	thp_rtp_resume(&ctx);
	assert_passes(1, 8, 9030, 1997, 60000, 103, 3880);
	g_assert_false(pass(1, 7, 131, 3880, 61000)); /* what was not meant to pass */
	assert_passes(1, 8, 9031, 2957, 80000, 104, 4840);
}

static void test_long_silence(void)
{
	thp_rtp_continuity_init(&ctx);
	assert_passes(1, 7, 100, 0, 0, 100, 0);
	/* A day later the timestamp must still look like going forward: an hour on. */
	assert_passes(2, 8, 1, 1, 86400 * (gint64)G_USEC_PER_SEC, 101, 3600 * OPUS_HZ);
}

static void test_restart(void)
{
	thp_rtp_continuity_init(&ctx);
	assert_passes(1, 7, 100, 1000, 0, 100, 1000);
	/* Another SSRC under the same number: the source began again. */
	assert_passes(1, 8, 5, 50, 20000, 101, 1960);
	g_assert_false(pass(1, 7, 101, 1960, 30000));
	g_assert_false(pass(1, 7, 102, 2920, 2019999));
	assert_passes(1, 8, 6, 1010, 40000, 102, 2920);
	/* Much later the former SSRC is as good as any. */
	assert_passes(1, 7, 900, 3, 2040000, 103, 2920 + 2 * OPUS_HZ);
}

static void test_jump(void)
{
	thp_rtp_continuity_init(&ctx);
	assert_passes(1, 7, 100, 1000, 0, 100, 1000);
	/* Loss keeps its gap; a jump is believed when a second packet follows it. */
	assert_passes(1, 7, 3100, 1960, 20000, 3100, 1960);
	g_assert_false(pass(1, 7, 20000, 5, 40000));
	assert_passes(1, 7, 3101, 2920, 40000, 3101, 2920);
	g_assert_false(pass(1, 7, 20001, 965, 60000)); /* not: the count went on in between */
	assert_passes(1, 7, 20002, 1925, 80000, 3102, 4840);
	assert_passes(1, 7, 20003, 2885, 100000, 3103, 5800);
	/* Backwards beyond the window, likewise. */
	g_assert_false(pass(1, 7, 20003 - 2 * THP_RTP_WINDOW, 1, 110000));
	assert_passes(1, 7, 20004 - 2 * THP_RTP_WINDOW, 2, 120000, 3104, 6760);
}

static void test_window(void)
{
	thp_rtp_continuity_init(&ctx);
	assert_passes(1, 7, 1000, 0, 0, 1000, 0);
	assert_passes(1, 7, 1001 + THP_RTP_WINDOW, 1, 1, 1001 + THP_RTP_WINDOW, 1);
	/* The oldest in the window came not yet; the one before it is too old. */
	assert_passes(1, 7, 1002, 0, 2, 1002, 0);
	g_assert_false(pass(1, 7, 1002, 0, 3));
	g_assert_false(pass(1, 7, 1001, 0, 4));
	/* After a leap over the whole window, what was seen before it counts no more. */
	assert_passes(1, 7, 1001 + 2 * THP_RTP_WINDOW, 2, 5, 1001 + 2 * THP_RTP_WINDOW, 2);
	assert_passes(1, 7, 1002 + THP_RTP_WINDOW, 1, 6, 1002 + THP_RTP_WINDOW, 1);
	/* Forgotten bits are free again: no number counts as seen a window later. */
	for (guint i = 0; i < 3 * THP_RTP_WINDOW; i++)
		g_assert_true(pass(1, 7, (guint16)(1002 + 2 * THP_RTP_WINDOW + i), i, 7 + i));
}

/* ---- a random walk against a slow model -------------------------------------------------------
 */

typedef struct packet {
	guint life; /* which start of which source it is from */
	guint64 id;
	guint32 ssrc;
	gint64 ext; /* sequence number that never wraps */
	guint32 ts;
} packet;

static struct {
	packet next; /* as the present source would send it */
	gint64 now_us;
	gint64 restarted_us;
	packet delayed[40];
	guint n_delayed;
	gint64 flushed_us;
	/* what the receiver should have got */
	gboolean any;
	guint life;
	gint64 first, newest;     /* of this life, as sent by the source */
	gint64 shift;             /* of this life: received minus sent */
	gint64 top;               /* highest number the receiver has */
	gint64 ts_top, ts_top_us; /* highest timestamp, unwrapped, and when it came */
	GHashTable *got;          /* every number the receiver has, unwrapped */
} walk;

static gboolean expected(const packet *p)
{
	gint64 *key = &(gint64){p->ext + walk.shift};

	if (!walk.any || p->life > walk.life)
		return TRUE;
	return p->life == walk.life && p->ext >= walk.first &&
	       !g_hash_table_contains(walk.got, key);
}

static void expect_start(const packet *p)
{
	gint64 elapsed = (walk.now_us - walk.ts_top_us) * OPUS_HZ / G_USEC_PER_SEC;

	walk.life = p->life;
	walk.first = walk.newest = p->ext;
	if (walk.any) {
		g_assert_cmpuint(seq_out, ==, (guint16)(walk.top + 1));
		g_assert_cmpuint(ts_out, ==, (guint32)(walk.ts_top + MAX(elapsed, 1)));
		walk.shift = walk.top + 1 - p->ext;
	} else {
		walk.shift = (gint64)seq_out - p->ext;
		walk.ts_top = ts_out;
		walk.ts_top_us = walk.now_us;
	}
	walk.any = TRUE;
}

static void deliver(const packet *p)
{
	gboolean wanted = expected(p);

	g_assert_cmpint(pass(p->id, p->ssrc, (guint16)p->ext, p->ts, walk.now_us), ==, wanted);
	if (!wanted)
		return;
	if (!walk.any || p->life > walk.life)
		expect_start(p);
	gint64 number = p->ext + walk.shift;
	gint32 forward = (gint32)(ts_out - (guint32)walk.ts_top);

	g_assert_cmpuint(seq_out, ==, (guint16)number);
	g_assert_true(g_hash_table_add(walk.got, g_memdup2(&number, sizeof number)));
	walk.top = MAX(walk.top, number);
	if (forward > 0) {
		walk.ts_top += forward;
		walk.ts_top_us = walk.now_us;
	}
}

/* The source changes, or the same one begins again under another SSRC. */
static void change_source(gboolean restart)
{
	packet *next = &walk.next;

	walk.restarted_us = walk.now_us;
	next->life++;
	if (!restart)
		next->id += (guint64)g_test_rand_int_range(1, 4);
	/* Under a new number, even the same SSRC may come back. */
	if (restart || g_test_rand_bit())
		next->ssrc++;
	next->ext = g_test_rand_int_range(0, 65536) + 65536;
	next->ts = (guint32)g_test_rand_int();
}

static void walk_step(void)
{
	int dice = g_test_rand_int_range(0, 400);

	walk.now_us += g_test_rand_int_range(0, 30000);
	if (dice == 0)
		change_source(FALSE);
	else if (dice == 1 && walk.now_us - walk.restarted_us > G_GINT64_CONSTANT(3000000))
		change_source(TRUE);
	walk.next.ext += g_test_rand_int_range(0, 20) ? 1 : g_test_rand_int_range(2, 50);
	walk.next.ts += 960;
	if (walk.n_delayed < G_N_ELEMENTS(walk.delayed) && g_test_rand_int_range(0, 4) == 0)
		walk.delayed[walk.n_delayed++] = walk.next;
	else
		deliver(&walk.next);
	if (g_test_rand_int_range(0, 50) == 0)
		deliver(&walk.next); /* again, or before its own turn */
	/* The whole queue at once, in any order; well before the former SSRC's two seconds are
	 * over. */
	if (walk.n_delayed == G_N_ELEMENTS(walk.delayed) || g_test_rand_int_range(0, 20) == 0 ||
	    walk.now_us - walk.flushed_us > G_USEC_PER_SEC) {
		walk.flushed_us = walk.now_us;
		while (walk.n_delayed > 0) {
			guint i = (guint)g_test_rand_int_range(0, (gint32)walk.n_delayed);

			deliver(&walk.delayed[i]);
			walk.delayed[i] = walk.delayed[--walk.n_delayed];
		}
	}
}

static void test_walk(void)
{
	thp_rtp_continuity_init(&ctx);
	memset(&walk, 0, sizeof walk);
	walk.got = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	walk.next = (packet){.life = 1, .id = 1, .ssrc = 1};
	change_source(FALSE);
	for (guint i = 0; i < STEPS; i++)
		walk_step();
	g_assert_cmpuint(g_hash_table_size(walk.got), >, STEPS / 2);
	g_hash_table_unref(walk.got);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rtp/read", test_read);
	g_test_add_func("/rtp/refuse", test_refuse);
	g_test_add_func("/rtp/patch", test_patch);
	g_test_add_func("/rtp/extension", test_extension);
	g_test_add_func("/rtp/first", test_first);
	g_test_add_func("/rtp/wrap", test_wrap);
	g_test_add_func("/rtp/switch", test_switch);
	g_test_add_func("/rtp/back-and-forth", test_back_and_forth);
	g_test_add_func("/rtp/long-silence", test_long_silence);
	g_test_add_func("/rtp/restart", test_restart);
	g_test_add_func("/rtp/jump", test_jump);
	g_test_add_func("/rtp/window", test_window);
	g_test_add_func("/rtp/walk", test_walk);
	return g_test_run();
}
