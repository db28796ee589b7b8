/* SPDX-License-Identifier: MIT */
#include "inspect_json.h"

#include <inttypes.h>
#include <stdio.h>

static json_t *file_json(const struct inspect_facts *facts, const char *path)
{
	const struct recording_info *info = &facts->info;
	json_t *file = json_object();
	json_t *host = json_object();
	char version[16];

	snprintf(version, sizeof(version), "%u.%u", facts->header.major,
		 facts->header.minor);
	json_put(file, "path", json_text(path));
	json_put(file, "bytes", json_count(facts->file_bytes));
	json_put(file, "format", json_text(version));
	json_put(file, "state", json_text(file_state_name(facts->state)));
	json_put(file, "why", facts->why.kind ? json_text(facts->why.text) :
		 json_null());
	json_put(file, "lost_bytes", json_count(facts->lost_bytes));
	json_put(file, "damaged_bytes", json_count(facts->damage.bytes));
	json_put(file, "damaged_places", json_count(facts->damage.places));
	json_put(file, "chunks_missing", json_count(facts->damage.chunks));
	json_put(file, "definitions_lost",
		 json_count(facts->definitions_lost));
	json_put(file, "start_realtime_ns",
		 json_count(facts->header.start_realtime_ns));
	json_put(host, "name", json_text(info->host));
	json_put(host, "kernel", json_text(info->kernel));
	json_put(host, "machine", json_text(info->machine));
	json_put(host, "cpu_model", json_text(info->cpu_model));
	json_put(host, "cpus", json_count(info->cpu_count));
	json_put(host, "memory_bytes", json_count(info->memory_bytes));
	json_put(file, "host", host);
	json_put(file, "cprof_version", json_text(info->cprof_version));
	return file;
}

static json_t *types_json(const struct inspect_facts *facts)
{
	json_t *types = json_array();

	for (size_t i = 0; i < facts->types.count; i++) {
		const struct type_fact *fact = &facts->types.items[i];
		json_t *row = json_object();
		char type[5];

		chunk_type_text(fact->type, type);
		json_put(row, "type", json_text(type));
		json_put(row, "chunks", json_count(fact->count));
		json_put(row, "bytes", json_count(fact->stored_bytes));
		json_put(row, "raw_bytes", json_count(fact->raw_bytes));
		json_push(types, row);
	}
	return types;
}

static json_t *chunks_json(const struct inspect_facts *facts)
{
	json_t *chunks = json_array();

	for (size_t i = 0; i < facts->chunks.count; i++) {
		const struct chunk_fact *fact = &facts->chunks.items[i];
		json_t *row = json_object();
		char type[5];

		chunk_type_text(fact->type, type);
		json_put(row, "sequence", json_count(fact->sequence));
		json_put(row, "type", json_text(type));
		json_put(row, "version", json_count(fact->version));
		json_put(row, "critical",
			 json_boolean(fact->flags & CHUNK_CRITICAL));
		json_put(row, "offset", json_count(fact->offset));
		json_put(row, "bytes", json_count(fact->stored_bytes));
		json_put(row, "raw_bytes", json_count(fact->raw_bytes));
		json_push(chunks, row);
	}
	return chunks;
}

static json_t *losses_json(const struct losses *losses)
{
	json_t *row = json_object();

	json_put(row, "samples", json_count(losses->samples_lost));
	json_put(row, "stacks_truncated",
		 json_count(losses->stacks_truncated));
	json_put(row, "stacks_unreadable",
		 json_count(losses->stacks_unreadable));
	json_put(row, "ticks_late", json_count(losses->ticks_late));
	json_put(row, "ticks_missed", json_count(losses->ticks_missed));
	json_put(row, "calls_restarted", json_count(losses->calls_restarted));
	json_put(row, "threads_missed", json_count(losses->threads_missed));
	json_put(row, "transfers_cut", json_count(losses->transfers_cut));
	return row;
}

static void put_run_end(json_t *row, const struct run_end *end)
{
	json_put(row, "end_ns", json_count(end->end_ns));
	json_put(row, "exit_status", json_integer(end->exit_status));
	json_put(row, "user_ns", json_count(end->user_ns));
	json_put(row, "system_ns", json_count(end->system_ns));
	json_put(row, "peak_memory_bytes",
		 json_count(end->peak_memory_bytes));
	json_put(row, "samples", json_count(end->samples));
	json_put(row, "stops", json_count(end->stops));
	json_put(row, "held_ns", json_count(end->held_ns));
	json_put(row, "interrupt_ns", json_count(end->interrupt_ns));
	json_put(row, "own_cpu_ns", json_count(end->own_cpu_ns));
	json_put(row, "cost_ns", json_count(end->cost_ns));
	json_put(row, "skid_ns", json_count(end->skid_ns));
	json_put(row, "lateness_p50_ns", json_count(end->lateness_p50_ns));
	json_put(row, "lateness_p99_ns", json_count(end->lateness_p99_ns));
	json_put(row, "held_p50_ns", json_count(end->held_p50_ns));
	json_put(row, "held_p99_ns", json_count(end->held_p99_ns));
	json_put(row, "held_max_ns", json_count(end->held_max_ns));
	json_put(row, "cpu_stops", json_count(end->cpu_stops));
	json_put(row, "call_stops", json_count(end->call_stops));
	json_put(row, "late_stops", json_count(end->late_stops));
	json_put(row, "sleep_cost_ns", json_count(end->sleep_cost_ns));
	json_put(row, "losses", losses_json(&end->losses));
}

