/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Many people at once, each with a thread of their own, who do what comes to their minds. At each packet
 * that is relayed the test asks itself whether both ends may be in one room at that moment. It errs on the
 * side of yes: a person may be admitted from before the admission is asked for until the end is answered.
 * Pictures go by narrow links, so that some wait when somebody is put out.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../plugins/therapy/shell/registry.h"
#include "person.h"
#include "wraps.h"

#define AREAS         3
#define CLIENTS       3 /* in each area */
#define ROOMS         2
#define PEOPLE_MAX    100000
#define SECONDS_OF_IT 3
#define NARROW_KBPS   20
#define NEWEST        200 /* handles that are looked at */

typedef struct life {
	atomic_bool known, allowed, over, echoes;
	atomic_int area, room; /* room -1: a therapist */
} life;

static life lives[PEOPLE_MAX]; /* by number */
static atomic_uint relays, admissions, returns;

/* ---- the oracle ---- */

static gboolean may_be_in(const life *l)
{
	return atomic_load(&l->known) && atomic_load(&l->allowed) && !atomic_load(&l->over);
}

static const char *judge(guint from, guint to)
{
	const life *a = &lives[from], *b = &lives[to];

	if (from == 0 || from >= PEOPLE_MAX || to >= PEOPLE_MAX)
		return "a packet of nobody";
	if (from == to)
		return atomic_load(&a->echoes) ? NULL : "an echo that nobody asked for";
	if (!may_be_in(a))
		return "the sender is not admitted";
	if (!may_be_in(b))
		return "the receiver is not admitted";
	if (atomic_load(&a->area) != atomic_load(&b->area))
		return "the areas are not the same";
	int room = atomic_load(&a->room), other = atomic_load(&b->room);
	return room == other || room < 0 || other < 0 ? NULL : "the rooms are not the same";
}

static void on_relay(fake_handle *to, const janus_plugin_rtp *packet)
{
	guint sender = fake_sender((const guint8 *)packet->buffer, packet->length);
	const char *wrong = judge(sender, fake_tag_of(to));

	atomic_fetch_add(&relays, 1);
	if (!wrong)
		return;
	(void)fprintf(stderr, "relayed from %u to %u: %s\n", sender, fake_tag_of(to), wrong);
	abort();
}

/* ---- what people of one area know of each other ---- */

typedef struct card {
	char id[23];
	guint32 knock;
	guint number;
	int room;
} card;

typedef struct area {
	int index;
	char name[16];
	pthread_mutex_t lock;
	card cards[CLIENTS]; /* LOCK: lock */
	fake_person
		*anchor; /* waits all the time: the answer to it tells that all before is done */
	atomic_bool *running;
} area;

typedef struct actor {
	area *area;
	int index;
	GRand *rand;
	pthread_t thread;
} actor;

static int dice(actor *a, int sides)
{
	return g_rand_int_range(a->rand, 0, sides);
}

static fake_person *somebody(actor *a, int room, thp_role role)
{
	char name[16] = "";

	if (room >= 0)
		g_snprintf(name, sizeof name, "r-%d", room);
	fake_person *p = fake_person_new(a->area->name, name, role, "Somebody", 3);
	life *l = &lives[p->number];
	g_assert_cmpuint(p->number, <, PEOPLE_MAX);
	atomic_store(&l->area, a->area->index);
	atomic_store(&l->room, room);
	atomic_store(&l->allowed, role == THP_ROLE_THERAPIST);
	atomic_store(&l->known, TRUE);
	return p;
}

/* The person will not come back, and the plugin knows. */
static void bury(actor *a, fake_person *p)
{
	fake_person_lose(p);
	fake_settle(a->area->anchor->handle);
	atomic_store(&lives[p->number].over, TRUE);
	fake_person_forget(p);
	fake_person_free(p);
}

static void reconnect(fake_person *p)
{
	fake_handle *handle = p->handle, *receiver = p->receiver;

	/* From another tab, or after a loss. */
	if (p->next_seq[0] % 2)
		fake_person_lose(p);
	json_t *joined = fake_person_knock(p);
	if (strcmp(fake_text(joined, "therapy"), "joined") == 0) {
		g_strlcpy(p->id, fake_text(joined, "participant"), sizeof p->id);
		g_strlcpy(p->ticket, fake_text(joined, "ticket"), sizeof p->ticket);
		p->knock++;
		atomic_fetch_add(&returns, 1);
	}
	p->receiver = NULL;
	fake_forget(handle);
	if (receiver)
		fake_forget(receiver);
}

