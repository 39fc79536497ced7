/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures wait for a narrow link, and speech does not. */
#include "lane.h"

#include <therapy/tier.h>

static guint words(const lane *r)
{
	return fake_person_got(r->therapist, 0, FALSE);
}

static guint asked(const lane *r)
{
	return fake_calls_of(r->client->handle).plis[1];
}

/* ---- what is held ---- */

/* A key frame of ten parts: one at once, the others by and by, in order, and speech between them. */
static void test_held(lane *r, gconstpointer how)
{
	(void)how;
	guint heard = words(r);

	lane_film(r, 10, TRUE);
	assert_seen("1");
	g_assert_cmpuint(atomic_load(&gateway.paced_held), ==, 9);
	lane_speak(r);
	assert_seen("");
	g_assert_cmpuint(words(r), ==, heard + 1);
	lane_talk(r, 200);
	assert_seen("2 3 4");
	g_assert_cmpuint(words(r), ==, heard + 11);
	lane_talk(r, 380);
	assert_seen("5 6 7 8 9 10");
	g_assert_cmpuint(words(r), ==, heard + 30);
	g_assert_cmpuint(lane_picture(r).gaps, ==, 0);
	g_assert_cmpuint(fake_line_of(r->therapist->receiver, 0).gaps, ==, 0);
	g_assert_cmpuint(lane_dropped(), ==, 0);
}

/* What comes while something waits goes behind it, however small. */
static void test_order(lane *r, gconstpointer how)
{
	(void)how;
	lane_film(r, 4, TRUE);
	for (guint i = 0; i < 4; i++) {
		lane_talk(r, 40);
		lane_film(r, 1, FALSE);
	}
	lane_talk(r, 400);
	assert_seen("1 2 3 4 5 6 7 8");
	g_assert_cmpuint(lane_picture(r).gaps, ==, 0);
	/* And once all is through, what comes goes at once. */
	lane_talk(r, 100);
	lane_film(r, 1, FALSE);
	assert_seen("9");
}

/* Without a rate nothing waits; when it is taken away, all that waits goes with the next packet. */
static void test_unpaced(lane *r, gconstpointer how)
{
	(void)how;
	lane_rate(r, 0);
	lane_film(r, 60, TRUE);
	g_assert_cmpuint(lane_picture(r).packets, ==, 60);
	g_assert_cmpuint(atomic_load(&gateway.paced_held), ==, 0);
	lane_rate(r, LANE_KBPS);
	lane_film(r, 10, TRUE);
	g_assert_cmpuint(lane_picture(r).packets, ==, 61);
	lane_rate(r, 0);
	lane_speak(r);
	g_assert_cmpuint(lane_picture(r).packets, ==, 70);
	g_assert_cmpuint(lane_picture(r).gaps, ==, 0);
}

/* Nothing comes from the receiver: what is for them waits, at any rate, and for no longer than else. */
static void test_hold(lane *r, gconstpointer how)
{
	(void)how;
	static const guint rates[] = {LANE_KBPS, 0};
	guint before = asked(r);

	fake_clock_advance(SECONDS(1));
	for (guint i = 0; i < G_N_ELEMENTS(rates); i++) {
		lane_rate(r, rates[i]);
		atomic_store(&r->gate->hold, TRUE);
		lane_film(r, 1, TRUE);
		lane_talk(r, 400);
		assert_seen("");
		atomic_store(&r->gate->hold, FALSE);
		lane_speak(r);
		assert_seen(i == 0 ? "1" : "2");
		lane_talk(r, 200);
	}
	g_assert_cmpuint(lane_dropped(), ==, 0);
	g_assert_cmpuint(asked(r), ==, before);
	atomic_store(&r->gate->hold, TRUE);
	lane_film(r, 1, TRUE);
	lane_talk(r, 620);
	g_assert_cmpuint(lane_dropped(), ==, 1);
	g_assert_cmpuint(asked(r), ==, before + 1);
	g_assert_cmpuint(lane_picture(r).gaps, ==, 0);
}

/* Nobody speaks: the worker lets go what is due. */
static void test_silent(lane *r, gconstpointer how)
{
	(void)how;
	lane_film(r, 4, TRUE);
	assert_seen("1");
	for (guint i = 0; i < 3; i++) {
		fake_clock_advance(MS(110));
		fake_settle(
			r->client
				->handle); /* wakes the worker: what is due is done before or after */
		fake_settle(r->client->handle);
	}
	assert_seen("2 3 4");
	g_assert_cmpuint(lane_picture(r).gaps, ==, 0);
}

