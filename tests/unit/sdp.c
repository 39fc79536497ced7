/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A publisher's media descriptions: what is taken, what is refused, and every byte of what we
 * write. */
#include <therapy/sdp.h>

#include <string.h>

#define HEAD    "v=0\r\no=- 46117327 2 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n"
#define AUDIO_M "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\nc=IN IP4 1.1.1.1\r\n"
#define AUDIO_A                                                                                    \
	"a=mid:0\r\n"                                                                              \
	"a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"                               \
	"a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"                \
	"a=extmap:3 http://www.ietf.org/id/"                                                       \
	"draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"                                   \
	"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"                                       \
	"a=msid:- 2f8f6a2e-9a53-4a5b-8b3e-6e1c8a8d1c11\r\n"                                        \
	"a=rtpmap:111 opus/48000/2\r\n"                                                            \
	"a=rtcp-fb:111 transport-cc\r\n"                                                           \
	"a=fmtp:111 minptime=10;useinbandfec=1\r\n"                                                \
	"a=rtpmap:63 red/48000/2\r\n"                                                              \
	"a=fmtp:63 111/111\r\n"                                                                    \
	"a=rtpmap:0 PCMU/8000\r\n"
#define VIDEO_M "m=video 9 UDP/TLS/RTP/SAVPF 98 96 102\r\nc=IN IP4 1.1.1.1\r\n"
#define VIDEO_A                                                                                    \
	"a=mid:1\r\n"                                                                              \
	"a=extmap:14 urn:ietf:params:rtp-hdrext:toffset\r\n"                                       \
	"a=extmap:3 http://www.ietf.org/id/"                                                       \
	"draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"                                   \
	"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"                                       \
	"a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"                            \
	"a=rtpmap:98 VP9/90000\r\n"                                                                \
	"a=fmtp:98 profile-id=0\r\n"                                                               \
	"a=rtpmap:96 VP8/90000\r\n"                                                                \
	"a=rtcp-fb:96 goog-remb\r\n"                                                               \
	"a=rtpmap:102 H264/90000\r\n"
#define REPAIRED "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n"
#define AUDIO    AUDIO_M "a=sendonly\r\n" AUDIO_A
#define VIDEO    VIDEO_M "a=sendonly\r\n" VIDEO_A

static const thp_sdp_limits no_limits;

/* From a copy of exactly this size, so that the sanitizer sees a read too far. */
static thp_err offer(const char *text, thp_sdp_publish *out)
{
	gsize length = strlen(text);
	g_autofree char *exact = g_memdup2(text, length);

	return thp_sdp_offer_parse(exact, length, out);
}

static void test_offer(void)
{
	thp_sdp_publish publish;

	g_assert_cmpint(offer(HEAD AUDIO VIDEO, &publish), ==, THP_OK);
	g_assert_cmpuint(publish.session_id, ==, 46117327);
	g_assert_cmpuint(publish.version, ==, 2);
	g_assert_cmpuint(publish.n_mlines, ==, 2);
	g_assert_cmpint(publish.mlines[0].media, ==, THP_SDP_AUDIO);
	g_assert_cmpstr(publish.mlines[0].mid, ==, "0");
	g_assert_true(publish.mlines[0].accepted && publish.mlines[0].sends);
	g_assert_cmpuint(publish.mlines[0].payload_type, ==, 111);
	g_assert_cmpuint(publish.mlines[0].red_type, ==, 63);
	g_assert_cmpuint(publish.mlines[0].ext_mid, ==, 4);
	g_assert_cmpuint(publish.mlines[0].ext_transport_cc, ==, 3);
	g_assert_cmpint(publish.mlines[1].media, ==, THP_SDP_VIDEO);
	g_assert_cmpstr(publish.mlines[1].mid, ==, "1");
	g_assert_true(publish.mlines[1].accepted && publish.mlines[1].sends);
	g_assert_cmpuint(publish.mlines[1].payload_type, ==, 96);
}

static const thp_simulcast layers = {.n = 3, .mindex = 1, .ext = 10, .rids = {"l", "m", "h"}};

