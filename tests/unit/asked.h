/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file asked.h
 * A stage whose people are asked for their consent, and what the ledger says of them.
 */
#pragma once

#include "stage.h"

#define CLIENT      THP_ROLE_CLIENT
#define GUEST       THP_ROLE_GUEST
#define OBSERVER    THP_ROLE_OBSERVER
#define INTERPRETER THP_ROLE_INTERPRETER
#define THERAPIST   THP_ROLE_THERAPIST

#define NONE      THP_CONSENT_NONE
#define GRANTED   THP_CONSENT_GRANTED
#define REFUSED   THP_CONSENT_REFUSED
#define WITHDRAWN THP_CONSENT_WITHDRAWN

#define ROLE(role) (1U << (role))

/** Opens @s with tom, a therapist, in it; by @rules (borrowed) all others are asked. Other limits are kept. */
void asked_open(stage *s, const thp_consent_rules *rules, int seats);

/** Which answer of @who is the newest. */
guint32 asked_turn(const stage *s, const char *who);

/** The ledger says, as of @turn, how @who stands with the first @n kinds. */
thp_err asked_learn_as_of(stage *s, const char *who, guint32 turn, const thp_consent_state *states,
			  guint n);

/** The ledger says how @who stands now with each kind: asked_learn(&s, "ann", GRANTED, NONE). */
#define asked_learn(s, who, ...)                                                                   \
	g_assert_cmpint(asked_learn_as_of((s), (who), asked_turn((s), (who)),                      \
					  (const thp_consent_state[]){__VA_ARGS__},                \
					  G_N_ELEMENTS(((thp_consent_state[]){__VA_ARGS__}))),     \
			==, THP_OK)

/** @who takes back what they said to @kind. */
thp_err asked_withdraw(stage *s, const char *who, const char *kind);

/** tom admits @who. */
thp_err asked_admit(stage *s, const char *who);
