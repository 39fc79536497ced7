# SPDX-License-Identifier: GPL-3.0-or-later
# The pages are installed as they are: nothing is built.
nobase_dist_pages_DATA = $(shell cd '$(srcdir)' && find html -type f ! -name '.*' ! -name local.mk | sort)

EXTRA_DIST += $(shell cd '$(srcdir)' && find tests/html -type f -name '*.mjs' | sort)
