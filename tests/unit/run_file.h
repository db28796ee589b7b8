/* SPDX-License-Identifier: MIT */
/* Small profiles, of which only the runs matter. */
#ifndef CPROF_TESTS_RUN_FILE_H
#define CPROF_TESTS_RUN_FILE_H

#include "base/clock.h"
#include "base/mem.h"
#include "format/writer.h"

#include "format_data.h"

#include <stdlib.h>

struct run_file {
	const char *name;
	const char *version;		/* NULL: none */
	const char *host;		/* NULL: "there" */
	const struct label *labels;
	size_t label_count;
	uint64_t start_s;		/* since the epoch */
	uint64_t wall_ms;		/* of the first run */
	uint64_t step_ms;		/* so much longer each further one */
	uint64_t peak_bytes;
	int exit_status;
	uint32_t runs;			/* 0: one */
	uint32_t plain_runs;		/* behind them, a second longer */
	bool regions;			/* "work" with "part" in it, each run */
	const char *said_name;		/* by the program; NULL: nothing */
};

/* Half of the run is work, twice; a quarter of that is part. */
static inline void run_file_play_regions(struct sample_sink *sink,
					 const struct run_file *file,
					 uint32_t run, uint64_t wall_ns)
{
	const uint32_t first = 2 * run;

	sink->ops->region(sink, &(struct region){
		run, ID_NONE, REGION_SCOPE, "work" });
	sink->ops->region(sink, &(struct region){
		run, first, REGION_SCOPE, "part" });
	sink->ops->region_total(sink, &(struct region_total){
		.region = first, .calls = 2, .total_ns = wall_ns / 2,
		.max_ns = wall_ns / 4 });
	sink->ops->region_total(sink, &(struct region_total){
		.region = first + 1, .calls = 1, .total_ns = wall_ns / 8,
		.max_ns = wall_ns / 8 });
	if (file->said_name)
		sink->ops->run_note(sink, &(struct run_note){
			run, RUN_NOTE_NAME, "", file->said_name });
}

/* One process, one thread that is on a CPU for half of the time. */
static inline void run_file_play_run(struct sample_sink *sink,
				     const struct run_file *file,
				     uint32_t run, uint64_t *now_ns)
{
	const char *argv[] = { "./bin", "--fast" };
	const bool plain = run >= (file->runs ? file->runs : 1);
	const uint64_t wall_ns = (file->wall_ms + run * file->step_ms +
				  (plain ? 1000 : 0)) * NS_PER_MS;
	const struct interval intervals[] = {
		{ wall_ns / 2, 0, STATE_RUNNING, 0 },
		{ wall_ns - wall_ns / 2, 0, STATE_SLEEP, SAMPLE_UNSTOPPED },
	};

	sink->ops->run_begin(sink, &(struct run_begin){
		.start_ns = *now_ns,
		.start_realtime_ns = file->start_s * NS_PER_S + *now_ns,
		.argv = argv, .argc = ARRAY_SIZE(argv), .name = file->name,
		.version = file->version ? file->version : "",
		.labels = file->labels, .label_count = file->label_count,
		.rate_hz = 1000, .kind = plain ? RUN_PLAIN : RUN_PROFILED });
	sink->ops->process(sink, &(struct process){
		.run = run, .parent = ID_NONE, .pid = 100 + run,
		.start_ns = *now_ns, .name = "bin", .exe = "/usr/bin/bin" });
	sink->ops->thread(sink, &(struct thread){
		.process = run, .tid = 100 + run, .start_ns = *now_ns,
		.name = "bin" });
	if (!run) {
		data_modules(sink);
		sink->ops->frame(sink, &(struct frame){ 1, 0x1149 });
		sink->ops->stack(sink, &(struct stack){ ID_NONE, 0 });
	}
	sink->ops->window(sink, &(struct thread_window){
		run, *now_ns, wall_ns / 2, 0, intervals,
		ARRAY_SIZE(intervals) });
	if (file->regions && !plain)
		run_file_play_regions(sink, file, run, wall_ns);
	*now_ns += wall_ns;
	sink->ops->run_end(sink, &(struct run_end){
		.end_ns = *now_ns, .exit_status = file->exit_status,
		.user_ns = wall_ns / 2 - wall_ns / 8,
		.system_ns = wall_ns / 8,
		.peak_memory_bytes = file->peak_bytes, .samples = 2,
		.stops = 1 });
}

/* Write it through the real writer; -1 with `err`. */
static inline int run_file_write(const char *path, const struct run_file *file,
				 struct error *err)
{
	struct recording_info info = data_info;
	struct profile_writer *writer;
	uint64_t now_ns = 0;
	int ret;

	info.start_realtime_ns = file->start_s * NS_PER_S;
	if (file->host)
		info.host = file->host;
	if (profile_writer_open(&writer, path, WRITER_REPLACE, &info, err))
		return -1;
	for (uint32_t run = 0; run < (file->runs ? file->runs : 1) +
				     file->plain_runs; run++)
		run_file_play_run(profile_writer_sink(writer), file, run,
				  &now_ns);
	ret = profile_writer_finish(writer, err);
	profile_writer_close(writer);
	return ret;
}

#endif
