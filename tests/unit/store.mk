# SPDX-License-Identifier: GPL-3.0-or-later
# What lasts: the databases.
store_unit_tests = \
	tests/unit/db \
	tests/unit/store
store_unit_cflags = $(THP_CFLAGS) $(GLIB_CFLAGS) $(SQLITE_CFLAGS)
store_unit_libs = libtherapy_store.la libtherapy_core.la $(SQLITE_LIBS) $(GLIB_LIBS) -lpthread

check_PROGRAMS += $(store_unit_tests)
TESTS += $(store_unit_tests)
tests_unit_db_SOURCES = %D%/db.c
tests_unit_db_CFLAGS = $(store_unit_cflags)
tests_unit_db_LDADD = $(store_unit_libs)
tests_unit_store_SOURCES = %D%/store.c %D%/faulty_disk.c %D%/faulty_disk.h
tests_unit_store_CFLAGS = $(store_unit_cflags)
tests_unit_store_LDADD = $(store_unit_libs)
