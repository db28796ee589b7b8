/* SPDX-License-Identifier: MIT */
/*
 * A profile made of any bytes, compared with what its first part holds: all
 * of it ends, the rows add up, and nothing acts on a terminal.
 */
/* The mutator that keeps sums right is that of the reader's target. */
#define LLVMFuzzerTestOneInput fuzz_reader_one_input
#define verdict reader_verdict
#include "fuzz_reader.c"
#undef verdict
#undef LLVMFuzzerTestOneInput

#include "fuzz_profile.h"

#include "base/hash.h"
#include "compare/compare.h"
#include "render/compare_format.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_sums(const struct code_changes *changes)
{
	double sum = 0;
	double size = 1;

	for (size_t i = 0; i < changes->rows.count; i++) {
		const struct change *self = &changes->rows.items[i].self;

		assert(isfinite(self->base) && isfinite(self->new));
		assert(self->low <= self->high || isnan(self->low));
		sum += self->delta;
		size += self->base + self->new;
	}
	assert(fabs(sum - changes->changed_ns - changes->unchanged_ns) <
	       1e-6 * size);
}

static void write_one(const struct comparison *comparison, size_t which)
{
	const struct compare_look look = {
		.text = { .width = 60 + which % 100 }
	};
	struct strbuf out = STRBUF_INIT;
	size_t count = 0;

	while (compare_formats[count])
		count++;
	which %= count;
	/* Nothing is looked for in the library that draws pixels. */
	if (compare_formats[which]->binary)
		return;
	/* The page has tabs of its own. */
	if (!compare_formats[which]->write(&out, comparison, &look, NULL) &&
	    strcmp(compare_formats[which]->name, "html") != 0)
		check_text(&out);
	strbuf_release(&out);
}

static void compare_both(const struct profile *base, const struct profile *new,
			 size_t which)
{
	static const struct filter_spec spec = { .from_ns = 0 };
	static const char *const metrics[] = { "wall", "cpu", "memory" };
	static const struct rename renames[] = { { "a", "b" } };
	struct comparison comparison = COMPARISON_INIT;
	struct filter filters[SIDE_COUNT];
	const struct compare_options options = {
		.threshold_percent = which % 7,
		.single_run_percent = 25,
		.min_improvement_percent = 10,
		.metric = metrics[which % ARRAY_SIZE(metrics)],
		.renames = renames, .rename_count = which & 1,
		.spec = &spec,
		.filters = { &filters[SIDE_BASE], &filters[SIDE_NEW] },
		.force = which % 8,
	};

	filter_init(&filters[SIDE_BASE], &spec, base, NULL);
	filter_init(&filters[SIDE_NEW], &spec, new, NULL);
	if (!compare_profiles(&comparison, base, new, &options, NULL)) {
		check_sums(&comparison.functions);
		check_sums(&comparison.lines);
		check_sums(&comparison.modules);
		write_one(&comparison, which);
		write_one(&comparison, which + 1);
	}
	comparison_release(&comparison);
	filter_release(&filters[SIDE_BASE]);
	filter_release(&filters[SIDE_NEW]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct profile *new = salvage(data, len);
	struct profile *base = salvage(data, len - len / 4);

	if (base && new)
		compare_both(base, new, hash_bytes(data, len) % 1024);
	profile_free(base);
	profile_free(new);
	return 0;
}
