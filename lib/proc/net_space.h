/* SPDX-License-Identifier: MIT */
/* Network namespaces, and the bytes that went through one. */
#ifndef CPROF_PROC_NET_SPACE_H
#define CPROF_PROC_NET_SPACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Are both in one namespace?  True when it cannot be told. */
bool net_space_same(pid_t pid, pid_t other);

/*
 * Is everybody in the namespace of `pid` one of those that `ours` accepts?
 * False when some process cannot be told.
 */
bool net_space_alone(pid_t pid, bool (*ours)(void *context, pid_t pid),
		     void *context);

struct net_bytes {
	uint64_t sent;
	uint64_t received;
};

/* All interfaces of the namespace of `pid`: /proc/PID/net/dev. */
bool net_bytes_read(pid_t pid, struct net_bytes *bytes);
bool net_bytes_parse(const char *text, struct net_bytes *bytes);

#endif
