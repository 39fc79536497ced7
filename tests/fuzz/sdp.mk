# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/fuzz/sdp
FUZZ_TARGETS += tests/fuzz/sdp
tests_fuzz_sdp_SOURCES = %D%/sdp.c
tests_fuzz_sdp_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
tests_fuzz_sdp_LDFLAGS = $(THP_FUZZ_LDFLAGS)
EXTRA_tests_fuzz_sdp_DEPENDENCIES = $(THP_FUZZ_LDADD)
tests_fuzz_sdp_LDADD = $(THP_FUZZ_LDADD) libtherapy_wire.la libtherapy_core.la \
	$(JANSSON_LIBS) $(GLIB_LIBS)

include %D%/rtcp.mk
