/* SPDX-License-Identifier: MIT */
/* Open descriptors, and how many of them are sockets: /proc/PID/fd. */
#include "collect/collector.h"

#include "base/clock.h"
#include "proc/fds.h"

struct fd_counts {
	uint64_t all;
	uint64_t sockets;
};

static void count_fd(void *context, int fd, const char *target)
{
	struct fd_counts *counts = context;

	counts->all++;
	counts->sockets += fd_socket_inode(target) != 0;
}

static void put(struct collector *collector, struct collect_look *look,
		const char *name, uint64_t value)
{
	collect_put(collector, look, &(struct metric){
		.name = name, .source = "files", .kind = METRIC_GAUGE,
		.unit = METRIC_NUMBER, .scope = METRIC_OF_RUN,
		.owner = collector->run }, value);
}

static void files_look(struct collector *collector, struct collect_look *look)
{
	struct fd_counts counts = { .all = 0 };
	bool any = false;

	for (size_t i = 0; i < look->processes.count; i++)
		any |= process_fds_visit(look->processes.items[i].live,
					 count_fd, &counts);
	if (!any)
		return;
	put(collector, look, "files.descriptors", counts.all);
	put(collector, look, "files.sockets", counts.sockets);
}

const struct collector_ops files_collector_ops = {
	.name = "files",
	.level = LEVEL_COMPREHENSIVE,
	.period_ns = NS_PER_S,
	.size = sizeof(struct collector),
	.background = true,
	.look = files_look,
};
