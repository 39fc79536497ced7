# SPDX-License-Identifier: GPL-3.0-or-later
# Hosts and links for tests. The link emulator is a plain program; the rest is Node.

check_PROGRAMS += %D%/link
%C%_link_SOURCES = %D%/link.c
%C%_link_CPPFLAGS = -D_GNU_SOURCE

EXTRA_DIST += %D%/cleanup.mjs %D%/processes.mjs %D%/link.mjs %D%/lab.mjs %D%/server.mjs %D%/door.mjs %D%/capture.mjs \
	%D%/stall.c %D%/stall.mjs %D%/probe.mjs %D%/lab.test.mjs
