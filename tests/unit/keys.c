/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of key messages in a room: one commit an epoch, Welcomes with their commits, removals, resync. */
#include <therapy/area.h>

#include <string.h>

#define WALL      1000000
#define COMMIT_US (3 * G_USEC_PER_SEC)

static thp_area *area;
static thp_now at;
static thp_effects fx;

/* ---- a small stage ---- */

static const char *id_of(const char *who)
{
	static char ids[8][THP_WHO_LEN + 1];
	static int next;
	char *id = ids[next++ % 8];

	memset(id, 'A', THP_WHO_LEN);
	memcpy(id, who, strlen(who));
	return id;
}

static guint64 link_of(const char *who)
{
	return (guint64)(guchar)who[0] * 256 + (guchar)who[1];
}

static void set_up(void)
{
	const thp_area_limits limits = {
		.session = {.clock = {.max_us = G_MAXINT64 / 4}, .length_us = 1},
		.people = 20,
		.bindings = 100,
		.grace_us = 60 * G_USEC_PER_SEC,
		.skew_s = 60,
		.list_us = G_USEC_PER_SEC,
		.commit_us = COMMIT_US,
		.require_keys = TRUE};

	area = thp_area_new("area", &limits);
	at = (thp_now){.mono_us = G_USEC_PER_SEC, .wall_s = WALL};
	thp_effects_init(&fx);
}

static void tear_down(void)
{
	thp_effects_clear(&fx);
	g_clear_pointer(&area, thp_area_free);
}

static thp_err apply(const thp_event *event)
{
	thp_effects_clear(&fx);
	thp_effects_init(&fx);
	thp_err err = thp_area_apply(area, event, at, &fx);
	g_assert_null(thp_area_violation(area));
	return err;
}

static void arrive(const char *who, thp_role role)
{
	thp_invitation invitation = {.role = role, .seats = 4, .exp_s = WALL + 3600};
	guint8 key[THP_DEVICE_KEY_BYTES] = {(guint8)who[0]};

	g_strlcpy(invitation.jti, who, sizeof invitation.jti);
	if (role != THP_ROLE_THERAPIST)
		g_strlcpy(invitation.room, "r", sizeof invitation.room);
	g_assert_cmpint(apply(&(thp_event){.kind = THP_EV_KNOCK,
					   .link = link_of(who),
					   .actor = id_of(who),
					   .invitation = &invitation,
					   .device_key = key}),
			==, THP_OK);
}

static thp_err ask(const char *who, thp_request_kind kind, const char *target, const thp_keys *keys)
{
	return apply(&(thp_event){.kind = THP_EV_REQUEST,
				  .link = link_of(who),
				  .actor = id_of(who),
				  .request = kind,
				  .target = target ? id_of(target) : NULL,
				  .knock = 1,
				  .audio = -1,
				  .video = -1,
				  .echo = -1,
				  .keys = keys});
}

static thp_err offer_keys(const char *who)
{
	thp_keys keys = {.kind = THP_KEYS_KEYPACKAGE, .data = "kp"};

	return ask(who, THP_REQ_E2EE, NULL, &keys);
}

static thp_keys commit_in(guint32 gi, guint64 epoch)
{
	thp_keys keys = {.kind = THP_KEYS_COMMIT,
			 .gi = gi,
			 .epoch = epoch,
			 .data = "commit",
			 .mls_epoch = epoch};

	g_snprintf(keys.group, sizeof keys.group, "r.%u", gi);
	return keys;
}

static thp_err admit(const char *who, guint32 gi, guint64 epoch)
{
	thp_keys keys = commit_in(gi, epoch);

	keys.welcome = "welcome";
	return ask("th", THP_REQ_ADMIT, who, &keys);
}

/* The notice of @kind that @who was given by the last event, or NULL. */
static const thp_keys_notice *told(const char *who, thp_keys_kind kind)
{
	for (guint i = 0; i < fx.list->len; i++) {
		const thp_effect *e = &g_array_index(fx.list, thp_effect, i);
		if (e->kind == THP_FX_KEYS && e->keys->kind == kind &&
		    strcmp(e->who, id_of(who)) == 0)
			return e->keys;
	}
	return NULL;
}

