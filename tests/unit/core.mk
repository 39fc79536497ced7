# SPDX-License-Identifier: GPL-3.0-or-later
# The core: its tables, and what happens in an area.
core_unit_tests = \
	tests/unit/admission \
	tests/unit/allot \
	tests/unit/area \
	tests/unit/area_walk \
	tests/unit/arrival \
	tests/unit/clock \
	tests/unit/clock_walk \
	tests/unit/company \
	tests/unit/conf \
	tests/unit/consent \
	tests/unit/conf_tiers \
	tests/unit/departure \
	tests/unit/delay \
	tests/unit/downlink \
	tests/unit/error \
	tests/unit/keys \
	tests/unit/layer \
	tests/unit/lasting \
	tests/unit/network \
	tests/unit/pacer \
	tests/unit/playout \
	tests/unit/policy \
	tests/unit/recording \
	tests/unit/signs \
	tests/unit/silence \
	tests/unit/sounding \
	tests/unit/tier \
	tests/unit/timing \
	tests/unit/unheard \
	tests/unit/uplink
core_unit_cflags = $(THP_CFLAGS) $(GLIB_CFLAGS)
core_unit_libs = libtherapy_core.la $(GLIB_LIBS)
calm_sources = %D%/calm.c %D%/calm.h
asked_sources = %D%/asked.c %D%/asked.h %D%/stage.c %D%/stage.h

check_PROGRAMS += $(core_unit_tests)
TESTS += $(core_unit_tests)
tests_unit_admission_SOURCES = %D%/admission.c %D%/stage.c %D%/stage.h
tests_unit_admission_CFLAGS = $(core_unit_cflags)
tests_unit_admission_LDADD = $(core_unit_libs)
tests_unit_area_SOURCES = %D%/area.c %D%/stage.c %D%/stage.h
tests_unit_area_CFLAGS = $(core_unit_cflags)
tests_unit_area_LDADD = $(core_unit_libs)
tests_unit_area_walk_SOURCES = %D%/area_walk.c %D%/walk_model.c %D%/walk_model.h %D%/walk_watch.c %D%/walk_watch.h
tests_unit_area_walk_CFLAGS = $(core_unit_cflags)
tests_unit_area_walk_LDADD = $(core_unit_libs)
tests_unit_company_SOURCES = %D%/company.c $(asked_sources)
tests_unit_company_CFLAGS = $(core_unit_cflags)
tests_unit_company_LDADD = $(core_unit_libs)
tests_unit_clock_SOURCES = %D%/clock.c
tests_unit_clock_CFLAGS = $(core_unit_cflags)
tests_unit_clock_LDADD = $(core_unit_libs)
tests_unit_clock_walk_SOURCES = %D%/clock_walk.c
tests_unit_clock_walk_CFLAGS = $(core_unit_cflags)
tests_unit_clock_walk_LDADD = $(core_unit_libs)
tests_unit_conf_SOURCES = %D%/conf.c %D%/sample.c %D%/sample.h
tests_unit_conf_tiers_SOURCES = %D%/conf_tiers.c %D%/sample.c %D%/sample.h
tests_unit_conf_tiers_CFLAGS = $(core_unit_cflags)
tests_unit_conf_tiers_LDADD = $(core_unit_libs)
tests_unit_conf_CFLAGS = $(core_unit_cflags)
tests_unit_conf_LDADD = $(core_unit_libs)
tests_unit_consent_SOURCES = %D%/consent.c $(asked_sources)
tests_unit_consent_CFLAGS = $(core_unit_cflags)
tests_unit_consent_LDADD = $(core_unit_libs)
tests_unit_departure_SOURCES = %D%/departure.c %D%/stage.c %D%/stage.h
tests_unit_departure_CFLAGS = $(core_unit_cflags)
tests_unit_departure_LDADD = $(core_unit_libs)
tests_unit_error_SOURCES = %D%/error.c
tests_unit_error_CFLAGS = $(core_unit_cflags)
tests_unit_error_LDADD = $(core_unit_libs)
tests_unit_keys_SOURCES = %D%/keys.c
tests_unit_keys_CFLAGS = $(core_unit_cflags)
tests_unit_keys_LDADD = $(core_unit_libs)

