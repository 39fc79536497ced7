# SPDX-License-Identifier: GPL-3.0-or-later
# Small programs over crypto/ and store/.
bin_PROGRAMS += tools/therapy-invite
tools_therapy_invite_SOURCES = \
	%D%/command.c %D%/command.h \
	%D%/invite.h \
	%D%/invite_inspect.c \
	%D%/invite_keygen.c \
	%D%/invite_make.c \
	%D%/therapy-invite.c
tools_therapy_invite_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS) $(SODIUM_CFLAGS)
tools_therapy_invite_LDADD = \
	libtherapy_crypto.la libtherapy_wire.la libtherapy_core.la \
	$(SODIUM_LIBS) $(JANSSON_LIBS) $(GLIB_LIBS)

bin_PROGRAMS += tools/therapy-conf
tools_therapy_conf_SOURCES = %D%/therapy-conf.c
tools_therapy_conf_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS) $(SODIUM_CFLAGS) $(LIBCONFIG_CFLAGS)
tools_therapy_conf_LDADD = \
	libtherapy_crypto.la libtherapy_wire.la libtherapy_core.la \
	$(LIBCONFIG_LIBS) $(SODIUM_LIBS) $(JANSSON_LIBS) $(GLIB_LIBS)

bin_PROGRAMS += tools/therapy-ledger
tools_therapy_ledger_SOURCES = \
	%D%/command.c %D%/command.h \
	%D%/ledger.h \
	%D%/ledger_answer.c \
	%D%/ledger_check.c \
	%D%/ledger_export.c \
	%D%/ledger_keep.c \
	%D%/ledger_keys.c \
	%D%/ledger_make.c \
	%D%/therapy-ledger.c
tools_therapy_ledger_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS) $(SODIUM_CFLAGS)
tools_therapy_ledger_LDADD = \
	libtherapy_store.la libtherapy_crypto.la libtherapy_wire.la libtherapy_core.la \
	$(SQLITE_LIBS) $(SODIUM_LIBS) $(JANSSON_LIBS) $(GLIB_LIBS)

# Its parts are a library, so that tests and fuzz targets can use them. OpenSSL is this tool's alone.
noinst_LTLIBRARIES += libtherapy_recording.la
libtherapy_recording_la_SOURCES = \
	%D%/recording.h \
	%D%/recording_frames.c \
	%D%/recording_mjr.c \
	%D%/recording_open.c \
	%D%/recording_write.c
libtherapy_recording_la_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS) $(JANSSON_CFLAGS) $(CRYPTO_CFLAGS)

recording_libs = libtherapy_recording.la libtherapy_crypto.la libtherapy_wire.la libtherapy_core.la \
	$(CRYPTO_LIBS) $(SODIUM_LIBS) $(JANSSON_LIBS) $(GLIB_LIBS)

bin_PROGRAMS += tools/therapy-recording
tools_therapy_recording_SOURCES = %D%/therapy-recording.c
tools_therapy_recording_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
tools_therapy_recording_LDADD = $(recording_libs)
