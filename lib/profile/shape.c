/* SPDX-License-Identifier: MIT */
#include "profile/shape.h"

#include "base/mem.h"

#include <stdlib.h>

/* Did anybody look at what the thread did? */
static bool was_seen(const struct profile *profile,
		     const struct sample *sample)
{
	return !(profile->stack_flags.items[sample->stack] &
		 STACK_BETWEEN_SAMPLES);
}

/* Who lost the CPU was not on it all the time: its weight must do. */
static bool is_filled(const struct profile *profile,
		      const struct sample *sample)
{
	return sample->state == STATE_RUNNING && sample->length_ns &&
	       was_seen(profile, sample);
}

void shapes_init(struct shapes *shapes, const struct profile *profile)
{
	double *length = mem_calloc(profile->threads.count + 1,
				    sizeof(*length));
	double *cpu = mem_calloc(profile->threads.count + 1, sizeof(*cpu));

	for (size_t i = 0; i < profile->samples.count; i++) {
		const struct sample *sample = &profile->samples.items[i];

		if (!is_filled(profile, sample))
			continue;
		length[sample->thread] += sample->length_ns;
		cpu[sample->thread] += sample->cpu_ns;
	}
	for (size_t i = 0; i < profile->threads.count; i++)
		cpu[i] = cpu[i] < length[i] ? cpu[i] / length[i] : 1;
	free(length);
	shapes->profile = profile;
	shapes->cpu_part = cpu;
}

void shapes_release(struct shapes *shapes)
{
	free(shapes->cpu_part);
}

uint64_t shape_length(const struct profile *profile,
		      const struct sample *sample, uint64_t wall_ns)
{
	if (!was_seen(profile, sample))
		return wall_ns;
	if (!sample->wall_ns || wall_ns == sample->wall_ns)
		return sample->length_ns;
	return (double)sample->length_ns * wall_ns / sample->wall_ns;
}

struct sample shape_of(const struct shapes *shapes,
		       const struct sample *sample, uint64_t wall_ns,
		       uint64_t cpu_ns)
{
	struct sample shape = *sample;

	shape.wall_ns = shape_length(shapes->profile, sample, wall_ns);
	shape.cpu_ns = is_filled(shapes->profile, sample) ?
		shape.wall_ns * shapes->cpu_part[sample->thread] : cpu_ns;
	return shape;
}
