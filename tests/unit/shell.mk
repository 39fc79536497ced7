# SPDX-License-Identifier: GPL-3.0-or-later
# The shell, run by a stand-in for Janus.
shell_unit_tests = \
	tests/unit/ring \
	tests/unit/shell_churn \
	tests/unit/shell_consent \
	tests/unit/shell_errors \
	tests/unit/shell_layers \
	tests/unit/shell_pacing \
	tests/unit/shell_pacing_routes \
	tests/unit/shell_recording \
	tests/unit/shell_return \
	tests/unit/shell_rooms \
	tests/unit/shell_secrets \
	tests/unit/shell_session \
	tests/unit/shell_store \
	tests/unit/shell_threads \
	tests/unit/shell_time \
	tests/unit/shell_withdraw

check_PROGRAMS += $(shell_unit_tests)
TESTS += $(shell_unit_tests)

tests_unit_ring_SOURCES = %D%/ring.c
tests_unit_ring_CFLAGS = $(fake_cflags)
tests_unit_ring_LDFLAGS = $(fake_ldflags)
tests_unit_ring_LDADD = $(fake_libs)

tests_unit_shell_churn_SOURCES = %D%/shell_churn.c
tests_unit_shell_churn_CFLAGS = $(fake_cflags)
tests_unit_shell_churn_LDFLAGS = $(fake_ldflags)
tests_unit_shell_churn_LDADD = $(fake_libs)

tests_unit_shell_consent_SOURCES = %D%/shell_consent.c %D%/office.c %D%/office.h %D%/folder.c %D%/folder.h
tests_unit_shell_consent_CFLAGS = $(fake_cflags)
tests_unit_shell_consent_LDFLAGS = $(fake_ldflags)
tests_unit_shell_consent_LDADD = $(fake_libs)

tests_unit_shell_recording_SOURCES = %D%/shell_recording.c %D%/faulty_disk.c %D%/faulty_disk.h %D%/folder.c %D%/folder.h
tests_unit_shell_recording_CFLAGS = $(fake_cflags) $(SQLITE_CFLAGS)
tests_unit_shell_recording_LDFLAGS = $(fake_ldflags)
tests_unit_shell_recording_LDADD = $(fake_libs)

tests_unit_shell_errors_SOURCES = %D%/shell_errors.c
tests_unit_shell_errors_CFLAGS = $(fake_cflags)
tests_unit_shell_errors_LDFLAGS = $(fake_ldflags)
tests_unit_shell_errors_LDADD = $(fake_libs)

tests_unit_shell_layers_SOURCES = %D%/shell_layers.c
tests_unit_shell_layers_CFLAGS = $(fake_cflags)
tests_unit_shell_layers_LDFLAGS = $(fake_ldflags)
tests_unit_shell_layers_LDADD = $(fake_libs)

tests_unit_shell_pacing_SOURCES = %D%/shell_pacing.c %D%/lane.c %D%/lane.h
tests_unit_shell_pacing_CFLAGS = $(fake_cflags)
tests_unit_shell_pacing_LDFLAGS = $(fake_ldflags)
tests_unit_shell_pacing_LDADD = $(fake_libs)

tests_unit_shell_pacing_routes_SOURCES = %D%/shell_pacing_routes.c %D%/lane.c %D%/lane.h
tests_unit_shell_pacing_routes_CFLAGS = $(fake_cflags)
tests_unit_shell_pacing_routes_LDFLAGS = $(fake_ldflags)
tests_unit_shell_pacing_routes_LDADD = $(fake_libs)

tests_unit_shell_return_SOURCES = %D%/shell_return.c
tests_unit_shell_return_CFLAGS = $(fake_cflags)
tests_unit_shell_return_LDFLAGS = $(fake_ldflags)
tests_unit_shell_return_LDADD = $(fake_libs)

tests_unit_shell_rooms_SOURCES = %D%/shell_rooms.c
tests_unit_shell_rooms_CFLAGS = $(fake_cflags)
tests_unit_shell_rooms_LDFLAGS = $(fake_ldflags)
tests_unit_shell_rooms_LDADD = $(fake_libs)

tests_unit_shell_secrets_SOURCES = %D%/shell_secrets.c
tests_unit_shell_secrets_CFLAGS = $(fake_cflags)
tests_unit_shell_secrets_LDFLAGS = $(fake_ldflags)
tests_unit_shell_secrets_LDADD = $(fake_libs)

tests_unit_shell_session_SOURCES = %D%/shell_session.c
tests_unit_shell_session_CFLAGS = $(fake_cflags)
tests_unit_shell_session_LDFLAGS = $(fake_ldflags)
tests_unit_shell_session_LDADD = $(fake_libs)

tests_unit_shell_threads_SOURCES = %D%/shell_threads.c
tests_unit_shell_threads_CFLAGS = $(fake_cflags)
tests_unit_shell_threads_LDFLAGS = $(fake_ldflags)
tests_unit_shell_threads_LDADD = $(fake_libs)

tests_unit_shell_time_SOURCES = %D%/shell_time.c
tests_unit_shell_time_CFLAGS = $(fake_cflags)
tests_unit_shell_time_LDFLAGS = $(fake_ldflags)
tests_unit_shell_time_LDADD = $(fake_libs)

tests_unit_shell_store_SOURCES = %D%/shell_store.c %D%/faulty_disk.c %D%/faulty_disk.h %D%/folder.c %D%/folder.h
tests_unit_shell_store_CFLAGS = $(fake_cflags) $(SQLITE_CFLAGS)
tests_unit_shell_store_LDFLAGS = $(fake_ldflags)
tests_unit_shell_store_LDADD = $(fake_libs)

tests_unit_shell_withdraw_SOURCES = %D%/shell_withdraw.c %D%/office.c %D%/office.h %D%/folder.c %D%/folder.h %D%/stalled_disk.c %D%/stalled_disk.h
tests_unit_shell_withdraw_CFLAGS = $(fake_cflags)
tests_unit_shell_withdraw_LDFLAGS = $(fake_ldflags)
tests_unit_shell_withdraw_LDADD = $(fake_libs)
