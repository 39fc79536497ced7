/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file request.h
 * The only reader of what pages send: a JSON body becomes one plain struct, or an error and a
 * field.
 *
 * Everything in the struct has been checked for type, length and alphabet, and for nothing else:
 * whether a ticket or a participant exists is decided elsewhere. Unknown fields are ignored. No
 * locks, no logging; any thread.
 */
#pragma once

#include <jansson.h>
#include <therapy/consent.h>
#include <therapy/downlink.h>
#include <therapy/error.h>
#include <therapy/invitation.h>
#include <therapy/keys.h>
#include <therapy/layer.h>
#include <therapy/recording.h>
#include <therapy/request_kind.h>
#include <therapy/uplink.h>

#define THP_BODY_MAX        16384  /* bytes of a body, as it would be serialised */
#define THP_BODY_KEYS_MAX   196608 /* bytes of a body that may carry key messages */
#define THP_BODY_DEPTH_MAX  8
#define THP_BODY_VALUES_MAX 64 /* members and elements in a body, at all depths */
#define THP_JSEP_MAX        32768

#define THP_DEVICE_PUBLIC_BYTES    32
#define THP_DEVICE_SIGNATURE_BYTES 64
#define THP_PARTICIPANT_CHARS      22  /* base64url of 16 bytes */
#define THP_TICKET_CHARS           43  /* base64url of 32 bytes */
#define THP_TEXT_CHARS             200 /* code points */
#define THP_TEXT_BYTES             800 /* of up to 4 bytes each */
#define THP_EXTEND_MAX             240 /* minutes */
#define THP_CONSENT_ID_MIN         8   /* characters of the id that a page gives an answer */
#define THP_CONSENT_ID_MAX         64

/** One request. Fields that its kind does not have are zero, empty or -1. */
typedef struct thp_request {
	thp_request_kind kind;
	gboolean has_seq;
	guint64 seq;

	char invitation[THP_TOKEN_MAX + 1];                  /* join; a secret */
	guint8 device_key[THP_DEVICE_PUBLIC_BYTES];          /* join */
	guint8 device_signature[THP_DEVICE_SIGNATURE_BYTES]; /* join */
	char participant[THP_PARTICIPANT_CHARS + 1];         /* whom it is about (message: "to") */
	guint32 knock;                                       /* admit, deny; never 0 there */
	char text[THP_TEXT_BYTES + 1];                       /* message; deny: may be empty */
	char room[THP_ID_MAX + 1];                           /* lock, unlock */
	int minutes;                                         /* extend */
	char ticket[THP_TICKET_CHARS + 1];                   /* receive; a secret */
	int audio, video, echo;                              /* publish, media: -1 absent, 0, 1 */
	gboolean restart;                                    /* receive: a new ICE session */
	char consent[THP_CONSENT_NAME_MAX + 1];              /* consent_…: the kind */
	char version[THP_CONSENT_VERSION_MAX + 1];           /* consent_shown, consent_decide */
	char lang[THP_LANG_MAX + 1];                         /* but for consent_withdraw */
	gboolean granted;                                    /* consent_decide: else refused */
	gboolean guardian; /* consent_decide: it is the guardian of the person who answers */
	char id[THP_CONSENT_ID_MAX + 1];           /* consent_decide, consent_withdraw */
	thp_details details;                       /* consent_decide: with a yes; private */
	int voice_only;                            /* prefer: -1 absent, 0, 1 */
	gboolean has_view;                         /* prefer: at least one */
	char view[THP_PARTICIPANT_CHARS + 1];      /* prefer: whose picture; empty: nobody's */
	gboolean has_down, has_up;                 /* report: at least one */
	thp_receiver_report down;                  /* of what arrives */
	thp_sender_report up;                      /* of what is sent */
	guint32 late_ms;                           /* late */
	guint8 sealed[THP_RECORDING_SEALED_BYTES]; /* record_key */
	guint32 gi;                                /* record_key: of which group */
	guint64 epoch;                             /* record_key: and epoch */
	gboolean has_keys;                         /* e2ee; admit: may be */
	thp_keys keys;                             /* strings borrowed from the body */
} thp_request;

/**
 * Reads a body into @out; @body is borrowed, not changed, and may be NULL (BAD_JSON).
 * On error @out holds no secrets and must not be used; *@field is then the name of the field to
 * blame, a static string, or NULL if none is.
 */
thp_err thp_request_parse(json_t *body, thp_request *out,
			  const char **field) G_GNUC_WARN_UNUSED_RESULT;

/** TRUE if @body calls itself a report: those have a rate limit of their own. */
gboolean thp_request_is_report(const json_t *body);

/** Wipes @request, so that the invitation and the ticket do not stay in memory. */
void thp_request_clear(thp_request *request);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(thp_request, thp_request_clear)

/** A media description as Janus hands it over, without ICE and DTLS. */
typedef struct thp_jsep {
	gboolean is_offer;       /* else an answer */
	const char *sdp;         /* borrowed from the JSON; ends with a zero byte */
	gsize sdp_length;        /* at most THP_JSEP_MAX */
	gboolean e2ee;           /* the page says that frames are encrypted end to end */
	gboolean update;         /* a renegotiation of a standing connection */
	thp_simulcast simulcast; /* in which layers a camera is offered; none: in one */
} thp_jsep;

/**
 * Reads @jsep, which stays borrowed by @out; JSEP_MISSING for NULL, JSEP_BAD for anything malformed, JSEP_REFUSED for
 * simulcast other than of one camera in THP_LAYERS_MAX layers with names. Janus takes those out of the description
 * itself, and adds them to our answer.
 */
thp_err thp_jsep_parse(const json_t *jsep, thp_jsep *out) G_GNUC_WARN_UNUSED_RESULT;
