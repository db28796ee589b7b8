/* SPDX-License-Identifier: MIT */
/* The samples of a page: which thread did what, when, added up. */
#ifndef CPROF_RENDER_HTML_RECORDS_H
#define CPROF_RENDER_HTML_RECORDS_H

#include "render/html_tree.h"

/*
 * What a thread spent in a node and state during some slots of time.  It is
 * spread evenly over them.
 */
struct html_record {
	uint32_t thread;
	uint32_t slot;			/* the first */
	uint32_t slots;			/* at least 1 */
	uint32_t node;
	uint8_t state;			/* enum thread_state */
	uint64_t wall_ns;
	uint64_t cpu_ns;
	uint64_t length_ns;		/* of the intervals, for pictures */
	uint64_t samples;
};

VEC_DEFINE(html_record_vec, struct html_record);

struct html_records {
	struct html_record_vec records;	/* by thread, slot, node, state */
	uint32_t slots;			/* that the time is divided into */
	uint64_t duration_ns;		/* of the longest run */
};

/*
 * Time begins at 0 in every run.  There are as many slots as fit `max`
 * records, at most HTML_SLOTS.  To be released.
 */
enum { HTML_SLOTS = 1024 };

void html_records_init(struct html_records *records,
		       const struct profile *profile,
		       const struct filter *filter,
		       const struct html_tree *tree, size_t max);

void html_records_release(struct html_records *records);

#endif
