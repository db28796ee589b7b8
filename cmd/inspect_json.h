/* SPDX-License-Identifier: MIT */
#ifndef CPROF_CMD_INSPECT_JSON_H
#define CPROF_CMD_INSPECT_JSON_H

#include "inspect_facts.h"

#include "base/json.h"

/* Print the facts, schema "cprof.inspect/1", with every chunk if `chunks`. */
void inspect_print_json(const struct inspect_facts *facts, const char *path,
			bool chunks);

/* All that is known of a run, as an object of its own. */
json_t *inspect_run_json(const struct summary_run *run);

#endif
