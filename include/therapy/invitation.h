/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file invitation.h
 * An invitation: who may enter which room as what, and when. Plain data, filled from a verified token.
 *
 * Everything in it was signed by the organisation's booking system; nothing in it is trusted before
 * the signature was checked. The display names are secrets for logs, events and metrics.
 */
#pragma once

#include <glib.h>

#define THP_ID_MAX    64   /* bytes in sub, jti, area and room: [A-Za-z0-9._~-] only */
#define THP_NAME_MAX  64   /* bytes of UTF-8 in a display name */
#define THP_LANG_MAX  16   /* bytes in a BCP 47 language tag */
#define THP_TOKEN_MAX 4096 /* bytes in a token as sent */
#define THP_SEATS_MAX 8    /* people in one room */

typedef enum thp_role {
	THP_ROLE_THERAPIST,
	THP_ROLE_CLIENT,
	THP_ROLE_GUEST,       /* relative: as a client, and waits like one */
	THP_ROLE_OBSERVER,    /* supervisor: receives, never sends */
	THP_ROLE_INTERPRETER, /* as a guest; the others may be asked whether they want one */
	THP_N_ROLES
} thp_role;

typedef struct thp_invitation {
	char jti[THP_ID_MAX + 1];    /* claim jti: this invitation */
	char sub[THP_ID_MAX + 1];    /* claim sub: a pseudonym of the person */
	char area[THP_ID_MAX + 1];   /* claim area */
	char room[THP_ID_MAX + 1];   /* claim room; empty for a therapist of the whole area */
	thp_role role;               /* claim role */
	char name[THP_NAME_MAX + 1]; /* claim name: shown to the others; may be empty */
	char with[THP_NAME_MAX + 1]; /* claim with: who will let the person in; may be empty */
	char lang[THP_LANG_MAX + 1]; /* claim lang; may be empty */
	char guardian[THP_ID_MAX +
		      1]; /* claim guardian: who answers for the person, a minor; or empty */
	int seats;        /* claim seats: people the room is for, 2..THP_SEATS_MAX; 2 if absent */
	int minutes;      /* claim minutes: length of the session; 0 if absent */
	int max_minutes;  /* claim max_minutes: what it may be extended to; 0 if absent */
	gint64 start_s;   /* claim start: time of the appointment, Unix seconds; 0 if absent */
	gint64 nbf_s;     /* claim nbf, Unix seconds */
	gint64 exp_s;     /* claim exp, Unix seconds */
} thp_invitation;

/** The name of @role as on the wire ("therapist"). Static string. */
const char *thp_role_name(thp_role role);

/** Finds the role called @name; FALSE if there is none. */
gboolean thp_role_find(const char *name, thp_role *role);
