/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gate before a room: what opens it, what closes it, and a random walk through both. */
#include "asked.h"

#include <string.h>

static const thp_consent_rules rules = {
	.n = 3,
	.kinds = {{"care", "1.0", ROLE(CLIENT) | ROLE(GUEST), TRUE, 0, 0, 0, FALSE},
		  {"data", "2.1", ROLE(CLIENT), TRUE, 0, 1, 0, TRUE},
		  {"training", "1.0", ROLE(CLIENT), FALSE, 0, 2}},
};

static void open_clinic(stage *s)
{
	asked_open(s, &rules, 3);
}

static thp_err ask(stage *s, const char *who, thp_request_kind kind, const char *consent,
		   const char *version)
{
	return stage_apply(s, who,
			   (thp_event){.kind = THP_EV_REQUEST,
				       .request = kind,
				       .consent = consent,
				       .version = version});
}

/* ---- the gate ---- */

static void test_every_cell(void)
{
	static const struct {
		thp_role role;
		thp_consent_state care, data;
		gboolean open;
		thp_consent_summary summary;
	} cells[] = {
		{CLIENT, NONE, NONE, FALSE, THP_CONSENT_ASKED},
		{CLIENT, GRANTED, NONE, FALSE, THP_CONSENT_ASKED},
		{CLIENT, NONE, GRANTED, FALSE, THP_CONSENT_ASKED},
		{CLIENT, GRANTED, GRANTED, TRUE, THP_CONSENT_GIVEN},
		{CLIENT, GRANTED, REFUSED, FALSE, THP_CONSENT_DECLINED},
		{CLIENT, REFUSED, GRANTED, FALSE, THP_CONSENT_DECLINED},
		{CLIENT, WITHDRAWN, GRANTED, FALSE, THP_CONSENT_DECLINED},
		{CLIENT, THP_CONSENT_EXPIRED, GRANTED, FALSE, THP_CONSENT_ASKED},
		{GUEST, NONE, NONE, FALSE, THP_CONSENT_ASKED},
		{GUEST, GRANTED, NONE, TRUE, THP_CONSENT_GIVEN},
		{GUEST, GRANTED, REFUSED, TRUE, THP_CONSENT_GIVEN},
		{GUEST, REFUSED, GRANTED, FALSE, THP_CONSENT_DECLINED},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cells); i++) {
		for (int training = NONE; training < THP_N_CONSENT_STATES; training++) {
			g_auto(stage) s = {0};

			open_clinic(&s);
			stage_arrive(&s, "ann", cells[i].role, "r1");
			asked_learn(&s, "ann", cells[i].care, cells[i].data,
				    (thp_consent_state)training);
			g_assert_cmpint(stage_seen(&s, "tom", "ann").consent, ==, cells[i].summary);
			g_assert_cmpint(asked_admit(&s, "ann"), ==,
					cells[i].open ? THP_OK : THP_CONSENT_MISSING);
			g_assert_cmpint(stage_state(&s, "ann"), ==,
					cells[i].open ? THP_ADMITTED : THP_WAITING);
		}
	}
}

/* Until the ledger has spoken nobody is let in, and nobody can answer. */
static void test_not_known_yet(void)
{
	g_auto(stage) s = {0};

	open_clinic(&s);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	assert_told(&s, "ann", "joined waiting/arrived@r1 consent-read");
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_CONSENT_MISSING);
	for (int kind = THP_REQ_CONSENT_TEXT; kind <= THP_REQ_CONSENT_WITHDRAW; kind++)
		g_assert_cmpint(ask(&s, "ann", (thp_request_kind)kind, "care", "1.0"), ==,
				THP_WRONG_STATE);
	asked_learn(&s, "ann", GRANTED, GRANTED, NONE);
	assert_told(&s, "ann", "consent[care=granted,data=granted,training=none]");
	asked_learn(&s, "ann", GRANTED, GRANTED, REFUSED);
	assert_told(&s, "ann", "consent[care=granted,data=granted,training=refused]settled");
	/* Who comes back is not looked up again. */
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	assert_told(
		&s, "ann",
		"former:silence former:left/replaced@r1 former:close joined-again waiting/resumed@r1 "
		"consent[care=granted,data=granted,training=refused]settled");
}

