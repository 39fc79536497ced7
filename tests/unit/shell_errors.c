/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every way a request can fail, asked as a page asks; and that it changed nothing. */
#include <string.h>

#include <therapy/error.h>
#include <therapy/invitation_open.h>

#include "person.h"
#include "wraps.h"

#define AREA   "khan"
#define NOBODY "AAAAAAAAAAAAAAAAAAAAAA"

static gboolean seen[THP_N_ERRORS];

/* Names of what was seen are kept, for the last test. */
static void assert_error(const json_t *reply, const char *name)
{
	fake_assert_error(reply, name);
	for (int e = 0; e < THP_N_ERRORS; e++) {
		if (strcmp(thp_err_name((thp_err)e), name) == 0)
			seen[e] = TRUE;
	}
}

static void assert_field(const json_t *reply, const char *name, const char *field)
{
	assert_error(reply, name);
	g_assert_cmpstr(fake_text(reply, "field"), ==, field);
}

static gint64 counter(const char *name)
{
	json_auto_t *status = fake_admin("status");

	return json_integer_value(json_object_get(status, name));
}

/* ---- requests ---- */

static json_t *nested(guint depth)
{
	json_t *inner = json_array();

	while (depth-- > 0)
		inner = json_pack("[o]", inner);
	return json_pack("{s:s, s:o}", "request", "hello", "x", inner);
}

static void test_requests(void)
{
	g_autofree char *big = g_strnfill(17 * 1024, 'x');

	fake_clinic_open(NULL);
	gint64 errors = counter("errors");
	fake_handle *h = fake_attach(0);
	assert_error(fake_ask(h, json_array(), NULL), "BAD_JSON");
	assert_error(fake_ask(h, json_string("hello"), NULL), "BAD_JSON");
	assert_error(fake_ask(h, NULL, NULL), "BAD_JSON");
	assert_error(fake_ask(h, json_pack("{s:s, s:s}", "request", "hello", "x", big), NULL),
		     "TOO_BIG");
	assert_error(fake_ask(h, nested(8), NULL), "TOO_BIG");
	assert_field(fake_ask(h, json_object(), NULL), "MISSING_FIELD", "request");
	assert_field(fake_ask(h, json_pack("{s:i}", "request", 1), NULL), "BAD_FIELD", "request");
	assert_error(fake_ask(h, json_pack("{s:s}", "request", "HELLO"), NULL), "UNKNOWN_REQUEST");
	assert_field(fake_ask(h, json_pack("{s:s, s:s}", "request", "media", "audio", "yes"), NULL),
		     "BAD_FIELD", "audio");
	assert_field(fake_ask(h, json_pack("{s:s, s:i}", "request", "hello", "seq", -1), NULL),
		     "BAD_FIELD", "seq");
	g_assert_cmpint(counter("errors"), ==, errors + 10);
	fake_janus_stop(FALSE);
}

/* Without a join, nothing but hello and receive. */
static void test_not_joined(void)
{
	static const char *const requests[] = {"media", "leave", "end"};

	fake_clinic_open(NULL);
	fake_handle *h = fake_attach(0);
	for (gsize i = 0; i < G_N_ELEMENTS(requests); i++)
		assert_error(fake_ask(h, json_pack("{s:s}", "request", requests[i]), NULL),
			     "NOT_JOINED");
	static const char *const aimed[] = {"admit", "hold", "deny", "remove"};
	for (gsize i = 0; i < G_N_ELEMENTS(aimed); i++)
		assert_error(fake_ask(h,
				      json_pack("{s:s, s:s, s:i}", "request", aimed[i],
						"participant", NOBODY, "knock", 1),
				      NULL),
			     "NOT_JOINED");
	assert_error(fake_ask(h, json_pack("{s:s}", "request", "publish"), NULL), "JSEP_MISSING");
	assert_error(fake_ask(h, json_pack("{s:s}", "request", "answer"), NULL), "JSEP_MISSING");
	assert_error(
		fake_ask(h,
			 json_pack("{s:s, s:s, s:{s:s, s:s}}", "request", "join", "invitation",
				   "v4.public.x", "device", "key",
				   "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "signature",
				   "5VZnCLCl8uCA8Uj2hQvYq0fMsrtLjC2FvhDGbSoRrBBWOWNBSCUiF5AMV3Qb"
				   "0-vAWCJvuvKqBAfNGqYhsYFQDg"),
			 NULL),
		"NO_NONCE");
	g_assert_cmpint(counter("areas"), ==, 0);
	fake_janus_stop(FALSE);
}

