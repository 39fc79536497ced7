/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A receiver's media descriptions: every byte of our offer, and which answers to it are taken. */
#include <therapy/sdp.h>

#include <string.h>

#define HEAD "v=0\r\no=- 46117327 2 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n"

/* From a copy of exactly this size, so that the sanitizer sees a read too far. */
static thp_err answer(const char *text, guint pairs, thp_sdp_receiving *out)
{
	gsize length = strlen(text);
	g_autofree char *exact = g_memdup2(text, length);

	return thp_sdp_receiver_answer_parse(exact, length, pairs, out);
}

static void test_offer(void)
{
	g_autoptr(GString) one = g_string_new(NULL);
	g_autoptr(GString) more = g_string_new(NULL);

	thp_sdp_receiver_offer_write(1, 77, 3, one);
	g_assert_cmpstr(one->str, ==,
			"v=0\r\n"
			"o=- 77 3 IN IP4 0.0.0.0\r\n"
			"s=therapy\r\n"
			"t=0 0\r\n"
			"m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\n"
			"c=IN IP4 0.0.0.0\r\n"
			"a=sendonly\r\n"
			"a=mid:0\r\n"
			"a=msid:therapy-0 a0\r\n"
			"a=rtpmap:111 opus/48000/2\r\n"
			"a=fmtp:111 minptime=10;useinbandfec=1\r\n"
			"a=rtpmap:63 red/48000/2\r\n"
			"a=fmtp:63 111/111\r\n"
			"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
			"m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
			"c=IN IP4 0.0.0.0\r\n"
			"a=sendonly\r\n"
			"a=mid:1\r\n"
			"a=msid:therapy-0 v0\r\n"
			"a=rtpmap:96 VP8/90000\r\n"
			"a=rtcp-fb:96 ccm fir\r\n"
			"a=rtcp-fb:96 nack\r\n"
			"a=rtcp-fb:96 nack pli\r\n"
			"a=rtcp-fb:96 goog-remb\r\n"
			"a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"
			"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n");
	for (guint pairs = 2; pairs <= THP_SDP_PAIRS_MAX; pairs++) {
		g_string_truncate(more, 0);
		thp_sdp_receiver_offer_write(pairs, 77, 3, more);
		/* What was offered before stays as it was. */
		g_assert_true(g_str_has_prefix(more->str, one->str));
		g_string_assign(one, more->str);
		g_assert_null(strstr(more->str, "transport"));
	}
	g_assert_nonnull(strstr(more->str, "a=mid:13\r\na=msid:therapy-6 v6\r\n"));
	g_string_truncate(more, 0);
	thp_sdp_receiver_offer_write(THP_SDP_PAIRS_MAX + 1, 77, 3, more);
	g_assert_cmpstr(more->str, ==, one->str);
}

#define A_LINE(port, mid, way)                                                                     \
	"m=audio " port " UDP/TLS/RTP/SAVPF 111\r\na=" way "\r\na=mid:" mid                        \
	"\r\na=rtpmap:111 opus/48000/2\r\n"
#define V_LINE(port, mid, way)                                                                     \
	"m=video " port " UDP/TLS/RTP/SAVPF 96\r\na=" way "\r\na=mid:" mid                         \
	"\r\na=rtpmap:96 VP8/90000\r\n"
#define RED_LINE(mid)                                                                              \
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=recvonly\r\na=mid:" mid                           \
	"\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\n"
#define PAIR_0 A_LINE("9", "0", "recvonly") V_LINE("9", "1", "recvonly")

