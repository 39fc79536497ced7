# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/fuzz/token
FUZZ_TARGETS += tests/fuzz/token
tests_fuzz_token_SOURCES = %D%/token.c
tests_fuzz_token_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
tests_fuzz_token_LDFLAGS = $(THP_FUZZ_LDFLAGS)
EXTRA_tests_fuzz_token_DEPENDENCIES = $(THP_FUZZ_LDADD)
tests_fuzz_token_LDADD = $(THP_FUZZ_LDADD) \
	libtherapy_crypto.la libtherapy_wire.la libtherapy_core.la \
	$(SODIUM_LIBS) $(JANSSON_LIBS) $(GLIB_LIBS)
EXTRA_DIST += %D%/token.dict
