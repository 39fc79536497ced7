/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets that say which they are, and whoever sees them. */
#include "lane.h"

#include <string.h>

#include "../../plugins/therapy/shell/registry.h"

#define AREA     "khan"
#define ROOM     "r-17"
#define AT       12 /* the payload: */
#define COUNT_AT 22

const char lane_layered[] = "layered", lane_adapted[] = "adapted";

static const char *const shadow[] = {"adapt.shadow=true", NULL};

/* The packets of the test that came, by their count, in order. */
static struct {
	pthread_mutex_t lock;
	fake_handle *of;
	GString *counts;
} seen = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void on_relay(fake_handle *to, const janus_plugin_rtp *packet)
{
	const guint8 *bytes = (const guint8 *)packet->buffer;

	if (!packet->video || packet->length < LANE_PART_BYTES)
		return;
	THP_LOCK(&seen.lock);
	if (seen.counts && to == seen.of)
		g_string_append_printf(seen.counts, "%s%u", seen.counts->len > 0 ? " " : "",
				       bytes[COUNT_AT] << 8 | bytes[COUNT_AT + 1]);
}

/* What came since it was last asked. */
char *lane_take_seen(void)
{
	THP_LOCK(&seen.lock);
	char *text = g_strdup(seen.counts->str);

	g_string_truncate(seen.counts, 0);
	return text;
}

thp_session *lane_session_of(const fake_person *who)
{
	for (guint64 link = 1;; link++) {
		thp_session *session = thp_registry_get(link);
		if (session && strcmp(session->who, who->id) == 0)
			return session;
		thp_session_unref(session);
	}
}

void lane_rate(const lane *r, guint kbps)
{
	atomic_store(&r->gate->paced_kbps, kbps);
}

void lane_open(lane *r, gconstpointer how)
{
	fake_options options = {.on_relay = on_relay, .no_threads = TRUE};

	g_assert_cmpint(fake_clinic_try(&options, how == lane_adapted ? NULL : shadow), ==, 0);
	r->therapist = fake_person_new(AREA, "", THP_ROLE_THERAPIST, "Dr Khan", 3);
	r->client = fake_person_new(AREA, ROOM, THP_ROLE_CLIENT, "Amina", 3);
	r->therapist->layered = r->client->layered = how == lane_layered;
	fake_person_arrive(r->therapist);
	fake_person_arrive(r->client);
	fake_assert_event(fake_admit(r->therapist, r->client), "admitted");
	r->sender = lane_session_of(r->client);
	g_autoptr(thp_session) therapist = lane_session_of(r->therapist);
	r->receiver = thp_session_ref(therapist->partner);
	r->gate = &r->receiver->subscriber.gates[0];
	r->seq = 100;
	atomic_store(&gateway.paced_held, 0); /* of the process */
	atomic_store(&gateway.paced_dropped, 0);
	seen.of = r->therapist->receiver;
	seen.counts = g_string_new(NULL);
	if (how != lane_adapted)
		lane_rate(r, LANE_KBPS);
}

void lane_close(lane *r, gconstpointer how)
{
	(void)how;
	thp_session_unref(r->sender);
	thp_session_unref(r->receiver);
	fake_janus_stop(FALSE);
	(void)g_string_free(seen.counts, TRUE);
	seen.counts = NULL;
	fake_person_free(r->therapist);
	fake_person_free(r->client);
}

/* One part of a picture of @layer; the parts of all are counted. */
void lane_send_part(lane *r, guint layer, gboolean first, gboolean last, gboolean key)
{
	guint8 packet[LANE_PART_BYTES] = {0x80, (guint8)(100 | (last ? LANE_MARKED : 0))};

	r->count++;
	r->picture += first;
	packet[2] = (guint8)(r->seq >> 8);
	packet[3] = (guint8)r->seq++;
	packet[6] = (guint8)(r->picture >> 4); /* 4096 a picture */
	packet[7] = (guint8)(r->picture << 4);
	packet[11] = (guint8)(r->client->number * 8 + layer + 1);
	packet[AT] = first ? 0x90 : 0x80;
	packet[AT + 1] = 0x80;
	packet[LANE_PICTURE_AT] = (guint8)(0x80 | r->picture >> 8);
	packet[LANE_PICTURE_AT + 1] = (guint8)r->picture;
	packet[AT + 4] = key ? 0 : 1;
	packet[COUNT_AT] = (guint8)(r->count >> 8);
	packet[COUNT_AT + 1] = (guint8)r->count;
	packet[LANE_LAYER_AT] = (guint8)layer;
	fake_rtp(r->client->handle, 1, TRUE, packet, sizeof packet);
}

void lane_film(lane *r, guint parts, gboolean key)
{
	for (guint i = 0; i < parts; i++)
		lane_send_part(r, 0, i == 0, i == parts - 1, key);
}

void lane_speak(const lane *r)
{
	fake_person_send(r->client, FALSE);
}

/* Time passes, in which the client speaks: fifty packets a second. */
void lane_talk(const lane *r, guint ms)
{
	for (guint i = 0; i < ms; i += 20) {
		fake_clock_advance(MS(20));
		lane_speak(r);
	}
}

fake_line lane_picture(const lane *r)
{
	return fake_line_of(r->therapist->receiver, 1);
}

guint64 lane_dropped(void)
{
	return atomic_load(&gateway.paced_dropped);
}

void lane_freeze(void)
{
	fake_clock_freeze(SECONDS(1000), 1700000000);
}
