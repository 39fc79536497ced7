/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A camera in three layers: to one other person it is one, among three each gets one of them, whole. */
#include <string.h>

#include <therapy/tier.h>

#include <glib/gstdio.h>

#include "../../plugins/therapy/shell/media.h"
#include "../../plugins/therapy/shell/registry.h"
#include "../../plugins/therapy/shell/track.h"
#include "person.h"
#include "wraps.h"

#define AREA     "khan"
#define ROOM     "r-17"
#define NAME     25 /* where the test's packets say what layer they are of */
#define ID       22 /* and which picture: two bytes */
#define ROUNDS   10
#define PATIENCE 400 /* times 10 ms */

typedef struct room {
	fake_person *therapist, *client, *guest;
} room;

/* Links that bear everything. */
static void open_room(room *r, gconstpointer settings)
{
	fake_clinic_open(settings);
	json_auto_t *pin =
		json_pack("{s:s, s:s, s:s}", "request", "pin", "mode", "pin", "tier", "high");
	json_auto_t *pinned = fake_admin_body(pin);

	fake_assert_event(pinned, "pinned");
	r->therapist = fake_person_new(AREA, "", THP_ROLE_THERAPIST, "Dr Khan", 3);
	r->client = fake_person_new(AREA, ROOM, THP_ROLE_CLIENT, "Amina", 3);
	r->guest = fake_person_new(AREA, ROOM, THP_ROLE_GUEST, "Sara", 3);
	r->therapist->layered = r->client->layered = r->guest->layered = TRUE;
	fake_person_arrive(r->therapist);
	fake_person_arrive(r->client);
	fake_person_arrive(r->guest);
	fake_assert_event(fake_admit(r->therapist, r->client), "admitted");
}

static void close_room(room *r, gconstpointer settings)
{
	(void)settings;
	fake_janus_stop(FALSE);
	fake_person_free(r->therapist);
	fake_person_free(r->client);
	fake_person_free(r->guest);
}

/* On which of @who's pairs the client is. */
static guint slot_at(const room *r, const fake_person *who)
{
	const json_t *peers = json_object_get(fake_newest(who->handle, "roster"), "peers");
	const json_t *peer;
	gsize i;

	json_array_foreach (peers, i, peer) {
		if (strcmp(fake_text(peer, "participant"), r->client->id) == 0)
			return (guint)json_integer_value(json_object_get(peer, "slot"));
	}
	g_error("the client is not there");
}

/* What @who gets of the client's camera. */
static fake_line picture(const room *r, const fake_person *who)
{
	return fake_line_of(who->receiver, 2 * slot_at(r, who) + 1);
}

static void send_all(fake_person *p, gboolean key)
{
	for (guint layer = 0; layer < THP_LAYERS_MAX; layer++)
		fake_person_send_layer(p, layer, key);
}

/* A receiver that is not heard gets no picture. */
static void be_heard(const room *r)
{
	static const guint8 report[] = {0x80, 201, 0, 1, 0, 0, 0, 1};
	const fake_person *all[] = {r->therapist, r->client, r->guest};

	for (guint i = 0; i < G_N_ELEMENTS(all); i++)
		fake_rtcp(all[i]->receiver, 0, FALSE, report, sizeof report);
}

static guint number_of(const fake_line *line)
{
	return (guint)(line->last[ID] & 0x7f) << 8 | line->last[ID + 1];
}

/* The layer that @who is shown, once each picture that comes is of the same one. */
static void assert_one_layer(const room *r, const fake_person *who, guint layer)
{
	fake_line before = picture(r, who);

	for (guint i = 0; i < ROUNDS; i++) {
		fake_clock_advance(10000); /* what comes faster than it was asked for would wait */
		send_all(r->client, FALSE);
		fake_line line = picture(r, who);
		g_assert_cmpuint(line.packets, ==, before.packets + i + 1);
		g_assert_cmpuint(line.last[NAME], ==, layer);
		g_assert_cmpuint(number_of(&line), ==, number_of(&before) + i + 1);
		g_assert_cmpuint(line.gaps, ==, before.gaps);
	}
}

/* What the client was last told to send. */
static json_t *told(const room *r)
{
	return json_object_get(fake_newest(r->client->handle, "send"), "encodings");
}

static gboolean is_on(const json_t *encodings, guint layer)
{
	return fake_flag(json_array_get(encodings, layer), "active");
}

