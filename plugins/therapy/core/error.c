/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The error table, turned into look-ups. */
#include <therapy/error.h>

static const struct {
	int code;
	const char *name;
	const char *text;
} errors[THP_N_ERRORS] = {[THP_OK] = {0, "OK", "all is well"},
#define ROW(name, code, text) [THP_##name] = {code, #name, text},
			  THP_ERROR_TABLE(ROW)
#undef ROW
};

static thp_err known(thp_err err)
{
	return (unsigned)err < THP_N_ERRORS ? err : THP_INTERNAL;
}

int thp_err_code(thp_err err)
{
	return errors[known(err)].code;
}

const char *thp_err_name(thp_err err)
{
	return errors[known(err)].name;
}

const char *thp_err_text(thp_err err)
{
	return errors[known(err)].text;
}
