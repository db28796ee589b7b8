/* SPDX-License-Identifier: MIT */
/* Network namespaces, and the bytes that went through one. */
#ifndef CPROF_PROC_NET_SPACE_H
#define CPROF_PROC_NET_SPACE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What the kernel calls the namespace of `pid`; 0: it does not tell. */
uint64_t net_space_id(pid_t pid);

/* Who is in a namespace, besides us? */
enum net_company {
	NET_ALONE,
	NET_UNKNOWN,		/* nobody seen; but some we may not look at */
	NET_SHARED
};

/* The same of namespace `id`; those that `ours` accepts are no others. */
enum net_company net_space_company(uint64_t id,
				   bool (*ours)(void *context, pid_t pid),
				   void *context);

struct net_bytes {
	uint64_t sent;
	uint64_t received;
};

/* All interfaces of the namespace of `pid`: /proc/PID/net/dev. */
bool net_bytes_read(pid_t pid, struct net_bytes *bytes);
bool net_bytes_parse(const char *text, struct net_bytes *bytes);

#endif
