/* SPDX-License-Identifier: MIT */
/* The last part of a recording: names for all frames that were seen. */
#ifndef CPROF_RECORD_NAMES_H
#define CPROF_RECORD_NAMES_H

#include "base/error.h"
#include "record/control.h"
#include "record/stack_table.h"

#include <stdbool.h>

/*
 * Resolve every frame of `stacks` once and hand the symbols to its sink.
 * `*lost` counts addresses that got no answer.  The heart in `page` beats
 * while this goes on.
 */
int names_resolve(const struct stack_table *stacks, bool debuginfod,
		  struct control_page *page, uint64_t *lost,
		  struct error *err);

#endif
