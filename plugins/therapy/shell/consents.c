/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions go to the keeper with a job that comes back with the answer. */
#include "consents.h"

#include <therapy/consent_record.h>
#include <therapy/consent_reply.h>
#include <therapy/reply.h>

#include "areas.h"
#include "log.h"
#include "withdrawals.h"

static thp_keeper *keeper;  /* constant while workers run; NULL: nobody is asked */
static atomic_bool failing; /* the last answer of the ledger was an error */

static gint64 now_ms(void)
{
	return g_get_real_time() / 1000;
}

gboolean thp_consents_open(void)
{
	const thp_conf_consent *conf = &gateway.conf.consent;
	g_autoptr(GString) why = g_string_new(NULL);

	if (!conf->enabled)
		return TRUE;
	if (thp_keeper_open(conf->texts, conf->ledger, now_ms, why, &keeper) != THP_OK) {
		log_err("consent.enabled, but nobody can be asked: %s", why->str);
		return FALSE;
	}
	if (thp_keeper_texts(keeper)->organisation.sample)
		log_warn("%s has samples: have them reviewed, then take \"sample\" out of "
			 "organisation.json",
			 conf->texts);
	return TRUE;
}

void thp_consents_start(void)
{
	if (keeper)
		thp_keeper_start(keeper);
}

const thp_consent_rules *thp_consents_rules(void)
{
	return keeper ? thp_keeper_rules(keeper) : NULL;
}

void thp_consents_close(void)
{
	g_clear_pointer(&keeper, thp_keeper_close);
	atomic_store(&failing, FALSE);
}

json_t *thp_consents_view(const thp_area *area, const char *who)
{
	thp_consent_view view;

	if (!keeper || !thp_area_consent(area, who, &view) || !view.known)
		return NULL;
	return thp_consent_reply_view(&view, thp_keeper_texts(keeper));
}

void thp_consents_note(const thp_keeper_gate *gate, thp_keeper_noted noted, void *data)
{
	thp_keeper_note_gate(keeper, gate, noted, data);
}

/* ---- asking the keeper ---- */

/* Once each way, however many questions it concerns. */
static void tell_of(thp_err err)
{
	gboolean fails = err != THP_OK;

	if (atomic_exchange(&failing, fails) == fails)
		return;
	if (fails)
		log_err("%s: %s; no answer is taken but withdrawals, running sessions go on",
			gateway.conf.consent.ledger, thp_err_text(err));
	else
		log_info("%s can be written again", gateway.conf.consent.ledger);
}

/* What the keeper is asked, for the jobs that bring its answers. */
typedef struct asked {
	thp_session *session; /* owned */
	char *area;           /* owned */
	char *transaction;    /* owned; NULL if nobody waits for the answer */
	thp_kept kept;
} asked;

static void asked_free(asked *a)
{
	thp_session_unref(a->session);
	g_free(a->area);
	g_free(a->transaction);
	explicit_bzero(a, sizeof *a);
	g_free(a);
}

/* On the keeper's thread. */
static void done(const thp_keeper_told *told, void *data)
{
	asked *about = data;
	thp_job *job = thp_job_new(THP_JOB_CONSENT, about->session);

	tell_of(told->err);
	job->err = told->err;
	job->area = g_strdup(about->area);
	job->transaction = g_strdup(about->transaction);
	job->kept = g_memdup2(&about->kept, sizeof about->kept);
	memcpy(job->kept->standings, told->standings, sizeof job->kept->standings);
	job->kept->receipt = g_strdup(told->receipt);
	if (told->last)
		asked_free(about);
	thp_worker_post(job);
}

/* Hands @ask about @who to the keeper; what is to be answered goes along. */
static void ask_keeper(thp_session *session, const thp_area *area, const char *who,
		       thp_keeper_ask *ask, const char *transaction)
{
	thp_consent_view view;
	thp_self self;

	if (!thp_area_self(area, who, &self) || !thp_area_consent(area, who, &view))
		return;
	asked *about = g_new0(asked, 1);
	g_strlcpy(ask->sub, self.invitation->sub, sizeof ask->sub);
	g_strlcpy(ask->room, self.invitation->room, sizeof ask->room);
	about->session = thp_session_ref(session);
	about->area = g_strdup(thp_area_name(area));
	about->transaction = g_strdup(transaction);
	about->kept.rule = ask->rule;
	about->kept.answer = ask->answer;
	about->kept.turn = view.turn;
	about->kept.details = ask->details;
	g_strlcpy(about->kept.who, who, sizeof about->kept.who);
	thp_keeper_put(keeper, ask, done, about);
	explicit_bzero(ask, sizeof *ask);
}

void thp_consents_read(thp_session *session, const thp_area *area, const char *who)
{
	thp_keeper_ask ask = {.rule = -1};

	if (keeper)
		ask_keeper(session, area, who, &ask, NULL);
}

