/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tiers' and the tuning's tables, their defaults, and what a tier costs on the wire. */
#include <therapy/tier.h>

#include <string.h>

/* Around a packet: IP 20, UDP 8, RTP 12, extension 8, SRTP's tag 16, SFrame 20. */
#define PACKET_BYTES 84
#define RED_BYTES    5 /* RFC 2198's headers for one former frame */
/* Before it is encrypted speech is padded to whole buckets, so that its length tells nothing. */
#define BUCKET_BYTES 128
#define LENGTH_BYTES 2 /* of what is in the bucket */

#define NUMBER(key, min, max, def, doc)                                                            \
	{                                                                                          \
#key, offsetof(thp_tier, key), THP_TIER_NUMBER, min, max, def, doc                 \
	}
#define SWITCH(key, def, doc)                                                                      \
	{                                                                                          \
#key, offsetof(thp_tier, key), THP_TIER_SWITCH, 0, 1, def, doc                     \
	}

static const thp_tier_key tier_keys[] = {
	NUMBER(video_height_px, 0, 1080, 0, "height of a 16:9 picture; 0: no video"),
	NUMBER(video_fps, 0, 60, 0, "pictures a second"),
	NUMBER(video_kbps, 0, 8000, 0, "the video encoder's bit rate, in kbit/s"),
	NUMBER(audio_kbps, 6, 128, 20, "the speech encoder's bit rate, in kbit/s"),
	NUMBER(ptime_ms, 10, 120, 60, "milliseconds of speech in a packet"),
	SWITCH(fec, 1, "Opus in-band error correction"),
	SWITCH(dtx, 0, "no packets in silence; an observer of the network then sees who speaks"),
	{"red", offsetof(thp_tier, red), THP_TIER_RED, THP_RED_OFF, THP_RED_AUTO, THP_RED_AUTO,
	 "each packet repeats the speech of the one before"},
	SWITCH(nack, 1, "lost video packets are sent again; not a choice in Safari"),
};

static const thp_tier_key tuning_keys[] = {
#define TUNING_KEY(name, min, max, def, doc)                                                       \
	{#name, offsetof(thp_tuning, name), THP_TIER_NUMBER, min, max, def, doc},
	THP_TUNING_TABLE(TUNING_KEY)
#undef TUNING_KEY
};

#define N_TIER_KEYS   (sizeof tier_keys / sizeof *tier_keys)
#define N_TUNING_KEYS (sizeof tuning_keys / sizeof *tuning_keys)

static const thp_ladder ladder_default = {
	.n = 5,
	.start = 4,
	.tiers = {
		{"audio_min", 0, 0, 0, 12, 60, true, false, THP_RED_OFF, false},
		{"audio", 0, 0, 0, 20, 60, true, false, THP_RED_AUTO, false},
		{"low", 180, 12, 90, 20, 40, true, false, THP_RED_AUTO, true},
		{"medium", 360, 20, 300, 24, 20, true, false, THP_RED_AUTO, true},
		{"high", 720, 30, 1100, 32, 20, true, false, THP_RED_AUTO, true},
	}};

const thp_tier_key *thp_tier_keys(size_t *n)
{
	*n = N_TIER_KEYS;
	return tier_keys;
}

const thp_tier_key *thp_tier_tuning_keys(size_t *n)
{
	*n = N_TUNING_KEYS;
	return tuning_keys;
}

void thp_tier_ladder_default(thp_ladder *ladder)
{
	*ladder = ladder_default;
}

void thp_tier_tuning_default(thp_tuning *tuning)
{
#define TUNING_DEFAULT(name, min, max, def, doc) tuning->name = (def);
	THP_TUNING_TABLE(TUNING_DEFAULT)
#undef TUNING_DEFAULT
}

static uint32_t value_of(const void *in, const thp_tier_key *key)
{
	const char *at = (const char *)in + key->offset;
	thp_red red;
	bool on;
	uint32_t number;

	switch (key->type) {
	case THP_TIER_SWITCH:
		memcpy(&on, at, sizeof on);
		return on;
	case THP_TIER_RED:
		memcpy(&red, at, sizeof red);
		return (uint32_t)red;
	default:
		memcpy(&number, at, sizeof number);
		return number;
	}
}

static const char *out_of_range(const void *in, const thp_tier_key *keys, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t value = value_of(in, &keys[i]);

		if (value < keys[i].min || value > keys[i].max)
			return keys[i].key;
	}
	return NULL;
}

