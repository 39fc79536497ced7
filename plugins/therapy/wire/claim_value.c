/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a claim may be, value by value; pure text, no JSON. */
#include <therapy/claim_value.h>

#include <string.h>

#define MARKS_MAX   2
#define ZWNJ        0x200C
#define ZWJ         0x200D
#define ID_EXTRA    "._~-"
#define REALM_EXTRA "._~:/-"

static gboolean has_only(const char *text, gsize max, const char *extra)
{
	const gsize len = strlen(text);

	if (len == 0 || len > max)
		return FALSE;
	for (gsize i = 0; i < len; i++) {
		if (!g_ascii_isalnum(text[i]) && !strchr(extra, text[i]))
			return FALSE;
	}
	return TRUE;
}

gboolean thp_realm_is_valid(const char *realm)
{
	return has_only(realm, THP_REALM_MAX, REALM_EXTRA);
}

gboolean thp_id_is_valid(const char *id)
{
	return has_only(id, THP_ID_MAX, ID_EXTRA);
}

gboolean thp_issuer_is_valid(const char *iss)
{
	const gsize len = strlen(iss);

	if (len == 0 || len > THP_ISS_MAX)
		return FALSE;
	for (gsize i = 0; i < len; i++) {
		if (!g_ascii_isgraph(iss[i]))
			return FALSE;
	}
	return TRUE;
}

/* A language tag by its form: letters first, then subtags of 1 to 8 letters and digits. */
gboolean thp_lang_is_valid(const char *lang)
{
	gsize run = 0;
	gboolean first = TRUE;

	if (strlen(lang) > THP_LANG_MAX)
		return FALSE;
	for (const char *c = lang;; c++) {
		if (*c == '-' || *c == '\0') {
			if (run < (first ? 2 : 1) || run > 8)
				return FALSE;
			if (*c == '\0')
				return TRUE;
			first = FALSE;
			run = 0;
		} else if (first ? g_ascii_isalpha(*c) : g_ascii_isalnum(*c)) {
			run++;
		} else {
			return FALSE;
		}
	}
}

/* Invisible characters that Unicode does not file under "format". */
static gboolean is_invisible(gunichar c)
{
	static const struct {
		gunichar first, last;
	} ranges[] = {
		{0x034F, 0x034F}, {0x115F, 0x1160}, {0x17B4, 0x17B5},
		{0x180B, 0x180F}, {0x2800, 0x2800}, {0x3164, 0x3164},
		{0xFE00, 0xFE0F}, {0xFFA0, 0xFFA0}, {0xE0000, 0xE0FFF},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(ranges); i++) {
		if (c >= ranges[i].first && c <= ranges[i].last)
			return TRUE;
	}
	return FALSE;
}

static gboolean is_name_char(gunichar c)
{
	static const GUnicodeType refused[] = {
		G_UNICODE_CONTROL,     G_UNICODE_FORMAT,          G_UNICODE_LINE_SEPARATOR,
		G_UNICODE_PRIVATE_USE, G_UNICODE_SURROGATE,       G_UNICODE_PARAGRAPH_SEPARATOR,
		G_UNICODE_UNASSIGNED,  G_UNICODE_SPACE_SEPARATOR,
	};
	const GUnicodeType type = g_unichar_type(c);

	if (c == ' ')
		return TRUE;
	for (gsize i = 0; i < G_N_ELEMENTS(refused); i++) {
		if (type == refused[i])
			return FALSE;
	}
	return !is_invisible(c);
}

static gboolean is_mark(gunichar c)
{
	const GUnicodeType type = g_unichar_type(c);

	return type == G_UNICODE_NON_SPACING_MARK || type == G_UNICODE_ENCLOSING_MARK;
}

static gboolean is_arabic_letter(gunichar c)
{
	return g_unichar_get_script(c) == G_UNICODE_SCRIPT_ARABIC && g_unichar_isalpha(c);
}

/* Urdu and Persian write with these between two letters, and only there do they show. */
static gboolean is_joiner(gunichar before, gunichar c, gunichar after)
{
	return (c == ZWNJ || c == ZWJ) && is_arabic_letter(before) && is_arabic_letter(after);
}

