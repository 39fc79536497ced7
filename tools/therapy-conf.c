/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-conf: says what is wrong with a configuration file before Janus is restarted with it. */
#include <stdio.h>
#include <string.h>

#include <libconfig.h>

#include <therapy/claim_value.h>
#include <therapy/conf_tiers.h>
#include <therapy/keyring.h>

static const char help[] =
	"NAME\n"
	"  therapy-conf - check the configuration of janus.plugin.therapy\n"
	"\n"
	"SYNOPSIS\n"
	"  therapy-conf check FILE    what is wrong with FILE (janus.plugin.therapy.jcfg)\n"
	"  therapy-conf tiers FILE    the tiers that FILE makes, and what each costs on the wire\n"
	"\n"
	"DESCRIPTION\n"
	"  A value out of range stops the start of the plugin, and a reload is refused as a whole;\n"
	"  'check' says the same beforehand, one fault a line. Keys that nothing reads are faults\n"
	"  too: the plugin would only warn of them.\n"
	"\n"
	"EXIT STATUS\n"
	"  0 all is well; 1 the file has faults; 2 the command line makes no sense; 3 the file\n"
	"  cannot be read\n";

enum { GOOD, FAULTY, USAGE, UNREADABLE };

/* A value as the plugin's reader gets it from Janus. */
static const char *get(void *ctx, const char *section, const char *key)
{
	static char number[24];
	const config_setting_t *group = config_lookup(ctx, section);
	const config_setting_t *value = group ? config_setting_get_member(group, key) : NULL;

	switch (value ? config_setting_type(value) : CONFIG_TYPE_NONE) {
	case CONFIG_TYPE_STRING:
		return config_setting_get_string(value);
	case CONFIG_TYPE_BOOL:
		return config_setting_get_bool(value) ? "true" : "false";
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		g_snprintf(number, sizeof number, "%lld", config_setting_get_int64(value));
		return number;
	case CONFIG_TYPE_FLOAT:
		g_ascii_dtostr(number, sizeof number, config_setting_get_float(value));
		return number;
	case CONFIG_TYPE_NONE:
		return NULL;
	default: /* a list or a group where a value belongs: right for no key */
		return "";
	}
}

/* ---- check ---- */

static gboolean is_known(const char *section, const char *key)
{
	return thp_conf_knows(section, key) || thp_conf_tiers_knows(section, key);
}

static guint unknown_in(const config_setting_t *group)
{
	const char *section = config_setting_name(group);
	guint faults = 0;

	if (!config_setting_is_group(group)) {
		printf("line %u: %s is in no section\n", config_setting_source_line(group),
		       section);
		return 1;
	}
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *item = config_setting_get_elem(group, (unsigned)i);
		const char *key = config_setting_name(item);
		if (is_known(section, key))
			continue;
		printf("line %u: %s.%s is not known\n", config_setting_source_line(item), section,
		       key);
		faults++;
	}
	return faults;
}

static guint unknown_keys(config_t *file)
{
	const config_setting_t *root = config_root_setting(file);
	guint faults = 0;

	for (int i = 0; i < config_setting_length(root); i++)
		faults += unknown_in(config_setting_get_elem(root, (unsigned)i));
	return faults;
}

/* Settings of a tier that is not in use would pass in silence. */
static guint unused_tiers(config_t *file, const thp_conf_tiers *tiers)
{
	const config_setting_t *root = config_root_setting(file);
	guint faults = 0;

	for (int i = 0; i < config_setting_length(root); i++) {
		const config_setting_t *group = config_setting_get_elem(root, (unsigned)i);
		const char *section = config_setting_name(group);
		if (!g_str_has_prefix(section, THP_CONF_TIER) ||
		    thp_tier_find(&tiers->ladder, section + strlen(THP_CONF_TIER)) <
			    tiers->ladder.n)
			continue;
		printf("line %u: %s is for no tier of " THP_CONF_ADAPT ".tiers\n",
		       config_setting_source_line(group), section);
		faults++;
	}
	return faults;
}

