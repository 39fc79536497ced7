/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a page does on behalf of its person. */
#include "person.h"

#include <sodium.h>
#include <stdatomic.h>
#include <string.h>

#include <therapy/device.h>
#include <therapy/invitation_open.h>

#include "wraps.h"

#define MARK 0x74687021 /* begins the payload of each packet of ours */

static guint8 public_key[THP_PUBLIC_KEY_BYTES], secret_key[THP_SECRET_KEY_BYTES];
static atomic_uint numbers, janus_sessions;

/* ---- the organisation ---- */

int fake_clinic_try(fake_options *options, const char *const *settings)
{
	static const char *const own[] = {"general.realm=" FAKE_REALM,
					  "limits.requests_per_10s=1000",
					  "limits.requests_burst=1000", NULL};
	g_autoptr(GPtrArray) all = g_ptr_array_new();
	char text[THP_PUBLIC_LEN + 1];

	g_assert_cmpint(thp_crypto_init(), ==, THP_OK);
	if (public_key[0] == 0 && public_key[1] == 0)
		thp_paserk_generate(public_key, secret_key);
	thp_paserk_public(public_key, text);
	/* The first line of a key is the one that counts, so a test can say otherwise. */
	for (const char *const *s = settings; s && *s; s++)
		g_ptr_array_add(all, (gpointer)(gsize)*s);
	for (const char *const *s = own; *s; s++)
		g_ptr_array_add(all, (gpointer)(gsize)*s);
	g_ptr_array_add(all, NULL);
	options->keys = text;
	options->settings = (const char *const *)all->pdata;
	return fake_janus_start(options);
}

void fake_clinic_open(const char *const *settings)
{
	fake_options options = {0};

	g_assert_cmpint(fake_clinic_try(&options, settings), ==, 0);
}

const guint8 *fake_clinic_key(void)
{
	return secret_key;
}

/* ---- people ---- */

fake_person *fake_person_new(const char *area, const char *room, thp_role role, const char *name,
			     int seats)
{
	fake_person *p = g_new0(fake_person, 1);
	thp_invitation *i = &p->claims.invitation;

	p->number = atomic_fetch_add(&numbers, 1) + 1;
	p->janus_session = atomic_fetch_add(&janus_sessions, 1) + 1;
	g_strlcpy(p->claims.iss, "booking.example", sizeof p->claims.iss);
	g_strlcpy(p->claims.aud, FAKE_REALM, sizeof p->claims.aud);
	g_snprintf(i->jti, sizeof i->jti, "jti-%u", p->number);
	g_snprintf(i->sub, sizeof i->sub, "sub-%u", p->number);
	g_strlcpy(i->area, area, sizeof i->area);
	g_strlcpy(i->room, room, sizeof i->room);
	g_strlcpy(i->name, name, sizeof i->name);
	g_strlcpy(i->with, role == THP_ROLE_CLIENT ? "Dr Khan" : "", sizeof i->with);
	i->role = role;
	i->seats = seats;
	i->nbf_s = fake_wall_s() - 60;
	i->exp_s = fake_wall_s() + 3600;
	fake_person_device(p, (guint8)p->number);
	fake_person_sign(p);
	return p;
}

void fake_person_free(fake_person *p)
{
	if (p)
		g_free(p->token);
	g_free(p);
}

void fake_person_sign(fake_person *p)
{
	const char *claim = NULL;

	g_clear_pointer(&p->token, g_free);
	g_assert_cmpint(thp_invitation_sign(secret_key, &p->claims, &p->token, &claim), ==, THP_OK);
}

void fake_person_device(fake_person *p, guint8 seed)
{
	guint8 seeds[32] = {seed};

	memcpy(seeds + 1, &p->number, sizeof p->number);
	g_assert_cmpint(crypto_sign_seed_keypair(p->device_public, p->device_secret, seeds), ==, 0);
}

