# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/fuzz/request
FUZZ_TARGETS += tests/fuzz/request
tests_fuzz_request_SOURCES = %D%/request.c
tests_fuzz_request_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS) $(JANSSON_CFLAGS)
tests_fuzz_request_LDFLAGS = $(THP_FUZZ_LDFLAGS)
EXTRA_tests_fuzz_request_DEPENDENCIES = $(THP_FUZZ_LDADD)
tests_fuzz_request_LDADD = $(THP_FUZZ_LDADD) libtherapy_wire.la libtherapy_core.la \
	$(JANSSON_LIBS) $(GLIB_LIBS)