/* What else the start would stumble over. */
static guint unusable_values(const thp_conf *conf)
{
	thp_keyring *ring = thp_keyring_new();
	unsigned line = 0;
	guint faults = 0;

	if (!thp_realm_is_valid(conf->realm)) {
		puts("general.realm has characters that no invitation can carry");
		faults++;
	}
	if (thp_keyring_add_file(ring, conf->keys_file, &line) != THP_OK) {
		if (line > 0)
			printf("general.keys_file: line %u of that file is not a k4.public key\n",
			       line);
		else
			puts("general.keys_file cannot be read or holds no key");
		faults++;
	}
	thp_keyring_free(ring);
	return faults;
}

/* What areas have of their own. */
static guint area_faults(config_t *file, const thp_conf *conf)
{
	g_autoptr(GString) why = g_string_new(NULL);
	const config_setting_t *root = config_root_setting(file);
	thp_conf_session session;
	guint faults = 0;

	for (int i = 0; i < config_setting_length(root); i++) {
		const char *section =
			config_setting_name(config_setting_get_elem(root, (unsigned)i));
		if (!thp_conf_area_of(section) ||
		    thp_conf_load_area(conf, section, get, file, &session, why) == THP_OK)
			continue;
		puts(why->str);
		faults++;
	}
	return faults;
}

static int check(config_t *file)
{
	g_autoptr(GString) why = g_string_new(NULL);
	g_autofree thp_conf *conf = g_new0(thp_conf, 1);
	thp_conf_tiers tiers;
	guint faults = unknown_keys(file);

	if (thp_conf_load(conf, get, file, why) != THP_OK) {
		puts(why->str);
		faults++;
	} else {
		faults += unusable_values(conf) + area_faults(file, conf);
	}
	if (thp_conf_tiers_load(&tiers, get, file, why) != THP_OK) {
		puts(why->str);
		faults++;
	} else {
		faults += unused_tiers(file, &tiers);
	}
	if (faults == 0)
		puts("all is well");
	return faults > 0 ? FAULTY : GOOD;
}

/* ---- tiers ---- */

static int show_tiers(config_t *file)
{
	g_autoptr(GString) why = g_string_new(NULL);
	thp_conf_tiers tiers;

	if (thp_conf_tiers_load(&tiers, get, file, why) != THP_OK) {
		puts(why->str);
		return FAULTY;
	}
	for (uint32_t i = 0; i < tiers.ladder.n; i++) {
		const thp_tier *t = &tiers.ladder.tiers[i];
		uint32_t speech = thp_tier_audio_wire_kbps(t, false);

		printf("%-*s  speech %3u kbit/s in %3u ms", THP_TIER_NAME_MAX, t->name,
		       t->audio_kbps, t->ptime_ms);
		if (t->video_kbps > 0)
			printf(", video %4u px %2u fps %4u kbit/s", t->video_height_px,
			       t->video_fps, t->video_kbps);
		printf("; on the wire %u kbit/s each way%s\n",
		       speech + thp_tier_video_wire_kbps(t->video_kbps),
		       i == tiers.ladder.start ? "; the start" : "");
	}
	return GOOD;
}

static int run(const char *path, int (*command)(config_t *file))
{
	config_t file;
	int status = UNREADABLE;

	config_init(&file);
	if (config_read_file(&file, path))
		status = command(&file);
	else if (config_error_type(&file) == CONFIG_ERR_PARSE)
		printf("line %d: %s\n", config_error_line(&file), config_error_text(&file));
	else
		(void)fprintf(stderr, "therapy-conf: %s cannot be read\n", path);
	if (status == UNREADABLE && config_error_type(&file) == CONFIG_ERR_PARSE)
		status = FAULTY;
	config_destroy(&file);
	return status;
}

int main(int argc, char **argv)
{
	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
		(void)fputs(help, stdout);
		return GOOD;
	}
	if (argc == 3 && strcmp(argv[1], "check") == 0)
		return run(argv[2], check);
	if (argc == 3 && strcmp(argv[1], "tiers") == 0)
		return run(argv[2], show_tiers);
	(void)fputs("therapy-conf check FILE, or therapy-conf tiers FILE; --help says more\n",
		    stderr);
	return USAGE;
}
