/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file recordings.h
 * Between the core, which says what is recorded, and the tapes that it goes to.
 */
#pragma once

#include "call.h"

/** Looks whether what recording.enabled wants is there, and says in the log what is not. After the consents. */
gboolean thp_recordings_open(void);

/** Lets the recorder run. */
void thp_recordings_start(void);

/** Ends what is being recorded. When no worker runs. */
void thp_recordings_close(void);

/** The rules for areas; all zero if nothing is recorded. */
thp_recording_rules thp_recordings_rules(void);

/** Puts what @area says of @room in force. Its worker. */
void thp_recordings_put(const thp_area *area, const char *room);

/** The event that tells @who, who is in @room, how it stands. */
json_t *thp_recordings_view(const thp_area *area, const char *room, const char *who);

/**
 * @session asks for something that must not wait until the area has done with the disk: what stops a recording
 * stops the writing at once. Its worker; what the request comes to is decided when it is run, and then
 * thp_recordings_mend() lets go on what was not to stop.
 */
void thp_recordings_hurry(thp_worker *worker, const thp_job *job);
void thp_recordings_mend(thp_worker *worker, const char *area);

/** record, record_stop and record_key. */
thp_err thp_recordings_call(thp_call *call);
