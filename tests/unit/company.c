/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may be with whom: observers and interpreters, and those who are asked whether they want them there. */
#include "asked.h"

#include <string.h>

/* A client is asked about all three, a guest about the observer. */
static const thp_consent_rules rules = {
	.n = 3,
	.kinds = {{"care", "1.0", ROLE(CLIENT), TRUE, 0, 0, 0, FALSE},
		  {"observer", "1.0", ROLE(CLIENT) | ROLE(GUEST), FALSE, 0, 1, ROLE(OBSERVER),
		   FALSE},
		  {"interpreter", "1.0", ROLE(CLIENT), FALSE, 0, 2, ROLE(INTERPRETER), FALSE}},
};

static void open_clinic(stage *s)
{
	asked_open(s, &rules, 6);
	stage_arrive(s, "ann", CLIENT, "r1");
	stage_arrive(s, "oda", OBSERVER, "r1");
	stage_arrive(s, "ivo", INTERPRETER, "r1");
}

static gboolean hears(stage *s, const char *who, const char *whom)
{
	return strstr(stage_flows(s, whom), who) != NULL;
}

/* Each answer to each of the two, and whom it lets in. */
static void test_every_cell(void)
{
	static const thp_consent_summary said[THP_N_CONSENT_STATES] = {
		[NONE] = THP_CONSENT_ASKED,
		[GRANTED] = THP_CONSENT_GIVEN,
		[REFUSED] = THP_CONSENT_DECLINED,
		[WITHDRAWN] = THP_CONSENT_DECLINED,
		[THP_CONSENT_EXPIRED] = THP_CONSENT_ASKED,
	};

	for (int o = NONE; o < THP_N_CONSENT_STATES; o++) {
		for (int i = NONE; i < THP_N_CONSENT_STATES; i++) {
			g_auto(stage) s = {0};

			open_clinic(&s);
			asked_learn(&s, "ann", GRANTED, (thp_consent_state)o, (thp_consent_state)i);
			g_assert_cmpint(stage_seen(&s, "tom", "oda").others, ==,
					THP_CONSENT_UNASKED);
			g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_OK);
			g_assert_cmpint(stage_seen(&s, "tom", "oda").others, ==, said[o]);
			g_assert_cmpint(stage_seen(&s, "tom", "ivo").others, ==, said[i]);
			g_assert_cmpint(stage_seen(&s, "tom", "ann").others, ==,
					THP_CONSENT_UNASKED);
			g_assert_cmpint(asked_admit(&s, "oda"), ==,
					o == GRANTED ? THP_OK : THP_CONSENT_OF_OTHERS);
			g_assert_cmpint(asked_admit(&s, "ivo"), ==,
					i == GRANTED ? THP_OK : THP_CONSENT_OF_OTHERS);
			g_assert_cmpint(hears(&s, "oda", "ann"), ==, o == GRANTED);
			g_assert_cmpint(hears(&s, "ivo", "ann"), ==, i == GRANTED);
		}
	}
}

/* Everybody who is there and concerned, also if their link is lost; nobody else. */
static void test_everybody(void)
{
	g_auto(stage) s = {0};

	open_clinic(&s);
	stage_arrive(&s, "gus", GUEST, "r1");
	stage_arrive(&s, "bob", CLIENT, "r2");
	asked_learn(&s, "ann", GRANTED, GRANTED, GRANTED);
	asked_learn(&s, "gus", NONE, REFUSED, NONE);
	asked_learn(&s, "bob", GRANTED, REFUSED, REFUSED);
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_OK);
	g_assert_cmpint(asked_admit(&s, "gus"), ==, THP_OK);
	g_assert_cmpint(asked_admit(&s, "oda"), ==, THP_CONSENT_OF_OTHERS);
	g_assert_cmpint(asked_admit(&s, "ivo"), ==, THP_OK);
	stage_lose(&s, "gus");
	g_assert_cmpint(asked_admit(&s, "oda"), ==, THP_CONSENT_OF_OTHERS);
	stage_wait(&s, STAGE_GRACE_S + 1);
	g_assert_cmpint(asked_admit(&s, "oda"), ==, THP_OK);
}

/* Who comes in later, and has not agreed, comes in: the observer goes. */
static void test_makes_way(void)
{
	g_auto(stage) s = {0};

	open_clinic(&s);
	asked_learn(&s, "ann", GRANTED, NONE, GRANTED);
	g_assert_cmpint(asked_admit(&s, "oda"), ==, THP_OK);
	g_assert_cmpint(asked_admit(&s, "ivo"), ==, THP_OK);
	g_assert_true(hears(&s, "oda", "tom"));
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_OK);
	assert_told(&s, "oda", "silence held/others@r1 presence=1");
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
	g_assert_cmpint(stage_state(&s, "ivo"), ==, THP_ADMITTED);
	g_assert_false(hears(&s, "oda", "tom"));
	g_assert_false(hears(&s, "oda", "ann"));
	g_assert_true(hears(&s, "ivo", "ann"));
	asked_learn(&s, "ann", GRANTED, GRANTED, GRANTED);
	g_assert_cmpint(asked_admit(&s, "oda"), ==, THP_OK);
}

