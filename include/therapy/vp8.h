/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file vp8.h
 * The little of VP8 in RTP (RFC 7741) that a relay has to see, and that end-to-end encryption leaves in
 * clear. Pure; any thread.
 */
#pragma once

#include <glib.h>

/** TRUE if @payload is the beginning of a key frame. */
gboolean thp_vp8_starts_key_frame(const guint8 *payload, gsize length);
