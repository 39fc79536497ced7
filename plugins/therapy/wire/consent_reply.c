/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events of consent, in the order of docs/protocol.md. */
#include <therapy/consent_reply.h>

#include <therapy/reply.h>

static json_t *whole(json_t *json)
{
	return json ? json : thp_reply_error(THP_INTERNAL, NULL);
}

static json_t *titles_of(const thp_consent_kind *kind)
{
	json_t *titles = json_object();

	for (guint i = 0; i < kind->languages->len; i++) {
		const thp_consent_language *language = g_ptr_array_index(kind->languages, i);
		json_object_set_new(titles, language->lang, json_string(language->title));
	}
	return titles;
}

/* The names of what is asked besides; NULL for nothing. */
static json_t *details_of(guint details)
{
	json_t *names = details ? json_array() : NULL;

	for (guint d = 0; d < THP_N_DETAILS; d++) {
		if (details >> d & 1)
			json_array_append_new(names, json_string(thp_detail_name((thp_detail)d)));
	}
	return names;
}

static json_t *one_kind(const thp_consent_rule *rule, thp_consent_state state, gboolean guardian,
			const thp_consent_texts *texts)
{
	const thp_consent_kind *kind = texts ? g_ptr_array_index(texts->kinds, rule->at) : NULL;

	return json_pack("{s:s, s:s, s:o*, s:b, s:s, s:s, s:s*, s:o*}", "kind", rule->name,
			 "version", rule->version, "title", kind ? titles_of(kind) : NULL,
			 "required", rule->required, "scope",
			 (kind ? kind->session : rule->details != 0) ? "session" : "standing",
			 "state", thp_consent_state_name(state), "by", guardian ? "guardian" : NULL,
			 "detail", details_of(rule->details));
}

json_t *thp_consent_reply_view(const thp_consent_view *view, const thp_consent_texts *texts)
{
	json_t *kinds = json_array();

	for (guint i = 0; i < view->n; i++)
		json_array_append_new(kinds, one_kind(view->kinds[i].rule, view->kinds[i].state,
						      view->kinds[i].guardian, texts));
	return whole(json_pack("{s:s, s:o, s:b}", "therapy", "consent", "kinds", kinds, "settled",
			       view->settled));
}

json_t *thp_consent_reply_text(const thp_consent_kind *kind, const thp_consent_language *language)
{
	return whole(json_pack("{s:s, s:s, s:s, s:s, s:s}", "therapy", "consent_text", "kind",
			       kind->name, "version", kind->version, "lang", language->lang, "text",
			       language->text));
}

json_t *thp_consent_reply_backup(const char *folder, const char *checkpoint)
{
	return whole(json_pack("{s:s, s:s, s:s}", "therapy", "ledger_backup", "folder", folder,
			       "checkpoint", checkpoint));
}

json_t *thp_consent_reply_verify(const thp_consent_reply_verified *v)
{
	return whole(json_pack("{s:s, s:s, s:I, s:I, s:I, s:i, s:o, s:s*}", "therapy",
			       "ledger_verify", "verdict", v->verdict, "entries",
			       (json_int_t)v->entries, "epochs", (json_int_t)v->epochs, "erased",
			       (json_int_t)v->erased, "faults", (int)v->faults, "found", v->found,
			       "why", v->why));
}

json_t *thp_consent_reply_shown(const char *kind)
{
	return whole(json_pack("{s:s, s:s}", "therapy", "consent_shown", "kind", kind));
}

json_t *thp_consent_reply_detail(const char *participant, const thp_details *details)
{
	json_t *reply = whole(
		json_pack("{s:s, s:s}", "therapy", "consent_detail", "participant", participant));

	for (guint d = 0; d < THP_N_DETAILS; d++) {
		if (details->words[d][0] != '\0')
			json_object_set_new(reply, thp_detail_name((thp_detail)d),
					    json_string(details->words[d]));
	}
	return reply;
}

json_t *thp_consent_reply_decided(const char *kind, const char *answer, const char *receipt)
{
	return whole(json_pack("{s:s, s:s, s:s, s:s*}", "therapy", "consent_decided", "kind", kind,
			       "answer", answer, "receipt", receipt));
}
