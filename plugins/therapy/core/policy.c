/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The policy table. Each row reads left to right as a life goes: waiting, held, admitted, away, then the final states. */
#include <therapy/policy.h>

typedef enum answer {
	NO,    /* this role, never */
	LATER, /* this role, but not in this state */
	YES,
} answer;

/* Nobody acts, or is acted on, in a final state; an away person has no link to act with. */
#define CELLS(waiting, held, admitted, away)                                                       \
	{                                                                                          \
		[THP_WAITING] = (waiting), [THP_HELD] = (held), [THP_ADMITTED] = (admitted),       \
		[THP_AWAY] = (away), [THP_LEFT] = LATER, [THP_DENIED] = LATER,                     \
		[THP_REMOVED] = LATER, [THP_ENDED] = LATER,                                        \
	}
#define NEVER                                                                                      \
	{                                                                                          \
		NO                                                                                 \
	}
#define WHILE_HERE  CELLS(YES, YES, YES, LATER)
#define IN_THE_ROOM CELLS(LATER, LATER, YES, LATER)

/* clang-format off */
#define ROWS(of_therapist, of_client, of_guest, of_observer) {                                     \
	[THP_ROLE_THERAPIST] = of_therapist, [THP_ROLE_CLIENT] = of_client,                        \
	[THP_ROLE_GUEST] = of_guest, [THP_ROLE_OBSERVER] = of_observer,                            \
	[THP_ROLE_INTERPRETER] = of_guest,                                                         \
}

/* Who may ask. HELLO, JOIN, RECEIVE and ANSWER come before there is a participant, or on the receiver handle;
 * REPORT and PREFER are about a person's own link, and the area never sees them. */
static const answer actors[THP_N_REQUESTS][THP_N_ROLES][THP_N_STATES] = {
	[THP_REQ_HELLO]   = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_JOIN]    = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_PUBLISH] = ROWS(WHILE_HERE, WHILE_HERE, WHILE_HERE, NEVER),
	[THP_REQ_MEDIA]   = ROWS(WHILE_HERE, WHILE_HERE, WHILE_HERE, NEVER),
	[THP_REQ_LEAVE]   = ROWS(WHILE_HERE, WHILE_HERE, WHILE_HERE, WHILE_HERE),
	[THP_REQ_E2EE]    = ROWS(WHILE_HERE, WHILE_HERE, WHILE_HERE, WHILE_HERE),
	[THP_REQ_ADMIT]   = ROWS(WHILE_HERE, NEVER, NEVER, NEVER),
	[THP_REQ_HOLD]    = ROWS(IN_THE_ROOM, NEVER, NEVER, NEVER),
	[THP_REQ_DENY]    = ROWS(WHILE_HERE, NEVER, NEVER, NEVER),
	[THP_REQ_REMOVE]  = ROWS(WHILE_HERE, NEVER, NEVER, NEVER),
	[THP_REQ_MESSAGE] = ROWS(WHILE_HERE, NEVER, NEVER, NEVER),
	[THP_REQ_LOCK]    = ROWS(WHILE_HERE, NEVER, NEVER, NEVER),
	[THP_REQ_UNLOCK]  = ROWS(WHILE_HERE, NEVER, NEVER, NEVER),
	[THP_REQ_END]     = ROWS(IN_THE_ROOM, NEVER, NEVER, NEVER),
	[THP_REQ_EXTEND]  = ROWS(IN_THE_ROOM, NEVER, NEVER, NEVER),
	[THP_REQ_PAUSE]   = ROWS(IN_THE_ROOM, NEVER, NEVER, NEVER),
	[THP_REQ_RESUME]  = ROWS(IN_THE_ROOM, NEVER, NEVER, NEVER),
	[THP_REQ_CLOCK]   = ROWS(IN_THE_ROOM, IN_THE_ROOM, IN_THE_ROOM, IN_THE_ROOM),
	[THP_REQ_RECORD]      = ROWS(IN_THE_ROOM, NEVER, NEVER, NEVER),
	[THP_REQ_RECORD_STOP] = ROWS(IN_THE_ROOM, IN_THE_ROOM, IN_THE_ROOM, IN_THE_ROOM),
	[THP_REQ_RECORD_KEY]  = ROWS(IN_THE_ROOM, NEVER, NEVER, NEVER),
	[THP_REQ_CONSENT_DETAIL]   = ROWS(IN_THE_ROOM, NEVER, NEVER, NEVER),
	[THP_REQ_CONSENT_TEXT]     = ROWS(NEVER, WHILE_HERE, WHILE_HERE, WHILE_HERE),
	[THP_REQ_CONSENT_SHOWN]    = ROWS(NEVER, WHILE_HERE, WHILE_HERE, WHILE_HERE),
	[THP_REQ_CONSENT_DECIDE]   = ROWS(NEVER, WHILE_HERE, WHILE_HERE, WHILE_HERE),
	[THP_REQ_CONSENT_WITHDRAW] = ROWS(NEVER, WHILE_HERE, WHILE_HERE, WHILE_HERE),
	[THP_REQ_RECEIVE] = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_ANSWER]  = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_REPORT]  = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_LATE]    = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_PREFER]  = ROWS(NEVER, NEVER, NEVER, NEVER),
};

