/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A note goes to the keeper's thread; only that of a recording that goes on has somebody who waits for it. */
#include "recording_notes.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "consents.h"
#include "log.h"

static atomic_bool late; /* what is over could not be noted yet */

/* On the keeper's thread, as the next. */
static void noted_on(thp_err err, gboolean last, void *data)
{
	thp_job *job = data;

	(void)last;
	if (err == THP_OK) {
		thp_job_free(job);
		return;
	}
	log_err("a recording cannot be noted in the ledger, and is stopped: %s", thp_err_text(err));
	thp_worker_post(job);
}

/* Once each way, however many recordings it concerns. */
static void noted(thp_err err, gboolean last, void *data)
{
	gboolean was_late = atomic_exchange(&late, !last);

	(void)data;
	if (err != THP_OK && last)
		log_err("that a recording paused or stopped was not noted in the ledger: %s",
			thp_err_text(err));
	else if (err != THP_OK && !was_late)
		log_err("that a recording paused or stopped cannot be noted in the ledger yet, and "
			"is tried again: %s",
			thp_err_text(err));
	else if (err == THP_OK && was_late)
		log_info("that recordings paused or stopped is noted in the ledger again");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void fill_people(thp_keeper_gate *gate, const thp_recording *now)
{
	for (; gate->n < now->n_asked; gate->n++)
		g_strlcpy(gate->subs[gate->n], now->asked[gate->n], sizeof gate->subs[0]);
	qsort(gate->subs, gate->n, sizeof gate->subs[0], by_name);
}

/* The state, and whom it needs: what makes one note another. */
static char *print(const thp_keeper_gate *gate)
{
	GString *const out = g_string_new(gate->state);

	for (guint i = 0; i < gate->n; i++)
		g_string_append_printf(out, "\n%s", gate->subs[i]);
	return g_string_free(out, FALSE);
}

char *thp_recording_note(const thp_area *area, const char *room, const char *id,
			 const thp_recording *now, char *last)
{
	gboolean on = now->state == THP_RECORDING_ON;
	thp_keeper_gate gate = {.state = on ? "on" : "paused", .video = now->video};

	if (!on && now->state != THP_RECORDING_PAUSED)
		return last;
	g_strlcpy(gate.recording, id, sizeof gate.recording);
	g_strlcpy(gate.room, room, sizeof gate.room);
	fill_people(&gate, now);

	char *const text = print(&gate);

	if (g_strcmp0(text, last) == 0) {
		g_free(text);
		return last;
	}
	g_free(last);
	if (on)
		thp_consents_note(&gate, noted_on,
				  thp_job_new_unrecorded(thp_area_name(area), room, now->number));
	else
		thp_consents_note(&gate, noted, NULL);
	return text;
}

void thp_recording_note_end(const char *id, char *last)
{
	thp_keeper_gate gate = {.state = "stopped"};

	g_strlcpy(gate.recording, id, sizeof gate.recording);
	if (last)
		thp_consents_note(&gate, noted, NULL);
	g_free(last);
}
