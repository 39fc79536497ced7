/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file conf_tiers.h
 * The part of the configuration that can be changed while calls go on: the tiers, the thresholds, and the test of
 * a waiting person's link.
 *
 * Section `adapt` names the tiers, cheapest first, the one to begin with, and the thresholds; each tier
 * NAME has a section `tier_NAME`; `network_test` is the test. What each value may be is in the tables of tier.h and
 * network.h. Any thread.
 */
#pragma once

#include <therapy/conf.h>
#include <therapy/network.h>

#define THP_CONF_ADAPT   "adapt"
#define THP_CONF_TIER    "tier_"
#define THP_CONF_NETWORK "network_test"

/** All of it, always loaded together. */
typedef struct thp_conf_tiers {
	thp_ladder ladder;
	thp_tuning tuning;
	thp_network_rules network;
} thp_conf_tiers;

/**
 * Fills @out from the defaults and from what @get gives; a tier with the name of a default one has
 * that one's values unless told otherwise. CONF_VALUE if a value is out of range or the tiers do not
 * rise: @why then says which key and what is allowed, never the value, and @out must not be used.
 */
thp_err thp_conf_tiers_load(thp_conf_tiers *out, thp_conf_getter get, void *ctx,
			    GString *why) G_GNUC_WARN_UNUSED_RESULT;

/** TRUE if @section and @key are of this part; of any tier, even one that is not in use. */
gboolean thp_conf_tiers_knows(const char *section, const char *key);
