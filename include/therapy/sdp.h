/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file sdp.h
 * Media descriptions, read strictly and written whole: nothing of a peer's text is ever copied into
 * ours.
 *
 * The gateway takes ICE, DTLS and SSRC lines out of what a page sends, and adds its own (and `mid`
 * and BUNDLE, in answers) to what is written here. Nothing is allocated but by the GString. No
 * locks, no logging; any thread.
 */
#pragma once

#include <therapy/error.h>
#include <therapy/invitation.h>
#include <therapy/layer.h>

#define THP_SDP_MAX         32768 /* bytes in a description */
#define THP_SDP_LINES_MAX   1000
#define THP_SDP_LINE_MAX    1024 /* bytes in a line */
#define THP_SDP_PUBLISH_MAX 2    /* m-lines of a publisher: one audio, one video */
#define THP_SDP_PAIRS_MAX   (THP_SEATS_MAX - 1)
#define THP_SDP_RECEIVE_MAX (2 * THP_SDP_PAIRS_MAX)
#define THP_MID_MAX         16

/* What we offer to a receiver, the same on every m-line of a kind. */
#define THP_SDP_OPUS_PT           111
#define THP_SDP_RED_PT            63 /* Opus twice in a packet, RFC 2198 */
#define THP_SDP_VP8_PT            96
#define THP_SDP_EXT_ABS_SEND_TIME 2
#define THP_SDP_EXT_MID           4

typedef enum thp_sdp_media { THP_SDP_AUDIO, THP_SDP_VIDEO } thp_sdp_media;

/** One m-line of a publisher's offer. */
typedef struct thp_sdp_mline {
	thp_sdp_media media;
	char mid[THP_MID_MAX + 1]; /* empty if the offer names none */
	gboolean accepted;   /* has a port and a codec we take; the answer refuses it otherwise */
	gboolean sends;      /* accepted and sendonly; else inactive for now */
	guint8 payload_type; /* of Opus or VP8, if accepted */
	guint8 red_type;     /* of RED with Opus in it; 0: not offered */
	/* extmap ids, 0: not offered: the last two name a layer, and the layer that a packet repairs */
	guint8 ext_mid, ext_transport_cc, ext_rid, ext_repaired_rid;
	gboolean rid_sendonly, repaired_rid_sendonly; /* they are offered for that direction only */
	gboolean layered;                             /* set by thp_sdp_offer_layers() */
} thp_sdp_mline;

/** A publisher's offer. */
typedef struct thp_sdp_publish {
	guint64 session_id, version; /* the answer repeats them */
	guint n_mlines;
	thp_sdp_mline mlines[THP_SDP_PUBLISH_MAX];
} thp_sdp_publish;

/** What the answer asks a publisher to keep to; 0: no limit. */
typedef struct thp_sdp_limits {
	guint32 video_max_bps;
	guint32 audio_max_bps;
} thp_sdp_limits;

/** A receiver's answer. */
typedef struct thp_sdp_receiving {
	guint pairs;                            /* pairs offered */
	gboolean accepted[THP_SDP_RECEIVE_MAX]; /* per m-line */
	gboolean hears_red;                     /* on every audio m-line that is accepted */
	guint n_audio, n_video;                 /* accepted m-lines */
} thp_sdp_receiving;

/**
 * Reads the offer of a publisher: @length bytes, no zero byte among them.
 * JSEP_BAD if it is malformed or too big; JSEP_REFUSED if it wants what is not offered here: more
 * than one audio and one video m-line, data channels, a direction other than sendonly or inactive,
 * no codec of ours, nothing at all.
 */
thp_err thp_sdp_offer_parse(const char *text, gsize length,
			    thp_sdp_publish *out) G_GNUC_WARN_UNUSED_RESULT;

/**
 * Agrees to the layers in which a camera is offered, if it is: of the m-line that sends, and by the names in its header
 * extension. JSEP_REFUSED if it is another one or they are not offered.
 */
thp_err thp_sdp_offer_layers(thp_sdp_publish *offer,
			     const thp_simulcast *layers) G_GNUC_WARN_UNUSED_RESULT;

/** Appends our answer to @offer: recvonly, Opus with FEC and VP8, with only the extensions that
 * were offered. */
void thp_sdp_answer_write(const thp_sdp_publish *offer, const thp_sdp_limits *limits, GString *out);

/**
 * Appends our offer of @pairs (1 to THP_SDP_PAIRS_MAX) to a receiver: audio on m-line and mid 2k,
 * video on 2k+1. @session_id stays the same for a handle and @version grows with every offer;
 * neither is 0. The m-lines of an earlier, smaller offer stay as they were.
 */
void thp_sdp_receiver_offer_write(guint pairs, guint64 session_id, guint64 version, GString *out);

/**
 * Reads the answer to an offer of @pairs. JSEP_BAD if it is malformed, JSEP_REFUSED if its m-lines
 * are not those of the offer, one is neither recvonly nor inactive nor refused, or none at all is
 * accepted.
 */
thp_err thp_sdp_receiver_answer_parse(const char *text, gsize length, guint pairs,
				      thp_sdp_receiving *out) G_GNUC_WARN_UNUSED_RESULT;