static void test_those_not_asked(void)
{
	g_auto(stage) s = {0};
	thp_consent_view view;

	open_clinic(&s);
	g_assert_cmpint(stage_knock(&s, "olga", OBSERVER, "r1"), ==, THP_OK);
	assert_told(&s, "olga", "joined waiting/arrived@r1");
	g_assert_false(thp_area_consent(s.area, "olga", &view));
	g_assert_false(thp_area_consent(s.area, "tom", &view));
	g_assert_false(thp_area_consent(s.area, "nobody", &view));
	g_assert_cmpint(ask(&s, "olga", THP_REQ_CONSENT_TEXT, "care", NULL), ==, THP_WRONG_STATE);
	g_assert_cmpint(ask(&s, "tom", THP_REQ_CONSENT_TEXT, "care", NULL), ==, THP_NOT_ALLOWED);
	g_assert_cmpint(stage_seen(&s, "tom", "olga").consent, ==, THP_CONSENT_UNASKED);
	g_assert_cmpint(asked_admit(&s, "olga"), ==, THP_OK);
}

static void test_answers(void)
{
	g_auto(stage) s = {0};

	open_clinic(&s);
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_arrive(&s, "gus", GUEST, "r1");
	asked_learn(&s, "ann", NONE, NONE, NONE);
	asked_learn(&s, "gus", NONE, NONE, NONE);
	g_assert_cmpint(ask(&s, "ann", THP_REQ_CONSENT_DECIDE, "care", "1.0"), ==,
			THP_CONSENT_NOT_SHOWN);
	g_assert_cmpint(ask(&s, "ann", THP_REQ_CONSENT_SHOWN, "care", "0.9"), ==,
			THP_CONSENT_STALE);
	g_assert_cmpint(ask(&s, "ann", THP_REQ_CONSENT_SHOWN, "fun", "1.0"), ==, THP_BAD_FIELD);
	g_assert_cmpint(ask(&s, "gus", THP_REQ_CONSENT_SHOWN, "data", "2.1"), ==, THP_BAD_FIELD);
	g_assert_cmpint(ask(&s, "ann", THP_REQ_CONSENT_SHOWN, "care", "1.0"), ==, THP_OK);
	g_assert_cmpint(ask(&s, "ann", THP_REQ_CONSENT_DECIDE, "care", "1.0"), ==, THP_OK);
	g_assert_cmpint(ask(&s, "ann", THP_REQ_CONSENT_DECIDE, "care", "2.0"), ==,
			THP_CONSENT_STALE);
	/* Shown to ann, not to gus; one kind, not another. */
	g_assert_cmpint(ask(&s, "gus", THP_REQ_CONSENT_DECIDE, "care", "1.0"), ==,
			THP_CONSENT_NOT_SHOWN);
	g_assert_cmpint(ask(&s, "ann", THP_REQ_CONSENT_DECIDE, "data", "2.1"), ==,
			THP_CONSENT_NOT_SHOWN);
	g_assert_cmpint(asked_withdraw(&s, "ann", "care"), ==, THP_WRONG_STATE);
	/* To be asked is no answer: the ledger's word counts. */
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_CONSENT_MISSING);
}

