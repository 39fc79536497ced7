/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every cell of the policy, written out once more by hand from the protocol page. */
#include <therapy/policy.h>

#include <string.h>

/*
 * One letter a state, in the order of a life: waiting, held, admitted, away | left, denied,
 * removed, ended. Y: yes. '.': this role, but not in this state. '-': this role, never.
 */
typedef struct row {
	thp_request_kind kind;
	const char *cells[THP_N_ROLES]; /* therapist, client, guest, observer, interpreter */
} row;

#define NOBODY                                                                                     \
	{                                                                                          \
		"--------", "--------", "--------", "--------", "--------"                         \
	}

static const row actors[] = {
	/* before there is a participant, or on the receiver handle: never a matter of the core */
	{THP_REQ_HELLO, NOBODY},
	{THP_REQ_JOIN, NOBODY},
	{THP_REQ_RECEIVE, NOBODY},
	{THP_REQ_ANSWER, NOBODY},
	{THP_REQ_REPORT, NOBODY},
	{THP_REQ_LATE, NOBODY},
	{THP_REQ_PREFER, NOBODY},
	/* everybody who is here, but an observer sends nothing */
	{THP_REQ_PUBLISH, {"YYY.....", "YYY.....", "YYY.....", "--------", "YYY....."}},
	{THP_REQ_MEDIA, {"YYY.....", "YYY.....", "YYY.....", "--------", "YYY....."}},
	{THP_REQ_LEAVE, {"YYY.....", "YYY.....", "YYY.....", "YYY.....", "YYY....."}},
	{THP_REQ_E2EE, {"YYY.....", "YYY.....", "YYY.....", "YYY.....", "YYY....."}},
	/* a therapist's, at the desk or in a room */
	{THP_REQ_ADMIT, {"YYY.....", "--------", "--------", "--------", "--------"}},
	{THP_REQ_DENY, {"YYY.....", "--------", "--------", "--------", "--------"}},
	{THP_REQ_REMOVE, {"YYY.....", "--------", "--------", "--------", "--------"}},
	{THP_REQ_MESSAGE, {"YYY.....", "--------", "--------", "--------", "--------"}},
	{THP_REQ_LOCK, {"YYY.....", "--------", "--------", "--------", "--------"}},
	{THP_REQ_UNLOCK, {"YYY.....", "--------", "--------", "--------", "--------"}},
	/* a therapist's, inside a room only */
	{THP_REQ_HOLD, {"..Y.....", "--------", "--------", "--------", "--------"}},
	{THP_REQ_END, {"..Y.....", "--------", "--------", "--------", "--------"}},
	{THP_REQ_EXTEND, {"..Y.....", "--------", "--------", "--------", "--------"}},
	{THP_REQ_PAUSE, {"..Y.....", "--------", "--------", "--------", "--------"}},
	{THP_REQ_RESUME, {"..Y.....", "--------", "--------", "--------", "--------"}},
	{THP_REQ_RECORD, {"..Y.....", "--------", "--------", "--------", "--------"}},
	{THP_REQ_RECORD_KEY, {"..Y.....", "--------", "--------", "--------", "--------"}},
	{THP_REQ_CONSENT_DETAIL, {"..Y.....", "--------", "--------", "--------", "--------"}},
	/* of whoever may be asked to agree */
	{THP_REQ_CONSENT_TEXT, {"--------", "YYY.....", "YYY.....", "YYY.....", "YYY....."}},
	{THP_REQ_CONSENT_SHOWN, {"--------", "YYY.....", "YYY.....", "YYY.....", "YYY....."}},
	{THP_REQ_CONSENT_DECIDE, {"--------", "YYY.....", "YYY.....", "YYY.....", "YYY....."}},
	{THP_REQ_CONSENT_WITHDRAW, {"--------", "YYY.....", "YYY.....", "YYY.....", "YYY....."}},
	/* everybody's, inside a room only */
	{THP_REQ_CLOCK, {"..Y.....", "..Y.....", "..Y.....", "..Y.....", "..Y....."}},
	{THP_REQ_RECORD_STOP, {"..Y.....", "..Y.....", "..Y.....", "..Y.....", "..Y....."}},
};

