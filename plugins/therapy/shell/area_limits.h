/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file area_limits.h
 * From the keys of the configuration to the limits of an area.
 */
#pragma once

#include <therapy/area.h>
#include <therapy/conf.h>

/** The limits of an area by @conf, with @session in the place of what it says of sessions. */
thp_area_limits thp_limits_of(const thp_conf *conf, const thp_conf_session *session);