/* ---- what is dropped ---- */

static void test_closed(lane *r, gconstpointer how)
{
	(void)how;
	lane_film(r, 6, TRUE);
	assert_seen("1");
	atomic_store(&r->gate->closed, TRUE);
	lane_speak(r);
	atomic_store(&r->gate->closed, FALSE);
	lane_talk(r, 400);
	lane_film(r, 1, FALSE); /* of nothing that was seen */
	lane_talk(r, 100);
	assert_seen("");
	g_assert_cmpuint(lane_dropped(), ==, 5);
	g_assert_true(atomic_load(&r->gate->waits));
	lane_film(r, 1, TRUE);
	assert_seen("8");
	g_assert_cmpuint(lane_picture(r).gaps, ==, 0);
}

/* The gate is closed and opened between two words; a picture that came meanwhile has seen it. */
static void test_closed_between(lane *r, gconstpointer how)
{
	(void)how;
	lane_film(r, 6, TRUE);
	atomic_store(&r->gate->closed, TRUE);
	lane_film(r, 1, FALSE);
	atomic_store(&r->gate->closed, FALSE);
	lane_talk(r, 500);
	assert_seen("1");
	lane_film(r, 1, TRUE);
	assert_seen("8");
	g_assert_cmpuint(lane_picture(r).gaps, ==, 0);
}

/* More than goes in 600 ms: dropped, and a key frame asked for; the next has twice the time. */
static void test_patience(lane *r, gconstpointer how)
{
	(void)how;
	guint before = asked(r);

	fake_clock_advance(SECONDS(1));
	lane_film(r, 14, TRUE);
	lane_talk(r, 600);
	assert_seen("1 2 3 4 5 6 7 8 9 10");
	g_assert_cmpuint(asked(r), ==, before);
	lane_talk(r, 20);
	g_assert_cmpuint(asked(r), ==, before + 1);
	g_assert_cmpuint(lane_dropped(), ==, 4);
	lane_film(r, 2, FALSE);
	lane_talk(r, 200);
	assert_seen("");
	lane_film(r, 14, TRUE);
	lane_talk(r, 1000);
	assert_seen("17 18 19 20 21 22 23 24 25 26 27 28 29 30");
	g_assert_cmpuint(lane_picture(r).gaps, ==, 0);
	g_assert_cmpuint(asked(r), ==, before + 1);
	/* That was an exception. */
	lane_film(r, 14, TRUE);
	lane_talk(r, 1000);
	g_assert_cmpuint(lane_dropped(), >, 4);
}

/* A flood: the ring is bounded. */
static void test_full(lane *r, gconstpointer how)
{
	(void)how;
	guint before = asked(r);

	fake_clock_advance(SECONDS(1));
	lane_film(r, 110, TRUE);
	g_assert_cmpuint(lane_dropped(), ==, 0);
	g_assert_cmpuint(asked(r), ==, before);
	for (guint i = 0; i < 20; i++)
		lane_send_part(r, 0, FALSE, FALSE, FALSE);
	g_assert_cmpuint(asked(r), ==, before + 1);
	g_assert_cmpuint(lane_dropped(), >, 110);
	guint packets = lane_picture(r).packets;

	lane_film(r, 1, FALSE);
	lane_talk(r, 500);
	g_assert_cmpuint(lane_picture(r).packets, ==, packets);
	lane_film(r, 1, TRUE);
	lane_talk(r, 100);
	g_assert_cmpuint(lane_picture(r).packets, ==, packets + 1);
	g_assert_cmpuint(lane_picture(r).gaps, ==, 0);
}

/* The ring goes round, and nothing is lost or out of place. */
static void test_round(lane *r, gconstpointer how)
{
	(void)how;
	lane_rate(r, 1000);
	lane_film(r, 60, TRUE);
	for (guint i = 0; i < 400; i++) {
		fake_clock_advance(6300); /* as long as a part takes */
		lane_film(r, 1, FALSE);
	}
	lane_talk(r, 500);
	g_assert_cmpuint(lane_picture(r).packets, ==, 460);
	g_assert_cmpuint(lane_picture(r).gaps, ==, 0);
	g_assert_cmpuint(lane_dropped(), ==, 0);
	g_autofree char *came = lane_take_seen();
	g_assert_true(g_str_has_suffix(came, " 455 456 457 458 459 460"));
}

