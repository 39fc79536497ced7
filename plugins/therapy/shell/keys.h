/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file keys.h
 * The keys that invitations are checked with, which an operator may have read anew while people join.
 */
#pragma once

#include <therapy/error.h>
#include <therapy/invitation.h>

/** Reads general.keys_file. On error, which is logged, the former keys stay. Any thread. */
thp_err thp_keys_load(void) G_GNUC_WARN_UNUSED_RESULT;

/** The number of keys. Any thread. */
guint thp_keys_count(void);

/** Opens a token: see thp_invitation_open(). Any thread. */
thp_err thp_keys_open(const char *token, gsize length, thp_invitation *invitation,
		      const char **field) G_GNUC_WARN_UNUSED_RESULT;

/** Forgets them. */
void thp_keys_clear(void);
