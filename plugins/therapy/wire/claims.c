/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Claims and footers: JSON that was signed, and is checked claim by claim all the same. */
#include <therapy/claims.h>

#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <therapy/claim_value.h>

#define CLAIMS_DEPTH 2
#define FOOTER_DEPTH 1
#define FOOTER_BYTES 512

/* Counts brackets before the parser sees them, so that nothing deep is ever built. */
static gboolean is_flat(const char *json, gsize len, int max)
{
	gboolean quoted = FALSE;
	int depth = 0;

	for (gsize i = 0; i < len; i++) {
		const char c = json[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']'))
			depth--;
		if (depth > max)
			return FALSE;
	}
	return TRUE;
}

static json_t *load(const char *json, gsize len, int max_depth)
{
	if (!is_flat(json, len, max_depth))
		return NULL;

	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);

	if (root && !json_is_object(root)) {
		json_decref(root);
		return NULL;
	}
	return root;
}

typedef gboolean (*reader)(const json_t *value, gsize offset, thp_claims *out);

/* How to read one claim; @offset is its place in thp_claims. */
typedef struct claim_row {
	const char *name;
	reader read;
	gsize offset;
	gboolean required;
} claim_row;

static gboolean read_copy(const json_t *value, void *place, gsize max, gboolean (*ok)(const char *))
{
	const char *const text = json_string_value(value);

	if (!text || !ok(text))
		return FALSE;
	g_strlcpy(place, text, max + 1);
	return TRUE;
}

static gboolean read_id(const json_t *value, gsize offset, thp_claims *out)
{
	return read_copy(value, (char *)out + offset, THP_ID_MAX, thp_id_is_valid);
}

static gboolean read_realm(const json_t *value, gsize offset, thp_claims *out)
{
	return read_copy(value, (char *)out + offset, THP_REALM_MAX, thp_realm_is_valid);
}

static gboolean read_issuer(const json_t *value, gsize offset, thp_claims *out)
{
	return read_copy(value, (char *)out + offset, THP_ISS_MAX, thp_issuer_is_valid);
}

static gboolean read_language(const json_t *value, gsize offset, thp_claims *out)
{
	return read_copy(value, (char *)out + offset, THP_LANG_MAX, thp_lang_is_valid);
}

static gboolean read_name(const json_t *value, gsize offset, thp_claims *out)
{
	const char *const text = json_string_value(value);

	return text && thp_name_clean(text, (char *)out + offset);
}

static gboolean read_role(const json_t *value, gsize offset, thp_claims *out)
{
	const char *const text = json_string_value(value);

	(void)offset;
	return text && thp_role_find(text, &out->invitation.role);
}

static gboolean read_number(const json_t *value, int min, int max, int *place)
{
	const json_int_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < min || number > max)
		return FALSE;
	*place = (int)number;
	return TRUE;
}

static gboolean read_seats(const json_t *value, gsize offset, thp_claims *out)
{
	(void)offset;
	return read_number(value, 2, THP_SEATS_MAX, &out->invitation.seats);
}

static gboolean read_minutes(const json_t *value, gsize offset, thp_claims *out)
{
	(void)offset;
	return read_number(value, 1, THP_MINUTES_MAX, &out->invitation.minutes);
}

static gboolean read_max_minutes(const json_t *value, gsize offset, thp_claims *out)
{
	(void)offset;
	return read_number(value, 1, THP_MINUTES_MAX, &out->invitation.max_minutes);
}

static gboolean read_time(const json_t *value, gsize offset, thp_claims *out)
{
	const char *const text = json_string_value(value);
	gint64 *const place = (gint64 *)(void *)((char *)out + offset);

	return text && thp_time_parse(text, place);
}

/* Checked for its form; when the token was made matters to nobody here. */
static gboolean read_made(const json_t *value, gsize offset, thp_claims *out)
{
	const char *const text = json_string_value(value);
	gint64 made_s;

	(void)offset;
	(void)out;
	return text && thp_time_parse(text, &made_s);
}

#define IN(member) G_STRUCT_OFFSET(thp_claims, member)

static const claim_row rows[] = {
	{"iss", read_issuer, IN(iss), TRUE},
	{"sub", read_id, IN(invitation.sub), TRUE},
	{"aud", read_realm, IN(aud), TRUE},
	{"nbf", read_time, IN(invitation.nbf_s), TRUE},
	{"exp", read_time, IN(invitation.exp_s), TRUE},
	{"iat", read_made, 0, FALSE},
	{"jti", read_id, IN(invitation.jti), TRUE},
	{"area", read_id, IN(invitation.area), TRUE},
	{"role", read_role, 0, TRUE},
	{"room", read_id, IN(invitation.room), FALSE},
	{"name", read_name, IN(invitation.name), FALSE},
	{"with", read_name, IN(invitation.with), FALSE},
	{"lang", read_language, IN(invitation.lang), FALSE},
	{"guardian", read_id, IN(invitation.guardian), FALSE},
	{"seats", read_seats, 0, FALSE},
	{"minutes", read_minutes, 0, FALSE},
	{"max_minutes", read_max_minutes, 0, FALSE},
	{"start", read_time, IN(invitation.start_s), FALSE},
};

