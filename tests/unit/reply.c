/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pages hear, where docs/protocol.md has no example: empty lists, absent fields, unwritable
 * text. */
#include <therapy/reply.h>

#include <string.h>

#define BROKEN "\xff\xfe"

/* Takes @json. */
static void assert_json(json_t *json, const char *expected)
{
	json_auto_t *owned = json;
	json_auto_t *wanted = json_loads(expected, 0, NULL);
	g_autofree char *text = json_dumps(owned, JSON_COMPACT);

	g_assert_nonnull(wanted);
	if (!json_equal(owned, wanted))
		g_error("%s, not %s", text, expected);
	g_assert_cmpuint(owned->refcount, ==, 1);
}

/* Takes @json. */
static void assert_internal(json_t *json)
{
	json_auto_t *owned = json;

	g_assert_cmpstr(json_string_value(json_object_get(owned, "therapy")), ==, "error");
	g_assert_cmpstr(json_string_value(json_object_get(owned, "error_name")), ==, "INTERNAL");
}

static void test_error(void)
{
	assert_json(thp_reply_error(THP_ROOM_FULL, NULL),
		    "{\"therapy\":\"error\",\"error_code\":5126,\"error_name\":\"ROOM_FULL\","
		    "\"error\":\"the room is full\"}");
	for (int i = 0; i < THP_N_ERRORS; i++) {
		json_auto_t *json = thp_reply_error((thp_err)i, "seq");

		g_assert_cmpint(json_integer_value(json_object_get(json, "error_code")), ==,
				thp_err_code((thp_err)i));
		g_assert_cmpuint(json_object_size(json), ==, 5);
	}
}

static void test_state(void)
{
	assert_json(thp_reply_state("waiting", "arrived", NULL, NULL),
		    "{\"therapy\":\"state\",\"state\":\"waiting\",\"reason\":\"arrived\"}");
	assert_json(
		thp_reply_state("denied", "denied", "r", "Please call."),
		"{\"therapy\":\"state\",\"state\":\"denied\",\"reason\":\"denied\",\"room\":\"r\","
		"\"text\":\"Please call.\"}");
}

static void test_lists(void)
{
	const thp_reply_peer peers[2] = {
		{.participant = "a", .role = "client", .name = "", .slot = -1, .away = TRUE},
		{.participant = "b", .role = "guest", .name = "B", .audio = TRUE, .video = TRUE},
	};
	const thp_reply_person person = {
		.participant = "a",
		.knock = G_MAXUINT32,
		.name = "ی",
		.role = "client",
		.room = "r",
		.state = "held",
		.away = TRUE,
		.ready = FALSE,
		.locked = TRUE,
		.waited_s = G_GINT64_CONSTANT(5000000000),
		.details = -1,
	};

	assert_json(thp_reply_roster("r", TRUE, NULL, 0),
		    "{\"therapy\":\"roster\",\"room\":\"r\",\"locked\":true,\"peers\":[]}");
	assert_json(thp_reply_roster("r", FALSE, peers, 2),
		    "{\"therapy\":\"roster\",\"room\":\"r\",\"locked\":false,\"peers\":["
		    "{\"participant\":\"a\",\"role\":\"client\",\"name\":\"\",\"audio\":false,"
		    "\"video\":false,\"slot\":-1,\"away\":true},"
		    "{\"participant\":\"b\",\"role\":\"guest\",\"name\":\"B\",\"audio\":true,"
		    "\"video\":true,\"slot\":0,\"away\":false}]}");
	assert_json(thp_reply_waiting(NULL, 0), "{\"therapy\":\"waiting\",\"people\":[]}");
	assert_json(
		thp_reply_waiting(&person, 1),
		"{\"therapy\":\"waiting\",\"people\":[{\"participant\":\"a\",\"knock\":4294967295,"
		"\"name\":\"ی\",\"role\":\"client\",\"room\":\"r\",\"state\":\"held\",\"away\":true,"
		"\"waited_s\":5000000000,\"ready\":false,\"locked\":true}]}");
}

static void test_handle(void)
{
	const thp_reply_handle fresh = {.handle = "new"};
	const thp_reply_handle joined = {
		.handle = "participant",
		.state = "waiting",
		.relayed_packets = G_GUINT64_CONSTANT(5000000000),
		.dropped_packets = 2,
	};

	assert_json(thp_reply_handle_new(&fresh),
		    "{\"handle\":\"new\",\"relayed_packets\":0,\"dropped_packets\":0}");
	assert_json(
		thp_reply_handle_new(&joined),
		"{\"handle\":\"participant\",\"state\":\"waiting\",\"relayed_packets\":5000000000,"
		"\"dropped_packets\":2}");
}

static void test_jsep(void)
{
	assert_json(thp_reply_jsep(TRUE, "v=0\r\n", FALSE, FALSE),
		    "{\"type\":\"offer\",\"sdp\":\"v=0\\r\\n\"}");
	assert_json(thp_reply_jsep(TRUE, "v=0", TRUE, TRUE),
		    "{\"type\":\"offer\",\"sdp\":\"v=0\",\"e2ee\":true,\"restart\":true}");
	assert_json(thp_reply_jsep(FALSE, "v=0", TRUE, FALSE),
		    "{\"type\":\"answer\",\"sdp\":\"v=0\",\"e2ee\":true}");
}

/* Somebody is always answered, even when what should be said cannot be written. */
static void test_unwritable(void)
{
	const thp_reply_peer peer = {.participant = "a", .role = "client", .name = BROKEN};
	const thp_reply_person person = {
		.participant = "a", .name = "A", .role = "client", .room = BROKEN, .state = "held"};
	const thp_reply_joined joined = {.participant = "a",
					 .role = "client",
					 .state = "waiting",
					 .ticket = "t",
					 .name = BROKEN,
					 .with = "",
					 .lang = "",
					 .room = "",
					 .area = ""};

	assert_internal(thp_reply_message(BROKEN));
	assert_internal(thp_reply_state("denied", "denied", NULL, BROKEN));
	assert_internal(thp_reply_roster("r", FALSE, &peer, 1));
	assert_internal(thp_reply_roster(BROKEN, FALSE, NULL, 0));
	assert_internal(thp_reply_waiting(&person, 1));
	assert_internal(thp_reply_joined_new(&joined));
	assert_internal(thp_reply_ended(BROKEN));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/reply/error", test_error);
	g_test_add_func("/reply/state", test_state);
	g_test_add_func("/reply/lists", test_lists);
	g_test_add_func("/reply/handle", test_handle);
	g_test_add_func("/reply/jsep", test_jsep);
	g_test_add_func("/reply/unwritable", test_unwritable);
	return g_test_run();
}
