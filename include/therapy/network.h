/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file network.h
 * What a short test of a waiting person's link has found, each way, and what follows from it: words for
 * people, and the tier that a session begins on.
 *
 * Plain values and pure functions; any thread. sounding.h finds out the way down, arrival.h the way up.
 */
#pragma once

#include <therapy/tier.h>

/** What is done with what was found. */
typedef enum thp_network_policy {
	THP_NETWORK_OFF,    /* nothing is tested */
	THP_NETWORK_INFORM, /* people are told how it is, and the session begins on a tier that fits */
	THP_NETWORK_WARN,  /* also: who is not on a good link is warned, and told what helps */
	THP_NETWORK_VOICE, /* also: a weak link begins with voice only */
	THP_N_NETWORK_POLICIES
} thp_network_policy;

/** How a test is made and judged: section `network_test` of the configuration. */
typedef struct thp_network_rules {
	thp_network_policy policy;
	uint32_t ms;           /* that it takes at most, each way */
	uint32_t kbytes;       /* of padding that it sends at most */
	uint32_t good_kbps;    /* a good link bears as much, each way */
	uint32_t picture_kbps; /* a link that bears less is weak */
} thp_network_rules;

/** One way of a link. */
typedef struct thp_network_way {
	bool known;
	bool limited;  /* the link bears no more than kbps; otherwise at least that much */
	uint32_t kbps; /* on the wire */
	bool over;     /* its test: nothing more will be known of it */
} thp_network_way;

typedef enum thp_network_level {
	THP_NETWORK_UNKNOWN,
	THP_NETWORK_TESTING,
	THP_NETWORK_GOOD,
	THP_NETWORK_FAIR, /* a small picture */
	THP_NETWORK_WEAK, /* voice */
	THP_N_NETWORK_LEVELS
} thp_network_level;

/** What people are told. */
typedef struct thp_network_word {
	thp_network_level level;
	bool warn;       /* there is something to do about it */
	bool voice_only; /* the session will begin with voice only */
} thp_network_word;

/** What follows from both ways. */
typedef struct thp_network_verdict {
	thp_network_word word;
	uint32_t down_tier, up_tier; /* to begin on */
} thp_network_verdict;

/** Judges what is known of the two ways; of what is not known nothing bad is thought. */
thp_network_verdict thp_network_judge(const thp_network_rules *rules, const thp_ladder *ladder,
				      const thp_network_way *down, const thp_network_way *up);

/** kbit/s on the wire one way of the highest tier, and a tenth more: what is worth testing. */
uint32_t thp_network_most_kbps(const thp_ladder *ladder);

/** The name on the wire and in metrics ("weak"). Static string. */
const char *thp_network_level_name(thp_network_level level);

/** The name in the configuration ("warn"). Static string. */
const char *thp_network_policy_name(thp_network_policy policy);

/** What may be in section `network_test`; offsets are in thp_network_rules. @n is set to their number. Static. */
const thp_tier_key *thp_network_keys(size_t *n);

/** Fills @rules with the defaults of the table. */
void thp_network_rules_default(thp_network_rules *rules);

/** NULL if @rules fit together; otherwise the key to blame, a static string. */
const char *thp_network_fault(const thp_network_rules *rules);
