/* SPDX-License-Identifier: MIT */
#include "profile/profile.h"

#include <string.h>

void profile_free(struct profile *profile)
{
	if (!profile)
		return;
	profile_file_vec_release(&profile->files);
	profile_run_vec_release(&profile->runs);
	profile_process_vec_release(&profile->processes);
	profile_thread_vec_release(&profile->threads);
	profile_module_vec_release(&profile->modules);
	function_vec_release(&profile->functions);
	intern_release(&profile->locations);
	u32_vec_release(&profile->chain);
	profile_frame_vec_release(&profile->frames);
	stack_vec_release(&profile->stacks);
	u8_vec_release(&profile->stack_flags);
	sample_vec_release(&profile->samples);
	profile_metric_vec_release(&profile->metrics);
	metric_value_vec_release(&profile->values);
	profile_region_vec_release(&profile->regions);
	profile_call_vec_release(&profile->calls);
	region_label_vec_release(&profile->region_labels);
	pattern_vec_release(&profile->region_functions);
	pattern_vec_release(&profile->unread_modules);
	region_losses_vec_release(&profile->region_losses);
	collector_report_vec_release(&profile->collectors);
	intern_release(&profile->strings);
	arena_release(&profile->arena);
	free(profile);
}

const struct location *profile_location(const struct profile *profile,
					uint32_t id)
{
	/* The arena that holds it aligns for any type. */
	return (const void *)intern_get(&profile->locations, id, NULL);
}

const char *profile_location_file(const struct profile *profile,
				  const struct location *location)
{
	if (location->file == ID_NONE)
		return NULL;
	return intern_get(&profile->strings, location->file, NULL);
}

const struct profile_run *profile_main_run(const struct profile *profile)
{
	const struct profile_run_vec *runs = &profile->runs;

	for (size_t i = 0; i < runs->count; i++) {
		if (runs->items[i].begin.kind != RUN_PLAIN)
			return &runs->items[i];
	}
	return runs->count ? runs->items : NULL;
}

const struct profile_run *profile_sample_run(const struct profile *profile,
					     const struct sample *sample)
{
	const struct profile_thread *thread =
		&profile->threads.items[sample->thread];
	const struct profile_process *process =
		&profile->processes.items[thread->begin.process];

	return &profile->runs.items[process->begin.run];
}

bool sample_has_cpu(const struct sample *sample)
{
	return sample->state == STATE_RUNNING || sample->cpu_ns;
}