tests_unit_layer_SOURCES = %D%/layer.c
tests_unit_layer_CFLAGS = $(core_unit_cflags)
tests_unit_layer_LDADD = $(core_unit_libs)
tests_unit_lasting_SOURCES = %D%/lasting.c %D%/stage.c %D%/stage.h
tests_unit_lasting_CFLAGS = $(core_unit_cflags)
tests_unit_lasting_LDADD = $(core_unit_libs)
tests_unit_policy_SOURCES = %D%/policy.c
tests_unit_policy_CFLAGS = $(core_unit_cflags)
tests_unit_policy_LDADD = $(core_unit_libs)
tests_unit_allot_SOURCES = %D%/allot.c
tests_unit_allot_CFLAGS = $(core_unit_cflags)
tests_unit_allot_LDADD = $(core_unit_libs)
tests_unit_delay_SOURCES = %D%/delay.c
tests_unit_delay_CFLAGS = $(core_unit_cflags)
tests_unit_delay_LDADD = $(core_unit_libs)
tests_unit_downlink_SOURCES = %D%/downlink.c $(calm_sources)
tests_unit_downlink_CFLAGS = $(core_unit_cflags)
tests_unit_downlink_LDADD = $(core_unit_libs)
tests_unit_pacer_SOURCES = %D%/pacer.c
tests_unit_pacer_CFLAGS = $(core_unit_cflags)
tests_unit_pacer_LDADD = $(core_unit_libs)

tests_unit_playout_SOURCES = %D%/playout.c
tests_unit_playout_CFLAGS = $(core_unit_cflags)
tests_unit_playout_LDADD = $(core_unit_libs)
tests_unit_tier_SOURCES = %D%/tier.c
tests_unit_tier_CFLAGS = $(core_unit_cflags)
tests_unit_tier_LDADD = $(core_unit_libs)
tests_unit_unheard_SOURCES = %D%/unheard.c
tests_unit_unheard_CFLAGS = $(core_unit_cflags)
tests_unit_unheard_LDADD = $(core_unit_libs)

tests_unit_uplink_SOURCES = %D%/uplink.c
tests_unit_uplink_CFLAGS = $(core_unit_cflags)
tests_unit_uplink_LDADD = $(core_unit_libs)
tests_unit_recording_SOURCES = %D%/recording.c $(asked_sources)
tests_unit_recording_CFLAGS = $(core_unit_cflags)
tests_unit_recording_LDADD = $(core_unit_libs)
tests_unit_timing_SOURCES = %D%/timing.c %D%/stage.c %D%/stage.h
tests_unit_timing_CFLAGS = $(core_unit_cflags)
tests_unit_timing_LDADD = $(core_unit_libs)
tests_unit_arrival_SOURCES = %D%/arrival.c
tests_unit_arrival_CFLAGS = $(core_unit_cflags)
tests_unit_arrival_LDADD = $(core_unit_libs)
tests_unit_network_SOURCES = %D%/network.c
tests_unit_network_CFLAGS = $(core_unit_cflags)
tests_unit_network_LDADD = $(core_unit_libs)
tests_unit_signs_SOURCES = %D%/signs.c $(calm_sources)
tests_unit_signs_CFLAGS = $(core_unit_cflags)
tests_unit_signs_LDADD = $(core_unit_libs)
tests_unit_silence_SOURCES = %D%/silence.c $(calm_sources)
tests_unit_silence_CFLAGS = $(core_unit_cflags)
tests_unit_silence_LDADD = $(core_unit_libs)
tests_unit_sounding_SOURCES = %D%/sounding.c
tests_unit_sounding_CFLAGS = $(core_unit_cflags)
tests_unit_sounding_LDADD = $(core_unit_libs)
