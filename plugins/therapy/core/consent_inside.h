/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file consent_inside.h
 * Who has agreed to what, inside an area. Private to core/, like inside.h, which includes it.
 */
#pragma once

#include <string.h>

#include <therapy/lasting.h>

typedef struct room room;
typedef struct participant participant;

/* consent.c: who has agreed to what */
gboolean consent_is_given(const thp_area *area, const participant *p); /* all that is required */
thp_consent_state consent_of(const thp_area *area, const participant *p, guint rule);
void consent_describe(const thp_area *area, const participant *p, thp_person *out);
void consent_announce(const thp_area *area, const participant *p, thp_effects *fx);
thp_err consent_request(thp_area *area, participant *p, const thp_event *event, thp_effects *fx);
thp_err consent_event(thp_area *area, const thp_event *event, thp_effects *fx);
gboolean consent_tick(thp_area *area, thp_effects *fx); /* TRUE: something has run out */
gint64 consent_deadline_us(const thp_area *area, thp_now now);

/* company.c: whether the others want somebody there */
gboolean company_agrees(const thp_area *area, const participant *p); /* all who are asked */
gboolean company_objects(const thp_area *area,
			 const participant *p); /* one who is asked has not agreed */
thp_consent_summary company_summary(const thp_area *area, const participant *p);
void company_settle(thp_area *area, thp_effects *fx); /* after every event: who must go, goes */
void company_depend(const thp_area *area, participant *p, guint rule,
		    GPtrArray *ids); /* who has no seat without @p's yes */
