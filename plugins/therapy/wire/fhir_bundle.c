/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Bundle as it grows: who is named in it already, and what waits for the Consent that it belongs to. */
#include "fhir_inside.h"

#include <string.h>

struct thp_fhir {
	thp_fhir_form form;
	gint64 now_ms;
	gboolean begun, filled; /* the text before the first entry is out; an entry is */
	GHashTable *named;      /* resources that are in the Bundle */
	GHashTable *waiting;    /* name of a Consent → GPtrArray of resources, until it stands */
	GString *out;           /* since the last call */
};

thp_fhir *thp_fhir_new(thp_fhir_form form, gint64 now_ms)
{
	thp_fhir *const fhir = g_new0(thp_fhir, 1);

	fhir->form = form;
	fhir->now_ms = now_ms;
	fhir->named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	fhir->waiting = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					      (GDestroyNotify)g_ptr_array_unref);
	fhir->out = g_string_new(NULL);
	return fhir;
}

void thp_fhir_free(thp_fhir *fhir)
{
	if (!fhir)
		return;
	g_hash_table_unref(fhir->named);
	g_hash_table_unref(fhir->waiting);
	g_string_free(fhir->out, TRUE);
	g_free(fhir);
}

/* ---- writing ---- */

static void begin(thp_fhir *fhir)
{
	g_autofree char *now = thp_consent_instant(fhir->now_ms);

	if (!fhir->begun)
		g_string_append_printf(
			fhir->out,
			"{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"timestamp\":\"%s\"",
			now);
	fhir->begun = TRUE;
}

static void write_text(thp_fhir *fhir, const char *entry)
{
	/* FHIR knows no empty list: it begins with its first entry. */
	g_string_append(fhir->out, fhir->filled ? ",\n" : ",\"entry\":[\n");
	g_string_append(fhir->out, entry);
	fhir->filled = TRUE;
}

/* Takes @resource. */
static char *print_entry(json_t *resource)
{
	const char *id = json_string_value(json_object_get(resource, "id"));
	g_autofree char *name = g_strconcat("urn:uuid:", id, NULL);

	return thp_consent_print(json_pack("{s:s, s:o}", "fullUrl", name, "resource", resource));
}

static void write_entry(thp_fhir *fhir, json_t *resource)
{
	g_autofree char *text = print_entry(resource);

	write_text(fhir, text);
}

static void write_once(thp_fhir *fhir, const char *name, const thp_fhir_about *about,
		       json_t *(*make)(const thp_fhir_about *about))
{
	if (name && g_hash_table_add(fhir->named, g_strdup(name)))
		write_entry(fhir, make(about));
}

/* ---- one answer ---- */

static void about_fill(thp_fhir_about *about, const thp_consent_entry *entry,
		       const thp_consent_facts *f)
{
	const char *origin = entry->origin;

	*about = (thp_fhir_about){
		.entry = entry,
		.facts = f,
		.patient = thp_fhir_name(THP_FHIR_WORDS("Patient", origin, f->sub)),
		.performer = f->guardian[0] != '\0'
				     ? thp_fhir_name(THP_FHIR_WORDS("RelatedPerson", origin, f->sub,
								    f->guardian))
				     : NULL,
		.organization = thp_fhir_name(
			THP_FHIR_WORDS("Organization", origin, f->name, f->address, f->contact)),
		.ledger = thp_fhir_name(THP_FHIR_WORDS("Device", origin)),
		.consent =
			thp_fhir_name(THP_FHIR_WORDS("Consent", origin, f->sub, f->kind, f->scope)),
		.encounter = f->scope[0] != '\0' ? thp_fhir_name(THP_FHIR_WORDS("Encounter", origin,
										f->sub, f->scope))
						 : NULL};
}

static void about_clear(thp_fhir_about *about)
{
	g_free(about->patient);
	g_free(about->performer);
	g_free(about->organization);
	g_free(about->ledger);
	g_free(about->consent);
	g_free(about->encounter);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(thp_fhir_about, about_clear)

static GPtrArray *traces_of(thp_fhir *fhir, thp_fhir_about *about)
{
	GPtrArray *traces = g_hash_table_lookup(fhir->waiting, about->consent);

	about->first = !traces;
	if (!traces) {
		traces = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(fhir->waiting, g_strdup(about->consent), traces);
	}
	return traces;
}

/* IHE's profiles are of consent to privacy, decided one way or the other. */
static gboolean is_of(const thp_consent_facts *f, thp_fhir_form form)
{
	return form == THP_FHIR_R4 ||
	       (strcmp(f->nature, "clinical") != 0 && !thp_consent_facts_is(f, "shown"));
}

static void add(thp_fhir *fhir, thp_fhir_about *about)
{
	GPtrArray *const traces = traces_of(fhir, about);

	write_once(fhir, about->organization, about, thp_fhir_organization);
	write_once(fhir, about->ledger, about, thp_fhir_ledger);
	write_once(fhir, about->patient, about, thp_fhir_patient);
	write_once(fhir, about->performer, about, thp_fhir_guardian);
	write_once(fhir, about->encounter, about, thp_fhir_encounter);
	g_ptr_array_add(traces, print_entry(thp_fhir_audit_event(about)));
	g_ptr_array_add(traces, print_entry(thp_fhir_provenance(about)));
	if (!about->entry->stands)
		return;
	write_entry(fhir, thp_fhir_consent(about, fhir->form, fhir->now_ms));
	for (guint i = 0; i < traces->len; i++)
		write_text(fhir, g_ptr_array_index(traces, i));
	g_hash_table_remove(fhir->waiting, about->consent);
}

static char *steal_text(thp_fhir *fhir)
{
	char *const text = g_strndup(fhir->out->str, fhir->out->len);

	g_string_truncate(fhir->out, 0);
	return text;
}

char *thp_fhir_add(thp_fhir *fhir, const thp_consent_entry *entry)
{
	thp_consent_facts facts;
	json_auto_t *root = thp_consent_facts_read(entry->record, entry->record_len, &facts);

	begin(fhir);
	if (root && is_of(&facts, fhir->form)) {
		g_auto(thp_fhir_about) about;

		about_fill(&about, entry, &facts);
		add(fhir, &about);
	}
	return steal_text(fhir);
}

char *thp_fhir_end(thp_fhir *fhir)
{
	begin(fhir);
	g_string_append(fhir->out, fhir->filled ? "]}\n" : "}\n");
	return steal_text(fhir);
}
