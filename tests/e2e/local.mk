# SPDX-License-Identifier: GPL-3.0-or-later
# Real browsers against the real Janus, run by ./dev test.

EXTRA_DIST += %D%/browser.mjs %D%/probe.mjs %D%/scene.mjs %D%/forger.mjs %D%/session.test.mjs %D%/consent.test.mjs %D%/layers.test.mjs \
	%D%/restart.test.mjs %D%/return.test.mjs %D%/errors.test.mjs %D%/privacy.test.mjs %D%/secrecy.test.mjs %D%/start.test.mjs %D%/time.test.mjs
