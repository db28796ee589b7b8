/* SPDX-License-Identifier: MIT */
/*
 * Random numbers that can be repeated: the same seed gives the same numbers
 * on every machine.  For drawing orders and resampling, not for secrets.
 *
 * xoshiro256**: Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 47(4), 2021; seeded by splitmix64 as they advise.
 */
#ifndef CPROF_STAT_RNG_H
#define CPROF_STAT_RNG_H

#include <stddef.h>
#include <stdint.h>

struct rng {
	uint64_t state[4];
};

/* Any seed is a good one, 0 too. */
struct rng rng_of(uint64_t seed);

uint64_t rng_u64(struct rng *rng);

/* Uniform in 0 ... limit - 1, without bias; `limit` is above 0. */
uint64_t rng_below(struct rng *rng, uint64_t limit);

/* Uniform in [0, 1), in steps of 2^-53. */
double rng_double(struct rng *rng);

/* From the normal distribution with mean 0 and standard deviation 1. */
double rng_normal(struct rng *rng);

/* Put `count` numbers into a random order; all are equally likely. */
void rng_shuffle(struct rng *rng, size_t *items, size_t count);

#endif
