/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who gets what, and who sends what, in one room. */
#include <therapy/allot.h>

#include <string.h>

#define RAISE_US       1000000 /* at most so often is a sender told to send more */
#define RAISE_PERCENT  105     /* and by no less */
#define REMB_LEAST     30
#define LARGE_CROWD    4 /* from so many people on, nobody sends the third layer */
#define RED_US         30000000
#define SINGLE_PERCENT 50 /* of a tier's rate, for which its size is still worth it */

/* Layers are the tiers with video, lowest first. */
typedef struct layers {
	uint32_t first, n;
} layers;

/* What a camera sends that has one size for all. */
typedef struct single {
	uint32_t tier, kbps;
	thp_why why; /* it is not larger */
} single;

typedef struct room {
	const thp_allot_person *people;
	uint32_t present;
	layers layers;
	single singles[THP_CROWD_MAX];
} room;

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static const thp_tier *layer_tier(const thp_allot *allot, const room *r, uint32_t layer)
{
	return &allot->ladder->tiers[r->layers.first + layer];
}

static bool receives(const thp_allot_person *p)
{
	return p->present && p->down;
}

static bool films(const thp_allot_person *p)
{
	return p->present && p->video && p->up;
}

/* ---- a camera with one size for all ---- */

/*
 * It is made for who can take most, with room for everybody else's picture. Who cannot gets none, rather than a
 * small one for all: so a weak link changes nobody else's.
 */
static single make_single(const thp_allot *allot, const room *r, uint32_t from)
{
	const thp_tier *tiers = allot->ladder->tiers;
	const thp_uplink_decision *up = r->people[from].up;
	single s = {.tier = least(up->tier, allot->ladder->n - 1)};
	uint32_t best = r->layers.first;

	for (uint32_t i = 0; i < THP_CROWD_MAX; i++) {
		const thp_downlink_decision *down = r->people[i].down;

		if (i == from || !receives(&r->people[i]) || down->tier < best)
			continue;
		s.why = down->tier > best || s.why == THP_WHY_START ? down->why : s.why;
		best = down->tier;
	}
	if (up->tier < best)
		s.why = THP_WHY_UPLINK;
	uint32_t share =
		thp_tier_share_kbps(allot->ladder, best, r->present > 1 ? r->present - 1 : 1);
	uint32_t most = least(share, up->video_kbps);

	while (s.tier > r->layers.first && most * 100 < tiers[s.tier].video_kbps * SINGLE_PERCENT)
		s.tier--;
	s.kbps = least(most, tiers[s.tier].video_kbps);
	return s;
}

static room look(const thp_allot *allot, const thp_allot_person *people)
{
	room r = {.people = people};

	for (int i = 0; i < THP_CROWD_MAX; i++)
		r.present += people[i].present;
	r.layers.first = thp_tier_first_video(allot->ladder);
	r.layers.n = least(allot->ladder->n - r.layers.first, THP_LAYERS_MAX);
	if (r.present >= LARGE_CROWD && r.layers.n == THP_LAYERS_MAX)
		r.layers.n--;
	for (uint32_t i = 0; r.layers.n > 0 && i < THP_CROWD_MAX; i++) {
		if (films(&people[i]) && !people[i].simulcast)
			r.singles[i] = make_single(allot, &r, i);
	}
	return r;
}

/* How many layers a camera can send: one without simulcast, and what its own link bears. */
static uint32_t layers_of(const room *r, const thp_allot_person *p)
{
	if (!films(p) || p->up->tier < r->layers.first)
		return 0;
	return p->simulcast ? least(r->layers.n, p->up->tier - r->layers.first + 1) : 1;
}

/* ---- a receiver's budget ---- */

typedef int8_t picks[THP_CROWD_MAX];

/* The therapist, then whom @to looks at, then the others as they came. */
static bool serves_before(const room *r, uint32_t to, uint32_t a, uint32_t b)
{
	if (r->people[a].first != r->people[b].first)
		return r->people[a].first;
	return r->people[to].view == a;
}

/* The cameras that @to could see, in the order in which they are served. */
static uint32_t order(const room *r, uint32_t to, uint8_t *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < THP_CROWD_MAX; i++) {
		uint32_t at = n;

		if (i == to || layers_of(r, &r->people[i]) == 0)
			continue;
		for (; at > 0 && serves_before(r, to, i, out[at - 1]); at--)
			out[at] = out[at - 1];
		out[at] = (uint8_t)i;
		n++;
	}
	return n;
}

