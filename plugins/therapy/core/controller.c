/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the parts of the bandwidth controller share. */
#include <therapy/controller.h>

const char *thp_controller_why_name(thp_why why)
{
	static const char *const names[] = {
#define WHY_NAME(name, text) [THP_WHY_##name] = text,
		THP_WHY_TABLE(WHY_NAME)
#undef WHY_NAME
	};

	return (unsigned)why < THP_N_WHY ? names[why] : "unknown";
}

void thp_controller_add(thp_counters *sum, const thp_counters *more)
{
	for (int i = 0; i < THP_TIERS_MAX; i++)
		sum->tier_ms[i] += more->tier_ms[i];
	for (int i = 0; i < THP_N_WHY; i++) {
		sum->ups[i] += more->ups[i];
		sum->downs[i] += more->downs[i];
	}
	for (int i = 0; i < THP_HISTOGRAM_BUCKETS; i++) {
		sum->loss_permille[i] += more->loss_permille[i];
		sum->queue_ms[i] += more->queue_ms[i];
	}
	sum->probes += more->probes;
	sum->probes_ok += more->probes_ok;
	sum->probes_aborted += more->probes_aborted;
	sum->padding_bytes += more->padding_bytes;
	sum->gates += more->gates;
	sum->gated_ms += more->gated_ms;
}

static void cap_at(thp_tier_range *range, uint32_t cap, thp_why why)
{
	if (cap >= range->cap)
		return;
	range->cap = cap;
	range->why = why;
	if (range->floor > cap)
		range->floor = cap;
}

static void raise_to(thp_tier_range *range, uint32_t floor)
{
	if (floor > range->cap)
		floor = range->cap;
	if (floor <= range->floor)
		return;
	range->floor = floor;
	range->why = THP_WHY_OPS;
}

void thp_controller_narrow(thp_tier_range *range, const thp_override *override, uint32_t cap,
			   thp_why cap_why, int64_t now_us)
{
	bool holds = override->until_us == 0 || now_us < override->until_us;

	if (holds && (override->mode == THP_OVERRIDE_PIN || override->mode == THP_OVERRIDE_CAP))
		cap_at(range, override->tier, THP_WHY_OPS);
	if (holds && (override->mode == THP_OVERRIDE_PIN || override->mode == THP_OVERRIDE_FLOOR))
		raise_to(range, override->tier);
	cap_at(range, cap, cap_why);
}
