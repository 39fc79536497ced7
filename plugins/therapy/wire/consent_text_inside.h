/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How consent texts come to be: their parts, and the files these are read from. */
#pragma once

#include <therapy/consent_text.h>

/* ---- consent_text.c: parts of @texts, to be filled; each is freed with what it is added to ---- */

thp_consent_texts *thp_consent_text_new(void);
thp_consent_kind *thp_consent_text_add_kind(thp_consent_texts *texts, const char *name);
thp_consent_words *thp_consent_text_add_words(thp_consent_texts *texts, const char *lang);
thp_consent_language *thp_consent_text_add_language(const thp_consent_kind *kind, const char *lang);

/** What a receipt says of itself in @lang, or NULL. */
const thp_consent_words *thp_consent_text_words(const thp_consent_texts *texts, const char *lang);

/* ---- consent_file.c: one file each; TEXT_FILE, with a sentence about it ---- */

/* The file that is read, for sentences. */
typedef struct thp_consent_file {
	const char *dir;
	const char *name;
	GString *why;
} thp_consent_file;

/** Says in a sentence @what is wrong with @f; TEXT_FILE. */
thp_err thp_consent_file_fail(const thp_consent_file *f, const char *what);

/** organisation.json */
thp_err thp_consent_file_organisation(const thp_consent_file *f,
				      thp_consent_texts *texts) G_GNUC_WARN_UNUSED_RESULT;

/** words.@lang.json */
thp_err thp_consent_file_words(const thp_consent_file *f, const char *lang,
			       thp_consent_texts *texts) G_GNUC_WARN_UNUSED_RESULT;

/** @name.json, of a kind */
thp_err thp_consent_file_kind(const thp_consent_file *f, const char *name,
			      thp_consent_texts *texts) G_GNUC_WARN_UNUSED_RESULT;

/** @name.@lang.txt, after the kind */
thp_err thp_consent_file_text(const thp_consent_file *f, const char *name, const char *lang,
			      thp_consent_texts *texts) G_GNUC_WARN_UNUSED_RESULT;
