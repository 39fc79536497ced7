/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file consents.h
 * What people are asked to agree to, between the workers and the keeper of the ledger.
 */
#pragma once

#include <therapy/keeper.h>

#include "call.h"

/** Opens texts and ledger, if consent.enabled; FALSE, and logged, if that fails. */
gboolean thp_consents_open(void);

/** Starts the keeper; nothing if there is none. */
void thp_consents_start(void);

/** What areas are to know; NULL: nobody is asked. Constant while the workers run. */
const thp_consent_rules *thp_consents_rules(void);

/** What @who is told of how they stand; NULL if nothing. */
json_t *thp_consents_view(const thp_area *area, const char *who);

/** Asks the ledger how @who stands, whose handle @session is; the answer comes as a THP_JOB_CONSENT. W. */
void thp_consents_read(thp_session *session, const thp_area *area, const char *who);

/** consent_text, consent_shown, consent_decide, consent_withdraw. W. */
thp_err thp_consents_call(thp_call *call);

/** consent_detail: what somebody in the therapist's room has said for an emergency. W. */
thp_err thp_consents_detail(thp_call *call);

/** The ledger has answered: tells the area, then the page that asked, if one did. W. */
void thp_consents_told(thp_worker *worker, const thp_job *job);

/** Notes in the ledger what became of a recording; there must be one. Any thread. */
void thp_consents_note(const thp_keeper_gate *gate, thp_keeper_noted noted, void *data);

/** For operators: a copy of the ledger beside it, and whether the ledger is as it was signed. Any thread; waits. */
json_t *thp_consents_backup(void);
json_t *thp_consents_verify(void);

/** Keeps what is to be kept, and closes. */
void thp_consents_close(void);
