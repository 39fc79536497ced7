/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file layer.h
 * The sizes that a camera comes in at once (simulcast), and which of them one receiver is given.
 *
 * Pure and small, for the packet path: nothing is allocated. What is one camera's, or one picture's on its way to
 * one receiver, belongs to whoever has the lock of that.
 */
#pragma once

#include <therapy/rtp.h>
#include <therapy/tier.h>
#include <therapy/vp8.h>

#define THP_RID_MAX 8 /* characters of a layer's name (RFC 8851) */

/** What was agreed with a camera that comes in several sizes. All zero: it comes in one. */
typedef struct thp_simulcast {
	guint n;                                    /* 0, or THP_LAYERS_MAX */
	guint mindex;                               /* the m-line */
	guint8 ext;                                 /* the header extension with a layer's name */
	char rids[THP_LAYERS_MAX][THP_RID_MAX + 1]; /* the names, lowest layer first */
} thp_simulcast;

/** A camera's layers, and under which SSRCs they come. */
typedef struct thp_layers {
	thp_simulcast agreed;
	gboolean known[THP_LAYERS_MAX];
	guint32 ssrcs[THP_LAYERS_MAX];
} thp_layers;

/** Takes up what was agreed. What is known of SSRCs stays if that has not changed: their names come only once. */
void thp_layer_agree(thp_layers *layers, const thp_simulcast *agreed);

/** Which layer a packet is of: 0 where there is but one, THP_NO_LAYER if it does not say. */
int thp_layer_find(thp_layers *layers, const guint8 *packet, const thp_rtp_header *header);

/** One camera on its way to one receiver. All zero: nothing was passed on yet. */
typedef struct thp_layer_view {
	gboolean started;
	guint64 source_id; /* as that of the m-line, see thp_rtp_rewrite() */
	int now;           /* the layer that passes, */
	gint64 passed_us;  /* and when it last did */
	gint64 above_us;   /* since when that is more than is wanted; 0: it is not */
	thp_vp8_numbers numbers;
} thp_layer_view;

typedef struct thp_layer_packet {
	guint64 source_id;
	int layer;
	const guint8 *payload;
	gsize length;
} thp_layer_packet;

typedef enum thp_layer_pass {
	THP_LAYER_HELD, /* not for this receiver */
	THP_LAYER_MISSED, /* nor this, but a key frame of the same layer would be: nothing else comes */
	THP_LAYER_GOES_ON, /* passes */
	THP_LAYER_BEGINS, /* passes, and is the first of its layer: numbers go on from the last one sent */
} thp_layer_pass;

/**
 * Whether a packet passes to who is to have layer @wanted, or as near below it as there is. Another layer begins with
 * its key frame; until then the former one goes on, but not for long where it is more than was wanted. Nor does anybody
 * wait long for one that a camera has stopped to send. @waits: pictures were held back, so that any layer needs a key
 * frame to go on with.
 */
thp_layer_pass thp_layer_take(thp_layer_view *view, const thp_layer_packet *packet, int wanted,
			      gboolean waits, gint64 now_us);