static const row targets[] = {
	/* aimed at nobody */
	{THP_REQ_HELLO, NOBODY},
	{THP_REQ_JOIN, NOBODY},
	{THP_REQ_RECEIVE, NOBODY},
	{THP_REQ_ANSWER, NOBODY},
	{THP_REQ_REPORT, NOBODY},
	{THP_REQ_LATE, NOBODY},
	{THP_REQ_PREFER, NOBODY},
	{THP_REQ_PUBLISH, NOBODY},
	{THP_REQ_MEDIA, NOBODY},
	{THP_REQ_LEAVE, NOBODY},
	{THP_REQ_E2EE, NOBODY},
	{THP_REQ_LOCK, NOBODY},
	{THP_REQ_UNLOCK, NOBODY},
	{THP_REQ_END, NOBODY},
	{THP_REQ_EXTEND, NOBODY},
	{THP_REQ_PAUSE, NOBODY},
	{THP_REQ_RESUME, NOBODY},
	{THP_REQ_CLOCK, NOBODY},
	{THP_REQ_RECORD, NOBODY},
	{THP_REQ_RECORD_STOP, NOBODY},
	{THP_REQ_RECORD_KEY, NOBODY},
	{THP_REQ_CONSENT_TEXT, NOBODY},
	{THP_REQ_CONSENT_SHOWN, NOBODY},
	{THP_REQ_CONSENT_DECIDE, NOBODY},
	{THP_REQ_CONSENT_WITHDRAW, NOBODY},
	/* at those who wait, and are there */
	{THP_REQ_ADMIT, {"--------", "YY......", "YY......", "YY......", "YY......"}},
	{THP_REQ_MESSAGE, {"--------", "YY......", "YY......", "YY......", "YY......"}},
	/* at those who wait, also if their link is lost just now */
	{THP_REQ_DENY, {"--------", "YY.Y....", "YY.Y....", "YY.Y....", "YY.Y...."}},
	/* at those inside, also if their link is lost just now */
	{THP_REQ_HOLD, {"--------", "..YY....", "..YY....", "..YY....", "..YY...."}},
	{THP_REQ_REMOVE, {"--------", "..YY....", "..YY....", "..YY....", "..YY...."}},
	{THP_REQ_CONSENT_DETAIL, {"--------", "..YY....", "..YY....", "..YY....", "..YY...."}},
};

typedef thp_err (*table)(thp_request_kind, thp_role, thp_state);

static thp_err meaning(char letter)
{
	return letter == 'Y' ? THP_OK : letter == '.' ? THP_WRONG_STATE : THP_NOT_ALLOWED;
}

static guint check_row(table look, const row *r)
{
	guint cells = 0;

	for (int role = 0; role < THP_N_ROLES; role++) {
		g_assert_cmpuint(strlen(r->cells[role]), ==, THP_N_STATES);
		for (int state = 0; state < THP_N_STATES; state++, cells++) {
			g_test_message("%s by or at a %s who is %s", thp_request_name(r->kind),
				       thp_role_name((thp_role)role),
				       thp_state_name((thp_state)state));
			g_assert_cmpint(look(r->kind, (thp_role)role, (thp_state)state), ==,
					meaning(r->cells[role][state]));
		}
	}
	return cells;
}

static void check_table(table look, const row *rows, guint n)
{
	gboolean seen[THP_N_REQUESTS] = {FALSE};
	guint cells = 0;

	for (guint i = 0; i < n; i++) {
		g_assert_false(seen[rows[i].kind]);
		seen[rows[i].kind] = TRUE;
		cells += check_row(look, &rows[i]);
	}
	g_assert_cmpuint(cells, ==, THP_N_REQUESTS * THP_N_ROLES * THP_N_STATES);
}

static void test_actors(void)
{
	check_table(thp_policy_actor, actors, G_N_ELEMENTS(actors));
}

static void test_targets(void)
{
	check_table(thp_policy_target, targets, G_N_ELEMENTS(targets));
}

