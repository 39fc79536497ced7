# SPDX-License-Identifier: GPL-3.0-or-later
# A stand-in for Janus, and the shell's own code to run under it. A program of these reads:
#
#   tests_unit_NAME_CFLAGS = $(fake_cflags)
#   tests_unit_NAME_LDFLAGS = $(fake_ldflags)
#   tests_unit_NAME_LDADD = $(fake_libs)
check_LTLIBRARIES += libtherapy_shell.la libtherapy_fake.la

libtherapy_shell_la_SOURCES = $(janus_plugin_therapy_la_SOURCES)
libtherapy_shell_la_CFLAGS = $(janus_plugin_therapy_la_CFLAGS)

libtherapy_fake_la_SOURCES = \
	%D%/callbacks.c \
	%D%/inner.h \
	%D%/janus.c %D%/janus.h \
	%D%/loop.c \
	%D%/memo.c \
	%D%/messages.c \
	%D%/person.c %D%/person.h \
	%D%/recorder.c \
	%D%/sdp.c \
	%D%/symbols.c \
	%D%/wraps.c %D%/wraps.h
libtherapy_fake_la_CFLAGS = $(fake_cflags)

fake_cflags = $(THP_CFLAGS) -I$(top_srcdir)/tests/fake $(JANUS_CFLAGS) $(GLIB_CFLAGS) $(JANSSON_CFLAGS) \
	$(SODIUM_CFLAGS)
# What the linker puts between the plugin and the system: see wraps.h.
fake_ldflags = \
	-Wl,--wrap=clock_gettime \
	-Wl,--wrap=g_get_monotonic_time \
	-Wl,--wrap=pthread_cond_timedwait \
	-Wl,--wrap=pthread_create \
	-Wl,--wrap=pthread_join \
	-Wl,--wrap=pthread_mutex_lock \
	-Wl,--wrap=pthread_mutex_unlock \
	-Wl,--wrap=randombytes_buf \
	-Wl,--wrap=thp_area_apply \
	-Wl,--wrap=thp_device_verify \
	-Wl,--wrap=thp_paseto_verify \
	-Wl,--wrap=time
fake_libs = libtherapy_fake.la libtherapy_shell.la libtherapy_store.la libtherapy_crypto.la \
	libtherapy_wire.la libtherapy_core.la $(SQLITE_LIBS) $(SODIUM_LIBS) $(JANSSON_LIBS) $(GLIB_LIBS) -lpthread
