/* SPDX-License-Identifier: MIT */
/* About this machine, for the head of a profile. */
#ifndef CPROF_RECORD_MACHINE_H
#define CPROF_RECORD_MACHINE_H

#include "model/run.h"

/* Room for the strings of a recording_info. */
struct machine {
	char host[256];
	char kernel[256];
	char hardware[80];
	char cpu_model[128];
};

/* Fills all of `*info` but the start time; strings are in `*machine`. */
void machine_info(struct machine *machine, struct recording_info *info);

#endif
