# SPDX-License-Identifier: GPL-3.0-or-later
# store: what lasts. The only files that know SQLite.
noinst_LTLIBRARIES += libtherapy_store.la
libtherapy_store_la_SOURCES = \
	%D%/db.c \
	%D%/db_copy.c \
	%D%/keeper.c \
	%D%/keeper_copy.c \
	%D%/keeper_gate.c \
	%D%/keeper_inside.h \
	%D%/late.c %D%/late.h \
	%D%/ledger.c \
	%D%/ledger_add.c \
	%D%/ledger_append.c \
	%D%/ledger_backup.c \
	%D%/ledger_epoch.c \
	%D%/ledger_erase.c \
	%D%/ledger_files.c %D%/ledger_files.h \
	%D%/ledger_gate.c %D%/ledger_gate.h \
	%D%/ledger_inside.h \
	%D%/ledger_opened.c %D%/ledger_opened.h \
	%D%/ledger_records.c %D%/ledger_records.h \
	%D%/ledger_verify.c \
	%D%/queue.c %D%/queue.h \
	%D%/state.c %D%/state.h \
	%D%/store.c
libtherapy_store_la_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS) $(SODIUM_CFLAGS) $(SQLITE_CFLAGS)