/* What a later version might send, or a bug: never allowed. */
static void test_unknown(void)
{
	static const table tables[] = {thp_policy_actor, thp_policy_target};
	static const int strange[] = {-1, 99, G_MAXINT, G_MININT};

	for (guint t = 0; t < G_N_ELEMENTS(tables); t++) {
		table look = tables[t];

		g_assert_cmpint(look(THP_N_REQUESTS, THP_ROLE_THERAPIST, THP_WAITING), ==,
				THP_NOT_ALLOWED);
		g_assert_cmpint(look(THP_REQ_ADMIT, THP_N_ROLES, THP_WAITING), ==, THP_NOT_ALLOWED);
		g_assert_cmpint(look(THP_REQ_ADMIT, THP_ROLE_THERAPIST, THP_N_STATES), ==,
				THP_NOT_ALLOWED);
		for (guint i = 0; i < G_N_ELEMENTS(strange); i++) {
			int x = strange[i];
			g_assert_cmpint(look((thp_request_kind)x, THP_ROLE_THERAPIST, THP_WAITING),
					==, THP_NOT_ALLOWED);
			g_assert_cmpint(look(THP_REQ_ADMIT, (thp_role)x, THP_WAITING), ==,
					THP_NOT_ALLOWED);
			g_assert_cmpint(look(THP_REQ_ADMIT, THP_ROLE_THERAPIST, (thp_state)x), ==,
					THP_NOT_ALLOWED);
		}
	}
}

static void test_state_names(void)
{
	static const char *const states[] = {"waiting", "held",   "admitted", "away",
					     "left",    "denied", "removed",  "ended"};
	static const char *const reasons[] = {
		"arrived", "resumed",        "admitted", "held",    "denied",   "removed",
		"ended",   "therapist_left", "replaced", "expired", "shutdown", "left",
		"time_up", "left_alone",     "consent",  "others"};

	G_STATIC_ASSERT(G_N_ELEMENTS(states) == THP_N_STATES);
	G_STATIC_ASSERT(G_N_ELEMENTS(reasons) == THP_N_REASONS);
	for (int i = 0; i < THP_N_STATES; i++)
		g_assert_cmpstr(thp_state_name((thp_state)i), ==, states[i]);
	for (int i = 0; i < THP_N_REASONS; i++)
		g_assert_cmpstr(thp_reason_name((thp_reason)i), ==, reasons[i]);
	g_assert_cmpstr(thp_state_name((thp_state)-1), ==, "unknown");
	g_assert_cmpstr(thp_state_name(THP_N_STATES), ==, "unknown");
	g_assert_cmpstr(thp_reason_name(THP_N_REASONS), ==, "unknown");
}

static void test_request_names(void)
{
	thp_request_kind kind = THP_N_REQUESTS;

	for (int i = 0; i < THP_N_REQUESTS; i++) {
		g_assert_true(thp_request_find(thp_request_name((thp_request_kind)i), &kind));
		g_assert_cmpint(kind, ==, i);
	}
	g_assert_false(thp_request_find("", &kind));
	g_assert_false(thp_request_find("Admit", &kind));
	g_assert_false(thp_request_find("admit ", &kind));
	g_assert_false(thp_request_find("unknown", &kind));
	g_assert_cmpstr(thp_request_name(THP_N_REQUESTS), ==, "unknown");
}

static void test_role_names(void)
{
	static const char *const roles[] = {"therapist", "client", "guest", "observer",
					    "interpreter"};
	thp_role role = THP_N_ROLES;

	G_STATIC_ASSERT(G_N_ELEMENTS(roles) == THP_N_ROLES);
	for (int i = 0; i < THP_N_ROLES; i++) {
		g_assert_cmpstr(thp_role_name((thp_role)i), ==, roles[i]);
		g_assert_true(thp_role_find(roles[i], &role));
		g_assert_cmpint(role, ==, i);
	}
	g_assert_false(thp_role_find("", &role));
	g_assert_false(thp_role_find("Therapist", &role));
	g_assert_false(thp_role_find("unknown", &role));
	g_assert_cmpstr(thp_role_name(THP_N_ROLES), ==, "unknown");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/policy/who-may-ask", test_actors);
	g_test_add_func("/policy/whom-it-may-concern", test_targets);
	g_test_add_func("/policy/unknown-values", test_unknown);
	g_test_add_func("/policy/names-of-states-and-reasons", test_state_names);
	g_test_add_func("/policy/names-of-requests", test_request_names);
	g_test_add_func("/policy/names-of-roles", test_role_names);
	return g_test_run();
}