static uint32_t layer_kbps(const thp_allot *allot, const room *r, uint32_t who, int8_t layer)
{
	if (layer < 0)
		return 0;
	return r->people[who].simulcast ? layer_tier(allot, r, (uint32_t)layer)->video_kbps
					: r->singles[who].kbps;
}

static uint32_t step_kbps(const thp_allot *allot, const room *r, uint32_t who, int8_t from)
{
	return layer_kbps(allot, r, who, (int8_t)(from + 1)) - layer_kbps(allot, r, who, from);
}

/* Everybody's smallest picture first, in order; then one step up each, in order, as far as it goes. */
static void share(const thp_allot *allot, const room *r, uint32_t to, uint32_t kbps, picks out)
{
	uint8_t served[THP_CROWD_MAX];
	uint32_t n = order(r, to, served);

	memset(out, THP_NO_LAYER, sizeof(picks));
	for (int8_t layer = THP_NO_LAYER; layer + 1 < (int8_t)r->layers.n; layer++) {
		for (uint32_t i = 0; i < n; i++) {
			uint32_t who = served[i];

			if (out[who] != layer ||
			    layer + 1 >= (int8_t)layers_of(r, &r->people[who]) ||
			    step_kbps(allot, r, who, layer) > kbps)
				continue;
			kbps -= step_kbps(allot, r, who, layer);
			out[who]++;
		}
	}
}

/* The least that a receiver's budget was in the last while: only that pays for a larger picture. */
static uint32_t steady_kbps(thp_allot *allot, uint32_t who, uint32_t kbps, int64_t now_us)
{
	int64_t hold_us = (int64_t)allot->tuning->layer_hold_ms * 1000;

	if (kbps <= allot->least_kbps[who] || allot->least_us[who] == 0 ||
	    now_us - allot->least_us[who] > 2 * hold_us) {
		allot->least_kbps[who] = kbps;
		allot->least_us[who] = now_us;
	} else if (now_us - allot->least_us[who] > hold_us) {
		allot->least_kbps[who] = kbps;
		allot->least_us[who] = now_us;
		return kbps;
	}
	return allot->least_kbps[who];
}

/* What the camera that @to is served first takes at its least. */
static uint32_t first_kbps(const thp_allot *allot, const room *r, uint32_t to)
{
	uint8_t served[THP_CROWD_MAX];

	return order(r, to, served) > 0 ? layer_kbps(allot, r, served[0], 0) : 0;
}

static void choose(thp_allot *allot, const room *r, uint32_t to, int64_t now_us)
{
	const thp_downlink_decision *down = r->people[to].down;
	uint32_t kbps = r->layers.first <= down->tier ? down->video_kbps : 0;
	picks now, later;

	allot->now.first_kbps[to] = first_kbps(allot, r, to);
	share(allot, r, to, kbps, now);
	share(allot, r, to, steady_kbps(allot, to, kbps, now_us), later);
	for (int i = 0; i < THP_CROWD_MAX; i++) {
		int8_t was = allot->now.layer[to][i];
		int8_t to_be = was;

		if (to_be < later[i])
			to_be = later[i];
		if (to_be > now[i])
			to_be = now[i];
		/* A first picture need not wait. */
		if (was == THP_NO_LAYER && now[i] != THP_NO_LAYER && to_be == THP_NO_LAYER)
			to_be = 0;
		allot->now.switched[to][i] = to_be != was && to_be != THP_NO_LAYER;
		allot->now.layer[to][i] = to_be;
		if (to_be != THP_NO_LAYER)
			allot->now.down_kbps[to] +=
				thp_tier_video_wire_kbps(layer_kbps(allot, r, (uint32_t)i, to_be));
	}
}

/* ---- what is sent ---- */

/* Each change of it is an agreement anew, so it is not given up at once. RED that one cannot hear is no speech. */
static bool needs_red(thp_allot *allot, uint32_t from, bool now, bool possible, int64_t now_us)
{
	if (now)
		allot->red_us[from] = now_us;
	return possible && allot->red_us[from] > 0 && now_us - allot->red_us[from] < RED_US;
}