static void test_pace(void)
{
	static const char *const slow[] = {"limits.requests_burst=5", "limits.requests_per_10s=10",
					   NULL};

	fake_clinic_open(slow);
	fake_handle *h = fake_attach(0), *other = fake_attach(0);
	for (int i = 0; i < 5; i++)
		fake_assert_event(fake_ask(h, json_pack("{s:s}", "request", "hello"), NULL),
				  "hello");
	assert_error(fake_ask(h, json_pack("{s:s}", "request", "hello"), NULL), "TOO_FAST");
	fake_assert_event(fake_ask(other, json_pack("{s:s}", "request", "hello"), NULL), "hello");
	fake_clock_advance(SECONDS(1));
	fake_assert_event(fake_ask(h, json_pack("{s:s}", "request", "hello"), NULL), "hello");
	fake_janus_stop(FALSE);
}

static json_t *media_at(fake_person *p, int seq)
{
	return fake_person_ask(p, "media", "{s:i, s:b}", "seq", seq, "audio", 0);
}

static void test_order(void)
{
	fake_clinic_open(NULL);
	g_autoptr(fake_person) p = fake_person_new(AREA, "r", THP_ROLE_CLIENT, "Amina", 2);
	fake_person_join(p);
	fake_assert_event(media_at(p, 5), "media");
	assert_error(media_at(p, 5), "OUT_OF_ORDER");
	assert_error(media_at(p, 4), "OUT_OF_ORDER");
	/* One that failed has not used up its number. */
	assert_field(fake_person_ask(p, "media", "{s:i, s:i}", "seq", 6, "audio", 1), "BAD_FIELD",
		     "audio");
	assert_error(fake_person_ask(p, "hold", "{s:i, s:s}", "seq", 6, "participant", NOBODY),
		     "NOT_ALLOWED");
	fake_assert_event(media_at(p, 6), "media");
	fake_assert_event(fake_person_ask(p, "media", NULL), "media");
	assert_error(fake_person_ask(p, "hello", NULL), "ALREADY_JOINED");
	assert_error(
		fake_ask(p->handle,
			 fake_person_join_body(p, "nFnQ0Zk8cXq0pMZJtT0Qm3o0d0Jz1p1fWbZ0o6a7b8c"),
			 NULL),
		"ALREADY_JOINED");
	fake_janus_stop(FALSE);
}

/* ---- invitations ---- */

static char *sign_raw(const char *payload, const char *footer, const char *implicit)
{
	char *token = NULL;

	g_assert_cmpint(thp_paseto_sign(fake_clinic_key(), payload, footer, implicit, &token), ==,
			THP_OK);
	return token;
}

/* The payload with a claim replaced (NULL: taken out). */
static char *payload_with(const fake_person *p, const char *claim, json_t *value)
{
	g_autofree char *good = thp_claims_print(&p->claims);
	json_auto_t *claims = json_loads(good, 0, NULL);

	if (value)
		json_object_set_new(claims, claim, value);
	else
		json_object_del(claims, claim);
	return json_dumps(claims, JSON_COMPACT);
}

static void assert_claim(fake_person *p, const char *claim, json_t *value, const char *name)
{
	char pid[THP_PID_LEN + 1];
	g_autofree char *payload = payload_with(p, claim, value);

	thp_paserk_pid(fake_clinic_key() + 32, pid);
	g_autofree char *footer = thp_claims_print_footer(pid);
	g_free(p->token);
	p->token = sign_raw(payload, footer, THP_ASSERTION FAKE_REALM);
	assert_field(fake_person_knock(p), name, claim);
}

static void assert_token(fake_person *p, char *token, const char *name)
{
	g_free(p->token);
	p->token = token;
	assert_error(fake_person_knock(p), name);
}

