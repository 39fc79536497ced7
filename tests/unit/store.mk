# SPDX-License-Identifier: GPL-3.0-or-later
# What lasts: the databases.
store_unit_tests = \
	tests/unit/db
store_unit_cflags = $(THP_CFLAGS) $(GLIB_CFLAGS) $(SQLITE_CFLAGS)
store_unit_libs = libtherapy_store.la libtherapy_core.la $(SQLITE_LIBS) $(GLIB_LIBS) -lpthread

check_PROGRAMS += $(store_unit_tests)
TESTS += $(store_unit_tests)
tests_unit_db_SOURCES = %D%/db.c
tests_unit_db_CFLAGS = $(store_unit_cflags)
tests_unit_db_LDADD = $(store_unit_libs)
