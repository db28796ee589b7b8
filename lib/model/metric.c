/* SPDX-License-Identifier: MIT */
#include "model/metric.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* qsort(3) promises nothing about equals; their places do. */
struct placed_value {
	struct metric_value value;
	size_t place;
};

static int compare_values(const struct metric_value *x,
			  const struct metric_value *y)
{
	if (x->metric != y->metric)
		return x->metric < y->metric ? -1 : 1;
	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return 0;
}

static int compare_placed(const void *a, const void *b)
{
	const struct placed_value *x = a, *y = b;
	const int order = compare_values(&x->value, &y->value);

	if (order)
		return order;
	return x->place < y->place ? -1 : x->place > y->place;
}

static bool are_sorted(const struct metric_value_vec *values)
{
	for (size_t i = 1; i < values->count; i++)
		if (compare_values(&values->items[i - 1],
				   &values->items[i]) > 0)
			return false;
	return true;
}

void metric_values_sort(struct metric_value_vec *values)
{
	struct placed_value *placed;

	if (are_sorted(values))
		return;
	placed = mem_calloc(values->count, sizeof(*placed));
	for (size_t i = 0; i < values->count; i++)
		placed[i] = (struct placed_value){ values->items[i], i };
	qsort(placed, values->count, sizeof(*placed), compare_placed);
	for (size_t i = 0; i < values->count; i++)
		values->items[i] = placed[i].value;
	free(placed);
}

/* As a word of its own: "max_ns", not "runs"; "stateBytes", not "kbytes". */
static bool ends_with_word(const char *name, const char *word)
{
	const size_t length = strlen(name), its = strlen(word);
	const char *end;

	if (length < its)
		return false;
	end = name + length - its;
	if (strcasecmp(end, word) != 0)
		return false;
	return end == name || !isalpha((unsigned char)end[-1]) ||
	       (isupper((unsigned char)*end) &&
		islower((unsigned char)end[-1]));
}

enum metric_unit metric_unit_of_name(const char *name)
{
	if (ends_with_word(name, "bytes"))
		return METRIC_BYTES;
	if (ends_with_word(name, "ns") || ends_with_word(name, "nanoseconds"))
		return METRIC_NS;
	return METRIC_NUMBER;
}

const char *metric_kind_name(enum metric_kind kind)
{
	static const char *const names[METRIC_KIND_COUNT] = {
		[METRIC_GAUGE] = "gauge",
		[METRIC_CUMULATIVE] = "cumulative",
	};

	return names[kind];
}

const char *metric_unit_name(enum metric_unit unit)
{
	static const char *const names[METRIC_UNIT_COUNT] = {
		[METRIC_NUMBER] = "number",
		[METRIC_BYTES] = "bytes",
		[METRIC_NS] = "ns",
		[METRIC_PPM] = "ppm",
	};

	return names[unit];
}

const char *metric_scope_name(enum metric_scope scope)
{
	static const char *const names[METRIC_SCOPE_COUNT] = {
		[METRIC_OF_RUN] = "run",
		[METRIC_OF_PROCESS] = "process",
		[METRIC_OF_THREAD] = "thread",
		[METRIC_OF_MACHINE] = "machine",
	};

	return names[scope];
}
