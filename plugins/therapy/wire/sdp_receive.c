/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The receiver's side: our offer, their answer. */
#include "sdp_scan.h"

/*
 * No transport-cc anywhere, neither the extension nor the feedback: without it browsers estimate
 * what arrives from abs-send-time and report it as REMB, which the plugin can read.
 */
static void write_pair(guint k, GString *out)
{
	g_string_append_printf(out,
			       "m=audio 9 UDP/TLS/RTP/SAVPF %u %u\r\n"
			       "c=IN IP4 0.0.0.0\r\n"
			       "a=sendonly\r\n"
			       "a=mid:%u\r\n"
			       "a=msid:therapy-%u a%u\r\n"
			       "a=rtpmap:%u opus/48000/2\r\n"
			       "a=fmtp:%u minptime=10;useinbandfec=1\r\n"
			       "a=rtpmap:%u red/48000/2\r\n"
			       "a=fmtp:%u %u/%u\r\n"
			       "a=extmap:%u " THP_SDP_EXT_MID_URI "\r\n",
			       THP_SDP_OPUS_PT, THP_SDP_RED_PT, 2 * k, k, k, THP_SDP_OPUS_PT,
			       THP_SDP_OPUS_PT, THP_SDP_RED_PT, THP_SDP_RED_PT, THP_SDP_OPUS_PT,
			       THP_SDP_OPUS_PT, THP_SDP_EXT_MID);
	g_string_append_printf(out,
			       "m=video 9 UDP/TLS/RTP/SAVPF %u\r\n"
			       "c=IN IP4 0.0.0.0\r\n"
			       "a=sendonly\r\n"
			       "a=mid:%u\r\n"
			       "a=msid:therapy-%u v%u\r\n"
			       "a=rtpmap:%u VP8/90000\r\n"
			       "a=rtcp-fb:%u ccm fir\r\n"
			       "a=rtcp-fb:%u nack\r\n"
			       "a=rtcp-fb:%u nack pli\r\n"
			       "a=rtcp-fb:%u goog-remb\r\n"
			       "a=extmap:%u " THP_SDP_EXT_ABS_SEND_TIME_URI "\r\n"
			       "a=extmap:%u " THP_SDP_EXT_MID_URI "\r\n",
			       THP_SDP_VP8_PT, 2 * k + 1, k, k, THP_SDP_VP8_PT, THP_SDP_VP8_PT,
			       THP_SDP_VP8_PT, THP_SDP_VP8_PT, THP_SDP_VP8_PT,
			       THP_SDP_EXT_ABS_SEND_TIME, THP_SDP_EXT_MID);
}

void thp_sdp_receiver_offer_write(guint pairs, guint64 session_id, guint64 version, GString *out)
{
	pairs = CLAMP(pairs, 1, THP_SDP_PAIRS_MAX);
	g_string_append_printf(out,
			       "v=0\r\n"
			       "o=- %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " IN IP4 0.0.0.0\r\n"
			       "s=therapy\r\n"
			       "t=0 0\r\n",
			       session_id, version);
	for (guint k = 0; k < pairs; k++)
		write_pair(k, out);
}

/* Whether section @i answers the m-line of that number; *@accepted tells how. */
static gboolean is_answer(const thp_sdp_section *section, guint i, gboolean *accepted)
{
	gboolean is_audio = i % 2 == 0;
	int type = is_audio ? THP_SDP_OPUS_PT : THP_SDP_VP8_PT;
	char mid[16];

	*accepted = FALSE;
	if (section->kind != (is_audio ? THP_SDP_KIND_AUDIO : THP_SDP_KIND_VIDEO))
		return FALSE;
	g_snprintf(mid, sizeof mid, "%u", i);
	if (section->mid[0] && g_strcmp0(section->mid, mid) != 0)
		return FALSE;
	if (!section->has_port)
		return TRUE;
	*accepted = section->direction == THP_SDP_RECVONLY && section->codec_type == type;
	return section->direction == THP_SDP_RECVONLY || section->direction == THP_SDP_INACTIVE;
}

thp_err thp_sdp_receiver_answer_parse(const char *text, gsize length, guint pairs,
				      thp_sdp_receiving *out)
{
	thp_sdp_scan scan;
	thp_err err = thp_sdp_read(text, length, &scan);

	*out = (thp_sdp_receiving){.pairs = pairs, .hears_red = TRUE};
	if (err)
		return err;
	if (pairs > THP_SDP_PAIRS_MAX || scan.n != 2 * pairs)
		return THP_JSEP_REFUSED;
	for (guint i = 0; i < scan.n; i++) {
		if (!is_answer(&scan.sections[i], i, &out->accepted[i]))
			return THP_JSEP_REFUSED;
		if (!out->accepted[i])
			continue;
		if (i % 2 == 0)
			out->n_audio++;
		else
			out->n_video++;
		if (i % 2 == 0 && scan.sections[i].red_type != THP_SDP_RED_PT)
			out->hears_red = FALSE;
	}
	return out->n_audio + out->n_video > 0 ? THP_OK : THP_JSEP_REFUSED;
}
