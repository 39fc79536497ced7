# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/fuzz/receipt
FUZZ_TARGETS += tests/fuzz/receipt
tests_fuzz_receipt_SOURCES = %D%/receipt.c
tests_fuzz_receipt_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
tests_fuzz_receipt_LDFLAGS = $(THP_FUZZ_LDFLAGS)
EXTRA_tests_fuzz_receipt_DEPENDENCIES = $(THP_FUZZ_LDADD)
tests_fuzz_receipt_LDADD = $(THP_FUZZ_LDADD) \
	libtherapy_crypto.la libtherapy_wire.la libtherapy_core.la \
	$(SODIUM_LIBS) $(JANSSON_LIBS) $(GLIB_LIBS)
EXTRA_DIST += %D%/receipt.dict
