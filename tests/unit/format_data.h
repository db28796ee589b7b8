/* SPDX-License-Identifier: MIT */
/* Recordings made by hand, to be played into any sink. */
#ifndef CPROF_TESTS_FORMAT_DATA_H
#define CPROF_TESTS_FORMAT_DATA_H

#include "base/clock.h"
#include "base/compiler.h"
#include "model/sink.h"

#include <string.h>

static const struct recording_info data_info = {
	.host = "there", .kernel = "6.1.0", .machine = "x86_64",
	.cpu_model = "A CPU @ 3 GHz", .cprof_version = "0.1.0",
	.cpu_count = 2, .memory_bytes = UINT64_C(8) << 30,
	.start_realtime_ns = UINT64_C(1700000000) * NS_PER_S,
};

static const char hostile_name[] =
	"\x1b]0;pwned\x07;<script>\n\xff\xc3\xe2\x80\xae";

static inline void data_begin(struct sample_sink *sink, const char *version,
			      uint64_t start_ns)
{
	const char *argv[] = { "./app", "-x", "two words", "", hostile_name };
	const struct label labels[] = { { "host", "ci-1" }, { "", "" } };

	sink->ops->run_begin(sink, &(struct run_begin){
		.start_ns = start_ns,
		.start_realtime_ns = data_info.start_realtime_ns + start_ns,
		.argv = argv, .argc = ARRAY_SIZE(argv), .name = "app",
		.version = version, .labels = labels,
		.label_count = ARRAY_SIZE(labels), .rate_hz = 1000,
		.kind = RUN_PROFILED, .level = LEVEL_DETAILED });
}

static inline void data_end(struct sample_sink *sink, uint64_t end_ns,
			    int status)
{
	sink->ops->run_end(sink, &(struct run_end){
		.end_ns = end_ns, .exit_status = status, .user_ns = 123456789,
		.system_ns = 1, .peak_memory_bytes = 1 << 20, .samples = 7,
		.stops = 6, .held_ns = 5000, .interrupt_ns = 9000,
		.own_cpu_ns = 4, .lateness_p50_ns = 100,
		.lateness_p99_ns = UINT64_MAX, .held_p50_ns = 3,
		.held_p99_ns = UINT64_MAX, .held_max_ns = 2,
		.losses = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.memory = { 8, 9, UINT64_MAX, 10 },
		.cpu_stops = 11, .call_stops = UINT64_MAX,
		.late_stops = 12, .sleep_cost_ns = UINT64_MAX });
}

static inline void data_modules(struct sample_sink *sink)
{
	struct module app = {
		.kind = MODULE_FILE, .build_id_len = BUILD_ID_MAX,
		.process = ID_NONE, .path = "/usr/bin/app",
	};
	const struct module others[] = {
		{ .kind = MODULE_JIT, .process = 0, .path = "[jit]" },
		{ .kind = MODULE_VDSO, .process = ID_NONE, .path = "[vdso]" },
	};

	memset(app.build_id, 0xab, sizeof(app.build_id));
	sink->ops->module(sink, &(struct module){
		.kind = MODULE_SPECIAL, .process = ID_NONE,
		.path = "[special]" });
	sink->ops->module(sink, &app);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		sink->ops->module(sink, &others[i]);
}

/* main, fib, fib, ... : frames 1 and 2, stacks 0 to 9; stack 10 is cut. */
static inline void data_stacks(struct sample_sink *sink)
{
	const struct frame frames[] = {
		{ 0, SPECIAL_TRUNCATED_CFI }, { 1, 0x1149 }, { 1, 0x1203 },
		{ 2, 0x7f0012345678 }, { 3, UINT64_MAX },
	};

	for (size_t i = 0; i < ARRAY_SIZE(frames); i++)
		sink->ops->frame(sink, &frames[i]);
	for (uint32_t i = 0; i < 10; i++)
		sink->ops->stack(sink, &(struct stack){
			.parent = i ? i - 1 : ID_NONE, .frame = i ? 2 : 1 });
	sink->ops->stack(sink, &(struct stack){ ID_NONE, 0 });
	sink->ops->stack(sink, &(struct stack){ 10, 3 });
	sink->ops->stack(sink, &(struct stack){ 3, 4 });
}

