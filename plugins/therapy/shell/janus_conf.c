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

static gboolean is_known(const char *section, const char *key)
{
	guint n = 0;
	const thp_conf_key *table = thp_conf_table(&n);

	for (guint i = 0; i < n; i++) {
		if (strcmp(table[i].section, section) == 0 && strcmp(table[i].key, key) == 0)
			return TRUE;
	}
	return thp_conf_tiers_knows(section, key);
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
			if (!is_known(category->name, item->name))
				log_warn("the configuration has an unknown key: %s.%s",
					 category->name, item->name);
		}
		g_list_free(items);
	}
	g_list_free(categories);
}

thp_err thp_janus_conf_load(const char *folder, thp_conf *conf, thp_conf_tiers *tiers)
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
	if (err == THP_OK)
		err = thp_conf_tiers_load(tiers, get, config, why);
	if (err != THP_OK)
		log_err("%s: %s", path, why->str);
	if (config)
		janus_config_destroy(config);
	return err;
}
