/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file consent_text.h
 * What people are asked to agree to: the organisation's own files, read once and checked.
 *
 * A folder holds organisation.json; words.LANG.json for each language, with what a receipt says of itself;
 * and for each kind KIND.json with a KIND.LANG.txt for each language. The bytes of a .txt are what is shown, hashed
 * and kept: UTF-8 in NFC, lines ended by one LF, first "# title", last a section "## …" that says what happens
 * when somebody says no. Constant once loaded; any thread may read.
 */
#pragma once

#include <glib.h>
#include <therapy/consent.h>
#include <therapy/error.h>
#include <therapy/invitation.h>

#define THP_CONSENT_TEXT_MAX   16384 /* bytes of a text */
#define THP_CONSENT_LANGS_MAX  16
#define THP_CONSENT_STRING_MAX 500 /* characters of any other string */
#define THP_CONSENT_SHA256_LEN 64

typedef struct thp_consent_language {
	char lang[17];
	char *text; /* as shown */
	char *title;
	char sha256[THP_CONSENT_SHA256_LEN + 1]; /* of the text, in hex */
} thp_consent_language;

typedef struct thp_consent_kind {
	char name[33];
	char version[17]; /* "2.1": a new first number asks again */
	char *nature;     /* "clinical", "data_protection", "acknowledgement", "confidentiality" */
	char *lawful_basis;
	char *purpose;
	char *data;
	char *recipients;
	thp_consent_gate gate;
	gboolean required;
	gboolean session;     /* holds for one room only */
	guint details;        /* 1 << thp_detail of what is asked besides, each time anew */
	int valid_days;       /* 0: until it is taken back */
	gboolean guardian;    /* for a minor their guardian answers */
	guint roles;          /* 1 << thp_role of who is asked */
	GPtrArray *languages; /* of thp_consent_language */
} thp_consent_kind;

typedef struct thp_consent_organisation {
	char *name;
	char *address;
	char *contact;
	char *jurisdiction;
	char *storage;
	char *retention;
	char *withdrawal;
	gboolean sample; /* nobody has reviewed these texts yet */
} thp_consent_organisation;

/** What a receipt says of itself, in one language. */
typedef struct thp_consent_words {
	char lang[17];
	char *explains; /* with {placeholders} */
	char *answers[4];
	char *no_end;
	char *guardian; /* who answered, if not the person; with {placeholders}; NULL: not there */
} thp_consent_words;

typedef struct thp_consent_texts {
	thp_consent_organisation organisation;
	GPtrArray *kinds; /* of thp_consent_kind, by name */
	GPtrArray *words; /* of thp_consent_words */
} thp_consent_texts;

/** Reads the folder @dir; TEXT_FILE, with a sentence in @why. */
thp_err thp_consent_text_load(const char *dir, GString *why,
			      thp_consent_texts **out) G_GNUC_WARN_UNUSED_RESULT;

/** Frees @texts; NULL is allowed. */
void thp_consent_text_free(thp_consent_texts *texts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(thp_consent_texts, thp_consent_text_free)

/** What the core is to know of @texts: kinds by name, required ones first; therapists are not asked. */
void thp_consent_text_rules(const thp_consent_texts *texts, thp_consent_rules *rules);

/** The kind called @name, or NULL. */
const thp_consent_kind *thp_consent_text_kind(const thp_consent_texts *texts, const char *name);

/** The text of @kind in @lang, or NULL if it has none. */
const thp_consent_language *thp_consent_text_in(const thp_consent_kind *kind, const char *lang);

/** TRUE if an answer to @version holds for @kind: both have the same first number. */
gboolean thp_consent_text_holds(const thp_consent_kind *kind, const char *version);

/** Checks the bytes of one text; on error *@why (static) says what is wrong. */
thp_err thp_consent_text_check(const char *text, gsize len,
			       const char **why) G_GNUC_WARN_UNUSED_RESULT;