static void test_damaged_tokens(void)
{
	char pid[THP_PID_LEN + 1];
	guint8 other_public[32], other_secret[64];

	fake_clinic_open(NULL);
	thp_paserk_pid(fake_clinic_key() + 32, pid);
	g_autofree char *footer = thp_claims_print_footer(pid);
	g_autoptr(fake_person) p = fake_person_new(AREA, "r", THP_ROLE_CLIENT, "Amina", 2);
	g_autofree char *good = g_strdup(p->token);
	g_autofree char *payload = thp_claims_print(&p->claims);

	assert_token(p, g_strdup("v4.public"), "TOKEN_MALFORMED");
	assert_token(p, g_strconcat(good, "!", NULL), "TOKEN_MALFORMED");
	assert_token(p, g_strconcat("v4.local.", good + 10, NULL), "TOKEN_VERSION");
	assert_token(p, g_strconcat("v2.public.", good + 10, NULL), "TOKEN_VERSION");
	assert_token(p, sign_raw(payload, "", THP_ASSERTION FAKE_REALM), "TOKEN_FOOTER");
	assert_token(p, sign_raw(payload, "{\"kid\":1}", THP_ASSERTION FAKE_REALM), "TOKEN_FOOTER");
	assert_token(p, sign_raw("[]", footer, THP_ASSERTION FAKE_REALM), "TOKEN_CLAIMS");
	assert_token(p, sign_raw("{\"jti\":\"a\",\"jti\":\"b\"}", footer, THP_ASSERTION FAKE_REALM),
		     "TOKEN_CLAIMS");
	/* Signed for another purpose than an invitation to this realm. */
	assert_token(p, sign_raw(payload, footer, ""), "TOKEN_SIGNATURE");
	assert_token(p, sign_raw(payload, footer, THP_ASSERTION "other.example"),
		     "TOKEN_SIGNATURE");
	char *changed = g_strdup(good);
	changed[20] = changed[20] == 'A' ? 'B' : 'A';
	assert_token(p, changed, "TOKEN_SIGNATURE");
	thp_paserk_generate(other_public, other_secret);
	const char *claim = NULL;
	char *foreign = NULL;
	g_assert_cmpint(thp_invitation_sign(other_secret, &p->claims, &foreign, &claim), ==,
			THP_OK);
	assert_token(p, foreign, "TOKEN_UNKNOWN_KEY");

	assert_claim(p, "jti", NULL, "TOKEN_MISSING_CLAIM");
	assert_claim(p, "room", NULL, "TOKEN_MISSING_CLAIM");
	assert_claim(p, "role", json_string("king"), "TOKEN_BAD_CLAIM");
	assert_claim(p, "area", json_string("../etc"), "TOKEN_BAD_CLAIM");
	assert_claim(p, "seats", json_integer(9), "TOKEN_BAD_CLAIM");
	assert_claim(p, "aud", json_string("other.example"), "TOKEN_AUDIENCE");
	g_assert_cmpint(counter("areas"), ==, 0);
	g_assert_cmpint(counter("participants"), ==, 0);
	fake_janus_stop(FALSE);
}

static void test_times(void)
{
	fake_clinic_open(NULL);
	g_autoptr(fake_person) p = fake_person_new(AREA, "r", THP_ROLE_CLIENT, "Amina", 2);
	p->claims.invitation.nbf_s = fake_wall_s() + 120;
	fake_person_sign(p);
	assert_error(fake_person_knock(p), "TOKEN_EARLY");
	/* Less than the skew that is allowed. */
	fake_clock_advance(SECONDS(61));
	fake_person_join(p);
	fake_person_forget(p);
	fake_clock_advance(SECONDS(3700));
	assert_error(fake_person_knock(p), "TOKEN_EXPIRED");
	fake_janus_stop(FALSE);
}

static json_t *join_with(fake_person *p, const char *member, const char *value)
{
	p->handle = fake_attach(0);
	json_t *hello = fake_ask(p->handle, json_pack("{s:s}", "request", "hello"), NULL);
	json_t *body = fake_person_join_body(p, fake_text(hello, "nonce"));

	json_object_set_new(json_object_get(body, "device"), member, json_string(value));
	return fake_ask(p->handle, body, NULL);
}