/* Speech is made for the weakest of those who hear it. */
static void speak(thp_allot *allot, const room *r, uint32_t from, thp_directive *d, int64_t now_us)
{
	const thp_allot_person *p = &r->people[from];
	uint32_t t = p->up ? p->up->tier : allot->ladder->n - 1;
	bool red = p->up && p->up->red, possible = p->red_out;

	for (uint32_t i = 0; i < THP_CROWD_MAX; i++) {
		if (i == from || !receives(&r->people[i]))
			continue;
		t = least(t, r->people[i].down->tier);
		red = red || r->people[i].down->red;
		possible = possible && r->people[i].red_in;
	}
	const thp_tier *tier = &allot->ladder->tiers[t];

	d->audio_kbps = tier->audio_kbps;
	d->ptime_ms = tier->ptime_ms;
	d->fec = tier->fec;
	d->dtx = tier->dtx;
	red = needs_red(allot, from, red && tier->red == THP_RED_AUTO, possible, now_us);
	d->red = (tier->red == THP_RED_ON && possible) || (tier->red == THP_RED_AUTO && red);
}

static thp_encoding encoding(const thp_tier *tier, uint32_t kbps, bool active)
{
	return (thp_encoding){active, tier->video_height_px, tier->video_fps, kbps};
}

/* One receiver: the encoder makes exactly what both links bear. */
static void film_for_one(const thp_allot *allot, const thp_allot_person *from,
			 const thp_allot_person *to, thp_directive *d)
{
	const thp_uplink_decision *up = from->up;
	bool by_up = up->tier < to->down->tier;
	uint32_t t = by_up ? up->tier : to->down->tier;
	const thp_tier *tier = &allot->ladder->tiers[t];
	uint32_t kbps = least(least(up->video_kbps, to->down->video_kbps), tier->video_kbps);

	d->tier = t;
	d->why = by_up ? THP_WHY_UPLINK : to->down->why;
	d->n_encodings = 1;
	d->camera_paused = tier->video_height_px == 0;
	d->encodings[0] = encoding(tier, kbps, !d->camera_paused);
	d->remb_kbps = d->camera_paused ? REMB_LEAST : thp_tier_video_wire_kbps(kbps);
}

static void film_for_many(thp_allot *allot, const room *r, uint32_t from, thp_directive *d,
			  int64_t now_us)
{
	const thp_allot_person *p = &r->people[from];
	uint32_t can = layers_of(r, p);
	uint32_t wire_kbps = 0;

	d->tier = can > 0 ? r->layers.first : p->up->tier;
	d->why = can > 0 ? THP_WHY_NOBODY : THP_WHY_UPLINK;
	d->n_encodings = p->simulcast ? r->layers.n : 1;
	d->camera_paused = true;
	for (uint32_t l = 0; l < d->n_encodings; l++) {
		uint32_t t = p->simulcast ? r->layers.first + l : r->singles[from].tier;
		const thp_tier *tier = &allot->ladder->tiers[t];
		uint32_t kbps = layer_kbps(allot, r, from, (int8_t)l);

		for (uint32_t i = 0; i < THP_CROWD_MAX; i++) {
			if (receives(&r->people[i]) && allot->now.layer[i][from] == (int8_t)l)
				allot->taken_us[from][l] = now_us;
		}
		bool on = l < can && allot->taken_us[from][l] > 0 &&
			  now_us - allot->taken_us[from][l] <=
				  (int64_t)allot->tuning->layer_hold_ms * 1000;

		d->encodings[l] = encoding(tier, kbps, on);
		if (!on)
			continue;
		d->tier = t;
		d->why = p->simulcast ? p->up->why : r->singles[from].why;
		d->camera_paused = false;
		wire_kbps += thp_tier_video_wire_kbps(kbps);
	}
	d->remb_kbps = wire_kbps > 0 ? wire_kbps : REMB_LEAST;
}

static bool same_encoding(const thp_encoding *a, const thp_encoding *b)
{
	return a->active == b->active && a->height_px == b->height_px && a->fps == b->fps &&
	       a->kbps == b->kbps;
}

static bool same_speech(const thp_directive *a, const thp_directive *b)
{
	return a->audio_kbps == b->audio_kbps && a->ptime_ms == b->ptime_ms && a->fec == b->fec &&
	       a->dtx == b->dtx && a->red == b->red;
}

/* All but the rate of a single encoding, which moves on its own. */
static bool same_shape(const thp_directive *a, const thp_directive *b)
{
	thp_encoding first = a->encodings[0];

	first.kbps = b->encodings[0].kbps;
	return a->tier == b->tier && a->camera_paused == b->camera_paused && a->why == b->why &&
	       a->n_encodings == b->n_encodings && same_speech(a, b) &&
	       same_encoding(&first, &b->encodings[0]) &&
	       same_encoding(&a->encodings[1], &b->encodings[1]) &&
	       same_encoding(&a->encodings[2], &b->encodings[2]);
}

