/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A link between two network namespaces, with the faults of a real one.
 *
 *   link NETNS_A IFNAME_A NETNS_B IFNAME_B
 *
 * makes one TUN interface in each namespace and carries every IP packet between them, "up" from A
 * to B and "down" back. A packet first waits in a drop-tail queue for its turn on the line (rate,
 * queue), may then be lost (loss, burst), and arrives after delay plus up to jitter; packets never
 * overtake. TUN interfaces offer the kernel no offloads: what is seen here is what a wire carries.
 *
 * Standard input takes one command a line, each answered by one JSON line on standard output:
 *
 *   set up|down|both KEY=NUMBER ...
 *       rate     bits/s of IP, 0 = no limit
 *       queue    bytes that may wait
 *       delay    us
 *       jitter   us
 *       loss     packets in a million
 *       burst    mean packets lost in a row, 0 or 1 = independent losses
 *   seed NUMBER  starts the random numbers again
 *   stats        counters since the start, per direction
 *
 * The link lives until standard input ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_SEC      1000000000LL
#define MTU_MAX           2048
#define LINE_MAX_BYTES    512
#define QUEUE_DEFAULT     (256 * 1024)
#define PARTS_PER_MILLION 1000000LL
/* Packets taken from one side before the other gets a turn. */
#define READ_BATCH 64

struct packet {
	struct packet *next;
	int64_t due_ns;
	size_t length;
	unsigned char bytes[];
};

struct fifo {
	struct packet *head;
	struct packet **tail;
};

struct direction {
	const char *name;
	int from_fd;
	int to_fd;
	/* what was asked for */
	int64_t rate_bps;
	int64_t queue_bytes;
	int64_t delay_ns;
	int64_t jitter_ns;
	int64_t loss_ppm;
	int64_t burst;
	/* where it stands */
	struct fifo line;
	struct fifo flight;
	int64_t waiting_bytes;
	int64_t last_due_ns;
	bool losing;
	/* counters */
	uint64_t taken;
	uint64_t overflowed;
	uint64_t lost;
	uint64_t delivered;
	uint64_t delivered_bytes;
	uint64_t refused;
};

static uint64_t random_state = 88172645463325252ULL;

static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state * 2685821657736338717ULL;
}