static gboolean is_name(const char *text)
{
	gunichar before = 0;
	int chars = 0;
	int marks = MARKS_MAX; /* a mark needs a letter to sit on */

	if (strlen(text) > THP_NAME_MAX)
		return FALSE;
	for (const char *c = text; *c; c += g_utf8_skip[(guchar)*c]) {
		const gunichar u = g_utf8_get_char(c);

		const gunichar after = g_utf8_get_char(c + g_utf8_skip[(guchar)*c]);

		marks = is_mark(u) ? marks + 1 : 0;
		if (!is_name_char(u) && !is_joiner(before, u, after))
			return FALSE;
		if (marks > MARKS_MAX || ++chars > THP_NAME_CHARS)
			return FALSE;
		before = u;
	}
	return TRUE;
}

gboolean thp_name_clean(const char *name, char out[static THP_NAME_MAX + 1])
{
	out[0] = '\0';
	/* Normalising can only triple the length: a bound before it bounds the work. */
	if (strlen(name) > 3UL * THP_NAME_MAX || !g_utf8_validate(name, -1, NULL))
		return FALSE;

	g_autofree char *normal = g_utf8_normalize(name, -1, G_NORMALIZE_NFC);
	gsize len;
	const char *start = normal;

	while (*start == ' ')
		start++;
	for (len = strlen(start); len > 0 && start[len - 1] == ' '; len--)
		normal[start - normal + len - 1] = '\0';
	if (!is_name(start))
		return FALSE;
	memcpy(out, start, len + 1);
	return TRUE;
}

static gboolean digits(const char **at, int n, int min, int max, int *value)
{
	*value = 0;
	for (int i = 0; i < n; i++) {
		if (!g_ascii_isdigit((*at)[i]))
			return FALSE;
		*value = *value * 10 + ((*at)[i] - '0');
	}
	*at += n;
	return *value >= min && *value <= max;
}

static gboolean literal(const char **at, char c)
{
	if (**at != c)
		return FALSE;
	(*at)++;
	return TRUE;
}

static gboolean zone(const char **at, gint64 *offset_s)
{
	const int sign = **at == '-' ? -1 : 1;
	int hours;
	int minutes;

	*offset_s = 0;
	if (literal(at, 'Z'))
		return TRUE;
	if (!literal(at, '+') && !literal(at, '-'))
		return FALSE;
	if (!digits(at, 2, 0, 23, &hours) || !literal(at, ':') || !digits(at, 2, 0, 59, &minutes))
		return FALSE;
	*offset_s = sign * (hours * G_GINT64_CONSTANT(3600) + minutes * G_GINT64_CONSTANT(60));
	return TRUE;
}

/* Days from 1970-01-01 to a date of the Gregorian calendar; March starts the counting year. */
static gint64 days(int year, int month, int day)
{
	const gint64 y = month > 2 ? year : year - 1;
	const gint64 m = month > 2 ? month - 3 : month + 9;

	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static gboolean fraction(const char **at)
{
	int n = 0;

	if (!literal(at, '.'))
		return TRUE;
	for (; g_ascii_isdigit(**at); (*at)++)
		n++;
	return n > 0 && n <= 9;
}

gboolean thp_time_parse(const char *text, gint64 *time_s)
{
	const char *at = text;
	int year, month, day, hour, minute, second;
	gint64 offset_s;

	*time_s = 0;
	if (!digits(&at, 4, 1970, 9999, &year) || !literal(&at, '-') ||
	    !digits(&at, 2, 1, 12, &month) || !literal(&at, '-') || !digits(&at, 2, 1, 31, &day) ||
	    !literal(&at, 'T') || !digits(&at, 2, 0, 23, &hour) || !literal(&at, ':') ||
	    !digits(&at, 2, 0, 59, &minute) || !literal(&at, ':') ||
	    !digits(&at, 2, 0, 59, &second) || !fraction(&at) || !zone(&at, &offset_s) || *at)
		return FALSE;
	if (!g_date_valid_dmy((GDateDay)day, (GDateMonth)month, (GDateYear)year))
		return FALSE;
	*time_s = days(year, month, day) * 86400 + hour * G_GINT64_CONSTANT(3600) +
		  minute * G_GINT64_CONSTANT(60) + second - offset_s;
	return *time_s >= 0;
}

void thp_time_print(gint64 time_s, char out[static THP_TIME_LEN + 1])
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(time_s);
	g_autofree char *text = time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

	g_strlcpy(out, text && strlen(text) == THP_TIME_LEN ? text : "", THP_TIME_LEN + 1);
}
