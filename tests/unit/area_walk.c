/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Random walks through an area. After every event the area must be as a slow model says, the
 * effects must lead there without a moment at which anybody unadmitted is heard or hears, and an
 * error must have changed nothing. A walk that fails is made as short as it goes, and printed.
 *
 * Every run walks other ways; --seed repeats one (the seed is in the output). THP_WALKS=n walks
 * more.
 */
#include "walk_watch.h"

#include <stdlib.h>
#include <string.h>

#define WALKS     400
#define STEPS     300
#define TICKS_MAX 8 /* until time has nothing more to do */

/* ---- the steps ---- */

static int pick(GRand *rand, int n)
{
	return g_rand_int_range(rand, 0, n);
}

/* -1 rarely, TRUE mostly */
static int up(GRand *rand)
{
	static const int values[] = {-1, 0, 1, 1, 1, 1};

	return values[pick(rand, G_N_ELEMENTS(values))];
}

static thp_request_kind pick_request(GRand *rand)
{
	static const thp_request_kind often[] = {
		THP_REQ_ADMIT,  THP_REQ_ADMIT,   THP_REQ_ADMIT, THP_REQ_ADMIT,  THP_REQ_ADMIT,
		THP_REQ_ADMIT,  THP_REQ_HOLD,    THP_REQ_DENY,  THP_REQ_MEDIA,  THP_REQ_MEDIA,
		THP_REQ_REMOVE, THP_REQ_PUBLISH, THP_REQ_LOCK,  THP_REQ_UNLOCK, THP_REQ_UNLOCK};

	thp_request_kind kind = (thp_request_kind)pick(rand, THP_N_REQUESTS);

	/* Keys, time and recordings are other stories, told in keys.c, clock.c, timing.c and recording.c. */
	if (pick(rand, 5) == 0 && kind != THP_REQ_E2EE && kind != THP_REQ_EXTEND &&
	    kind != THP_REQ_PAUSE && kind != THP_REQ_RESUME &&
	    (kind < THP_REQ_RECORD || kind > THP_REQ_RECORD_KEY))
		return kind;
	return often[pick(rand, G_N_ELEMENTS(often))];
}

static walk_kind pick_kind(GRand *rand)
{
	int n = pick(rand, 1000);

	return n < 200   ? WALK_KNOCK
	       : n < 600 ? WALK_REQUEST
	       : n < 640 ? WALK_LOST
	       : n < 870 ? WALK_PATHS
	       : n < 999 ? WALK_TICK
			 : WALK_SHUTDOWN;
}

static walk_step pick_step(GRand *rand)
{
	walk_step s = {.kind = pick_kind(rand)};

	s.who = pick(rand, WALK_CAST);
	s.request = pick_request(rand);
	/* Most of what is asked is asked by those who may. */
	if (s.kind == WALK_REQUEST && s.request >= THP_REQ_ADMIT && pick(rand, 6) > 0)
		s.who = pick(rand, 3);
	s.target = pick(rand, 12) == 0 ? WALK_NOBODY : pick(rand, WALK_CAST);
	s.room = pick(rand, WALK_ROOMS);
	s.off = pick(rand, 8) == 0 ? pick(rand, 3) - 1 : 0;
	s.device = pick(rand, 12) == 0;
	s.link = pick(rand, 16) == 0 ? 1 + pick(rand, 2) : 0;
	s.audio = pick(rand, 3) - 1;
	s.video = pick(rand, 3) - 1;
	s.echo = pick(rand, 3) - 1;
	s.publisher_up = up(rand);
	s.receiver_up = up(rand);
	s.pairs = (guint)pick(rand, 10);
	s.wait_ms = pick(rand, 20) == 0 ? (guint)pick(rand, 90000) : (guint)pick(rand, 1200);
	s.wall_jump_s = pick(rand, 400) == 0 ? pick(rand, 400) - 200 : 0;
	return s;
}

