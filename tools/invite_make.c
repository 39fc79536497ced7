/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-invite invite: one signed invitation, or a link. */
#include "invite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>
#include <therapy/invitation_open.h>
#include <therapy/secret.h>

#define LINK_SECRET_BYTES 32
#define LINK_SECRET_SIZE  (THP_BASE64URL_LEN(LINK_SECRET_BYTES) + 1)
#define KEY_FILE_MAX      4096
#define DEFAULT_FOR_S     7200

static const char summary[] = "Signs one invitation and prints it, or with --link a whole link.";

static const char details[] =
	"Roles: therapist, client, guest (a relative), interpreter, observer (hears and sees only).\n"
	"A therapist without --room is invited to the whole area. Ids (area, room, sub, jti) hold\n"
	"1 to 64 of A-Z a-z 0-9 . _ ~ - and should say nothing about anybody.\n"
	"\n"
	"TIME is now, or like 2026-01-31T09:00:00+05:00. LENGTH is like 90m, 2h or 7d.\n"
	"\n"
	"The secret in a link keeps the server out of the encryption. A therapist's link carries that\n"
	"of the area, from which those of its rooms follow; any other carries that of its room. Without\n"
	"--area-secret the area's is derived from the secret key, realm and area: links made with one\n"
	"key match by themselves. --secret puts the given one into the link as it is. '-' reads either\n"
	"from standard input. therapy-invite --new-secret prints a fresh one.";

typedef struct options {
	char *key, *realm, *iss, *area, *room, *role, *name, *with, *lang, *guardian, *sub, *jti;
	char *from, *until, *length, *start, *link, *secret, *area_secret;
	int seats, minutes, max_minutes;
	gboolean new_secret;
} options;

static void options_clear(options *o)
{
	char **const texts[] = {&o->key,  &o->realm, &o->iss,    &o->area,     &o->room, &o->role,
				&o->name, &o->with,  &o->lang,   &o->guardian, &o->sub,  &o->jti,
				&o->from, &o->until, &o->length, &o->start,    &o->link};

	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		g_clear_pointer(texts[i], g_free);
	char **const secrets[] = {&o->secret, &o->area_secret};

	for (gsize i = 0; i < G_N_ELEMENTS(secrets); i++) {
		if (*secrets[i])
			thp_secret_wipe(*secrets[i], strlen(*secrets[i]));
		g_clear_pointer(secrets[i], g_free);
	}
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(options, options_clear)

static gboolean parse(int argc, char **argv, options *o)
{
	const GOptionArg text = G_OPTION_ARG_FILENAME; /* bytes as typed, whatever the locale */
	const GOptionEntry entries[] = {
		{"key", 'k', 0, G_OPTION_ARG_FILENAME, &o->key, "The secret key (needed)", "FILE"},
		{"realm", 0, 0, text, &o->realm, "The plugin's realm, claim aud (needed)", "REALM"},
		{"area", 0, 0, text, &o->area, "The therapist's waiting area (needed)", "ID"},
		{"room", 0, 0, text, &o->room, "The appointment's room", "ID"},
		{"role", 0, 0, text, &o->role, "As what (needed)", "ROLE"},
		{"name", 0, 0, text, &o->name, "How the others see the person", "NAME"},
		{"with", 0, 0, text, &o->with, "Who will let the person in", "NAME"},
		{"lang", 0, 0, text, &o->lang, "Language of the pages, such as ur", "TAG"},
		{"guardian", 0, 0, text, &o->guardian, "Of a minor: who answers for them", "ID"},
		{"minutes", 0, 0, G_OPTION_ARG_INT, &o->minutes, "Length of the session", "N"},
		{"max-minutes", 0, 0, G_OPTION_ARG_INT, &o->max_minutes,
		 "What it may be extended to", "N"},
		{"start", 0, 0, text, &o->start, "When the appointment begins", "TIME"},
		{"seats", 0, 0, G_OPTION_ARG_INT, &o->seats, "People in the room, 2 to 8", "N"},
		{"from", 0, 0, text, &o->from, "Valid from (default: now)", "TIME"},
		{"until", 0, 0, text, &o->until, "Valid until", "TIME"},
		{"for", 0, 0, text, &o->length, "Or: valid for (default: 2h)", "LENGTH"},
		{"sub", 0, 0, text, &o->sub, "Pseudonym of the person (default: random)", "ID"},
		{"jti", 0, 0, text, &o->jti, "Id of the invitation (default: random)", "ID"},
		{"iss", 0, 0, text, &o->iss, "Who invites (default: therapy-invite)", "TEXT"},
		{"link", 0, 0, text, &o->link, "Print a link to this page", "URL"},
		{"area-secret", 0, 0, text, &o->area_secret, "The area's secret", "SECRET|-"},
		{"secret", 0, 0, text, &o->secret, "The secret in the link", "SECRET|-"},
		{"new-secret", 0, 0, G_OPTION_ARG_NONE, &o->new_secret, "Only print a new secret",
		 NULL},
		G_OPTION_ENTRY_NULL,
	};

	return read_options(argc, argv, entries, NULL, summary, details, NULL);
}

/* The one line of a key file that is not a comment. */
static thp_err read_key_line(char *text, guint8 secret_key[static THP_SECRET_KEY_BYTES])
{
	char *rest = NULL;
	thp_err err = THP_KEY_FILE;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		g_strstrip(line);
		if (line[0] == '\0' || line[0] == '#')
			continue;
		if (!err)
			return THP_KEY_FILE;
		err = thp_paserk_read_secret(line, secret_key);
		if (err)
			return err;
	}
	return err;
}