json_t *fake_person_join_body(const fake_person *p, const char *nonce)
{
	guint8 message[THP_DEVICE_MESSAGE_BYTES], bytes[THP_NONCE_BYTES] = {0}, signature[64];
	char key_text[64], signature_text[128];
	gsize n = 0;

	g_assert_cmpint(sodium_base642bin(bytes, sizeof bytes, nonce, strlen(nonce), NULL, &n, NULL,
					  sodium_base64_VARIANT_URLSAFE_NO_PADDING),
			==, 0);
	thp_device_message(bytes, p->token, strlen(p->token), message);
	crypto_sign_detached(signature, NULL, message, sizeof message, p->device_secret);
	sodium_bin2base64(key_text, sizeof key_text, p->device_public, 32,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sodium_bin2base64(signature_text, sizeof signature_text, signature, sizeof signature,
			  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return json_pack("{s:s, s:s, s:{s:s, s:s}}", "request", "join", "invitation", p->token,
			 "device", "key", key_text, "signature", signature_text);
}

json_t *fake_person_knock(fake_person *p)
{
	p->handle = fake_attach(p->janus_session);
	fake_tag(p->handle, p->number);
	json_t *hello = fake_ask(p->handle, json_pack("{s:s}", "request", "hello"), NULL);

	fake_assert_event(hello, "hello");
	return fake_ask(p->handle, fake_person_join_body(p, fake_text(hello, "nonce")), NULL);
}

json_t *fake_person_join(fake_person *p)
{
	json_t *joined = fake_person_knock(p);

	fake_assert_event(joined, "joined");
	g_strlcpy(p->id, fake_text(joined, "participant"), sizeof p->id);
	g_strlcpy(p->ticket, fake_text(joined, "ticket"), sizeof p->ticket);
	p->knock++;
	return joined;
}

json_t *fake_person_ask(fake_person *p, const char *request, const char *format, ...)
{
	json_t *body = json_pack("{s:s}", "request", request);
	va_list args;

	if (format) {
		va_start(args, format);
		json_auto_t *more = json_vpack_ex(NULL, 0, format, args);
		va_end(args);
		g_assert_cmpint(json_object_update(body, more), ==, 0);
	}
	return fake_ask(p->handle, body, NULL);
}

void fake_person_publish(fake_person *p)
{
	g_autofree char *sdp =
		fake_offer(FAKE_AUDIO | FAKE_VIDEO | (p->layered ? FAKE_LAYERS : 0), 2);
	json_t *body = json_pack("{s:s, s:b, s:b}", "request", "publish", "audio", 1, "video", 1);
	json_t *jsep = p->layered ? fake_jsep_layered(sdp) : fake_jsep_new("offer", sdp);

	fake_assert_event(fake_ask(p->handle, body, jsep), "published");
	fake_media_up(p->handle);
}

void fake_person_answer(fake_person *p)
{
	const char *offer = fake_text(fake_jsep(p->receiver), "sdp");
	guint pairs = 0;

	for (const char *at = offer; (at = strstr(at, "m=video")); at++)
		pairs++;
	g_autofree char *sdp = fake_answer(pairs);
	json_t *body = json_pack("{s:s}", "request", "answer");
	fake_assert_event(fake_ask(p->receiver, body, fake_jsep_new("answer", sdp)), "receiving");
	p->pairs = pairs;
}

void fake_person_receive(fake_person *p)
{
	p->receiver = fake_attach(p->janus_session);
	fake_tag(p->receiver, p->number);
	json_t *body = json_pack("{s:s, s:s}", "request", "receive", "ticket", p->ticket);

	fake_assert_event(fake_ask(p->receiver, body, NULL), "offer");
	fake_person_answer(p);
	fake_media_up(p->receiver);
}

void fake_person_arrive(fake_person *p)
{
	fake_person_join(p);
	if (p->claims.invitation.role != THP_ROLE_OBSERVER)
		fake_person_publish(p);
	fake_person_receive(p);
	fake_settle(p->handle);
}

void fake_person_lose(fake_person *p)
{
	if (p->handle)
		fake_detach(p->handle);
	if (p->receiver)
		fake_detach(p->receiver);
}

void fake_person_forget(fake_person *p)
{
	fake_person_lose(p);
	g_clear_pointer(&p->handle, fake_forget);
	g_clear_pointer(&p->receiver, fake_forget);
}

/* ---- media ---- */

static void put32(guint8 *at, guint32 value)
{
	value = GUINT32_TO_BE(value);
	memcpy(at, &value, sizeof value);
}

static guint32 get32(const guint8 *at)
{
	guint32 value;

	memcpy(&value, at, sizeof value);
	return GUINT32_FROM_BE(value);
}

void fake_person_send(fake_person *p, gboolean video)
{
	guint8 packet[12 + 8 + 40] = {0x80, video ? 100 : p->red ? 63 : 111};
	guint16 seq = p->next_seq[video]++;

	packet[2] = (guint8)(seq >> 8);
	packet[3] = (guint8)seq;
	put32(packet + 4, p->next_ts[video]);
	put32(packet + 8, p->number * 2 + (guint)video);
	put32(packet + 12, MARK);
	put32(packet + 16, p->number);
	p->next_ts[video] += video ? 3000 : 960;
	fake_rtp(p->handle, video, video, packet, sizeof packet);
}

/* The name of the layer comes in the first packet of it, as browsers have it until they were heard. */
void fake_person_send_layer(fake_person *p, guint layer, gboolean key)
{
	guint8 packet[12 + 8 + 4 + 40] = {0x90, 0x80 | 100};
	gboolean named = p->layer_seq[layer] == 0;
	guint16 picture = (guint16)(1000 * (layer + 1) + p->layer_picture[layer]++);
	guint16 seq = (guint16)(7000 * layer + p->layer_seq[layer]++);

	packet[2] = (guint8)(seq >> 8);
	packet[3] = (guint8)seq;
	put32(packet + 4, (guint32)layer * 1000003 + p->next_ts[1]);
	put32(packet + 8, p->number * 100 + layer);
	put32(packet + 12, 0xbede0001);
	put32(packet + 16,
	      named ? (guint32)FAKE_RID_EXT << 28 | (guint32)(guint8) "lmh"[layer] << 16 : 0);
	packet[20] = 0x90;
	packet[21] = 0x80;
	packet[22] = (guint8)(0x80 | picture >> 8);
	packet[23] = (guint8)picture;
	packet[24] = key ? 0 : 1;
	packet[25] = (guint8)layer;
	p->next_ts[1] += 3000;
	fake_rtp(p->handle, 1, TRUE, packet, sizeof packet);
}

guint fake_sender(const guint8 *packet, gsize length)
{
	return length >= 20 && get32(packet + 12) == MARK ? get32(packet + 16) : 0;
}

guint fake_person_got(const fake_person *p, guint slot, gboolean video)
{
	return fake_line_of(p->receiver, 2 * slot + (video ? 1 : 0)).packets;
}

json_t *fake_admit(fake_person *therapist, const fake_person *client)
{
	return fake_person_ask(therapist, "admit", "{s:s, s:i}", "participant", client->id, "knock",
			       (int)client->knock);
}

/* ---- answers ---- */

const char *fake_text(const json_t *event, const char *member)
{
	const char *text = json_string_value(json_object_get(event, member));

	return text ? text : "";
}

gboolean fake_flag(const json_t *event, const char *member)
{
	const json_t *flag = json_object_get(event, member);

	return json_is_true(flag);
}

void fake_assert_error(const json_t *reply, const char *name)
{
	g_assert_cmpstr(fake_text(reply, "therapy"), ==, "error");
	g_assert_cmpstr(fake_text(reply, "error_name"), ==, name);
}

void fake_assert_event(const json_t *reply, const char *name)
{
	if (strcmp(fake_text(reply, "therapy"), name) != 0) {
		g_autofree char *shown = json_dumps(reply, JSON_COMPACT);
		g_error("wanted %s, got %s", name, shown);
	}
}
