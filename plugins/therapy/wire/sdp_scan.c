/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads SDP line by line (RFC 8866), keeping only what the publisher and the receiver side need. */
#include "sdp_scan.h"

#include <string.h>

#include "span.h"

/* Lines that must stand once before the first m-line. */
enum {
	SEEN_V = 1 << 0,
	SEEN_O = 1 << 1,
	SEEN_S = 1 << 2,
	SEEN_T = 1 << 3,
	SEEN_ALL = SEEN_V | SEEN_O | SEEN_S | SEEN_T,
};

/* o=<name> <session id> <version> IN IP4|IP6 <address> */
static gboolean read_origin(thp_span value, thp_sdp_scan *out)
{
	thp_span word;

	return thp_span_cut(&value, ' ', &word) && word.length > 0 &&
	       thp_span_cut(&value, ' ', &word) &&
	       thp_span_number(word, G_MAXUINT64, &out->session_id) &&
	       thp_span_cut(&value, ' ', &word) &&
	       thp_span_number(word, G_MAXUINT64, &out->version) &&
	       thp_span_cut(&value, ' ', &word) && thp_span_is(word, "IN") &&
	       thp_span_cut(&value, ' ', &word) &&
	       (thp_span_is(word, "IP4") || thp_span_is(word, "IP6")) &&
	       thp_span_cut(&value, ' ', &word) && word.length > 0 && value.length == 0;
}

/* Marks @type; FALSE if it is no payload type or was there before. */
static gboolean add_type(thp_sdp_section *section, thp_span word)
{
	guint64 type;

	if (!thp_span_number(word, 127, &type))
		return FALSE;
	guint64 bit = G_GUINT64_CONSTANT(1) << (type % 64);

	if (section->types[type / 64] & bit)
		return FALSE;
	section->types[type / 64] |= bit;
	return TRUE;
}

static gboolean is_rtp(thp_span proto)
{
	return thp_span_is(proto, "UDP/TLS/RTP/SAVPF") || thp_span_is(proto, "TCP/TLS/RTP/SAVPF") ||
	       thp_span_is(proto, "RTP/SAVPF") || thp_span_is(proto, "RTP/AVPF");
}

/* m=<media> <port> <proto> <format> ... */
static thp_err read_m_line(thp_span value, thp_sdp_scan *out)
{
	thp_span media, port, proto, type;
	guint64 number;

	if (!thp_span_cut(&value, ' ', &media) || !thp_span_cut(&value, ' ', &port) ||
	    !thp_span_cut(&value, ' ', &proto) || !thp_span_number(port, G_MAXUINT16, &number) ||
	    media.length == 0 || proto.length == 0 || value.length == 0)
		return THP_JSEP_BAD;
	if (out->n == G_N_ELEMENTS(out->sections))
		return THP_JSEP_REFUSED;
	thp_sdp_section *section = &out->sections[out->n++];

	section->has_port = number != 0;
	section->codec_type = section->red_type = -1;
	section->kind = thp_span_is(media, "audio")   ? THP_SDP_KIND_AUDIO
			: thp_span_is(media, "video") ? THP_SDP_KIND_VIDEO
						      : THP_SDP_KIND_OTHER;
	if (section->kind == THP_SDP_KIND_OTHER)
		return THP_OK;
	if (!is_rtp(proto))
		return THP_JSEP_REFUSED;
	while (thp_span_cut(&value, ' ', &type)) {
		if (!add_type(section, type))
			return THP_JSEP_BAD;
	}
	return THP_OK;
}

static gboolean is_token(thp_span span)
{
	for (gsize i = 0; i < span.length; i++) {
		if (!g_ascii_isalnum(span.at[i]) && !strchr("!#$%&'*+-.^_`{|}~", span.at[i]))
			return FALSE;
	}
	return span.length > 0;
}

static gboolean read_mid(thp_span value, thp_sdp_scan *out, thp_sdp_section *section)
{
	if (section->mid[0] || value.length > THP_MID_MAX || !is_token(value))
		return FALSE;
	for (guint i = 0; i < out->n; i++) {
		if (thp_span_is(value, out->sections[i].mid))
			return FALSE;
	}
	memcpy(section->mid, value.at, value.length);
	section->mid[value.length] = '\0';
	return TRUE;
}

/* rtpmap:<type> <codec>/<clock>[/<channels>] */
static gboolean read_rtpmap(thp_span value, thp_sdp_section *section)
{
	thp_span word;
	guint64 type;

	if (!thp_span_cut(&value, ' ', &word) || !thp_span_number(word, 127, &type) ||
	    value.length == 0)
		return FALSE;
	gboolean is_ours = section->kind == THP_SDP_KIND_AUDIO
				   ? thp_span_is_any_case(value, "opus/48000/2")
				   : thp_span_is_any_case(value, "VP8/90000");
	gboolean is_listed = ((section->types[type / 64] >> (type % 64)) & 1) != 0;

	if (is_ours && is_listed && section->codec_type < 0)
		section->codec_type = (int)type;
	if (section->kind == THP_SDP_KIND_AUDIO && is_listed && section->red_type < 0 &&
	    thp_span_is_any_case(value, "red/48000/2"))
		section->red_type = (int)type;
	return TRUE;
}

