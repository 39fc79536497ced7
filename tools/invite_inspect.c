/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-invite inspect: what an invitation says, and whether it would be let in. */
#include "invite.h"

#include <stdio.h>
#include <string.h>

#include <therapy/invitation_open.h>
#include <therapy/secret.h>

#define LINK_MAX   (2 * THP_TOKEN_MAX)
#define TOKEN_DOTS 3

static const char summary[] =
	"Says in words what an invitation holds and whether it is valid; '-' reads it from standard\n"
	"input, where it is in no process list. The room's secret is never printed.";

static const char details[] =
	"Without --keys the signature is not checked: what is printed is then only a claim.\n"
	"Without --realm the invitation's own is taken. Exit status: 0 valid, 1 not valid.";

/* An invitation as it was found in a link. */
typedef struct found {
	const char *token;
	gsize len;
	gboolean has_secret;
} found;

/* A token has three dots; what follows a fourth is the room's secret. */
static found find_token(const char *text)
{
	const char *const hash = strrchr(text, '#');
	found f = {.token = hash ? hash + 1 : text};
	int dots = 0;

	for (; f.token[f.len] != '\0'; f.len++) {
		dots += f.token[f.len] == '.';
		if (dots > TOKEN_DOTS) {
			f.has_secret = TRUE;
			break;
		}
	}
	return f;
}

static void print_row(const char *label, const char *value)
{
	if (value[0] != '\0')
		printf("  %-9s %s\n", label, value);
}

static void print_number(const char *label, int number)
{
	if (number > 0)
		printf("  %-9s %d\n", label, number);
}

static void print_claims(const thp_claims *c)
{
	const thp_invitation *const in = &c->invitation;
	char from[THP_TIME_LEN + 1];
	char until[THP_TIME_LEN + 1];
	char start[THP_TIME_LEN + 1];

	thp_time_print(in->nbf_s, from);
	thp_time_print(in->exp_s, until);
	print_row("role", thp_role_name(in->role));
	print_row("name", in->name);
	print_row("with", in->with);
	if (in->guardian[0])
		print_row("guardian", in->guardian);
	print_row("realm", c->aud);
	print_row("area", in->area);
	print_row("room", in->room[0] ? in->room : "every room of the area");
	print_row("from", from);
	print_row("until", until);
	if (in->start_s != 0) {
		thp_time_print(in->start_s, start);
		print_row("start", start);
	}
	print_number("minutes", in->minutes);
	print_number("up to", in->max_minutes);
	print_number("seats", in->seats);
	print_row("language", in->lang);
	print_row("person", in->sub);
	print_row("id", in->jti);
	print_row("issuer", c->iss);
}

/* Prints what can be read without any key; the realm it names goes to @realm. */
static thp_err describe(const found *f, char realm[static THP_REALM_MAX + 1], const char **claim)
{
	thp_paseto parts;
	thp_claims claims;
	char kid[THP_KID_LEN + 1];
	thp_err err = thp_paseto_split(f->token, f->len, &parts);

	*claim = NULL;
	if (!err)
		err = thp_claims_footer(parts.footer, parts.footer_len, kid);
	if (!err && !thp_paserk_is_pid(kid))
		err = THP_TOKEN_FOOTER;
	if (err)
		return err;
	err = thp_claims_parse(parts.payload, parts.payload_len, &claims, claim);
	if (!err) {
		print_claims(&claims);
		g_strlcpy(realm, claims.aud, THP_REALM_MAX + 1);
	}
	print_row("key", kid);
	print_row("secret", f->has_secret ? "there is one, not shown" : "none");
	return err;
}

static int verdict(thp_err err, const char *claim)
{
	if (!err) {
		printf("valid\n");
		return EXIT_GOOD;
	}
	printf("not valid: %s: %s%s%s%s\n", thp_err_name(err), thp_err_text(err), claim ? " (" : "",
	       claim ? claim : "", claim ? ")" : "");
	return EXIT_INVALID;
}

static int load_keys(thp_keyring *ring, const char *path)
{
	unsigned line;

	if (!thp_keyring_add_file(ring, path, &line))
		return EXIT_GOOD;
	if (line > 0)
		return complain(EXIT_TROUBLE, "%s, line %u: not a k4.public key", path, line);
	return complain(EXIT_TROUBLE, "%s: cannot be read, or holds no key", path);
}

static int inspect(const found *f, const char *keys, const char *own_realm, gint64 now_s)
{
	g_autoptr(thp_keyring) ring = thp_keyring_new();
	char realm[THP_REALM_MAX + 1] = "-";
	thp_invitation in;
	const char *claim;

	if (keys && load_keys(ring, keys))
		return EXIT_TROUBLE;

	thp_err err = describe(f, realm, &claim);

	if (keys)
		err = thp_invitation_open(ring, own_realm ? own_realm : realm, f->token, f->len,
					  now_s, 0, &in, &claim);
	if (keys || err)
		return verdict(err, claim);
	printf("signature not checked: give the public keys with --keys\n");
	return EXIT_GOOD;
}

int cmd_inspect(int argc, char **argv)
{
	g_autofree char *keys = NULL;
	g_autofree char *realm = NULL;
	g_autofree char *at = NULL;
	g_auto(GStrv) rest = NULL;
	char link[LINK_MAX + 1] = "";
	gint64 now_s;
	const GOptionEntry entries[] = {
		{"keys", 'k', 0, G_OPTION_ARG_FILENAME, &keys, "Public keys, one a line", "FILE"},
		{"realm", 0, 0, G_OPTION_ARG_FILENAME, &realm, "The plugin's realm", "REALM"},
		{"at", 0, 0, G_OPTION_ARG_FILENAME, &at, "Judge as of then (default: now)", "TIME"},
		G_OPTION_ENTRY_NULL,
	};

	if (!read_options(argc, argv, entries, "TOKEN|LINK|-", summary, details, &rest))
		return EXIT_USAGE;
	if (!rest[0] || rest[1])
		return complain(EXIT_USAGE, "inspect: one invitation or link is needed");
	if (realm && !thp_realm_is_valid(realm))
		return complain(EXIT_USAGE, "inspect: --realm is not a realm");
	if (!read_time(at ? at : "now", &now_s))
		return complain(EXIT_USAGE, "inspect: --at is not a time");
	if (strcmp(rest[0], "-") == 0 && !read_stdin_line(link, sizeof link - 1))
		return complain(EXIT_USAGE, "inspect: no invitation on standard input");
	if (strcmp(rest[0], "-") != 0 && g_strlcpy(link, rest[0], sizeof link) >= sizeof link)
		return complain(EXIT_USAGE, "inspect: too long for an invitation");

	const found f = find_token(link);
	const int status = inspect(&f, keys, realm, now_s);

	thp_secret_wipe(link, sizeof link);
	return status;
}