static thp_err read_rows(const json_t *root, thp_claims *out, const char **claim)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const json_t *const value = json_object_get(root, rows[i].name);

		*claim = rows[i].name;
		if (!value && rows[i].required)
			return THP_TOKEN_MISSING_CLAIM;
		if (value && !rows[i].read(value, rows[i].offset, out))
			return THP_TOKEN_BAD_CLAIM;
	}
	*claim = NULL;
	return THP_OK;
}

/* What only several claims together can get wrong. */
static thp_err check_together(const thp_invitation *in, const char **claim)
{
	if (in->role != THP_ROLE_THERAPIST && in->room[0] == '\0') {
		*claim = "room";
		return THP_TOKEN_MISSING_CLAIM;
	}
	/* Somebody else, of whoever may be asked to agree. */
	if (in->guardian[0] != '\0' &&
	    (in->role == THP_ROLE_THERAPIST || strcmp(in->guardian, in->sub) == 0)) {
		*claim = "guardian";
		return THP_TOKEN_BAD_CLAIM;
	}
	if (in->exp_s <= in->nbf_s || in->exp_s - in->nbf_s > THP_LIFETIME_MAX_S) {
		*claim = "exp";
		return THP_TOKEN_BAD_CLAIM;
	}
	if (in->max_minutes != 0 && in->max_minutes < in->minutes) {
		*claim = "max_minutes";
		return THP_TOKEN_BAD_CLAIM;
	}
	return THP_OK;
}

thp_err thp_claims_parse(const char *json, gsize len, thp_claims *out, const char **claim)
{
	json_auto_t *root = load(json, len, CLAIMS_DEPTH);
	thp_err err;

	memset(out, 0, sizeof *out);
	*claim = NULL;
	if (!root)
		return THP_TOKEN_CLAIMS;
	out->invitation.seats = 2;
	err = read_rows(root, out, claim);
	if (!err)
		err = check_together(&out->invitation, claim);
	if (err)
		memset(out, 0, sizeof *out);
	return err;
}

static void put(json_t *root, const char *name, const char *text)
{
	if (text[0] != '\0')
		json_object_set_new(root, name, json_string(text));
}

static void put_time(json_t *root, const char *name, gint64 time_s)
{
	char text[THP_TIME_LEN + 1];

	thp_time_print(time_s, text);
	put(root, name, text);
}

/* A claim that its own text cannot hold (not UTF-8) is left out, and then missed by the reader. */
char *thp_claims_print(const thp_claims *claims)
{
	const thp_invitation *const in = &claims->invitation;
	json_auto_t *root = json_object();

	put(root, "iss", claims->iss);
	put(root, "sub", in->sub);
	put(root, "aud", claims->aud);
	put_time(root, "nbf", in->nbf_s);
	put_time(root, "exp", in->exp_s);
	put(root, "jti", in->jti);
	put(root, "area", in->area);
	put(root, "room", in->room);
	put(root, "role", thp_role_name(in->role));
	put(root, "name", in->name);
	put(root, "with", in->with);
	put(root, "lang", in->lang);
	put(root, "guardian", in->guardian);
	if (in->seats != 0)
		json_object_set_new(root, "seats", json_integer(in->seats));
	if (in->minutes != 0)
		json_object_set_new(root, "minutes", json_integer(in->minutes));
	if (in->max_minutes != 0)
		json_object_set_new(root, "max_minutes", json_integer(in->max_minutes));
	if (in->start_s != 0)
		put_time(root, "start", in->start_s);

	/* jansson has its own allocator; callers know only g_free(). */
	char *const text = json_dumps(root, JSON_COMPACT);
	char *const copy = g_strdup(text ? text : "");

	free(text);
	return copy;
}

thp_err thp_claims_footer(const char *json, gsize len, char kid[static THP_KID_LEN + 1])
{
	kid[0] = '\0';
	if (len > FOOTER_BYTES)
		return THP_TOKEN_FOOTER;

	json_auto_t *root = load(json, len, FOOTER_DEPTH);
	const char *const text = json_string_value(json_object_get(root, "kid"));

	if (!text || strlen(text) != THP_KID_LEN)
		return THP_TOKEN_FOOTER;
	memcpy(kid, text, THP_KID_LEN + 1);
	return THP_OK;
}

char *thp_claims_print_footer(const char *kid)
{
	return g_strdup_printf("{\"kid\":\"%s\"}", kid);
}