static int read_key(const char *path, guint8 secret_key[static THP_SECRET_KEY_BYTES])
{
	char text[KEY_FILE_MAX + 1];
	struct stat status;
	FILE *const file = fopen(path, "re");

	if (!file)
		return complain(EXIT_TROUBLE, "%s: %s", path, g_strerror(errno));
	if (fstat(fileno(file), &status) == 0 && (status.st_mode & 0077) != 0)
		(void)complain(0, "%s: other people can read this secret key (chmod 600)", path);

	const gsize len = fread(text, 1, KEY_FILE_MAX, file);

	(void)fclose(file);
	text[len] = '\0';

	const thp_err err = read_key_line(text, secret_key);

	thp_secret_wipe(text, sizeof text);
	if (err)
		return complain(EXIT_TROUBLE, "%s: holds no single k4.secret key", path);
	return EXIT_GOOD;
}

static gboolean read_length(const char *text, gint64 *length_s)
{
	static const struct {
		char unit;
		gint64 unit_s;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	char *end = NULL;
	const guint64 number = g_ascii_strtoull(text, &end, 10);

	if (!g_ascii_isdigit(text[0]) || end - text > 9 || end[0] == '\0' || end[1] != '\0')
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(units); i++) {
		if (end[0] == units[i].unit) {
			*length_s = (gint64)number * units[i].unit_s;
			return TRUE;
		}
	}
	return FALSE;
}

static int set_times(const options *o, thp_invitation *in)
{
	gint64 length_s = DEFAULT_FOR_S;

	if (o->until && o->length)
		return complain(EXIT_USAGE, "invite: --until or --for, not both");
	if (!read_time(o->from ? o->from : "now", &in->nbf_s))
		return complain(EXIT_USAGE, "invite: --from is not a time");
	if (o->until && !read_time(o->until, &in->exp_s))
		return complain(EXIT_USAGE, "invite: --until is not a time");
	if (o->start && !read_time(o->start, &in->start_s))
		return complain(EXIT_USAGE, "invite: --start is not a time");
	if (o->length && !read_length(o->length, &length_s))
		return complain(EXIT_USAGE, "invite: --for is not a length of time");
	if (!o->until)
		in->exp_s = in->nbf_s + length_s;
	return EXIT_GOOD;
}

/* A text that does not fit is not cut but left too long, so that signing refuses it. */
static int set_text(const char *option, const char *value, char *place, gsize size)
{
	if (g_strlcpy(place, value, size) < size)
		return EXIT_GOOD;
	return complain(EXIT_USAGE, "invite: --%s is too long", option);
}

static int set_texts(const options *o, thp_claims *c)
{
	thp_invitation *const in = &c->invitation;
	const struct {
		const char *option, *value;
		char *place;
		gsize size;
	} rows[] = {
		{"realm", o->realm, c->aud, sizeof c->aud},
		{"iss", o->iss ? o->iss : "therapy-invite", c->iss, sizeof c->iss},
		{"area", o->area, in->area, sizeof in->area},
		{"room", o->room, in->room, sizeof in->room},
		{"name", o->name, in->name, sizeof in->name},
		{"with", o->with, in->with, sizeof in->with},
		{"lang", o->lang, in->lang, sizeof in->lang},
		{"guardian", o->guardian, in->guardian, sizeof in->guardian},
		{"sub", o->sub, in->sub, sizeof in->sub},
		{"jti", o->jti, in->jti, sizeof in->jti},
	};

	thp_random_id(in->sub, THP_WHO_BYTES);
	thp_random_id(in->jti, THP_WHO_BYTES);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].value &&
		    set_text(rows[i].option, rows[i].value, rows[i].place, rows[i].size))
			return EXIT_USAGE;
	}
	return EXIT_GOOD;
}

static int fill(const options *o, thp_claims *c)
{
	if (!o->key || !o->realm || !o->area || !o->role)
		return complain(EXIT_USAGE, "invite: --key, --realm, --area and --role are needed");
	if (!thp_role_find(o->role, &c->invitation.role))
		return complain(EXIT_USAGE,
				"invite: --role is therapist, client, guest or observer");
	if (o->room && !*o->room)
		return complain(EXIT_USAGE, "invite: --room is empty");
	c->invitation.seats = o->seats;
	c->invitation.minutes = o->minutes;
	c->invitation.max_minutes = o->max_minutes;
	return set_texts(o, c) || set_times(o, &c->invitation) ? EXIT_USAGE : EXIT_GOOD;
}

