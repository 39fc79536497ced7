# SPDX-License-Identifier: GPL-3.0-or-later
# shell: the only files that know Janus. They make the plugin out of the layers.

plugin_LTLIBRARIES += janus_plugin_therapy.la
janus_plugin_therapy_la_CFLAGS = $(THP_CFLAGS) $(JANUS_CFLAGS) $(GLIB_CFLAGS) $(JANSSON_CFLAGS) $(SODIUM_CFLAGS)
janus_plugin_therapy_la_LDFLAGS = -module -avoid-version -shared -export-symbols-regex '^create$$'
janus_plugin_therapy_la_LIBADD = \
	libtherapy_store.la libtherapy_crypto.la libtherapy_wire.la libtherapy_core.la \
	$(GLIB_LIBS) $(JANSSON_LIBS) $(SODIUM_LIBS) $(SQLITE_LIBS) -lpthread
janus_plugin_therapy_la_SOURCES = \
	%D%/adapt.c %D%/adapt.h \
	%D%/adapt_act.c %D%/adapt_act.h \
	%D%/admin.c %D%/admin.h \
	%D%/areas.c %D%/areas.h \
	%D%/call.c %D%/call.h \
	%D%/call_link.c \
	%D%/clocks.c %D%/clocks.h \
	%D%/consents.c %D%/consents.h \
	%D%/disk.c %D%/disk.h \
	%D%/dispatch.c %D%/dispatch.h \
	%D%/effects.c %D%/effects.h \
	%D%/gateway.h \
	%D%/janus_conf.c %D%/janus_conf.h \
	%D%/join.c \
	%D%/keys.c %D%/keys.h \
	%D%/area_limits.c %D%/area_limits.h \
	%D%/lock.h \
	%D%/log.h \
	%D%/media.c %D%/media.h \
	%D%/meter.c %D%/meter.h \
	%D%/network.c %D%/network.h \
	%D%/ops.c %D%/ops.h \
	%D%/pacing.c %D%/pacing.h \
	%D%/padding.c %D%/padding.h \
	%D%/plugin.c \
	%D%/receiver.c %D%/receiver.h \
	%D%/recording_notes.c %D%/recording_notes.h \
	%D%/recordings.c %D%/recordings.h \
	%D%/registry.c %D%/registry.h \
	%D%/relay.c %D%/relay.h \
	%D%/ring.c %D%/ring.h \
	%D%/route.c \
	%D%/session.c %D%/session.h \
	%D%/tape.c %D%/tape.h \
	%D%/tiers.c %D%/tiers.h \
	%D%/track.c %D%/track.h \
	%D%/withdrawals.c %D%/withdrawals.h \
	%D%/worker.c %D%/worker.h
