/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What downlink.c asks of sense.c: the signals of one link, as figures. */
#pragma once

#include "lag.h"

void sense_init(thp_downlink_sense *sense, int64_t now_us);
void sense_alive(thp_downlink_sense *sense, int64_t now_us);
void sense_rr(thp_downlink_sense *sense, uint32_t line, const thp_rr *rr, int64_t now_us);
void sense_remb(thp_downlink_sense *sense, uint64_t bps, int64_t now_us);
void sense_report(thp_downlink_sense *sense, const thp_receiver_report *report, int64_t now_us);

/* Takes what was sent and works the figures out. */
void sense_tick(thp_downlink_sense *sense, const thp_sent *sent, int64_t now_us);

/* Forgets what was lost and concealed, and does not count what is lost until @until_us. */
void sense_forget_losses(thp_downlink_sense *sense, int64_t until_us);

/* The estimate if it is no older than @age_us, else 0. */
uint32_t sense_estimate_kbps(const thp_downlink_sense *sense, int64_t age_us, int64_t now_us);
