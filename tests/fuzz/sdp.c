/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a publisher's offer, which is then answered, and as a receiver's answer. */
#include <stdint.h>
#include <string.h>

#include <therapy/sdp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What we write: short lines of plain text, an m-line for each that was offered. */
static void check(const GString *text, guint mlines)
{
	g_auto(GStrv) lines = g_strsplit(text->str, "\r\n", -1);
	guint found = 0;

	g_assert_cmpuint(strlen(text->str), ==, text->len);
	for (guint i = 0; lines[i]; i++) {
		g_assert_cmpuint(strlen(lines[i]), <, 200);
		if (lines[i][0])
			g_assert_true(lines[i][1] == '=');
		found += lines[i][0] == 'm';
	}
	g_assert_cmpuint(found, ==, mlines);
}

static void try_offer(const char *text, gsize size)
{
	const thp_sdp_limits limits = {.video_max_bps = 1000000, .audio_max_bps = 40000};
	g_autoptr(GString) out = g_string_new(NULL);
	thp_sdp_publish publish;

	if (thp_sdp_offer_parse(text, size, &publish) != THP_OK)
		return;
	g_assert_true(publish.n_mlines >= 1 && publish.n_mlines <= THP_SDP_PUBLISH_MAX);
	for (guint i = 0; i < publish.n_mlines; i++) {
		g_assert_cmpuint(publish.mlines[i].payload_type, <=, 127);
		g_assert_nonnull(memchr(publish.mlines[i].mid, '\0', THP_MID_MAX + 1));
		g_assert_true(publish.mlines[i].accepted || !publish.mlines[i].sends);
	}
	if (publish.n_mlines > 1) {
		const thp_simulcast layers = {
			.n = THP_LAYERS_MAX, .mindex = 1, .ext = publish.mlines[1].ext_rid};

		if (thp_sdp_offer_layers(&publish, &layers) == THP_OK)
			g_assert_true(publish.mlines[1].sends &&
				      publish.mlines[1].media == THP_SDP_VIDEO);
	}
	thp_sdp_answer_write(&publish, &limits, out);
	check(out, publish.n_mlines);
}

static void try_answer(const char *text, gsize size, guint pairs)
{
	thp_sdp_receiving receiving;
	guint accepted = 0;

	if (thp_sdp_receiver_answer_parse(text, size, pairs, &receiving) != THP_OK)
		return;
	for (guint i = 0; i < THP_SDP_RECEIVE_MAX; i++)
		accepted += receiving.accepted[i] ? 1 : 0;
	g_assert_cmpuint(accepted, ==, receiving.n_audio + receiving.n_video);
	g_assert_true(accepted >= 1 && accepted <= 2 * pairs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	guint mlines = 0;

	for (gsize i = 2; i < size; i++)
		mlines += text[i - 2] == '\n' && text[i - 1] == 'm' && text[i] == '=';
	try_offer(text, size);
	/* The offer that it could be the answer to, and one that it could not. */
	try_answer(text, size, mlines / 2);
	try_answer(text, size, mlines / 2 + 1);
	return 0;
}