static int place_of(const char *who, thp_effect_kind kind)
{
	for (guint i = 0; i < fx.list->len; i++) {
		const thp_effect *e = &g_array_index(fx.list, thp_effect, i);
		if (e->kind == kind && strcmp(e->who, id_of(who)) == 0)
			return (int)i;
	}
	return -1;
}

static void arrive_all(void)
{
	arrive("th", THP_ROLE_THERAPIST);
	arrive("c1", THP_ROLE_CLIENT);
	arrive("c2", THP_ROLE_GUEST);
	g_assert_cmpint(offer_keys("c1"), ==, THP_OK);
	g_assert_cmpint(offer_keys("c2"), ==, THP_OK);
}

static void admit_all(void)
{
	arrive_all();
	g_assert_cmpint(admit("c1", 1, 0), ==, THP_OK);
	g_assert_cmpint(admit("c2", 1, 1), ==, THP_OK);
}

/* ---- KeyPackages ---- */

static void test_keypackage_goes_to_therapists_only(void)
{
	set_up();
	arrive("th", THP_ROLE_THERAPIST);
	arrive("c1", THP_ROLE_CLIENT);
	arrive("c2", THP_ROLE_CLIENT);
	g_assert_cmpint(offer_keys("c1"), ==, THP_OK);
	const thp_keys_notice *notice = told("th", THP_KEYS_KEYPACKAGE);
	g_assert_nonnull(notice);
	g_assert_cmpstr(notice->data, ==, "kp");
	g_assert_cmpstr(notice->other, ==, id_of("c1"));
	g_assert_cmpuint(notice->knock, ==, 1);
	g_assert_cmpuint(fx.list->len, ==, 1);
	tear_down();
}

static void test_late_therapist_hears_of_all(void)
{
	set_up();
	arrive("c1", THP_ROLE_CLIENT);
	g_assert_cmpint(offer_keys("c1"), ==, THP_OK);
	arrive("th", THP_ROLE_THERAPIST);
	g_assert_nonnull(told("th", THP_KEYS_KEYPACKAGE));
	tear_down();
}

/* ---- admission ---- */

static void test_nobody_is_admitted_without_keys(void)
{
	set_up();
	arrive("th", THP_ROLE_THERAPIST);
	arrive("c1", THP_ROLE_CLIENT);
	g_assert_cmpint(ask("th", THP_REQ_ADMIT, "c1", NULL), ==, THP_E2EE_REQUIRED);
	g_assert_cmpint(admit("c1", 1, 0), ==, THP_E2EE_STALE); /* no KeyPackage yet */
	g_assert_cmpuint(fx.list->len, ==, 0);
	g_assert_cmpint(offer_keys("c1"), ==, THP_OK);
	g_assert_cmpint(admit("c1", 2, 0), ==, THP_E2EE_STALE);
	g_assert_cmpint(admit("c1", 1, 1), ==, THP_E2EE_STALE);
	thp_keys other = commit_in(1, 0);
	g_strlcpy(other.group, "s.1", sizeof other.group);
	other.welcome = "welcome";
	g_assert_cmpint(ask("th", THP_REQ_ADMIT, "c1", &other), ==, THP_E2EE_BAD);
	g_assert_cmpint(admit("c1", 1, 0), ==, THP_OK);
	tear_down();
}

static void test_welcome_comes_before_all_else(void)
{
	set_up();
	arrive_all();
	g_assert_cmpint(admit("c1", 1, 0), ==, THP_OK);
	const thp_keys_notice *welcome = told("c1", THP_KEYS_WELCOME);
	g_assert_nonnull(welcome);
	g_assert_cmpuint(welcome->epoch, ==, 1);
	g_assert_cmpstr(welcome->data, ==, "welcome");
	g_assert_cmpint(place_of("c1", THP_FX_KEYS), <, place_of("c1", THP_FX_ROSTER));
	g_assert_cmpint(place_of("c1", THP_FX_KEYS), <, place_of("c1", THP_FX_STATE));
	g_assert_cmpint(admit("c2", 1, 1), ==, THP_OK);
	g_assert_cmpuint(told("c2", THP_KEYS_WELCOME)->epoch, ==, 2);
	g_assert_cmpuint(told("c1", THP_KEYS_COMMIT)->epoch, ==, 1);
	g_assert_null(told("c2", THP_KEYS_COMMIT));
	g_assert_null(told("th", THP_KEYS_COMMIT));
	tear_down();
}

