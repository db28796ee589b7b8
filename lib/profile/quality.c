/* SPDX-License-Identifier: MIT */
#include "profile/quality.h"

struct measure {
	const char *what;
	uint64_t part, whole;
	double limit;
	bool names_only;
};

static void check(struct quality_flaw *flaws, size_t *count,
		  const struct measure *measure)
{
	const double percent = measure->whole ?
			       100.0 * measure->part / measure->whole : 0;

	if (percent <= measure->limit)
		return;
	flaws[(*count)++] = (struct quality_flaw){
		measure->what, percent, measure->limit, measure->names_only
	};
}

static uint64_t partial_files(const struct profile *profile)
{
	uint64_t count = 0;

	for (size_t i = 0; i < profile->files.count; i++)
		count += profile->files.items[i].partial;
	return count;
}

size_t quality_flaws(const struct profile *profile,
		     const struct overview *overview,
		     struct quality_flaw flaws[QUALITY_FLAWS_MAX])
{
	const struct losses *losses = &overview->losses;
	const uint64_t samples = overview->samples;
	const uint64_t cpu_ns = overview->cpu_weight_ns;
	const uint64_t threads = profile->threads.count +
				 losses->threads_missed;
	const struct measure measures[] = {
		{ "of the files are cut off", partial_files(profile),
		  profile->files.count, 0, false },
		{ "of the stacks are cut short", overview->truncated,
		  samples, 1, true },
		{ "of the samples have no stack", overview->unreadable,
		  samples, 1, true },
		{ "of the samples on a CPU have no name",
		  overview->nameless, overview->cpu_samples, 1, true },
		{ "of the samples were lost", losses->samples_lost,
		  samples + losses->samples_lost, 1, false },
		{ "of the samples are late", overview->late, samples, 10,
		  false },
		{ "of the threads were not seen", losses->threads_missed,
		  threads, 0, false },
		{ "of the CPU time was too brief to be sampled",
		  overview->between_ns, cpu_ns, 5, false },
		{ "of the CPU time may be attributed to other code",
		  overview->doubtful_ns + overview->call_doubt_ns, cpu_ns, 5,
		  false },
	};
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(measures); i++)
		check(flaws, &count, &measures[i]);
	if (!samples)
		flaws[count++] = (struct quality_flaw){
			"of the samples are missing: there are none", 100, 0,
			false };
	return count;
}
