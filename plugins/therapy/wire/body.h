/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is common to all bodies: an object of bounded size that names a request. */
#pragma once

#include <jansson.h>
#include <therapy/error.h>

/**
 * Points @name at the value of "request", borrowed from @body: BAD_JSON if that is not an object,
 * TOO_BIG if it is over a limit of request.h, MISSING_FIELD or BAD_FIELD for the name.
 */
thp_err thp_body_open(json_t *body, const char **name,
		      const char **field) G_GNUC_WARN_UNUSED_RESULT;
