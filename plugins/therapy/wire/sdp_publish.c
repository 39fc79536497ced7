/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The publisher's side: their offer, our answer. */
#include <string.h>

#include "sdp_scan.h"

/* The range of Opus (RFC 7587 §7.1). */
#define OPUS_MIN_BPS 6000
#define OPUS_MAX_BPS 510000

static thp_err take_section(const thp_sdp_section *section, thp_sdp_mline *out)
{
	*out = (thp_sdp_mline){
		.media = section->kind == THP_SDP_KIND_AUDIO ? THP_SDP_AUDIO : THP_SDP_VIDEO,
		.ext_mid = section->ext_mid,
		.ext_transport_cc = section->ext_transport_cc,
		.ext_rid = section->ext_rid,
		.ext_repaired_rid = section->ext_repaired_rid,
		.rid_sendonly = section->rid_sendonly,
		.repaired_rid_sendonly = section->repaired_rid_sendonly,
	};
	memcpy(out->mid, section->mid, sizeof out->mid);
	if (!section->has_port)
		return THP_OK;
	if (section->direction != THP_SDP_SENDONLY && section->direction != THP_SDP_INACTIVE)
		return THP_JSEP_REFUSED;
	if (section->codec_type < 0)
		return section->direction == THP_SDP_SENDONLY ? THP_JSEP_REFUSED : THP_OK;
	out->accepted = TRUE;
	out->sends = section->direction == THP_SDP_SENDONLY;
	out->payload_type = (guint8)section->codec_type;
	out->red_type = section->red_type > 0 ? (guint8)section->red_type : 0;
	return THP_OK;
}

thp_err thp_sdp_offer_parse(const char *text, gsize length, thp_sdp_publish *out)
{
	guint count[2] = {0, 0};
	gboolean any = FALSE;
	thp_sdp_scan scan;
	thp_err err = thp_sdp_read(text, length, &scan);

	*out = (thp_sdp_publish){0};
	if (err)
		return err;
	if (scan.n > THP_SDP_PUBLISH_MAX)
		return THP_JSEP_REFUSED;
	for (guint i = 0; i < scan.n; i++) {
		const thp_sdp_section *section = &scan.sections[i];

		if (section->kind == THP_SDP_KIND_OTHER || count[section->kind]++ > 0)
			return THP_JSEP_REFUSED;
		err = take_section(section, &out->mlines[i]);
		if (err)
			return err;
		any = any || out->mlines[i].accepted;
	}
	if (!any)
		return THP_JSEP_REFUSED;
	out->n_mlines = scan.n;
	out->session_id = scan.session_id;
	out->version = scan.version;
	return THP_OK;
}

thp_err thp_sdp_offer_layers(thp_sdp_publish *offer, const thp_simulcast *layers)
{
	if (layers->n == 0)
		return THP_OK;
	if (layers->mindex >= offer->n_mlines)
		return THP_JSEP_REFUSED;
	thp_sdp_mline *m = &offer->mlines[layers->mindex];

	if (m->media != THP_SDP_VIDEO || !m->sends || m->ext_rid == 0 || m->ext_rid != layers->ext)
		return THP_JSEP_REFUSED;
	m->layered = TRUE;
	return THP_OK;
}

static void write_audio(const thp_sdp_mline *m, const thp_sdp_limits *limits, GString *out)
{
	g_string_append_printf(out,
			       "a=rtpmap:%u opus/48000/2\r\n"
			       "a=fmtp:%u minptime=10;useinbandfec=1;usedtx=0;stereo=0",
			       m->payload_type, m->payload_type);
	if (limits->audio_max_bps)
		g_string_append_printf(out, ";maxaveragebitrate=%u",
				       CLAMP(limits->audio_max_bps, OPUS_MIN_BPS, OPUS_MAX_BPS));
	g_string_append(out, "\r\n");
	/* Opus comes first: a page changes that for itself when it is told to. */
	if (m->red_type)
		g_string_append_printf(out,
				       "a=rtpmap:%u red/48000/2\r\n"
				       "a=fmtp:%u %u/%u\r\n",
				       m->red_type, m->red_type, m->payload_type, m->payload_type);
}

static void write_video(const thp_sdp_mline *m, GString *out)
{
	guint type = m->payload_type;

	g_string_append_printf(out,
			       "a=rtpmap:%u VP8/90000\r\n"
			       "a=rtcp-fb:%u ccm fir\r\n"
			       "a=rtcp-fb:%u nack\r\n"
			       "a=rtcp-fb:%u nack pli\r\n"
			       "a=rtcp-fb:%u goog-remb\r\n",
			       type, type, type, type, type);
	if (m->ext_transport_cc)
		g_string_append_printf(out,
				       "a=rtcp-fb:%u transport-cc\r\n"
				       "a=extmap:%u " THP_SDP_EXT_TRANSPORT_CC_URI "\r\n",
				       type, m->ext_transport_cc);
}

/* Which layer a packet is of is told by these; the layers themselves Janus adds to the answer. */
static void write_layers(const thp_sdp_mline *m, GString *out)
{
	g_string_append_printf(out, "a=extmap:%u%s " THP_SDP_EXT_RID_URI "\r\n", m->ext_rid,
			       m->rid_sendonly ? "/recvonly" : "");
	if (m->ext_repaired_rid)
		g_string_append_printf(out, "a=extmap:%u%s " THP_SDP_EXT_REPAIRED_RID_URI "\r\n",
				       m->ext_repaired_rid,
				       m->repaired_rid_sendonly ? "/recvonly" : "");
}

static void write_mline(const thp_sdp_mline *m, const thp_sdp_limits *limits, GString *out)
{
	const char *media = m->media == THP_SDP_AUDIO ? "audio" : "video";

	if (!m->accepted) {
		g_string_append_printf(out, "m=%s 0 UDP/TLS/RTP/SAVPF 0\r\na=inactive\r\n", media);
		return;
	}
	g_string_append_printf(out, "m=%s 9 UDP/TLS/RTP/SAVPF %u", media, m->payload_type);
	if (m->red_type)
		g_string_append_printf(out, " %u", m->red_type);
	g_string_append(out, "\r\nc=IN IP4 0.0.0.0\r\n");
	/* One b= line, for the gateway keeps only the first; TIAS is the one that all browsers
	 * heed. */
	if (m->media == THP_SDP_VIDEO && limits->video_max_bps)
		g_string_append_printf(out, "b=TIAS:%u\r\n", limits->video_max_bps);
	g_string_append(out, m->sends ? "a=recvonly\r\n" : "a=inactive\r\n");
	if (m->media == THP_SDP_AUDIO)
		write_audio(m, limits, out);
	else
		write_video(m, out);
	if (m->ext_mid)
		g_string_append_printf(out, "a=extmap:%u " THP_SDP_EXT_MID_URI "\r\n", m->ext_mid);
	if (m->layered)
		write_layers(m, out);
}

void thp_sdp_answer_write(const thp_sdp_publish *offer, const thp_sdp_limits *limits, GString *out)
{
	g_string_append_printf(out,
			       "v=0\r\n"
			       "o=- %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " IN IP4 0.0.0.0\r\n"
			       "s=therapy\r\n"
			       "t=0 0\r\n",
			       offer->session_id, offer->version);
	for (guint i = 0; i < offer->n_mlines; i++)
		write_mline(&offer->mlines[i], limits, out);
}
