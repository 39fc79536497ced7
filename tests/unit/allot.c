/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who gets and sends what: two people, three, a crowd, weak links in it. */
#include <glib.h>
#include <string.h>
#include <therapy/allot.h>

static thp_ladder ladder;
static thp_tuning tuning;
static thp_allot allot;
static thp_allot_person people[THP_CROWD_MAX];
static thp_downlink_decision downs[THP_CROWD_MAX];
static thp_uplink_decision ups[THP_CROWD_MAX];
static int64_t now_us;
static const thp_allotment *out;

static void down(uint32_t who, uint32_t tier, uint32_t kbps)
{
	downs[who] = (thp_downlink_decision){
		.tier = tier, .video = tier > 1, .video_kbps = kbps, .why = THP_WHY_DELAY};
}

static void up(uint32_t who, uint32_t tier)
{
	ups[who] = (thp_uplink_decision){
		.tier = tier, .video_kbps = ladder.tiers[tier].video_kbps, .why = THP_WHY_LOSS};
}

static void begin(uint32_t n)
{
	thp_tier_ladder_default(&ladder);
	thp_tier_tuning_default(&tuning);
	memset(people, 0, sizeof people);
	for (uint32_t i = 0; i < n; i++) {
		people[i] = (thp_allot_person){.present = true,
					       .first = i == 0,
					       .audio = true,
					       .video = true,
					       .simulcast = n > 2,
					       .view = THP_NO_VIEW,
					       .down = &downs[i],
					       .up = &ups[i]};
		down(i, 4, n > 2 ? 3000 : 1100);
		up(i, 4);
	}
	thp_allot_init(&allot, &ladder, &tuning);
	now_us = 1000000;
}

static void run(uint32_t ticks)
{
	for (uint32_t i = 0; i < ticks; i++) {
		out = thp_allot_tick(&allot, people, now_us);
		now_us += 100000;
	}
}

static void test_two(void)
{
	begin(2);
	down(1, 2, 70);
	run(1);
	/* The first is heard and seen over the second's weak link; the other way nothing is changed. */
	g_assert_cmpuint(out->sent_changed, ==, 3);
	g_assert_cmpuint(out->send[0].tier, ==, 2);
	g_assert_cmpuint(out->send[0].n_encodings, ==, 1);
	g_assert_cmpuint(out->send[0].encodings[0].kbps, ==, 70);
	g_assert_cmpuint(out->send[0].encodings[0].height_px, ==, 180);
	g_assert_cmpuint(out->send[0].ptime_ms, ==, 40);
	g_assert_cmpint(out->send[0].why, ==, THP_WHY_DELAY);
	g_assert_cmpuint(out->send[1].encodings[0].kbps, ==, 1100);
	g_assert_cmpuint(out->send[1].ptime_ms, ==, 20);
	g_assert_cmpint(out->layer[1][0], ==, 0);
	g_assert_true(out->switched[1][0]);
	g_assert_cmpint(out->layer[0][0], ==, THP_NO_LAYER);
	run(1);
	g_assert_cmpuint(out->sent_changed, ==, 0);
	g_assert_false(out->switched[1][0]);
}

static void test_two_voice_only(void)
{
	begin(2);
	run(1);
	down(1, 1, 0);
	run(1);
	g_assert_cmpuint(out->sent_changed, ==, 1);
	g_assert_true(out->send[0].camera_paused);
	g_assert_false(out->send[0].encodings[0].active);
	g_assert_cmpint(out->layer[1][0], ==, THP_NO_LAYER);
	g_assert_false(out->send[1].camera_paused);
}

static void test_two_uplink(void)
{
	begin(2);
	up(0, 2);
	run(1);
	g_assert_cmpuint(out->send[0].tier, ==, 2);
	g_assert_cmpint(out->send[0].why, ==, THP_WHY_UPLINK);
	g_assert_cmpuint(out->send[0].encodings[0].kbps, ==, 90);
	g_assert_cmpuint(out->send[1].tier, ==, 4);
}

