/* SPDX-License-Identifier: MIT */
#include "profile/filter.h"

#include "base/mem.h"
#include "profile/region_spans.h"

#include <string.h>

/* What a stack has passed through; one bit per kind of pattern. */
enum {
	THROUGH_MODULE = 1,
	THROUGH_FUNCTION = 2,
	THROUGH_FILE = 4,
	THROUGH_ALL = 7
};

static bool has_code_patterns(const struct filter_spec *spec)
{
	return spec->modules.count || spec->functions.count ||
	       spec->files.count;
}

bool filter_spec_is_empty(const struct filter_spec *spec)
{
	return !has_code_patterns(spec) && !spec->threads.count &&
	       !spec->regions.count &&
	       !spec->processes.count && !spec->from_ns && !spec->to_ns;
}

static uint8_t location_bits(const struct filter_spec *spec,
			     const struct profile *profile,
			     const struct location *location)
{
	const struct function *function =
		&profile->functions.items[location->function];
	const struct profile_module *module =
		&profile->modules.items[function->module];
	const char *file = profile_location_file(profile, location);
	uint8_t bits = 0;

	if (patterns_match_path(&spec->modules, module->module.path))
		bits |= THROUGH_MODULE;
	if (patterns_match_function(&spec->functions, function))
		bits |= THROUGH_FUNCTION;
	if (patterns_match_path(&spec->files, file ? file : function->file))
		bits |= THROUGH_FILE;
	return bits;
}

bool filter_spec_fits(const struct filter_spec *spec,
		      const struct profile *profile,
		      const struct location *location)
{
	return location_bits(spec, profile, location) == THROUGH_ALL;
}

/* By location id. */
static uint8_t *bits_of_locations(const struct filter_spec *spec,
				  const struct profile *profile)
{
	const uint32_t count = profile->locations.count;
	uint8_t *bits = mem_alloc(count + 1);

	for (uint32_t id = 0; id < count; id++)
		bits[id] = location_bits(spec, profile,
					 profile_location(profile, id));
	return bits;
}

static void filter_stacks(struct filter *filter, const struct filter_spec *spec,
			  const struct profile *profile)
{
	uint8_t *bits = bits_of_locations(spec, profile);
	uint8_t *through = mem_alloc(profile->stacks.count + 1);

	u8_vec_reserve(&filter->stacks, profile->stacks.count);
	for (size_t i = 0; i < profile->stacks.count; i++) {
		const struct stack *stack = &profile->stacks.items[i];
		const struct profile_frame *frame =
			&profile->frames.items[stack->frame];

		if (stack->parent != ID_NONE)
			through[i] = through[stack->parent];
		for (uint32_t j = 0; j < frame->count; j++)
			through[i] |= bits[profile->chain.items[frame->first +
								j]];
		u8_vec_push(&filter->stacks, through[i] == THROUGH_ALL);
	}
	free(through);
	free(bits);
}

static void filter_threads(struct filter *filter,
			   const struct filter_spec *spec,
			   const struct profile *profile)
{
	u8_vec_reserve(&filter->threads, profile->threads.count);
	for (size_t i = 0; i < profile->threads.count; i++) {
		const struct profile_thread *thread =
			&profile->threads.items[i];
		const struct process *process =
			&profile->processes.items[thread->begin.process].begin;

		u8_vec_push(&filter->threads,
			    patterns_match_id(&spec->threads, thread->name,
					      thread->begin.tid) &&
			    patterns_match_id(&spec->processes, process->name,
					      process->pid));
	}
}

/* What lies in a region that fits does, too; it comes after it. */
static void filter_regions(struct filter *filter,
			   const struct filter_spec *spec,
			   const struct profile *profile)
{
	u8_vec_reserve(&filter->regions, profile->regions.count);
	for (size_t i = 0; i < profile->regions.count; i++) {
		const struct region *region = &profile->regions.items[i].region;

		u8_vec_push(&filter->regions,
			    patterns_match(&spec->regions, region->name) ||
			    (region->parent != ID_NONE &&
			     filter->regions.items[region->parent]));
	}
}

static bool region_fits(const struct profile *profile, size_t i,
			const struct patterns *pattern)
{
	return patterns_match(pattern, profile->regions.items[i].region.name);
}

