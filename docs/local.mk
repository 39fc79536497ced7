# SPDX-License-Identifier: GPL-3.0-or-later
nobase_dist_doc_DATA = $(shell cd '$(srcdir)' && find docs -type f ! -name '.*' ! -name local.mk | sort)
