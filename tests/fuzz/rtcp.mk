# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/fuzz/rtcp
FUZZ_TARGETS += tests/fuzz/rtcp
tests_fuzz_rtcp_SOURCES = %D%/rtcp.c
tests_fuzz_rtcp_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
tests_fuzz_rtcp_LDFLAGS = $(THP_FUZZ_LDFLAGS)
EXTRA_tests_fuzz_rtcp_DEPENDENCIES = $(THP_FUZZ_LDADD)
tests_fuzz_rtcp_LDADD = $(THP_FUZZ_LDADD) libtherapy_core.la $(GLIB_LIBS)