/* For a minor, only the guardian answers what is theirs to answer, and only that. */
static void test_guardian(void)
{
	static const thp_event decide = {.kind = THP_EV_REQUEST,
					 .request = THP_REQ_CONSENT_DECIDE,
					 .consent = "data",
					 .version = "2.1"};
	g_auto(stage) s = {0};
	thp_consent_view view;
	thp_event event = decide;

	open_clinic(&s);
	for (int minor = 0; minor < 2; minor++) {
		const char *who = minor ? "bob" : "ann";

		s.guardian = minor ? "mum" : NULL;
		stage_arrive(&s, who, CLIENT, "r1");
		asked_learn(&s, who, NONE, NONE, NONE);
		g_assert_true(thp_area_consent(s.area, who, &view));
		g_assert_false(view.kinds[0].guardian);
		g_assert_cmpint(view.kinds[1].guardian, ==, minor);
		g_assert_cmpint(ask(&s, who, THP_REQ_CONSENT_SHOWN, "data", "2.1"), ==, THP_OK);
		g_assert_cmpint(ask(&s, who, THP_REQ_CONSENT_SHOWN, "care", "1.0"), ==, THP_OK);
		event.guardian = FALSE;
		event.consent = "data";
		event.version = "2.1";
		g_assert_cmpint(stage_apply(&s, who, event), ==,
				minor ? THP_GUARDIAN_REQUIRED : THP_OK);
		event.guardian = TRUE;
		g_assert_cmpint(stage_apply(&s, who, event), ==, minor ? THP_OK : THP_BAD_FIELD);
		event.consent = "care";
		event.version = "1.0";
		g_assert_cmpint(stage_apply(&s, who, event), ==, THP_BAD_FIELD);
	}
}

/* ---- taking back ---- */

static void open_session(stage *s)
{
	open_clinic(s);
	stage_arrive(s, "ann", CLIENT, "r1");
	stage_arrive(s, "gus", GUEST, "r1");
	asked_learn(s, "ann", GRANTED, GRANTED, GRANTED);
	asked_learn(s, "gus", GRANTED, NONE, NONE);
	g_assert_cmpint(asked_admit(s, "ann"), ==, THP_OK);
	g_assert_cmpint(asked_admit(s, "gus"), ==, THP_OK);
	g_assert_cmpstr(stage_flows(s, "tom"), !=, "");
}

static void test_taken_back(void)
{
	g_auto(stage) s = {0};
	static const thp_consent_state before[] = {GRANTED, GRANTED, GRANTED};

	open_session(&s);
	guint32 turn = asked_turn(&s, "ann");
	g_assert_cmpint(asked_withdraw(&s, "ann", "training"), ==, THP_OK);
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
	g_assert_cmpint(asked_withdraw(&s, "ann", "data"), ==, THP_OK);
	assert_told(&s, "ann",
		    "silence held/consent@r1 presence=1 "
		    "consent[care=granted,data=withdrawn,training=withdrawn]");
	g_assert_cmpstr(stage_flows(&s, "ann"), ==, "");
	g_assert_null(strstr(stage_flows(&s, "tom"), "ann"));
	g_assert_null(strstr(stage_flows(&s, "gus"), "ann"));
	g_assert_cmpint(stage_state(&s, "gus"), ==, THP_ADMITTED);
	/* What the ledger said before that comes too late. */
	g_assert_cmpint(asked_learn_as_of(&s, "ann", turn, before, rules.n), ==, THP_OK);
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_CONSENT_MISSING);
	g_assert_cmpint(asked_learn_as_of(&s, "ann", turn + 1, before, rules.n), ==, THP_OK);
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_CONSENT_MISSING);
	asked_learn(&s, "ann", GRANTED, WITHDRAWN, WITHDRAWN);
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_CONSENT_MISSING);
	/* Twice is once; and a new yes opens again. */
	g_assert_cmpint(asked_withdraw(&s, "ann", "data"), ==, THP_OK);
	asked_learn(&s, "ann", GRANTED, GRANTED, WITHDRAWN);
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_OK);
}

/* Told elsewhere while the link is lost: they come back to wait. */
static void test_taken_back_while_away(void)
{
	g_auto(stage) s = {0};

	open_session(&s);
	stage_lose(&s, "ann");
	asked_learn(&s, "ann", GRANTED, WITHDRAWN, NONE);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_HELD);
}

static thp_err back(stage *s, const char *sub, const char *room, const char *by, const char *kind)
{
	return stage_apply(
		s, by,
		(thp_event){.kind = THP_EV_WITHDRAWN, .sub = sub, .room = room, .consent = kind});
}

