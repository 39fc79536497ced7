/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A FHIR Bundle as it grows; whether it is good FHIR the validators of tests/tools/fhir.test.mjs judge. */
#include <therapy/fhir.h>

#include <string.h>

#include <jansson.h>

/* A record, as short as one can be. */
static char *record_of(const char *sub, const char *nature, const char *answer, const char *scope)
{
	return g_strdup_printf(
		"{\"header\":{\"record_id\":\"r\",\"pii_principal_id\":\"%s\"},"
		"\"processing\":{\"privacy_notice\":{\"kind\":\"k\"},\"purposes\":[{\"purpose_type\":\"%s\"}]},"
		"\"parties\":[{\"party_name\":\"Clinic\"}],\"events\":[{\"entity_id\":\"%s\"}],"
		"\"therapy\":{\"answer\":\"%s\",\"scope\":\"%s\",\"at_ms\":1000,\"until_ms\":0}}",
		sub, nature, sub, answer, scope);
}

/* Takes @record. */
static void add(thp_fhir *fhir, GString *out, guint64 seq, gboolean stands, char *record)
{
	const thp_consent_entry entry = {.origin = "clinic.example/unit",
					 .seq = seq,
					 .kept_ms = 1001,
					 .stands = stands,
					 .leaf = "{}",
					 .leaf_len = 2,
					 .proof = "proof\n",
					 .proven_ms = 1002,
					 .record = record,
					 .record_len = strlen(record)};
	g_autofree char *text = thp_fhir_add(fhir, &entry);

	g_string_append(out, text);
	g_free(record);
}

/* What is in the Bundle, by the first letters of the types. */
static char *end(thp_fhir *fhir, GString *out)
{
	g_autofree char *last = thp_fhir_end(fhir);
	GString *const types = g_string_new(NULL);
	json_t *entry;
	gsize i;

	g_string_append(out, last);
	json_auto_t *bundle = json_loads(out->str, JSON_REJECT_DUPLICATES, NULL);
	g_assert_nonnull(bundle);
	g_assert_true(!json_object_get(bundle, "entry") ||
		      json_array_size(json_object_get(bundle, "entry")) > 0);
	json_array_foreach (json_object_get(bundle, "entry"), i, entry) {
		const json_t *const resource = json_object_get(entry, "resource");

		g_string_append_c(types,
				  json_string_value(json_object_get(resource, "resourceType"))[0]);
	}
	return g_string_free(types, FALSE);
}

static void test_order(void)
{
	g_autoptr(thp_fhir) fhir = thp_fhir_new(THP_FHIR_R4, 2000);
	g_autoptr(GString) out = g_string_new(NULL);

	/* Organization, Device, Patient at once; Consent, AuditEvents, Provenances when it stands. */
	add(fhir, out, 1, FALSE, record_of("p-1", "clinical", "granted", ""));
	add(fhir, out, 2, TRUE, record_of("p-2", "clinical", "refused", "r-1"));
	add(fhir, out, 3, TRUE, record_of("p-1", "clinical", "withdrawn", ""));
	g_autofree char *types = end(fhir, out);
	g_assert_cmpstr(types, ==, "ODPPECAPCAPAP");
}

/* What belongs to no Consent that stands is not told of, nor what is no record. */
static void test_left_out(void)
{
	g_autoptr(thp_fhir) fhir = thp_fhir_new(THP_FHIR_PCF, 2000);
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *long_one = g_strnfill(20000, ' ');

	add(fhir, out, 1, TRUE, record_of("p-1", "clinical", "granted", ""));
	add(fhir, out, 2, TRUE, record_of("p-1", "confidentiality", "shown", ""));
	add(fhir, out, 3, TRUE, g_strdup("{}"));
	add(fhir, out, 4, TRUE, g_strdup("no record"));
	add(fhir, out, 5, TRUE, g_strdup(""));
	add(fhir, out, 6, TRUE, g_strdup(long_one));
	g_autofree char *types = end(fhir, out);
	g_assert_cmpstr(types, ==, "");
}

static void test_unfinished(void)
{
	g_autoptr(thp_fhir) fhir = thp_fhir_new(THP_FHIR_R4, 2000);
	g_autoptr(GString) out = g_string_new(NULL);

	add(fhir, out, 1, FALSE, record_of("p-1", "confidentiality", "granted", ""));
	g_autofree char *types = end(fhir, out);
	g_assert_cmpstr(types, ==, "ODP");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fhir/order", test_order);
	g_test_add_func("/fhir/left-out", test_left_out);
	g_test_add_func("/fhir/unfinished", test_unfinished);
	return g_test_run();
}
