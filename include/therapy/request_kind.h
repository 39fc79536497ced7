/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file request_kind.h
 * Every request a page can make, by name. The policy table has a row for each.
 */
#pragma once

#include <glib.h>

typedef enum thp_request_kind {
	THP_REQ_HELLO,
	THP_REQ_JOIN,
	THP_REQ_PUBLISH,
	THP_REQ_MEDIA,
	THP_REQ_LEAVE,
	THP_REQ_E2EE,
	THP_REQ_REPORT,
	THP_REQ_LATE,
	THP_REQ_PREFER,
	/* of a therapist */
	THP_REQ_ADMIT,
	THP_REQ_HOLD,
	THP_REQ_DENY,
	THP_REQ_REMOVE,
	THP_REQ_MESSAGE,
	THP_REQ_LOCK,
	THP_REQ_UNLOCK,
	THP_REQ_END,
	THP_REQ_EXTEND,
	THP_REQ_PAUSE,
	THP_REQ_RESUME,
	THP_REQ_CONSENT_DETAIL,
	/* of whoever is in the room */
	THP_REQ_CLOCK,
	/* of a therapist; of whoever is in the room; of a therapist */
	THP_REQ_RECORD,
	THP_REQ_RECORD_STOP,
	THP_REQ_RECORD_KEY,
	/* of whoever is asked to agree to something */
	THP_REQ_CONSENT_TEXT,
	THP_REQ_CONSENT_SHOWN,
	THP_REQ_CONSENT_DECIDE,
	THP_REQ_CONSENT_WITHDRAW,
	/* of the receiver handle */
	THP_REQ_RECEIVE,
	THP_REQ_ANSWER,
	THP_N_REQUESTS
} thp_request_kind;

/** The name of @kind as on the wire ("hello"). Static string. */
const char *thp_request_name(thp_request_kind kind);

/** Finds the request called @name; FALSE if there is none. */
gboolean thp_request_find(const char *name, thp_request_kind *kind);