/* Less is told at once, more at most once a second. */
static void test_two_rates(void)
{
	guint told = 0;

	begin(2);
	down(1, 3, 200);
	run(1);
	for (uint32_t kbps = 200; kbps <= 300; kbps += 2) {
		down(1, 3, kbps);
		run(1);
		told += out->sent_changed & 1;
	}
	g_assert_cmpuint(told, >=, 3);
	g_assert_cmpuint(told, <=, 6);
	down(1, 3, 250);
	run(1);
	g_assert_cmpuint(out->sent_changed & 1, ==, 1);
	down(1, 3, 240);
	run(1);
	g_assert_cmpuint(out->sent_changed & 1, ==, 1);
}

/* One of three has a weak link: the pictures of the other two stay as they were. */
static void test_three_one_weak(void)
{
	thp_directive before[3];

	begin(3);
	run(80);
	memcpy(before, out->send, sizeof before);
	g_assert_cmpint(out->layer[0][1], ==, 2);
	g_assert_cmpint(out->layer[2][1], ==, 2);
	down(1, 2, 100);
	run(80);
	g_assert_cmpint(out->layer[1][0], ==, 0);            /* the therapist, small */
	g_assert_cmpint(out->layer[1][2], ==, THP_NO_LAYER); /* the other does not fit */
	g_assert_cmpint(out->layer[0][1], ==, 2);
	g_assert_cmpint(out->layer[0][2], ==, 2);
	g_assert_cmpint(out->layer[2][0], ==, 2);
	for (int i = 0; i < 3; i++) {
		g_assert_cmpuint(out->send[i].tier, ==, before[i].tier);
		g_assert_true(out->send[i].encodings[2].active);
		g_assert_cmpuint(out->send[i].encodings[2].kbps, ==, before[i].encodings[2].kbps);
	}
	g_assert_true(out->send[0].encodings[0].active);
	g_assert_false(out->send[2].encodings[0].active); /* nobody takes it */
}

static void begin_single(uint32_t n)
{
	begin(n);
	for (uint32_t i = 0; i < n; i++) {
		people[i].simulcast = false;
		down(i, 4, (n - 1) * thp_tier_share_kbps(&ladder, 4, n - 1));
	}
}

/* The same with cameras of one size: whoever is weak hears, and the others see as before. */
static void test_three_single(void)
{
	begin_single(3);
	run(80);
	g_assert_cmpuint(out->send[0].tier, ==, 4);
	g_assert_cmpuint(out->send[0].n_encodings, ==, 1);
	g_assert_cmpuint(out->send[0].encodings[0].kbps, ==, 700);
	g_assert_cmpuint(out->send[0].encodings[0].height_px, ==, 720);
	down(1, 2, 180);
	run(80);
	g_assert_cmpint(out->layer[1][0], ==, THP_NO_LAYER);
	g_assert_cmpint(out->layer[1][2], ==, THP_NO_LAYER);
	g_assert_cmpint(out->layer[0][1], ==, 0);
	g_assert_cmpint(out->layer[2][0], ==, 0);
	for (int i = 0; i < 3; i++)
		g_assert_cmpuint(out->send[i].encodings[0].kbps, ==, 700);
	/* With room for one picture there is the therapist's. */
	g_assert_cmpuint(out->first_kbps[1], ==, 700);
	down(1, 3, 700);
	run(80);
	g_assert_cmpint(out->layer[1][0], ==, 0);
	g_assert_cmpint(out->layer[1][2], ==, THP_NO_LAYER);
	for (int i = 0; i < 3; i++)
		g_assert_cmpuint(out->send[i].encodings[0].kbps, ==, 700);
}

/* A size that nobody can take is not sent: small pictures for all, none for nobody, and back. */
static void test_three_all_weak(void)
{
	begin_single(3);
	run(80);
	for (uint32_t i = 0; i < 3; i++)
		down(i, 2, 180);
	run(1);
	for (int i = 0; i < 3; i++) {
		g_assert_cmpuint(out->send[i].encodings[0].kbps, ==, 90);
		g_assert_cmpint(out->layer[i][(i + 1) % 3], ==, 0);
		g_assert_cmpint(out->layer[i][(i + 2) % 3], ==, 0);
	}
	for (uint32_t i = 0; i < 3; i++)
		down(i, 1, 0);
	run(80);
	g_assert_true(out->send[0].camera_paused);
	down(1, 2, 180);
	run(1);
	g_assert_cmpuint(out->send[0].encodings[0].kbps, ==, 90);
	g_assert_false(out->send[0].camera_paused);
}

