/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Preloaded into a program: while the file $STALL_FILE holds the beginnings of paths, one a line, nothing below
 * them is synced, as on a disk that does not answer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_stalled(const char *path)
{
	const char *file = getenv("STALL_FILE");
	FILE *list = file ? fopen(file, "re") : NULL;
	char line[512];
	int stalled = 0;

	while (list && fgets(line, sizeof line, list)) {
		line[strcspn(line, "\n")] = '\0';
		stalled = stalled || (line[0] != '\0' && strncmp(path, line, strlen(line)) == 0);
	}
	if (list)
		(void)fclose(list);
	return stalled;
}

static void wait_for_disk(int fd)
{
	char name[64], path[512];

	(void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(name, path, sizeof path - 1);
	path[n > 0 ? n : 0] = '\0';
	while (is_stalled(path))
		(void)usleep(2000);
}

int fsync(int fd)
{
	wait_for_disk(fd);
	return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	wait_for_disk(fd);
	return (int)syscall(SYS_fdatasync, fd);
}
