/* SPDX-License-Identifier: MIT */
#include "stat/pairwise.h"

#include <stdint.h>
#include <string.h>

/* The pairs, and a function that counts those up to a value. */
struct pairs {
	const double *x;
	size_t x_count;
	const double *y;
	size_t y_count;
	size_t (*count_up_to)(const struct pairs *pairs, double value);
};

static size_t walsh_up_to(const struct pairs *pairs, double value)
{
	const double *x = pairs->x;
	size_t end = pairs->x_count;
	size_t count = 0;

	for (size_t i = 0; i < pairs->x_count; i++) {
		while (end > i && x[i] / 2 + x[end - 1] / 2 > value)
			end--;
		if (end <= i)
			break;
		count += end - i;
	}
	return count;
}

static size_t differences_up_to(const struct pairs *pairs, double value)
{
	size_t end = 0;
	size_t count = 0;

	for (size_t i = 0; i < pairs->x_count; i++) {
		while (end < pairs->y_count &&
		       pairs->y[end] - pairs->x[i] <= value)
			end++;
		count += end;
	}
	return count;
}

/* Doubles as integers in the same order, so that bisection ends exactly. */
static int64_t order_of(double value)
{
	int64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits < 0 ? INT64_MIN - bits : bits;
}

static double value_at(int64_t order)
{
	const int64_t bits = order < 0 ? INT64_MIN - order : order;
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* The smallest value with more than `rank` pairs up to it. */
static double find_rank(const struct pairs *pairs, double low, double high,
			size_t rank)
{
	int64_t from = order_of(low);
	int64_t to = order_of(high);

	while (from < to) {
		/* Their sum could overflow; >> rounds down, as it must. */
		const int64_t middle = (from & to) + ((from ^ to) >> 1);

		if (pairs->count_up_to(pairs, value_at(middle)) > rank)
			to = middle;
		else
			from = middle + 1;
	}
	return value_at(to);
}

double walsh_rank(const double *sorted, size_t count, size_t rank)
{
	const struct pairs pairs = {
		.x = sorted, .x_count = count,
		.count_up_to = walsh_up_to,
	};

	return find_rank(&pairs, sorted[0], sorted[count - 1], rank);
}

double difference_rank(const double *x_sorted, size_t x_count,
		       const double *y_sorted, size_t y_count, size_t rank)
{
	const struct pairs pairs = {
		.x = x_sorted, .x_count = x_count,
		.y = y_sorted, .y_count = y_count,
		.count_up_to = differences_up_to,
	};

	return find_rank(&pairs, y_sorted[0] - x_sorted[x_count - 1],
			 y_sorted[y_count - 1] - x_sorted[0], rank);
}
