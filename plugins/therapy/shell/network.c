/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tests under way: a tick of 20 ms while padding is sent, else of 100 ms. */
#include "network.h"

#include <therapy/arrival.h>
#include <therapy/reply.h>
#include <therapy/sounding.h>

#include "areas.h"
#include "log.h"
#include "padding.h"
#include "tiers.h"
#include "worker.h"

#define SENDS_US 20000
#define LOOKS_US 100000

struct thp_network_test {
	thp_session *participant; /* owned */
	thp_tiers *tiers;         /* owned: as they were when it began */
	gboolean runs[2];         /* down, up */
	thp_sounding down;
	guint64 receiver_link; /* that down is about */
	thp_arrival up;
	gint64 looked_us; /* at what comes up */
	gboolean untold;  /* the area has not heard of the newest */
};

static void stop_padding(const thp_session *participant)
{
	if (participant->partner)
		atomic_store(&participant->partner->subscriber.gates[0].padding_kbps, 0);
}

static void test_free(gpointer data)
{
	thp_network_test *test = data;

	stop_padding(test->participant);
	test->participant->test = NULL;
	thp_session_unref(test->participant);
	thp_tiers_unref(test->tiers);
	g_free(test);
}

void thp_network_init(thp_network *network, thp_worker *worker)
{
	*network =
		(thp_network){.worker = worker, .tests = g_ptr_array_new_with_free_func(test_free)};
}

void thp_network_clear(thp_network *network)
{
	g_clear_pointer(&network->tests, g_ptr_array_unref);
}

static gboolean waits(const thp_session *participant)
{
	int state = atomic_load(&participant->state);

	return state == THP_WAITING || state == THP_HELD;
}

/* ---- what is told ---- */

static thp_network_verdict verdict_on(const thp_network_test *test)
{
	const thp_conf_tiers *conf = &test->tiers->conf;
	const thp_network_way *ways = test->participant->ways;
	thp_network_verdict v =
		thp_network_judge(&conf->network, &conf->ladder, &ways[0], &ways[1]);

	/* One good way tells nothing of the other; one that is not good tells enough. */
	if (v.word.level <= THP_NETWORK_GOOD && (test->runs[0] || test->runs[1]))
		v.word.level = THP_NETWORK_TESTING;
	return v;
}

static void tell_person(thp_network_test *test)
{
	thp_session *p = test->participant;
	thp_network_verdict v = verdict_on(test);

	thp_session_push(p, NULL, thp_reply_network(&v.word, &p->ways[0], &p->ways[1]), NULL);
	test->untold = TRUE;
}

/* Therapists see it in their list; while the area is being stored, a little later. */
static void tell_area(thp_network *network, thp_network_test *test)
{
	const thp_session *p = test->participant;
	thp_area *area = thp_worker_area(network->worker, p->area, FALSE);
	thp_event event = {.kind = THP_EV_NETWORK,
			   .link = p->link,
			   .actor = p->who,
			   .network = verdict_on(test).word};

	if (thp_areas_storing(thp_worker_areas(network->worker), p->area))
		return;
	test->untold = FALSE;
	if (area && thp_worker_apply(network->worker, area, &event, NULL) != THP_OK)
		log_verb("link %" G_GUINT64_FORMAT ": a test of nobody", p->link);
}

/* From now on a camera sends what a session would begin with: a narrow way is kept for speech. */
static void limit_camera(const thp_network_test *test)
{
	const thp_ladder *ladder = &test->tiers->conf.ladder;
	uint32_t t = verdict_on(test).up_tier;
	const thp_tier *tier = &ladder->tiers[t];
	thp_directive send = {.tier = t,
			      .camera_paused = tier->video_kbps == 0,
			      .n_encodings = 1,
			      .encodings = {{.active = tier->video_kbps > 0,
					     .height_px = tier->video_height_px,
					     .fps = tier->video_fps,
					     .kbps = tier->video_kbps}},
			      .audio_kbps = tier->audio_kbps,
			      .ptime_ms = tier->ptime_ms,
			      .fec = tier->fec,
			      .dtx = tier->dtx,
			      .why = THP_WHY_UPLINK};

	/* Once it sends less, what arrives tells no more of the way. */
	if (test->runs[1] || t >= ladder->start || gateway.conf.shadow)
		return;
	thp_session_push(test->participant, NULL, thp_reply_send(&send, tier->name), NULL);
}

static void finish(thp_network_test *test, int up, const thp_network_way *found)
{
	const thp_conf_tiers *conf = &test->tiers->conf;
	static const thp_network_way unknown = {0};
	thp_session *p = test->participant;

	test->runs[up] = FALSE;
	p->ways[up] = *found;
	p->ways[up].over = true;
	thp_network_level level =
		thp_network_judge(&conf->network, &conf->ladder, found, &unknown).word.level;
	atomic_fetch_add(&gateway.network_tests[up][level], 1);
	log_verb("link %" G_GUINT64_FORMAT ": the way %s is %s, %s %u kbit/s", p->link,
		 up ? "up" : "down", thp_network_level_name(level),
		 found->limited ? "at most" : "at least", found->kbps);
	tell_person(test);
	limit_camera(test);
}

/* ---- beginning and ending ---- */