static void test_answer(void)
{
	thp_sdp_receiving r;

	g_assert_cmpint(answer(HEAD PAIR_0, 1, &r), ==, THP_OK);
	g_assert_cmpuint(r.pairs, ==, 1);
	g_assert_true(r.accepted[0] && r.accepted[1]);
	g_assert_cmpuint(r.n_audio, ==, 1);
	g_assert_cmpuint(r.n_video, ==, 1);
	g_assert_false(r.hears_red);
	/* Who is to hear RED needs it on every line. */
	g_assert_cmpint(answer(HEAD RED_LINE("0") V_LINE("9", "1", "recvonly"), 1, &r), ==, THP_OK);
	g_assert_true(r.hears_red);
	g_assert_cmpint(answer(HEAD PAIR_0 RED_LINE("2") V_LINE("9", "3", "recvonly"), 2, &r), ==,
			THP_OK);
	g_assert_false(r.hears_red);
	g_assert_cmpint(answer(HEAD PAIR_0 A_LINE("0", "2", "inactive")
				       V_LINE("9", "3", "inactive"),
			       2, &r),
			==, THP_OK);
	g_assert_true(r.accepted[0] && r.accepted[1]);
	g_assert_false(r.accepted[2] || r.accepted[3]);
	/* Another codec than the offered one is as good as none. */
	g_assert_cmpint(
		answer(HEAD A_LINE("9", "0", "recvonly") "m=video 9 UDP/TLS/RTP/SAVPF 97\r\n"
							 "a=recvonly\r\na=mid:1\r\n"
							 "a=rtpmap:97 VP8/90000\r\n",
		       1, &r),
		==, THP_OK);
	g_assert_true(r.accepted[0]);
	g_assert_false(r.accepted[1]);
	g_assert_cmpuint(r.n_video, ==, 0);
}

static void test_answer_refused(void)
{
	static const struct {
		const char *text;
		guint pairs;
		thp_err err;
	} cases[] = {
		{HEAD, 1, THP_JSEP_BAD},
		{HEAD PAIR_0, 0, THP_JSEP_REFUSED},
		{HEAD PAIR_0, 2, THP_JSEP_REFUSED},
		{HEAD PAIR_0, THP_SDP_PAIRS_MAX + 1, THP_JSEP_REFUSED},
		{HEAD A_LINE("9", "0", "recvonly"), 1, THP_JSEP_REFUSED},
		{HEAD V_LINE("9", "0", "recvonly") A_LINE("9", "1", "recvonly"), 1,
		 THP_JSEP_REFUSED},
		{HEAD A_LINE("9", "1", "recvonly") V_LINE("9", "0", "recvonly"), 1,
		 THP_JSEP_REFUSED},
		{HEAD A_LINE("9", "0", "sendrecv") V_LINE("9", "1", "recvonly"), 1,
		 THP_JSEP_REFUSED},
		{HEAD A_LINE("9", "0", "recvonly") V_LINE("9", "1", "sendonly"), 1,
		 THP_JSEP_REFUSED},
		{HEAD A_LINE("9", "0", "inactive") V_LINE("0", "1", "inactive"), 1,
		 THP_JSEP_REFUSED},
		{HEAD PAIR_0 A_LINE(
			 "9", "2",
			 "recvonly") "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
		 2, THP_JSEP_REFUSED},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		thp_sdp_receiving r;

		if (answer(cases[i].text, cases[i].pairs, &r) != cases[i].err)
			g_error("not so: %s", cases[i].text);
	}
}

/* More m-lines than anybody is ever offered. */
static void test_too_many_mlines(void)
{
	g_autoptr(GString) text = g_string_new(HEAD);
	thp_sdp_receiving r;

	for (guint i = 0; i < THP_SDP_RECEIVE_MAX; i++)
		g_string_append_printf(text,
				       "m=%s 9 UDP/TLS/RTP/SAVPF %u\r\na=recvonly\r\na=mid:%u\r\n"
				       "a=rtpmap:%u %s\r\n",
				       i % 2 ? "video" : "audio", i % 2 ? 96 : 111, i,
				       i % 2 ? 96 : 111, i % 2 ? "VP8/90000" : "opus/48000/2");
	g_assert_cmpint(answer(text->str, THP_SDP_PAIRS_MAX, &r), ==, THP_OK);
	g_assert_cmpuint(r.n_audio + r.n_video, ==, (guint)THP_SDP_RECEIVE_MAX);
	g_string_append(text, "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n");
	g_assert_cmpint(answer(text->str, THP_SDP_PAIRS_MAX, &r), ==, THP_JSEP_REFUSED);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sdp-receive/offer", test_offer);
	g_test_add_func("/sdp-receive/answer", test_answer);
	g_test_add_func("/sdp-receive/answer-refused", test_answer_refused);
	g_test_add_func("/sdp-receive/too-many-mlines", test_too_many_mlines);
	return g_test_run();
}
