/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file person.h
 * People with invitations and browsers, who do what a page does, over the stand-in for Janus.
 *
 * Each person belongs to one thread of the test at a time.
 */
#pragma once

#include <therapy/claims.h>
#include <therapy/paseto.h>

#include "janus.h"

#define FAKE_REALM "clinic.example"

/** The media descriptions of a browser, as Janus hands them over. */
#define FAKE_AUDIO   (1 << 0)
#define FAKE_VIDEO   (1 << 1)
#define FAKE_LAYERS  (1 << 2) /* of the video */
#define FAKE_RID_EXT 10

typedef struct fake_person {
	thp_claims claims;
	char *token;
	guint8 device_public[32], device_secret[64];
	guint number; /* of the person, in each packet sent */
	guint janus_session;
	fake_handle *handle, *receiver; /* of the stand-in; NULL before the first use */
	char id[23], ticket[44];        /* of the last join */
	guint32 knock;                  /* joins of this invitation so far */
	guint pairs;                    /* answered by the receiver handle */
	guint16 next_seq[2];
	guint32 next_ts[2];
	gboolean red;     /* sound is sent as RED */
	gboolean layered; /* the camera is offered in three layers, called l, m and h */
	guint16 layer_seq[3], layer_picture[3];
} fake_person;

/** Starts the stand-in with a key of the organisation of its own; @settings as in fake_options. */
void fake_clinic_open(const char *const *settings);

/** The same with options; keys and the realm are set here. */
int fake_clinic_try(fake_options *options, const char *const *settings);

/** The secret key that invitations are signed with. */
const guint8 *fake_clinic_key(void);

/** A new person with an invitation for an hour. @room may be "" for a therapist. */
fake_person *fake_person_new(const char *area, const char *room, thp_role role, const char *name,
			     int seats);

/** Frees; the handles stay with the stand-in. NULL is allowed. */
void fake_person_free(fake_person *person);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(fake_person, fake_person_free)

/** Signs the invitation anew, after claims were changed. */
void fake_person_sign(fake_person *person);

/** Makes a device key of a @seed, as another browser has. */
void fake_person_device(fake_person *person, guint8 seed);

/** The body of a join for @nonce (as in the reply to hello). New reference. */
json_t *fake_person_join_body(const fake_person *person, const char *nonce);

/** hello and join on a new handle; the answer, whatever it is. Borrowed. */
json_t *fake_person_knock(fake_person *person);

/** The same, and it must succeed; id and ticket are set. */
json_t *fake_person_join(fake_person *person);

/** Asks for @request with members of json_pack (NULL: none). Borrowed answer. */
json_t *fake_person_ask(fake_person *person, const char *request, const char *format, ...);

/** Publishes audio and video, and the connection stands. */
void fake_person_publish(fake_person *person);

/** Receives on a new handle, answers, and the connection stands. */
void fake_person_receive(fake_person *person);

/** Answers the offer that is out. */
void fake_person_answer(fake_person *person);

/** Joins, publishes and receives. */
void fake_person_arrive(fake_person *person);

/** The link is lost: both handles go. */
void fake_person_lose(fake_person *person);

/** Waits until the plugin has let go of both handles, and frees them. */
void fake_person_forget(fake_person *person);

/** Sends one packet of sound or picture. */
void fake_person_send(fake_person *person, gboolean video);

/** Sends one whole picture of a layer, a packet long: a key frame, or one that follows. */
void fake_person_send_layer(fake_person *person, guint layer, gboolean key);

/** Packets relayed to the person, on pair @slot. */
guint fake_person_got(const fake_person *person, guint slot, gboolean video);

/** The number of the person who sent a relayed packet; 0 if it is none of ours. */
guint fake_sender(const guint8 *packet, gsize length);

/** The therapist admits @client, who must be on the list. Borrowed answer. */
json_t *fake_admit(fake_person *therapist, const fake_person *client);

/** Media descriptions: an offer of what @media says, the answer to @pairs. The caller's to g_free. */
char *fake_offer(guint media, guint version);
char *fake_answer(guint pairs);

/** A JSEP. New reference. */
json_t *fake_jsep_new(const char *type, const char *sdp);

/** The same of an offer with FAKE_LAYERS, as Janus tells of it. New reference. */
json_t *fake_jsep_layered(const char *sdp);

/** Asserts that @reply is the error called @name. */
void fake_assert_error(const json_t *reply, const char *name);

/** Asserts that @reply is the event called @name. */
void fake_assert_event(const json_t *reply, const char *name);

/** A member as text, "" if there is none. Borrowed. */
const char *fake_text(const json_t *event, const char *member);

/** TRUE if a member is true. */
gboolean fake_flag(const json_t *event, const char *member);
