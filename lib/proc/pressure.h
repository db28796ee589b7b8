/* SPDX-License-Identifier: MIT */
/* How the machine does: /proc/stat and /proc/pressure. */
#ifndef CPROF_PROC_PRESSURE_H
#define CPROF_PROC_PRESSURE_H

#include <stdbool.h>
#include <stdint.h>

/* Since boot, over all CPUs, in the kernel's clock ticks. */
struct machine_cpu {
	uint64_t busy;		/* at work for anybody */
	uint64_t stolen;	/* wanted by us, used by another guest */
};

/* False, and nothing, where /proc/stat cannot be read. */
bool machine_cpu_read(struct machine_cpu *cpu);
bool machine_cpu_parse(const char *text, struct machine_cpu *cpu);

/*
 * Time since boot in which some task waited for `what` ("cpu", "memory" or
 * "io"), in ns.  False when the kernel does not tell (no PSI, as in many
 * containers).
 */
bool machine_pressure_read(const char *what, uint64_t *some_ns);
bool machine_pressure_parse(const char *text, uint64_t *some_ns);

#endif