/* ---- padding, layers, counters ---- */

/* None between the parts of a picture, and none while parts wait. */
static void test_padding(lane *r, gconstpointer how)
{
	(void)how;
	lane_film(r, 3, TRUE);
	atomic_store(&r->gate->padding_kbps, 400);
	lane_film(r, 1, FALSE);
	lane_talk(r, 160);
	g_assert_cmpuint(lane_picture(r).packets, ==, 3);
	assert_seen("1 2 3"); /* the picture is whole, and another one waits */
	lane_talk(r, 20);
	assert_seen("4");
	lane_talk(r, 100);
	g_assert_cmpuint(lane_picture(r).packets, >, 10);
	guint before = lane_picture(r).packets;

	lane_film(r, 1, FALSE);
	g_assert_cmpuint(lane_picture(r).packets, >=, before + 1);
	g_assert_cmpuint(lane_picture(r).gaps, ==, 0);
}

/* Named once, as browsers do: this makes the layers known. */
static void name_layers(lane *r)
{
	guint8 packet[LANE_PART_BYTES] = {0x90, LANE_MARKED | 100};

	for (guint layer = 0; layer < THP_LAYERS_MAX; layer++) {
		packet[3] = (guint8)layer;
		packet[11] = (guint8)(r->client->number * 8 + layer + 1);
		packet[12] = 0xbe;
		packet[13] = 0xde;
		packet[15] = 1;
		packet[16] = FAKE_RID_EXT << 4;
		packet[17] = (guint8) "lmh"[layer];
		packet[20] = 0x10;
		packet[21] = 1; /* no key frame */
		fake_rtp(r->client->handle, 1, TRUE, packet, sizeof packet);
	}
	g_free(lane_take_seen());
}

static guint number_of(const fake_line *line)
{
	return (guint)(line->last[LANE_PICTURE_AT] & 0x7f) << 8 | line->last[LANE_PICTURE_AT + 1];
}

/* Down: what waits of the larger picture is passed over. Up: the smaller one is finished first. */
static void test_layers(lane *r, gconstpointer how)
{
	(void)how;
	atomic_store(&r->gate->waits, TRUE);
	atomic_store(&r->gate->layer, 2);
	name_layers(r);
	for (guint i = 0; i < 6; i++)
		lane_send_part(r, 2, i == 0, i == 5, TRUE);
	assert_seen("1");
	fake_line before = lane_picture(r);

	atomic_store(&r->gate->layer, 0);
	lane_talk(r, 20);
	lane_send_part(r, 2, TRUE, TRUE, FALSE); /* until the other begins */
	lane_send_part(r, 0, TRUE, TRUE, TRUE);
	g_assert_cmpuint(lane_dropped(), ==, 6);
	lane_talk(r, 60);
	assert_seen("8");
	fake_line now = lane_picture(r);
	g_assert_cmpuint(number_of(&now), ==, number_of(&before) + 1);
	g_assert_cmpint(atomic_load(&r->gate->shown), ==, 0);
	lane_talk(r, 100);
	lane_send_part(r, 0, TRUE, FALSE, FALSE);
	lane_send_part(r, 0, FALSE, TRUE, FALSE);
	atomic_store(&r->gate->layer, 2);
	lane_send_part(r, 2, TRUE, TRUE, TRUE);
	assert_seen("9");
	lane_talk(r, 200);
	assert_seen("10 11");
	now = lane_picture(r);
	g_assert_cmpuint(number_of(&now), ==, number_of(&before) + 3);
	g_assert_cmpuint(now.last[LANE_LAYER_AT], ==, 2);
	g_assert_cmpuint(now.gaps, ==, 0);
	g_assert_cmpuint(lane_dropped(), ==, 6);
}

/* Who sends what waits has not sent it for nothing. */
static void test_counted(lane *r, gconstpointer how)
{
	(void)how;
	unsigned long long gone = atomic_load(&r->sender->publisher.dropped);
	unsigned long long relayed = atomic_load(&r->sender->publisher.relayed);

	lane_film(r, 3, TRUE);
	g_assert_cmpuint(atomic_load(&r->sender->publisher.relayed), ==, relayed + 1);
	lane_talk(r, 200);
	g_assert_cmpuint(atomic_load(&r->sender->publisher.relayed), ==, relayed + 3 + 10);
	g_assert_cmpuint(atomic_load(&r->sender->publisher.dropped), ==, gone);
	atomic_store(&r->gate->closed, TRUE);
	lane_film(r, 1, TRUE);
	g_assert_cmpuint(atomic_load(&r->sender->publisher.dropped), ==, gone + 1);
}

