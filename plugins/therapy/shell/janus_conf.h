/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file janus_conf.h
 * The configuration file, read by Janus's own reader.
 */
#pragma once

#include <therapy/conf.h>

/**
 * Reads janus.plugin.therapy.jcfg in @folder into @conf; a missing file means the defaults. What areas have of
 * their own goes to @areas: name to thp_conf_session, both freed with g_free().
 * On error a line in the log says which key is wrong and what is allowed.
 */
thp_err thp_janus_conf_load(const char *folder, thp_conf *conf,
			    GHashTable *areas) G_GNUC_WARN_UNUSED_RESULT;