/* A camera in layers: the answer takes up what names them in packets, and only then. */
static void test_layers(void)
{
	g_autoptr(GString) one = g_string_new(NULL);
	g_autoptr(GString) three = g_string_new(NULL);
	thp_simulcast none = {0}, other = layers;
	thp_sdp_publish publish;

	g_assert_cmpint(offer(HEAD AUDIO VIDEO REPAIRED, &publish), ==, THP_OK);
	g_assert_cmpuint(publish.mlines[1].ext_rid, ==, 10);
	g_assert_cmpuint(publish.mlines[1].ext_repaired_rid, ==, 11);
	g_assert_cmpint(thp_sdp_offer_layers(&publish, &none), ==, THP_OK);
	thp_sdp_answer_write(&publish, &no_limits, one);
	g_assert_null(strstr(one->str, "rtp-stream-id"));
	g_assert_cmpint(thp_sdp_offer_layers(&publish, &layers), ==, THP_OK);
	thp_sdp_answer_write(&publish, &no_limits, three);
	g_assert_nonnull(strstr(three->str,
				"a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"));
	g_assert_nonnull(strstr(three->str, "a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:"
					    "repaired-rtp-stream-id\r\n"));
	/* For one direction only, as another browser writes it. */
	g_assert_cmpint(
		offer(HEAD AUDIO VIDEO_M
		      "a=sendonly\r\na=rtpmap:96 VP8/90000\r\n"
		      "a=extmap:10/recvonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n",
		      &publish),
		==, THP_OK);
	g_assert_cmpuint(publish.mlines[1].ext_rid, ==, 0);
	g_assert_cmpint(
		offer(HEAD AUDIO VIDEO_M
		      "a=sendonly\r\na=rtpmap:96 VP8/90000\r\n"
		      "a=extmap:10/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n",
		      &publish),
		==, THP_OK);
	g_assert_cmpint(thp_sdp_offer_layers(&publish, &layers), ==, THP_OK);
	g_string_truncate(three, 0);
	thp_sdp_answer_write(&publish, &no_limits, three);
	g_assert_nonnull(strstr(three->str, "a=extmap:10/recvonly urn:ietf:params:rtp-hdrext:sdes:"
					    "rtp-stream-id\r\n"));
	/* Of another m-line, or by another extension, or of a camera that sends nothing. */
	other.mindex = 0;
	g_assert_cmpint(thp_sdp_offer_layers(&publish, &other), ==, THP_JSEP_REFUSED);
	other.mindex = 2;
	g_assert_cmpint(thp_sdp_offer_layers(&publish, &other), ==, THP_JSEP_REFUSED);
	other.mindex = 1;
	other.ext = 11;
	g_assert_cmpint(thp_sdp_offer_layers(&publish, &other), ==, THP_JSEP_REFUSED);
	g_assert_cmpint(offer(HEAD AUDIO VIDEO_M "a=inactive\r\n" VIDEO_A, &publish), ==, THP_OK);
	g_assert_cmpint(thp_sdp_offer_layers(&publish, &layers), ==, THP_JSEP_REFUSED);
}

/* Other orders, other ends of lines, single media, as browsers also write them. */
static void test_offer_kinds(void)
{
	static const struct {
		const char *text;
		guint n;
		gboolean accepted[2], sends[2];
	} cases[] = {
		{HEAD AUDIO, 1, {TRUE}, {TRUE}},
		{HEAD VIDEO, 1, {TRUE}, {TRUE}},
		{HEAD VIDEO AUDIO, 2, {TRUE, TRUE}, {TRUE, TRUE}},
		{HEAD AUDIO VIDEO_M "a=inactive\r\n" VIDEO_A, 2, {TRUE, TRUE}, {TRUE, FALSE}},
		{HEAD AUDIO "m=video 0 UDP/TLS/RTP/SAVPF 0\r\na=inactive\r\n", 2, {TRUE}, {TRUE}},
		/* Stopped with nothing of ours left in it. */
		{HEAD AUDIO "m=video 9 UDP/TLS/RTP/SAVPF 98\r\na=inactive\r\n", 2, {TRUE}, {TRUE}},
		{"v=0\no=x 1 18446744073709551615 IN IP6 ::1\ns=a b\nt=0 0\na=ice-lite\n"
		 "m=audio 9 UDP/TLS/RTP/SAVPF 5\na=sendonly\na=rtpmap:5 OPUS/48000/2",
		 1,
		 {TRUE},
		 {TRUE}},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		thp_sdp_publish publish;

		g_assert_cmpint(offer(cases[i].text, &publish), ==, THP_OK);
		g_assert_cmpuint(publish.n_mlines, ==, cases[i].n);
		for (guint k = 0; k < 2; k++) {
			g_assert_cmpint(publish.mlines[k].accepted, ==, cases[i].accepted[k]);
			g_assert_cmpint(publish.mlines[k].sends, ==, cases[i].sends[k]);
		}
	}
}