static void test_two(room *r, gconstpointer settings)
{
	(void)settings;
	const char *answer = fake_text(fake_jsep(r->client->handle), "sdp");

	g_assert_nonnull(strstr(answer, "sdes:rtp-stream-id\r\n"));
	g_assert_nonnull(strstr(answer, "sdes:repaired-rtp-stream-id\r\n"));
	fake_person_send_layer(r->client, 0, TRUE);
	g_assert_cmpuint(picture(r, r->therapist).packets, ==, 1);
	assert_one_layer(r, r->therapist, 0);
	g_assert_cmpuint(json_array_size(told(r)), ==, 1);
	g_assert_cmpuint(fake_relayed(r->guest->receiver), ==, 0);
}

/* Waits until the client was told to send layers, and each receiver is to have another one. */
static void await_layers(const room *r)
{
	for (guint i = 0; i < PATIENCE; i++) {
		if (json_array_size(told(r)) == THP_LAYERS_MAX && is_on(told(r), 1) &&
		    is_on(told(r), 2))
			return;
		be_heard(r);
		fake_clock_advance(50000);
		g_usleep(10000);
	}
	g_error("the client was not told to send two layers");
}

/* Sends key frames until @who is shown @layer: what is decided for one receiver may be done before the next one's. */
static void await_picture(const room *r, const fake_person *who, guint layer)
{
	for (guint i = 0; i < PATIENCE; i++) {
		be_heard(r);
		send_all(r->client, TRUE);
		fake_line line = picture(r, who);
		if (line.packets > 0 && line.last[NAME] == layer)
			return;
		g_usleep(10000);
	}
	g_error("layer %u was never shown", layer);
}

static void test_three(room *r, gconstpointer settings)
{
	(void)settings;
	fake_person_send_layer(r->client, 0, TRUE);
	fake_line before = picture(r, r->therapist);
	guint plis = fake_calls_of(r->client->handle).plis[1];

	fake_assert_event(fake_admit(r->therapist, r->guest), "admitted");
	await_layers(r);
	/* The therapist sees the client large, the guest the therapist: of the client a smaller one. */
	g_assert_cmpuint(fake_calls_of(r->client->handle).plis[1], >, plis);
	fake_person_send_layer(r->client, 0, FALSE);
	g_assert_cmpuint(picture(r, r->therapist).last[NAME], ==, 0); /* until the other begins */
	send_all(r->client, TRUE);
	fake_line now = picture(r, r->therapist);
	g_assert_cmpuint(now.last[NAME], ==, 2);
	g_assert_cmpuint(now.gaps, ==, 0);
	g_assert_cmpuint(number_of(&now), ==, number_of(&before) + now.packets - before.packets);
	assert_one_layer(r, r->therapist, 2);
	await_picture(r, r->guest, 1);
	assert_one_layer(r, r->guest, 1);
}

static void look_at(const fake_person *who, const char *view)
{
	json_t *body = json_pack("{s:s, s:s}", "request", "prefer", "view", view);

	fake_assert_event(fake_ask(who->handle, body, NULL), "preferred");
}

/* The therapist looks at the guest: there is room for one large picture, and of the client there is a smaller one. */
static void test_view(room *r, gconstpointer settings)
{
	(void)settings;
	fake_person_send_layer(r->client, 0, TRUE);
	fake_assert_event(fake_admit(r->therapist, r->guest), "admitted");
	await_layers(r);
	await_picture(r, r->therapist, 2);
	look_at(r->therapist, r->guest->id);
	await_picture(r, r->therapist, 1);
	look_at(r->therapist, "zZ9y8X7w6V5u4T3s2R1q0A"); /* nobody here */
	await_picture(r, r->therapist, 2);
	look_at(r->therapist, r->guest->id);
	await_picture(r, r->therapist, 1);
	look_at(r->therapist, "");
	await_picture(r, r->therapist, 2);
}

/* The largest is made no more, as on a link that has become too narrow for it: what is below comes instead. */
static void test_gone(room *r, gconstpointer settings)
{
	(void)settings;
	fake_person_send_layer(r->client, 0, TRUE);
	fake_assert_event(fake_admit(r->therapist, r->guest), "admitted");
	await_layers(r);
	send_all(r->client, TRUE);
	g_assert_cmpuint(picture(r, r->therapist).last[NAME], ==, 2);
	fake_clock_advance(SECONDS(1));
	guint plis = fake_calls_of(r->client->handle).plis[1];

	fake_person_send_layer(r->client, 1, FALSE);
	g_assert_cmpuint(picture(r, r->therapist).last[NAME], ==, 2);
	g_assert_cmpuint(fake_calls_of(r->client->handle).plis[1], >, plis);
	fake_person_send_layer(r->client, 1, TRUE);
	g_assert_cmpuint(picture(r, r->therapist).last[NAME], ==, 1);
	g_assert_cmpuint(picture(r, r->therapist).gaps, ==, 0);
}

/* ---- what is recorded ---- */

