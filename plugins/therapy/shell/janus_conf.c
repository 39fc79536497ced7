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
			if (!thp_conf_knows(category->name, item->name))
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

thp_err thp_janus_conf_load(const char *folder, thp_conf *conf, GHashTable *areas)
{
	g_autofree char *path = g_strdup_printf("%s/%s.jcfg", folder, THP_PACKAGE);
	g_autoptr(GString) why = g_string_new(NULL);
	janus_config *config = NULL;

	if (g_file_test(path, G_FILE_TEST_EXISTS)) {
		config = janus_config_parse(path);
		if (!config) {
			log_err("%s cannot be read", path);
			return THP_CONF_SYNTAX;
		}
		warn_of_unknown(config);
	}
	thp_err err = thp_conf_load(conf, get, config, why);
	if (err == THP_OK && config)
		err = load_areas(config, conf, areas, why);
	if (err != THP_OK)
		log_err("%s: %s", path, why->str);
	if (config)
		janus_config_destroy(config);
	return err;
}