/* Which of several payload types and extension ids is taken. */
static void test_offer_choices(void)
{
	thp_sdp_publish publish;

	g_assert_cmpint(offer(HEAD "m=video 9 RTP/SAVPF 100 101 102\r\na=sendonly\r\n"
				   "a=rtpmap:99 VP8/90000\r\n" /* not on the m-line */
				   "a=rtpmap:101 vp8/90000\r\n"
				   "a=rtpmap:100 VP8/90000\r\n"
				   "a=extmap:4000 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
				   "a=extmap:6/sendonly urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
				   "a=extmap:7 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
				   "a=extmap:8 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
				   "a=extmap:9 urn:ietf:params:rtp-hdrext:encrypt "
				   "urn:ietf:params:rtp-hdrext:sdes:mid\r\n",
			      &publish),
			==, THP_OK);
	g_assert_cmpuint(publish.mlines[0].payload_type, ==, 101);
	g_assert_cmpuint(publish.mlines[0].ext_mid, ==, 7);
	g_assert_cmpuint(publish.mlines[0].ext_transport_cc, ==, 0);
	g_assert_cmpstr(publish.mlines[0].mid, ==, "");
}

static void test_offer_refused(void)
{
	static const char *const texts[] = {
		HEAD AUDIO VIDEO "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n",
		HEAD "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n",
		HEAD AUDIO
		"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\na=rtpmap:111 opus/48000/2\r\n",
		HEAD AUDIO VIDEO "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendonly\r\n",
		HEAD AUDIO VIDEO "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n",
		HEAD AUDIO_M AUDIO_A, /* sendrecv, if nothing is said */
		HEAD AUDIO_M "a=sendrecv\r\n" AUDIO_A,
		HEAD AUDIO_M "a=recvonly\r\n" AUDIO_A,
		HEAD AUDIO VIDEO_M "a=sendrecv\r\n" VIDEO_A,
		HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=sendonly\r\na=rtpmap:0 PCMU/8000\r\n",
		HEAD AUDIO
		"m=video 9 UDP/TLS/RTP/SAVPF 98\r\na=sendonly\r\na=rtpmap:98 VP9/90000\r\n",
		HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 5\r\na=sendonly\r\na=rtpmap:5 opus/48000\r\n",
		HEAD "m=audio 9 RTP/AVP 111\r\na=sendonly\r\na=rtpmap:111 opus/48000/2\r\n",
		HEAD "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n",
		HEAD "m=text 9 UDP/TLS/RTP/SAVPF 111\r\n",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		thp_sdp_publish publish;

		if (offer(texts[i], &publish) != THP_JSEP_REFUSED)
			g_error("not refused: %s", texts[i]);
		g_assert_cmpuint(publish.n_mlines, ==, 0);
	}
}

