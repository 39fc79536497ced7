/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What operators may ask, within which limits, and the numbers they are shown. */
#include <therapy/admin.h>
#include <therapy/metrics.h>

#include <string.h>

static thp_err parse(const char *text, thp_admin *out, const char **field)
{
	json_auto_t *body = json_loads(text, 0, NULL);

	g_assert_nonnull(body);
	*field = "untouched";
	return thp_admin_parse(body, out, field);
}

static void test_kinds(void)
{
	static const char *const names[] = {
		"status",        "drain",         "undrain", "reload_keys", "backup",
		"ledger_backup", "ledger_verify", "metrics", "tiers",       "tiers_set"};
	const char *field = NULL;
	thp_admin a;

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *text = g_strdup_printf("{\"request\":\"%s\"}", names[i]);
		g_assert_cmpint(parse(text, &a, &field), ==, THP_OK);
		g_assert_cmpint(a.kind, ==, (int)i);
		g_assert_null(field);
	}
	g_assert_cmpint(parse("{\"request\":\"hello\"}", &a, &field), ==, THP_UNKNOWN_REQUEST);
	g_assert_cmpstr(field, ==, "request");
	g_assert_cmpint(parse("[]", &a, &field), ==, THP_BAD_JSON);
	g_assert_null(field);
}

static void test_pin(void)
{
	const char *field = NULL;
	thp_admin a;

	g_assert_cmpint(
		parse("{\"request\":\"pin\",\"mode\":\"cap\",\"tier\":\"low\",\"area\":\"k\","
		      "\"room\":\"r\",\"seconds\":600}",
		      &a, &field),
		==, THP_OK);
	g_assert_cmpint(a.mode, ==, THP_OVERRIDE_CAP);
	g_assert_cmpstr(a.tier, ==, "low");
	g_assert_cmpstr(a.area, ==, "k");
	g_assert_cmpstr(a.room, ==, "r");
	g_assert_cmpint(a.seconds, ==, 600);
	g_assert_cmpint(parse("{\"request\":\"pin\",\"mode\":\"auto\"}", &a, &field), ==, THP_OK);
	g_assert_cmpstr(a.room, ==, "");
	g_assert_cmpint(a.seconds, ==, 0);
}

static void test_refusals(void)
{
	static const struct {
		const char *text;
		thp_err err;
		const char *field;
	} bad[] = {
		{"{\"request\":\"pin\"}", THP_MISSING_FIELD, "mode"},
		{"{\"request\":\"pin\",\"mode\":\"up\"}", THP_BAD_FIELD, "mode"},
		{"{\"request\":\"pin\",\"mode\":\"pin\"}", THP_MISSING_FIELD, "tier"},
		{"{\"request\":\"pin\",\"mode\":\"pin\",\"tier\":7}", THP_BAD_FIELD, "tier"},
		{"{\"request\":\"pin\",\"mode\":\"pin\",\"tier\":\"sixteen_letters_\"}",
		 THP_BAD_FIELD, "tier"},
		{"{\"request\":\"pin\",\"mode\":\"auto\",\"room\":\"r\"}", THP_MISSING_FIELD,
		 "area"},
		{"{\"request\":\"pin\",\"mode\":\"auto\",\"area\":\"k\"}", THP_MISSING_FIELD,
		 "room"},
		{"{\"request\":\"pin\",\"mode\":\"auto\",\"area\":\"k\\n\",\"room\":\"r\"}",
		 THP_BAD_FIELD, "area"},
		{"{\"request\":\"pin\",\"mode\":\"auto\",\"seconds\":0}", THP_BAD_FIELD, "seconds"},
		{"{\"request\":\"pin\",\"mode\":\"auto\",\"seconds\":604801}", THP_BAD_FIELD,
		 "seconds"},
		{"{\"request\":\"tiers_set\",\"values\":[]}", THP_BAD_FIELD, "values"},
		{"{\"request\":\"tiers_set\",\"values\":{\"hold_ms\":1}}", THP_BAD_FIELD, "values"},
		{"{\"request\":\"tiers_set\",\"values\":{\"adapt.hold_ms\":1.5}}", THP_BAD_FIELD,
		 "values"},
		{"{\"request\":\"tiers_set\",\"values\":{\"adapt.hold_ms\":null}}", THP_BAD_FIELD,
		 "values"},
		{"{\"request\":\"tiers_set\",\"values\":{"
		 "\"adapt.a_name_of_far_more_than_forty_characters\":1}}",
		 THP_BAD_FIELD, "values"},
	};
	const char *field = NULL;
	thp_admin a;

	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_test_message("%s", bad[i].text);
		g_assert_cmpint(parse(bad[i].text, &a, &field), ==, bad[i].err);
		g_assert_cmpstr(field, ==, bad[i].field);
	}
}

