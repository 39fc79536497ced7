# SPDX-License-Identifier: GPL-3.0-or-later
# Unit tests of crypto/, and of the claims in wire/.
crypto_unit_tests = \
	tests/unit/claim_value \
	tests/unit/claims \
	tests/unit/device \
	tests/unit/invitation \
	tests/unit/keyring \
	tests/unit/merkle \
	tests/unit/note \
	tests/unit/paseto \
	tests/unit/seal
crypto_unit_cflags = $(THP_CFLAGS) $(GLIB_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS)
crypto_unit_libs = libtherapy_crypto.la libtherapy_wire.la libtherapy_core.la \
	$(SODIUM_LIBS) $(JANSSON_LIBS) $(GLIB_LIBS)

check_PROGRAMS += $(crypto_unit_tests)
TESTS += $(crypto_unit_tests)
tests_unit_claim_value_SOURCES = %D%/claim_value.c
tests_unit_claim_value_CFLAGS = $(crypto_unit_cflags)
tests_unit_claim_value_LDADD = $(crypto_unit_libs)
tests_unit_claims_SOURCES = %D%/claims.c
tests_unit_claims_CFLAGS = $(crypto_unit_cflags)
tests_unit_claims_LDADD = $(crypto_unit_libs)
tests_unit_device_SOURCES = %D%/device.c
tests_unit_device_CFLAGS = $(crypto_unit_cflags)
tests_unit_device_LDADD = $(crypto_unit_libs)
tests_unit_invitation_SOURCES = %D%/invitation.c
tests_unit_invitation_CFLAGS = $(crypto_unit_cflags)
tests_unit_invitation_LDADD = $(crypto_unit_libs)
tests_unit_keyring_SOURCES = %D%/keyring.c
tests_unit_keyring_CFLAGS = $(crypto_unit_cflags)
tests_unit_keyring_LDADD = $(crypto_unit_libs)
tests_unit_merkle_SOURCES = %D%/merkle.c
tests_unit_merkle_CFLAGS = $(crypto_unit_cflags)
tests_unit_merkle_LDADD = $(crypto_unit_libs)
tests_unit_note_SOURCES = %D%/note.c
tests_unit_note_CFLAGS = $(crypto_unit_cflags)
tests_unit_note_LDADD = $(crypto_unit_libs)
tests_unit_paseto_SOURCES = %D%/paseto.c
tests_unit_paseto_CFLAGS = $(crypto_unit_cflags)
tests_unit_paseto_LDADD = $(crypto_unit_libs)

tests_unit_seal_SOURCES = %D%/seal.c
tests_unit_seal_CFLAGS = $(crypto_unit_cflags)
tests_unit_seal_LDADD = $(crypto_unit_libs)
