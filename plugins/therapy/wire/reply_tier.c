/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The events about bandwidth: what to send, what arrives. */
#include <therapy/reply.h>

static json_t *whole(json_t *json)
{
	return json ? json : thp_reply_error(THP_INTERNAL, NULL);
}

static json_t *encodings(const thp_directive *send)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < send->n_encodings && i < THP_LAYERS_MAX; i++) {
		const thp_encoding *e = &send->encodings[i];
		(void)json_array_append_new(array,
					    json_pack("{s:b, s:i, s:i, s:i}", "active", e->active,
						      "height", (int)e->height_px, "fps",
						      (int)e->fps, "kbps", (int)e->kbps));
	}
	return array;
}

json_t *thp_reply_send(const thp_directive *send, const char *tier)
{
	return whole(json_pack("{s:s, s:s, s:s, s:b, s:o, s:{s:i, s:i, s:b, s:b, s:b}}", "therapy",
			       "send", "tier", tier, "why", thp_controller_why_name(send->why),
			       "paused", send->camera_paused, "encodings", encodings(send), "audio",
			       "kbps", (int)send->audio_kbps, "ptime", (int)send->ptime_ms, "fec",
			       send->fec, "dtx", send->dtx, "red", send->red));
}

json_t *thp_reply_tier_new(const thp_reply_tier *t)
{
	json_t *paused = json_array();

	for (guint i = 0; i < t->n_paused; i++)
		(void)json_array_append_new(paused, json_string(t->paused[i]));
	return whole(json_pack("{s:s, s:s, s:s, s:b, s:b, s:i, s:o}", "therapy", "tier", "tier",
			       t->tier, "why", t->why, "video", t->video, "nack", t->nack, "buffer",
			       (int)t->buffer_ms, "paused", paused));
}

static int found_kbps(const thp_network_way *way)
{
	return way->known ? (int)way->kbps : 0;
}

json_t *thp_reply_network(const thp_network_word *word, const thp_network_way *down,
			  const thp_network_way *up)
{
	json_t *testing = json_array();

	if (!down->over)
		(void)json_array_append_new(testing, json_string("down"));
	if (!up->over)
		(void)json_array_append_new(testing, json_string("up"));
	return whole(json_pack("{s:s, s:s, s:b, s:b, s:i, s:i, s:o}", "therapy", "network", "level",
			       thp_network_level_name(word->level), "warn", word->warn,
			       "voice_only", word->voice_only, "down_kbps", found_kbps(down),
			       "up_kbps", found_kbps(up), "testing", testing));
}

json_t *thp_reply_reported(void)
{
	return whole(json_pack("{s:s}", "therapy", "reported"));
}

json_t *thp_reply_preferred(gboolean voice_only, const char *view)
{
	return whole(json_pack("{s:s, s:b, s:s}", "therapy", "preferred", "voice_only", voice_only,
			       "view", view));
}

json_t *thp_reply_conf_error(thp_err err, const char *why)
{
	json_t *error = thp_reply_error(err, NULL);

	(void)json_object_set_new(error, "why", json_string(why));
	return error;
}

json_t *thp_reply_pinned(const char *mode, const char *tier, gboolean all, gint64 seconds)
{
	return whole(json_pack("{s:s, s:s, s:s, s:b, s:I}", "therapy", "pinned", "mode", mode,
			       "tier", tier, "all", all, "seconds", (json_int_t)seconds));
}
