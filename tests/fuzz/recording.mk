# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/fuzz/recording
FUZZ_TARGETS += tests/fuzz/recording
tests_fuzz_recording_SOURCES = %D%/recording.c
tests_fuzz_recording_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
tests_fuzz_recording_LDFLAGS = $(THP_FUZZ_LDFLAGS)
EXTRA_tests_fuzz_recording_DEPENDENCIES = $(THP_FUZZ_LDADD)
tests_fuzz_recording_LDADD = $(THP_FUZZ_LDADD) $(recording_libs)
EXTRA_DIST += %D%/recording.dict
