/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file janus_conf.h
 * The configuration file, read by Janus's own reader.
 */
#pragma once

#include <therapy/admin.h>
#include <therapy/conf_tiers.h>

/**
 * Reads janus.plugin.therapy.jcfg in @folder into @conf and @tiers; a missing file means the defaults. What areas have of
 * their own goes to @areas: name to thp_conf_session, both freed with g_free().
 * On error a line in the log says which key is wrong and what is allowed.
 */
thp_err thp_janus_conf_load(const char *folder, thp_conf *conf, GHashTable *areas,
			    thp_conf_tiers *tiers) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Reads the tiers and thresholds of that file again into @tiers, with @n values over it. Nothing is put in
 * force. On error @why says in words which key is wrong and what is allowed.
 */
thp_err thp_janus_conf_reload(const char *folder, const thp_admin_value *values, guint n,
			      thp_conf_tiers *tiers, GString *why) G_GNUC_WARN_UNUSED_RESULT;
