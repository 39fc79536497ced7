/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The limits of a body, measured by walking it once without writing it out. */
#include <therapy/request.h>

#include <string.h>

#include "body.h"

struct budget {
	gsize bytes;
	guint values;
};

static gboolean spend(struct budget *left, gsize bytes)
{
	if (bytes > left->bytes || left->values == 0)
		return FALSE;
	left->bytes -= bytes;
	left->values--;
	return TRUE;
}

/* Bytes that a value takes by itself; numbers are counted at their longest. */
static gsize own_bytes(const json_t *value)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return json_string_length(value) + 3;
	case JSON_INTEGER:
	case JSON_REAL:
		return 21;
	case JSON_OBJECT:
	case JSON_ARRAY:
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
	default:
		return 6;
	}
}

static gboolean fits(json_t *value, guint depth, struct budget *left)
{
	const char *key;
	json_t *member;
	gsize i;

	if (depth > THP_BODY_DEPTH_MAX || !spend(left, own_bytes(value)))
		return FALSE;
	json_object_foreach (value, key, member) {
		gsize key_bytes = strlen(key) + 3;

		if (key_bytes > left->bytes)
			return FALSE;
		left->bytes -= key_bytes;
		if (!fits(member, depth + 1, left))
			return FALSE;
	}
	json_array_foreach (value, i, member) {
		if (!fits(member, depth + 1, left))
			return FALSE;
	}
	return TRUE;
}

/* Only bodies that may carry key messages may be as long as those are. */
static gsize bytes_allowed(const json_t *body)
{
	const char *name = json_string_value(json_object_get(body, "request"));
	thp_request_kind kind = THP_REQ_HELLO;

	if (name && thp_request_find(name, &kind) &&
	    (kind == THP_REQ_E2EE || kind == THP_REQ_ADMIT))
		return THP_BODY_KEYS_MAX;
	return THP_BODY_MAX;
}

thp_err thp_body_open(json_t *body, const char **name, const char **field)
{
	/* The object itself is not one of the values that the limit speaks of. */
	struct budget left = {.bytes = bytes_allowed(body), .values = THP_BODY_VALUES_MAX + 1};

	*field = NULL;
	if (!json_is_object(body))
		return THP_BAD_JSON;
	if (!fits(body, 1, &left))
		return THP_TOO_BIG;
	const json_t *request = json_object_get(body, "request");

	*field = "request";
	if (!request)
		return THP_MISSING_FIELD;
	*name = json_string_value(request);
	if (!*name)
		return THP_BAD_FIELD;
	*field = NULL;
	return THP_OK;
}
