/* SPDX-License-Identifier: MIT */
#include "gate_record.h"

#include "base/clock.h"
#include "gate/recorder.h"
#include "record/output_path.h"
#include "record/run_plan.h"
#include "stat/quantile.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	/* Of a long run a few samples a second are enough. */
	SHORT_RUN_HZ = 1000,
	LONG_RUN_HZ = 250,
	LONG_RUN_MS = 500,
	OVERHEAD_PPM = 10000,
	/* Pairs of sampled runs: as many as fit into this time. */
	EXPLAIN_S = 12,
	PAIRS_LEAST = 6,
	PAIRS_MOST = 100
};

static const char *const side_names[GATE_SIDES] = { "base", "new" };

static double median_wall_ns(const struct trial *trial)
{
	const size_t count = trial->rounds.count;
	double *values = mem_calloc(count + 1, sizeof(*values));
	double median = 0;

	for (size_t i = 0; i < count; i++)
		values[i] = trial_metric_of(
			&trial->rounds.items[i].runs[TRIAL_BASE], TRIAL_WALL);
	if (count)
		median = median_of(values, count);
	free(values);
	return median;
}

/* The program's name, or the first word of what a shell runs. */
static void add_name(struct strbuf *out, const struct gate_args *args,
		     const struct gate_commands *commands, int side)
{
	const char *word = commands->argv[side].items[args->shell ? 2 : 0];
	const size_t len = args->shell ? strcspn(word, " \t\n;|&<>()") :
					 strlen(word);
	size_t from = len;

	while (from && word[from - 1] != '/')
		from--;
	if (from == len)
		strbuf_add(out, "command");
	else
		strbuf_add_bytes(out, word + from, len - from);
}

int gate_record_open(struct recorder **recorder,
		     struct gate_profiles *profiles,
		     const struct gate_args *args,
		     const struct gate_commands *commands, int side,
		     double wall_ns, struct error *err)
{
	const uint32_t rate_hz = wall_ns > LONG_RUN_MS * 1e6 ? LONG_RUN_HZ :
							       SHORT_RUN_HZ;
	const char *directory = output_directory(getenv("CPROF_OUTPUT_DIR"));
	struct strbuf *path = &profiles->path[side];
	const struct label label = { "gate", side_names[side] };
	struct recording recording = {
		.mode = WRITER_KEEP,
		.argv = commands->commands[side].argv,
		.argc = commands->argv[side].count - 1,
		.version = side_names[side],
		.labels = &label, .label_count = 1,
		.rate_hz = rate_hz, .overhead_ppm = OVERHEAD_PPM,
		.level = LEVEL_BASIC, .follow = true,
	};
	const struct recorder_config config = {
		.recording = &recording,
		.command = &commands->commands[side],
		.prepare = args->prepare, .input = args->input,
		.show_output = args->show_output,
		.ignore_failure = args->ignore_failure,
		.timeout_ns = args->timeout_ns,
	};

	if (!profiles->name[side].len)
		add_name(&profiles->name[side], args, commands, side);
	recording.name = strbuf_text(&profiles->name[side]);
	if (output_directory_make(directory, err))
		return -1;
	output_path_add(path, directory, recording.name, side_names[side],
			clock_realtime_ns(), getpid());
	recording.path = strbuf_text(path);
	return recorder_open(recorder, &config, err);
}

static void keep_runs(struct recorder *const recorders[GATE_SIDES],
		      const struct trial *trial)
{
	for (uint32_t i = 0; i < trial->rounds.count; i++) {
		const struct trial_round *round = &trial->rounds.items[i];
		const struct plain_run *const runs[] = {
			[GATE_BASE] = &round->runs[TRIAL_BASE],
			[GATE_NEW] = &round->runs[TRIAL_NEW],
		};

		for (int side = 0; side < GATE_SIDES; side++) {
			const bool second = runs[side]->start_ns >
					    runs[!side]->start_ns;
			const struct run_place place = {
				trial->series, i, 2 * i + second,
			};

			recorder_keep(recorders[side], runs[side], &place);
		}
	}
}

static void note_failure(struct gate_profiles *profiles,
			 const struct recorder *recorder, int side,
			 struct error *err)
{
	profiles->prepare_failed = recorder_prepare_failed(recorder);
	profiles->run_failed = !profiles->prepare_failed;
	error_context(err, "a sampled run of the %s command",
		      side_names[side]);
}

static int sample_pairs(struct gate_profiles *profiles,
			struct recorder *const recorders[GATE_SIDES],
			const struct trial *trial, size_t pairs,
			struct error *err)
{
	const uint64_t start_ns = clock_monotonic_ns();
	const uint32_t first = trial->rounds.count;

	for (uint32_t i = 0; i < pairs; i++) {
		const uint64_t spent_ns = clock_monotonic_ns() - start_ns;
		const int swapped = run_order_swapped(trial->series, i);

		/* The new command, and a start, may take longer than base. */
		if (i >= PAIRS_LEAST && spent_ns >= EXPLAIN_S * NS_PER_S)
			break;
		for (int at = 0; at < GATE_SIDES; at++) {
			const int side = at ^ swapped;
			const struct run_place place = {
				trial->series, first + i,
				2 * (first + i) + (uint32_t)at,
			};

			if (recorder_run(recorders[side], &place, err)) {
				note_failure(profiles, recorders[side], side,
					     err);
				return -1;
			}
		}
		profiles->sampled++;
	}
	return 0;
}

size_t gate_record_pairs(double wall_ns)
{
	const double fit = EXPLAIN_S * 1e9 / (2 * MAX(wall_ns, 1e6));

	return MAX(MIN(fit, PAIRS_MOST), PAIRS_LEAST);
}

int gate_record(struct gate_profiles *profiles, const struct gate_args *args,
		const struct gate_commands *commands,
		const struct trial *trial, bool explain, struct error *err)
{
	const double wall_ns = median_wall_ns(trial);
	const size_t pairs = gate_record_pairs(wall_ns);
	struct recorder *recorders[GATE_SIDES] = { NULL, NULL };
	struct error why = ERROR_INIT;
	int ret = 0;

	for (int side = 0; side < GATE_SIDES; side++) {
		add_name(&profiles->name[side], args, commands, side);
		ret |= gate_record_open(&recorders[side], profiles, args,
					commands, side, wall_ns, err);
		if (ret)
			break;
	}
	if (!ret)
		keep_runs(recorders, trial);
	if (!ret && explain)
		ret = sample_pairs(profiles, recorders, trial, pairs, err);
	for (int side = 0; side < GATE_SIDES; side++) {
		if (!recorders[side])
			continue;
		profiles->recorded[side] = !recorder_finish(recorders[side],
							    &why);
		if (!profiles->recorded[side] && !ret) {
			ret = -1;
			if (err)
				*err = why;
		}
	}
	return ret;
}

void gate_profiles_release(struct gate_profiles *profiles)
{
	for (int side = 0; side < GATE_SIDES; side++) {
		strbuf_release(&profiles->path[side]);
		strbuf_release(&profiles->name[side]);
	}
}
