# SPDX-License-Identifier: GPL-3.0-or-later
# Benches, run by ./dev bench NAME. Files that begin with _ are parts of them.

EXTRA_DIST += %D%/adapt.mjs %D%/admit.mjs %D%/_recorder.mjs %D%/keys.mjs %D%/ledger.mjs %D%/restart.mjs %D%/rough.mjs %D%/_acks.mjs %D%/_crypto.mjs %D%/_measure.mjs \
	%D%/_removal.mjs %D%/_rough.mjs %D%/_rough-loss.mjs %D%/_rough-outage.mjs %D%/_rough-radio.mjs %D%/_therapy.mjs %D%/_videoroom.mjs %D%/_worker-cpu.mjs \
	%D%/sim/golden.csv %D%/videoroom/index.html %D%/videoroom/videoroom.js

# The bandwidth controller on links in a box: check holds it to its limits and to golden.csv, table prints that.
sim_sources = \
	%D%/sim/call.c \
	%D%/sim/call.h \
	%D%/sim/camera.c \
	%D%/sim/camera.h \
	%D%/sim/chance.c \
	%D%/sim/golden.c \
	%D%/sim/golden.h \
	%D%/sim/link.c \
	%D%/sim/listener.c \
	%D%/sim/matrix.c \
	%D%/sim/matrix.h \
	%D%/sim/net.h \
	%D%/sim/remb.c \
	%D%/sim/score.c \
	%D%/sim/sim.h \
	%D%/sim/tally.c \
	%D%/sim/tally.h \
	%D%/sim/trace.c \
	%D%/sim/wait.c
check_PROGRAMS += tests/bench/sim/check tests/bench/sim/table
TESTS += tests/bench/sim/check
tests_bench_sim_check_SOURCES = %D%/sim/check.c $(sim_sources)
tests_bench_sim_check_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
tests_bench_sim_check_LDADD = libtherapy_core.la $(GLIB_LIBS) -lm
tests_bench_sim_table_SOURCES = %D%/sim/table.c $(sim_sources)
tests_bench_sim_table_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
tests_bench_sim_table_LDADD = libtherapy_core.la $(GLIB_LIBS) -lm

# Reaches into the store, to fill a ledger without waiting for the disk each time.
check_PROGRAMS += tests/bench/ledger
tests_bench_ledger_SOURCES = %D%/ledger.c
tests_bench_ledger_CPPFLAGS = -I$(top_srcdir)/plugins/therapy/store
tests_bench_ledger_CFLAGS = $(clinic_cflags)
tests_bench_ledger_LDADD = $(clinic_libs)
