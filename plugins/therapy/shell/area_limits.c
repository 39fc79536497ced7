/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seconds of the configuration become microseconds of the core. */
#include "area_limits.h"

G_STATIC_ASSERT(2 * THP_CONF_LIST_MAX <= THP_CLOCK_CUES_MAX);

static gint64 us(gint64 seconds)
{
	return seconds * G_USEC_PER_SEC;
}

static void add_cues(thp_clock_rules *rules, const thp_conf_list *list, gboolean shared)
{
	for (guint i = 0; i < list->n; i++)
		rules->cues[rules->n_cues++] = (thp_clock_cue){us(list->values[i]), shared};
}

static thp_clock_rules clock_rules(const thp_conf_session *session, gint64 max_s)
{
	thp_clock_rules rules = {.max_us = us(MIN(session->max_s, max_s)),
				 .pause_us = us(session->pause_s),
				 .wrap_up_us = us(session->wrap_up_s),
				 .alone_us = us(session->alone_s),
				 .hard = session->hard_end,
				 .grace_us = us(session->hard_grace_s)};

	add_cues(&rules, &session->cues_therapist_s, FALSE);
	add_cues(&rules, &session->cues_shared_s, TRUE);
	return rules;
}

static thp_session_rules session_rules(const thp_conf_session *session, gint64 max_s)
{
	return (thp_session_rules){.clock = clock_rules(session, max_s),
				   .length_us = us(session->length_s),
				   .buffer_us = us(session->buffer_s),
				   .no_show_us = us(session->no_show_s),
				   .keep_next = session->keep_next,
				   .late_extends = session->late_extends,
				   .clients_see = session->clients_see_clock};
}

thp_area_limits thp_limits_of(const thp_conf *conf, const thp_conf_session *session)
{
	return (thp_area_limits){.people = (guint)conf->people_per_area,
				 .bindings = (guint)conf->invitations_per_area,
				 .grace_us = us(conf->grace_s),
				 .skew_s = conf->clock_skew_s,
				 .retention_s = conf->retention_days * 86400,
				 .list_us = conf->list_ms * 1000,
				 .commit_us = conf->commit_ms * 1000,
				 .require_keys = conf->require_e2ee,
				 .session = session_rules(session, conf->session_max_s)};
}
