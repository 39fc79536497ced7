/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each type of key message must have, and how each field is read. */
#include "keys_read.h"

#include <string.h>

#include "bytes.h"
#include "mls.h"

#define EPOCH_MAX (G_GINT64_CONSTANT(1) << 53) /* numbers above are not exact in a page */

static thp_err read_number(const json_t *value, json_int_t min, json_int_t max, json_int_t *out)
{
	*out = json_integer_value(value);
	if (!value)
		return THP_MISSING_FIELD;
	return json_is_integer(value) && *out >= min && *out <= max ? THP_OK : THP_BAD_FIELD;
}

static thp_err read_place(const json_t *body, gboolean with_epoch, thp_keys *out,
			  const char **field)
{
	json_int_t gi, epoch = 0;

	*field = "gi";
	thp_err err = read_number(json_object_get(body, "gi"), 1, G_MAXUINT32, &gi);
	if (err == THP_OK && with_epoch) {
		*field = "epoch";
		err = read_number(json_object_get(body, "epoch"), 0, EPOCH_MAX, &epoch);
	}
	if (err != THP_OK)
		return err;
	out->gi = (guint32)gi;
	out->epoch = (guint64)epoch;
	return THP_OK;
}

static thp_err read_message(const json_t *body, const char *name, thp_mls_format format,
			    thp_mls_content content, thp_keys *head, const char **out,
			    const char **field)
{
	const json_t *value = json_object_get(body, name);

	*field = name;
	if (!value)
		return THP_MISSING_FIELD;
	if (!json_is_string(value))
		return THP_BAD_FIELD;
	if (json_string_length(value) > THP_KEYS_CHARS_MAX)
		return THP_TOO_BIG;
	*out = json_string_value(value);
	return thp_mls_peek(*out, json_string_length(value), format, content, head) ? THP_OK
										    : THP_E2EE_BAD;
}

static thp_err read_people(const json_t *body, const char *name, char ids[][THP_WHO_LEN + 1],
			   guint *n, const char **field)
{
	const json_t *value = json_object_get(body, name);
	gsize i;
	json_t *item;

	*field = name;
	if (!value)
		return THP_OK;
	if (!json_is_array(value) || json_array_size(value) > THP_SEATS_MAX)
		return THP_BAD_FIELD;
	json_array_foreach (value, i, item) {
		const char *id = json_string_value(item);
		if (!id || !thp_bytes_read(id, json_string_length(item), NULL, 16))
			return THP_BAD_FIELD;
		memcpy(ids[(*n)++], id, THP_WHO_LEN + 1);
	}
	return THP_OK;
}

static thp_err read_commit(const json_t *body, thp_keys *out, const char **field)
{
	thp_err err = read_place(body, TRUE, out, field);

	if (err == THP_OK)
		err = read_message(body, "data", THP_MLS_PRIVATE, THP_MLS_COMMIT, out, &out->data,
				   field);
	if (err == THP_OK && json_object_get(body, "welcome"))
		err = read_message(body, "welcome", THP_MLS_WELCOME, THP_MLS_ANY, out,
				   &out->welcome, field);
	if (err == THP_OK)
		err = read_people(body, "for", out->added, &out->n_added, field);
	return err == THP_OK ? read_people(body, "drop", out->dropped, &out->n_dropped, field)
			     : err;
}

static thp_err read_app(const json_t *body, thp_keys *out, const char **field)
{
	thp_err err = read_place(body, FALSE, out, field);

	return err == THP_OK ? read_message(body, "data", THP_MLS_PRIVATE, THP_MLS_APPLICATION, out,
					    &out->data, field)
			     : err;
}

thp_err thp_keys_read(const json_t *body, thp_keys *out, const char **field)
{
	const char *type = json_string_value(json_object_get(body, "type"));

	*field = "type";
	if (!type)
		return json_object_get(body, "type") ? THP_BAD_FIELD : THP_MISSING_FIELD;
	if (!thp_keys_find(type, &out->kind))
		return THP_BAD_FIELD;
	switch (out->kind) {
	case THP_KEYS_KEYPACKAGE:
		return read_message(body, "data", THP_MLS_KEYPACKAGE, THP_MLS_ANY, out, &out->data,
				    field);
	case THP_KEYS_COMMIT:
		return read_commit(body, out, field);
	case THP_KEYS_APP:
		return read_app(body, out, field);
	case THP_KEYS_RESYNC:
		return read_place(body, TRUE, out, field);
	default:
		return THP_OK;
	}
}

thp_err thp_keys_read_admission(const json_t *part, thp_keys *out, const char **field)
{
	*field = "e2ee";
	if (!json_is_object(part))
		return THP_BAD_FIELD;
	out->kind = THP_KEYS_COMMIT;
	thp_err err = read_place(part, TRUE, out, field);
	if (err == THP_OK)
		err = read_message(part, "commit", THP_MLS_PRIVATE, THP_MLS_COMMIT, out, &out->data,
				   field);
	return err == THP_OK ? read_message(part, "welcome", THP_MLS_WELCOME, THP_MLS_ANY, out,
					    &out->welcome, field)
			     : err;
}
