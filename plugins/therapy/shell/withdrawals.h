/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file withdrawals.h
 * Taking back what was agreed to waits for nothing: not for the ledger, not for an area that is being stored, and
 * it reaches the same person wherever else they are. All of W.
 */
#pragma once

#include "call.h"

/** TRUE if @job asks to take something back. */
gboolean thp_withdrawals_is_one(const thp_job *job);

/**
 * @job has to wait for its area: if it takes back what opens a gate, nothing goes to or from whoever is in by it
 * from now on, that person or others in the room, whatever the area says, until the job is run.
 */
void thp_withdrawals_act_first(thp_worker *worker, const thp_job *job);

/** @call has been run, with @err: what was done first is not needed any more, or was wrong. */
void thp_withdrawals_settle(const thp_call *call, thp_err err);

/** Tells the same person's other sessions what @call has taken back; @session_only: those in that room. */
void thp_withdrawals_spread(const thp_call *call, gboolean session_only);

/** The ledger has been asked to keep what @session took back with @transaction. */
void thp_withdrawals_wait(thp_worker *worker, thp_session *session, const char *transaction);

/** The ledger has answered; FALSE if the page was told before that it is not written yet. */
gboolean thp_withdrawals_waited(thp_worker *worker, thp_session *session, const char *transaction);

/** Tells those who have waited for too long that it is not written yet, and counts all the same. */
void thp_withdrawals_look(thp_worker *worker, gint64 now_us);

/** Tells @area what was taken back, perhaps elsewhere; if it is being stored, FALSE, and only the media have heard. */
gboolean thp_withdrawals_take(thp_worker *worker, const char *area, const thp_taken_back *back);