static void print_step(GString *out, const walk_step *s)
{
	static const char *const kinds[WALK_KINDS] = {"knock", "request", "lost",
						      "paths", "tick",    "shutdown"};

	g_string_append_printf(out, "# %8.3f s %+d: %s", s->wait_ms / 1000.0, s->wall_jump_s,
			       kinds[s->kind]);
	if (s->kind != WALK_TICK && s->kind != WALK_SHUTDOWN)
		g_string_append_printf(out, " %s", walk_name(s->who));
	if (s->kind == WALK_KNOCK)
		g_string_append_printf(out, " device %d", s->device);
	else if (s->link != 0)
		g_string_append_printf(out, " (from %s)",
				       s->link == 1 ? "another link" : "no link");
	if (s->kind == WALK_REQUEST)
		g_string_append_printf(out, " %s %s room %s knock%+d media %d %d %d",
				       thp_request_name(s->request), walk_name(s->target),
				       walk_room_name(s->room), s->off, s->audio, s->video,
				       s->echo);
	if (s->kind == WALK_PATHS)
		g_string_append_printf(out, " publisher %d receiver %d pairs %u", s->publisher_up,
				       s->receiver_up, s->pairs);
	g_string_append_c(out, '\n');
}

/* ---- one walk ---- */

typedef struct walk {
	thp_area *area;
	walk_model model;
	walk_watch *watch;
	thp_now started;
	gboolean over; /* the gateway has stopped */
	guint events;
} walk;

/* What an event borrows. */
typedef struct luggage {
	thp_invitation invitation;
	guint8 device_key[THP_DEVICE_KEY_BYTES];
	char id[THP_WHO_LEN + 1];
} luggage;

static thp_event event_of(const walk_model *m, const walk_step *s, luggage *bag)
{
	static const thp_event_kind kinds[WALK_KINDS] = {THP_EV_KNOCK,     THP_EV_REQUEST,
							 THP_EV_LINK_LOST, THP_EV_PATHS,
							 THP_EV_TICK,      THP_EV_SHUTDOWN};
	const walk_person *p = &m->people[s->who];
	const walk_person *target = s->target == WALK_NOBODY ? NULL : &m->people[s->target];
	thp_event event = {.kind = kinds[s->kind],
			   .actor = p->id,
			   .link = s->link == 0   ? p->link
				   : s->link == 1 ? m->links + 1000
						  : 0,
			   .request = s->request,
			   .target = target ? target->id : "nobody",
			   .knock = target ? target->knock + (guint32)s->off : 0,
			   .room = walk_room_name(s->room),
			   .text = "text",
			   .audio = s->audio,
			   .video = s->video,
			   .echo = s->echo,
			   .publisher_up = s->publisher_up,
			   .receiver_up = s->receiver_up,
			   .pairs = s->pairs};

	if (s->kind != WALK_KNOCK)
		return event;
	bag->invitation = walk_invitation(s->who);
	bag->device_key[0] = (guint8)(1 + s->device);
	g_snprintf(bag->id, sizeof bag->id, "%s-%" G_GUINT64_FORMAT, walk_name(s->who),
		   m->links + 1);
	event.link = m->links + 1;
	event.actor = bag->id;
	event.invitation = &bag->invitation;
	event.device_key = bag->device_key;
	return event;
}

static char *tick(walk *w, const walk_model *before)
{
	static const thp_event event = {.kind = THP_EV_TICK};
	g_auto(thp_effects) fx = {0};
	int ticks = 0;

	do {
		thp_effects_clear(&fx);
		thp_effects_init(&fx);
		if (thp_area_apply(w->area, &event, w->model.now, &fx) != THP_OK)
			return g_strdup("a tick fails");
		if (ticks == 0)
			walk_model_tick(&w->model);
		/* Of several ticks in one moment only all together lead to what the model says. */
		gboolean last = thp_area_deadline(w->area, w->model.now) > w->model.now.mono_us;
		char *wrong = walk_watch_effects(
			w->watch, w->area, last && ticks == 0 ? before : NULL, &w->model, &fx);
		if (wrong)
			return wrong;
		if (last)
			return NULL;
	} while (++ticks < TICKS_MAX);
	return g_strdup("time does not go on");
}

static char *event(walk *w, const walk_step *s, const walk_model *before)
{
	g_auto(thp_effects) fx = {0};
	luggage bag = {0};
	thp_event e = event_of(&w->model, s, &bag);
	thp_err expected = walk_model_apply(&w->model, s);
	g_autofree char *earlier = expected == THP_OK ? NULL : walk_digest(w->area, before);

	thp_effects_init(&fx);
	thp_err err = thp_area_apply(w->area, &e, w->model.now, &fx);
	if (err != expected)
		return g_strdup_printf("%s instead of %s", thp_err_name(err),
				       thp_err_name(expected));
	if (err != THP_OK) {
		g_autofree char *later = walk_digest(w->area, before);
		return fx.list->len == 0 && strcmp(earlier, later) == 0
			       ? NULL
			       : g_strdup("an error has changed something");
	}
	w->over = s->kind == WALK_SHUTDOWN;
	return w->over ? NULL : walk_watch_effects(w->watch, w->area, before, &w->model, &fx);
}

