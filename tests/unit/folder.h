/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file folder.h
 * Folders that a test makes for itself, under g_dir_make_tmp().
 */
#pragma once

#include <glib.h>

/** Copies the files of the folder @from of the sources ("conf/consent") into the folder @to, which is there. */
void folder_fill(const char *from, const char *to);

/** Removes @path and all that is in it, if it is there. */
void folder_remove(const char *path);
