/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The errors: what pages and operators rely on must not change under them. */
#include <therapy/error.h>

#include <string.h>

#define CODE_MIN 5100
#define CODE_MAX 5299

/* What has been released. Append; never change or take away a line. */
static const struct {
	const char *name;
	int code;
} released[] = {
	{"INTERNAL", 5100},
	{"BAD_JSON", 5101},
	{"TOO_BIG", 5102},
	{"UNKNOWN_REQUEST", 5103},
	{"MISSING_FIELD", 5104},
	{"BAD_FIELD", 5105},
	{"OUT_OF_ORDER", 5106},
	{"TOO_FAST", 5107},
	{"BUSY", 5108},
	{"NOT_STORED", 5109},
	{"DRAINING", 5110},
	{"NOT_JOINED", 5120},
	{"ALREADY_JOINED", 5121},
	{"NOT_ALLOWED", 5122},
	{"WRONG_STATE", 5123},
	{"NO_SUCH_PARTICIPANT", 5124},
	{"STALE_KNOCK", 5125},
	{"ROOM_FULL", 5126},
	{"ROOM_LOCKED", 5127},
	{"IN_ANOTHER_ROOM", 5128},
	{"BAD_TICKET", 5129},
	{"AREA_FULL", 5130},
	{"NO_SUCH_ROOM", 5131},
	{"SESSION_MAXIMUM", 5132},
	{"NEXT_APPOINTMENT", 5133},
	{"PAUSE_LIMIT", 5134},
	{"TOKEN_MALFORMED", 5140},
	{"TOKEN_VERSION", 5141},
	{"TOKEN_FOOTER", 5142},
	{"TOKEN_UNKNOWN_KEY", 5143},
	{"TOKEN_SIGNATURE", 5144},
	{"TOKEN_CLAIMS", 5145},
	{"TOKEN_MISSING_CLAIM", 5146},
	{"TOKEN_BAD_CLAIM", 5147},
	{"TOKEN_AUDIENCE", 5148},
	{"TOKEN_EARLY", 5149},
	{"TOKEN_EXPIRED", 5150},
	{"TOKEN_USED", 5151},
	{"TOKEN_REVOKED", 5152},
	{"DEVICE_KEY", 5153},
	{"DEVICE_SIGNATURE", 5154},
	{"NO_NONCE", 5155},
	{"JSEP_NOT_EXPECTED", 5160},
	{"JSEP_MISSING", 5161},
	{"JSEP_BAD", 5162},
	{"JSEP_REFUSED", 5163},
	{"JSEP_PENDING", 5164},
	{"E2EE_REQUIRED", 5200},
	{"E2EE_STALE", 5201},
	{"E2EE_BAD", 5202},
	{"E2EE_NOT_MEMBER", 5203},
	{"CONSENT_MISSING", 5210},
	{"CONSENT_NOT_SHOWN", 5211},
	{"CONSENT_STALE", 5212},
	{"CONSENT_NOT_KEPT", 5213},
	{"CONSENT_OF_OTHERS", 5216},
	{"GUARDIAN_REQUIRED", 5217},
	{"RECORDING_OFF", 5214},
	{"RECORDING_DECLINED", 5215},
	{"CONF_SYNTAX", 5180},
	{"CONF_VALUE", 5181},
	{"KEY_FILE", 5182},
	{"DB_FOREIGN", 5183},
	{"DB_NEWER", 5184},
	{"DB_DAMAGED", 5185},
	{"DB_LOCKED", 5186},
	{"DB_UNWRITABLE", 5187},
	{"DB_FULL", 5188},
	{"DB_FAILED", 5189},
	{"PROOF_MALFORMED", 5190},
	{"PROOF_SIGNATURE", 5191},
	{"PROOF_MISMATCH", 5192},
	{"LEDGER_BEHIND", 5193},
	{"LEDGER_CLOCK", 5194},
	{"TEXT_FILE", 5195},
};

static void test_released(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(released); i++) {
		gboolean found = FALSE;

		for (int e = 1; e < THP_N_ERRORS && !found; e++)
			found = thp_err_code((thp_err)e) == released[i].code &&
				strcmp(thp_err_name((thp_err)e), released[i].name) == 0;
		g_test_message("%s is %d", released[i].name, released[i].code);
		g_assert_true(found);
	}
	/* A new error belongs into the list above, too. */
	g_assert_cmpuint(G_N_ELEMENTS(released), ==, THP_N_ERRORS - 1);
}

static void test_unique(void)
{
	for (int i = 1; i < THP_N_ERRORS; i++) {
		int code = thp_err_code((thp_err)i);

		g_assert_cmpint(code, >=, CODE_MIN);
		g_assert_cmpint(code, <=, CODE_MAX);
		for (int k = 1; k < i; k++) {
			g_assert_cmpint(thp_err_code((thp_err)k), !=, code);
			g_assert_cmpstr(thp_err_name((thp_err)k), !=, thp_err_name((thp_err)i));
			g_assert_cmpstr(thp_err_text((thp_err)k), !=, thp_err_text((thp_err)i));
		}
	}
}

static void test_form(void)
{
	for (int i = 1; i < THP_N_ERRORS; i++) {
		const char *name = thp_err_name((thp_err)i);
		const char *text = thp_err_text((thp_err)i);

		g_test_message("%s: %s", name, text);
		g_assert_cmpuint(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"), ==,
				 strlen(name));
		g_assert_cmpuint(strlen(text), >, 5);
		g_assert_cmpuint(strlen(text), <, 80);
		/* One sentence in the middle of others, and no place for anybody's data. */
		g_assert_true(g_ascii_islower(text[0]));
		g_assert_null(strpbrk(text, "%\n\""));
		g_assert_false(g_str_has_suffix(text, "."));
	}
}

static void test_ends(void)
{
	static const int strange[] = {-1, THP_N_ERRORS, G_MAXINT};

	g_assert_cmpint(THP_OK, ==, 0);
	g_assert_cmpint(thp_err_code(THP_OK), ==, 0);
	g_assert_cmpstr(thp_err_name(THP_OK), ==, "OK");
	for (guint i = 0; i < G_N_ELEMENTS(strange); i++) {
		g_assert_cmpint(thp_err_code((thp_err)strange[i]), ==, 5100);
		g_assert_cmpstr(thp_err_name((thp_err)strange[i]), ==, "INTERNAL");
		g_assert_nonnull(thp_err_text((thp_err)strange[i]));
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/error/what-was-released-stays", test_released);
	g_test_add_func("/error/unique", test_unique);
	g_test_add_func("/error/form", test_form);
	g_test_add_func("/error/ends-of-the-table", test_ends);
	return g_test_run();
}
