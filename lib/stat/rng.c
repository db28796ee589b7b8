/* SPDX-License-Identifier: MIT */
#include "stat/rng.h"

#include "base/compiler.h"

#include <assert.h>
#include <math.h>

static uint64_t splitmix64(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

struct rng rng_of(uint64_t seed)
{
	struct rng rng = { .state = { 0 } };

	for (size_t i = 0; i < ARRAY_SIZE(rng.state); i++)
		rng.state[i] = splitmix64(&seed);
	return rng;
}

static uint64_t rotate_left(uint64_t x, unsigned int bits)
{
	return x << bits | x >> (64 - bits);
}

uint64_t rng_u64(struct rng *rng)
{
	uint64_t *s = rng->state;
	const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	const uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate_left(s[3], 45);
	return result;
}

uint64_t rng_below(struct rng *rng, uint64_t limit)
{
	uint64_t rest, value;

	assert(limit);
	/* 2^64 mod limit values at the top would favour small results. */
	rest = -limit % limit;
	do
		value = rng_u64(rng);
	while (value > UINT64_MAX - rest);
	return value % limit;
}

double rng_double(struct rng *rng)
{
	return (double)(rng_u64(rng) >> 11) * 0x1p-53;
}

/* Marsaglia and Bray's polar method; the second number is thrown away. */
double rng_normal(struct rng *rng)
{
	double u, v, square;

	do {
		u = 2 * rng_double(rng) - 1;
		v = 2 * rng_double(rng) - 1;
		square = u * u + v * v;
	} while (square >= 1 || square <= 0);
	return u * sqrt(-2 * log(square) / square);
}

void rng_shuffle(struct rng *rng, size_t *items, size_t count)
{
	for (size_t i = count; i > 1; i--) {
		const size_t other = rng_below(rng, i);
		const size_t item = items[i - 1];

		items[i - 1] = items[other];
		items[other] = item;
	}
}