/* Less at once, a little more not at every tick: each change costs the encoder a moment. */
static bool worth_telling(const thp_allot *allot, uint32_t who, const thp_directive *d,
			  int64_t now_us)
{
	uint32_t was = allot->now.send[who].encodings[0].kbps;
	uint32_t now = d->encodings[0].kbps;

	if (!same_shape(&allot->now.send[who], d) || now < was)
		return true;
	return now > was && now_us - allot->raised_us[who] >= RAISE_US &&
	       (now * 100 >= was * RAISE_PERCENT ||
		d->remb_kbps > allot->now.send[who].remb_kbps + 20);
}

static void direct(thp_allot *allot, const room *r, uint32_t from, const thp_allot_person *only,
		   int64_t now_us)
{
	const thp_allot_person *p = &r->people[from];
	thp_directive d;

	memset(&d, 0, sizeof d);
	if (!p->present || !p->up) {
		allot->now.send[from] = d;
		return;
	}
	speak(allot, r, from, &d, now_us);
	if (!p->video)
		d.tier = least(p->up->tier, only ? only->down->tier : allot->ladder->n - 1);
	else if (only)
		film_for_one(allot, p, only, &d);
	else
		film_for_many(allot, r, from, &d, now_us);
	if (!worth_telling(allot, from, &d, now_us))
		return;
	if (d.encodings[0].kbps > allot->now.send[from].encodings[0].kbps)
		allot->raised_us[from] = now_us;
	allot->now.send[from] = d;
	allot->now.sent_changed |= 1u << from;
}

/* ---- the room ---- */

static void choose_for_two(thp_allot *allot, const room *r, uint32_t to)
{
	const thp_downlink_decision *down = r->people[to].down;

	for (uint32_t i = 0; i < THP_CROWD_MAX; i++) {
		int8_t was = allot->now.layer[to][i];
		bool seen = i != to && films(&r->people[i]) && down->tier >= r->layers.first;

		allot->now.layer[to][i] = seen ? 0 : THP_NO_LAYER;
		allot->now.switched[to][i] = seen && was == THP_NO_LAYER;
		if (seen)
			allot->now.down_kbps[to] = thp_tier_video_wire_kbps(down->video_kbps);
	}
}

/* The one who receives @from, if there is no more than one. */
static const thp_allot_person *only_receiver(const room *r, uint32_t from)
{
	const thp_allot_person *only = NULL;

	for (uint32_t i = 0; i < THP_CROWD_MAX; i++) {
		if (i == from || !receives(&r->people[i]))
			continue;
		if (only)
			return NULL;
		only = &r->people[i];
	}
	return only;
}

void thp_allot_init(thp_allot *allot, const thp_ladder *ladder, const thp_tuning *tuning)
{
	memset(allot, 0, sizeof *allot);
	memset(allot->now.layer, THP_NO_LAYER, sizeof allot->now.layer);
	thp_allot_reload(allot, ladder, tuning);
}

void thp_allot_reload(thp_allot *allot, const thp_ladder *ladder, const thp_tuning *tuning)
{
	allot->ladder = ladder;
	allot->tuning = tuning;
}

const thp_allotment *thp_allot_tick(thp_allot *allot, const thp_allot_person people[THP_CROWD_MAX],
				    int64_t now_us)
{
	room r = look(allot, people);

	allot->now.sent_changed = 0;
	memset(allot->now.down_kbps, 0, sizeof allot->now.down_kbps);
	memset(allot->now.first_kbps, 0, sizeof allot->now.first_kbps);
	for (uint32_t i = 0; i < THP_CROWD_MAX; i++) {
		if (!receives(&people[i])) {
			memset(allot->now.layer[i], THP_NO_LAYER, sizeof allot->now.layer[i]);
			memset(allot->now.switched[i], 0, sizeof allot->now.switched[i]);
			allot->least_us[i] = 0;
		} else if (r.present <= 2) {
			choose_for_two(allot, &r, i);
		} else {
			choose(allot, &r, i, now_us);
		}
	}
	for (uint32_t i = 0; i < THP_CROWD_MAX; i++) {
		const thp_allot_person *only = r.present <= 2 ? only_receiver(&r, i) : NULL;

		direct(allot, &r, i, only, now_us);
	}
	return &allot->now;
}
