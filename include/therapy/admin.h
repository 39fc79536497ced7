/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file admin.h
 * What an operator can ask through the Admin API, read within limits as the requests of pages are.
 */
#pragma once

#include <jansson.h>
#include <therapy/controller.h>
#include <therapy/error.h>
#include <therapy/invitation.h>

typedef enum thp_admin_kind {
	THP_ADMIN_STATUS,
	THP_ADMIN_DRAIN,
	THP_ADMIN_UNDRAIN,
	THP_ADMIN_RELOAD_KEYS,
	THP_ADMIN_BACKUP,
	THP_ADMIN_LEDGER_BACKUP,
	THP_ADMIN_LEDGER_VERIFY,
	THP_ADMIN_METRICS,
	THP_ADMIN_TIERS,     /* what is in force */
	THP_ADMIN_TIERS_SET, /* read the file again, with some values over it */
	THP_ADMIN_PIN,       /* pin, cap, floor or auto for a room or for all */
	THP_N_ADMINS
} thp_admin_kind;

#define THP_ADMIN_VALUES_MAX 32
#define THP_ADMIN_NAME_MAX   40 /* bytes of "section.key" */
#define THP_ADMIN_VALUE_MAX  160
#define THP_ADMIN_PIN_MAX_S  604800 /* a week */

/** One value over the configuration file's. */
typedef struct thp_admin_value {
	char section[THP_ADMIN_NAME_MAX + 1];
	char key[THP_ADMIN_NAME_MAX + 1];
	char text[THP_ADMIN_VALUE_MAX + 1]; /* as it would stand in the file */
} thp_admin_value;

/** One operator's request. Fields that its kind does not have are zero or empty. */
typedef struct thp_admin {
	thp_admin_kind kind;
	guint n_values; /* tiers_set */
	thp_admin_value values[THP_ADMIN_VALUES_MAX];
	thp_override_mode mode; /* pin */
	char tier[THP_TIER_NAME_MAX + 1];
	char area[THP_ID_MAX + 1], room[THP_ID_MAX + 1]; /* both empty: all rooms */
	gint64 seconds;                                  /* 0: for good */
} thp_admin;

/** Reads an operator's request; errors and @field as for thp_request_parse(). */
thp_err thp_admin_parse(json_t *body, thp_admin *out, const char **field) G_GNUC_WARN_UNUSED_RESULT;

/** The name of @mode on the wire ("cap"). Static string. */
const char *thp_admin_mode_name(thp_override_mode mode);