static void test_devices(void)
{
	g_autofree char *zero = g_strnfill(43, 'A');
	g_autofree char *zeros = g_strnfill(86, 'A');

	fake_clinic_open(NULL);
	g_autoptr(fake_person) p = fake_person_new(AREA, "r", THP_ROLE_CLIENT, "Amina", 2);
	assert_error(join_with(p, "key", zero), "DEVICE_KEY");
	assert_error(join_with(p, "signature", zeros), "DEVICE_SIGNATURE");
	assert_error(join_with(p, "key", "short"), "DEVICE_KEY");
	g_assert_cmpint(counter("areas"), ==, 0);
	/* The nonce is for one join, and for this handle. */
	p->handle = fake_attach(0);
	json_t *hello = fake_ask(p->handle, json_pack("{s:s}", "request", "hello"), NULL);
	json_t *body = fake_person_join_body(p, fake_text(hello, "nonce"));
	json_auto_t *again = json_deep_copy(body);
	fake_handle *other = fake_attach(0);
	fake_ask(other, json_pack("{s:s}", "request", "hello"), NULL);
	assert_error(fake_ask(other, json_deep_copy(body), NULL), "DEVICE_SIGNATURE");
	fake_assert_event(fake_ask(p->handle, body, NULL), "joined");
	fake_handle *third = fake_attach(0);
	assert_error(fake_ask(third, json_deep_copy(again), NULL), "NO_NONCE");
	fake_janus_stop(FALSE);
}

/* A wrong token is answered the same, whatever exists. */
static void test_nothing_learned(void)
{
	char *answers[2];

	fake_clinic_open(NULL);
	g_autoptr(fake_person) wrong = fake_person_new(AREA, "r", THP_ROLE_CLIENT, "Amina", 2);
	g_autoptr(fake_person) there = fake_person_new(AREA, "r", THP_ROLE_CLIENT, "Amina", 2);
	g_autoptr(fake_person) therapist = fake_person_new(AREA, "", THP_ROLE_THERAPIST, "K", 2);
	wrong->token[20] = wrong->token[20] == 'A' ? 'B' : 'A';
	for (int i = 0; i < 2; i++) {
		json_t *reply = fake_person_knock(wrong);
		assert_error(reply, "TOKEN_SIGNATURE");
		answers[i] = json_dumps(reply, JSON_COMPACT);
		if (i > 0)
			continue;
		fake_person_arrive(there);
		fake_person_arrive(therapist);
	}
	g_assert_cmpstr(answers[0], ==, answers[1]);
	g_free(answers[0]);
	g_free(answers[1]);
	fake_janus_stop(FALSE);
}

/* ---- the moment and the person ---- */

static json_t *aim(fake_person *p, const char *request, const char *id, int knock)
{
	return fake_person_ask(p, request, "{s:s, s:s, s:i, s:s}", "participant", id, "to", id,
			       "knock", knock, "text", "Hello.");
}