/* A number from 0 up to and without the limit. */
static int64_t random_below(int64_t limit)
{
	return limit > 0 ? (int64_t)((random_next() >> 11) % (uint64_t)limit) : 0;
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

static void fifo_push(struct fifo *fifo, struct packet *packet)
{
	packet->next = NULL;
	if (fifo->head == NULL)
		fifo->tail = &fifo->head;
	*fifo->tail = packet;
	fifo->tail = &packet->next;
}

static struct packet *fifo_pop(struct fifo *fifo)
{
	struct packet *packet = fifo->head;

	fifo->head = packet->next;
	return packet;
}

static int64_t line_time_ns(const struct direction *dir, size_t length)
{
	return dir->rate_bps > 0 ? (int64_t)length * 8 * NSEC_PER_SEC / dir->rate_bps : 0;
}

/* Two states, after Gilbert: losses come in runs whose mean length is dir->burst. */
static bool is_lost(struct direction *dir)
{
	double loss = (double)dir->loss_ppm / PARTS_PER_MILLION;
	double turn;

	if (dir->burst <= 1 || dir->loss_ppm >= PARTS_PER_MILLION)
		return random_below(PARTS_PER_MILLION) < dir->loss_ppm;
	turn = dir->losing ? 1.0 / (double)dir->burst : loss / ((double)dir->burst * (1.0 - loss));
	if ((double)random_below(PARTS_PER_MILLION) < turn * PARTS_PER_MILLION)
		dir->losing = !dir->losing;
	return dir->losing;
}

static void take(struct direction *dir, const unsigned char *bytes, size_t length, int64_t now)
{
	struct packet *packet;

	dir->taken++;
	if (dir->line.head != NULL && dir->waiting_bytes + (int64_t)length > dir->queue_bytes) {
		dir->overflowed++;
		return;
	}
	packet = malloc(sizeof(*packet) + length);
	if (packet == NULL)
		abort();
	packet->length = length;
	memcpy(packet->bytes, bytes, length);
	/* Only the head of the queue has a time; the rate may change before the others get theirs.
	 */
	packet->due_ns = now + line_time_ns(dir, length);
	dir->waiting_bytes += (int64_t)length;
	fifo_push(&dir->line, packet);
}

static void leave_line(struct direction *dir)
{
	struct packet *packet = fifo_pop(&dir->line);
	int64_t left_ns = packet->due_ns;

	dir->waiting_bytes -= (int64_t)packet->length;
	if (dir->line.head != NULL)
		dir->line.head->due_ns = left_ns + line_time_ns(dir, dir->line.head->length);
	if (is_lost(dir)) {
		dir->lost++;
		free(packet);
		return;
	}
	packet->due_ns = left_ns + dir->delay_ns + random_below(dir->jitter_ns + 1);
	if (packet->due_ns < dir->last_due_ns)
		packet->due_ns = dir->last_due_ns;
	dir->last_due_ns = packet->due_ns;
	fifo_push(&dir->flight, packet);
}

static void deliver(struct direction *dir)
{
	struct packet *packet = fifo_pop(&dir->flight);

	if (write(dir->to_fd, packet->bytes, packet->length) == (ssize_t)packet->length) {
		dir->delivered++;
		dir->delivered_bytes += packet->length;
	} else {
		dir->refused++;
	}
	free(packet);
}

static void advance(struct direction *dir, int64_t now)
{
	while (dir->line.head != NULL && dir->line.head->due_ns <= now)
		leave_line(dir);
	while (dir->flight.head != NULL && dir->flight.head->due_ns <= now)
		deliver(dir);
}

static void receive(struct direction *dir)
{
	unsigned char bytes[MTU_MAX];

	for (int i = 0; i < READ_BATCH; i++) {
		ssize_t length = read(dir->from_fd, bytes, sizeof(bytes));

		if (length <= 0)
			return;
		take(dir, bytes, (size_t)length, now_ns());
	}
}

static int64_t next_due_ns(const struct direction *dir, int64_t earliest)
{
	if (dir->line.head != NULL && dir->line.head->due_ns < earliest)
		earliest = dir->line.head->due_ns;
	if (dir->flight.head != NULL && dir->flight.head->due_ns < earliest)
		earliest = dir->flight.head->due_ns;
	return earliest;
}

/* The packet on the line goes on at the new speed with the bits it still has. */
static void set_rate(struct direction *dir, int64_t rate_bps, int64_t now)
{
	struct packet *head = dir->line.head;

	if (head != NULL && head->due_ns > now) {
		int64_t rest_ns = head->due_ns - now;

		head->due_ns = rate_bps > 0
				       ? now + (int64_t)((double)rest_ns * (double)dir->rate_bps /
							 (double)rate_bps)
				       : now;
	}
	dir->rate_bps = rate_bps;
}

static bool set_one(struct direction *dir, const char *key, int64_t value)
{
	if (value < 0)
		return false;
	if (strcmp(key, "rate") == 0)
		set_rate(dir, value, now_ns());
	else if (strcmp(key, "queue") == 0)
		dir->queue_bytes = value;
	else if (strcmp(key, "delay") == 0)
		dir->delay_ns = value * 1000;
	else if (strcmp(key, "jitter") == 0)
		dir->jitter_ns = value * 1000;
	else if (strcmp(key, "loss") == 0)
		dir->loss_ppm = value;
	else if (strcmp(key, "burst") == 0)
		dir->burst = value;
	else
		return false;
	return true;
}

static bool set(struct direction dirs[2], char *rest)
{
	char *which = strtok(rest, " ");

	if (which == NULL)
		return false;
	for (char *pair = strtok(NULL, " "); pair != NULL; pair = strtok(NULL, " ")) {
		char *equals = strchr(pair, '=');
		char *end = NULL;
		int64_t value;
		bool known = false;

		if (equals == NULL)
			return false;
		*equals = '\0';
		value = strtoll(equals + 1, &end, 10);
		if (end == equals + 1 || *end != '\0')
			return false;
		for (int i = 0; i < 2; i++) {
			if (strcmp(which, "both") != 0 && strcmp(which, dirs[i].name) != 0)
				continue;
			known = set_one(&dirs[i], pair, value);
			if (!known)
				return false;
		}
		if (!known)
			return false;
	}
	return true;
}

static void print_stats(const struct direction *dir, const char *end)
{
	printf("\"%s\":{\"taken\":%" PRIu64 ",\"overflowed\":%" PRIu64 ",\"lost\":%" PRIu64
	       ",\"delivered\":%" PRIu64 ",\"delivered_bytes\":%" PRIu64 ",\"refused\":%" PRIu64
	       ",\"waiting_bytes\":%" PRId64 "}%s",
	       dir->name, dir->taken, dir->overflowed, dir->lost, dir->delivered,
	       dir->delivered_bytes, dir->refused, dir->waiting_bytes, end);
}

static void obey(struct direction dirs[2], char *line)
{
	char *rest = strchr(line, ' ');

	if (rest != NULL)
		*rest++ = '\0';
	if (strcmp(line, "stats") == 0) {
		printf("{\"ok\":true,");
		print_stats(&dirs[0], ",");
		print_stats(&dirs[1], "}\n");
	} else if (strcmp(line, "seed") == 0 && rest != NULL && strtoull(rest, NULL, 10) != 0) {
		random_state = strtoull(rest, NULL, 10);
		puts("{\"ok\":true}");
	} else if (strcmp(line, "set") == 0 && rest != NULL && set(dirs, rest)) {
		puts("{\"ok\":true}");
	} else {
		puts("{\"ok\":false}");
	}
	fflush(stdout);
}

/* Returns false when standard input has ended. */
static bool listen_to_master(struct direction dirs[2])
{
	static char buffer[LINE_MAX_BYTES];
	static size_t used;
	ssize_t got = read(STDIN_FILENO, buffer + used, sizeof(buffer) - 1 - used);
	char *newline;

	if (got <= 0)
		return got < 0 && (errno == EAGAIN || errno == EINTR);
	used += (size_t)got;
	buffer[used] = '\0';
	while ((newline = strchr(buffer, '\n')) != NULL) {
		size_t length = (size_t)(newline - buffer) + 1;

		*newline = '\0';
		obey(dirs, buffer);
		memmove(buffer, buffer + length, used - length + 1);
		used -= length;
	}
	return used < sizeof(buffer) - 1;
}

static int open_end(const char *netns, const char *ifname)
{
	struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
	char path[256];
	int netns_fd, tun_fd;

	if (strlen(ifname) >= sizeof(request.ifr_name))
		return -1;
	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	memcpy(request.ifr_name, ifname, strlen(ifname) + 1);
	netns_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (netns_fd < 0)
		return -1;
	if (setns(netns_fd, CLONE_NEWNET) != 0) {
		close(netns_fd);
		return -1;
	}
	close(netns_fd);
	tun_fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (tun_fd >= 0 && ioctl(tun_fd, TUNSETIFF, &request) != 0) {
		close(tun_fd);
		return -1;
	}
	return tun_fd;
}

/* Being late would look like jitter: ask for exact timers and, if allowed, for the processor at
 * once. */
static void be_punctual(void)
{
	struct sched_param first = {.sched_priority = 1};

	prctl(PR_SET_TIMERSLACK, 1UL);
	if (sched_setscheduler(0, SCHED_FIFO, &first) != 0)
		fputs("link: no real-time scheduling, delays may be a little late\n", stderr);
}

int main(int argc, char **argv)
{
	struct direction dirs[2] = {
		{.name = "up", .queue_bytes = QUEUE_DEFAULT},
		{.name = "down", .queue_bytes = QUEUE_DEFAULT},
	};
	struct pollfd fds[3] = {{.fd = STDIN_FILENO, .events = POLLIN}};
	int a, b;

	if (argc != 5) {
		fputs("usage: link NETNS_A IFNAME_A NETNS_B IFNAME_B\n", stderr);
		return 2;
	}
	a = open_end(argv[1], argv[2]);
	b = a < 0 ? -1 : open_end(argv[3], argv[4]);
	if (a < 0 || b < 0) {
		fprintf(stderr, "link: %s\n", strerror(errno));
		return 1;
	}
	dirs[0].from_fd = dirs[1].to_fd = a;
	dirs[0].to_fd = dirs[1].from_fd = b;
	fds[1] = (struct pollfd){.fd = a, .events = POLLIN};
	fds[2] = (struct pollfd){.fd = b, .events = POLLIN};
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	be_punctual();
	puts("{\"ready\":true}");
	fflush(stdout);

	for (;;) {
		int64_t now = now_ns();
		int64_t due = next_due_ns(&dirs[1], next_due_ns(&dirs[0], now + NSEC_PER_SEC));
		int64_t wait = due > now ? due - now : 0;
		struct timespec timeout = {wait / NSEC_PER_SEC, wait % NSEC_PER_SEC};

		if (ppoll(fds, 3, &timeout, NULL) < 0 && errno != EINTR)
			return 1;
		if (fds[0].revents != 0 && !listen_to_master(dirs))
			return 0;
		/* A namespace that is gone takes its end of the link with it. */
		if ((fds[1].revents | fds[2].revents) & (POLLERR | POLLHUP | POLLNVAL))
			return 0;
		if (fds[1].revents & POLLIN)
			receive(&dirs[0]);
		if (fds[2].revents & POLLIN)
			receive(&dirs[1]);
		now = now_ns();
		advance(&dirs[0], now);
		advance(&dirs[1], now);
	}
}
