/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Adapter from janus_config to the table of keys. */
#include "janus_conf.h"

#include <config.h>

#include "gateway.h"
#include "log.h"

static const char *get(void *ctx, const char *section, const char *key)
{
	janus_config *config = ctx;

	if (!config)
		return NULL;
	janus_config_category *category =
		janus_config_get(config, NULL, janus_config_type_category, section);
	janus_config_item *item =
		category ? janus_config_get(config, category, janus_config_type_item, key) : NULL;
	return item ? item->value : NULL;
}

/* A misspelt key must not pass in silence. */
static void warn_of_unknown(janus_config *config)
{
	GList *categories = janus_config_get_categories(config, NULL);

	for (GList *c = categories; c; c = c->next) {
		janus_config_category *category = c->data;
		GList *items = janus_config_get_items(config, category);
		for (GList *i = items; i; i = i->next) {
			const janus_config_item *item = i->data;
			if (!thp_conf_knows(category->name, item->name) &&
			    !thp_conf_tiers_knows(category->name, item->name))
				log_warn("the configuration has an unknown key: %s.%s",
					 category->name, item->name);
		}
		g_list_free(items);
	}
	g_list_free(categories);
}

static thp_err load_areas(janus_config *config, const thp_conf *conf, GHashTable *areas,
			  GString *why)
{
	GList *categories = janus_config_get_categories(config, NULL);
	thp_err err = THP_OK;

	for (GList *c = categories; c && err == THP_OK; c = c->next) {
		const char *section = ((janus_config_category *)c->data)->name;
		const char *area = thp_conf_area_of(section);
		thp_conf_session session;

		if (!area)
			continue;
		err = thp_conf_load_area(conf, section, get, config, &session, why);
		if (err == THP_OK)
			g_hash_table_replace(areas, g_strdup(area),
					     g_memdup2(&session, sizeof session));
	}
	g_list_free(categories);
	return err;
}

/* NULL without such a file, which means the defaults. */
static thp_err open_file(const char *path, janus_config **config)
{
	*config = NULL;
	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return THP_OK;
	*config = janus_config_parse(path);
	return *config ? THP_OK : THP_CONF_SYNTAX;
}

static char *path_in(const char *folder)
{
	return g_strdup_printf("%s/%s.jcfg", folder, THP_PACKAGE);
}

thp_err thp_janus_conf_load(const char *folder, thp_conf *conf, GHashTable *areas,
			    thp_conf_tiers *tiers)
{
	g_autofree char *path = path_in(folder);
	g_autoptr(GString) why = g_string_new("it cannot be read");
	janus_config *config = NULL;
	thp_err err = open_file(path, &config);

	if (config)
		warn_of_unknown(config);
	if (err == THP_OK)
		err = thp_conf_load(conf, get, config, why);
	if (err == THP_OK)
		err = thp_conf_tiers_load(tiers, get, config, why);
	if (err == THP_OK && config)
		err = load_areas(config, conf, areas, why);
	if (err != THP_OK)
		log_err("%s: %s", path, why->str);
	if (config)
		janus_config_destroy(config);
	return err;
}

/* ---- again, with values over it ---- */

typedef struct overlay {
	janus_config *config;
	const thp_admin_value *values;
	guint n;
} overlay;

static const char *get_over(void *ctx, const char *section, const char *key)
{
	const overlay *over = ctx;

	for (guint i = 0; i < over->n; i++) {
		if (strcmp(over->values[i].section, section) == 0 &&
		    strcmp(over->values[i].key, key) == 0)
			return over->values[i].text;
	}
	return get(over->config, section, key);
}

/* A value that nothing reads would be taken for one in force. */
static thp_err check_names(const overlay *over, GString *why)
{
	for (guint i = 0; i < over->n; i++) {
		if (thp_conf_tiers_knows(over->values[i].section, over->values[i].key))
			continue;
		g_string_printf(why, "value %u is not known, or cannot be changed now", i + 1);
		return THP_CONF_VALUE;
	}
	return THP_OK;
}

thp_err thp_janus_conf_reload(const char *folder, const thp_admin_value *values, guint n,
			      thp_conf_tiers *tiers, GString *why)
{
	g_autofree char *path = path_in(folder);
	overlay over = {.values = values, .n = n};
	thp_err err = check_names(&over, why);

	if (err != THP_OK)
		return err;
	g_string_assign(why, "the configuration file cannot be read");
	err = open_file(path, &over.config);
	if (err == THP_OK)
		err = thp_conf_tiers_load(tiers, get_over, &over, why);
	if (over.config)
		janus_config_destroy(over.config);
	return err;
}
