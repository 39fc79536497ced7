# SPDX-License-Identifier: GPL-3.0-or-later
# What lasts: the databases.
store_unit_tests = \
	tests/unit/db \
	tests/unit/ledger \
	tests/unit/ledger_attack \
	tests/unit/ledger_disk \
	tests/unit/ledger_erase \
	tests/unit/ledger_gate \
	tests/unit/ledger_thief \
	tests/unit/receipt \
	tests/unit/store
store_unit_cflags = $(THP_CFLAGS) $(GLIB_CFLAGS) $(SQLITE_CFLAGS)
store_unit_libs = libtherapy_store.la libtherapy_core.la $(SQLITE_LIBS) $(GLIB_LIBS) -lpthread

check_PROGRAMS += $(store_unit_tests)
TESTS += $(store_unit_tests)
tests_unit_db_SOURCES = %D%/db.c %D%/folder.c %D%/folder.h
tests_unit_db_CFLAGS = $(store_unit_cflags)
tests_unit_db_LDADD = $(store_unit_libs)
tests_unit_store_SOURCES = %D%/store.c %D%/faulty_disk.c %D%/faulty_disk.h %D%/folder.c %D%/folder.h
tests_unit_store_CFLAGS = $(store_unit_cflags)
tests_unit_store_LDADD = $(store_unit_libs)

# The ledger needs the layers below the store.
clinic_sources = %D%/clinic.c %D%/clinic.h %D%/folder.c %D%/folder.h
clinic_cflags = $(store_unit_cflags) $(SODIUM_CFLAGS)
clinic_libs = libtherapy_store.la libtherapy_crypto.la libtherapy_wire.la libtherapy_core.la \
	$(SQLITE_LIBS) $(SODIUM_LIBS) $(JANSSON_LIBS) $(GLIB_LIBS) -lpthread
tests_unit_ledger_SOURCES = %D%/ledger.c $(clinic_sources)
tests_unit_ledger_CFLAGS = $(clinic_cflags)
tests_unit_ledger_LDADD = $(clinic_libs)
tests_unit_ledger_attack_SOURCES = %D%/ledger_attack.c $(clinic_sources)
tests_unit_ledger_attack_CFLAGS = $(clinic_cflags)
tests_unit_ledger_attack_LDADD = $(clinic_libs)
tests_unit_ledger_disk_SOURCES = %D%/ledger_disk.c %D%/faulty_disk.c %D%/faulty_disk.h $(clinic_sources)
tests_unit_ledger_disk_CFLAGS = $(clinic_cflags)
tests_unit_ledger_disk_LDADD = $(clinic_libs)
tests_unit_ledger_erase_SOURCES = %D%/ledger_erase.c $(clinic_sources)
tests_unit_ledger_erase_CFLAGS = $(clinic_cflags)
tests_unit_ledger_erase_LDADD = $(clinic_libs)
tests_unit_ledger_gate_SOURCES = %D%/ledger_gate.c $(clinic_sources)
tests_unit_ledger_gate_CFLAGS = $(clinic_cflags)
tests_unit_ledger_gate_LDADD = $(clinic_libs)
# A thief has the ledger's own code.
tests_unit_ledger_thief_SOURCES = %D%/ledger_thief.c $(clinic_sources)
tests_unit_ledger_thief_CFLAGS = $(clinic_cflags) -I$(srcdir)/plugins/therapy/store
tests_unit_ledger_thief_LDADD = $(clinic_libs)
tests_unit_receipt_SOURCES = %D%/receipt.c $(clinic_sources)
tests_unit_receipt_CFLAGS = $(clinic_cflags)
tests_unit_receipt_LDADD = $(clinic_libs)
