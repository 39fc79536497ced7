# SPDX-License-Identifier: GPL-3.0-or-later
# Benches, run by ./dev bench NAME. Files that begin with _ are parts of them.

EXTRA_DIST += %D%/admit.mjs %D%/restart.mjs %D%/_acks.mjs %D%/_measure.mjs %D%/_therapy.mjs %D%/_videoroom.mjs \
	%D%/videoroom/index.html %D%/videoroom/videoroom.js