static void test_taken_back(void)
{
	g_auto(stage) s = {0};

	open_clinic(&s);
	asked_learn(&s, "ann", GRANTED, GRANTED, GRANTED);
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_OK);
	g_assert_cmpint(asked_admit(&s, "oda"), ==, THP_OK);
	g_assert_cmpint(asked_admit(&s, "ivo"), ==, THP_OK);
	g_autoptr(GPtrArray) before = thp_area_depend(s.area, "ann", "observer");
	g_assert_true(thp_area_has_granted(s.area, "ann", "observer"));
	g_assert_cmpuint(before->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(before, 0), ==, "oda");
	g_assert_cmpint(asked_withdraw(&s, "ann", "observer"), ==, THP_OK);
	assert_told(&s, "oda", "silence held/others@r1 presence=1");
	g_assert_false(hears(&s, "oda", "ann"));
	g_assert_true(hears(&s, "tom", "ann"));
	g_assert_false(thp_area_has_granted(s.area, "ann", "observer"));
	g_assert_cmpint(asked_admit(&s, "oda"), ==, THP_CONSENT_OF_OTHERS);
	g_assert_cmpint(asked_withdraw(&s, "ann", "interpreter"), ==, THP_OK);
	assert_told(&s, "ivo", "silence held/others@r1 presence=1");
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
	/* Taken back elsewhere it counts here too; away, they come back to wait. */
	asked_learn(&s, "ann", GRANTED, GRANTED, GRANTED);
	g_assert_cmpint(asked_admit(&s, "oda"), ==, THP_OK);
	stage_lose(&s, "oda");
	thp_self self;
	g_assert_true(thp_area_self(s.area, "ann", &self));
	g_assert_cmpint(stage_apply(&s, "tom",
				    (thp_event){.kind = THP_EV_WITHDRAWN,
						.sub = self.invitation->sub,
						.room = "",
						.consent = "observer"}),
			==, THP_OK);
	g_assert_cmpint(stage_knock(&s, "oda", OBSERVER, "r1"), ==, THP_OK);
	g_assert_cmpint(stage_state(&s, "oda"), ==, THP_HELD);
}

/* Of somebody waiting, nobody inside depends. */
static void test_who_waits(void)
{
	g_auto(stage) s = {0};

	open_clinic(&s);
	asked_learn(&s, "ann", GRANTED, GRANTED, GRANTED);
	g_assert_cmpint(asked_admit(&s, "oda"), ==, THP_OK);
	g_assert_false(thp_area_has_granted(s.area, "ann", "observer"));
	g_assert_cmpint(asked_withdraw(&s, "ann", "observer"), ==, THP_OK);
	g_assert_cmpint(stage_state(&s, "oda"), ==, THP_ADMITTED);
}

/* Until the ledger has spoken of somebody nothing flows to whom it may concern, and nobody is sent away. */
static void test_not_known_yet(void)
{
	g_auto(stage) s = {0};

	open_clinic(&s);
	stage_arrive(&s, "gus", GUEST, "r1");
	g_assert_cmpint(asked_admit(&s, "oda"), ==, THP_OK);
	g_assert_cmpint(asked_admit(&s, "gus"), ==, THP_OK);
	g_assert_cmpint(stage_state(&s, "oda"), ==, THP_ADMITTED);
	g_assert_false(hears(&s, "oda", "gus"));
	g_assert_false(hears(&s, "oda", "tom"));
	asked_learn(&s, "gus", NONE, GRANTED, NONE);
	g_assert_true(hears(&s, "oda", "gus"));
	g_assert_true(hears(&s, "oda", "tom"));
	asked_learn(&s, "gus", NONE, REFUSED, NONE);
	g_assert_cmpint(stage_state(&s, "oda"), ==, THP_HELD);
}

/* ---- a walk: the stage looks at every invariant after every step ---- */

static void step(stage *s, GRand *rand)
{
	static const char *const names[] = {"ann", "gus", "oda", "ivo"};
	static const thp_role roles[] = {CLIENT, GUEST, OBSERVER, INTERPRETER};
	const guint w = (guint)g_rand_int_range(rand, 0, G_N_ELEMENTS(names));
	const thp_consent_state state = g_rand_int_range(rand, 0, 4) > 0
						? GRANTED
						: (thp_consent_state)g_rand_int_range(rand, 0, 4);

	/* More that brings people together than what parts them, or they hardly ever meet. */
	switch (g_rand_int_range(rand, 0, 10)) {
	case 0:
	case 1:
	case 2:
		asked_learn(s, names[w % 2], GRANTED, state,
			    (thp_consent_state)g_rand_int_range(rand, 0, 4));
		break;
	case 3:
		(void)asked_withdraw(s, names[w % 2],
				     g_rand_boolean(rand) ? "observer" : "interpreter");
		break;
	case 4:
		stage_lose(s, names[w]);
		g_assert_cmpint(stage_knock(s, names[w], roles[w], "r1"), ==, THP_OK);
		break;
	case 5:
		(void)stage_aim(s, "tom", THP_REQ_HOLD, names[w]);
		break;
	default:
		(void)asked_admit(s, names[w]);
		break;
	}
}

static void test_walk(void)
{
	guint32 seed = (guint32)g_test_rand_int();
	g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
	guint together = 0;

	g_test_message("seed %u", seed);
	for (int walk = 0; walk < 100; walk++) {
		g_auto(stage) s = {0};

		open_clinic(&s);
		stage_arrive(&s, "gus", GUEST, "r1");
		for (int n = 0; n < 80; n++) {
			step(&s, rand);
			together += hears(&s, "oda", "ann");
		}
	}
	g_test_message("together %u times", together);
	g_assert_cmpuint(together, >, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/company/every-cell", test_every_cell);
	g_test_add_func("/company/everybody", test_everybody);
	g_test_add_func("/company/makes-way", test_makes_way);
	g_test_add_func("/company/taken-back", test_taken_back);
	g_test_add_func("/company/who-waits", test_who_waits);
	g_test_add_func("/company/not-known-yet", test_not_known_yet);
	g_test_add_func("/company/walk", test_walk);
	return g_test_run();
}
