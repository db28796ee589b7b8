/* SPDX-License-Identifier: MIT */
#include "profile/quality.h"

static void check(struct quality_flaw *flaws, size_t *count, const char *what,
		  uint64_t part, uint64_t whole, double limit)
{
	const double percent = whole ? 100.0 * part / whole : 0;

	if (percent <= limit)
		return;
	flaws[(*count)++] = (struct quality_flaw){ what, percent, limit };
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
	const struct {
		const char *what;
		uint64_t part, whole;
		double limit;
	} measures[] = {
		{ "of the files are cut off", partial_files(profile),
		  profile->files.count, 0 },
		{ "of the stacks are cut short", overview->truncated,
		  samples, 1 },
		{ "of the samples have no stack", overview->unreadable,
		  samples, 1 },
		{ "of the samples on a CPU have no name",
		  overview->nameless, overview->cpu_samples, 1 },
		{ "of the samples were lost", losses->samples_lost,
		  samples + losses->samples_lost, 1 },
		{ "of the samples are late", overview->late, samples, 10 },
		{ "of the threads were not seen", losses->threads_missed,
		  threads, 0 },
		{ "of the CPU time is between samples",
		  overview->between_ns, cpu_ns, 5 },
		{ "of the CPU time may be attributed to later code",
		  overview->doubtful_ns, cpu_ns, 5 },
	};
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(measures); i++)
		check(flaws, &count, measures[i].what, measures[i].part,
		      measures[i].whole, measures[i].limit);
	if (!samples)
		flaws[count++] = (struct quality_flaw){
			"of the samples are missing: there are none", 100, 0 };
	return count;
}
