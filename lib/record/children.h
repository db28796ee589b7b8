/* SPDX-License-Identifier: MIT */
/* Processes that those of a recording had made before it began. */
#ifndef CPROF_RECORD_CHILDREN_H
#define CPROF_RECORD_CHILDREN_H

struct sampler;

/*
 * Attach to all that descend from the processes of the recording, which are
 * attached to, except cprof's own.  One that has ended by then is none; one
 * that cannot be traced is told as a notice.
 */
void children_attach(struct sampler *sampler);

#endif
