/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An agreement as a Kantara consent receipt. */
#include <therapy/consent_kantara.h>

#include <string.h>

#include "bytes.h"
#include "consent_facts.h"

/* The record's 16 random bytes, in the form of a UUID of version 4. */
static char *receipt_id(const char *id)
{
	guint8 bytes[16];

	return thp_bytes_read(id, strlen(id), bytes, sizeof bytes) ? thp_consent_uuid(bytes, 4)
								   : g_strdup(id);
}

static json_t *service(const thp_consent_facts *f)
{
	json_t *purpose =
		json_pack("{s:s, s:[s], s:s, s:[s], s:b, s:s, s:b, s:s}", "purpose", f->purpose,
			  "purposeCategory", f->nature, "consentType", "EXPLICIT", "piiCategory",
			  f->data, "primaryPurpose", 1, "termination", f->withdrawal,
			  "thirdPartyDisclosure", 1, "thirdPartyName", f->recipients);

	return json_pack("{s:s, s:[o]}", "service", f->title, "purposes", purpose);
}

char *thp_consent_kantara(const char *record, gsize len)
{
	thp_consent_facts f;
	json_auto_t *root = thp_consent_facts_read(record, len, &f);

	if (!root || !thp_consent_facts_is(&f, "granted"))
		return NULL;
	g_autofree char *id = receipt_id(f.id);
	g_autofree char *policy = g_strdup_printf("urn:hash:sha256:%s", f.sha256);
	json_t *controller = json_pack("{s:s, s:s, s:{s:s}}", "piiController", f.name, "contact",
				       f.contact, "address", "streetAddress", f.address);

	return thp_consent_print(json_pack(
		"{s:s, s:s, s:I, s:s, s:s, s:s, s:s, s:[o], s:s, s:[o], s:b, s:[s]}", "version",
		"KI-CR-v1.1.0", "jurisdiction", f.jurisdiction, "consentTimestamp",
		(json_int_t)(f.at_ms / 1000), "collectionMethod", f.method, "consentReceiptID", id,
		"language", f.lang, "piiPrincipalId", f.sub, "piiControllers", controller,
		"policyUrl", policy, "services", service(&f), "sensitive", 1, "spiCat", "health"));
}
