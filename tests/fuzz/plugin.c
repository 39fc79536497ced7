/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The whole plugin, run by the stand-in for Janus on one thread: a day at the clinic, a line for each thing
 * that happens. Each line is an operation, a handle (0-9, a-f), and what goes with it:
 *
 *   h0            says hello                     j0 3     joins as person 3 (see people[])
 *   m0 {...}      sends this body; $3, %3 and #3 are id, ticket and knock of person 3
 *   s0 {...}~T~S  the same with a JSEP of type T and text S, in which | ends a line
 *   k0 3          joins as person 3 from another device
 *   o0            publishes (o0 S: offers S)     r0 3     receives with the ticket of person 3 (R0: restarts)
 *   O0            the same, a camera in layers   l0 LK    sends a picture of layer L: a key frame if K is odd
 *   n0            answers as it was offered (n0 S: answers S)
 *   A0 3          admits person 3                u0, d0   the connection stands, ends
 *   a0, v0        sends sound, a picture         p0 IVB   sends B as RTP of m-line I, kind V
 *   i0 1          wants a key frame of m-line 1  c0 IB    sends B as RTCP of m-line I
 *   x0            detaches                       q0       asks for what operators see
 *   t4            lets time pass                 y {...}  asks as an operator
 *
 * The test judges each relayed packet by what the plugin itself has told both people of their states.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "person.h"
#include "wraps.h"

#define HANDLES    16
#define LINES_MAX  200
#define BODIES_MAX 5000
#define MONO_US    SECONDS(1000000)
#define WALL_S     1769851800

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	const char *area, *room;
	thp_role role;
	int seats, valid_s;
} cast[] = {
	{"a", "", THP_ROLE_THERAPIST, 2, 90000}, {"a", "r", THP_ROLE_CLIENT, 3, 3600},
	{"a", "r", THP_ROLE_CLIENT, 3, 3600},    {"a", "r", THP_ROLE_GUEST, 4, 600},
	{"a", "s", THP_ROLE_OBSERVER, 4, 3600},  {"a", "s", THP_ROLE_CLIENT, 2, 600},
	{"b", "r", THP_ROLE_THERAPIST, 2, 3600}, {"b", "r", THP_ROLE_CLIENT, 2, 3600},
};

/** What the test knows of a handle, from what the plugin told it. */
typedef struct post {
	fake_handle *handle;
	int person;     /* who joins here, or the owner of a receiver; -1 */
	int owner;      /* a receiver: the post of its participant; -1 */
	char asked[44]; /* the ticket in the last receive */
	char id[23], ticket[44], nonce[44], role[16];
	char area[65], room[65], state[16]; /* of the participant */
	gint64 pairs;                       /* last offered */
	guint16 seq;
} post;

static fake_person *people[G_N_ELEMENTS(cast)], *thieves[G_N_ELEMENTS(cast)];
static post posts[HANDLES];
static int sending; /* post of the packet on its way */

/* ---- what is heard ---- */

static void copy(char *to, gsize size, const json_t *event, const char *member)
{
	g_strlcpy(to, fake_text(event, member), size);
}

static int post_of_ticket(const char *ticket)
{
	for (int i = 0; i < HANDLES; i++) {
		if (posts[i].ticket[0] && strcmp(posts[i].ticket, ticket) == 0)
			return i;
	}
	return -1;
}

static void on_event(fake_handle *to, const json_t *event, const json_t *jsep)
{
	post *p = &posts[fake_tag_of(to)];
	const char *name = fake_text(event, "therapy");

	(void)jsep;
	if (strcmp(name, "hello") == 0) {
		copy(p->nonce, sizeof p->nonce, event, "nonce");
	} else if (strcmp(name, "joined") == 0) {
		copy(p->id, sizeof p->id, event, "participant");
		copy(p->ticket, sizeof p->ticket, event, "ticket");
		copy(p->role, sizeof p->role, event, "role");
		copy(p->area, sizeof p->area, event, "area");
		if (p->person >= 0) {
			g_strlcpy(people[p->person]->id, p->id, sizeof p->id);
			g_strlcpy(people[p->person]->ticket, p->ticket, sizeof p->ticket);
			people[p->person]->knock++;
		}
	} else if (strcmp(name, "state") == 0) {
		copy(p->state, sizeof p->state, event, "state");
		copy(p->room, sizeof p->room, event, "room");
	} else if (strcmp(name, "offer") == 0) {
		p->pairs = json_integer_value(json_object_get(event, "pairs"));
		if (p->asked[0])
			p->owner = post_of_ticket(p->asked);
		p->asked[0] = '\0';
	}
}

