# SPDX-License-Identifier: GPL-3.0-or-later
# Benches, run by ./dev bench NAME. Files that begin with _ are parts of them.

EXTRA_DIST += %D%/admit.mjs %D%/keys.mjs %D%/ledger.mjs %D%/restart.mjs %D%/_acks.mjs %D%/_crypto.mjs %D%/_measure.mjs \
	%D%/_removal.mjs %D%/_therapy.mjs %D%/_videoroom.mjs %D%/_worker-cpu.mjs \
	%D%/sim/golden.csv %D%/videoroom/index.html %D%/videoroom/videoroom.js

# Reaches into the store, to fill a ledger without waiting for the disk each time.
check_PROGRAMS += tests/bench/ledger
tests_bench_ledger_SOURCES = %D%/ledger.c
tests_bench_ledger_CPPFLAGS = -I$(top_srcdir)/plugins/therapy/store
tests_bench_ledger_CFLAGS = $(clinic_cflags)
tests_bench_ledger_LDADD = $(clinic_libs)