static char *take_step(walk *w, const walk_step *s)
{
	w->model.now.mono_us += s->wait_ms * G_GINT64_CONSTANT(1000);
	/* The wall clock may jump for a moment, and comes right again. */
	w->model.now.wall_s = w->started.wall_s + s->wall_jump_s +
			      (w->model.now.mono_us - w->started.mono_us) / G_USEC_PER_SEC;
	walk_model before = w->model;
	w->events++;
	char *wrong = s->kind == WALK_TICK ? tick(w, &before) : event(w, s, &before);
	if (wrong || w->over)
		return wrong;
	return walk_watch_area(w->watch, w->area, &w->model);
}

/* Walks @steps; *@at is where it went wrong, and the text what. */
static char *go(const GArray *steps, guint *at, guint *events)
{
	g_autoptr(walk_watch) watch = walk_watch_new();
	walk w = {.watch = watch};
	char *wrong = NULL;

	walk_model_init(&w.model);
	w.started = w.model.now;
	g_autoptr(thp_area) area = thp_area_new("khan", &w.model.limits);
	w.area = area;
	for (*at = 0; *at < steps->len && !wrong && !w.over; (*at)++)
		wrong = take_step(&w, &g_array_index(steps, walk_step, *at));
	*events += w.events;
	return wrong;
}

/* ---- many walks ---- */

/* Takes out @run steps before @from, if the rest still fails. */
static gboolean shorten(GArray *steps, guint from, guint run)
{
	g_autoptr(GArray) fewer = g_array_copy(steps);
	guint at, events = 0;

	g_array_remove_range(fewer, from - run, run);
	g_autofree char *wrong = go(fewer, &at, &events);
	if (!wrong)
		return FALSE;
	g_array_set_size(steps, 0);
	g_array_append_vals(steps, fewer->data, at);
	return TRUE;
}

/* Leaves out what is not needed to fail, in ever smaller runs, until no single step can go. */
static void shrink(GArray *steps)
{
	guint run = steps->len / 2;

	while (run > 0) {
		gboolean shorter = FALSE;

		for (guint from = steps->len; from >= run; from = MIN(from - 1, steps->len))
			shorter = shorten(steps, from, run) || shorter;
		if (run > 1 || !shorter)
			run /= 2;
	}
}

static void report(GArray *steps, guint at, const char *wrong)
{
	g_autoptr(GString) out = g_string_new(NULL);
	guint events = 0;

	g_array_set_size(steps, at);
	shrink(steps);
	g_autofree char *again = go(steps, &at, &events);
	for (guint i = 0; i < steps->len; i++)
		print_step(out, &g_array_index(steps, walk_step, i));
	g_print("# a walk fails: %s\n# shortened to %u steps: %s\n%s", wrong, steps->len,
		again ? again : "(not any more)", out->str);
}

static guint walk_once(guint32 seed)
{
	g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
	g_autoptr(GArray) steps = g_array_new(FALSE, TRUE, sizeof(walk_step));
	guint at = 0, events = 0;

	for (int i = 0; i < STEPS; i++) {
		walk_step s = pick_step(rand);
		g_array_append_val(steps, s);
	}
	g_autofree char *wrong = go(steps, &at, &events);
	if (wrong) {
		g_test_message("walk %u fails", seed);
		report(steps, at, wrong);
		g_test_fail();
	}
	return events;
}

static void test_walks(void)
{
	const char *more = g_getenv("THP_WALKS");
	int walks = more ? MAX(atoi(more), 1) : WALKS;
	guint events = 0;

	for (int i = 0; i < walks && !g_test_failed(); i++)
		events += walk_once(g_test_rand_int() & G_MAXINT32);
	g_test_message("%u events in %d walks", events, walks);
	g_assert_true(g_test_failed() || walks < 440 || events >= 100000);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/area/random-walks", test_walks);
	return g_test_run();
}
