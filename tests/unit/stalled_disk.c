/* SPDX-License-Identifier: GPL-3.0-or-later */
/* In the place of the C library's functions, for SQLite too. */
#include "stalled_disk.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic(const char *) stalled;
static atomic_int waiting;
static char folder[256];

void stalled_disk_set(const char *path)
{
	if (path)
		(void)snprintf(folder, sizeof folder, "%s", path);
	atomic_store(&stalled, path ? folder : NULL);
}

int stalled_disk_waiting(void)
{
	return atomic_load(&waiting);
}

static int is_below(int fd)
{
	const char *path = atomic_load(&stalled);
	char name[64], target[512];

	if (!path)
		return 0;
	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(name, target, sizeof target - 1);
	target[n > 0 ? n : 0] = '\0';
	return strncmp(target, path, strlen(path)) == 0;
}

static void wait_for_disk(int fd)
{
	if (!is_below(fd))
		return;
	atomic_fetch_add(&waiting, 1);
	while (is_below(fd))
		(void)usleep(1000);
	atomic_fetch_sub(&waiting, 1);
}

__attribute__((visibility("default"))) int fsync(int fd)
{
	wait_for_disk(fd);
	return (int)syscall(SYS_fsync, fd);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
	wait_for_disk(fd);
	return (int)syscall(SYS_fdatasync, fd);
}