static bool thread_fits(const struct profile *profile, size_t i,
			const struct patterns *pattern)
{
	const struct profile_thread *thread = &profile->threads.items[i];

	return patterns_match_id(pattern, thread->name, thread->begin.tid);
}

static bool process_fits(const struct profile *profile, size_t i,
			 const struct patterns *pattern)
{
	const struct process *process = &profile->processes.items[i].begin;

	return patterns_match_id(pattern, process->name, process->pid);
}

static bool module_fits(const struct profile *profile, size_t i,
			const struct patterns *pattern)
{
	return patterns_match_path(pattern,
				   profile->modules.items[i].module.path);
}

static bool function_fits(const struct profile *profile, size_t i,
			  const struct patterns *pattern)
{
	return patterns_match_function(pattern, &profile->functions.items[i]);
}

static bool file_fits(const struct profile *profile, size_t i,
		      const struct patterns *pattern)
{
	const struct location *location = profile_location(profile, i);
	const char *file = profile_location_file(profile, location);
	const struct function *function =
		&profile->functions.items[location->function];

	return patterns_match_path(pattern, file ? file : function->file);
}

/* Every pattern must fit something: a typing error shows nothing. */
static int check_patterns(const struct profile *profile, const char *what,
			  const struct patterns *patterns, size_t count,
			  bool (*fits)(const struct profile *, size_t,
				       const struct patterns *),
			  struct error *err)
{
	for (size_t i = 0; i < patterns->count; i++) {
		const struct patterns one = { &patterns->items[i], 1 };
		size_t at = 0;

		while (at < count && !fits(profile, at, &one))
			at++;
		if (at == count)
			return error_set(err, ERROR_NOT_FOUND,
					 "no %s fits '%s'", what,
					 patterns->items[i]);
	}
	return 0;
}

static int check_spec(const struct filter_spec *spec,
		      const struct profile *profile, struct error *err)
{
	if (check_patterns(profile, "thread", &spec->threads,
			   profile->threads.count, thread_fits, err) ||
	    check_patterns(profile, "process", &spec->processes,
			   profile->processes.count, process_fits, err) ||
	    check_patterns(profile, "module", &spec->modules,
			   profile->modules.count, module_fits, err) ||
	    check_patterns(profile, "function", &spec->functions,
			   profile->functions.count, function_fits, err) ||
	    check_patterns(profile, "region", &spec->regions,
			   profile->regions.count, region_fits, err))
		return -1;
	return check_patterns(profile, "file", &spec->files,
			      profile->locations.count, file_fits, err);
}

static int compare_spans(const void *a, const void *b)
{
	const struct filter_span *x = a, *y = b;

	if (x->run != y->run)
		return x->run < y->run ? -1 : 1;
	return x->from_ns < y->from_ns ? -1 : x->from_ns > y->from_ns;
}

/* Those that overlap become one. */
static void merge_spans(struct filter_span_vec *spans)
{
	size_t kept = 0;

	if (!spans->count)
		return;
	qsort(spans->items, spans->count, sizeof(*spans->items),
	      compare_spans);
	for (size_t i = 1; i < spans->count; i++) {
		const struct filter_span *span = &spans->items[i];
		struct filter_span *last = &spans->items[kept];

		if (span->run == last->run && span->from_ns <= last->to_ns)
			last->to_ns = MAX(last->to_ns, span->to_ns);
		else
			spans->items[++kept] = *span;
	}
	spans->count = kept + 1;
}

struct span_finder {
	struct filter *filter;
	const struct profile *profile;
};

static void find_span(void *context, const struct profile_call *call,
		      uint64_t slack_ns)
{
	struct span_finder *finder = context;
	const struct profile *profile = finder->profile;
	const uint32_t process =
		profile->regions.items[call->call.region].region.process;
	const uint32_t run = profile->processes.items[process].begin.run;
	const uint64_t start_ns = profile->runs.items[run].begin.start_ns;
	struct region_call inside;

	if (finder->filter->regions.items[call->call.region] &&
	    filter_call(finder->filter, profile, call, &inside))
		filter_span_vec_push(&finder->filter->spans,
				     (struct filter_span){
			.run = run,
			.from_ns = inside.start_ns - start_ns,
			.to_ns = inside.end_ns - start_ns });
}

/* Calls that were told, and functions as far as samples tell. */
static void find_spans(struct filter *filter, const struct profile *profile)
{
	struct span_finder finder = { filter, profile };

	region_calls_visit(profile, find_span, &finder);
	merge_spans(&filter->spans);
}

