/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From kbit/s to words and tiers. */
#include <therapy/network.h>

#include <string.h>

#define FULL_PERCENT 95 /* of what a link bears, a tier may take to begin with */
#define MORE_PERCENT 110

#define NUMBER(key, min, max, def, doc)                                                            \
	{                                                                                          \
#key, offsetof(thp_network_rules, key), THP_TIER_NUMBER, min, max, def, doc        \
	}

static const thp_tier_key keys[] = {
	{"policy", offsetof(thp_network_rules, policy), THP_TIER_POLICY, THP_NETWORK_OFF,
	 THP_NETWORK_VOICE, THP_NETWORK_WARN, "what is done about a link that is not good"},
	NUMBER(ms, 1000, 10000, 8000, "milliseconds that the test takes at most, each way"),
	NUMBER(kbytes, 20, 500, 400, "kilobytes that the test sends at most"),
	NUMBER(good_kbps, 30, 5000, 300, "a good link bears as much, each way"),
	NUMBER(picture_kbps, 20, 5000, 110,
	       "a link that bears less is weak: voice, and no picture"),
};

#define N_KEYS (sizeof keys / sizeof *keys)

static const char *const level_names[THP_N_NETWORK_LEVELS] = {
	[THP_NETWORK_UNKNOWN] = "unknown", [THP_NETWORK_TESTING] = "testing",
	[THP_NETWORK_GOOD] = "good",       [THP_NETWORK_FAIR] = "fair",
	[THP_NETWORK_WEAK] = "weak",
};

static const char *const policy_names[THP_N_NETWORK_POLICIES] = {
	[THP_NETWORK_OFF] = "off",
	[THP_NETWORK_INFORM] = "inform",
	[THP_NETWORK_WARN] = "warn",
	[THP_NETWORK_VOICE] = "voice",
};

const thp_tier_key *thp_network_keys(size_t *n)
{
	*n = N_KEYS;
	return keys;
}

void thp_network_rules_default(thp_network_rules *rules)
{
	memset(rules, 0, sizeof *rules);
	rules->policy = (thp_network_policy)keys[0].number;
	for (size_t i = 1; i < N_KEYS; i++)
		*(uint32_t *)((char *)rules + keys[i].offset) = keys[i].number;
}

const char *thp_network_fault(const thp_network_rules *rules)
{
	return rules->picture_kbps > rules->good_kbps ? "picture_kbps" : NULL;
}

const char *thp_network_level_name(thp_network_level level)
{
	return (unsigned)level < THP_N_NETWORK_LEVELS ? level_names[level] : level_names[0];
}

const char *thp_network_policy_name(thp_network_policy policy)
{
	return (unsigned)policy < THP_N_NETWORK_POLICIES ? policy_names[policy] : policy_names[0];
}

/* ---- what follows ---- */

static uint32_t cost_kbps(const thp_tier *tier)
{
	return thp_tier_audio_wire_kbps(tier, false) + thp_tier_video_wire_kbps(tier->video_kbps);
}

uint32_t thp_network_most_kbps(const thp_ladder *ladder)
{
	return cost_kbps(&ladder->tiers[ladder->n - 1]) * MORE_PERCENT / 100;
}

/* The highest tier that fits at its full rate: what is too little is soon proven wrong, too much hurts at once. */
static uint32_t fitting_tier(const thp_ladder *ladder, uint32_t kbps)
{
	uint32_t t = ladder->n - 1;

	while (t > 0 &&
	       (uint64_t)cost_kbps(&ladder->tiers[t]) * 100 > (uint64_t)kbps * FULL_PERCENT)
		t--;
	return t;
}

static uint32_t first_tier(const thp_ladder *ladder, const thp_network_way *way)
{
	if (!way->known)
		return ladder->start;
	uint32_t fits = fitting_tier(ladder, way->kbps);

	return way->limited || fits > ladder->start ? fits : ladder->start;
}

static thp_network_level level_of(const thp_network_rules *rules, const thp_network_way *way)
{
	if (!way->known)
		return THP_NETWORK_UNKNOWN;
	if (!way->limited || way->kbps >= rules->good_kbps)
		return THP_NETWORK_GOOD;
	return way->kbps >= rules->picture_kbps ? THP_NETWORK_FAIR : THP_NETWORK_WEAK;
}

static uint32_t under(uint32_t tier, uint32_t most)
{
	return tier < most ? tier : most;
}

thp_network_verdict thp_network_judge(const thp_network_rules *rules, const thp_ladder *ladder,
				      const thp_network_way *down, const thp_network_way *up)
{
	thp_network_verdict v = {.down_tier = first_tier(ladder, down),
				 .up_tier = first_tier(ladder, up)};
	thp_network_level one = level_of(rules, down), other = level_of(rules, up);
	uint32_t pictures = thp_tier_first_video(ladder);

	v.word.level = one > other ? one : other;
	v.word.warn = rules->policy >= THP_NETWORK_WARN && v.word.level >= THP_NETWORK_FAIR;
	v.word.voice_only = rules->policy >= THP_NETWORK_VOICE &&
			    v.word.level == THP_NETWORK_WEAK && pictures > 0;
	if (v.word.voice_only) {
		v.down_tier = under(v.down_tier, pictures - 1);
		v.up_tier = under(v.up_tier, pictures - 1);
	}
	return v;
}
