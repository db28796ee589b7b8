/* SPDX-License-Identifier: MIT */
#include "proc/cpu_idle.h"

#include <stdlib.h>
#include <string.h>

enum {
	FIELD_IDLE = 3,
	FIELD_IOWAIT = 4,
	/* user nice system idle iowait irq softirq steal; guest is in user */
	FIELDS = 8
};

static void add_ticks(struct cpu_ticks *sum, const char *fields)
{
	char *pos = (char *)fields;

	sum->cpus++;
	for (int i = 0; i < FIELDS; i++) {
		const uint64_t ticks = strtoull(pos, &pos, 10);

		sum->total += ticks;
		if (i == FIELD_IDLE || i == FIELD_IOWAIT)
			sum->idle += ticks;
	}
}

void cpu_idle_parse(FILE *stat, const cpu_set_t *ours, struct cpu_idle *now)
{
	char line[256];

	*now = (struct cpu_idle){ .all.cpus = 0 };
	/* The first line is the sum of those that follow. */
	while (fgets(line, sizeof(line), stat) && !strncmp(line, "cpu", 3)) {
		char *pos = line + 3;
		const uint64_t cpu = strtoull(pos, &pos, 10);

		if (pos == line + 3 || line[3] == ' ')
			continue;
		add_ticks(&now->all, pos);
		if (!ours || (cpu < CPU_SETSIZE && CPU_ISSET(cpu, ours)))
			add_ticks(&now->ours, pos);
	}
}

void cpu_idle_read(struct cpu_idle *now)
{
	FILE *stat = fopen("/proc/stat", "re");
	cpu_set_t ours;
	/* It is too small on machines with thousands of CPUs. */
	const bool known = sched_getaffinity(0, sizeof(ours), &ours) == 0;

	*now = (struct cpu_idle){ .all.cpus = 0 };
	if (!stat)
		return;
	cpu_idle_parse(stat, known ? &ours : NULL, now);
	fclose(stat);
}

bool cpu_idle_cores(const struct cpu_ticks *before,
		    const struct cpu_ticks *now, double *cores)
{
	if (now->total <= before->total || now->idle < before->idle ||
	    now->cpus != before->cpus)
		return false;
	*cores = (double)(now->idle - before->idle) /
		 (now->total - before->total) * now->cpus;
	return true;
}
