/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which layer a packet is of, and whether it passes. */
#include <therapy/layer.h>

#include <string.h>

#define LINGER_US 500000 /* for so long a layer that is too much may wait for its successor */
#define SILENT_US 700000 /* after so long a layer is taken to be sent no more */

/* ---- a camera ---- */

void thp_layer_agree(thp_layers *layers, const thp_simulcast *agreed)
{
	if (memcmp(&layers->agreed, agreed, sizeof *agreed) == 0)
		return;
	memset(layers, 0, sizeof *layers);
	layers->agreed = *agreed;
}

static int layer_named(const thp_simulcast *agreed, const guint8 *name, gsize length)
{
	for (guint i = 0; i < agreed->n; i++) {
		if (strlen(agreed->rids[i]) == length && memcmp(agreed->rids[i], name, length) == 0)
			return (int)i;
	}
	return THP_NO_LAYER;
}

int thp_layer_find(thp_layers *layers, const guint8 *packet, const thp_rtp_header *header)
{
	const thp_simulcast *agreed = &layers->agreed;
	const guint8 *name;
	gsize length;

	if (agreed->n == 0)
		return 0;
	for (guint i = 0; i < agreed->n; i++) {
		if (layers->known[i] && layers->ssrcs[i] == header->ssrc)
			return (int)i;
	}
	if (!thp_rtp_extension(packet, header, agreed->ext, &name, &length))
		return THP_NO_LAYER;
	int layer = layer_named(agreed, name, length);

	if (layer != THP_NO_LAYER) {
		layers->known[layer] = TRUE;
		layers->ssrcs[layer] = header->ssrc;
	}
	return layer;
}

/* ---- a receiver ---- */

static thp_layer_pass pass(thp_layer_view *view, const thp_layer_packet *packet, gint64 now_us)
{
	thp_layer_pass how = packet->layer == view->now ? THP_LAYER_GOES_ON : THP_LAYER_BEGINS;

	view->now = packet->layer;
	view->passed_us = now_us;
	return how;
}

/* Another source, or the same one again: whatever is the first of it. */
static thp_layer_pass start(thp_layer_view *view, const thp_layer_packet *packet, int wanted,
			    gint64 now_us)
{
	if (packet->layer > wanted)
		return THP_LAYER_HELD;
	*view = (thp_layer_view){
		.started = TRUE, .source_id = packet->source_id, .now = packet->layer};
	return pass(view, packet, now_us);
}

static thp_layer_pass go_on(thp_layer_view *view, const thp_layer_packet *packet, int wanted,
			    gint64 now_us)
{
	if (view->now <= wanted)
		view->above_us = 0;
	else if (view->above_us == 0)
		view->above_us = now_us;
	return view->above_us > 0 && now_us - view->above_us > LINGER_US
		       ? THP_LAYER_HELD
		       : pass(view, packet, now_us);
}

thp_layer_pass thp_layer_take(thp_layer_view *view, const thp_layer_packet *packet, int wanted,
			      gboolean waits, gint64 now_us)
{
	if (view->started && packet->source_id < view->source_id)
		return THP_LAYER_HELD;
	if (!waits && (!view->started || packet->source_id > view->source_id))
		return start(view, packet, wanted, now_us);
	if (!waits && packet->layer == view->now)
		return go_on(view, packet, wanted, now_us);
	gboolean missed = now_us - view->passed_us > SILENT_US;

	if (packet->layer > wanted ||
	    !(waits || missed || view->now > wanted || packet->layer > view->now))
		return THP_LAYER_HELD;
	if (!thp_vp8_starts_key_frame(packet->payload, packet->length))
		return missed && !waits ? THP_LAYER_MISSED : THP_LAYER_HELD;
	view->started = TRUE;
	view->source_id = packet->source_id;
	view->above_us = 0;
	(void)pass(view, packet, now_us);
	return THP_LAYER_BEGINS;
}
