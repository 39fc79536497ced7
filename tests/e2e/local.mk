# SPDX-License-Identifier: GPL-3.0-or-later
# Real browsers against the real Janus, run by ./dev test.

EXTRA_DIST += %D%/browser.mjs %D%/probe.mjs %D%/scene.mjs