static const char *const malformed[] = {
	"",
	"\r\n",
	"v=0",
	HEAD,
	HEAD "\r\n" AUDIO,
	"v=1\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n" AUDIO,
	"o=- 1 1 IN IP4 1.1.1.1\r\nv=0\r\ns=-\r\nt=0 0\r\n" AUDIO,
	"v=0\r\ns=-\r\nt=0 0\r\n" AUDIO,
	"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\nt=0 0\r\n" AUDIO,
	"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\n" AUDIO,
	"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\ns=-\r\nt=0 0\r\n" AUDIO,
	"v=0\r\no=- 1 1 IN IP4\r\ns=-\r\nt=0 0\r\n" AUDIO,
	"v=0\r\no=- 1 1 IN IP5 1.1.1.1\r\ns=-\r\nt=0 0\r\n" AUDIO,
	"v=0\r\no=- 1 1 XX IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n" AUDIO,
	"v=0\r\no=- 1 1 IN IP4 1.1.1.1 more\r\ns=-\r\nt=0 0\r\n" AUDIO,
	"v=0\r\no=- -1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n" AUDIO,
	"v=0\r\no=- 1 18446744073709551616 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n" AUDIO,
	"v=0\r\no= 1 1 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n" AUDIO,
	HEAD AUDIO "rubbish\r\n",
	HEAD AUDIO "A=x\r\n",
	HEAD AUDIO "a=\r\n",
	HEAD AUDIO "a=na\xc3\xafve\r\n",
	HEAD AUDIO "a=tab\there\r\n",
	HEAD AUDIO "a=bare\rreturn\r\n",
	HEAD AUDIO "a=sendonly\r\n", /* said twice */
	HEAD AUDIO "a=mid:7\r\n",    /* said twice */
	HEAD AUDIO "m=video\r\n",
	HEAD AUDIO "m=video 9\r\n",
	HEAD AUDIO "m=video 9 UDP/TLS/RTP/SAVPF\r\n",
	HEAD AUDIO "m=video 65536 UDP/TLS/RTP/SAVPF 96\r\n",
	HEAD AUDIO "m=video 9/2 UDP/TLS/RTP/SAVPF 96\r\n",
	HEAD AUDIO "m=video -9 UDP/TLS/RTP/SAVPF 96\r\n",
	HEAD AUDIO "m=video 9 UDP/TLS/RTP/SAVPF 128\r\n",
	HEAD AUDIO "m=video 9 UDP/TLS/RTP/SAVPF 96 96\r\n",
	HEAD AUDIO "m=video 9 UDP/TLS/RTP/SAVPF 96  97\r\n",
	HEAD AUDIO "m= 9 UDP/TLS/RTP/SAVPF 96\r\n",
	HEAD AUDIO "a=rtpmap:111\r\n",
	HEAD AUDIO "a=rtpmap:x opus/48000/2\r\n",
	HEAD AUDIO "a=rtpmap:128 opus/48000/2\r\n",
	HEAD AUDIO "a=extmap:1\r\n",
	HEAD AUDIO "a=extmap:0 urn:x\r\n",
	HEAD AUDIO "a=extmap:4352 urn:x\r\n",
	HEAD AUDIO "a=extmap:/sendonly urn:x\r\n",
	HEAD AUDIO VIDEO_M "a=sendonly\r\na=mid:0\r\n", /* two of one name */
	HEAD VIDEO_M "a=mid:a b\r\n",
	HEAD VIDEO_M "a=mid:\r\n",
	HEAD VIDEO_M "a=mid:seventeen-letters\r\n",
	HEAD VIDEO_M "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
		     "a=extmap:4 http://www.ietf.org/id/"
		     "draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n",
	HEAD VIDEO "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n",
};

static void test_offer_bad(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(malformed); i++) {
		thp_sdp_publish publish;

		if (offer(malformed[i], &publish) != THP_JSEP_BAD)
			g_error("not bad: %s", malformed[i]);
		g_assert_cmpuint(publish.n_mlines, ==, 0);
	}
	thp_sdp_publish publish;
	static const char zero[] = HEAD AUDIO "a=x\0y\r\n";

	g_assert_cmpint(thp_sdp_offer_parse(zero, sizeof zero - 1, &publish), ==, THP_JSEP_BAD);
}

/* HEAD AUDIO and @lines lines of @bytes bytes. */
static char *long_offer(guint lines, gsize bytes)
{
	GString *text = g_string_new(HEAD AUDIO);
	g_autofree char *fill = g_strnfill(bytes - strlen("a=x:"), 'x');

	for (guint i = 0; i < lines; i++)
		g_string_append_printf(text, "a=x:%s\n", fill);
	return g_string_free(text, FALSE);
}

