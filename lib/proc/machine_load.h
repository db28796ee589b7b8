/* SPDX-License-Identifier: MIT */
/* How much else the machine had to do, and how fast it was. */
#ifndef CPROF_PROC_MACHINE_LOAD_H
#define CPROF_PROC_MACHINE_LOAD_H

#include <stdbool.h>
#include <stdint.h>

/* A look; what this kernel does not tell is 0, or as noted. */
struct machine_load {
	double load1;			/* /proc/loadavg, one minute */
	uint64_t cpu_ticks;		/* of all CPUs, in any state */
	uint64_t steal_ticks;		/* of those: the hypervisor's */
	bool has_pressure;
	uint64_t pressure_us;		/* some task waited for a CPU */
	double mhz_low;			/* slowest CPU now; 0: not known */
	double mhz_high;
	uint64_t monotonic_ns;
};

/* What cannot be read is 0, or said not to be there. */
void machine_load_read(struct machine_load *load);

/* From one look to another, in per cent. */
struct machine_disturbance {
	double steal_percent;		/* of the CPUs' time */
	double pressure_percent;	/* of the time; below 0: not known */
};

struct machine_disturbance
machine_disturbance_of(const struct machine_load *first,
		       const struct machine_load *last);

#endif