/* Both connections, as far as the plugin lets this person. */
static void connect_media(fake_person *p)
{
	g_autofree char *offer = fake_offer(FAKE_AUDIO | FAKE_VIDEO, 2);
	json_t *reply = fake_ask(p->handle, json_pack("{s:s}", "request", "publish"),
				 fake_jsep_new("offer", offer));

	if (strcmp(fake_text(reply, "therapy"), "published") == 0)
		fake_media_up(p->handle);
	if (p->receiver)
		fake_forget(p->receiver);
	p->receiver = fake_attach(p->janus_session);
	fake_tag(p->receiver, p->number);
	reply = fake_ask(p->receiver,
			 json_pack("{s:s, s:s}", "request", "receive", "ticket", p->ticket), NULL);
	if (strcmp(fake_text(reply, "therapy"), "offer") != 0)
		return;
	g_autofree char *answer =
		fake_answer((guint)json_integer_value(json_object_get(reply, "pairs")));
	reply = fake_ask(p->receiver, json_pack("{s:s}", "request", "answer"),
			 fake_jsep_new("answer", answer));
	if (strcmp(fake_text(reply, "therapy"), "receiving") == 0)
		fake_media_up(p->receiver);
}

static void send_some(actor *a, fake_person *p)
{
	static const guint8 pli[] = {0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};

	for (int i = dice(a, 20); i > 0; i--)
		fake_person_send(p, dice(a, 2));
	if (p->receiver)
		fake_rtcp(p->receiver, dice(a, 6), TRUE, pli, sizeof pli);
}

/* What clients and therapists alike may do; FALSE if the person is done for. */
static gboolean act(actor *a, fake_person *p)
{
	json_t *reply = NULL;

	switch (dice(a, 12)) {
	case 0:
		reply = fake_person_ask(p, "media", "{s:b, s:b}", "audio", dice(a, 2), "video",
					dice(a, 2));
		return strcmp(fake_text(reply, "error_name"), "NOT_JOINED") != 0;
	case 1:
		atomic_store(&lives[p->number].echoes, TRUE);
		(void)fake_person_ask(p, "media", "{s:b}", "echo", dice(a, 2));
		return TRUE;
	case 2:
		fake_hangup(dice(a, 2) && p->receiver ? p->receiver : p->handle);
		return TRUE;
	case 3:
		reconnect(p);
		connect_media(p);
		return TRUE;
	case 4:
		connect_media(p);
		return TRUE;
	case 5:
		json_decref(fake_query(p->handle));
		json_decref(fake_admin("status"));
		return TRUE;
	default:
		send_some(a, p);
		return TRUE;
	}
}

static void show_card(actor *a, const fake_person *p, int room)
{
	card *c = &a->area->cards[a->index];

	pthread_mutex_lock(&a->area->lock);
	memset(c, 0, sizeof *c);
	if (p) {
		memcpy(c->id, p->id, sizeof c->id);
		c->knock = p->knock;
		c->number = p->number;
		c->room = room;
	}
	pthread_mutex_unlock(&a->area->lock);
}

static void *be_client(void *data)
{
	actor *a = data;

	while (atomic_load(a->area->running)) {
		int room = dice(a, ROOMS);
		fake_person *p = somebody(a, room, dice(a, 3) ? THP_ROLE_CLIENT : THP_ROLE_GUEST);
		fake_person_join(p);
		connect_media(p);
		gboolean alive = TRUE;
		for (int steps = 10 + dice(a, 60); alive && steps > 0; steps--) {
			show_card(a, p, room);
			alive = act(a, p);
		}
		show_card(a, NULL, 0);
		if (alive && dice(a, 2))
			(void)fake_person_ask(p, "leave", NULL);
		bury(a, p);
	}
	return NULL;
}

/* ---- therapists ---- */

static void forbid(guint number)
{
	atomic_store(&lives[number].allowed, FALSE);
}

static void forbid_room(const area *of, const char *name)
{
	for (guint i = 1; i < PEOPLE_MAX && atomic_load(&lives[i].known); i++) {
		char room[16];
		g_snprintf(room, sizeof room, "r-%d", atomic_load(&lives[i].room));
		if (atomic_load(&lives[i].area) == of->index && atomic_load(&lives[i].room) >= 0 &&
		    (!name || strcmp(room, name) == 0))
			forbid(i);
	}
}

static void admit(fake_person *p, const card *c)
{
	gboolean before = atomic_exchange(&lives[c->number].allowed, TRUE);
	json_t *reply = fake_person_ask(p, "admit", "{s:s, s:i}", "participant", c->id, "knock",
					(int)c->knock);

	if (strcmp(fake_text(reply, "therapy"), "admitted") == 0)
		atomic_fetch_add(&admissions, 1);
	else if (!before)
		forbid(c->number);
}

static void aim(fake_person *p, const card *c, const char *request, const char *done)
{
	json_t *reply = fake_person_ask(p, request, "{s:s, s:i}", "participant", c->id, "knock",
					(int)c->knock);

	if (strcmp(fake_text(reply, "therapy"), done) == 0)
		forbid(c->number);
}

