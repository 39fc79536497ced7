# SPDX-License-Identifier: GPL-3.0-or-later
# A fuzz target NAME is one file NAME.c with LLVMFuzzerTestOneInput() and a corpus in corpus/NAME.
# Its fragment NAME.mk reads:
#
#   check_PROGRAMS += tests/fuzz/NAME
#   FUZZ_TARGETS += tests/fuzz/NAME
#   tests_fuzz_NAME_SOURCES = %D%/NAME.c
#   tests_fuzz_NAME_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
#   tests_fuzz_NAME_LDFLAGS = $(THP_FUZZ_LDFLAGS)
#   tests_fuzz_NAME_LDADD = $(THP_FUZZ_LDADD) libtherapy_core.la $(GLIB_LIBS)
#
# With --enable-fuzz it becomes a libFuzzer program; without, a test that replays the corpus.
if !THP_FUZZ
check_LTLIBRARIES += libtherapy_replay.la
libtherapy_replay_la_SOURCES = %D%/replay.c
libtherapy_replay_la_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
TESTS += $(FUZZ_TARGETS)
endif
