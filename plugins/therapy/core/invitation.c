/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of roles. */
#include <therapy/invitation.h>

#include <string.h>

static const char *const names[THP_N_ROLES] = {
	[THP_ROLE_THERAPIST] = "therapist",
	[THP_ROLE_CLIENT] = "client",
	[THP_ROLE_GUEST] = "guest",
	[THP_ROLE_OBSERVER] = "observer",
	[THP_ROLE_INTERPRETER] = "interpreter",
};

const char *thp_role_name(thp_role role)
{
	return (unsigned)role < THP_N_ROLES ? names[role] : "unknown";
}

gboolean thp_role_find(const char *name, thp_role *role)
{
	for (int i = 0; i < THP_N_ROLES; i++) {
		if (strcmp(name, names[i]) == 0) {
			*role = (thp_role)i;
			return TRUE;
		}
	}
	return FALSE;
}