static const char *sub_of(const stage *s, const char *who)
{
	thp_self self;

	g_assert_true(thp_area_self(s->area, who, &self));
	return self.invitation->sub;
}

/* By the same person, in another session: others stay, and so does who has done it. */
static void test_taken_back_elsewhere(void)
{
	g_auto(stage) s = {0};
	static const thp_consent_state before[] = {GRANTED, GRANTED, GRANTED};

	open_session(&s);
	guint32 turn = asked_turn(&s, "ann");
	g_autofree char *ann = g_strdup(sub_of(&s, "ann"));
	g_assert_cmpint(back(&s, "somebody else", "", "x", "data"), ==, THP_OK);
	g_assert_cmpint(back(&s, ann, "r2", "x", "data"), ==, THP_OK);
	g_assert_cmpint(back(&s, ann, "", "ann", "data"), ==, THP_OK);
	g_assert_cmpint(back(&s, ann, "", "x", "nonsense"), ==, THP_OK);
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
	g_assert_cmpint(back(&s, ann, "r1", "x", "data"), ==, THP_OK);
	assert_told(&s, "ann",
		    "silence held/consent@r1 presence=1 "
		    "consent[care=granted,data=withdrawn,training=granted]");
	g_assert_cmpint(stage_state(&s, "gus"), ==, THP_ADMITTED);
	g_assert_cmpint(asked_learn_as_of(&s, "ann", turn, before, rules.n), ==, THP_OK);
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_CONSENT_MISSING);
	/* Whose answers are not known yet: what the ledger says of before is not believed. */
	stage_arrive(&s, "bob", CLIENT, "r2");
	turn = asked_turn(&s, "bob");
	g_assert_cmpint(back(&s, sub_of(&s, "bob"), "", "x", "data"), ==, THP_OK);
	assert_told(&s, "bob", "consent-read");
	g_assert_cmpint(asked_learn_as_of(&s, "bob", turn, before, rules.n), ==, THP_OK);
	g_assert_cmpint(asked_admit(&s, "bob"), ==, THP_CONSENT_MISSING);
}

/* ---- time ---- */

static void learn_until(stage *s, const char *who, gint64 until_s)
{
	thp_consent_standing standings[THP_CONSENT_KINDS_MAX] = {
		{GRANTED, until_s}, {GRANTED, 0}, {GRANTED, 0}};

	g_assert_cmpint(stage_apply(s, who,
				    (thp_event){.kind = THP_EV_CONSENT,
						.standings = standings,
						.turn = asked_turn(s, who)}),
			==, THP_OK);
}

static void test_run_out(void)
{
	g_auto(stage) s = {0};

	open_clinic(&s);
	stage_arrive(&s, "ann", CLIENT, "r1");
	stage_arrive(&s, "bob", CLIENT, "r2");
	learn_until(&s, "ann", STAGE_START_S + 30);
	learn_until(&s, "bob", STAGE_START_S - 1);
	assert_told(&s, "bob", "consent[care=expired,data=granted,training=granted]");
	g_assert_cmpint(asked_admit(&s, "bob"), ==, THP_CONSENT_MISSING);
	stage_wait(&s, 40);
	assert_told(&s, "ann", "consent[care=expired,data=granted,training=granted]");
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_CONSENT_MISSING);
	g_assert_cmpint(asked_withdraw(&s, "ann", "care"), ==, THP_WRONG_STATE);
	/* Inside, it holds until they are out. */
	learn_until(&s, "ann", s.now.wall_s + 30);
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_OK);
	stage_wait(&s, 60);
	g_assert_cmpint(stage_state(&s, "ann"), ==, THP_ADMITTED);
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_HOLD, "ann"), ==, THP_OK);
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_CONSENT_MISSING);
	stage_wait(&s, 2);
	assert_told(&s, "ann", "consent[care=expired,data=granted,training=granted]");
}

/* ---- what is said with a yes ---- */

