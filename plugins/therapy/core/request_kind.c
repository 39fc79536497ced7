/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of requests. */
#include <therapy/request_kind.h>

#include <string.h>

static const char *const names[THP_N_REQUESTS] = {
	[THP_REQ_HELLO] = "hello",
	[THP_REQ_JOIN] = "join",
	[THP_REQ_PUBLISH] = "publish",
	[THP_REQ_MEDIA] = "media",
	[THP_REQ_LEAVE] = "leave",
	[THP_REQ_ADMIT] = "admit",
	[THP_REQ_HOLD] = "hold",
	[THP_REQ_DENY] = "deny",
	[THP_REQ_REMOVE] = "remove",
	[THP_REQ_MESSAGE] = "message",
	[THP_REQ_LOCK] = "lock",
	[THP_REQ_UNLOCK] = "unlock",
	[THP_REQ_END] = "end",
	[THP_REQ_E2EE] = "e2ee",
	[THP_REQ_RECEIVE] = "receive",
	[THP_REQ_ANSWER] = "answer",
	[THP_REQ_REPORT] = "report",
	[THP_REQ_LATE] = "late",
	[THP_REQ_PREFER] = "prefer",
	[THP_REQ_EXTEND] = "extend",
	[THP_REQ_PAUSE] = "pause",
	[THP_REQ_RESUME] = "resume",
	[THP_REQ_CLOCK] = "clock",
	[THP_REQ_RECORD] = "record",
	[THP_REQ_RECORD_STOP] = "record_stop",
	[THP_REQ_RECORD_KEY] = "record_key",
	[THP_REQ_CONSENT_DETAIL] = "consent_detail",
	[THP_REQ_CONSENT_TEXT] = "consent_text",
	[THP_REQ_CONSENT_SHOWN] = "consent_shown",
	[THP_REQ_CONSENT_DECIDE] = "consent_decide",
	[THP_REQ_CONSENT_WITHDRAW] = "consent_withdraw",
};

const char *thp_request_name(thp_request_kind kind)
{
	return (unsigned)kind < THP_N_REQUESTS ? names[kind] : "unknown";
}

gboolean thp_request_find(const char *name, thp_request_kind *kind)
{
	for (int i = 0; i < THP_N_REQUESTS; i++) {
		if (strcmp(name, names[i]) == 0) {
			*kind = (thp_request_kind)i;
			return TRUE;
		}
	}
	return FALSE;
}
