/* SPDX-License-Identifier: MIT */
/*
 * NVIDIA's management library, found when the program runs: its driver
 * tells nothing in /proc.  All numbers are those of its documentation.
 */
#ifndef CPROF_COLLECT_NVML_H
#define CPROF_COLLECT_NVML_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct nvml;

/*
 * NULL with the reason when there is no such device, library or driver.
 * Takes a tenth of a second.
 */
struct nvml *nvml_open(struct error *err);
void nvml_close(struct nvml *nvml);

struct nvml_usage {
	/* Of the processes that were asked about. */
	bool found;			/* the driver knows one of them */
	uint64_t memory_bytes;
	bool busy_known;		/* not with MIG, nor in containers */
	uint32_t busy_percent;		/* sum over devices */
	/* Of all that runs on all devices. */
	uint64_t device_memory_bytes;
	uint32_t device_busy_percent;
	bool device_busy_known;
};

/* `ours` tells which process ids are meant. */
void nvml_read(struct nvml *nvml, bool (*ours)(void *context, pid_t pid),
	       void *context, struct nvml_usage *usage);

#endif
