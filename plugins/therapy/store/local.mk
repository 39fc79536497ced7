# SPDX-License-Identifier: GPL-3.0-or-later
# store: what lasts. The only files that know SQLite.
noinst_LTLIBRARIES += libtherapy_store.la
libtherapy_store_la_SOURCES = \
	%D%/db.c \
	%D%/state.c %D%/state.h \
	%D%/store.c
libtherapy_store_la_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS) $(SQLITE_CFLAGS)
