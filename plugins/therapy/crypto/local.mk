# SPDX-License-Identifier: GPL-3.0-or-later
# Invitations, keys, device proofs and random values.
noinst_LTLIBRARIES += libtherapy_crypto.la
libtherapy_crypto_la_SOURCES = \
	%D%/base64.c \
	%D%/base64url.c \
	%D%/checkpoint.c \
	%D%/device.c \
	%D%/epoch.c \
	%D%/invitation_open.c \
	%D%/keyring.c \
	%D%/leaf.c \
	%D%/merkle.c \
	%D%/note.c \
	%D%/paserk.c \
	%D%/paseto.c \
	%D%/receipt.c \
	%D%/recording_key.c \
	%D%/seal.c \
	%D%/secret.c
libtherapy_crypto_la_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS) $(SODIUM_CFLAGS)