/* ---- requests ---- */

static int rule_of(const thp_request *request)
{
	const thp_consent_rules *rules = thp_keeper_rules(keeper);

	for (guint i = 0; i < rules->n; i++) {
		if (strcmp(rules->kinds[i].name, request->consent) == 0)
			return (int)i;
	}
	return -1;
}

static gint64 shown_ms(const thp_area *area, const char *who, const char *kind)
{
	thp_consent_view view;

	if (!thp_area_consent(area, who, &view))
		return 0;
	for (guint i = 0; i < view.n; i++) {
		if (strcmp(view.kinds[i].rule->name, kind) == 0)
			return view.kinds[i].shown_s * 1000;
	}
	return 0;
}

static void keep_answer(thp_call *call)
{
	const thp_request *request = &call->request;
	const thp_area *area = thp_call_area(call->worker, call->session);
	const char *who = call->session->who;
	thp_keeper_ask ask = {.rule = rule_of(request),
			      .answer = request->kind == THP_REQ_CONSENT_WITHDRAW
						? THP_LEDGER_WITHDRAWN
					: request->granted ? THP_LEDGER_GRANTED
							   : THP_LEDGER_REFUSED,
			      .shown_ms = shown_ms(area, who, request->consent)};

	ask.details = request->details;
	g_strlcpy(ask.lang, request->lang, sizeof ask.lang);
	g_strlcpy(ask.id, request->id, sizeof ask.id);
	thp_self self;
	if (request->guardian && thp_area_self(area, who, &self))
		g_strlcpy(ask.guardian, self.invitation->guardian, sizeof ask.guardian);
	if (ask.answer == THP_LEDGER_WITHDRAWN)
		thp_withdrawals_wait(call->worker, call->session, call->transaction);
	ask_keeper(call->session, area, who, &ask, call->transaction);
}

static const thp_consent_language *language_for(const thp_consent_kind *kind, const char *lang)
{
	const thp_consent_language *language = thp_consent_text_in(kind, lang);

	if (!language)
		language = thp_consent_text_in(kind, "en");
	return language ? language : g_ptr_array_index(kind->languages, 0);
}

/* A text is shown, and answered, in a language that it has. */
static thp_err check_language(thp_call *call, const thp_consent_kind *kind)
{
	const thp_request *request = &call->request;

	if (!kind || request->kind == THP_REQ_CONSENT_TEXT ||
	    request->kind == THP_REQ_CONSENT_WITHDRAW || thp_consent_text_in(kind, request->lang))
		return THP_OK;
	call->field = "lang";
	return THP_BAD_FIELD;
}

/* What is asked besides is said with a yes, and nothing else is. */
static thp_err check_details(thp_call *call, const thp_consent_kind *kind)
{
	const thp_request *request = &call->request;

	if (!kind || request->kind != THP_REQ_CONSENT_DECIDE || !request->granted)
		return THP_OK;
	for (guint d = 0; d < THP_N_DETAILS; d++) {
		if (request->details.words[d][0] != '\0' && !(kind->details >> d & 1))
			call->field = "detail";
	}
	if (kind->details && thp_details_are_empty(&request->details))
		call->field = "detail";
	return call->field ? THP_BAD_FIELD : THP_OK;
}

thp_err thp_consents_call(thp_call *call)
{
	const thp_request *request = &call->request;
	const thp_consent_kind *kind =
		keeper ? thp_consent_text_kind(thp_keeper_texts(keeper), request->consent) : NULL;
	thp_err err = check_language(call, kind);

	if (err == THP_OK)
		err = check_details(call, kind);
	if (err != THP_OK)
		return err;
	err = thp_call_apply(call);
	if (err == THP_BAD_FIELD)
		call->field = request->guardian ? "as" : "kind";
	if (err != THP_OK)
		return err;
	/* The core has it from these texts, and refuses any other. */
	g_return_val_if_fail(kind, THP_INTERNAL);
	if (request->kind == THP_REQ_CONSENT_WITHDRAW)
		thp_withdrawals_spread(call, kind->session);
	if (request->kind == THP_REQ_CONSENT_TEXT)
		call->reply = thp_consent_reply_text(kind, language_for(kind, request->lang));
	else if (request->kind == THP_REQ_CONSENT_SHOWN)
		call->reply = thp_consent_reply_shown(kind->name);
	else
		keep_answer(call);
	return THP_OK;
}

thp_err thp_consents_detail(thp_call *call)
{
	const char *who = call->request.participant;
	thp_err err = thp_call_apply(call);

	if (err != THP_OK)
		return err;
	const thp_area *area = thp_call_area(call->worker, call->session);
	const thp_details *details = thp_area_details(area, who);
	call->reply = details ? thp_consent_reply_detail(who, details)
			      : thp_reply_error(THP_NO_SUCH_PARTICIPANT, NULL);
	return THP_OK;
}

