/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fields that speak of keys. */
#pragma once

#include <jansson.h>
#include <therapy/error.h>
#include <therapy/keys.h>

/** Reads a request `e2ee`; strings stay borrowed from @body. *@field names the field to blame. */
thp_err thp_keys_read(const json_t *body, thp_keys *out, const char **field);

/** Reads the part `e2ee` of an admission. */
thp_err thp_keys_read_admission(const json_t *part, thp_keys *out, const char **field);
