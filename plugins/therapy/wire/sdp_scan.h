/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one reader of SDP text: bounded, strict, allocating nothing. What is not ours is skipped. */
#pragma once

#include <therapy/sdp.h>

#define THP_SDP_EXT_MID_URI           "urn:ietf:params:rtp-hdrext:sdes:mid"
#define THP_SDP_EXT_RID_URI           "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
#define THP_SDP_EXT_REPAIRED_RID_URI  "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"
#define THP_SDP_EXT_ABS_SEND_TIME_URI "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
#define THP_SDP_EXT_TRANSPORT_CC_URI                                                               \
	"http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"

typedef enum thp_sdp_kind {
	THP_SDP_KIND_AUDIO,
	THP_SDP_KIND_VIDEO,
	THP_SDP_KIND_OTHER
} thp_sdp_kind;

typedef enum thp_sdp_direction {
	THP_SDP_SENDRECV, /* also where none is said */
	THP_SDP_SENDONLY,
	THP_SDP_RECVONLY,
	THP_SDP_INACTIVE
} thp_sdp_direction;

/** One m-line with its attributes. */
typedef struct thp_sdp_section {
	thp_sdp_kind kind;
	gboolean has_port; /* else the m-line is refused or stopped */
	gboolean has_direction;
	thp_sdp_direction direction;
	char mid[THP_MID_MAX + 1]; /* empty if none is said */
	guint64 types[2];          /* payload types of the m-line, a bit each */
	int codec_type;            /* payload type of the first Opus or VP8 among them, or -1 */
	int red_type;              /* the same of RED for Opus */
	guint8 ext_mid, ext_transport_cc, ext_rid, ext_repaired_rid;
	gboolean rid_sendonly, repaired_rid_sendonly; /* as some browsers write those two */
} thp_sdp_section;

typedef struct thp_sdp_scan {
	guint64 session_id, version;
	guint n;
	thp_sdp_section sections[THP_SDP_RECEIVE_MAX];
} thp_sdp_scan;

/** Reads @text; JSEP_BAD if it is malformed or too big, JSEP_REFUSED if it has more m-lines than
 * fit. */
thp_err thp_sdp_read(const char *text, gsize length, thp_sdp_scan *out) G_GNUC_WARN_UNUSED_RESULT;