static void begin_down(thp_network_test *test)
{
	const thp_conf_tiers *conf = &test->tiers->conf;

	test->runs[0] = test->participant->tested[0] = TRUE;
	test->receiver_link = test->participant->partner->link;
	thp_sounding_init(&test->down, &conf->network, thp_network_most_kbps(&conf->ladder),
			  g_get_monotonic_time());
}

static void begin_up(thp_network_test *test)
{
	thp_received received;

	test->runs[1] = test->participant->tested[1] = TRUE;
	thp_meter_received(test->participant->publisher.meter, &received);
	thp_arrival_init(&test->up, &test->tiers->conf.network, &received);
}

static thp_network_test *test_of(thp_network *network, thp_session *participant)
{
	if (participant->test)
		return participant->test;
	thp_network_test *test = g_new0(thp_network_test, 1);

	test->participant = thp_session_ref(participant);
	test->tiers = thp_tiers_get();
	participant->test = test;
	g_ptr_array_add(network->tests, test);
	return test;
}

static gboolean is_on(void)
{
	g_autoptr(thp_tiers) tiers = thp_tiers_get();

	return tiers->conf.network.policy != THP_NETWORK_OFF;
}

void thp_network_look(thp_network *network, thp_session *p)
{
	gboolean down = p->partner && p->partner->media_up && !p->tested[0];
	gboolean up = p->media_up && !p->tested[1];

	if (!waits(p) || (!down && !up) || !is_on())
		return;
	thp_network_test *test = test_of(network, p);

	if (down)
		begin_down(test);
	if (up)
		begin_up(test);
	if (down)
		tell_person(test);
}

/* The next tick takes it out of the list: this may be in the midst of one. */
void thp_network_leave(thp_session *participant)
{
	thp_network_test *test = participant->test;

	if (!test)
		return;
	test->runs[0] = test->runs[1] = test->untold = FALSE;
	stop_padding(participant);
}

void thp_network_report(thp_session *participant, const thp_request *request, gint64 now_us)
{
	thp_network_test *test = participant->test;

	if (!test)
		return;
	if (test->runs[0] && request->has_down)
		thp_sounding_on_report(&test->down, &request->down, now_us);
	if (test->runs[1] && request->has_up)
		thp_arrival_on_report(&test->up, &request->up);
}

/* ---- the tick ---- */

/* Only the person's own echo can be on the same line meanwhile: its lock is that of the line. */
static void send_padding(thp_network_test *test, gint64 now_us)
{
	thp_session *p = test->participant;
	guint before = atomic_load(&p->partner->subscriber.meter.padding_packets);

	pthread_mutex_lock(&p->publisher.lock);
	thp_padding_fill(p->partner, 0, now_us);
	pthread_mutex_unlock(&p->publisher.lock);
	atomic_fetch_add(&gateway.network_packets,
			 atomic_load(&p->partner->subscriber.meter.padding_packets) - before);
}

static void tick_down(thp_network_test *test, gint64 now_us)
{
	thp_session *p = test->participant, *receiver = p->partner;

	if (!receiver) {
		finish(test, 0, &(thp_network_way){0});
		return;
	}
	/* What is played back would be counted with the padding; and another handle counts anew. */
	if (p->publisher.route || test->receiver_link != receiver->link)
		begin_down(test);
	guint kbps = thp_sounding_tick(
		&test->down, atomic_load(&receiver->subscriber.meter.padding_packets), now_us);
	atomic_store(&receiver->subscriber.gates[0].padding_kbps, kbps);
	if (kbps > 0)
		send_padding(test, now_us);
	if (thp_sounding_is_over(&test->down))
		finish(test, 0, &test->down.found);
}

static void tick_up(thp_network_test *test, gint64 now_us)
{
	thp_received received;

	if (now_us - test->looked_us < LOOKS_US)
		return;
	test->looked_us = now_us;
	thp_meter_received(test->participant->publisher.meter, &received);
	thp_arrival_tick(&test->up, &received, now_us);
	if (test->up.over)
		finish(test, 1, &test->up.found);
}

static gboolean sends(const thp_network_test *test)
{
	return test->runs[0] && test->down.phase == THP_SOUNDING_SENDS;
}

static gboolean is_over(const thp_network_test *test)
{
	return !test->runs[0] && !test->runs[1] && !test->untold;
}

gint64 thp_network_deadline(const thp_network *network)
{
	gint64 in_us = LOOKS_US;

	for (guint i = 0; i < network->tests->len; i++) {
		const thp_network_test *test = g_ptr_array_index(network->tests, i);

		if (is_over(test)) /* somebody has gone: it holds them no longer than it must */
			return network->ticked_us;
		if (sends(test))
			in_us = SENDS_US;
	}
	return network->tests->len > 0 ? network->ticked_us + in_us : G_MAXINT64;
}

static void go_on(thp_network *network, thp_network_test *test, gint64 now_us)
{
	if (test->runs[0])
		tick_down(test, now_us);
	if (test->runs[1])
		tick_up(test, now_us);
	if (test->untold)
		tell_area(network, test);
}

void thp_network_tick(thp_network *network, gint64 now_us)
{
	if (thp_network_deadline(network) > now_us)
		return;
	network->ticked_us = now_us;
	for (guint i = network->tests->len; i > 0; i--) {
		thp_network_test *test = g_ptr_array_index(network->tests, i - 1);

		go_on(network, test, now_us);
		if (is_over(test))
			g_ptr_array_remove_index(network->tests, i - 1);
	}
}