static inline void data_windows(struct sample_sink *sink)
{
	const struct interval busy[] = {
		{ 1000000, 3, STATE_RUNNING, 0 },
		{ 900000, 9, STATE_RUNNING, SAMPLE_LATE },
		{ 1100000, 0, STATE_RUNNABLE, 0 },
		{ 0, 12, STATE_RUNNING, 0 },
	};
	const struct interval idle[] = {
		{ 1000000001, 11, STATE_FUTEX, SAMPLE_UNSTOPPED },
	};
	const struct thread_window windows[] = {
		{ 0, 5000, 1234567, 100, busy, ARRAY_SIZE(busy) },
		{ 1, 4000, 0, 0, idle, ARRAY_SIZE(idle) },
		{ 0, 3005000, 77, 0, NULL, 0 },
		{ 1, 1000004001, 0, UINT32_MAX, idle, ARRAY_SIZE(idle) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(windows); i++)
		sink->ops->window(sink, &windows[i]);
}

static inline void data_symbols(struct sample_sink *sink)
{
	const struct source_location chain[] = {
		{ "inner", NULL, "/src/a b.h", 3, 0 },
		{ "std::vector<int>::push_back(int&&)", "_ZNSt6vec", NULL, 0,
		  0 },
		{ hostile_name, NULL, "/src/app.c", UINT32_MAX, 7 },
	};

	sink->ops->symbol(sink, &(struct symbol){ 2, SYMBOL_OK, chain, 3 });
	sink->ops->symbol(sink, &(struct symbol){ 1, SYMBOL_RANGE, chain,
						  1 });
	sink->ops->symbol(sink, &(struct symbol){ 4, SYMBOL_NONE, chain + 1,
						  1 });
}

/* Of every scope; a gauge that falls, ends of the range, a time twice. */
static inline void data_metrics(struct sample_sink *sink)
{
	const struct metric metrics[] = {
		{ "memory.rss", "memory", METRIC_GAUGE, METRIC_BYTES,
		  METRIC_OF_RUN, 0 },
		{ "io.read", "io", METRIC_CUMULATIVE, METRIC_BYTES,
		  METRIC_OF_PROCESS, 0 },
		{ "cpu", "cpu", METRIC_CUMULATIVE, METRIC_NS,
		  METRIC_OF_THREAD, 1 },
		{ "machine.steal", "machine", METRIC_CUMULATIVE, METRIC_PPM,
		  METRIC_OF_MACHINE, 0 },
		{ hostile_name, METRIC_COUNTER, METRIC_GAUGE, METRIC_NUMBER,
		  METRIC_OF_PROCESS, 0 },
	};
	const struct metric_value values[] = {
		{ 5000, 1 << 20, 0 }, { 6000, 5 << 12, 0 }, { 6000, 0, 0 },
		{ 5000, 1, 1 }, { 9000, INT64_MAX, 1 },
		{ 7000, -1, 4 }, { 9000, INT64_MIN, 4 },
		{ 9000, INT64_MAX, 4 }, { 1 << 30, 77, 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
		sink->ops->metric(sink, &metrics[i]);
	sink->ops->values(sink, values, ARRAY_SIZE(values));
	sink->ops->collector(sink, &(struct collector_report){
		.run = 0, .name = "memory", .note = hostile_name, .reads = 3,
		.cost_ns = UINT64_MAX, .period_ns = 100 });
}

/* One in another, a moment; two threads; cut calls; ends of the range. */
static inline void data_regions(struct sample_sink *sink)
{
	const struct region regions[] = {
		{ 0, ID_NONE, REGION_SCOPE, "main" },
		{ 0, 0, REGION_SCOPE, hostile_name },
		{ 0, 1, REGION_EVENT, "here" },
	};
	const struct region_call calls[] = {
		{ 6000, 7000, 1, 0 }, { 6500, 6500, 2, 0 },
		{ 7000, 7000, 1, REGION_LEFT },
		{ 5000, 900000000, 0, REGION_CUT },
	};
	const struct region_call other[] = {
		{ 0, (UINT64_C(1) << 62) - 1, 1, 0 },
	};
	struct region_total total = {
		.region = 1, .calls = 4, .total_ns = 1 << 30,
		.max_ns = (UINT64_C(1) << 62) - 1,
	};

	for (size_t i = 0; i < ARRAY_SIZE(regions); i++)
		sink->ops->region(sink, &regions[i]);
	sink->ops->region_calls(sink, &(struct region_window){
		0, calls, ARRAY_SIZE(calls) });
	sink->ops->region_calls(sink, &(struct region_window){
		1, other, ARRAY_SIZE(other) });
	total.buckets[0] = 3;
	total.buckets[REGION_BUCKETS - 1] = UINT32_MAX;
	sink->ops->region_total(sink, &total);
	sink->ops->region_label(sink, &(struct region_label){
		1, "size", hostile_name });
	sink->ops->region_losses(sink, &(struct region_losses){
		0, 1, 2, 3, 4, 5, 6, 7, 8, UINT64_MAX });
	sink->ops->run_note(sink, &(struct run_note){
		0, RUN_NOTE_NAME, "", "named" });
	sink->ops->run_note(sink, &(struct run_note){
		0, RUN_NOTE_LABEL, "k", hostile_name });
	sink->ops->run_note(sink, &(struct run_note){
		0, RUN_NOTE_REGION, "", "work*" });
	sink->ops->run_note(sink, &(struct run_note){
		0, RUN_NOTE_UNREAD, "", "/usr/lib/plugin.so" });
}

/* Three runs, the last plain; a child, a thread, recursion, a late symbol. */
static inline void data_small(struct sample_sink *sink)
{
	data_begin(sink, "1.0", 0);
	sink->ops->process(sink, &(struct process){
		.parent = ID_NONE, .pid = 4711, .name = "app",
		.exe = "/usr/bin/app" });
	sink->ops->thread(sink, &(struct thread){
		.process = 0, .tid = 4711, .name = "app" });
	data_modules(sink);
	data_stacks(sink);
	sink->ops->thread(sink, &(struct thread){
		.process = 0, .tid = 4712, .start_ns = 12,
		.name = hostile_name });
	data_windows(sink);
	sink->ops->flush(sink);
	data_metrics(sink);
	data_regions(sink);
	sink->ops->process(sink, &(struct process){
		.parent = 0, .pid = INT32_MAX, .start_ns = 1 << 30,
		.name = "", .exe = "/bin/sh" });
	sink->ops->thread_end(sink, &(struct thread_end){
		.thread = 1, .end_ns = 99, .cpu_ns = 5, .runqueue_ns = 6,
		.yields = 7, .name = "renamed" });
	sink->ops->process_end(sink, &(struct process_end){
		.process = 0, .end_ns = 1 << 30, .peak_memory_bytes = 1 << 25,
		.exit_status = -1 });
	data_end(sink, 1 << 30, 256);
	data_begin(sink, "", UINT64_C(2) << 30);
	data_windows(sink);
	data_end(sink, UINT64_C(3) << 30, 0);
	sink->ops->run_begin(sink, &(struct run_begin){
		.start_ns = UINT64_C(3) << 30, .name = "app", .version = "",
		.kind = RUN_PLAIN, .place = { UINT64_MAX, 7, UINT32_MAX } });
	sink->ops->run_end(sink, &(struct run_end){
		.end_ns = UINT64_C(4) << 30, .user_ns = 3, .system_ns = 4,
		.peak_memory_bytes = 5, .exit_status = 9 });
	data_symbols(sink);
}

#endif