static const char *judge(const post *from, const post *to, int line)
{
	const post *owner = to->owner >= 0 ? &posts[to->owner] : NULL;

	if (!owner || !owner->handle || !from->handle)
		return "one of the two has gone";
	if (line >= 2 * to->pairs)
		return "there is no such m-line";
	if (strcmp(from->role, "observer") == 0)
		return "an observer is heard";
	if (owner == from)
		return strcmp(from->state, "waiting") == 0 || strcmp(from->state, "held") == 0
			       ? NULL
			       : "only those who wait hear themselves";
	if (strcmp(from->state, "admitted") != 0 || strcmp(owner->state, "admitted") != 0)
		return "one of the two is not admitted";
	if (strcmp(from->area, owner->area) != 0 || strcmp(from->room, owner->room) != 0)
		return "the two are not in one room";
	return NULL;
}

static void on_relay(fake_handle *to, const janus_plugin_rtp *packet)
{
	const char *wrong = judge(&posts[sending], &posts[fake_tag_of(to)], packet->mindex);

	if (!wrong)
		return;
	(void)fprintf(stderr, "relayed from post %d to post %u: %s\n", sending, fake_tag_of(to),
		      wrong);
	abort();
}

/* ---- what is done ---- */

static fake_handle *handle_at(int at)
{
	post *p = &posts[at];

	if (p->handle && !fake_is_gone(p->handle))
		return p->handle;
	*p = (post){.person = -1, .owner = -1};
	/* Pairs of handles share a Janus session. */
	p->handle = fake_attach((guint)at / 2 + 1);
	fake_tag(p->handle, (guint)at);
	return p->handle;
}

static int person_in(const char *text)
{
	return (text[0] & 7) % (int)G_N_ELEMENTS(cast);
}

/* Sends and sees to it that there is one answer. */
static void send(int at, json_t *body, json_t *jsep)
{
	fake_handle *h = handle_at(at);

	if (strcmp(fake_text(body, "request"), "receive") == 0)
		copy(posts[at].asked, sizeof posts[at].asked, body, "ticket");
	const char *transaction = fake_send(h, body, jsep);
	fake_run();
	if (!fake_is_gone(h))
		g_assert_cmpuint(fake_answers(h, transaction), ==, 1);
	posts[at].asked[0] = '\0';
}

/* Signing takes long, and chance repeats itself from day to day. */
static json_t *join_body(const fake_person *p, const char *nonce)
{
	static GHashTable *bodies;
	g_autofree char *key = g_strdup_printf("%u %s", p->number, nonce);

	if (!bodies)
		bodies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					       (GDestroyNotify)json_decref);
	if (g_hash_table_size(bodies) > BODIES_MAX)
		g_hash_table_remove_all(bodies);
	json_t *body = g_hash_table_lookup(bodies, key);
	if (!body) {
		body = fake_person_join_body(p, nonce);
		g_hash_table_insert(bodies, g_strdup(key), body);
	}
	return json_deep_copy(body);
}

static void join(int at, fake_person *p)
{
	(void)handle_at(at);
	if (!posts[at].nonce[0])
		send(at, json_pack("{s:s}", "request", "hello"), NULL);
	/* A handle that has joined, or receives, is nobody else's. */
	if (!posts[at].nonce[0])
		return;
	if (!posts[at].id[0])
		posts[at].person = person_in((const char[]){(char)('0' + (p->number - 1) / 2), 0});
	send(at, join_body(p, posts[at].nonce), NULL);
}