static uint32_t budget(uint32_t tier, uint32_t others, uint32_t first_kbps)
{
	uint32_t kbps = others * thp_tier_share_kbps(&ladder, tier, others);

	return tier == 3 && first_kbps > kbps ? first_kbps : kbps;
}

/*
 * Whatever happens to some links of a room, while two bear everything: no camera is asked for anything else, those
 * two get all pictures, and nobody is handed more than their own budget.
 */
static void test_weak_changes_nobody(void)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(g_test_rand_int_range(0, G_MAXINT32));

	for (uint32_t n = 3; n <= THP_CROWD_MAX; n++) {
		begin_single(n);
		run(1);
		uint32_t full = out->send[0].encodings[0].kbps;

		for (int i = 0; i < 2000; i++) {
			uint32_t who = 2 + g_rand_int(rand) % (n - 2), t = g_rand_int(rand) % 5;

			down(who, t, budget(t, n - 1, out->first_kbps[who]));
			run(1 + g_rand_int(rand) % 20);
			for (uint32_t k = 0; k < n; k++) {
				g_assert_cmpuint(out->send[k].encodings[0].kbps, ==, full);
				g_assert_true(out->send[k].encodings[0].active);
				g_assert_true(k < 1 || out->layer[0][k] == 0);
				g_assert_true(k == 1 || out->layer[1][k] == 0);
				g_assert_cmpuint(out->down_kbps[k], <=,
						 thp_tier_video_wire_kbps(downs[k].video_kbps) + n);
			}
		}
	}
}

static void test_unused_layers(void)
{
	begin(3);
	run(80);
	for (int i = 0; i < 3; i++)
		down((uint32_t)i, 2, 180);
	run(10);
	g_assert_true(out->send[0].encodings[2].active); /* not for a moment's weakness */
	run(80);
	g_assert_false(out->send[0].encodings[2].active);
	g_assert_false(out->send[0].encodings[1].active);
	g_assert_true(out->send[0].encodings[0].active);
	g_assert_cmpuint(out->send[0].remb_kbps, ==, 99);
	for (int i = 0; i < 3; i++)
		down((uint32_t)i, 1, 0);
	run(80);
	g_assert_true(out->send[0].camera_paused);
	g_assert_cmpint(out->send[0].why, ==, THP_WHY_NOBODY);
}

/* A budget that comes and goes enlarges no picture. */
static void test_steady(void)
{
	begin(3);
	for (int i = 0; i < 3; i++)
		down((uint32_t)i, 2, 180);
	run(200);
	g_assert_cmpint(out->layer[1][0], ==, 0);
	for (int i = 0; i < 20; i++) {
		down(1, 3, 700);
		run(30);
		g_assert_cmpint(out->layer[1][0], ==, 0);
		down(1, 2, 180);
		run(10);
	}
	down(1, 3, 700);
	run(120);
	g_assert_cmpint(out->layer[1][0], ==, 1);
}

static void test_crowd(void)
{
	begin(8);
	for (uint32_t i = 0; i < 8; i++)
		down(i, 3, 7 * 90 + 210 + 10);
	run(100);
	for (uint32_t i = 1; i < 8; i++) {
		g_assert_cmpuint(out->send[i].n_encodings, ==, 2);
		g_assert_cmpint(out->layer[i][0], ==, 1); /* the therapist is large for everybody */
		for (uint32_t k = 1; k < 8; k++)
			g_assert_cmpint(out->layer[i][k], ==, i == k ? THP_NO_LAYER : 0);
	}
	g_assert_cmpint(out->layer[0][1], ==, 1); /* who came first, for the therapist */
	/* What is handed to a receiver fits their budget. */
	g_assert_cmpuint(out->down_kbps[3], <=, thp_tier_video_wire_kbps(7 * 90 + 210 + 10) + 8);
}

