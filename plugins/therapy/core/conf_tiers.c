/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ladder, the thresholds and the network test, read by the tables of tier.c and network.c. */
#include <therapy/conf_tiers.h>

#include <string.h>

static const char *const red_names[] = {
	[THP_RED_OFF] = "off", [THP_RED_ON] = "on", [THP_RED_AUTO] = "auto"};

typedef struct reader {
	thp_conf_getter get;
	void *ctx;
	GString *why;
} reader;

/* ---- one value ---- */

static gboolean set_number(void *at, const thp_tier_key *key, const char *text)
{
	guint64 number = 0;

	if (!g_ascii_string_to_unsigned(text, 10, key->min, key->max, &number, NULL))
		return FALSE;
	*(uint32_t *)at = (uint32_t)number;
	return TRUE;
}

static gboolean set_switch(bool *at, const char *text)
{
	*at = strcmp(text, "true") == 0 || strcmp(text, "yes") == 0;
	return *at || strcmp(text, "false") == 0 || strcmp(text, "no") == 0;
}

static gboolean set_red(thp_red *at, const char *text)
{
	for (guint i = 0; i < G_N_ELEMENTS(red_names); i++) {
		*at = (thp_red)i;
		if (strcmp(text, red_names[i]) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean set_policy(thp_network_policy *at, const char *text)
{
	for (guint i = 0; i < THP_N_NETWORK_POLICIES; i++) {
		*at = (thp_network_policy)i;
		if (strcmp(text, thp_network_policy_name(*at)) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean set_value(void *in, const thp_tier_key *key, const char *text)
{
	void *at = (char *)in + key->offset;

	switch (key->type) {
	case THP_TIER_NUMBER:
		return set_number(at, key, text);
	case THP_TIER_SWITCH:
		return set_switch(at, text);
	case THP_TIER_RED:
		return set_red(at, text);
	case THP_TIER_POLICY:
		return set_policy(at, text);
	default:
		return FALSE;
	}
}

static thp_err refuse(const reader *r, const char *section, const thp_tier_key *key)
{
	g_string_printf(r->why, "%s.%s must be ", section, key->key);
	if (key->type == THP_TIER_SWITCH)
		g_string_append(r->why, "true or false");
	else if (key->type == THP_TIER_RED)
		g_string_append(r->why, "off, on or auto");
	else if (key->type == THP_TIER_POLICY)
		g_string_append(r->why, "off, inform, warn or voice");
	else
		g_string_append_printf(r->why, "a number from %u to %u", key->min, key->max);
	return THP_CONF_VALUE;
}

static thp_err read_all(const reader *r, const char *section, const thp_tier_key *keys, size_t n,
			void *out)
{
	for (size_t i = 0; i < n; i++) {
		const char *text = r->get(r->ctx, section, keys[i].key);

		if (text && !set_value(out, &keys[i], text))
			return refuse(r, section, &keys[i]);
	}
	return THP_OK;
}

/* ---- the ladder ---- */

/* What a tier of any name has unless told otherwise. */
static void plain_tier(thp_tier *tier, const char *name)
{
	size_t n = 0;
	const thp_tier_key *keys = thp_tier_keys(&n);

	memset(tier, 0, sizeof *tier);
	for (size_t i = 0; i < n; i++) {
		void *at = (char *)tier + keys[i].offset;
		switch (keys[i].type) {
		case THP_TIER_SWITCH:
			*(bool *)at = keys[i].number != 0;
			break;
		case THP_TIER_RED:
			*(thp_red *)at = (thp_red)keys[i].number;
			break;
		case THP_TIER_NUMBER:
		case THP_TIER_POLICY:
		default:
			*(uint32_t *)at = keys[i].number;
		}
	}
	g_strlcpy(tier->name, name, sizeof tier->name);
}

/* Replaces the tiers by those that @names has, in its order. */
static gboolean name_tiers(thp_ladder *ladder, const char *names)
{
	const thp_ladder known = *ladder;
	g_auto(GStrv) list = g_strsplit_set(names, " ", -1);

	ladder->n = 0;
	for (char **name = list; *name; name++) {
		if (**name == '\0')
			continue;
		if (ladder->n == THP_TIERS_MAX || strlen(*name) > THP_TIER_NAME_MAX)
			return FALSE;
		uint32_t i = thp_tier_find(&known, *name);
		if (i < known.n)
			ladder->tiers[ladder->n++] = known.tiers[i];
		else
			plain_tier(&ladder->tiers[ladder->n++], *name);
	}
	return ladder->n > 0;
}

static thp_err read_names(const reader *r, thp_ladder *ladder)
{
	const char *names = r->get(r->ctx, THP_CONF_ADAPT, "tiers");

	if (!names || name_tiers(ladder, names))
		return THP_OK;
	g_string_printf(r->why,
			THP_CONF_ADAPT ".tiers must be 1 to %d names of at most %d characters",
			THP_TIERS_MAX, THP_TIER_NAME_MAX);
	return THP_CONF_VALUE;
}

static thp_err read_start(const reader *r, thp_ladder *ladder, const char *usual)
{
	const char *start = r->get(r->ctx, THP_CONF_ADAPT, "start");

	ladder->start = thp_tier_find(ladder, start ? start : usual);
	/* Without the usual one, and unless told otherwise: the middle. */
	if (!start && ladder->start >= ladder->n)
		ladder->start = ladder->n / 2;
	if (ladder->start < ladder->n)
		return THP_OK;
	g_string_assign(r->why, THP_CONF_ADAPT ".start must be one of " THP_CONF_ADAPT ".tiers");
	return THP_CONF_VALUE;
}

static thp_err read_tiers(const reader *r, thp_ladder *ladder)
{
	size_t n = 0;
	const thp_tier_key *keys = thp_tier_keys(&n);
	thp_err err = THP_OK;

	for (uint32_t i = 0; i < ladder->n && err == THP_OK; i++) {
		g_autofree char *section = g_strconcat(THP_CONF_TIER, ladder->tiers[i].name, NULL);
		err = read_all(r, section, keys, n, &ladder->tiers[i]);
	}
	return err;
}

static thp_err check_network(const reader *r, const thp_network_rules *rules)
{
	const char *fault = thp_network_fault(rules);

	if (!fault)
		return THP_OK;
	g_string_printf(r->why,
			THP_CONF_NETWORK ".%s must fit: picture_kbps is not above good_kbps",
			fault);
	return THP_CONF_VALUE;
}

/* Each value by itself is allowed: see whether they fit together. */
static thp_err check_whole(const reader *r, const thp_conf_tiers *conf)
{
	uint32_t tier = THP_TIERS_MAX;
	const char *fault = thp_tier_fault(&conf->ladder, &conf->tuning, &tier);

	if (!fault)
		return check_network(r, &conf->network);
	if (tier < conf->ladder.n && strcmp(fault, "name") != 0)
		g_string_printf(r->why,
				THP_CONF_TIER
				"%s.%s must fit: a tier costs more than the one before it, and "
				"has height, fps and kbps of a picture or none of them",
				conf->ladder.tiers[tier].name, fault);
	else if (tier < conf->ladder.n)
		g_string_assign(r->why,
				THP_CONF_ADAPT ".tiers must be different names of a-z, 0-9 and _");
	else
		g_string_printf(r->why,
				THP_CONF_ADAPT
				".%s must fit: soft is not above hard, hold_ms not above "
				"hold_max_ms",
				fault);
	return THP_CONF_VALUE;
}

thp_err thp_conf_tiers_load(thp_conf_tiers *out, thp_conf_getter get, void *ctx, GString *why)
{
	const reader r = {get, ctx, why};
	char usual[THP_TIER_NAME_MAX + 1];
	size_t n = 0;
	const thp_tier_key *keys = thp_tier_tuning_keys(&n);

	memset(out, 0, sizeof *out);
	thp_tier_ladder_default(&out->ladder);
	thp_tier_tuning_default(&out->tuning);
	thp_network_rules_default(&out->network);
	memcpy(usual, out->ladder.tiers[out->ladder.start].name, sizeof usual);
	thp_err err = read_names(&r, &out->ladder);
	if (err == THP_OK)
		err = read_start(&r, &out->ladder, usual);
	if (err == THP_OK)
		err = read_tiers(&r, &out->ladder);
	if (err == THP_OK)
		err = read_all(&r, THP_CONF_ADAPT, keys, n, &out->tuning);
	keys = thp_network_keys(&n);
	if (err == THP_OK)
		err = read_all(&r, THP_CONF_NETWORK, keys, n, &out->network);
	return err == THP_OK ? check_whole(&r, out) : err;
}

static gboolean has_key(const thp_tier_key *keys, size_t n, const char *key)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(keys[i].key, key) == 0)
			return TRUE;
	}
	return FALSE;
}

gboolean thp_conf_tiers_knows(const char *section, const char *key)
{
	size_t n_tier = 0, n_tuning = 0, n_network = 0;
	const thp_tier_key *tier = thp_tier_keys(&n_tier);
	const thp_tier_key *tuning = thp_tier_tuning_keys(&n_tuning);
	const thp_tier_key *network = thp_network_keys(&n_network);

	if (strcmp(section, THP_CONF_NETWORK) == 0)
		return has_key(network, n_network, key);
	if (g_str_has_prefix(section, THP_CONF_TIER))
		return has_key(tier, n_tier, key);
	return strcmp(section, THP_CONF_ADAPT) == 0 &&
	       (strcmp(key, "tiers") == 0 || strcmp(key, "start") == 0 ||
		has_key(tuning, n_tuning, key));
}
