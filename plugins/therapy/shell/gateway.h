/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file gateway.h
 * The one plugin instance: what Janus gave us, the configuration, and the counters.
 * Constant between init and destroy, but for the atomics.
 */
#pragma once

#include <stdatomic.h>
#include <stdio.h>

#include <glib.h>
#include <jansson.h>
#include <plugins/plugin.h>

#include <therapy/area.h>
#include <therapy/conf.h>

#define THP_PACKAGE "janus.plugin.therapy"

typedef struct thp_gateway {
	janus_callbacks *janus;
	janus_plugin *plugin;
	thp_conf conf;
	GHashTable *areas; /* name -> thp_conf_session, of areas with rules of their own */
	atomic_bool running;
	atomic_bool draining;        /* no session may begin */
	atomic_ullong links;         /* handles made so far; numbers them */
	atomic_ullong relayed;       /* packets handed to receivers, of handles that are gone */
	atomic_ullong dropped;       /* packets of senders without a route, likewise */
	atomic_ullong refused_media; /* media descriptions where none was expected */
	atomic_ullong paced_held;    /* packets of pictures that had to wait for a link */
	atomic_ullong paced_dropped; /* of these, and of what found no room, what never went */
	atomic_ullong unrecorded;    /* packets that a recording lost */
	atomic_ullong errors;        /* requests answered with an error */
	/* tests of the links of those who wait: down and up, by what was found */
	atomic_uint network_tests[2][THP_N_NETWORK_LEVELS];
	atomic_ullong network_packets; /* of padding that these have sent */
} thp_gateway;

extern thp_gateway gateway;
