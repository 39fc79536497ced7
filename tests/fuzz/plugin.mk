# SPDX-License-Identifier: GPL-3.0-or-later
check_PROGRAMS += tests/fuzz/plugin
FUZZ_TARGETS += tests/fuzz/plugin
tests_fuzz_plugin_SOURCES = %D%/plugin.c
tests_fuzz_plugin_CFLAGS = $(fake_cflags)
tests_fuzz_plugin_LDFLAGS = $(THP_FUZZ_LDFLAGS) $(fake_ldflags)
EXTRA_tests_fuzz_plugin_DEPENDENCIES = $(THP_FUZZ_LDADD)
tests_fuzz_plugin_LDADD = $(THP_FUZZ_LDADD) $(fake_libs)
EXTRA_DIST += %D%/plugin.dict
