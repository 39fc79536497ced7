/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tests of consent do again and again. */
#include "asked.h"

void asked_open(stage *s, const thp_consent_rules *rules, int seats)
{
	stage_open(s);
	s->limits.consent = rules;
	stage_open(s);
	s->seats = seats;
	stage_arrive(s, "tom", THERAPIST, "");
}

guint32 asked_turn(const stage *s, const char *who)
{
	thp_consent_view view;

	g_assert_true(thp_area_consent(s->area, who, &view));
	return view.turn;
}

thp_err asked_learn_as_of(stage *s, const char *who, guint32 turn, const thp_consent_state *states,
			  guint n)
{
	thp_consent_standing standings[THP_CONSENT_KINDS_MAX] = {{0}};

	for (guint i = 0; i < n; i++)
		standings[i].state = states[i];
	return stage_apply(
		s, who, (thp_event){.kind = THP_EV_CONSENT, .standings = standings, .turn = turn});
}

thp_err asked_withdraw(stage *s, const char *who, const char *kind)
{
	return stage_apply(s, who,
			   (thp_event){.kind = THP_EV_REQUEST,
				       .request = THP_REQ_CONSENT_WITHDRAW,
				       .consent = kind});
}

thp_err asked_admit(stage *s, const char *who)
{
	return stage_aim(s, "tom", THP_REQ_ADMIT, who);
}