static void test_a_keypackage_is_used_once(void)
{
	set_up();
	arrive_all();
	g_assert_cmpint(admit("c1", 1, 0), ==, THP_OK);
	g_assert_cmpint(ask("th", THP_REQ_HOLD, "c1", NULL), ==, THP_OK);
	g_assert_cmpint(admit("c1", 2, 0), ==, THP_E2EE_STALE);
	g_assert_cmpint(offer_keys("c1"), ==, THP_OK);
	g_assert_cmpint(admit("c1", 2, 0), ==, THP_OK); /* alone again: a new group */
	tear_down();
}

/* ---- commits ---- */

static void test_one_commit_an_epoch(void)
{
	set_up();
	admit_all();
	thp_keys keys = commit_in(1, 2);
	g_assert_cmpint(ask("c1", THP_REQ_E2EE, NULL, &keys), ==, THP_OK);
	g_assert_cmpuint(told("th", THP_KEYS_COMMIT)->epoch, ==, 2);
	g_assert_nonnull(told("c2", THP_KEYS_COMMIT));
	g_assert_cmpint(ask("c2", THP_REQ_E2EE, NULL, &keys), ==, THP_E2EE_STALE);
	keys.gi = 2;
	g_assert_cmpint(ask("c2", THP_REQ_E2EE, NULL, &keys), ==, THP_E2EE_STALE);
	thp_keys liar = commit_in(1, 3);
	liar.mls_epoch = 2;
	g_assert_cmpint(ask("c2", THP_REQ_E2EE, NULL, &liar), ==, THP_E2EE_BAD);
	tear_down();
}

static void test_case_5_a_losing_commit_welcomes_nobody(void)
{
	set_up();
	arrive_all();
	g_assert_cmpint(admit("c1", 1, 0), ==, THP_OK);
	thp_keys quicker = commit_in(1, 1);
	g_assert_cmpint(ask("c1", THP_REQ_E2EE, NULL, &quicker), ==, THP_OK);
	g_assert_cmpint(admit("c2", 1, 1), ==, THP_E2EE_STALE);
	g_assert_null(told("c2", THP_KEYS_WELCOME));
	g_assert_null(told("c1", THP_KEYS_COMMIT));
	g_assert_cmpint(place_of("c2", THP_FX_STATE), ==, -1);
	g_assert_cmpint(admit("c2", 1, 2), ==, THP_OK); /* made again, on what won */
	g_assert_nonnull(told("c2", THP_KEYS_WELCOME));
	tear_down();
}

static void test_only_therapists_add(void)
{
	set_up();
	admit_all();
	thp_keys keys = commit_in(1, 2);
	keys.n_added = 1;
	keys.welcome = "welcome";
	memcpy(keys.added[0], id_of("c2"), sizeof keys.added[0]);
	g_assert_cmpint(ask("c1", THP_REQ_E2EE, NULL, &keys), ==, THP_NOT_ALLOWED);
	keys.n_dropped = 1;
	memcpy(keys.dropped[0], id_of("c2"), sizeof keys.dropped[0]);
	g_assert_cmpint(ask("th", THP_REQ_E2EE, NULL, &keys), ==, THP_OK); /* drop and add again */
	g_assert_nonnull(told("c2", THP_KEYS_WELCOME));
	g_assert_null(told("c2", THP_KEYS_COMMIT));
	g_assert_nonnull(told("c1", THP_KEYS_COMMIT));
	tear_down();
}

