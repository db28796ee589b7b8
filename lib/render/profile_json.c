/* SPDX-License-Identifier: MIT */
#include "render/profile_json.h"

#include "base/json.h"

static json_t *file_json(const struct profile_file *file)
{
	json_t *object = json_object();

	json_put(object, "path", json_text(file->path));
	json_put(object, "partial", json_boolean(file->partial));
	json_put(object, "lost_bytes", json_count(file->lost_bytes));
	json_put(object, "damaged_places", json_count(file->skipped_chunks));
	json_put(object, "host", json_text(file->info.host));
	json_put(object, "kernel", json_text(file->info.kernel));
	json_put(object, "machine", json_text(file->info.machine));
	json_put(object, "cpu_model", json_text(file->info.cpu_model));
	json_put(object, "cpu_count", json_count(file->info.cpu_count));
	json_put(object, "cprof_version",
		 json_text(file->info.cprof_version));
	return object;
}

/* Keys come from outside, so they are no keys of ours. */
static json_t *label_json(const struct label *label)
{
	json_t *object = json_object();

	json_put(object, "key", json_text(label->key));
	json_put(object, "value", json_text(label->value));
	return object;
}

static json_t *run_json(const struct profile_run *run)
{
	const struct run_begin *begin = &run->begin;
	const uint64_t end_ns = run->ended ? run->end.end_ns : run->last_ns;
	json_t *object = json_object();
	json_t *command = json_array();
	json_t *labels = json_array();

	for (size_t i = 0; i < begin->argc; i++)
		json_push(command, json_text(begin->argv[i]));
	for (size_t i = 0; i < begin->label_count; i++)
		json_push(labels, label_json(&begin->labels[i]));
	json_put(object, "file", json_count(run->file));
	json_put(object, "kind", json_text(begin->kind == RUN_PLAIN ?
					   "plain" : "sampled"));
	json_put(object, "command", command);
	json_put(object, "name", json_text(begin->name));
	json_put(object, "version", json_text(begin->version));
	json_put(object, "labels", labels);
	json_put(object, "start_realtime_ns",
		 json_count(begin->start_realtime_ns));
	json_put(object, "wall_ns",
		 json_count(end_ns - MIN(begin->start_ns, end_ns)));
	json_put(object, "rate_hz", json_count(begin->rate_hz));
	json_put(object, "max_overhead_ppm", json_count(begin->overhead_ppm));
	json_put(object, "level", run_level_name(begin->level) ?
		 json_text(run_level_name(begin->level)) : json_null());
	json_put(object, "ended", json_boolean(run->ended));
	json_put(object, "exit_status", run->ended && run->end.exit_status >= 0
		 ? json_integer(run->end.exit_status) : json_null());
	return object;
}

static json_t *waiting_json(const struct overview *overview)
{
	json_t *object = json_object();

	for (int i = STATE_RUNNING + 1; i < STATE_COUNT; i++)
		json_put(object, thread_state_name(i),
			 json_count(overview->state_ns[i]));
	return object;
}

/* Null: nobody looked. */
static json_t *memory_json(const struct memory_facts *memory)
{
	json_t *object;

	if (!memory->peak_bytes)
		return json_null();
	object = json_object();
	json_put(object, "initial_bytes", json_count(memory->initial_bytes));
	json_put(object, "peak_bytes", json_count(memory->peak_bytes));
	json_put(object, "peak_ns", json_count(memory->peak_ns));
	json_put(object, "final_bytes", json_count(memory->final_bytes));
	return object;
}

static json_t *quality_json(const struct overview *overview)
{
	const struct losses *losses = &overview->losses;
	json_t *object = json_object();

	json_put(object, "truncated", json_count(overview->truncated));
	json_put(object, "unreadable", json_count(overview->unreadable));
	json_put(object, "unresolved", json_count(overview->nameless));
	json_put(object, "late", json_count(overview->late));
	json_put(object, "moved", json_count(overview->moved));
	json_put(object, "lost", json_count(losses->samples_lost));
	json_put(object, "ticks_late", json_count(losses->ticks_late));
	json_put(object, "ticks_missed", json_count(losses->ticks_missed));
	json_put(object, "calls_restarted",
		 json_count(losses->calls_restarted));
	json_put(object, "threads_missed", json_count(losses->threads_missed));
	json_put(object, "transfers_cut", json_count(losses->transfers_cut));
	json_put(object, "between_samples_ns",
		 json_count(overview->between_ns));
	json_put(object, "short_bursts_ns", json_count(overview->short_ns));
	json_put(object, "doubtful_ns", json_count(overview->doubtful_ns));
	json_put(object, "call_doubt_ns", json_count(overview->call_doubt_ns));
	json_put(object, "points_doubtful",
		 json_real(overview_points_doubtful(overview)));
	json_put(object, "points_off",
		 json_real(overview_points_off(overview)));
	return object;
}

static void put_numbers(json_t *object, const struct view *view)
{
	const struct overview *overview = view->overview;
	const struct profile *profile = view->profile;

	json_put(object, "wall_ns", json_count(overview->wall_ns));
	json_put(object, "cpu_ns", json_count(overview->cpu_ns));
	json_put(object, "cost_ns", json_count(overview->cost_ns));
	json_put(object, "user_ns", overview->cpu_known ?
		 json_count(overview->user_ns) : json_null());
	json_put(object, "system_ns", overview->cpu_known ?
		 json_count(overview->system_ns) : json_null());
	json_put(object, "samples", json_count(overview->samples));
	json_put(object, "cpu_samples", json_count(overview->cpu_samples));
	json_put(object, "cpu_samples_effective",
		 json_real(overview->cpu_effective));
	json_put(object, "threads", json_count(profile->threads.count));
	json_put(object, "processes", json_count(profile->processes.count));
	json_put(object, "peak_memory_bytes", !overview->peak_memory_bytes ?
		 json_null() : json_count(overview->peak_memory_bytes));
	json_put(object, "memory", memory_json(&overview->memory));
	json_put(object, "waiting_ns", waiting_json(overview));
	json_put(object, "quality", quality_json(overview));
}

json_t *profile_json(const struct view *view)
{
	const struct profile *profile = view->profile;
	json_t *object = json_object();
	json_t *files = json_array();
	json_t *runs = json_array();

	for (size_t i = 0; i < profile->files.count; i++)
		json_push(files, file_json(&profile->files.items[i]));
	for (size_t i = 0; i < profile->runs.count; i++)
		json_push(runs, run_json(&profile->runs.items[i]));
	json_put(object, "files", files);
	json_put(object, "runs", runs);
	put_numbers(object, view);
	return object;
}
