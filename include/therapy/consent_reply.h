/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file consent_reply.h
 * What pages hear of consent, beside reply.h and by its rules.
 */
#pragma once

#include <jansson.h>
#include <therapy/consent_text.h>

/** What is asked of somebody; the titles are taken from @texts, or left out if that is NULL. */
json_t *thp_consent_reply_view(const thp_consent_view *view, const thp_consent_texts *texts);

/** The text of @kind in @language. */
json_t *thp_consent_reply_text(const thp_consent_kind *kind, const thp_consent_language *language);

/** For operators: a copy was made in @folder; the ledger was then as @checkpoint says. */
json_t *thp_consent_reply_backup(const char *folder, const char *checkpoint);

/** What came of verifying a ledger; strings borrowed. */
typedef struct thp_consent_reply_verified {
	const char *verdict;
	guint64 entries, epochs, erased;
	guint faults;
	json_t *found;   /* taken: an array of {"entry", "what"} */
	const char *why; /* NULL to leave out */
} thp_consent_reply_verified;

/** For operators. */
json_t *thp_consent_reply_verify(const thp_consent_reply_verified *v);

json_t *thp_consent_reply_shown(const char *kind);

/** What @participant has said for an emergency; what they did not say is left out. */
json_t *thp_consent_reply_detail(const char *participant, const thp_details *details);

/** @answer is "granted", "refused" or "withdrawn"; @receipt may be NULL, to leave out. */
json_t *thp_consent_reply_decided(const char *kind, const char *answer, const char *receipt);