static bool is_name(const char *name)
{
	size_t length = strnlen(name, THP_TIER_NAME_MAX + 1);

	return length > 0 && length <= THP_TIER_NAME_MAX &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

static bool has_video(const thp_tier *tier)
{
	return tier->video_height_px > 0;
}

static uint32_t total_kbps(const thp_tier *tier)
{
	return thp_tier_audio_wire_kbps(tier, false) + thp_tier_video_wire_kbps(tier->video_kbps);
}

/* A picture has a size, a rate and bits, or none of them. */
static const char *half_a_video(const thp_tier *tier)
{
	if (has_video(tier) != (tier->video_kbps > 0))
		return "video_kbps";
	if (has_video(tier) != (tier->video_fps > 0))
		return "video_fps";
	return NULL;
}

static const char *fault_of(const thp_ladder *ladder, uint32_t i)
{
	const thp_tier *tier = &ladder->tiers[i];
	const thp_tier *below = i > 0 ? &ladder->tiers[i - 1] : NULL;
	const char *fault = out_of_range(tier, tier_keys, N_TIER_KEYS);

	if (!is_name(tier->name) || thp_tier_find(ladder, tier->name) != i)
		return "name";
	if (fault)
		return fault;
	fault = half_a_video(tier);
	if (fault)
		return fault;
	if (below && tier->video_height_px < below->video_height_px)
		return "video_height_px";
	if (below && total_kbps(tier) <= total_kbps(below))
		return has_video(tier) ? "video_kbps" : "audio_kbps";
	return NULL;
}

const char *thp_tier_fault(const thp_ladder *ladder, const thp_tuning *tuning, uint32_t *tier)
{
	*tier = THP_TIERS_MAX;
	if (ladder->n < 1 || ladder->n > THP_TIERS_MAX)
		return "tiers";
	if (ladder->start >= ladder->n)
		return "start";
	for (uint32_t i = 0; i < ladder->n; i++) {
		const char *fault = fault_of(ladder, i);

		*tier = i;
		if (fault)
			return fault;
	}
	*tier = THP_TIERS_MAX;
	if (tuning->loss_soft_permille > tuning->loss_hard_permille)
		return "loss_soft_permille";
	if (tuning->queue_soft_ms > tuning->queue_hard_ms)
		return "queue_soft_ms";
	if (tuning->hold_ms > tuning->hold_max_ms)
		return "hold_ms";
	return out_of_range(tuning, tuning_keys, N_TUNING_KEYS);
}

uint32_t thp_tier_find(const thp_ladder *ladder, const char *name)
{
	for (uint32_t i = 0; i < ladder->n && i < THP_TIERS_MAX; i++) {
		if (strncmp(ladder->tiers[i].name, name, THP_TIER_NAME_MAX + 1) == 0)
			return i;
	}
	return THP_TIERS_MAX;
}

uint32_t thp_tier_red_permille(const thp_ladder *ladder, const thp_tuning *tuning, uint32_t t)
{
	return tuning->red_loss_permille * (t > thp_tier_first_video(ladder) ? 2 : 3) / 2;
}

uint32_t thp_tier_audio_wire_kbps(const thp_tier *tier, bool red)
{
	uint32_t ptime_ms = tier->ptime_ms > 0 ? tier->ptime_ms : 20;
	uint32_t frame = tier->audio_kbps * ptime_ms / 8;
	uint32_t inner = LENGTH_BYTES + (red ? 2 * frame + RED_BYTES : frame);
	uint32_t bytes = (inner + BUCKET_BYTES - 1) / BUCKET_BYTES * BUCKET_BYTES + PACKET_BYTES;

	return (bytes * 8 + ptime_ms - 1) / ptime_ms;
}

uint32_t thp_tier_video_wire_kbps(uint32_t video_kbps)
{
	return video_kbps + (video_kbps * 9 + 99) / 100;
}

uint32_t thp_tier_share_kbps(const thp_ladder *ladder, uint32_t t, uint32_t n)
{
	uint32_t first = thp_tier_first_video(ladder);
	uint32_t below = t > first ? t - 1 : first;

	if (ladder->tiers[t].video_height_px == 0)
		return 0;
	return (ladder->tiers[t].video_kbps + (n - 1) * ladder->tiers[below].video_kbps) / n;
}

uint32_t thp_tier_first_video(const thp_ladder *ladder)
{
	uint32_t i = 0;

	while (i < ladder->n && !has_video(&ladder->tiers[i]))
		i++;
	return i;
}
