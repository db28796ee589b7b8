/* SPDX-License-Identifier: MIT */
/*
 * Calls that move many bytes, where a stop meets them: made again, or cut
 * short; see trace/transfer.h.
 */
#ifndef CPROF_RECORD_TRANSFERS_H
#define CPROF_RECORD_TRANSFERS_H

#include "record/sampler.h"

/* A stop is handed out, and its thread runs again: was a call cut short? */
void transfers_count(struct sampler *sampler, const struct stop *stop);

/*
 * A thread that wants to run is in a call that is made again: it is where it
 * was at the stop, and need not be stopped for that.
 */
void transfers_look(struct sampler *sampler, struct thread_record *thread,
		    const struct task_account *account);

/*
 * Was it on a CPU at these looks, or waiting for one?  That is known of all of
 * them together, by a newer account.  To be called before anything else is
 * added to the thread's log.
 */
void transfers_settle(struct sampler *sampler, struct thread_record *thread,
		      const struct task_account *account);

/* That call has ended; see struct tracer_ops. */
void transfers_repeated(void *context, const struct tracee *tracee,
			const struct task_account *account, uint64_t lost_ns);

/*
 * A thread that loses much at each stop is looked at less often than others:
 * is this look one that it is spared?  By chance, whatever it does.
 */
bool transfers_spared(struct sampler *sampler,
		      const struct thread_record *thread);

#endif