/* ---- answers ---- */

static json_t *reply_to(const thp_job *job)
{
	const thp_kept *kept = job->kept;
	const thp_consent_rule *rule = &thp_keeper_rules(keeper)->kinds[kept->rule];
	gboolean withdrawn = kept->answer == THP_LEDGER_WITHDRAWN;

	if (job->err == THP_OK)
		return thp_consent_reply_decided(
			rule->name, thp_consent_record_answer(kept->answer), kept->receipt);
	atomic_fetch_add(&gateway.errors, 1);
	return thp_reply_error(withdrawn ? THP_CONSENT_NOT_KEPT : THP_NOT_STORED, NULL);
}

void thp_consents_told(thp_worker *worker, const thp_job *job)
{
	const thp_kept *kept = job->kept;
	thp_area *area = thp_worker_area(worker, job->area, FALSE);
	thp_event event = {.kind = THP_EV_CONSENT,
			   .actor = kept->who,
			   .standings = kept->standings,
			   .turn = kept->turn,
			   .details = kept->rule >= 0 ? &kept->details : NULL,
			   .rule = (guint)MAX(kept->rule, 0)};

	if (area && job->err == THP_OK && thp_worker_apply(worker, area, &event, NULL) != THP_OK)
		log_verb("somebody has gone before the ledger answered");
	if (kept->rule < 0)
		return;
	/* Whoever was told that it is not written hears, unasked, that it is now. */
	gboolean told = kept->answer == THP_LEDGER_WITHDRAWN &&
			!thp_withdrawals_waited(worker, job->session, job->transaction);
	if (atomic_load(&job->session->gone) || (told && job->err != THP_OK))
		return;
	if (thp_areas_storing(thp_worker_areas(worker), job->area))
		thp_areas_answer_later(thp_worker_areas(worker), job->area, job->session,
				       told ? NULL : job->transaction, reply_to(job), NULL);
	else
		thp_session_push(job->session, told ? NULL : job->transaction, reply_to(job), NULL);
}

/* ---- operators ---- */

#define FOUND_MAX 20 /* findings that are told one by one */

static thp_locked copying = PTHREAD_MUTEX_INITIALIZER; /* one at a time */

json_t *thp_consents_backup(void)
{
	THP_LOCK(&copying);
	g_autoptr(GDateTime) at = g_date_time_new_now_utc();
	g_autofree char *stamp = g_date_time_format(at, "%Y%m%dT%H%M%S");
	g_autofree char *folder = g_strdup_printf("%s/backup-%s%03dZ", gateway.conf.consent.ledger,
						  stamp, g_date_time_get_microsecond(at) / 1000);
	g_autofree char *checkpoint = NULL;

	if (!keeper)
		return thp_reply_error(THP_WRONG_STATE, NULL);
	thp_err err = thp_keeper_backup(keeper, folder, &checkpoint);
	if (err != THP_OK)
		return thp_reply_error(err, NULL);
	log_info("a backup of the ledger was written: %s", folder);
	return thp_consent_reply_backup(folder, checkpoint);
}

static void note_found(void *ctx, gint64 seq, const char *what)
{
	json_t *found = ctx;

	if (json_array_size(found) < FOUND_MAX)
		json_array_append_new(
			found, json_pack("{s:I, s:s}", "entry", (json_int_t)seq, "what", what));
}

json_t *thp_consents_verify(void)
{
	static const char *const verdicts[] = {
		[THP_LEDGER_GOOD] = "good",
		[THP_LEDGER_TAMPERED] = "tampered",
		[THP_LEDGER_INCOMPLETE] = "incomplete",
		[THP_LEDGER_UNREADABLE] = "unreadable",
	};
	g_autoptr(GString) why = g_string_new(NULL);
	thp_ledger_verify_report report;
	json_t *found = json_array();
	thp_ledger_verify_ask ask = {.found = note_found, .ctx = found};

	if (!keeper) {
		json_decref(found);
		return thp_reply_error(THP_WRONG_STATE, NULL);
	}
	THP_LOCK(&copying);
	thp_ledger_verdict verdict = thp_keeper_verify(keeper, &ask, &report, why);
	if (verdict == THP_LEDGER_TAMPERED)
		log_err("%s is not as it was signed: %u faults, the first at entry %lld",
			gateway.conf.consent.ledger, report.faults,
			json_integer_value(json_object_get(json_array_get(found, 0), "entry")));
	thp_consent_reply_verified verified = {.verdict = verdicts[verdict],
					       .entries = report.entries,
					       .epochs = report.epochs,
					       .erased = report.erased,
					       .faults = report.faults,
					       .found = found,
					       .why = why->len > 0 ? why->str : NULL};
	return thp_consent_reply_verify(&verified);
}