size_t filter_spans(const struct filter *filter, uint32_t run,
		    struct filter_span *whole,
		    const struct filter_span **spans)
{
	size_t first = 0, count = 0;

	*whole = (struct filter_span){ run, filter->from_ns, filter->to_ns };
	*spans = whole;
	if (!filter->regions.count)
		return 1;
	while (first < filter->spans.count &&
	       filter->spans.items[first].run < run)
		first++;
	while (first + count < filter->spans.count &&
	       filter->spans.items[first + count].run == run)
		count++;
	/* Without any, there may be no array to point into. */
	if (count)
		*spans = &filter->spans.items[first];
	return count;
}

int filter_init(struct filter *filter, const struct filter_spec *spec,
		const struct profile *profile, struct error *err)
{
	*filter = (struct filter){
		.from_ns = spec->from_ns,
		.to_ns = spec->to_ns ? spec->to_ns : UINT64_MAX,
	};
	if (check_spec(spec, profile, err))
		return -1;
	if (spec->threads.count || spec->processes.count)
		filter_threads(filter, spec, profile);
	if (has_code_patterns(spec))
		filter_stacks(filter, spec, profile);
	if (spec->regions.count)
		filter_regions(filter, spec, profile);
	if (filter->regions.count)
		find_spans(filter, profile);
	return 0;
}

void filter_release(struct filter *filter)
{
	u8_vec_release(&filter->threads);
	u8_vec_release(&filter->stacks);
	u8_vec_release(&filter->regions);
	filter_span_vec_release(&filter->spans);
}

/* `weight` times `part` / `whole`, for part <= whole and whole > 0. */
static uint64_t scale(uint64_t weight, uint64_t part, uint64_t whole)
{
	return (unsigned __int128)weight * part / whole;
}

static bool clip(const struct filter *filter, const struct profile *profile,
		 const struct sample *sample, uint64_t *wall_ns,
		 uint64_t *cpu_ns)
{
	const struct profile_run *run = profile_sample_run(profile, sample);
	const uint64_t start = run->begin.start_ns;
	uint64_t to = sample->time_ns > start ? sample->time_ns - start : 0;
	uint64_t from = to > sample->length_ns ? to - sample->length_ns : 0;
	const uint64_t whole = to - from;

	if (!whole)
		return to >= filter->from_ns && to < filter->to_ns;
	from = MAX(from, filter->from_ns);
	to = MIN(to, filter->to_ns);
	if (to <= from)
		return false;
	*wall_ns = scale(*wall_ns, to - from, whole);
	*cpu_ns = scale(*cpu_ns, to - from, whole);
	return true;
}

bool filter_sample(const struct filter *filter, const struct profile *profile,
		   const struct sample *sample, uint64_t *wall_ns,
		   uint64_t *cpu_ns)
{
	if (filter->threads.count && !filter->threads.items[sample->thread])
		return false;
	if (filter->stacks.count && !filter->stacks.items[sample->stack])
		return false;
	if (filter->regions.count && (sample->region == ID_NONE ||
				      !filter->regions.items[sample->region]))
		return false;
	*wall_ns = sample->wall_ns;
	*cpu_ns = sample->cpu_ns;
	if (!filter->from_ns && filter->to_ns == UINT64_MAX)
		return true;
	return clip(filter, profile, sample, wall_ns, cpu_ns);
}

bool filter_call(const struct filter *filter, const struct profile *profile,
		 const struct profile_call *call, struct region_call *inside)
{
	const struct process *process = &profile->processes.items[
		profile->threads.items[call->thread].begin.process].begin;
	const uint64_t begin =
		profile->runs.items[process->run].begin.start_ns;
	const uint64_t from = begin + MIN(filter->from_ns, UINT64_MAX - begin);
	const uint64_t to = begin + MIN(filter->to_ns, UINT64_MAX - begin);

	*inside = call->call;
	inside->start_ns = MAX(inside->start_ns, begin);
	inside->end_ns = MAX(inside->end_ns, begin);
	if (filter->threads.count && !filter->threads.items[call->thread])
		return false;
	if (inside->start_ns >= to || inside->end_ns < from)
		return false;
	inside->start_ns = MAX(inside->start_ns, from);
	inside->end_ns = MIN(inside->end_ns, to);
	return true;
}
