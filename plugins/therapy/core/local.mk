# SPDX-License-Identifier: GPL-3.0-or-later
# core: GLib only. Pure: no clock, no lock, no log, no Janus.

noinst_LTLIBRARIES += libtherapy_core.la
libtherapy_core_la_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
libtherapy_core_la_SOURCES = \
	%D%/admission.c \
	%D%/allot.c \
	%D%/area.c \
	%D%/arrival.c \
	%D%/binding.c \
	%D%/climb.c \
	%D%/clock.c \
	%D%/company.c \
	%D%/conf.c \
	%D%/conf_tiers.c \
	%D%/consent.c \
	%D%/consent_inside.h \
	%D%/controller.c \
	%D%/cut.c \
	%D%/delay.c \
	%D%/departure.c \
	%D%/downlink.c \
	%D%/effect.c \
	%D%/error.c \
	%D%/group.c \
	%D%/inside.h \
	%D%/invariant.c \
	%D%/invitation.c \
	%D%/keys.c \
	%D%/lag.c \
	%D%/lag.h \
	%D%/layer.c \
	%D%/knock.c \
	%D%/lasting.c \
	%D%/link.c \
	%D%/link.h \
	%D%/network.c \
	%D%/pacer.c \
	%D%/participant.c \
	%D%/playout.c \
	%D%/policy.c \
	%D%/presence.c \
	%D%/recording.c \
	%D%/recording_inside.h \
	%D%/removal.c \
	%D%/request_kind.c \
	%D%/restore.c \
	%D%/room.c \
	%D%/route.c \
	%D%/rtcp.c \
	%D%/rtp.c \
	%D%/sense.c \
	%D%/sense.h \
	%D%/silence.c \
	%D%/sounding.c \
	%D%/tier.c \
	%D%/timing.c \
	%D%/undo.c \
	%D%/unheard.c \
	%D%/uplink.c \
	%D%/vp8.c \
	%D%/word.c
