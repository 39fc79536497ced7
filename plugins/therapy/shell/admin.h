/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file admin.h
 * What operators ask for through the Admin API.
 */
#pragma once

#include <jansson.h>

/** The answer to @message, a new reference. Any thread, while the plugin runs; may wait for the disk. */
json_t *thp_admin_handle(json_t *message);