static void test_a_seated_member_is_not_dropped(void)
{
	set_up();
	admit_all();
	thp_keys keys = commit_in(1, 2);
	keys.n_dropped = 1;
	memcpy(keys.dropped[0], id_of("c2"), sizeof keys.dropped[0]);
	g_assert_cmpint(ask("th", THP_REQ_E2EE, NULL, &keys), ==, THP_NOT_ALLOWED);
	g_assert_cmpint(ask("c1", THP_REQ_E2EE, NULL, &keys), ==, THP_NOT_ALLOWED);
	tear_down();
}

static void test_outsiders_have_no_say(void)
{
	set_up();
	arrive_all();
	thp_keys keys = commit_in(1, 0);
	g_assert_cmpint(ask("c1", THP_REQ_E2EE, NULL, &keys), ==, THP_WRONG_STATE);
	g_assert_cmpint(admit("c1", 1, 0), ==, THP_OK);
	keys.kind = THP_KEYS_APP;
	g_assert_cmpint(ask("c2", THP_REQ_E2EE, NULL, &keys), ==, THP_WRONG_STATE);
	g_assert_cmpint(ask("c1", THP_REQ_E2EE, NULL, &keys), ==, THP_OK);
	g_assert_nonnull(told("th", THP_KEYS_APP));
	g_assert_null(told("c2", THP_KEYS_APP));
	g_assert_null(told("c1", THP_KEYS_APP));
	tear_down();
}

/* ---- removals ---- */

static void test_therapist_is_asked_to_remove(void)
{
	set_up();
	admit_all();
	g_assert_cmpint(ask("c1", THP_REQ_LEAVE, NULL, NULL), ==, THP_OK);
	const thp_keys_notice *pending = told("th", THP_KEYS_PENDING);
	g_assert_nonnull(pending);
	g_assert_cmpuint(pending->n_removed, ==, 1);
	g_assert_cmpstr(pending->removed[0], ==, id_of("c1"));
	g_assert_null(told("c2", THP_KEYS_PENDING));
	thp_keys keys = commit_in(1, 2);
	keys.n_dropped = 1;
	memcpy(keys.dropped[0], id_of("c1"), sizeof keys.dropped[0]);
	g_assert_cmpint(ask("th", THP_REQ_E2EE, NULL, &keys), ==, THP_OK);
	g_assert_nonnull(told("c2", THP_KEYS_COMMIT));
	at.mono_us += 2 * COMMIT_US;
	g_assert_cmpint(apply(&(thp_event){.kind = THP_EV_TICK}), ==, THP_OK);
	g_assert_null(told("c2", THP_KEYS_PENDING));
	tear_down();
}

static void test_the_silent_are_passed_over(void)
{
	set_up();
	admit_all();
	g_assert_cmpint(ask("c1", THP_REQ_LEAVE, NULL, NULL), ==, THP_OK);
	g_assert_cmpint(thp_area_deadline(area, at), <=, at.mono_us + COMMIT_US);
	at.mono_us += COMMIT_US;
	g_assert_cmpint(apply(&(thp_event){.kind = THP_EV_TICK}), ==, THP_OK);
	g_assert_nonnull(told("c2", THP_KEYS_PENDING));
	thp_keys keys = commit_in(1, 2);
	keys.n_dropped = 1;
	memcpy(keys.dropped[0], id_of("c1"), sizeof keys.dropped[0]);
	g_assert_cmpint(ask("c2", THP_REQ_E2EE, NULL, &keys), ==, THP_OK);
	tear_down();
}

/* ---- losing the thread ---- */

static void test_missed_commits_are_sent_again(void)
{
	set_up();
	admit_all();
	for (guint64 epoch = 2; epoch < 2 + THP_KEYS_LOG; epoch++) {
		thp_keys keys = commit_in(1, epoch);
		g_assert_cmpint(ask("th", THP_REQ_E2EE, NULL, &keys), ==, THP_OK);
	}
	thp_keys behind = {.kind = THP_KEYS_RESYNC, .gi = 1, .epoch = 2};
	g_assert_cmpint(ask("c1", THP_REQ_E2EE, NULL, &behind), ==, THP_OK);
	g_assert_cmpuint(fx.list->len, ==, THP_KEYS_LOG);
	for (guint i = 0; i < fx.list->len; i++)
		g_assert_cmpuint(g_array_index(fx.list, thp_effect, i).keys->epoch, ==, 2 + i);
	behind.epoch = 1; /* no longer kept */
	g_assert_cmpint(ask("c1", THP_REQ_E2EE, NULL, &behind), ==, THP_E2EE_STALE);
	tear_down();
}

