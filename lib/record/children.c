/* SPDX-License-Identifier: MIT */
#include "record/children.h"

#include "base/mem.h"
#include "proc/process.h"
#include "record/sampler.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	/* A shell makes some while we look; all but the last are attached. */
	ROUNDS_MAX = 16
};

/* Those that were met, in all rounds. */
struct children {
	struct map64 tried;
	size_t refused;
	struct error why;	/* of the first one */
};

static void attach_child(struct sampler *sampler, struct children *children,
			 pid_t pid)
{
	struct error err = ERROR_INIT;

	map64_put(&children->tried, (uint64_t)pid, 1);
	if (tracer_seize(sampler->tracer, pid, 0, &err)) {
		if (!process_has_ended(pid) && !children->refused++)
			children->why = err;
		return;
	}
	sampler_open_program(sampler, pid);
	sampler_check_program(sampler, pid, false);
}

static bool attach_all(struct sampler *sampler, struct children *children)
{
	const struct recording *recording = sampler->recording;
	struct pid_vec pids = VEC_INIT;
	bool any = false;

	for (size_t i = 0; i < recording->pid_count; i++)
		process_descendants(recording->pids[i], getppid(), &pids);
	for (size_t i = 0; i < pids.count; i++) {
		const pid_t pid = pids.items[i];

		if (tracer_find(sampler->tracer, pid) ||
		    map64_get(&children->tried, (uint64_t)pid, NULL))
			continue;
		attach_child(sampler, children, pid);
		any = true;
	}
	pid_vec_release(&pids);
	return any;
}

static void tell_refused(struct sampler *sampler,
			 const struct children *children)
{
	char *text;

	if (!sampler->notice || !children->refused)
		return;
	text = mem_printf("%zu child process%s not recorded: %s%s",
			  children->refused,
			  children->refused == 1 ? " is" : "es are",
			  children->why.text,
			  children->refused == 1 ? "" : ", and so on");
	sampler->notice(sampler->notice_arg, text);
	free(text);
}

/*
 * What one makes that is attached to is, too.  So nobody is missed when there
 * is nobody new any more.
 */
void children_attach(struct sampler *sampler)
{
	struct children children = { .tried = MAP64_INIT };
	int rounds = ROUNDS_MAX;

	while (rounds-- > 0 && attach_all(sampler, &children))
		;
	tell_refused(sampler, &children);
	map64_release(&children.tried);
}