/* ---- what the worker sets ---- */

/* A receiver that is not heard gets no picture. */
static void be_heard(const lane *r)
{
	static const guint8 report[] = {0x80, 201, 0, 1, 0, 0, 0, 1};

	fake_rtcp(r->therapist->receiver, 0, FALSE, report, sizeof report);
	fake_rtcp(r->client->receiver, 0, FALSE, report, sizeof report);
}

static guint rate_after(const lane *r, gint64 us)
{
	fake_clock_advance(us);
	be_heard(r);
	fake_settle(r->client->handle);
	fake_settle(r->therapist->handle);
	return atomic_load(&r->gate->paced_kbps);
}

/* Of two people, what the link bears; without a seat nothing waits. */
static void test_adapted(lane *r, gconstpointer how)
{
	(void)how;
	guint least = thp_tier_video_wire_kbps(605), most = thp_tier_video_wire_kbps(1100);
	guint kbps = 0;

	for (guint i = 0; i < 20 && kbps == 0; i++)
		kbps = rate_after(r, MS(110));
	g_assert_cmpuint(kbps, >=, least);
	g_assert_cmpuint(kbps, <=, most);
	/* The small picture that comes first is through at once, and a large one is not. */
	lane_film(r, 7, TRUE);
	assert_seen("1 2 3 4 5 6 7");
	lane_film(r, 40, TRUE);
	g_assert_cmpuint(lane_picture(r).packets, <, 12);
	fake_assert_event(fake_person_ask(r->therapist, "leave", NULL), "left");
	fake_settle(r->therapist->handle);
	g_assert_cmpuint(atomic_load(&r->gate->paced_kbps), ==, 0);
}

/* A twentieth of a second, in which the therapist speaks or does not. */
static void wait_for_word(const lane *r, gboolean speaks)
{
	fake_clock_advance(MS(50));
	if (speaks)
		fake_person_send(r->therapist, FALSE);
	fake_settle(r->client->handle);
	fake_settle(r->client->handle);
}

/* The therapist's own speech stops: pictures to them wait, until it comes again. */
static void test_hushed(lane *r, gconstpointer how)
{
	(void)how;
	for (guint i = 0; i < 40; i++) {
		if (i % 4 == 0)
			be_heard(r);
		wait_for_word(r, TRUE);
		g_assert_false(atomic_load(&r->gate->hold));
	}
	for (guint i = 0; i < 7; i++)
		wait_for_word(r, FALSE);
	g_assert_true(atomic_load(&r->gate->hold));
	g_assert_false(atomic_load(&r->gate->closed));
	for (guint i = 0; i < 3; i++)
		wait_for_word(r, TRUE);
	g_assert_false(atomic_load(&r->gate->hold));
	/* Nor does the next picture of whom they see then begin with waiting. */
	fake_assert_event(fake_person_ask(r->therapist, "leave", NULL), "left");
	fake_settle(r->therapist->handle);
	g_assert_false(atomic_load(&r->gate->hold));
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*test)(lane *, gconstpointer);
		const char *how;
	} tests[] = {
		{"held", test_held, NULL},
		{"order", test_order, NULL},
		{"unpaced", test_unpaced, NULL},
		{"hold", test_hold, NULL},
		{"silent", test_silent, NULL},
		{"closed", test_closed, NULL},
		{"closed-between", test_closed_between, NULL},
		{"patience", test_patience, NULL},
		{"full", test_full, NULL},
		{"round", test_round, NULL},
		{"padding", test_padding, NULL},
		{"layers", test_layers, lane_layered},
		{"counted", test_counted, NULL},
		{"adapted", test_adapted, lane_adapted},
		{"hushed", test_hushed, lane_adapted},
	};

	g_test_init(&argc, &argv, NULL);
	lane_freeze();
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/shell/pacing/", tests[i].name, NULL);
		g_test_add(path, lane, tests[i].how, lane_open, tests[i].test, lane_close);
	}
	return g_test_run();
}
