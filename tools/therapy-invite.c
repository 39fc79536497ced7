/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-invite: keys, invitations and links for janus.plugin.therapy. */
#include "invite.h"

#include <stdio.h>
#include <string.h>

#include <therapy/claim_value.h>

static const char help[] =
	"NAME\n"
	"  therapy-invite - make and check invitations for janus.plugin.therapy\n"
	"\n"
	"SYNOPSIS\n"
	"  therapy-invite keygen  --out FOLDER|FILE\n"
	"  therapy-invite invite  --key FILE --realm REALM --area AREA [--room ROOM] --role ROLE ...\n"
	"  therapy-invite inspect TOKEN|LINK|- [--keys FILE] [--realm REALM]\n"
	"  therapy-invite --new-secret\n"
	"\n"
	"DESCRIPTION\n"
	"  An invitation is a PASETO v4.public token: it says who may enter which room as what, and\n"
	"  when, and is signed with the organisation's secret key. The plugin holds only public keys.\n"
	"  A link is a page's address, '#', the invitation, '.', and the room's secret. What follows\n"
	"  the '#' never reaches a server; send links as you would send a house key.\n"
	"\n"
	"  keygen      makes a key pair: the secret key for whoever invites, the public for the plugin\n"
	"  invite      signs one invitation and prints it, or a whole link with --link\n"
	"  inspect     says in words what an invitation holds, whether it is valid, and why not\n"
	"\n"
	"  'therapy-invite COMMAND --help' tells all options of a command.\n"
	"\n"
	"EXAMPLES\n"
	"  therapy-invite keygen --out keys/\n"
	"  therapy-invite invite --key keys/secret --realm clinic.example --area dr-khan --room a-17 \\\n"
	"      --role client --name 'Amina' --with 'Dr Khan' --for 2h --link https://clinic.example/\n"
	"  therapy-invite inspect --keys keys/public - < link.txt\n"
	"\n"
	"EXIT STATUS\n"
	"  0 all is well; 1 the inspected invitation is not valid; 2 the command line makes no sense;\n"
	"  3 a file or a key cannot be used\n";

gboolean read_time(const char *text, gint64 *time_s)
{
	if (strcmp(text, "now") != 0)
		return thp_time_parse(text, time_s);
	*time_s = g_get_real_time() / G_USEC_PER_SEC;
	return TRUE;
}

gboolean read_stdin_line(char *out, gsize max)
{
	gsize len = 0;
	int c;

	while ((c = getchar()) != EOF && c != '\n') {
		if (len == max)
			return FALSE;
		out[len++] = (char)c;
	}
	out[len] = '\0';
	(void)g_strstrip(out);
	return out[0] != '\0';
}

static const command commands[] = {
	{"keygen", cmd_keygen},           {"invite", cmd_invite}, {"inspect", cmd_inspect},
	{"--new-secret", cmd_new_secret}, {NULL, NULL},
};

const program own_program = {"therapy-invite", help, commands};
