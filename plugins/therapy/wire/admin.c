/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What operators ask through the Admin API. */
#include <therapy/admin.h>

#include <string.h>

#include <therapy/word.h>

#include "body.h"

static const char *const names[THP_N_ADMINS] = {
	[THP_ADMIN_STATUS] = "status",
	[THP_ADMIN_DRAIN] = "drain",
	[THP_ADMIN_UNDRAIN] = "undrain",
	[THP_ADMIN_RELOAD_KEYS] = "reload_keys",
	[THP_ADMIN_BACKUP] = "backup",
	[THP_ADMIN_LEDGER_BACKUP] = "ledger_backup",
	[THP_ADMIN_LEDGER_VERIFY] = "ledger_verify",
	[THP_ADMIN_METRICS] = "metrics",
	[THP_ADMIN_TIERS] = "tiers",
	[THP_ADMIN_TIERS_SET] = "tiers_set",
	[THP_ADMIN_PIN] = "pin",
};

static const char *const modes[] = {[THP_OVERRIDE_AUTO] = "auto",
				    [THP_OVERRIDE_PIN] = "pin",
				    [THP_OVERRIDE_CAP] = "cap",
				    [THP_OVERRIDE_FLOOR] = "floor"};

const char *thp_admin_mode_name(thp_override_mode mode)
{
	return (guint)mode < G_N_ELEMENTS(modes) ? modes[mode] : "auto";
}

/* A string of 1 to @max bytes of the letters that names are made of. */
static gboolean read_name(const json_t *value, char *out, gsize max)
{
	const char *text = json_string_value(value);
	gsize length = json_string_length(value);

	if (!text || strlen(text) != length || !thp_word_is_plain(text, max, "._~-"))
		return FALSE;
	memcpy(out, text, length + 1);
	return TRUE;
}

/* ---- pin ---- */

static thp_err read_mode(const json_t *value, thp_override_mode *out)
{
	const char *name = json_string_value(value);

	if (!value)
		return THP_MISSING_FIELD;
	for (guint i = 0; name && i < G_N_ELEMENTS(modes); i++) {
		if (strcmp(name, modes[i]) != 0)
			continue;
		*out = (thp_override_mode)i;
		return THP_OK;
	}
	return THP_BAD_FIELD;
}

static thp_err read_optional_name(const json_t *body, const char *name, char *out, gsize max,
				  const char **field)
{
	const json_t *value = json_object_get(body, name);

	*field = name;
	return !value || read_name(value, out, max) ? THP_OK : THP_BAD_FIELD;
}

static thp_err read_place(const json_t *body, thp_admin *out, const char **field)
{
	thp_err err = read_optional_name(body, "area", out->area, THP_ID_MAX, field);

	if (err == THP_OK)
		err = read_optional_name(body, "room", out->room, THP_ID_MAX, field);
	/* A room is known by its area's name and its own. */
	if (err == THP_OK && (out->area[0] == '\0') != (out->room[0] == '\0')) {
		*field = out->area[0] == '\0' ? "area" : "room";
		err = THP_MISSING_FIELD;
	}
	return err;
}

static thp_err read_pin(const json_t *body, thp_admin *out, const char **field)
{
	const json_t *seconds = json_object_get(body, "seconds");

	*field = "mode";
	thp_err err = read_mode(json_object_get(body, "mode"), &out->mode);
	if (err == THP_OK)
		err = read_optional_name(body, "tier", out->tier, THP_TIER_NAME_MAX, field);
	if (err == THP_OK && out->mode != THP_OVERRIDE_AUTO && out->tier[0] == '\0')
		err = THP_MISSING_FIELD;
	if (err == THP_OK)
		err = read_place(body, out, field);
	if (err != THP_OK || !seconds)
		return err;
	*field = "seconds";
	out->seconds = json_integer_value(seconds);
	return json_is_integer(seconds) && out->seconds >= 1 && out->seconds <= THP_ADMIN_PIN_MAX_S
		       ? THP_OK
		       : THP_BAD_FIELD;
}

/* ---- tiers_set ---- */

/* As it would stand in the file, without quotes. */
static gboolean write_value(const json_t *value, char *out)
{
	const char *text = json_string_value(value);

	if (json_is_boolean(value))
		text = json_is_true(value) ? "true" : "false";
	if (json_is_integer(value))
		g_snprintf(out, THP_ADMIN_VALUE_MAX + 1, "%" JSON_INTEGER_FORMAT,
			   json_integer_value(value));
	if (json_is_integer(value))
		return TRUE;
	if (!text || strlen(text) > THP_ADMIN_VALUE_MAX ||
	    (json_is_string(value) && strlen(text) != json_string_length(value)))
		return FALSE;
	memcpy(out, text, strlen(text) + 1);
	return TRUE;
}

static gboolean read_value(const char *name, const json_t *value, thp_admin_value *out)
{
	const char *dot = strchr(name, '.');

	if (!dot || dot == name || strlen(name) > THP_ADMIN_NAME_MAX)
		return FALSE;
	memcpy(out->section, name, (gsize)(dot - name));
	out->section[dot - name] = '\0';
	g_strlcpy(out->key, dot + 1, sizeof out->key);
	return write_value(value, out->text);
}

static thp_err read_values(json_t *body, thp_admin *out, const char **field)
{
	json_t *values = json_object_get(body, "values");
	const char *name;
	json_t *value;

	*field = "values";
	if (!values)
		return THP_OK;
	if (!json_is_object(values))
		return THP_BAD_FIELD;
	if (json_object_size(values) > THP_ADMIN_VALUES_MAX)
		return THP_TOO_BIG;
	json_object_foreach (values, name, value) {
		if (!read_value(name, value, &out->values[out->n_values++]))
			return THP_BAD_FIELD;
	}
	return THP_OK;
}

/* ---- all ---- */

static thp_err read_rest(json_t *body, thp_admin *out, const char **field)
{
	switch (out->kind) {
	case THP_ADMIN_TIERS_SET:
		return read_values(body, out, field);
	case THP_ADMIN_PIN:
		return read_pin(body, out, field);
	default:
		return THP_OK;
	}
}

thp_err thp_admin_parse(json_t *body, thp_admin *out, const char **field)
{
	const char *name = NULL;
	thp_err err = thp_body_open(body, &name, field);

	memset(out, 0, sizeof *out);
	if (err)
		return err;
	for (int i = 0; i < THP_N_ADMINS; i++) {
		if (strcmp(name, names[i]) != 0)
			continue;
		out->kind = (thp_admin_kind)i;
		err = read_rest(body, out, field);
		if (err == THP_OK)
			*field = NULL;
		return err;
	}
	*field = "request";
	return THP_UNKNOWN_REQUEST;
}
