/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file padding.h
 * Padding in front of a step up: empty RTP packets on the video m-line of a receiver, so that its estimate
 * grows before a larger picture has to rely on it. Between pictures only, or while there is none.
 */
#pragma once

#include "media.h"

/** Adds what is due to @hop at @now_us; nothing if none is wanted. Under the publisher's lock. */
void thp_padding_add(const thp_hop *hop, gint64 now_us);