static void test_values(void)
{
	const char *field = NULL;
	thp_admin a;

	g_assert_cmpint(parse("{\"request\":\"tiers_set\",\"values\":{\"adapt.hold_ms\":9000,"
			      "\"tier_low.red\":\"on\",\"tier_low.dtx\":true}}",
			      &a, &field),
			==, THP_OK);
	g_assert_cmpuint(a.n_values, ==, 3);
	g_assert_cmpstr(a.values[0].section, ==, "adapt");
	g_assert_cmpstr(a.values[0].key, ==, "hold_ms");
	g_assert_cmpstr(a.values[0].text, ==, "9000");
	g_assert_cmpstr(a.values[1].text, ==, "on");
	g_assert_cmpstr(a.values[2].text, ==, "true");
}

/* ---- what they are shown ---- */

static void test_text(void)
{
	g_autoptr(GString) text = g_string_new(NULL);
	thp_metrics m = {
		.gated = 1, .rooms = 3, .paced_held = 12, .paced_dropped = 5, .shadow = TRUE};
	thp_ladder ladder;

	thp_tier_ladder_default(&ladder);
	m.down.tier_ms[2] = 61500;
	m.down.downs[THP_WHY_LOSS] = 4;
	m.up.ups[THP_WHY_CLEAN] = 2;
	m.down.loss_permille[0] = 5;
	m.down.loss_permille[1] = 2;
	m.receivers[2] = 7;
	thp_metrics_text(&m, &ladder, text);
	g_assert_nonnull(strstr(
		text->str, "\ntherapy_tier_seconds_total{way=\"down\",tier=\"low\"} 61.500\n"));
	g_assert_nonnull(strstr(text->str, "\ntherapy_tier_switches_total{way=\"down\","
					   "direction=\"down\",reason=\"loss\"} 4\n"));
	g_assert_nonnull(strstr(text->str, "\ntherapy_tier_switches_total{way=\"up\","
					   "direction=\"up\",reason=\"clean\"} 2\n"));
	g_assert_nonnull(strstr(text->str, "\ntherapy_receivers{tier=\"low\"} 7\n"));
	g_assert_nonnull(strstr(text->str, "\ntherapy_loss_ratio_bucket{le=\"0.005\"} 7\n"));
	g_assert_nonnull(strstr(text->str, "\ntherapy_loss_ratio_count 7\n"));
	g_assert_nonnull(strstr(text->str, "\ntherapy_shadow 1\n"));
	g_assert_nonnull(strstr(text->str, "\ntherapy_paced_packets_total 12\n"));
	g_assert_nonnull(strstr(text->str, "\ntherapy_paced_dropped_packets_total 5\n"));
	/* Each line is a comment, or a name, labels and a number. */
	g_auto(GStrv) lines = g_strsplit(text->str, "\n", -1);
	for (char **line = lines; *line && **line; line++)
		g_assert_true(g_regex_match_simple(
			"^(# (HELP|TYPE) therapy_[a-z_]+ .+|"
			"therapy_[a-z_]+(\\{([a-z]+=\"[a-zA-Z0-9_.+]+\",?)+\\})? [0-9.]+)$",
			*line, 0, 0));
}

static void test_json(void)
{
	thp_conf_tiers conf = {0};
	thp_metrics m = {.receivers = {[3] = 2}};

	thp_tier_ladder_default(&conf.ladder);
	thp_tier_tuning_default(&conf.tuning);
	m.down.tier_ms[3] = 2500;
	json_auto_t *shown = thp_metrics_json(&m, &conf.ladder);
	json_auto_t *tiers = thp_metrics_tiers(&conf, TRUE);
	const json_t *low = json_array_get(json_object_get(tiers, "tiers"), 2);

	g_assert_cmpint(
		json_integer_value(json_object_get(json_object_get(shown, "receivers"), "medium")),
		==, 2);
	g_assert_cmpint(
		json_integer_value(json_object_get(
			json_object_get(json_object_get(shown, "down"), "tier_seconds"), "medium")),
		==, 2);
	g_assert_cmpstr(json_string_value(json_object_get(tiers, "start")), ==, "high");
	g_assert_true(json_is_true(json_object_get(tiers, "shadow")));
	g_assert_cmpstr(json_string_value(json_object_get(low, "tier")), ==, "low");
	g_assert_cmpint(json_integer_value(json_object_get(low, "video_kbps")), ==, 90);
	g_assert_cmpint(
		json_integer_value(json_object_get(json_object_get(tiers, "adapt"), "hold_ms")), ==,
		conf.tuning.hold_ms);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/admin/kinds", test_kinds);
	g_test_add_func("/admin/pin", test_pin);
	g_test_add_func("/admin/values", test_values);
	g_test_add_func("/admin/refusals", test_refusals);
	g_test_add_func("/admin/metrics-text", test_text);
	g_test_add_func("/admin/json", test_json);
	return g_test_run();
}