static void test_moments(void)
{
	fake_clinic_open(NULL);
	g_autoptr(fake_person) therapist = fake_person_new(AREA, "", THP_ROLE_THERAPIST, "Khan", 2);
	g_autoptr(fake_person) a = fake_person_new(AREA, "r", THP_ROLE_CLIENT, "A", 2);
	g_autoptr(fake_person) b = fake_person_new(AREA, "r", THP_ROLE_CLIENT, "B", 2);
	g_autoptr(fake_person) c = fake_person_new(AREA, "s", THP_ROLE_CLIENT, "C", 2);
	g_autoptr(fake_person) stranger = fake_person_new("other", "r", THP_ROLE_CLIENT, "D", 2);
	fake_person *all[] = {therapist, a, b, c, stranger};
	static const char *const theirs[] = {"admit", "hold", "deny", "remove", "message"};

	for (gsize i = 0; i < G_N_ELEMENTS(all); i++)
		fake_person_arrive(all[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(theirs); i++) {
		assert_error(aim(a, theirs[i], b->id, 1), "NOT_ALLOWED");
		assert_error(aim(a, theirs[i], NOBODY, 1), "NOT_ALLOWED");
	}
	assert_error(fake_person_ask(a, "lock", "{s:s}", "room", "r"), "NOT_ALLOWED");
	assert_error(fake_person_ask(a, "end", NULL), "NOT_ALLOWED");
	assert_error(fake_person_ask(therapist, "end", NULL), "WRONG_STATE");
	assert_error(aim(therapist, "admit", NOBODY, 1), "NO_SUCH_PARTICIPANT");
	assert_error(aim(therapist, "admit", stranger->id, 1), "NO_SUCH_PARTICIPANT");
	assert_error(aim(therapist, "admit", therapist->id, 1), "NOT_ALLOWED");
	assert_error(aim(therapist, "admit", a->id, 2), "STALE_KNOCK");
	assert_error(aim(therapist, "deny", a->id, 2), "STALE_KNOCK");
	assert_error(aim(therapist, "hold", a->id, 1), "WRONG_STATE");
	assert_error(aim(therapist, "remove", a->id, 1), "WRONG_STATE");
	assert_field(fake_person_ask(therapist, "admit", "{s:s}", "participant", a->id),
		     "MISSING_FIELD", "knock");
	assert_error(fake_person_ask(therapist, "lock", "{s:s}", "room", "none"), "NO_SUCH_ROOM");
	fake_assert_event(fake_person_ask(therapist, "lock", "{s:s}", "room", "r"), "locked");
	assert_error(fake_admit(therapist, a), "ROOM_LOCKED");
	fake_assert_event(fake_person_ask(therapist, "unlock", "{s:s}", "room", "r"), "locked");
	g_assert_cmpint(counter("admitted"), ==, 0);
	fake_assert_event(fake_admit(therapist, a), "admitted");
	assert_error(fake_admit(therapist, a), "WRONG_STATE");
	assert_error(fake_admit(therapist, b), "ROOM_FULL");
	assert_error(fake_admit(therapist, c), "IN_ANOTHER_ROOM");
	assert_error(aim(therapist, "message", a->id, 1), "WRONG_STATE");
	assert_error(fake_person_ask(a, "media", "{s:b}", "echo", 1), "WRONG_STATE");
	g_assert_cmpint(counter("admitted"), ==, 2);
	g_assert_cmpuint(fake_count(stranger->handle, "message"), ==, 0);
	fake_janus_stop(FALSE);
}

static void test_full_area(void)
{
	static const char *const small[] = {"limits.people_per_area=2", NULL};

	fake_clinic_open(small);
	g_autoptr(fake_person) a = fake_person_new(AREA, "r", THP_ROLE_CLIENT, "A", 2);
	g_autoptr(fake_person) b = fake_person_new(AREA, "s", THP_ROLE_CLIENT, "B", 2);
	g_autoptr(fake_person) c = fake_person_new(AREA, "t", THP_ROLE_CLIENT, "C", 2);
	fake_person_join(a);
	fake_person_join(b);
	assert_error(fake_person_knock(c), "AREA_FULL");
	/* The nonce is used up, by a join that failed too. */
	assert_error(
		fake_ask(c->handle,
			 fake_person_join_body(c, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
			 NULL),
		"NO_NONCE");
	fake_assert_event(fake_person_ask(a, "leave", NULL), "left");
	fake_person_join(c);
	fake_janus_stop(FALSE);
}

/* ---- media descriptions ---- */

/* The calls made up to now, on the worker and on the handle's thread. */
static fake_calls calls_of(fake_handle *h)
{
	fake_settle(h);
	return fake_calls_of(h);
}

static json_t *publish(fake_handle *h, const char *type, const char *sdp)
{
	return fake_ask(h, json_pack("{s:s}", "request", "publish"), fake_jsep_new(type, sdp));
}

static void test_descriptions(void)
{
	g_autofree char *offer = fake_offer(FAKE_AUDIO | FAKE_VIDEO, 2);
	g_autofree char *data = g_strconcat(
		offer, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n", NULL);
	g_autofree char *answer = fake_answer(1);

	fake_clinic_open(NULL);
	g_autoptr(fake_person) p = fake_person_new(AREA, "r", THP_ROLE_CLIENT, "A", 2);
	g_autoptr(fake_person) o = fake_person_new(AREA, "r", THP_ROLE_OBSERVER, "O", 2);
	fake_person_join(p);
	fake_person_join(o);
	assert_error(fake_person_ask(p, "publish", NULL), "JSEP_MISSING");
	assert_error(publish(p->handle, "answer", offer), "JSEP_BAD");
	g_assert_cmpuint(calls_of(p->handle).closes, ==, 1);
	assert_error(publish(o->handle, "offer", offer), "NOT_ALLOWED");
	g_assert_cmpuint(calls_of(o->handle).closes, ==, 1);

	g_autoptr(fake_person) q = fake_person_new(AREA, "q", THP_ROLE_CLIENT, "Q", 2);
	fake_person_join(q);
	assert_error(publish(q->handle, "offer", data), "JSEP_REFUSED");
	g_assert_cmpuint(calls_of(q->handle).closes, ==, 1);
	g_assert_cmpuint(calls_of(q->handle).hangups, ==, 1);

	fake_handle *h = fake_attach(0);
	json_t *body = json_pack("{s:s, s:s}", "request", "receive", "ticket", q->ticket);
	json_t *again = json_deep_copy(body);
	fake_assert_event(fake_ask(h, body, NULL), "offer");
	assert_error(fake_ask(h, again, NULL), "JSEP_PENDING");
	assert_error(fake_ask(h, json_pack("{s:s}", "request", "answer"),
			      fake_jsep_new("answer", "v=0\r\n")),
		     "JSEP_BAD");
	g_assert_cmpuint(calls_of(h).closes, ==, 1);
	/* The participant handle offers, it does not answer. */
	fake_handle *wrong = fake_attach(0);
	assert_error(fake_ask(wrong,
			      json_pack("{s:s, s:s}", "request", "receive", "ticket",
					"bq0pMZJtT0Qm3o0d0Jz1p1fWbZ0o6a7b8cnFnQ0Zk8c"),
			      NULL),
		     "BAD_TICKET");
	assert_error(fake_ask(q->handle,
			      json_pack("{s:s, s:s}", "request", "receive", "ticket", q->ticket),
			      NULL),
		     "BAD_TICKET");
	assert_error(fake_ask(p->handle, json_pack("{s:s}", "request", "answer"),
			      fake_jsep_new("answer", answer)),
		     "JSEP_NOT_EXPECTED");
	fake_janus_stop(FALSE);
}

/* A Janus session ends on a thread of Janus's own. */
static void assert_soon_gone(fake_handle *handle)
{
	for (int tries = 0; tries < 500 && !fake_is_gone(handle); tries++)
		g_usleep(10000);
	g_assert_true(fake_is_gone(handle));
}

/* Before a join there is no place for a description: the connection is closed, then the Janus session ends. */
static void test_early_description(void)
{
	g_autofree char *offer = fake_offer(FAKE_AUDIO, 2);

	fake_clinic_open(NULL);
	gint64 refused = counter("refused_media");
	fake_handle *h = fake_attach(77), *companion = fake_attach(77), *other = fake_attach(78);
	assert_error(publish(h, "offer", offer), "JSEP_NOT_EXPECTED");
	fake_calls calls = calls_of(h);
	g_assert_cmpuint(calls.closes, ==, 1);
	g_assert_cmpuint(calls.hangups, ==, 1);
	g_assert_cmpuint(calls.ends, ==, 0);
	g_assert_false(fake_is_gone(h));
	assert_error(
		fake_ask(h, json_pack("{s:s}", "request", "hello"), fake_jsep_new("offer", offer)),
		"JSEP_NOT_EXPECTED");
	calls = calls_of(h);
	g_assert_cmpuint(calls.ends, ==, 1);
	assert_soon_gone(h);
	assert_soon_gone(companion);
	g_assert_false(fake_is_gone(other));
	g_assert_cmpint(counter("refused_media"), ==, refused + 2);
	/* Whatever the request was. */
	for (int i = 0; i < 2; i++)
		assert_error(fake_ask(other, json_pack("{s:s}", "request", "x"),
				      fake_jsep_new("offer", offer)),
			     "UNKNOWN_REQUEST");
	(void)calls_of(other);
	g_assert_true(fake_is_gone(other));
	fake_janus_stop(FALSE);
}

/* ---- operators ---- */

static void test_admin(void)
{
	fake_clinic_open(NULL);
	json_auto_t *unknown = fake_admin("rooms");
	assert_error(unknown, "UNKNOWN_REQUEST");
	fake_janus_stop(FALSE);
}

#define KEYPACKAGE "AAEABQAB"
#define WELCOME    "AAEAA_AN"
#define COMMIT     "AAEAAgNyLjEAAAAAAAAAAAMAASo"
#define CHAT       "AAEAAgNyLjIAAAAAAAAAAAEAASo"

static void test_keys(void)
{
	static const char *const required[] = {"general.require_e2ee=true", NULL};

	fake_clinic_open(required);
	g_autoptr(fake_person) a = fake_person_new(AREA, "r", THP_ROLE_CLIENT, "A", 2);
	g_autoptr(fake_person) therapist = fake_person_new(AREA, "", THP_ROLE_THERAPIST, "Khan", 2);

	fake_assert_event(fake_person_join(a), "joined");
	fake_assert_event(fake_person_join(therapist), "joined");
	assert_error(fake_admit(therapist, a), "E2EE_REQUIRED");
	assert_error(fake_person_ask(a, "e2ee", "{s:s, s:s}", "type", "keypackage", "data", CHAT),
		     "E2EE_BAD");
	const char *form = "{s:s, s:i, s:{s:i, s:i, s:s, s:s}}";
	assert_error(fake_person_ask(therapist, "admit", form, "participant", a->id, "knock", 1,
				     "e2ee", "gi", 1, "epoch", 0, "commit", COMMIT, "welcome",
				     WELCOME),
		     "E2EE_STALE");
	fake_assert_event(
		fake_person_ask(a, "e2ee", "{s:s, s:s}", "type", "keypackage", "data", KEYPACKAGE),
		"e2ee");
	fake_assert_event(fake_person_ask(therapist, "admit", form, "participant", a->id, "knock",
					  1, "e2ee", "gi", 1, "epoch", 0, "commit", COMMIT,
					  "welcome", WELCOME),
			  "admitted");
	fake_assert_event(fake_person_ask(therapist, "e2ee", "{s:s}", "type", "reset"), "e2ee");
	assert_error(
		fake_person_ask(a, "e2ee", "{s:s, s:i, s:s}", "type", "app", "gi", 2, "data", CHAT),
		"E2EE_NOT_MEMBER");
	fake_janus_stop(FALSE);
}

/* What this program did not see is not for pages, or cannot be caused by them. */
static void test_all_seen(void)
{
	static const thp_err elsewhere[] = {
		THP_OK, THP_INTERNAL, THP_BUSY, THP_TOKEN_USED, THP_TOKEN_REVOKED, THP_CONF_SYNTAX,
		THP_CONF_VALUE, THP_KEY_FILE, THP_NOT_STORED, THP_DRAINING, THP_SESSION_MAXIMUM,
		THP_NEXT_APPOINTMENT, THP_PAUSE_LIMIT,
		/* shell_consent, shell_withdraw, consent */
		THP_CONSENT_MISSING, THP_CONSENT_OF_OTHERS, THP_GUARDIAN_REQUIRED,
		THP_CONSENT_NOT_SHOWN, THP_CONSENT_STALE,
		/* recording.c, and tests/live/recording.test.mjs */
		THP_RECORDING_OFF, THP_RECORDING_DECLINED, THP_CONSENT_NOT_KEPT};

	for (gsize i = 0; i < G_N_ELEMENTS(elsewhere); i++)
		seen[elsewhere[i]] = TRUE;
	/* Databases, proofs and texts: db, shell_store, proof, receipt, ledger, consent_text. */
	for (int e = THP_DB_FOREIGN; e < THP_N_ERRORS; e++)
		seen[e] = TRUE;
	for (int e = 0; e < THP_N_ERRORS; e++) {
		if (!seen[e])
			g_test_fail_printf("%s was not caused", thp_err_name((thp_err)e));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/shell/errors/requests", test_requests);
	g_test_add_func("/shell/errors/not_joined", test_not_joined);
	g_test_add_func("/shell/errors/pace", test_pace);
	g_test_add_func("/shell/errors/order", test_order);
	g_test_add_func("/shell/errors/damaged_tokens", test_damaged_tokens);
	g_test_add_func("/shell/errors/times", test_times);
	g_test_add_func("/shell/errors/devices", test_devices);
	g_test_add_func("/shell/errors/nothing_learned", test_nothing_learned);
	g_test_add_func("/shell/errors/moments", test_moments);
	g_test_add_func("/shell/errors/full_area", test_full_area);
	g_test_add_func("/shell/errors/descriptions", test_descriptions);
	g_test_add_func("/shell/errors/early_description", test_early_description);
	g_test_add_func("/shell/errors/admin", test_admin);
	g_test_add_func("/shell/errors/keys", test_keys);
	g_test_add_func("/shell/errors/all_seen", test_all_seen);
	return g_test_run();
}
