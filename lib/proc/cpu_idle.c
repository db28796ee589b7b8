/* SPDX-License-Identifier: MIT */
#include "proc/cpu_idle.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FIELD_IDLE = 3,
	FIELD_IOWAIT = 4,
	/* user nice system idle iowait irq softirq steal; guest is in user */
	FIELDS = 8
};

void cpu_idle_read(struct cpu_idle *now)
{
	int fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	char text[512];
	char *pos = text + 4;
	ssize_t got;

	*now = (struct cpu_idle){ .total = 0 };
	if (fd < 0)
		return;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (got < 5 || strncmp(text, "cpu ", 4) != 0)
		return;
	text[got] = '\0';
	for (int i = 0; i < FIELDS; i++) {
		const uint64_t ticks = strtoull(pos, &pos, 10);

		now->total += ticks;
		if (i == FIELD_IDLE || i == FIELD_IOWAIT)
			now->idle += ticks;
	}
}

double cpu_idle_share(const struct cpu_idle *before,
		      const struct cpu_idle *now)
{
	if (now->total <= before->total || now->idle < before->idle)
		return 0;
	return (double)(now->idle - before->idle) /
	       (now->total - before->total);
}