static json_t *body_of(const char *text, gsize length)
{
	g_autoptr(GString) out = g_string_new(NULL);

	for (gsize i = 0; i < length; i++) {
		gboolean named =
			strchr("$%#", text[i]) && i + 1 < length && g_ascii_isdigit(text[i + 1]);
		const fake_person *p = named ? people[person_in(text + i + 1)] : NULL;
		if (!p)
			g_string_append_c(out, text[i]);
		else if (text[i] == '#')
			g_string_append_printf(out, "%u", p->knock);
		else
			g_string_append(out, text[i] == '$' ? p->id : p->ticket);
		i += p ? 1 : 0;
	}
	return json_loadb(out->str, out->len, JSON_DECODE_ANY, NULL);
}

static json_t *jsep_of(const char *type, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "|", -1);
	g_autofree char *sdp = g_strjoinv("\r\n", lines);

	return fake_jsep_new(type, sdp);
}

static void send_with_jsep(int at, const char *rest)
{
	g_auto(GStrv) parts = g_strsplit(rest, "~", 3);
	json_t *jsep = NULL;

	if (g_strv_length(parts) < 3)
		return;
	jsep = jsep_of(parts[1], parts[2]);
	/* Janus lets no other types through, nor text that is none. */
	if (jsep)
		send(at, body_of(parts[0], strlen(parts[0])), jsep);
}

static void describe(int at, const char *request, const char *type, const char *stock,
		     const char *text)
{
	json_t *jsep = text[0] ? jsep_of(type, text) : fake_jsep_new(type, stock);

	if (jsep)
		send(at, json_pack("{s:s}", "request", request), jsep);
}

static void receive(int at, int person, gboolean restart)
{
	if (people[person]->ticket[0])
		send(at,
		     json_pack("{s:s, s:s, s:b}", "request", "receive", "ticket",
			       people[person]->ticket, "restart", restart),
		     NULL);
}

static void admit(int at, int person)
{
	if (people[person]->id[0])
		send(at,
		     json_pack("{s:s, s:s, s:i}", "request", "admit", "participant",
			       people[person]->id, "knock", (int)people[person]->knock),
		     NULL);
}

static void send_packet(int at, gboolean video)
{
	guint16 seq = posts[at].seq++;
	guint8 packet[40] = {0x80, video ? 100 : 111, (guint8)(seq >> 8), (guint8)seq};

	packet[7] = packet[3];
	packet[11] = (guint8)(at * 2 + video);
	fake_rtp(handle_at(at), video, video, packet, sizeof packet);
}

/* The layer names itself in each packet: what is agreed may be forgotten in between. */
static void send_layer(int at, guint layer, gboolean key)
{
	guint16 seq = posts[at].seq++;
	guint8 packet[40] = {0x90, 100, (guint8)(seq >> 8), (guint8)seq};

	packet[7] = packet[3];
	packet[11] = (guint8)(0x80 + at * 4 + (int)layer);
	packet[12] = 0xbe;
	packet[13] = 0xde;
	packet[15] = 1;
	packet[16] = FAKE_RID_EXT << 4;
	packet[17] = (guint8) "lmhx"[layer];
	packet[20] = 0x90;
	packet[21] = 0xe0;
	packet[22] = 0x80;
	packet[23] = packet[24] = packet[3];
	packet[26] = key ? 0 : 1;
	fake_rtp(handle_at(at), 1, TRUE, packet, sizeof packet);
}

static void pass_time(const char *text)
{
	static const gint64 steps[] = {1000,          10000,         100000,       SECONDS(1),
				       SECONDS(5),    SECONDS(30),   SECONDS(130), SECONDS(601),
				       SECONDS(3700), SECONDS(90000)};

	fake_clock_advance(steps[(text[0] & 15) % (int)G_N_ELEMENTS(steps)]);
}

/* What needs no more than a handle. */
static void happen(char op, int at, const char *rest, gsize length)
{
	static const guint8 pli[] = {0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};
	fake_handle *h = handle_at(at);

	sending = at;
	if (op == 'u')
		fake_media_up(h);
	else if (op == 'd')
		fake_hangup(h);
	else if (op == 'a' || op == 'v')
		send_packet(at, op == 'v');
	else if (op == 'l' && length >= 2)
		send_layer(at, (guint)rest[0] & 3, rest[1] & 1);
	else if (op == 'p' && length >= 2)
		fake_rtp(h, rest[0] & 15, rest[1] & 1, rest + 2, length - 2);
	else if (op == 'c' && length >= 1)
		fake_rtcp(h, (rest[0] & 31) - 1, rest[0] & 1, rest + 1, length - 1);
	else if (op == 'i')
		fake_rtcp(h, rest[0] & 15, TRUE, pli, sizeof pli);
	else if (op == 'x')
		fake_detach(h);
	else if (op == 'q')
		json_decref(fake_query(h));
}

