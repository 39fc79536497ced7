/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file log.h
 * Our lines in Janus's log. ERR: an operator must act. WARN: odd but handled. INFO: once per step of a
 * life. VERB: once per request. Never a name, an invitation, a key, a text, a media description.
 */
#pragma once

#include <glib.h>

#include <debug.h>

#define log_err(format, ...)  JANUS_LOG(LOG_ERR, "[therapy] " format "\n", ##__VA_ARGS__)
#define log_warn(format, ...) JANUS_LOG(LOG_WARN, "[therapy] " format "\n", ##__VA_ARGS__)
#define log_info(format, ...) JANUS_LOG(LOG_INFO, "[therapy] " format "\n", ##__VA_ARGS__)
#define log_verb(format, ...) JANUS_LOG(LOG_VERB, "[therapy] " format "\n", ##__VA_ARGS__)
