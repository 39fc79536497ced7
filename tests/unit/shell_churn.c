/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thousand comings and goings leave nothing behind; a flood is answered; an end in full swing is an end. */
#include <dirent.h>
#include <malloc.h>
#include <stdatomic.h>
#include <string.h>

#include "person.h"
#include "wraps.h"

#define TIMES   1000
#define WARM_UP 100
#define CLIENTS 5
#define THREADS 6

/* ---- a thousand ---- */

static guint entries(const char *folder)
{
	DIR *dir = opendir(folder);
	guint n = 0;

	g_assert_nonnull(dir);
	while (readdir(dir))
		n++;
	(void)closedir(dir);
	return n;
}

typedef struct usage {
	guint descriptors, threads;
	gsize bytes;
} usage;

static usage look(void)
{
	return (usage){.descriptors = entries("/proc/self/fd"),
		       .threads = entries("/proc/self/task"),
		       .bytes = mallinfo2().uordblks};
}

/* A whole session with every second way out. */
static void come_and_go(fake_person *therapist, fake_person *client, int round)
{
	fake_person_arrive(client);
	fake_assert_event(fake_admit(therapist, client), "admitted");
	fake_person_send(client, FALSE);
	fake_person_send(therapist, TRUE);
	if (round % 2)
		fake_assert_event(fake_person_ask(client, "leave", NULL), "left");
	else
		fake_assert_event(
			fake_person_ask(therapist, "hold", "{s:s}", "participant", client->id),
			"held");
	fake_person_forget(client);
	if (round % 10 == 9) {
		fake_assert_event(fake_person_ask(therapist, "leave", NULL), "left");
		fake_person_forget(therapist);
		fake_person_arrive(therapist);
	}
}

static void test_thousand(void)
{
	static const char *const quiet[] = {"general.events=false", NULL};
	fake_options options = {.no_log = TRUE};
	fake_person *clients[CLIENTS];
	usage before = {0};

	g_assert_cmpint(fake_clinic_try(&options, quiet), ==, 0);
	fake_person *therapist = fake_person_new("khan", "", THP_ROLE_THERAPIST, "T", 2);
	for (int i = 0; i < CLIENTS; i++)
		clients[i] = fake_person_new("khan", i % 2 ? "r" : "s", THP_ROLE_CLIENT, "C", 2);
	fake_person_arrive(therapist);
	for (int round = 0; round < TIMES; round++) {
		if (round == WARM_UP)
			before = look();
		come_and_go(therapist, clients[round % CLIENTS], round);
	}
	usage after = look();
	g_test_message("%d joins and leaves: %+d bytes", TIMES - WARM_UP,
		       (int)(after.bytes - before.bytes));
	g_assert_cmpuint(after.descriptors, ==, before.descriptors);
	g_assert_cmpuint(after.threads, ==, before.threads);
	/* What the allocator keeps at hand for each thread counts as used, and comes to this at most. */
	g_assert_cmpuint(after.bytes, <, before.bytes + 256 * 1024);
	fake_janus_stop(FALSE);
	for (int i = 0; i < CLIENTS; i++)
		fake_person_free(clients[i]);
	fake_person_free(therapist);
}

/* ---- a flood ---- */

static atomic_bool gate_shut;

static void wait_at_gate(fake_handle *to, const json_t *event, const json_t *jsep)
{
	(void)jsep;
	while (fake_tag_of(to) == 1 && strcmp(fake_text(event, "therapy"), "hello") == 0 &&
	       atomic_load(&gate_shut))
		g_usleep(100);
}

static guint answers(fake_handle *h)
{
	return fake_count(h, "error") + fake_count(h, "hello");
}

/* The worker is busy with one answer while the same handle asks and asks: what is too much is refused at once. */
static void test_flood(void)
{
	fake_options options = {.on_event = wait_at_gate};
	g_autofree char *offer = fake_offer(FAKE_AUDIO, 1);

	g_assert_cmpint(fake_clinic_try(&options, NULL), ==, 0);
	fake_handle *h = fake_attach(0);
	fake_tag(h, 1);
	atomic_store(&gate_shut, TRUE);
	for (int i = 0; i < 300; i++)
		fake_send(h, json_pack("{s:s}", "request", "hello"), NULL);
	/* A description that comes with it does not keep its sockets. */
	fake_send(h, json_pack("{s:s}", "request", "publish"), fake_jsep_new("offer", offer));
	guint closes = fake_calls_of(h).closes;
	guint refused = fake_count(h, "error");
	atomic_store(&gate_shut, FALSE);
	for (int i = 0; i < FAKE_PATIENCE_S * 1000 && answers(h) < 301; i++)
		g_usleep(1000);
	g_assert_cmpuint(answers(h), ==, 301);
	/* Refused from this thread, before the worker went on. */
	g_assert_cmpuint(refused, >=, 300 - 70);
	g_assert_cmpuint(refused, <, 300 - 60);
	g_assert_cmpuint(closes, ==, 1);
	fake_janus_stop(FALSE);
}

/* ---- an end in full swing ---- */

typedef struct hammer {
	pthread_t thread;
	fake_person *person;
	atomic_bool *running;
} hammer;

static void *strike(void *data)
{
	hammer *h = data;

	fake_stumble(7 + h->person->number % 4);
	while (atomic_load(h->running)) {
		fake_send(h->person->handle, json_pack("{s:s}", "request", "media"), NULL);
		fake_person_send(h->person, FALSE);
		fake_hangup(h->person->receiver);
		fake_media_up(h->person->receiver);
		json_decref(fake_query(h->person->handle));
		json_decref(fake_admin("status"));
	}
	fake_person_lose(h->person);
	return NULL;
}

static void test_end_in_full_swing(void)
{
	for (int round = 0; round < 10; round++) {
		fake_options options = {.no_log = TRUE};
		atomic_bool running = TRUE;
		hammer hammers[THREADS];

		g_assert_cmpint(fake_clinic_try(&options, NULL), ==, 0);
		for (int i = 0; i < THREADS; i++) {
			g_autofree char *area = g_strdup_printf("area-%d", i / 2);
			hammers[i].person = fake_person_new(
				area, i % 2 ? "r" : "",
				i % 2 ? THP_ROLE_CLIENT : THP_ROLE_THERAPIST, "P", 2);
			hammers[i].running = &running;
			fake_person_arrive(hammers[i].person);
			if (i % 2)
				fake_admit(hammers[i - 1].person, hammers[i].person);
		}
		for (int i = 0; i < THREADS; i++)
			pthread_create(&hammers[i].thread, NULL, strike, &hammers[i]);
		g_usleep(5000);
		fake_janus_end_plugin();
		atomic_store(&running, FALSE);
		for (int i = 0; i < THREADS; i++)
			pthread_join(hammers[i].thread, NULL);
		fake_janus_stop(FALSE);
		for (int i = 0; i < THREADS; i++)
			fake_person_free(hammers[i].person);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/shell/churn/thousand", test_thousand);
	g_test_add_func("/shell/churn/flood", test_flood);
	g_test_add_func("/shell/churn/end_in_full_swing", test_end_in_full_swing);
	return g_test_run();
}