static void preside(actor *a, fake_person *p)
{
	card c;

	pthread_mutex_lock(&a->area->lock);
	c = a->area->cards[dice(a, CLIENTS)];
	pthread_mutex_unlock(&a->area->lock);
	int choice = dice(a, 16);
	if (choice == 0) {
		json_t *reply = fake_person_ask(p, "end", NULL);
		if (strcmp(fake_text(reply, "therapy"), "ended") == 0)
			forbid_room(a->area, fake_text(reply, "room"));
	}
	if (c.number == 0)
		return;
	if (choice == 1)
		aim(p, &c, "hold", "held");
	else if (choice == 2)
		aim(p, &c, "remove", "removed");
	else if (choice == 3)
		aim(p, &c, "deny", "denied");
	else if (choice == 4)
		(void)fake_person_ask(p, "message", "{s:s, s:s}", "to", c.id, "text", "Soon.");
	else if (choice == 5)
		(void)fake_person_ask(p, dice(a, 3) ? "unlock" : "lock", "{s:s}", "room", "r-0");
	else
		admit(p, &c);
}

static void *be_therapist(void *data)
{
	actor *a = data;

	while (atomic_load(a->area->running)) {
		fake_person *p = somebody(a, -1, THP_ROLE_THERAPIST);
		fake_person_join(p);
		connect_media(p);
		for (int steps = 50 + dice(a, 300); steps > 0; steps--) {
			preside(a, p);
			(void)act(a, p);
			if (!atomic_load(a->area->running))
				break;
		}
		fake_assert_event(fake_person_ask(p, "leave", NULL), "left");
		forbid_room(a->area, NULL);
		bury(a, p);
	}
	return NULL;
}

/* ---- links ---- */

static void narrow(guint64 link)
{
	g_autoptr(thp_session) session = thp_registry_get(link);

	for (guint i = 0; session && i < THP_SDP_PAIRS_MAX; i++)
		atomic_store(&session->subscriber.gates[i].paced_kbps, NARROW_KBPS);
}

/* A weak link for everybody, again and again: whoever comes begins with none. */
static void *be_weak(void *data)
{
	const atomic_bool *running = data;

	while (atomic_load(running)) {
		guint64 newest = atomic_load(&gateway.links);

		for (guint64 i = 0; i < MIN(newest, NEWEST); i++)
			narrow(newest - i);
		g_usleep(2000);
	}
	return NULL;
}

/* ---- the day ---- */

static int seconds_of_it(void)
{
	const char *text = g_getenv("THP_THREADS_SECONDS");

	return text ? atoi(text) : SECONDS_OF_IT;
}

static void open_area(area *a, int index, atomic_bool *running)
{
	a->index = index;
	a->running = running;
	g_snprintf(a->name, sizeof a->name, "area-%d", index);
	pthread_mutex_init(&a->lock, NULL);
	a->anchor = fake_person_new(a->name, "nowhere", THP_ROLE_CLIENT, "Anchor", 2);
	fake_person_join(a->anchor);
}

static void test_a_day(void)
{
	/* A seat that nobody comes back to would be kept for long. */
	static const char *const busy[] = {"waiting.grace_s=5", "limits.requests_per_10s=1000",
					   NULL};
	fake_options options = {.on_relay = on_relay, .no_log = TRUE};
	static area areas[AREAS];
	static actor actors[AREAS][1 + CLIENTS];
	atomic_bool running = TRUE;
	pthread_t weak;

	g_assert_cmpint(fake_clinic_try(&options, busy), ==, 0);
	for (int i = 0; i < AREAS; i++)
		open_area(&areas[i], i, &running);
	for (int i = 0; i < AREAS * (1 + CLIENTS); i++) {
		actor *a = &actors[i / (1 + CLIENTS)][i % (1 + CLIENTS)];
		a->area = &areas[i / (1 + CLIENTS)];
		a->index = i % (1 + CLIENTS) - 1;
		a->rand = g_rand_new_with_seed((guint32)g_test_rand_int());
		pthread_create(&a->thread, NULL, a->index < 0 ? be_therapist : be_client, a);
	}
	pthread_create(&weak, NULL, be_weak, &running);
	g_usleep((gulong)SECONDS(seconds_of_it()));
	atomic_store(&running, FALSE);
	for (int i = 0; i < AREAS * (1 + CLIENTS); i++) {
		actor *a = &actors[i / (1 + CLIENTS)][i % (1 + CLIENTS)];
		pthread_join(a->thread, NULL);
		g_rand_free(a->rand);
	}
	pthread_join(weak, NULL);
	guint64 held = atomic_load(&gateway.paced_held);
	fake_janus_stop(FALSE);
	for (int i = 0; i < AREAS; i++) {
		pthread_mutex_destroy(&areas[i].lock);
		fake_person_free(areas[i].anchor);
	}
	g_test_message("%u admissions, %u returns, %u packets relayed, %" G_GUINT64_FORMAT
		       " had waited, %" G_GUINT64_FORMAT " events",
		       admissions, returns, relays, held, fake_core_events());
	g_assert_cmpuint(admissions, >, 10);
	g_assert_cmpuint(returns, >, 10);
	g_assert_cmpuint(relays, >, 10);
	g_assert_cmpuint(held, >, 10);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/shell/threads/a_day", test_a_day);
	return g_test_run();
}
