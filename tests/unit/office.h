/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file office.h
 * A clinic that asks, over the stand-in for Janus: a ledger and a data folder of its own, a therapist and a client.
 */
#pragma once

#include "person.h"

#define OFFICE_AREA "khan"

typedef struct office {
	char *folder; /* with "ledger" and "data" in it */
	char *settings[5];
	fake_person *therapist, *client;
} office;

/** For g_test_add(): both arrive, and nothing is answered yet. */
void office_open(office *o, gconstpointer data);
void office_close(office *o, gconstpointer data);

/** The plugin is started again; everybody has to join anew. */
void office_restart(office *o);

/** How the consent event says that the first kind stands. */
const char *office_state(const json_t *event);

/** Shows telehealth to @p, and answers; and takes it back. Borrowed answers. */
json_t *office_decide(fake_person *p, const char *answer, const char *id);
json_t *office_withdraw(fake_person *p, const char *id);
