/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The envelope of a media description; its text is sdp.c's. */
#include <therapy/request.h>

#include <string.h>

#define EXT_MAX 255 /* the highest number that a header extension can have in a packet */

/* A layer's name: letters and digits (RFC 8851), each name once. */
static gboolean read_rid(const json_t *value, thp_simulcast *out, guint i)
{
	const char *rid = json_string_value(value);
	gsize length = json_string_length(value);

	if (length == 0 || length > THP_RID_MAX)
		return FALSE;
	for (gsize k = 0; k < length; k++) {
		if (!g_ascii_isalnum(rid[k]))
			return FALSE;
	}
	for (guint k = 0; k < i; k++) {
		if (strcmp(out->rids[k], rid) == 0)
			return FALSE;
	}
	memcpy(out->rids[i], rid, length);
	return TRUE;
}

/* What Janus says of one m-line with several encodings; the older kind names SSRCs instead. */
static thp_err read_layers(const json_t *line, thp_simulcast *out)
{
	const json_t *rids = json_object_get(line, "rids");
	const json_t *mindex = json_object_get(line, "mindex");
	const json_t *ext = json_object_get(line, "rid-ext");

	if (!json_is_array(rids) || json_array_size(rids) != THP_LAYERS_MAX || !ext)
		return THP_JSEP_REFUSED;
	if (!json_is_integer(mindex) || json_integer_value(mindex) < 0 ||
	    json_integer_value(mindex) > G_MAXUINT8 || json_integer_value(ext) < 1 ||
	    json_integer_value(ext) > EXT_MAX)
		return THP_JSEP_BAD;
	for (guint i = 0; i < THP_LAYERS_MAX; i++) {
		if (!read_rid(json_array_get(rids, i), out, i))
			return THP_JSEP_BAD;
	}
	out->mindex = (guint)json_integer_value(mindex);
	out->ext = (guint8)json_integer_value(ext);
	out->n = THP_LAYERS_MAX;
	return THP_OK;
}

static thp_err read_simulcast(const json_t *lines, thp_simulcast *out)
{
	if (!lines)
		return THP_OK;
	if (!json_is_array(lines))
		return THP_JSEP_BAD;
	if (json_array_size(lines) > 1)
		return THP_JSEP_REFUSED;
	return json_array_size(lines) == 1 ? read_layers(json_array_get(lines, 0), out) : THP_OK;
}

thp_err thp_jsep_parse(const json_t *jsep, thp_jsep *out)
{
	*out = (thp_jsep){0};
	if (!jsep)
		return THP_JSEP_MISSING;
	const char *type = json_string_value(json_object_get(jsep, "type"));
	const json_t *sdp = json_object_get(jsep, "sdp");

	if (!type || !json_is_string(sdp))
		return THP_JSEP_BAD;
	out->is_offer = strcmp(type, "offer") == 0;
	if (!out->is_offer && strcmp(type, "answer") != 0)
		return THP_JSEP_BAD;
	gsize length = json_string_length(sdp);

	if (length == 0 || length > THP_JSEP_MAX || strlen(json_string_value(sdp)) != length)
		return THP_JSEP_BAD;
	out->sdp = json_string_value(sdp);
	out->sdp_length = length;
	out->e2ee = json_is_true(json_object_get(jsep, "e2ee"));
	out->update = json_is_true(json_object_get(jsep, "update"));
	return read_simulcast(json_object_get(jsep, "simulcast"), &out->simulcast);
}
