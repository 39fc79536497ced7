/* SPDX-License-Identifier: GPL-3.0-or-later */
/* docs/protocol.md against the code: each request in it parses, each event in it is what we would
 * write. */
#include "protocol_events.h"

#include <therapy/admin.h>
#include <therapy/area_event.h>
#include <therapy/consent_reply.h>
#include <therapy/policy.h>
#include <therapy/reply.h>
#include <therapy/request.h>

#include <string.h>

static char *page;

/* ---- the page ---------------------------------------------------------------------------------
 */

/* Calls @check with each block that starts with ```json @kind; returns their number. */
static guint each_block(const char *kind, void (*check)(json_t *example, const char *text))
{
	g_autofree char *fence = g_strdup_printf("\n```json %s\n", kind);
	guint count = 0;

	for (const char *p = strstr(page, fence); p; p = strstr(p, fence)) {
		p += strlen(fence);
		const char *end = strstr(p, "\n```\n");

		g_assert_nonnull(end);
		g_autofree char *text = g_strndup(p, (gsize)(end - p));
		json_auto_t *example = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

		if (!example)
			g_error("not JSON: %s", text);
		check(example, text);
		count++;
		p = end;
	}
	return count;
}

static gboolean seen_request[THP_N_REQUESTS];

static void check_request(json_t *example, const char *text)
{
	g_auto(thp_request) request = {0};
	const char *field = NULL;
	thp_err err = thp_request_parse(example, &request, &field);

	if (err)
		g_error("%s (%s): %s", thp_err_name(err), field, text);
	seen_request[request.kind] = TRUE;
}

static void test_requests(void)
{
	g_assert_cmpuint(each_block("request", check_request), >, 0);
	for (int i = 0; i < THP_N_REQUESTS; i++) {
		if (!seen_request[i])
			g_error("no example of %s", thp_request_name((thp_request_kind)i));
	}
}

static void check_admin(json_t *example, const char *text)
{
	thp_admin admin;
	const char *field = NULL;
	thp_err err = thp_admin_parse(example, &admin, &field);

	if (err)
		g_error("%s (%s): %s", thp_err_name(err), field, text);
}

static void test_admins(void)
{
	g_assert_cmpuint(each_block("admin", check_admin), ==, THP_N_ADMINS);
}

static gboolean *seen_event;

static void check_event(json_t *example, const char *text)
{
	const char *name = json_string_value(json_object_get(example, "therapy"));

	for (guint i = 0; i < protocol_events_count(); i++) {
		if (g_strcmp0(protocol_event_name(i), name) != 0)
			continue;
		json_auto_t *ours = protocol_event_again(i, example);
		g_autofree char *written = json_dumps(ours, 0);

		/* Fields in the same order, too. */
		g_assert_cmpstr(written, ==, text);
		seen_event[i] = TRUE;
		return;
	}
	g_error("nothing writes this: %s", text);
}

static void test_events(void)
{
	g_assert_cmpuint(each_block("event", check_event), >, 0);
	for (guint i = 0; i < protocol_events_count(); i++) {
		if (!seen_event[i])
			g_error("no example of %s", protocol_event_name(i));
	}
}

/* A block of another kind would be an example that nothing checks. */
static void test_no_other_blocks(void)
{
	static const char *const kinds[] = {" request\n", " admin\n", " event\n"};

	for (const char *p = strstr(page, "```json"); p; p = strstr(p, "```json")) {
		gboolean known = FALSE;

		p += strlen("```json");
		for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
			known = known || g_str_has_prefix(p, kinds[i]);
		g_assert_true(known);
	}
}

static void assert_named(const char *name)
{
	g_autofree char *quoted = g_strdup_printf("`%s`", name);

	if (!strstr(page, quoted))
		g_error("%s is not in the protocol", quoted);
}

static void test_words(void)
{
	for (int i = 0; i < THP_N_STATES; i++)
		assert_named(thp_state_name((thp_state)i));
	for (int i = 0; i < THP_N_REASONS; i++)
		assert_named(thp_reason_name((thp_reason)i));
	for (int i = 0; i < THP_N_WHY; i++)
		assert_named(thp_controller_why_name((thp_why)i));
	for (int i = 0; i < THP_N_CUES; i++)
		assert_named(thp_cue_name((thp_cue)i));
	for (int i = THP_RECORDING_WAITING; i < THP_N_RECORDING_STATES; i++)
		assert_named(thp_recording_state_name((thp_recording_state)i));
	for (int i = THP_RECORDING_BY_SOMEBODY; i < THP_N_RECORDING_REASONS; i++)
		assert_named(thp_recording_reason_name((thp_recording_reason)i));
}

/* Every `NAME_IN_CAPITALS` of the page is an error that exists. */
static void test_errors(void)
{
	g_autoptr(GRegex) regex = g_regex_new("`([A-Z]+(?:_[A-Z]+)+)`", 0, 0, NULL);
	g_autoptr(GMatchInfo) match = NULL;
	guint count = 0;

	for (g_regex_match(regex, page, 0, &match); g_match_info_matches(match);
	     g_match_info_next(match, NULL)) {
		g_autofree char *name = g_match_info_fetch(match, 1);
		gboolean exists = FALSE;

		for (int i = 0; i < THP_N_ERRORS; i++)
			exists = exists || strcmp(name, thp_err_name((thp_err)i)) == 0;
		if (!exists)
			g_error("%s is no error", name);
		count++;
	}
	g_assert_cmpuint(count, >, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_autofree char *path = g_test_build_filename(G_TEST_DIST, "docs", "protocol.md", NULL);

	g_assert_true(g_file_get_contents(path, &page, NULL, NULL));
	seen_event = g_new0(gboolean, protocol_events_count());
	g_test_add_func("/protocol/requests", test_requests);
	g_test_add_func("/protocol/admins", test_admins);
	g_test_add_func("/protocol/events", test_events);
	g_test_add_func("/protocol/no-other-blocks", test_no_other_blocks);
	g_test_add_func("/protocol/words", test_words);
	g_test_add_func("/protocol/errors", test_errors);
	int result = g_test_run();

	g_free(seen_event);
	g_free(page);
	return result;
}
