/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What operators ask through the Admin API. */
#include <therapy/request.h>

#include <string.h>

#include "body.h"

static const char *const names[THP_N_ADMINS] = {
	[THP_ADMIN_STATUS] = "status",
	[THP_ADMIN_DRAIN] = "drain",
	[THP_ADMIN_UNDRAIN] = "undrain",
	[THP_ADMIN_RELOAD_KEYS] = "reload_keys",
	[THP_ADMIN_BACKUP] = "backup",
	[THP_ADMIN_LEDGER_BACKUP] = "ledger_backup",
	[THP_ADMIN_LEDGER_VERIFY] = "ledger_verify",
};

thp_err thp_admin_parse(json_t *body, thp_admin_kind *out, const char **field)
{
	const char *name = NULL;
	thp_err err = thp_body_open(body, &name, field);

	if (err)
		return err;
	for (int i = 0; i < THP_N_ADMINS; i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (thp_admin_kind)i;
			return THP_OK;
		}
	}
	*field = "request";
	return THP_UNKNOWN_REQUEST;
}
