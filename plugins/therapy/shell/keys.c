/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ring never changes: reading anew makes another, and takes its place when no invitation is being opened. */
#include "keys.h"

#include <therapy/invitation_open.h>

#include "clocks.h"
#include "gateway.h"
#include "log.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static thp_keyring *ring; /* LOCK: lock */

static void replace(thp_keyring *with)
{
	pthread_rwlock_wrlock(&lock);
	thp_keyring *former = ring;
	ring = with;
	pthread_rwlock_unlock(&lock);
	thp_keyring_free(former);
}

thp_err thp_keys_load(void)
{
	g_autoptr(thp_keyring) read = thp_keyring_new();
	const char *path = gateway.conf.keys_file;
	unsigned line = 0;

	if (thp_keyring_add_file(read, path, &line) == THP_OK) {
		replace(g_steal_pointer(&read));
		return THP_OK;
	}
	if (line > 0)
		log_err("%s: line %u is not a k4.public key", path, line);
	else
		log_err("%s cannot be read or holds no key: nobody could join", path);
	return THP_KEY_FILE;
}

guint thp_keys_count(void)
{
	pthread_rwlock_rdlock(&lock);
	guint n = ring ? thp_keyring_size(ring) : 0;
	pthread_rwlock_unlock(&lock);
	return n;
}

thp_err thp_keys_open(const char *token, gsize length, thp_invitation *invitation,
		      const char **field)
{
	pthread_rwlock_rdlock(&lock);
	thp_err err = thp_invitation_open(ring, gateway.conf.realm, token, length,
					  thp_clocks_now().wall_s, gateway.conf.clock_skew_s,
					  invitation, field);
	pthread_rwlock_unlock(&lock);
	return err;
}

void thp_keys_clear(void)
{
	replace(NULL);
}