/* Whom somebody looks at comes after the therapist and before the others, for this one alone. */
static void test_view(void)
{
	begin(8);
	for (uint32_t i = 0; i < 8; i++)
		down(i, 3, 7 * 90 + 210 + 10);
	people[0].view = people[3].view = 5;
	run(100);
	g_assert_cmpint(out->layer[0][5], ==, 1);
	g_assert_cmpint(out->layer[0][1], ==, 0);
	g_assert_cmpint(out->layer[3][0], ==, 1);
	g_assert_cmpint(out->layer[3][5], ==, 0);
	down(3, 3, 7 * 90 + 2 * 210 + 10);
	run(100);
	g_assert_cmpint(out->layer[3][0], ==, 1);
	g_assert_cmpint(out->layer[3][5], ==, 1);
	g_assert_cmpint(out->layer[3][1], ==, 0);
	/* On the next word; who looks elsewhere changes nothing for anybody else. */
	people[0].view = 7;
	run(1);
	g_assert_cmpint(out->layer[0][7], ==, 1);
	g_assert_cmpint(out->layer[0][5], ==, 0);
	g_assert_cmpint(out->layer[3][5], ==, 1);
	/* Where there is no room for all, it is the one who is seen. */
	down(0, 2, 100);
	run(1);
	for (int i = 1; i < 8; i++)
		g_assert_cmpint(out->layer[0][i], ==, i == 7 ? 0 : THP_NO_LAYER);
}

static void test_leaving(void)
{
	begin(3);
	run(80);
	people[2].present = false;
	run(1);
	g_assert_cmpint(out->layer[2][0], ==, THP_NO_LAYER);
	g_assert_cmpint(out->layer[0][1], ==, 0);
	g_assert_cmpuint(out->send[0].n_encodings, ==, 1);
	people[1].video = false;
	run(1);
	g_assert_cmpint(out->layer[0][1], ==, THP_NO_LAYER);
	g_assert_false(out->send[1].camera_paused);
	g_assert_cmpuint(out->send[1].audio_kbps, >, 0);
}

/* RED is for those who lose packets, if the one can send it and all others hear it; it stays for a while. */
static void test_red(void)
{
	begin(3);
	for (uint32_t i = 0; i < 3; i++)
		people[i].red_out = people[i].red_in = true;
	run(1);
	g_assert_false(out->send[0].red || out->send[1].red || out->send[2].red);
	downs[1].red = true;
	people[2].red_out = false;
	run(1);
	g_assert_true(out->send[0].red);
	g_assert_false(out->send[1].red); /* the others lose nothing */
	g_assert_false(out->send[2].red);
	downs[1].red = false;
	run(250);
	g_assert_true(out->send[0].red);
	people[2].red_in = false;
	run(1);
	g_assert_false(out->send[0].red);
	people[2].red_in = true;
	run(1);
	g_assert_true(out->send[0].red);
	run(100);
	g_assert_false(out->send[0].red);
	ups[0].red = true;
	run(1);
	g_assert_true(out->send[0].red);
	/* Not where the tier has none. */
	up(0, 0);
	ups[0].red = true;
	run(1);
	g_assert_false(out->send[0].red);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/allot/two", test_two);
	g_test_add_func("/allot/two/voice-only", test_two_voice_only);
	g_test_add_func("/allot/two/uplink", test_two_uplink);
	g_test_add_func("/allot/two/rates", test_two_rates);
	g_test_add_func("/allot/three/one-weak", test_three_one_weak);
	g_test_add_func("/allot/three/single", test_three_single);
	g_test_add_func("/allot/three/all-weak", test_three_all_weak);
	g_test_add_func("/allot/weak-changes-nobody", test_weak_changes_nobody);
	g_test_add_func("/allot/three/unused-layers", test_unused_layers);
	g_test_add_func("/allot/three/steady", test_steady);
	g_test_add_func("/allot/crowd", test_crowd);
	g_test_add_func("/allot/view", test_view);
	g_test_add_func("/allot/leaving", test_leaving);
	g_test_add_func("/allot/red", test_red);
	return g_test_run();
}
