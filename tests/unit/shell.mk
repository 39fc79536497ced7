# SPDX-License-Identifier: GPL-3.0-or-later
# The shell, run by a stand-in for Janus.
shell_unit_tests = \
	tests/unit/shell_session

check_PROGRAMS += $(shell_unit_tests)
TESTS += $(shell_unit_tests)

tests_unit_shell_session_SOURCES = %D%/shell_session.c
tests_unit_shell_session_CFLAGS = $(fake_cflags)
tests_unit_shell_session_LDFLAGS = $(fake_ldflags)
tests_unit_shell_session_LDADD = $(fake_libs)
