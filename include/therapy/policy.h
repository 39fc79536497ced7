/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file policy.h
 * Who may ask for what, when: one explicit cell for every (request, role, state).
 *
 * Pure and constant. A request or state added later is refused until its cell says otherwise.
 */
#pragma once

#include <therapy/error.h>
#include <therapy/invitation.h>
#include <therapy/request_kind.h>

typedef enum thp_state {
	THP_WAITING,  /* arrived; a therapist: at the desk */
	THP_HELD,     /* sent back to waiting by the therapist */
	THP_ADMITTED, /* in the room: the only state with media to and from others */
	THP_AWAY,     /* link lost, within the grace */
	THP_LEFT,     /* this one and those below are final */
	THP_DENIED,
	THP_REMOVED,
	THP_ENDED,
	THP_N_STATES
} thp_state;

typedef enum thp_reason {
	THP_BY_ARRIVAL,
	THP_BY_RESUMING,
	THP_BY_ADMISSION,
	THP_BY_HOLD,
	THP_BY_DENIAL,
	THP_BY_REMOVAL,
	THP_BY_END,
	THP_BY_THERAPIST_LEAVING,
	THP_BY_REPLACEMENT,
	THP_BY_EXPIRY,
	THP_BY_SHUTDOWN,
	THP_BY_LEAVING,
	THP_BY_TIME,     /* the session's time was over */
	THP_BY_SOLITUDE, /* nobody else came back to the session */
	THP_BY_CONSENT,  /* what is required is not agreed to, or not any more */
	THP_BY_OTHERS,   /* somebody in the room does not agree to their being there */
	THP_N_REASONS
} thp_reason;

/** The name of @state as on the wire ("waiting"). Static string. */
const char *thp_state_name(thp_state state);

/** The name of @reason as on the wire ("arrived"). Static string. */
const char *thp_reason_name(thp_reason reason);

/** THP_OK if @role in @state may make request @kind; else NOT_ALLOWED (never) or WRONG_STATE (not now). */
thp_err thp_policy_actor(thp_request_kind kind, thp_role role, thp_state state);

/** THP_OK if the therapist's request @kind may be aimed at @role in @state; else NOT_ALLOWED or WRONG_STATE. */
thp_err thp_policy_target(thp_request_kind kind, thp_role role, thp_state state);