static guint lines_of(const char *text)
{
	guint count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static void test_offer_limits(void)
{
	guint room = THP_SDP_LINES_MAX - lines_of(HEAD AUDIO);
	g_autofree char *line = long_offer(1, THP_SDP_LINE_MAX);
	g_autofree char *long_line = long_offer(1, THP_SDP_LINE_MAX + 1);
	g_autofree char *lines = long_offer(room, 5);
	g_autofree char *many_lines = long_offer(room + 1, 5);
	g_autofree char *big = long_offer(31, THP_SDP_LINE_MAX - 1);
	g_autofree char *too_big = long_offer(32, THP_SDP_LINE_MAX - 1);
	thp_sdp_publish publish;

	g_assert_cmpint(offer(line, &publish), ==, THP_OK);
	g_assert_cmpint(offer(long_line, &publish), ==, THP_JSEP_BAD);
	g_assert_cmpint(offer(lines, &publish), ==, THP_OK);
	g_assert_cmpint(offer(many_lines, &publish), ==, THP_JSEP_BAD);
	g_assert_cmpuint(strlen(big), <=, THP_SDP_MAX);
	g_assert_cmpint(offer(big, &publish), ==, THP_OK);
	g_assert_cmpint(offer(too_big, &publish), ==, THP_JSEP_BAD);
}

static char *answer_to(const char *text, const thp_sdp_limits *limits)
{
	GString *out = g_string_new(NULL);
	thp_sdp_publish publish;

	g_assert_cmpint(offer(text, &publish), ==, THP_OK);
	thp_sdp_answer_write(&publish, limits, out);
	return g_string_free(out, FALSE);
}

static void test_answer(void)
{
	const thp_sdp_limits limits = {.video_max_bps = 1500000, .audio_max_bps = 32000};
	g_autofree char *both = answer_to(HEAD AUDIO VIDEO, &limits);

	g_assert_cmpstr(
		both, ==,
		"v=0\r\n"
		"o=- 46117327 2 IN IP4 0.0.0.0\r\n"
		"s=therapy\r\n"
		"t=0 0\r\n"
		"m=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\n"
		"c=IN IP4 0.0.0.0\r\n"
		"a=recvonly\r\n"
		"a=rtpmap:111 opus/48000/2\r\n"
		"a=fmtp:111 minptime=10;useinbandfec=1;usedtx=0;stereo=0;maxaveragebitrate=32000\r\n"
		"a=rtpmap:63 red/48000/2\r\n"
		"a=fmtp:63 111/111\r\n"
		"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
		"m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
		"c=IN IP4 0.0.0.0\r\n"
		"b=TIAS:1500000\r\n"
		"a=recvonly\r\n"
		"a=rtpmap:96 VP8/90000\r\n"
		"a=rtcp-fb:96 ccm fir\r\n"
		"a=rtcp-fb:96 nack\r\n"
		"a=rtcp-fb:96 nack pli\r\n"
		"a=rtcp-fb:96 goog-remb\r\n"
		"a=rtcp-fb:96 transport-cc\r\n"
		"a=extmap:3 http://www.ietf.org/id/"
		"draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
		"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n");
}

static void test_answer_less(void)
{
	const thp_sdp_limits tiny = {.audio_max_bps = 1};
	g_autofree char *bare = answer_to(
		HEAD "m=video 9 UDP/TLS/RTP/SAVPF 100\r\na=inactive\r\na=rtpmap:100 VP8/90000\r\n",
		&no_limits);
	g_autofree char *refused =
		answer_to(HEAD AUDIO "m=video 0 UDP/TLS/RTP/SAVPF 0\r\na=inactive\r\n", &tiny);

	g_assert_cmpstr(strstr(bare, "m="), ==,
			"m=video 9 UDP/TLS/RTP/SAVPF 100\r\n"
			"c=IN IP4 0.0.0.0\r\n"
			"a=inactive\r\n"
			"a=rtpmap:100 VP8/90000\r\n"
			"a=rtcp-fb:100 ccm fir\r\n"
			"a=rtcp-fb:100 nack\r\n"
			"a=rtcp-fb:100 nack pli\r\n"
			"a=rtcp-fb:100 goog-remb\r\n");
	g_assert_cmpstr(strstr(refused, "m=video"), ==,
			"m=video 0 UDP/TLS/RTP/SAVPF 0\r\na=inactive\r\n");
	g_assert_nonnull(strstr(refused, ";maxaveragebitrate=6000\r\n"));
	g_assert_null(strstr(refused, "audio-level"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/sdp/offer", test_offer);
	g_test_add_func("/sdp/layers", test_layers);
	g_test_add_func("/sdp/offer-kinds", test_offer_kinds);
	g_test_add_func("/sdp/offer-choices", test_offer_choices);
	g_test_add_func("/sdp/offer-refused", test_offer_refused);
	g_test_add_func("/sdp/offer-bad", test_offer_bad);
	g_test_add_func("/sdp/offer-limits", test_offer_limits);
	g_test_add_func("/sdp/answer", test_answer);
	g_test_add_func("/sdp/answer-less", test_answer_less);
	return g_test_run();
}
