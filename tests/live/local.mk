# SPDX-License-Identifier: GPL-3.0-or-later
# The plugin in the installed Janus, spoken to over its WebSocket; run by ./dev test, with Node.

EXTRA_DIST += %D%/appointment.mjs %D%/blake2b.mjs %D%/booking.mjs %D%/client.mjs %D%/ed25519.mjs %D%/gateway.mjs %D%/sdp.mjs %D%/lsan.supp \
	%D%/churn.test.mjs %D%/consent.test.mjs %D%/consent-disk.test.mjs %D%/consenting.mjs %D%/hostile.test.mjs %D%/join.test.mjs %D%/jsep.test.mjs \
	%D%/operators.test.mjs %D%/restart.test.mjs %D%/return.test.mjs %D%/session.test.mjs \
	%D%/tiers.test.mjs %D%/time.test.mjs %D%/wall-clock.test.mjs %D%/walkers.mjs