/* Whom a therapist's request may be aimed at. Another therapist, never. */
#define THE_OTHERS(...) {                                                                          \
	[THP_ROLE_THERAPIST] = NEVER, [THP_ROLE_CLIENT] = __VA_ARGS__,                             \
	[THP_ROLE_GUEST] = __VA_ARGS__, [THP_ROLE_OBSERVER] = __VA_ARGS__,                         \
	[THP_ROLE_INTERPRETER] = __VA_ARGS__,                                                      \
}

static const answer targets[THP_N_REQUESTS][THP_N_ROLES][THP_N_STATES] = {
	[THP_REQ_HELLO]   = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_JOIN]    = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_PUBLISH] = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_MEDIA]   = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_LEAVE]   = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_E2EE]    = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_ADMIT]   = THE_OTHERS(CELLS(YES, YES, LATER, LATER)),
	[THP_REQ_HOLD]    = THE_OTHERS(CELLS(LATER, LATER, YES, YES)),
	[THP_REQ_DENY]    = THE_OTHERS(CELLS(YES, YES, LATER, YES)),
	[THP_REQ_REMOVE]  = THE_OTHERS(CELLS(LATER, LATER, YES, YES)),
	[THP_REQ_MESSAGE] = THE_OTHERS(CELLS(YES, YES, LATER, LATER)),
	[THP_REQ_LOCK]    = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_UNLOCK]  = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_END]     = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_EXTEND]  = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_PAUSE]   = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_RESUME]  = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_CLOCK]   = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_RECORD]      = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_RECORD_STOP] = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_RECORD_KEY]  = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_CONSENT_DETAIL]   = THE_OTHERS(CELLS(LATER, LATER, YES, YES)),
	[THP_REQ_CONSENT_TEXT]     = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_CONSENT_SHOWN]    = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_CONSENT_DECIDE]   = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_CONSENT_WITHDRAW] = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_RECEIVE] = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_ANSWER]  = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_REPORT]  = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_LATE]    = ROWS(NEVER, NEVER, NEVER, NEVER),
	[THP_REQ_PREFER]  = ROWS(NEVER, NEVER, NEVER, NEVER),
};
/* clang-format on */

static const char *const state_names[THP_N_STATES] = {
	[THP_WAITING] = "waiting", [THP_HELD] = "held",   [THP_ADMITTED] = "admitted",
	[THP_AWAY] = "away",       [THP_LEFT] = "left",   [THP_DENIED] = "denied",
	[THP_REMOVED] = "removed", [THP_ENDED] = "ended",
};

static const char *const reason_names[THP_N_REASONS] = {
	[THP_BY_ARRIVAL] = "arrived",
	[THP_BY_RESUMING] = "resumed",
	[THP_BY_ADMISSION] = "admitted",
	[THP_BY_HOLD] = "held",
	[THP_BY_DENIAL] = "denied",
	[THP_BY_REMOVAL] = "removed",
	[THP_BY_END] = "ended",
	[THP_BY_THERAPIST_LEAVING] = "therapist_left",
	[THP_BY_REPLACEMENT] = "replaced",
	[THP_BY_EXPIRY] = "expired",
	[THP_BY_SHUTDOWN] = "shutdown",
	[THP_BY_LEAVING] = "left",
	[THP_BY_TIME] = "time_up",
	[THP_BY_SOLITUDE] = "left_alone",
	[THP_BY_CONSENT] = "consent",
	[THP_BY_OTHERS] = "others",
};

const char *thp_state_name(thp_state state)
{
	return (unsigned)state < THP_N_STATES ? state_names[state] : "unknown";
}

const char *thp_reason_name(thp_reason reason)
{
	return (unsigned)reason < THP_N_REASONS ? reason_names[reason] : "unknown";
}

static thp_err verdict(const answer table[THP_N_REQUESTS][THP_N_ROLES][THP_N_STATES],
		       thp_request_kind kind, thp_role role, thp_state state)
{
	if ((unsigned)kind >= THP_N_REQUESTS || (unsigned)role >= THP_N_ROLES ||
	    (unsigned)state >= THP_N_STATES)
		return THP_NOT_ALLOWED;
	answer cell = table[kind][role][state];
	return cell == YES ? THP_OK : cell == LATER ? THP_WRONG_STATE : THP_NOT_ALLOWED;
}

thp_err thp_policy_actor(thp_request_kind kind, thp_role role, thp_state state)
{
	return verdict(actors, kind, role, state);
}

thp_err thp_policy_target(thp_request_kind kind, thp_role role, thp_state state)
{
	return verdict(targets, kind, role, state);
}
