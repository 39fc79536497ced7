/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file error.h
 * Every way a request can fail: one table of names, wire codes and English texts.
 *
 * Codes are append-only and never reused. The texts name no person, room or value, so they may be
 * shown and logged. The front end has its own words for each name, in each language.
 */
#pragma once

#include <glib.h>

/* THP_ERR(NAME, wire code, English text) */
#define THP_ERROR_TABLE(X)                                                                         \
	/* what is wrong with the request itself */                                                \
	X(INTERNAL, 5100, "something went wrong on the server")                                    \
	X(BAD_JSON, 5101, "the message is not a JSON object")                                      \
	X(TOO_BIG, 5102, "the message is too big or too deep")                                     \
	X(UNKNOWN_REQUEST, 5103, "there is no such request")                                       \
	X(MISSING_FIELD, 5104, "a required field is missing")                                      \
	X(BAD_FIELD, 5105, "a field has the wrong type or value")                                  \
	X(OUT_OF_ORDER, 5106, "a newer request has been handled already")                          \
	X(TOO_FAST, 5107, "too many requests")                                                     \
	X(BUSY, 5108, "the server is full or shutting down")                                       \
	X(NOT_STORED, 5109, "the server could not store this, so nothing has changed")             \
	X(DRAINING, 5110, "the server will be restarted soon: no new session may begin")           \
	/* what is wrong with the moment or the person */                                          \
	X(NOT_JOINED, 5120, "join first")                                                          \
	X(ALREADY_JOINED, 5121, "this handle has joined already")                                  \
	X(NOT_ALLOWED, 5122, "this role may not do that")                                          \
	X(WRONG_STATE, 5123, "that is not possible now")                                           \
	X(NO_SUCH_PARTICIPANT, 5124, "there is no such participant")                               \
	X(STALE_KNOCK, 5125, "that person has left and come back since")                           \
	X(ROOM_FULL, 5126, "the room is full")                                                     \
	X(ROOM_LOCKED, 5127, "the room is locked")                                                 \
	X(IN_ANOTHER_ROOM, 5128, "end or hold the present session first")                          \
	X(BAD_TICKET, 5129, "this ticket is not valid")                                            \
	X(AREA_FULL, 5130, "the waiting area is full")                                             \
	X(NO_SUCH_ROOM, 5131, "there is no such room")                                             \
	X(SESSION_MAXIMUM, 5132, "no session may be that long")                                    \
	X(NEXT_APPOINTMENT, 5133, "the next appointment begins before that")                       \
	X(PAUSE_LIMIT, 5134, "there is no pause left in this session")                             \
	/* what is wrong with an invitation or its holder */                                       \
	X(TOKEN_MALFORMED, 5140, "the invitation is damaged")                                      \
	X(TOKEN_VERSION, 5141, "the invitation is not a v4.public token")                          \
	X(TOKEN_FOOTER, 5142, "the invitation's footer is damaged")                                \
	X(TOKEN_UNKNOWN_KEY, 5143, "the invitation's key is not known here")                       \
	X(TOKEN_SIGNATURE, 5144, "the invitation's signature does not match")                      \
	X(TOKEN_CLAIMS, 5145, "the invitation's claims are damaged")                               \
	X(TOKEN_MISSING_CLAIM, 5146, "the invitation lacks a claim")                               \
	X(TOKEN_BAD_CLAIM, 5147, "a claim of the invitation has the wrong type or value")          \
	X(TOKEN_AUDIENCE, 5148, "the invitation is for another service")                           \
	X(TOKEN_EARLY, 5149, "the invitation is not valid yet")                                    \
	X(TOKEN_EXPIRED, 5150, "the invitation has expired")                                       \
	X(TOKEN_USED, 5151, "the invitation was opened on another device")                         \
	X(TOKEN_REVOKED, 5152, "the invitation is not valid any more")                             \
	X(DEVICE_KEY, 5153, "the device key is damaged")                                           \
	X(DEVICE_SIGNATURE, 5154, "the device key's signature does not match")                     \
	X(NO_NONCE, 5155, "say hello first")                                                       \
	/* what is wrong with the media */                                                         \
	X(JSEP_NOT_EXPECTED, 5160, "no media description is expected now")                         \
	X(JSEP_MISSING, 5161, "a media description is missing")                                    \
	X(JSEP_BAD, 5162, "the media description is damaged or too big")                           \
	X(JSEP_REFUSED, 5163, "the media description asks for what is not offered here")           \
	X(JSEP_PENDING, 5164, "an earlier offer has not been answered yet")                        \
	/* what is wrong with the keys */                                                          \
	X(E2EE_REQUIRED, 5200, "media must be encrypted end to end here")                          \
	X(E2EE_STALE, 5201, "the group has moved on")                                              \
	X(E2EE_BAD, 5202, "the key message is damaged")                                            \
	X(E2EE_NOT_MEMBER, 5203, "only members of the group may do that")                          \
	/* what is wrong with an answer to a consent text */                                       \
	X(CONSENT_MISSING, 5210, "that person has not agreed to what is required")                 \
	X(CONSENT_NOT_SHOWN, 5211, "show the text first")                                          \
	X(CONSENT_STALE, 5212, "the text has a newer version")                                     \
	X(CONSENT_NOT_KEPT, 5213, "it is withdrawn, but the server could not write that down yet") \
	X(CONSENT_OF_OTHERS, 5216, "not everybody in the room has agreed to that person")          \
	X(GUARDIAN_REQUIRED, 5217, "the guardian of a minor answers this, and says so")            \
	/* what stands in the way of a recording */                                                \
	X(RECORDING_OFF, 5214, "nothing is recorded here")                                         \
	X(RECORDING_DECLINED, 5215, "somebody in the room does not agree to be recorded")          \
	/* what is wrong with a configuration, a key file or a database (tools and start-up) */    \
	X(CONF_SYNTAX, 5180, "the configuration cannot be read")                                   \
	X(CONF_VALUE, 5181, "a configuration value is out of range")                               \
	X(KEY_FILE, 5182, "the key file cannot be used")                                           \
	X(DB_FOREIGN, 5183, "this is not a database of this plugin")                               \
	X(DB_NEWER, 5184, "a newer version of the plugin wrote this database")                     \
	X(DB_DAMAGED, 5185, "the database is damaged")                                             \
	X(DB_LOCKED, 5186, "the database is in use by another process")                            \
	X(DB_UNWRITABLE, 5187, "the database cannot be written")                                   \
	X(DB_FULL, 5188, "there is no space left for the database")                                \
	X(DB_FAILED, 5189, "the disk failed the database")                                         \
	/* what is wrong with a ledger, a receipt or a consent text (tools and start-up) */        \
	X(PROOF_MALFORMED, 5190, "the signed text or proof is damaged")                            \
	X(PROOF_SIGNATURE, 5191, "the signature does not match, or is of another key")             \
	X(PROOF_MISMATCH, 5192, "the proof does not lead to what was signed")                      \
	X(LEDGER_BEHIND, 5193, "the ledger is older than what it has signed already")              \
	X(LEDGER_CLOCK, 5194, "the clock is outside of the time the ledger has keys for")          \
	X(TEXT_FILE, 5195, "the consent texts cannot be used")

typedef enum thp_err {
	THP_OK = 0,
#define THP_ERROR_ENUM(name, code, text) THP_##name,
	THP_ERROR_TABLE(THP_ERROR_ENUM)
#undef THP_ERROR_ENUM
		THP_N_ERRORS
} thp_err;

/** The wire code of @err, 0 for THP_OK. */
int thp_err_code(thp_err err);

/** The name of @err as on the wire ("ROOM_FULL"); "OK" for THP_OK. Static string. */
const char *thp_err_name(thp_err err);

/** One English sentence for @err, without data of anybody. Static string. */
const char *thp_err_text(thp_err err);
