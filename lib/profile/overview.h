/* SPDX-License-Identifier: MIT */
/* What a profile is about and how good it is, in numbers. */
#ifndef CPROF_PROFILE_OVERVIEW_H
#define CPROF_PROFILE_OVERVIEW_H

#include "profile/profile.h"

/* Code of a module that could be told better. */
struct module_gap {
	uint32_t module;
	uint64_t self_ns;	/* of all that runs in it */
	uint64_t nameless_ns;	/* of that: no symbol */
	uint64_t lineless_ns;	/* of that: a symbol, but no source line */
	/* Of stacks that end in it, since its code does not tell its caller. */
	uint64_t cut_ns;
};

VEC_DEFINE(module_gap_vec, struct module_gap);

struct overview {
	size_t runs;			/* sampled ones */
	size_t plain_runs;		/* that nobody sampled */
	uint64_t plain_wall_ns;		/* sum over those */
	uint64_t wall_ns;		/* sum over runs */
	uint64_t cpu_ns;		/* user + system where known */
	uint64_t user_ns;
	uint64_t system_ns;
	uint64_t cost_ns;		/* work lost to the recording */
	bool cpu_known;			/* from the kernel's account */
	uint64_t samples;		/* time too brief for one is none */
	uint64_t cpu_samples;		/* of those: with CPU time */
	uint64_t cpu_weight_ns;		/* sum of CPU weights */
	/* So many samples of equal weight would tell shares as well. */
	double cpu_effective;
	uint64_t between_ns;		/* of that: between samples */
	uint64_t state_ns[STATE_COUNT];	/* wall weights by state */
	uint64_t peak_memory_bytes;	/* 0: not known */
	/* Of the run that had most; its peak's time since its start. */
	struct memory_facts memory;
	uint64_t truncated;		/* samples */
	uint64_t unreadable;		/* samples */
	uint64_t nameless;		/* samples on a CPU, in code without */
	uint64_t by_address;		/* the same, of stripped functions */
	uint64_t late;			/* samples */
	uint64_t moved;			/* samples, out of system calls */
	/*
	 * CPU time in bursts under a millisecond, the mean of those bursts,
	 * and how much may be other code's: since nobody sees the ends of
	 * bursts, or since stops found them over.
	 */
	uint64_t short_ns;
	uint64_t burst_ns;
	uint64_t doubtful_ns;
	/* CPU time in system calls that may be of the code before them. */
	uint64_t call_doubt_ns;
	uint64_t call_stops;		/* that found threads in one */
	/*
	 * How far the time in system calls may be off by chance, in points:
	 * looks stay there as the kernel's account says, which counts ticks.
	 */
	double call_chance;
	struct losses losses;
	uint64_t stops;
	uint64_t held_ns;
	bool held_known;
	struct module_gap_vec gaps;	/* by CPU weight, the heaviest first */
};

/* To be released. */
void overview_init(struct overview *overview,
			  const struct profile *profile);

void overview_release(struct overview *overview);

/*
 * How far a share of the CPU time may be off, in points of percent: what
 * is doubtful, and what chance allows with so many samples, in 95 of 100
 * recordings.  0 to 100; 100 without samples.
 */
double overview_points_off(const struct overview *overview);

/* The part of it that more samples would not mend. */
double overview_points_doubtful(const struct overview *overview);

#endif