static void say(char op, int at, const char *rest, gsize length)
{
	g_autofree char *offer = fake_offer(FAKE_AUDIO | FAKE_VIDEO, 2);
	g_autofree char *layered = fake_offer(FAKE_AUDIO | FAKE_VIDEO | FAKE_LAYERS, 2);
	g_autofree char *answer = fake_answer((guint)posts[at].pairs);

	if (op == 'h')
		send(at, json_pack("{s:s}", "request", "hello"), NULL);
	else if (op == 'j')
		join(at, people[person_in(rest)]);
	else if (op == 'k')
		join(at, thieves[person_in(rest)]);
	else if (op == 'm')
		send(at, body_of(rest, length), NULL);
	else if (op == 's')
		send_with_jsep(at, rest);
	else if (op == 'o')
		describe(at, "publish", "offer", offer, rest);
	else if (op == 'O')
		send(at, json_pack("{s:s}", "request", "publish"), fake_jsep_layered(layered));
	else if (op == 'n')
		describe(at, "answer", "answer", answer, rest);
	else if (op == 'r' || op == 'R')
		receive(at, person_in(rest), op == 'R');
	else if (op == 'A')
		admit(at, person_in(rest));
}

static void do_line(const char *line, gsize length)
{
	int at = length > 1 ? g_ascii_xdigit_value(line[1]) : -1;
	const char *rest = length > 3 ? line + 3 : "";
	gsize rest_length = length > 3 ? length - 3 : 0;

	if (line[0] == 't' && length > 1) {
		pass_time(line + 1);
	} else if (line[0] == 'y') {
		json_auto_t *body = body_of(rest, rest_length);
		json_decref(fake_admin_body(body));
	} else if (at >= 0 && strchr("hjkmsonOrRA", line[0])) {
		say(line[0], at, rest, rest_length);
	} else if (at >= 0) {
		happen(line[0], at, rest, rest_length);
	}
	fake_run();
}

/* ---- a day ---- */

static void invite_all(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(cast); i++) {
		for (int thief = 0; thief < 2; thief++) {
			fake_person *p = fake_person_new(cast[i].area, cast[i].room, cast[i].role,
							 "Name", cast[i].seats);
			p->claims.invitation.exp_s = WALL_S + cast[i].valid_s;
			fake_person_sign(p);
			if (thief) {
				g_free(p->token);
				p->token = g_strdup(people[i]->token);
			}
			*(thief ? &thieves[i] : &people[i]) = p;
		}
	}
}

static void open_day(void)
{
	static const char *const settings[] = {"general.workers=2", "waiting.grace_s=5",
					       "waiting.list_ms=100", NULL};
	fake_options options = {.no_threads = TRUE,
				.no_log = TRUE,
				.same_again = TRUE,
				.on_relay = on_relay,
				.on_event = on_event};

	fake_clock_freeze(MONO_US, WALL_S);
	g_assert_cmpint(fake_clinic_try(&options, settings), ==, 0);
	if (!people[0])
		invite_all();
	fake_random_seed(1);
	for (guint i = 0; i < G_N_ELEMENTS(cast); i++) {
		people[i]->id[0] = people[i]->ticket[0] = '\0';
		people[i]->knock = 0;
	}
	for (int i = 0; i < HANDLES; i++)
		posts[i] = (post){.person = -1, .owner = -1};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data, *end = at + size;

	open_day();
	for (int n = 0; at < end && n < LINES_MAX; n++) {
		const char *stop = memchr(at, '\n', (gsize)(end - at));
		gsize length = (gsize)((stop ? stop : end) - at);
		/* With a zero byte after it, and of exactly its size. */
		g_autofree char *line = g_strndup(at, length);
		if (length > 0)
			do_line(line, length);
		at += length + 1;
	}
	/* Every other day the plugin ends with people still there. */
	fake_janus_stop(size % 2);
	return 0;
}
