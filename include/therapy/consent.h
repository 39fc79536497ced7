/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file consent.h
 * What the core knows of consent: which kinds there are, who must answer them, and how somebody stands.
 *
 * No texts and no words: those are of consent_text.h. Plain data; the rules are constant.
 */
#pragma once

#include <glib.h>

#define THP_CONSENT_KINDS_MAX   16
#define THP_CONSENT_NAME_MAX    32
#define THP_CONSENT_VERSION_MAX 16
#define THP_DETAIL_CHARS        200 /* code points of each thing that somebody adds */
#define THP_DETAIL_BYTES        800

/** What stays closed until somebody has agreed. */
typedef enum thp_consent_gate {
	THP_CONSENT_GATE_NONE,
	THP_CONSENT_GATE_MEDIA,       /* their own admission, sound and picture both ways */
	THP_CONSENT_GATE_OBSERVER,    /* the admission of observers to the room they are in */
	THP_CONSENT_GATE_INTERPRETER, /* likewise of interpreters */
	THP_N_CONSENT_GATES
} thp_consent_gate;

typedef enum thp_consent_state {
	THP_CONSENT_NONE, /* never answered, or an older text */
	THP_CONSENT_GRANTED,
	THP_CONSENT_REFUSED,
	THP_CONSENT_WITHDRAWN,
	THP_CONSENT_EXPIRED, /* granted, for a time that is over */
	THP_N_CONSENT_STATES
} thp_consent_state;

/** What somebody adds to a yes, if the kind asks for it: for an emergency, on this day. */
typedef enum thp_detail {
	THP_DETAIL_PLACE,   /* where they are */
	THP_DETAIL_CONTACT, /* whom to call */
	THP_N_DETAILS
} thp_detail;

/** Their words; "" for what they did not say. To be wiped. */
typedef struct thp_details {
	char words[THP_N_DETAILS][THP_DETAIL_BYTES + 1];
} thp_details;

/** What a therapist is told of somebody: never which texts. */
typedef enum thp_consent_summary {
	THP_CONSENT_UNASKED, /* nothing is asked of them */
	THP_CONSENT_ASKED,
	THP_CONSENT_GIVEN,   /* all that is required */
	THP_CONSENT_DECLINED /* some of it refused, or taken back */
} thp_consent_summary;

/** One kind. */
typedef struct thp_consent_rule {
	char name[THP_CONSENT_NAME_MAX + 1];
	char version[THP_CONSENT_VERSION_MAX + 1];
	guint roles;       /* 1 << thp_role of who must answer; never a therapist */
	gboolean required; /* nobody is admitted without, nor has media */
	guint details;     /* 1 << thp_detail of what is asked besides */
	guint at;          /* which of thp_consent_texts.kinds it is */
	guint admits; /* 1 << thp_role of who is let in only where everybody asked has granted */
	gboolean guardian; /* for a minor their guardian answers */
} thp_consent_rule;

/** All kinds, required ones first. */
typedef struct thp_consent_rules {
	guint n;
	thp_consent_rule kinds[THP_CONSENT_KINDS_MAX];
} thp_consent_rules;

/** How somebody stands with one kind. */
typedef struct thp_consent_standing {
	thp_consent_state state;
	gint64 until_s; /* Unix time at which a grant ends; 0: never */
} thp_consent_standing;

/** How somebody stands with each kind, by rule. */
typedef struct thp_consent_places {
	gboolean known; /* the ledger has been asked */
	guint32 turn;   /* grows when something is taken back */
	guint said;     /* grows with each change of the details */
	thp_details details;
	struct {
		thp_consent_standing standing;
		gint64 shown_s; /* Unix time at which the text was shown; 0: not yet */
	} kinds[THP_CONSENT_KINDS_MAX];
} thp_consent_places;

/** How somebody stands with each kind that is asked of them. */
typedef struct thp_consent_view {
	gboolean known;   /* the ledger has been asked */
	gboolean settled; /* all required ones granted, all others answered */
	guint32 turn;     /* grows when something is taken back */
	guint n;
	struct {
		const thp_consent_rule *rule; /* borrowed from the rules */
		thp_consent_state state;
		gint64 shown_s;    /* Unix time; 0: not shown */
		gboolean guardian; /* the person is a minor, and somebody else answers for them */
	} kinds[THP_CONSENT_KINDS_MAX];
} thp_consent_view;

/** The name of @detail as on the wire and in files ("place"). Static string. */
const char *thp_detail_name(thp_detail detail);

/** TRUE if nothing is said in @details. */
gboolean thp_details_are_empty(const thp_details *details);

/** The name of @gate as in files ("media"). Static string. */
const char *thp_consent_gate_name(thp_consent_gate gate);

/** The name of @state as on the wire ("granted"). Static string. */
const char *thp_consent_state_name(thp_consent_state state);

/** The name of @summary as on the wire ("given"); NULL for UNASKED. Static string. */
const char *thp_consent_summary_name(thp_consent_summary summary);
