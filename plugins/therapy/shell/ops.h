/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file ops.h
 * What operators see and change of bandwidth: through the Admin API, and in the file for Prometheus.
 */
#pragma once

#include <jansson.h>
#include <therapy/admin.h>

/** Remembers where the configuration is read from. Before anything else of this; at init. */
void thp_ops_init(const char *conf_folder);

/** Answers a request of the Admin API about bandwidth; never NULL. Any thread, while the workers run. */
json_t *thp_ops_answer(const thp_admin *asked);

/** Writes conf.metrics_file if it is due. One worker. */
void thp_ops_write_due(gint64 now_us);

/** When that is; G_MAXINT64 without such a file. One worker. */
gint64 thp_ops_deadline(void);
