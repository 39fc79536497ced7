/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The symbols that the plugin takes from the Janus binary, by the behaviour that Janus documents. */
#include "therapy-config.h"

#include <stdio.h>
#include <string.h>

#include <config.h>
#include <debug.h>

#include "inner.h"

extern int janus_version, refcount_debug, lock_debug;

int janus_version = THP_JANUS_VERSION;
int refcount_debug = 0;
int lock_debug = 0;

/* ---- log ---- */

int janus_log_level = LOG_NONE;
gboolean janus_log_timestamps = FALSE;
gboolean janus_log_colors = FALSE;
char *janus_log_global_prefix = NULL;

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static GString *log_text; /* LOCK: log_lock */

void fake_log_start(gboolean on)
{
	janus_log_level = on ? LOG_MAX : LOG_NONE;
	log_text = g_string_new(NULL);
}

void fake_log_stop(void)
{
	janus_log_level = LOG_NONE;
	(void)g_string_free(log_text, TRUE);
	log_text = NULL;
}

char *fake_log(void)
{
	pthread_mutex_lock(&log_lock);
	char *copy = g_strdup(log_text->str);
	pthread_mutex_unlock(&log_lock);
	return copy;
}

void janus_vprintf(const char *format, ...)
{
	va_list args;

	pthread_mutex_lock(&log_lock);
	if (log_text) {
		va_start(args, format);
		g_string_append_vprintf(log_text, format, args);
		va_end(args);
	}
	pthread_mutex_unlock(&log_lock);
}

/* ---- plugin.h ---- */

janus_plugin_result *janus_plugin_result_new(janus_plugin_result_type type, const char *text,
					     json_t *content)
{
	janus_plugin_result *result = g_new0(janus_plugin_result, 1);

	result->type = type;
	result->text = text;
	result->content = content;
	return result;
}

void janus_plugin_result_destroy(janus_plugin_result *result)
{
	json_decref(result->content);
	g_free(result);
}

void janus_plugin_rtp_reset(janus_plugin_rtp *packet)
{
	memset(packet, 0, sizeof *packet);
	packet->mindex = -1;
	packet->extensions.audio_level = -1;
	packet->extensions.video_rotation = -1;
	packet->extensions.min_delay = -1;
	packet->extensions.max_delay = -1;
}

/* ---- config.h: lines of "section.key=value" instead of libconfig's format ---- */

static janus_config_container *container_new(janus_config_type type, const char *name,
					     const char *value)
{
	janus_config_container *c = g_new0(janus_config_container, 1);

	c->type = type;
	c->name = g_strdup(name);
	c->value = g_strdup(value);
	return c;
}

static void container_free(gpointer data)
{
	janus_config_container *c = data;

	g_list_free_full(c->list, container_free);
	g_free((gpointer)(gsize)c->name);
	g_free((gpointer)(gsize)c->value);
	g_free(c);
}

janus_config_container *janus_config_get(janus_config *config, janus_config_container *parent,
					 janus_config_type type, const char *name)
{
	for (GList *l = parent ? parent->list : config->list; l; l = l->next) {
		janus_config_container *c = l->data;
		if (c->type == type && strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

static void read_line(janus_config *config, const char *line)
{
	g_auto(GStrv) sides = g_strsplit(line, "=", 2);
	g_auto(GStrv) names = g_strsplit(sides[0] ? sides[0] : "", ".", 2);

	if (g_strv_length(sides) != 2 || g_strv_length(names) != 2)
		return;
	janus_config_container *category =
		janus_config_get(config, NULL, janus_config_type_category, names[0]);
	if (!category) {
		category = container_new(janus_config_type_category, names[0], NULL);
		config->list = g_list_append(config->list, category);
	}
	category->list = g_list_append(category->list,
				       container_new(janus_config_type_item, names[1], sides[1]));
}

janus_config *janus_config_parse(const char *config_file)
{
	g_autofree char *text = NULL;

	if (!g_file_get_contents(config_file, &text, NULL, NULL))
		return NULL;
	janus_config *config = g_new0(janus_config, 1);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++)
		read_line(config, *line);
	return config;
}

static GList *list_of(janus_config *config, janus_config_container *parent, janus_config_type type)
{
	GList *found = NULL;

	for (GList *l = parent ? parent->list : config->list; l; l = l->next) {
		if (((janus_config_container *)l->data)->type == type)
			found = g_list_append(found, l->data);
	}
	return found;
}

GList *janus_config_get_items(janus_config *config, janus_config_container *parent)
{
	return list_of(config, parent, janus_config_type_item);
}

GList *janus_config_get_categories(janus_config *config, janus_config_container *parent)
{
	return list_of(config, parent, janus_config_type_category);
}

void janus_config_destroy(janus_config *config)
{
	g_list_free_full(config->list, container_free);
	g_free(config);
}