/* Nothing in a realm or an id is a '|', so no two areas, and no two rooms, are derived from one text. */
static void derive_area(const guint8 secret_key[static THP_SECRET_KEY_BYTES], const thp_claims *c,
			guint8 out[static LINK_SECRET_BYTES])
{
	g_autofree char *text =
		g_strdup_printf("janus.plugin.therapy|1|area|%s|%s", c->aud, c->invitation.area);

	crypto_generichash(out, LINK_SECRET_BYTES, (const guint8 *)text, strlen(text), secret_key,
			   crypto_sign_SEEDBYTES);
}

/* As the therapist's page does it (docs/protocol.md). */
static void derive_room(guint8 secret[static LINK_SECRET_BYTES], const thp_invitation *in)
{
	g_autofree char *text =
		g_strdup_printf("janus.plugin.therapy|1|room|%s|%s", in->area, in->room);
	guint8 area[LINK_SECRET_BYTES];

	memcpy(area, secret, sizeof area);
	(void)crypto_auth_hmacsha256(secret, (const guint8 *)text, strlen(text), area);
	sodium_memzero(area, sizeof area);
}

/* A secret as given on the command line, or on standard input. */
static int read_secret(const char *option, const char *given, guint8 out[static LINK_SECRET_BYTES])
{
	char text[LINK_SECRET_SIZE] = "";

	if (strcmp(given, "-") != 0)
		g_strlcpy(text, strlen(given) < LINK_SECRET_SIZE ? given : "", LINK_SECRET_SIZE);
	else if (!read_stdin_line(text, LINK_SECRET_SIZE - 1))
		return complain(EXIT_USAGE, "invite: no secret on standard input");

	const gboolean good = thp_base64url_exact(text, out, LINK_SECRET_BYTES);

	sodium_memzero(text, sizeof text);
	return good ? EXIT_GOOD
		    : complain(EXIT_USAGE, "invite: %s is not 43 characters of base64url", option);
}

static int find_secret(const options *o, const guint8 secret_key[static THP_SECRET_KEY_BYTES],
		       const thp_claims *c, char out[static LINK_SECRET_SIZE])
{
	guint8 bytes[LINK_SECRET_BYTES];
	int status = EXIT_GOOD;

	if (o->secret && o->area_secret)
		return complain(EXIT_USAGE, "invite: --secret or --area-secret, not both");
	if (o->secret)
		status = read_secret("--secret", o->secret, bytes);
	else if (o->area_secret)
		status = read_secret("--area-secret", o->area_secret, bytes);
	else
		derive_area(secret_key, c, bytes);
	if (!status && !o->secret && c->invitation.role != THP_ROLE_THERAPIST)
		derive_room(bytes, &c->invitation);
	if (!status)
		thp_base64url_encode(bytes, sizeof bytes, out);
	sodium_memzero(bytes, sizeof bytes);
	return status;
}

static int print(const options *o, const guint8 secret_key[static THP_SECRET_KEY_BYTES],
		 const thp_claims *c)
{
	g_autofree char *token = NULL;
	const char *claim = NULL;
	char secret[LINK_SECRET_SIZE];
	const thp_err err = thp_invitation_sign(secret_key, c, &token, &claim);

	if (err)
		return complain(EXIT_USAGE, "invite: %s%s%s", claim ? claim : "", claim ? ": " : "",
				thp_err_text(err));
	if (!o->link) {
		printf("%s\n", token);
		return EXIT_GOOD;
	}
	if (strchr(o->link, '#'))
		return complain(EXIT_USAGE, "invite: --link has a '#' already");

	const int status = find_secret(o, secret_key, c, secret);

	if (!status)
		printf("%s#%s.%s\n", o->link, token, secret);
	sodium_memzero(secret, sizeof secret);
	return status;
}

int cmd_new_secret(int argc, char **argv)
{
	char secret[LINK_SECRET_SIZE];

	(void)argv;
	if (argc > 1)
		return complain(EXIT_USAGE, "--new-secret stands alone");
	thp_random_id(secret, LINK_SECRET_BYTES);
	printf("%s\n", secret);
	sodium_memzero(secret, sizeof secret);
	return EXIT_GOOD;
}

int cmd_invite(int argc, char **argv)
{
	g_auto(options) o = {0};
	thp_claims claims = {0};
	guint8 secret_key[THP_SECRET_KEY_BYTES] = {0};
	int status;

	if (!parse(argc, argv, &o))
		return EXIT_USAGE;
	if (o.new_secret)
		return cmd_new_secret(1, argv);
	status = fill(&o, &claims);
	if (!status)
		status = read_key(o.key, secret_key);
	if (status)
		return status;
	status = print(&o, secret_key, &claims);
	sodium_memzero(secret_key, sizeof secret_key);
	return status;
}