static void test_reset_makes_a_group_of_one(void)
{
	set_up();
	admit_all();
	thp_keys keys = {.kind = THP_KEYS_RESET};
	g_assert_cmpint(ask("c1", THP_REQ_E2EE, NULL, &keys), ==, THP_NOT_ALLOWED);
	g_assert_cmpint(ask("th", THP_REQ_E2EE, NULL, &keys), ==, THP_OK);
	g_assert_cmpuint(told("c1", THP_KEYS_RESET)->gi, ==, 2);
	g_assert_nonnull(told("c2", THP_KEYS_RESET));
	keys = (thp_keys){.kind = THP_KEYS_APP, .gi = 2, .data = "x"};
	g_assert_cmpint(ask("c1", THP_REQ_E2EE, NULL, &keys), ==, THP_E2EE_NOT_MEMBER);
	g_assert_cmpint(offer_keys("c1"), ==, THP_OK);
	g_assert_cmpint(told("th", THP_KEYS_KEYPACKAGE)->state, ==, THP_ADMITTED);
	keys = commit_in(2, 0);
	keys.n_added = 1;
	keys.welcome = "welcome";
	memcpy(keys.added[0], id_of("c1"), sizeof keys.added[0]);
	g_assert_cmpint(ask("th", THP_REQ_E2EE, NULL, &keys), ==, THP_OK);
	g_assert_nonnull(told("c1", THP_KEYS_WELCOME));
	tear_down();
}

static void test_who_comes_back_hears_the_state(void)
{
	set_up();
	admit_all();
	g_assert_cmpint(apply(&(thp_event){.kind = THP_EV_LINK_LOST,
					   .link = link_of("c1"),
					   .actor = id_of("c1")}),
			==, THP_OK);
	g_assert_null(told("th", THP_KEYS_PENDING)); /* away is not gone */
	arrive("c1", THP_ROLE_CLIENT);
	const thp_keys_notice *state = told("c1", THP_KEYS_STATE);
	g_assert_nonnull(state);
	g_assert_true(state->member);
	g_assert_cmpuint(state->gi, ==, 1);
	g_assert_cmpuint(state->epoch, ==, 2);
	tear_down();
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/keys/keypackage/therapists-only",
			test_keypackage_goes_to_therapists_only);
	g_test_add_func("/keys/keypackage/late-therapist", test_late_therapist_hears_of_all);
	g_test_add_func("/keys/admit/required", test_nobody_is_admitted_without_keys);
	g_test_add_func("/keys/admit/welcome-first", test_welcome_comes_before_all_else);
	g_test_add_func("/keys/admit/used-once", test_a_keypackage_is_used_once);
	g_test_add_func("/keys/commit/one-an-epoch", test_one_commit_an_epoch);
	g_test_add_func("/keys/commit/case-5-losing-welcome",
			test_case_5_a_losing_commit_welcomes_nobody);
	g_test_add_func("/keys/commit/only-therapists-add", test_only_therapists_add);
	g_test_add_func("/keys/commit/seated-stay", test_a_seated_member_is_not_dropped);
	g_test_add_func("/keys/commit/outsiders", test_outsiders_have_no_say);
	g_test_add_func("/keys/removal/therapist-first", test_therapist_is_asked_to_remove);
	g_test_add_func("/keys/removal/passed-over", test_the_silent_are_passed_over);
	g_test_add_func("/keys/resync/again", test_missed_commits_are_sent_again);
	g_test_add_func("/keys/reset", test_reset_makes_a_group_of_one);
	g_test_add_func("/keys/state-after-resuming", test_who_comes_back_hears_the_state);
	return g_test_run();
}
