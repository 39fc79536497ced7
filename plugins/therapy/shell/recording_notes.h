/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file recording_notes.h
 * What the ledger is told of a recording: that it is on, upon whose agreement, that it paused, that it stopped.
 */
#pragma once

#include <therapy/area.h>

/**
 * Notes how recording @id of @room in @area stands, if that is other than @last, which was noted before (NULL:
 * nothing). A recording that is on and cannot be noted is stopped. What is noted now, to be g_freed. W.
 */
char *thp_recording_note(const thp_area *area, const char *room, const char *id,
			 const thp_recording *now, char *last) G_GNUC_WARN_UNUSED_RESULT;

/** Notes that recording @id has stopped, if it was noted before that it was not. Takes @last. */
void thp_recording_note_end(const char *id, char *last);
