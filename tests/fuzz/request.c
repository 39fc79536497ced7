/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any JSON as a request, as an operator's request and as the envelope of a media description. */
#include <stdint.h>
#include <string.h>

#include <therapy/admin.h>
#include <therapy/request.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every string ends inside its field, and every field keeps what the header promises. */
static void check(const thp_request *r)
{
	g_assert_cmpint(r->kind, <, THP_N_REQUESTS);
	g_assert_nonnull(memchr(r->invitation, '\0', sizeof r->invitation));
	g_assert_nonnull(memchr(r->text, '\0', sizeof r->text));
	g_assert_true(g_utf8_validate(r->text, -1, NULL));
	g_assert_cmpint(g_utf8_strlen(r->text, -1), <=, THP_TEXT_CHARS);
	g_assert_nonnull(memchr(r->room, '\0', sizeof r->room));
	gsize who = strlen(r->participant);
	gsize ticket = strlen(r->ticket);

	g_assert_true(who == 0 || who == THP_PARTICIPANT_CHARS);
	g_assert_true(ticket == 0 || ticket == THP_TICKET_CHARS);
	g_assert_true(r->audio >= -1 && r->audio <= 1);
	g_assert_true(r->video >= -1 && r->video <= 1);
	g_assert_true(r->echo >= -1 && r->echo <= 1);
	g_assert_true(r->knock != 0 || (r->kind != THP_REQ_ADMIT && r->kind != THP_REQ_DENY));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_auto_t *body =
		json_loadb((const char *)data, size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	g_auto(thp_request) request = {0};
	const char *field = NULL;
	thp_admin admin;
	thp_jsep jsep;

	if (thp_request_parse(body, &request, &field) == THP_OK) {
		g_assert_null(field);
		check(&request);
	} else {
		g_assert_cmpstr(request.ticket, ==, "");
		g_assert_cmpstr(request.invitation, ==, "");
	}
	if (thp_admin_parse(body, &admin, &field) == THP_OK) {
		g_assert_cmpuint(admin.n_values, <=, THP_ADMIN_VALUES_MAX);
		g_assert_nonnull(memchr(admin.tier, '\0', sizeof admin.tier));
		g_assert_true((admin.area[0] == '\0') == (admin.room[0] == '\0'));
	}
	if (thp_jsep_parse(body, &jsep) == THP_OK)
		g_assert_cmpuint(strlen(jsep.sdp), ==, jsep.sdp_length);
	return 0;
}
