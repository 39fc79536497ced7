/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file receiver.h
 * The receiver handle of a person: tied by a ticket, offered pairs of m-lines, and more of them when the
 * area grows. All of it on the worker of the person's area.
 */
#pragma once

#include "worker.h"

/**
 * `receive`: ties @receiver to @participant, who has no other now (or offers anew, with another ICE
 * session if @restart).
 */
thp_err thp_receiver_start(thp_session *receiver, thp_session *participant, guint pairs,
			   gboolean restart, const char *transaction) G_GNUC_WARN_UNUSED_RESULT;

/** `answer`: takes the page's answer to the offer that is out; *pairs is what was agreed. */
thp_err thp_receiver_answer(thp_session *receiver, const thp_jsep *jsep,
			    guint *pairs) G_GNUC_WARN_UNUSED_RESULT;

/** Offers @pairs to the receiver handle of @participant, now or as soon as the offer that is out is answered. */
void thp_receiver_offer_more(thp_session *participant, guint pairs);

/** After an answer: makes the offer that had to wait, if any. */
void thp_receiver_go_on(thp_session *receiver);

/** Unties and closes the receiver handle of @participant, if there is one. */
void thp_receiver_close(thp_session *participant);
