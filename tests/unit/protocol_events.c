/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "protocol_events.h"

#include <therapy/admin.h>
#include <therapy/area_event.h>
#include <therapy/consent_reply.h>
#include <therapy/policy.h>
#include <therapy/reply.h>

static const char *text_of(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

static gint64 number_of(const json_t *json, const char *key)
{
	return json_integer_value(json_object_get(json, key));
}

static gboolean truth_of(const json_t *json, const char *key)
{
	return json_is_true(json_object_get(json, key));
}

static json_t *error(const json_t *e)
{
	for (int i = 0; i < THP_N_ERRORS; i++) {
		if (g_strcmp0(thp_err_name((thp_err)i), text_of(e, "error_name")) == 0)
			return thp_reply_error((thp_err)i, text_of(e, "field"));
	}
	return NULL;
}

static json_t *hello(const json_t *e)
{
	return thp_reply_hello(text_of(e, "nonce"));
}

static json_t *joined(const json_t *e)
{
	const thp_reply_joined j = {
		.participant = text_of(e, "participant"),
		.role = text_of(e, "role"),
		.state = text_of(e, "state"),
		.ticket = text_of(e, "ticket"),
		.name = text_of(e, "name"),
		.with = text_of(e, "with"),
		.lang = text_of(e, "lang"),
		.room = text_of(e, "room"),
		.area = text_of(e, "area"),
		.resumed = truth_of(e, "resumed"),
		.pairs = (guint)number_of(e, "pairs"),
		.therapist_present = truth_of(e, "therapist_present"),
	};

	return thp_reply_joined_new(&j);
}

static json_t *published(const json_t *e)
{
	(void)e;
	return thp_reply_published();
}

static json_t *media(const json_t *e)
{
	return thp_reply_media(truth_of(e, "audio"), truth_of(e, "video"), truth_of(e, "echo"));
}

static json_t *left(const json_t *e)
{
	(void)e;
	return thp_reply_left();
}

static json_t *state(const json_t *e)
{
	return thp_reply_state(text_of(e, "state"), text_of(e, "reason"), text_of(e, "room"),
			       text_of(e, "text"));
}

static json_t *presence(const json_t *e)
{
	return thp_reply_presence(truth_of(e, "therapist_present"));
}

static json_t *roster(const json_t *e)
{
	const json_t *p = json_array_get(json_object_get(e, "peers"), 0);
	const thp_reply_peer peer = {
		.participant = text_of(p, "participant"),
		.role = text_of(p, "role"),
		.name = text_of(p, "name"),
		.audio = truth_of(p, "audio"),
		.video = truth_of(p, "video"),
		.away = truth_of(p, "away"),
		.slot = (int)number_of(p, "slot"),
	};

	return thp_reply_roster(text_of(e, "room"), truth_of(e, "locked"), &peer, 1);
}

static json_t *message(const json_t *e)
{
	return thp_reply_message(text_of(e, "text"));
}

static json_t *admitted(const json_t *e)
{
	return thp_reply_admitted(text_of(e, "participant"));
}

static json_t *held(const json_t *e)
{
	return thp_reply_held(text_of(e, "participant"));
}

static json_t *denied(const json_t *e)
{
	return thp_reply_denied(text_of(e, "participant"));
}

static json_t *removed(const json_t *e)
{
	return thp_reply_removed(text_of(e, "participant"));
}

static json_t *sent(const json_t *e)
{
	return thp_reply_sent(text_of(e, "participant"));
}

static json_t *locked(const json_t *e)
{
	return thp_reply_locked(text_of(e, "room"), truth_of(e, "locked"));
}

static json_t *ended(const json_t *e)
{
	return thp_reply_ended(text_of(e, "room"));
}

static json_t *extended(const json_t *e)
{
	return thp_reply_extended(text_of(e, "room"), (int)number_of(e, "minutes"));
}

static json_t *paused(const json_t *e)
{
	return thp_reply_paused(text_of(e, "room"));
}

static json_t *resumed(const json_t *e)
{
	return thp_reply_resumed(text_of(e, "room"));
}

static json_t *session_clock(const json_t *e)
{
	const thp_reply_clock c = {
		.room = text_of(e, "room"),
		.paused = truth_of(e, "paused"),
		.hard = truth_of(e, "hard"),
		.ran_ms = number_of(e, "ran_ms"),
		.left_ms = number_of(e, "left_ms"),
		.length_s = number_of(e, "length_s"),
		.end_ms = number_of(e, "end_ms"),
		.closes_ms = json_object_get(e, "closes_ms") ? number_of(e, "closes_ms") : -1,
		.for_therapist = json_object_get(e, "extend_s") != NULL,
		.extend_s = number_of(e, "extend_s"),
		.pause_left_s = number_of(e, "pause_left_s"),
		.next_waits = truth_of(e, "next_waits"),
		.next_start = number_of(e, "next_start"),
	};

	return thp_reply_clock_new(&c);
}

static json_t *recording(const json_t *e)
{
	const thp_reply_recording r = {
		.room = text_of(e, "room"),
		.state = text_of(e, "state"),
		.reason = text_of(e, "reason"),
		.video = truth_of(e, "video"),
		.agreed = truth_of(e, "agreed"),
		.left_ms = number_of(e, "left_ms"),
	};

	return thp_reply_recording_new(&r);
}

static json_t *record_key(const json_t *e)
{
	return thp_reply_record_key((guint32)number_of(e, "gi"), (guint64)number_of(e, "epoch"));
}

static json_t *cue(const json_t *e)
{
	return thp_reply_cue(text_of(e, "cue"), number_of(e, "left_s"), truth_of(e, "shared"));
}

static thp_network_word word_of(const json_t *e)
{
	thp_network_word word = {.warn = truth_of(e, "warn"),
				 .voice_only = truth_of(e, "voice_only")};

	while (strcmp(thp_network_level_name(word.level), text_of(e, "level")) != 0)
		word.level++;
	return word;
}

static json_t *waiting(const json_t *e)
{
	const json_t *p = json_array_get(json_object_get(e, "people"), 0);
	const json_t *tested = json_object_get(p, "network");
	const thp_network_word word = tested ? word_of(tested) : (thp_network_word){0};
	const thp_reply_person person = {
		.participant = text_of(p, "participant"),
		.knock = (guint32)number_of(p, "knock"),
		.name = text_of(p, "name"),
		.role = text_of(p, "role"),
		.room = text_of(p, "room"),
		.state = text_of(p, "state"),
		.away = truth_of(p, "away"),
		.ready = truth_of(p, "ready"),
		.locked = truth_of(p, "locked"),
		.waited_s = number_of(p, "waited_s"),
		.consent = text_of(p, "consent"),
		.others = text_of(p, "others"),
		.details = json_object_get(p, "details") ? (int)number_of(p, "details") : -1,
		.network = tested ? &word : NULL,
	};

	return thp_reply_waiting(&person, 1);
}

static json_t *consent(const json_t *e)
{
	const json_t *k = json_array_get(json_object_get(e, "kinds"), 0);
	thp_consent_rule rule = {.required = truth_of(k, "required")};
	thp_consent_view view = {.n = 1, .settled = truth_of(e, "settled")};

	view.kinds[0].guardian = text_of(k, "by") != NULL;

	g_strlcpy(rule.name, text_of(k, "kind"), sizeof rule.name);
	g_strlcpy(rule.version, text_of(k, "version"), sizeof rule.version);
	for (guint d = 0; d < json_array_size(json_object_get(k, "detail")); d++)
		rule.details |= 1U << d;
	view.kinds[0].rule = &rule;
	return thp_consent_reply_view(&view, NULL);
}

static json_t *consent_text(const json_t *e)
{
	thp_consent_kind kind = {0};
	thp_consent_language language = {.text = (char *)(guintptr)text_of(e, "text")};

	g_strlcpy(kind.name, text_of(e, "kind"), sizeof kind.name);
	g_strlcpy(kind.version, text_of(e, "version"), sizeof kind.version);
	g_strlcpy(language.lang, text_of(e, "lang"), sizeof language.lang);
	return thp_consent_reply_text(&kind, &language);
}

static json_t *consent_shown(const json_t *e)
{
	return thp_consent_reply_shown(text_of(e, "kind"));
}

static json_t *consent_detail(const json_t *e)
{
	thp_details details = {{""}};

	for (guint d = 0; d < THP_N_DETAILS; d++)
		g_strlcpy(details.words[d], text_of(e, thp_detail_name((thp_detail)d)),
			  sizeof details.words[d]);
	return thp_consent_reply_detail(text_of(e, "participant"), &details);
}

static json_t *ledger_backup(const json_t *e)
{
	return thp_consent_reply_backup(text_of(e, "folder"), text_of(e, "checkpoint"));
}

static json_t *ledger_verify(const json_t *e)
{
	const thp_consent_reply_verified verified = {
		.verdict = text_of(e, "verdict"),
		.entries = (guint64)number_of(e, "entries"),
		.epochs = (guint64)number_of(e, "epochs"),
		.erased = (guint64)number_of(e, "erased"),
		.faults = (guint)number_of(e, "faults"),
		.found = json_incref(json_object_get(e, "found")),
		.why = text_of(e, "why"),
	};

	return thp_consent_reply_verify(&verified);
}

static json_t *consent_decided(const json_t *e)
{
	return thp_consent_reply_decided(text_of(e, "kind"), text_of(e, "answer"),
					 text_of(e, "receipt"));
}

static json_t *offer(const json_t *e)
{
	return thp_reply_offer((guint)number_of(e, "pairs"));
}

static json_t *receiving(const json_t *e)
{
	(void)e;
	return thp_reply_receiving();
}

static json_t *draining(const json_t *e)
{
	return thp_reply_draining(truth_of(e, "draining"));
}

static json_t *backup(const json_t *e)
{
	return thp_reply_backup(text_of(e, "file"));
}

static json_t *keys_loaded(const json_t *e)
{
	return thp_reply_keys_loaded((guint)number_of(e, "keys"));
}

static json_t *status(const json_t *e)
{
	const thp_reply_status s = {
		.draining = truth_of(e, "draining"),
		.version = text_of(e, "version"),
		.areas = (guint)number_of(e, "areas"),
		.rooms = (guint)number_of(e, "rooms"),
		.participants = (guint)number_of(e, "participants"),
		.waiting = (guint)number_of(e, "waiting"),
		.admitted = (guint)number_of(e, "admitted"),
		.away = (guint)number_of(e, "away"),
		.relayed_packets = (guint64)number_of(e, "relayed_packets"),
		.dropped_packets = (guint64)number_of(e, "dropped_packets"),
		.refused_media = (guint64)number_of(e, "refused_media"),
		.errors = (guint64)number_of(e, "errors"),
		.unrecorded_packets = (guint64)number_of(e, "unrecorded_packets"),
	};

	return thp_reply_status_new(&s);
}

static void read_notice(const json_t *e, thp_keys_notice *notice)
{
	const char *other = text_of(e, "from") ? text_of(e, "from") : text_of(e, "participant");
	const char *removed = json_string_value(json_array_get(json_object_get(e, "remove"), 0));

	notice->gi = (guint32)number_of(e, "gi");
	notice->epoch = (guint64)number_of(e, "epoch");
	notice->knock = (guint32)number_of(e, "knock");
	notice->member = truth_of(e, "member");
	notice->data = (char *)(guintptr)text_of(e, "data");
	g_strlcpy(notice->other, other ? other : "", sizeof notice->other);
	g_strlcpy(notice->room, text_of(e, "room") ? text_of(e, "room") : "", sizeof notice->room);
	notice->n_removed = removed ? 1 : 0;
	g_strlcpy(notice->removed[0], removed ? removed : "", sizeof notice->removed[0]);
}

static json_t *e2ee(const json_t *e)
{
	thp_keys_notice notice = {0};

	read_notice(e, &notice);
	for (int i = 0; i < THP_N_KEYS; i++) {
		if (strcmp(thp_keys_name((thp_keys_kind)i), text_of(e, "type")) != 0)
			continue;
		notice.kind = (thp_keys_kind)i;
		return thp_reply_keys(&notice, text_of(e, "state"));
	}
	return thp_reply_keys_accepted(notice.gi, notice.epoch);
}

static thp_why why_of(const json_t *e)
{
	int why = 0;

	while (why < THP_N_WHY &&
	       g_strcmp0(thp_controller_why_name((thp_why)why), text_of(e, "why")) != 0)
		why++;
	return (thp_why)why;
}

static json_t *send(const json_t *e)
{
	const json_t *audio = json_object_get(e, "audio");
	thp_directive d = {.camera_paused = truth_of(e, "paused"),
			   .audio_kbps = (guint)number_of(audio, "kbps"),
			   .ptime_ms = (guint)number_of(audio, "ptime"),
			   .fec = truth_of(audio, "fec"),
			   .dtx = truth_of(audio, "dtx"),
			   .red = truth_of(audio, "red"),
			   .why = why_of(e)};
	const json_t *encoding;
	gsize i;

	json_array_foreach (json_object_get(e, "encodings"), i, encoding) {
		d.encodings[d.n_encodings++] =
			(thp_encoding){.active = truth_of(encoding, "active"),
				       .height_px = (guint)number_of(encoding, "height"),
				       .fps = (guint)number_of(encoding, "fps"),
				       .kbps = (guint)number_of(encoding, "kbps")};
	}
	return thp_reply_send(&d, text_of(e, "tier"));
}

static json_t *tier(const json_t *e)
{
	const char *paused = json_string_value(json_array_get(json_object_get(e, "paused"), 0));
	const thp_reply_tier t = {.tier = text_of(e, "tier"),
				  .why = text_of(e, "why"),
				  .video = truth_of(e, "video"),
				  .nack = truth_of(e, "nack"),
				  .buffer_ms = (guint)number_of(e, "buffer"),
				  .paused = &paused,
				  .n_paused = paused ? 1 : 0};

	return thp_reply_tier_new(&t);
}

static thp_network_way way_of(const json_t *e, const char *kbps, const char *name)
{
	thp_network_way way = {
		.known = true, .limited = true, .kbps = (guint)number_of(e, kbps), .over = true};
	const json_t *testing;
	size_t i;

	json_array_foreach (json_object_get(e, "testing"), i, testing)
		way.over = way.over && strcmp(json_string_value(testing), name) != 0;
	return way;
}

static json_t *network(const json_t *e)
{
	const thp_network_word word = word_of(e);
	const thp_network_way down = way_of(e, "down_kbps", "down"),
			      up = way_of(e, "up_kbps", "up");

	return thp_reply_network(&word, &down, &up);
}

static json_t *reported(const json_t *e)
{
	(void)e;
	return thp_reply_reported();
}

static json_t *preferred(const json_t *e)
{
	return thp_reply_preferred(truth_of(e, "voice_only"), text_of(e, "view"));
}

static json_t *pinned(const json_t *e)
{
	return thp_reply_pinned(text_of(e, "mode"), text_of(e, "tier"), truth_of(e, "all"),
				number_of(e, "seconds"));
}

static const struct {
	const char *name;
	json_t *(*write)(const json_t *example);
} writers[] = {
	{"error", error},
	{"hello", hello},
	{"joined", joined},
	{"published", published},
	{"media", media},
	{"left", left},
	{"state", state},
	{"presence", presence},
	{"roster", roster},
	{"message", message},
	{"admitted", admitted},
	{"held", held},
	{"denied", denied},
	{"removed", removed},
	{"sent", sent},
	{"locked", locked},
	{"ended", ended},
	{"waiting", waiting},
	{"offer", offer},
	{"receiving", receiving},
	{"status", status},
	{"e2ee", e2ee},
	{"send", send},
	{"tier", tier},
	{"network", network},
	{"reported", reported},
	{"preferred", preferred},
	{"pinned", pinned},
	{"clock", session_clock},
	{"cue", cue},
	{"recording", recording},
	{"record_key", record_key},
	{"consent", consent},
	{"consent_text", consent_text},
	{"consent_shown", consent_shown},
	{"consent_decided", consent_decided},
	{"consent_detail", consent_detail},
	{"ledger_backup", ledger_backup},
	{"ledger_verify", ledger_verify},
	{"draining", draining},
	{"backup", backup},
	{"keys_loaded", keys_loaded},
	{"extended", extended},
	{"paused", paused},
	{"resumed", resumed},
};

guint protocol_events_count(void)
{
	return G_N_ELEMENTS(writers);
}

const char *protocol_event_name(guint index)
{
	return writers[index].name;
}

json_t *protocol_event_again(guint index, const json_t *example)
{
	return writers[index].write(example);
}