/* Takes @id for the extension @uri, if it is one of ours, may have that direction and was not there before. */
static void take_extension(thp_span uri, guint8 id, gboolean sendonly, thp_sdp_section *section)
{
	const struct {
		const char *uri;
		guint8 *id;
		gboolean *sendonly;
	} ours[] = {
		{THP_SDP_EXT_MID_URI, &section->ext_mid, NULL},
		{THP_SDP_EXT_TRANSPORT_CC_URI, &section->ext_transport_cc, NULL},
		{THP_SDP_EXT_RID_URI, &section->ext_rid, &section->rid_sendonly},
		{THP_SDP_EXT_REPAIRED_RID_URI, &section->ext_repaired_rid,
		 &section->repaired_rid_sendonly},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(ours); i++) {
		if (!thp_span_is(uri, ours[i].uri) || *ours[i].id != 0 ||
		    (sendonly && !ours[i].sendonly))
			continue;
		*ours[i].id = id;
		if (ours[i].sendonly)
			*ours[i].sendonly = sendonly;
	}
}

/* Each has a number of its own. */
static gboolean are_distinct(const thp_sdp_section *section)
{
	const guint8 ids[] = {section->ext_mid, section->ext_transport_cc, section->ext_rid,
			      section->ext_repaired_rid};

	for (gsize i = 0; i < G_N_ELEMENTS(ids); i++) {
		for (gsize k = 0; k < i; k++) {
			if (ids[i] != 0 && ids[i] == ids[k])
				return FALSE;
		}
	}
	return TRUE;
}

/* extmap:<id>[/<direction>] <uri> [<attributes>]; one with a direction is left unused, but for names of layers. */
static gboolean read_extmap(thp_span value, thp_sdp_section *section)
{
	thp_span id, uri, number;
	guint64 n;

	if (!thp_span_cut(&value, ' ', &id) || !thp_span_cut(&value, ' ', &uri))
		return FALSE;
	gboolean is_plain = memchr(id.at, '/', id.length) == NULL;

	if (!thp_span_cut(&id, '/', &number) || !thp_span_number(number, 4351, &n) || n == 0)
		return FALSE;
	if ((!is_plain && !thp_span_is(id, "sendonly")) || n > G_MAXUINT8)
		return TRUE;
	take_extension(uri, (guint8)n, !is_plain, section);
	return are_distinct(section);
}

static gboolean read_direction(thp_span name, thp_sdp_section *section)
{
	static const char *const names[] = {
		[THP_SDP_SENDRECV] = "sendrecv",
		[THP_SDP_SENDONLY] = "sendonly",
		[THP_SDP_RECVONLY] = "recvonly",
		[THP_SDP_INACTIVE] = "inactive",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		if (!thp_span_is(name, names[i]))
			continue;
		if (section->has_direction)
			return FALSE;
		section->has_direction = TRUE;
		section->direction = (thp_sdp_direction)i;
	}
	return TRUE;
}

static gboolean read_attribute(thp_span value, thp_sdp_scan *out)
{
	thp_sdp_section *section = &out->sections[out->n - 1];

	if (section->kind == THP_SDP_KIND_OTHER)
		return TRUE;
	if (thp_span_skip(&value, "mid:"))
		return read_mid(value, out, section);
	if (thp_span_skip(&value, "rtpmap:"))
		return read_rtpmap(value, section);
	if (thp_span_skip(&value, "extmap:"))
		return read_extmap(value, section);
	return read_direction(value, section);
}

/* A line before the first m-line; @seen collects those that must be there. */
static gboolean read_session_line(char letter, thp_span value, guint *seen, thp_sdp_scan *out)
{
	guint bit = letter == 'v'   ? SEEN_V
		    : letter == 'o' ? SEEN_O
		    : letter == 's' ? SEEN_S
		    : letter == 't' ? SEEN_T
				    : 0;

	/* The version comes first of all, and none of them twice. */
	if ((*seen & bit) || (bit != SEEN_V && !(*seen & SEEN_V)))
		return FALSE;
	*seen |= bit;
	if (letter == 'v')
		return thp_span_is(value, "0");
	return letter != 'o' || read_origin(value, out);
}

static thp_err read_line(thp_span line, guint *seen, thp_sdp_scan *out)
{
	if (line.length < 3 || line.length > THP_SDP_LINE_MAX || line.at[1] != '=' ||
	    !g_ascii_islower(line.at[0]))
		return THP_JSEP_BAD;
	for (gsize i = 0; i < line.length; i++) {
		if (!g_ascii_isprint(line.at[i]))
			return THP_JSEP_BAD;
	}
	thp_span value = {line.at + 2, line.length - 2};

	if (line.at[0] == 'm')
		return *seen == SEEN_ALL ? read_m_line(value, out) : THP_JSEP_BAD;
	if (out->n == 0)
		return read_session_line(line.at[0], value, seen, out) ? THP_OK : THP_JSEP_BAD;
	if (line.at[0] == 'a')
		return read_attribute(value, out) ? THP_OK : THP_JSEP_BAD;
	return THP_OK;
}

thp_err thp_sdp_read(const char *text, gsize length, thp_sdp_scan *out)
{
	thp_span rest = {text, length};
	thp_span line;
	guint lines = 0;
	guint seen = 0;

	*out = (thp_sdp_scan){0};
	if (length > THP_SDP_MAX)
		return THP_JSEP_BAD;
	while (thp_span_cut(&rest, '\n', &line)) {
		if (++lines > THP_SDP_LINES_MAX)
			return THP_JSEP_BAD;
		if (line.length > 0 && line.at[line.length - 1] == '\r')
			line.length--;
		thp_err err = read_line(line, &seen, out);

		if (err)
			return err;
	}
	return out->n > 0 ? THP_OK : THP_JSEP_BAD;
}