#define DETAILS (1U << THP_DETAIL_PLACE | 1U << THP_DETAIL_CONTACT)

static const thp_consent_rules urgent = {
	.n = 1,
	.kinds = {{"emergency", "1.0", ROLE(CLIENT), FALSE, DETAILS, 0, 0, FALSE}},
};

static void open_urgent(stage *s)
{
	asked_open(s, &urgent, 3);
	stage_arrive(s, "ann", CLIENT, "r1");
	stage_arrive(s, "bob", CLIENT, "r2");
}

/* The ledger says that ann agrees until @until_s, and she said @place with it; NULL: it was only asked. */
static void says(stage *s, thp_consent_state state, const char *place, gint64 until_s)
{
	thp_consent_standing standings[THP_CONSENT_KINDS_MAX] = {{state, until_s}};
	thp_details details = {{""}};

	if (place)
		g_strlcpy(details.words[THP_DETAIL_PLACE], place, THP_DETAIL_BYTES);
	g_assert_cmpint(stage_apply(s, "ann",
				    (thp_event){.kind = THP_EV_CONSENT,
						.standings = standings,
						.turn = asked_turn(s, "ann"),
						.details = place ? &details : NULL}),
			==, THP_OK);
}

static const char *place_of(const stage *s)
{
	return thp_area_details(s->area, "ann")->words[THP_DETAIL_PLACE];
}

static void test_details(void)
{
	g_auto(stage) s = {0};

	open_urgent(&s);
	g_assert_cmpint(stage_seen(&s, "tom", "ann").details, ==, 0);
	/* The ledger knows of a yes, but nobody here knows the words: asked again. */
	says(&s, GRANTED, NULL, 0);
	assert_told(&s, "ann", "consent[emergency=none]");
	says(&s, GRANTED, "12 Mall Road", 0);
	assert_told(&s, "ann", "consent[emergency=granted]settled");
	g_assert_cmpint(stage_seen(&s, "tom", "ann").details, ==, 1);
	g_assert_cmpstr(place_of(&s), ==, "12 Mall Road");
	/* They stay while the person is here, also through a lost link. */
	says(&s, GRANTED, NULL, 0);
	stage_lose(&s, "ann");
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	g_assert_cmpstr(place_of(&s), ==, "12 Mall Road");
	g_assert_cmpint(asked_withdraw(&s, "ann", "emergency"), ==, THP_OK);
	g_assert_cmpstr(place_of(&s), ==, "");
	g_assert_cmpint(stage_seen(&s, "tom", "ann").details, ==, 0);
	says(&s, GRANTED, "13 Mall Road", 0);
	g_assert_cmpint(stage_seen(&s, "tom", "ann").details, ==, 3);
	says(&s, REFUSED, "", 0);
	g_assert_cmpstr(place_of(&s), ==, "");
	says(&s, GRANTED, "14 Mall Road", s.now.wall_s + 10);
	stage_wait(&s, 20);
	g_assert_cmpstr(place_of(&s), ==, "");
	assert_told(&s, "ann", "consent[emergency=expired]");
}

/* Told to the therapist who is in the room with them, and to nobody else. */
static void test_details_told(void)
{
	g_auto(stage) s = {0};

	open_urgent(&s);
	says(&s, GRANTED, "12 Mall Road", 0);
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_CONSENT_DETAIL, "ann"), ==, THP_WRONG_STATE);
	g_assert_cmpint(asked_admit(&s, "ann"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_CONSENT_DETAIL, "ann"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_CONSENT_DETAIL, "bob"), ==, THP_WRONG_STATE);
	g_assert_cmpint(stage_aim(&s, "ann", THP_REQ_CONSENT_DETAIL, "ann"), ==, THP_NOT_ALLOWED);
	g_assert_cmpint(stage_aim(&s, "bob", THP_REQ_CONSENT_DETAIL, "ann"), ==, THP_NOT_ALLOWED);
	stage_lose(&s, "ann");
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_CONSENT_DETAIL, "ann"), ==, THP_OK);
	g_assert_cmpint(stage_knock(&s, "ann", CLIENT, "r1"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_HOLD, "ann"), ==, THP_OK);
	g_assert_cmpint(stage_aim(&s, "tom", THP_REQ_CONSENT_DETAIL, "ann"), ==, THP_WRONG_STATE);
	g_assert_null(thp_area_details(s.area, "nobody"));
	g_assert_cmpint(stage_seen(&s, "tom", "bob").details, ==, 0);
}

