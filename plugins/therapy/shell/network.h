/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file network.h
 * The links of those who wait are tested once, each way, as soon as it stands: padding goes down, what comes up is
 * looked at. Padding is no media: nothing of anybody is in it, and it is not counted as relayed.
 *
 * All of it on the worker that the people belong to.
 */
#pragma once

#include <therapy/network.h>
#include <therapy/request.h>

#include "session.h"

typedef struct thp_worker thp_worker;

/** What a worker has of this. */
typedef struct thp_network {
	thp_worker *worker; /* borrowed */
	GPtrArray *tests;   /* of thp_network_test, owned: those under way */
	gint64 ticked_us;
} thp_network;

void thp_network_init(thp_network *network, thp_worker *worker);
void thp_network_clear(thp_network *network);

/** Begins what can be tested of @participant now and has not been; nothing unless they wait. */
void thp_network_look(thp_network *network, thp_session *participant);

/** Ends what is under way of @participant: they do not wait any more, or are gone. */
void thp_network_leave(thp_session *participant);

/** A report of @participant's page. */
void thp_network_report(thp_session *participant, const thp_request *request, gint64 now_us);

/** When thp_network_tick() is due; G_MAXINT64 while nothing is tested. */
gint64 thp_network_deadline(const thp_network *network);

/** Goes on with every test, and tells those whom it concerns what was found. */
void thp_network_tick(thp_network *network, gint64 now_us);
