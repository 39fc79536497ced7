/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file stalled_disk.h
 * A disk that does not answer: fsync() and fdatasync() of this program take their time below a folder.
 */
#pragma once

/** From now on nothing below @folder (copied) is synced; NULL: all goes on. */
void stalled_disk_set(const char *folder);

/** How many threads wait for it now. */
int stalled_disk_waiting(void);
