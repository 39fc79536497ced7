# SPDX-License-Identifier: GPL-3.0-or-later
# core: GLib only. Pure: no clock, no lock, no log, no Janus.

noinst_LTLIBRARIES += libtherapy_core.la
libtherapy_core_la_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
libtherapy_core_la_SOURCES = \
	%D%/admission.c \
	%D%/area.c \
	%D%/binding.c \
	%D%/clock.c \
	%D%/conf.c \
	%D%/consent.c \
	%D%/departure.c \
	%D%/effect.c \
	%D%/error.c \
	%D%/inside.h \
	%D%/group.c \
	%D%/invariant.c \
	%D%/invitation.c \
	%D%/keys.c \
	%D%/lasting.c \
	%D%/knock.c \
	%D%/participant.c \
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
	%D%/timing.c \
	%D%/undo.c
