/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The envelope of a media description; its text is sdp.c's. */
#include <therapy/request.h>

#include <string.h>

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
	out->simulcast = json_array_size(json_object_get(jsep, "simulcast")) > 0;
	return THP_OK;
}