static thp_session *session_of(const fake_person *who)
{
	for (guint64 link = 1;; link++) {
		thp_session *session = thp_registry_get(link);
		if (session && strcmp(session->who, who->id) == 0)
			return session;
		thp_session_unref(session);
	}
}

/* The packets of the only file in @folder: one stream, whatever layers they are of, which is what is returned. */
static char *layers_on_tape(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	g_autofree char *path = g_build_filename(folder, g_dir_read_name(dir), NULL);
	g_autofree char *text = NULL;
	GString *layers = g_string_new(NULL);
	const guint8 *before = NULL;
	gsize n;

	g_assert_true(g_file_get_contents(path, &text, &n, NULL));
	for (gsize at = 0; at + 10 + NAME < n; at++) {
		const guint8 *packet = (const guint8 *)text + at + 10;

		if (memcmp(text + at, "MEET", 4) != 0)
			continue;
		g_string_append_c(layers, "lmh"[packet[NAME]]);
		if (before) {
			g_assert_cmpmem(packet + 8, 4, before + 8, 4);
			g_assert_cmpuint(packet[2] << 8 | packet[3], ==,
					 (before[2] << 8 | before[3]) + 1);
			g_assert_cmpuint(packet[ID] << 8 | packet[ID + 1], ==,
					 (before[ID] << 8 | before[ID + 1]) + 1);
		}
		before = packet;
	}
	(void)g_remove(path);
	return g_string_free(layers, FALSE);
}

static void test_recorded(room *r, gconstpointer settings)
{
	(void)settings;
	g_autofree char *folder = g_dir_make_tmp("therapy-layers-XXXXXX", NULL);
	g_autoptr(thp_track) track = thp_track_new(1, "client", TRUE);

	fake_person_send_layer(r->client, 0, TRUE);
	fake_assert_event(fake_admit(r->therapist, r->guest), "admitted");
	await_layers(r);
	g_autoptr(thp_session) session = session_of(r->client);
	thp_media_record(session, NULL, track);
	send_all(r->client, TRUE);
	send_all(r->client, FALSE);
	fake_clock_advance(SECONDS(1));
	fake_person_send_layer(r->client, 1, FALSE);
	fake_person_send_layer(r->client, 1, TRUE);
	fake_person_send_layer(r->client, 1, FALSE);
	send_all(r->client, TRUE);
	send_all(r->client, FALSE);
	/* What the receivers are given is not touched by it. */
	assert_one_layer(r, r->therapist, 2);
	thp_media_record(session, NULL, NULL);
	g_assert_true(thp_track_write(track, folder));
	g_assert_true(thp_track_flush(track, FALSE));
	g_autofree char *layers = layers_on_tape(folder);
	/* The first of each on the way up, the largest, what there was without it, and the largest again. */
	g_assert_cmpstr(layers, ==, "lmhhmmmhhhhhhhhhhhh");
	(void)g_rmdir(folder);
}

/* A packet of no layer, or before it has said of which, goes nowhere. */
static void test_unnamed(room *r, gconstpointer settings)
{
	(void)settings;
	r->client->layer_seq[0] = 1;
	fake_person_send_layer(r->client, 0, TRUE);
	g_assert_cmpuint(picture(r, r->therapist).packets, ==, 0);
	r->client->layer_seq[0] = 0;
	fake_person_send_layer(r->client, 0, TRUE);
	g_assert_cmpuint(picture(r, r->therapist).packets, ==, 1);
	/* Offered again, in the same layers: no name is needed again. */
	fake_person_publish(r->client);
	fake_person_send_layer(r->client, 0, FALSE);
	g_assert_cmpuint(picture(r, r->therapist).packets, ==, 2);
}

/* Layers that are not of the camera that is offered. */
static void test_refused(room *r, gconstpointer settings)
{
	(void)settings;
	g_autofree char *plain = fake_offer(FAKE_AUDIO | FAKE_VIDEO, 3);
	json_t *body = json_pack("{s:s}", "request", "publish");

	fake_assert_error(fake_ask(r->client->handle, body, fake_jsep_layered(plain)),
			  "JSEP_REFUSED");
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*test)(room *, gconstpointer);
	} tests[] = {
		{"two", test_two},         {"three", test_three},       {"view", test_view},
		{"gone", test_gone},       {"recorded", test_recorded}, {"unnamed", test_unnamed},
		{"refused", test_refused},
	};

	g_test_init(&argc, &argv, NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(tests); i++) {
		g_autofree char *path = g_strconcat("/shell/layers/", tests[i].name, NULL);
		g_test_add(path, room, NULL, open_room, tests[i].test, close_room);
	}
	return g_test_run();
}