/* A series is no number for JSON: it has 64 bits. */
static json_t *place_json(const struct run_place *place)
{
	json_t *row = json_object();
	char series[17];

	snprintf(series, sizeof(series), "%016" PRIx64, place->series);
	json_put(row, "series", json_text(series));
	json_put(row, "pair", json_count(place->pair));
	json_put(row, "order", json_count(place->order));
	return row;
}

json_t *inspect_run_json(const struct summary_run *run)
{
	const struct run_begin *begin = &run->begin;
	json_t *row = json_object();
	json_t *command = json_array();
	json_t *labels = json_array();

	for (size_t i = 0; i < begin->argc; i++)
		json_push(command, json_text(begin->argv[i]));
	for (size_t i = 0; i < begin->label_count; i++) {
		json_t *label = json_object();

		json_put(label, "key", json_text(begin->labels[i].key));
		json_put(label, "value", json_text(begin->labels[i].value));
		json_push(labels, label);
	}
	json_put(row, "name", json_text(begin->name));
	json_put(row, "version", json_text(begin->version));
	json_put(row, "command", command);
	json_put(row, "labels", labels);
	json_put(row, "kind", json_text(begin->kind == RUN_PLAIN ?
					"plain" : "sampled"));
	if (begin->place.series)
		json_put(row, "place", place_json(&begin->place));
	json_put(row, "attached", json_boolean(begin->flags & RUN_ATTACHED));
	json_put(row, "rate_hz", json_count(begin->rate_hz));
	json_put(row, "max_overhead_ppm", json_count(begin->overhead_ppm));
	json_put(row, "level", run_level_name(begin->level) ?
		 json_text(run_level_name(begin->level)) : json_null());
	json_put(row, "start_ns", json_count(begin->start_ns));
	json_put(row, "start_realtime_ns",
		 json_count(begin->start_realtime_ns));
	json_put(row, "ended", json_boolean(run->ended));
	if (run->ended)
		put_run_end(row, &run->end);
	return row;
}

static json_t *process_json(const struct process_fact *fact)
{
	const struct process *process = &fact->process;
	json_t *row = json_object();

	json_put(row, "run", json_count(process->run));
	json_put(row, "pid", json_integer(process->pid));
	json_put(row, "parent", process->parent == ID_NONE ? json_null() :
		 json_count(process->parent));
	json_put(row, "name", json_text(process->name));
	json_put(row, "exe", json_text(process->exe));
	json_put(row, "start_ns", json_count(process->start_ns));
	json_put(row, "threads", json_count(fact->threads));
	json_put(row, "samples", json_count(fact->samples));
	json_put(row, "cpu_ns", json_count(fact->cpu_ns));
	json_put(row, "end_ns", fact->ended ? json_count(fact->end.end_ns) :
		 json_null());
	if (fact->ended) {
		json_put(row, "peak_memory_bytes",
			 json_count(fact->end.peak_memory_bytes));
		json_put(row, "exit_status",
			 json_integer(fact->end.exit_status));
	}
	return row;
}

static json_t *quality_json(const struct quality_fact *quality)
{
	json_t *row = json_object();

	json_put(row, "samples", json_count(quality->samples));
	json_put(row, "on_cpu", json_count(quality->on_cpu));
	json_put(row, "truncated", json_count(quality->truncated));
	json_put(row, "unreadable", json_count(quality->unreadable));
	json_put(row, "late", json_count(quality->late));
	json_put(row, "unstopped", json_count(quality->unstopped));
	json_put(row, "moved", json_count(quality->moved));
	json_put(row, "frames", json_count(quality->frames));
	json_put(row, "symbols", json_count(quality->symbols));
	json_put(row, "nameless", json_count(quality->nameless));
	return row;
}

void inspect_print_json(const struct inspect_facts *facts, const char *path,
			bool chunks)
{
	struct strbuf text = STRBUF_INIT;
	json_t *root = json_object();
	json_t *runs = json_array();
	json_t *processes = json_array();

	for (size_t i = 0; i < facts->runs.count; i++)
		json_push(runs, inspect_run_json(&facts->runs.items[i]));
	for (size_t i = 0; i < facts->processes.count; i++)
		json_push(processes,
			  process_json(&facts->processes.items[i]));
	json_put(root, "schema", json_text("cprof.inspect/1"));
	json_put(root, "file", file_json(facts, path));
	json_put(root, "chunk_types", types_json(facts));
	if (chunks)
		json_put(root, "chunks", chunks_json(facts));
	json_put(root, "wall_ns", json_count(facts->wall_ns));
	json_put(root, "cpu_ns", json_count(facts->cpu_ns));
	json_put(root, "threads", json_count(facts->thread_processes.count));
	json_put(root, "modules", json_count(facts->modules));
	json_put(root, "stacks", json_count(facts->stacks));
	json_put(root, "quality", quality_json(&facts->quality));
	json_put(root, "losses", losses_json(&facts->losses));
	json_put(root, "runs", runs);
	json_put(root, "processes", processes);
	json_add(&text, root);
	fputs(strbuf_text(&text), stdout);
	strbuf_release(&text);
	json_decref(root);
}