/* ---- a walk ---- */

typedef struct walker {
	const char *name;
	gboolean known, inside;
	thp_consent_state states[3];
	guint32 turn;
} walker;

static gboolean may_enter(const walker *w)
{
	return w->known && w->states[0] == GRANTED && w->states[1] == GRANTED;
}

static void step(stage *s, GRand *rand, walker *w)
{
	thp_consent_state states[3];
	guint i = (guint)g_rand_int_range(rand, 0, 3);
	gboolean late = w->turn > 0 && g_rand_boolean(rand);

	switch (g_rand_int_range(rand, 0, 3)) {
	case 0:
		for (int k = 0; k < 3; k++)
			states[k] = g_rand_boolean(rand)
					    ? GRANTED
					    : (thp_consent_state)g_rand_int_range(rand, 0, 4);
		g_assert_cmpint(
			asked_learn_as_of(s, w->name, w->turn - (late ? 1 : 0), states, rules.n),
			==, THP_OK);
		if (late)
			break;
		memcpy(w->states, states, sizeof states);
		w->known = TRUE;
		w->inside = w->inside && may_enter(w);
		break;
	case 1: {
		gboolean can = w->known && (w->states[i] == GRANTED || w->states[i] == WITHDRAWN);
		g_assert_cmpint(asked_withdraw(s, w->name, rules.kinds[i].name), ==,
				can ? THP_OK : THP_WRONG_STATE);
		if (!can)
			break;
		w->states[i] = WITHDRAWN;
		w->turn++;
		w->inside = w->inside && may_enter(w);
		break;
	}
	default:
		if (w->inside)
			break;
		g_assert_cmpint(asked_admit(s, w->name), ==,
				may_enter(w) ? THP_OK : THP_CONSENT_MISSING);
		w->inside = may_enter(w);
		break;
	}
}

static void test_walk(void)
{
	guint32 seed = (guint32)g_test_rand_int();
	g_autoptr(GRand) rand = g_rand_new_with_seed(seed);

	g_test_message("seed %u", seed);
	for (int walk = 0; walk < 200; walk++) {
		walker walkers[] = {{.name = "ann"}, {.name = "bob"}};
		g_auto(stage) s = {0};

		open_clinic(&s);
		for (guint w = 0; w < 2; w++)
			stage_arrive(&s, walkers[w].name, CLIENT, "r1");
		for (int n = 0; n < 60; n++) {
			walker *w = &walkers[g_rand_int_range(rand, 0, 2)];
			step(&s, rand, w);
			g_assert_cmpint(stage_state(&s, w->name) == THP_ADMITTED, ==, w->inside);
			g_assert_true(w->inside || stage_flows(&s, w->name)[0] == '\0');
		}
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/consent/every-cell", test_every_cell);
	g_test_add_func("/consent/not-known-yet", test_not_known_yet);
	g_test_add_func("/consent/those-not-asked", test_those_not_asked);
	g_test_add_func("/consent/answers", test_answers);
	g_test_add_func("/consent/guardian", test_guardian);
	g_test_add_func("/consent/taken-back", test_taken_back);
	g_test_add_func("/consent/taken-back-while-away", test_taken_back_while_away);
	g_test_add_func("/consent/taken-back-elsewhere", test_taken_back_elsewhere);
	g_test_add_func("/consent/run-out", test_run_out);
	g_test_add_func("/consent/details", test_details);
	g_test_add_func("/consent/details-told", test_details_told);
	g_test_add_func("/consent/walk", test_walk);
	return g_test_run();
}
