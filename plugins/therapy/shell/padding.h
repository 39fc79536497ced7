/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file padding.h
 * Padding in front of a step up, and to try the link of somebody who waits: empty RTP packets on the video m-line of
 * a receiver. Between pictures only, or while there is none.
 */
#pragma once

#include "media.h"

/** Adds what is due to @hop at @now_us; nothing if none is wanted. Under the publisher's lock. */
void thp_padding_add(const thp_hop *hop, gint64 now_us);

/**
 * Adds what is due to pair @slot of @receiver, on which nothing else is sent; the same lock as for whatever might be.
 */
void thp_padding_fill(thp_session *receiver, guint slot, gint64 now_us);
