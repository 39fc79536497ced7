/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file dispatch.h
 * From a job to its end: read the request, decide who deals with it, answer.
 */
#pragma once

#include "worker.h"

/** Runs *@job on its worker. A job whose session must move first is posted again, and *@job is NULL then. */
void thp_dispatch(thp_worker *worker, thp_job **job);
