/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file keys.h
 * What people say to each other about keys, as far as the server may know: who adds or drops whom, and
 * where a group stands (docs/protocol.md, Keys). Plain data; the messages themselves are opaque.
 */
#pragma once

#include <therapy/invitation.h>

#define THP_WHO_LEN        22          /* base64url characters of a 16-byte participant id */
#define THP_KEYS_MAX       (64 * 1024) /* bytes of a key message, decoded */
#define THP_KEYS_CHARS_MAX (THP_KEYS_MAX / 3 * 4 + 4)
#define THP_GROUP_ID_MAX   (THP_ID_MAX + 11) /* "ROOM.gi" */
#define THP_KEYS_LOG       16                /* commits kept for those who missed them */

typedef enum thp_keys_kind {
	THP_KEYS_KEYPACKAGE,
	THP_KEYS_COMMIT,
	THP_KEYS_RESET,
	THP_KEYS_APP,
	THP_KEYS_RESYNC,
	THP_N_KEYS_REQUESTS,
	/* only from the server */
	THP_KEYS_WELCOME = THP_N_KEYS_REQUESTS,
	THP_KEYS_PENDING,
	THP_KEYS_STATE,
	THP_N_KEYS
} thp_keys_kind;

/** The name of @kind as on the wire ("keypackage"). Static string. */
const char *thp_keys_name(thp_keys_kind kind);

/** Finds the request called @name; FALSE if there is none. */
gboolean thp_keys_find(const char *name, thp_keys_kind *kind);

/** What a request says about keys. Strings are borrowed. */
typedef struct thp_keys {
	thp_keys_kind kind;
	guint32 gi;
	guint64 epoch;
	const char *data;    /* base64url; the commit of an admission, too */
	const char *welcome; /* base64url, or NULL */
	/* as MLS itself says in clear; COMMIT and APP only */
	char group[THP_GROUP_ID_MAX + 1];
	guint64 mls_epoch;
	guint n_added, n_dropped;
	char added[THP_SEATS_MAX][THP_WHO_LEN + 1];
	char dropped[THP_SEATS_MAX][THP_WHO_LEN + 1];
} thp_keys;

/** What one person is told about keys. */
typedef struct thp_keys_notice {
	thp_keys_kind kind;
	guint32 gi;
	guint64 epoch;
	char other[THP_WHO_LEN + 1]; /* from whom, or about whom */
	guint32 knock;               /* KEYPACKAGE: of that person, like room and state */
	char room[THP_ID_MAX + 1];
	int state;       /* a thp_state */
	gboolean member; /* STATE */
	char *data;      /* owned; may be NULL */
	guint n_removed; /* PENDING */
	char removed[THP_SEATS_MAX][THP_WHO_LEN + 1];
} thp_keys_notice;
