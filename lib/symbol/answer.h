/* SPDX-License-Identifier: MIT */
/* One question, answered: asks the sources and sends what they found. */
#ifndef CPROF_SYMBOL_ANSWER_H
#define CPROF_SYMBOL_ANSWER_H

#include "base/error.h"
#include "model/stack.h"
#include "symbol/wire.h"
#include "symbol/worker.h"

struct answer_request {
	const struct module *module;
	int fd;				/* its file, or -1 */
	enum symbol_level level;
	const uint64_t *addresses;	/* in any order */
	size_t count;
	int socket;			/* where the answers go */
};

/* Returns 0, or -1 when they could not be sent. */
int answer_send(const struct answer_request *request,
		const struct worker_options *options, struct error *err);

#endif
