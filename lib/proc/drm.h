/* SPDX-License-Identifier: MIT */
/*
 * What a process uses of a GPU, as DRM drivers tell it in /proc/PID/fdinfo;
 * see drm-usage-stats in the kernel's documentation.
 */
#ifndef CPROF_PROC_DRM_H
#define CPROF_PROC_DRM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* One client of a device; descriptors that were copied share it. */
struct drm_client {
	uint64_t device;		/* hash of drm-pdev; 0: not told */
	uint64_t client;		/* drm-client-id */
	/*
	 * Time that engines worked for it.  Some drivers tell cycles, and
	 * those of the clock: then these are set, and busy_ns is 0.
	 */
	uint64_t busy_ns;
	uint64_t cycles;
	uint64_t clock_cycles;		/* of one engine */
	uint64_t memory_bytes;		/* resident, of all kinds */
};

/* False when the text is not that of a DRM client. */
bool drm_client_parse(const char *text, struct drm_client *client);

/* The same of descriptor `fd`, which stands for `target`. */
bool drm_client_read(pid_t pid, int fd, struct drm_client *client);

/* May `target` (of /proc/PID/fd) be a GPU, or another accelerator? */
bool drm_is_device(const char *target);

#endif
