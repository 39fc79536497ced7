/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Media descriptions of a browser, with ICE, DTLS and SSRC lines taken out as Janus does. */
#include "person.h"

#define TRANSPORT_CC "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

static const char audio[] = "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n"
			    "c=IN IP4 1.1.1.1\r\n"
			    "a=sendonly\r\n"
			    "a=mid:0\r\n"
			    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
			    "a=extmap:3 " TRANSPORT_CC "\r\n"
			    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
			    "a=msid:- 2f8f6a2e-9a53-4a5b-8b3e-6e1c8a8d1c11\r\n"
			    "a=rtpmap:111 opus/48000/2\r\n"
			    "a=rtcp-fb:111 transport-cc\r\n"
			    "a=fmtp:111 minptime=10;useinbandfec=1\r\n"
			    "a=rtpmap:63 red/48000/2\r\n"
			    "a=fmtp:63 111/111\r\n"
			    "a=rtpmap:0 PCMU/8000\r\n";

static const char video[] = "a=sendonly\r\n"
			    "a=mid:1\r\n"
			    "a=extmap:3 " TRANSPORT_CC "\r\n"
			    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
			    "a=msid:- 0b7a7c51-3c43-4d4f-b4f2-9be4c2a3a5d1\r\n"
			    "a=rtpmap:98 VP9/90000\r\n"
			    "a=rtcp-fb:98 nack pli\r\n"
			    "a=fmtp:98 profile-id=0\r\n"
			    "a=rtpmap:100 VP8/90000\r\n"
			    "a=rtcp-fb:100 goog-remb\r\n"
			    "a=rtcp-fb:100 transport-cc\r\n"
			    "a=rtcp-fb:100 ccm fir\r\n"
			    "a=rtcp-fb:100 nack\r\n"
			    "a=rtcp-fb:100 nack pli\r\n"
			    "a=rtpmap:101 rtx/90000\r\n"
			    "a=fmtp:101 apt=100\r\n";

char *fake_offer(guint media, guint version)
{
	GString *sdp = g_string_new(NULL);

	g_string_printf(sdp,
			"v=0\r\no=- 4611732756237 %u IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n"
			"a=group:BUNDLE 0 1\r\na=extmap-allow-mixed\r\n",
			version);
	if (media & FAKE_AUDIO)
		g_string_append(sdp, audio);
	if (media & FAKE_VIDEO)
		g_string_append_printf(
			sdp, "m=video 9 UDP/TLS/RTP/SAVPF 98 100 101\r\nc=IN IP4 1.1.1.1\r\n%s",
			video);
	if (media & FAKE_LAYERS)
		g_string_append_printf(
			sdp,
			"a=extmap:%d urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id\r\n"
			"a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id\r\n",
			FAKE_RID_EXT);
	return g_string_free(sdp, FALSE);
}

char *fake_answer(guint pairs)
{
	GString *sdp = g_string_new("v=0\r\no=- 8711 2 IN IP4 1.1.1.1\r\ns=-\r\nt=0 0\r\n"
				    "a=extmap-allow-mixed\r\n");

	for (guint k = 0; k < pairs; k++)
		g_string_append_printf(sdp,
				       "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 1.1.1.1\r\n"
				       "a=recvonly\r\na=mid:%u\r\na=rtpmap:111 opus/48000/2\r\n"
				       "a=fmtp:111 minptime=10;useinbandfec=1\r\n"
				       "m=video 9 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 1.1.1.1\r\n"
				       "a=recvonly\r\na=mid:%u\r\na=rtpmap:96 VP8/90000\r\n"
				       "a=rtcp-fb:96 goog-remb\r\na=rtcp-fb:96 nack pli\r\n",
				       2 * k, 2 * k + 1);
	return g_string_free(sdp, FALSE);
}

json_t *fake_jsep_new(const char *type, const char *sdp)
{
	return json_pack("{s:s, s:s}", "type", type, "sdp", sdp);
}

json_t *fake_jsep_layered(const char *sdp)
{
	return json_pack("{s:s, s:s, s:[{s:i, s:s, s:[s, s, s], s:i}]}", "type", "offer", "sdp",
			 sdp, "simulcast", "mindex", 1, "mid", "1", "rids", "l", "m", "h",
			 "rid-ext", FAKE_RID_EXT);
}
