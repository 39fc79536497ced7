/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file consent_kantara.h
 * A record as a consent receipt of Kantara 1.1. What somebody said for an emergency is not in it.
 * No state; any thread.
 */
#pragma once

#include <glib.h>

/** The receipt on one line, to be g_freed; NULL for what is no agreement: Kantara knows nothing else. */
char *thp_consent_kantara(const char *record, gsize len) G_GNUC_WARN_UNUSED_RESULT;
