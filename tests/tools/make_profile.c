/* SPDX-License-Identifier: MIT */
/*
 * usage: make_profile KIND FILE [SAMPLES]
 *
 * Write a profile with known content through the real writer, for tests of
 * what reads it.  The same call makes the same bytes (of one version of
 * zstd).  See `kinds` at the end.
 *
 * Code is named by letters and a stack is a word, outermost first:
 *
 *	s _start    m main      a alpha     b beta      f fib
 *	i alpha with tiny_inline inlined into it (two functions, one frame)
 *	w worker    p poll_loop   h a hostile C++ name
 *	D deflate in /usr/lib/libz.so.1      J jit_hot, JIT code
 *	x no symbol, as "[app+0x...]"        T cut short: no unwind information
 *	1 to 6: names that want to be markup, scripts, keys of objects
 */
#include "base/log.h"
#include "format/writer.h"

#include "unit/format_payloads.h"
#include "unit/format_random.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

struct step {
	uint32_t thread;
	const char *stack;
	uint32_t ms;
	uint8_t state;
};

struct maker {
	struct sample_sink *sink;
	char words[256][32];	/* by stack id */
	uint32_t stacks;
	char letters[64];	/* by frame id */
	uint32_t frames;
	uint64_t now_ns;
	uint64_t cpu_ns;	/* of this run */
	uint64_t samples;	/* of this run */
	struct memory_facts memory;
	struct losses losses;
};

enum { MODULE_APP = 1, MODULE_LIBZ, MODULE_CODE };

static const struct code {
	char letter;
	uint32_t module;
	const char *function;
	const char *linkage_name;
	const char *file;
	uint32_t line;
} codes[] = {
	{ 's', MODULE_APP, "_start", NULL, NULL, 0 },
	{ 'm', MODULE_APP, "main", NULL, "src/app.c", 12 },
	{ 'a', MODULE_APP, "alpha", NULL, "src/app.c", 20 },
	{ 'b', MODULE_APP, "beta", NULL, "src/app.c", 30 },
	{ 'f', MODULE_APP, "fib", NULL, "src/fib.c", 5 },
	{ 'i', MODULE_APP, "alpha", NULL, "src/app.c", 22 },
	{ 'w', MODULE_APP, "worker", NULL, "src/pool.c", 40 },
	{ 'p', MODULE_APP, "poll_loop", NULL, "src/pool.c", 50 },
	{ 'h', MODULE_APP, hostile_name, "_ZNhostile", hostile_name, 1 },
	{ 'D', MODULE_LIBZ, "deflate", NULL, NULL, 0 },
	{ 'J', MODULE_CODE, "jit_hot", NULL, NULL, 0 },
	{ 'x', MODULE_APP, "[app+0x7800]", NULL, NULL, 0 },
	{ 'T', 0, NULL, NULL, NULL, 0 },
	{ '1', MODULE_APP, "</script><script>pwned=1</script>", NULL,
	  "</script><script>pwned=1</script>.c", 1 },
	{ '2', MODULE_APP, "<img src=x onerror=pwned=1>", NULL,
	  "\"><img src=http://127.0.0.1:9/x>", 2 },
	{ '3', MODULE_APP, "__proto__", NULL, "__proto__", 3 },
	{ '4', MODULE_APP, "constructor", NULL, "toString", 4 },
	{ '5', MODULE_APP, "<!--<script>'\"`${pwned=1}\xe2\x80\xa8", NULL,
	  "javascript:pwned=1", 5 },
	{ '6', MODULE_APP, "\x1b]0;x\x07\xff\xe2\x80\xae&lt;b&gt;%00", NULL,
	  "\xed\xa0\x80", 6 },
};

static const char markup_name[] = "<b>x</b>";

static const struct code *code_of(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i].letter == letter)
			return &codes[i];
	fprintf(stderr, "make_profile: no code '%c'\n", letter);
	exit(2);
}

static uint32_t frame_of(struct maker *maker, char letter)
{
	const struct code *code = code_of(letter);
	struct frame frame = {
		.module = code->module,
		.address = code->module ? (uint64_t)letter << 8 :
			SPECIAL_TRUNCATED_CFI,
	};

	for (uint32_t i = 0; i < maker->frames; i++)
		if (maker->letters[i] == letter)
			return i;
	if (code->module == MODULE_CODE)
		frame.address += 0x7f0000000000;
	maker->letters[maker->frames] = letter;
	maker->sink->ops->frame(maker->sink, &frame);
	return maker->frames++;
}

static uint32_t stack_of(struct maker *maker, const char *word, size_t len)
{
	struct stack stack = { .parent = ID_NONE };

	for (uint32_t i = 0; i < maker->stacks; i++)
		if (strlen(maker->words[i]) == len &&
		    !memcmp(maker->words[i], word, len))
			return i;
	if (len > 1)
		stack.parent = stack_of(maker, word, len - 1);
	stack.frame = frame_of(maker, word[len - 1]);
	maker->sink->ops->stack(maker->sink, &stack);
	memcpy(maker->words[maker->stacks], word, len);
	return maker->stacks++;
}

/* One sample a millisecond; all of it on the CPU where that is the state. */
enum {
	/* A state: runnable, but it lost the CPU in its own code. */
	PREEMPTED = 0x40 | STATE_RUNNABLE,
	/* On a CPU; ten short intervals take turns with ten long ones. */
	UNEVEN = 0x40 | STATE_RUNNING
};

static void play_preempted(struct maker *maker, const struct step *step)
{
	const uint64_t wall_ns = step->ms * NS_PER_MS;
	const struct interval interval = {
		wall_ns, stack_of(maker, step->stack, strlen(step->stack)),
		STATE_RUNNABLE, SAMPLE_PREEMPTED };

	maker->sink->ops->window(maker->sink, &(struct thread_window){
		step->thread, maker->now_ns, wall_ns / 4, wall_ns / 4 * 3,
		&interval, 1 });
	maker->samples++;
	maker->cpu_ns += wall_ns / 4;
}

static void play_uneven(struct maker *maker, const struct step *step)
{
	const uint64_t wall_ns = step->ms * NS_PER_MS;
	const uint32_t stack = stack_of(maker, step->stack,
					strlen(step->stack));
	struct interval *intervals = mem_calloc(step->ms + 1,
						sizeof(*intervals));

	for (uint32_t i = 0; i < step->ms; i++)
		intervals[i] = (struct interval){
			NS_PER_MS / 8 * (i / 10 % 2 ? 15 : 1), stack,
			STATE_RUNNING, 0 };
	maker->sink->ops->window(maker->sink, &(struct thread_window){
		step->thread, maker->now_ns, wall_ns / 8 * 7, 0, intervals,
		step->ms });
	maker->samples += step->ms;
	maker->cpu_ns += wall_ns / 8 * 7;
	free(intervals);
}

static void play_step(struct maker *maker, const struct step *step)
{
	struct interval *intervals = mem_calloc(step->ms + 1,
						sizeof(*intervals));
	uint64_t wall_ns = step->ms * NS_PER_MS;
	uint32_t stack = stack_of(maker, step->stack, strlen(step->stack));
	size_t count = step->state <= STATE_RUNNABLE ? step->ms : 1;

	for (size_t i = 0; i < count; i++)
		intervals[i] = (struct interval){
			count == 1 ? wall_ns : NS_PER_MS, stack, step->state,
			step->state > STATE_RUNNABLE ? SAMPLE_UNSTOPPED : 0 };
	maker->sink->ops->window(maker->sink, &(struct thread_window){
		step->thread, maker->now_ns,
		step->state == STATE_RUNNING ? wall_ns : 0,
		step->state == STATE_RUNNABLE ? wall_ns : 0,
		intervals, count });
	maker->samples += count;
	if (step->state == STATE_RUNNING)
		maker->cpu_ns += wall_ns;
	free(intervals);
}

static void begin_run(struct maker *maker, bool hostile)
{
	const char *argv[] = { "./app", "--fast", "input file" };
	const struct label label = { "host", "ci-1" };

	maker->samples = maker->cpu_ns = 0;
	if (hostile) {
		data_begin(maker->sink, hostile_name, maker->now_ns);
		return;
	}
	maker->sink->ops->run_begin(maker->sink, &(struct run_begin){
		.start_ns = maker->now_ns,
		.start_realtime_ns = data_info.start_realtime_ns +
			maker->now_ns,
		.argv = argv, .argc = ARRAY_SIZE(argv), .name = "app",
		.version = "1.2", .labels = &label, .label_count = 1,
		.rate_hz = 1000, .kind = RUN_PROFILED });
}

static void end_run(struct maker *maker)
{
	maker->sink->ops->run_end(maker->sink, &(struct run_end){
		.end_ns = maker->now_ns, .user_ns = maker->cpu_ns,
		.peak_memory_bytes = 12 << 20, .samples = maker->samples,
		.stops = maker->samples, .held_ns = maker->samples * 5000,
		.interrupt_ns = maker->samples * 9000,
		.own_cpu_ns = maker->samples * 20000,
		.lateness_p50_ns = 50000, .lateness_p99_ns = 200000,
		.losses = maker->losses, .memory = maker->memory });
}

static void define_modules(struct sample_sink *sink, bool markup)
{
	struct module modules[] = {
		{ .kind = MODULE_SPECIAL, .process = ID_NONE,
		  .path = "[special]" },
		{ .kind = MODULE_FILE, .build_id_len = 20,
		  .process = ID_NONE, .path = "/usr/bin/app" },
		{ .kind = MODULE_FILE, .process = ID_NONE,
		  .path = "/usr/lib/libz.so.1" },
		{ .kind = MODULE_JIT, .process = 0, .path = "[jit]" },
	};

	memset(modules[1].build_id, 0x5a, 20);
	if (markup)
		modules[1].path = "/usr/bin/<svg onload=pwned=1>&lt;\"'";
	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		sink->ops->module(sink, &modules[i]);
}

static void tell_symbol(struct maker *maker, uint32_t frame)
{
	const struct code *code = code_of(maker->letters[frame]);
	const struct source_location chain[] = {
		{ "tiny_inline", NULL, "src/tiny.h", 3, 2 },
		{ code->function, code->linkage_name, code->file, code->line,
		  code->line > 2 ? code->line - 2 : 0 },
	};
	size_t skip = code->letter != 'i';

	if (code->module)
		maker->sink->ops->symbol(maker->sink, &(struct symbol){
			frame, code->letter == 'x' ? SYMBOL_NONE : SYMBOL_OK,
			chain + skip, ARRAY_SIZE(chain) - skip });
}

static const struct step markup_steps[] = {
	{ 0, "sm12", 40, STATE_RUNNING },
	{ 0, "sm34", 30, STATE_RUNNING },
	{ 0, "sm56", 30, STATE_RUNNING },
};

/* One process of `threads` threads, which play one step after the other. */
static void play_run(struct maker *maker, uint32_t run, uint32_t threads,
		     const struct step *steps, size_t count, bool hostile)
{
	struct sample_sink *sink = maker->sink;
	uint32_t first = run * threads;
	uint64_t start_ns = maker->now_ns;

	begin_run(maker, hostile);
	sink->ops->process(sink, &(struct process){
		.run = run, .parent = ID_NONE, .pid = 4711 + run,
		.start_ns = start_ns,
		.name = steps == markup_steps ? markup_name : "app",
		.exe = "/usr/bin/app" });
	for (uint32_t i = 0; i < threads; i++) {
		char name[16];

		snprintf(name, sizeof(name), i ? "worker-%u" : "app", i);
		if (steps == markup_steps)
			snprintf(name, sizeof(name), "%s", markup_name);
		sink->ops->thread(sink, &(struct thread){
			.process = run, .tid = 4711 + run + i,
			.start_ns = start_ns, .name = name });
	}
	if (!run)
		define_modules(sink, steps == markup_steps);
	for (size_t i = 0; i < count; i++) {
		struct step step = steps[i];

		step.thread += first;
		if (step.state == PREEMPTED)
			play_preempted(maker, &step);
		else if (step.state == UNEVEN)
			play_uneven(maker, &step);
		else
			play_step(maker, &step);
		maker->now_ns += step.ms * NS_PER_MS;
	}
	end_run(maker);
}

static const struct step plain_steps[] = {
	{ 0, "sma", 60, STATE_RUNNING },
	{ 0, "smi", 10, STATE_RUNNING },
	{ 0, "smab", 20, STATE_RUNNING },
	{ 0, "smaD", 8, STATE_RUNNING },
	{ 0, "smx", 1, STATE_RUNNING },
	{ 0, "Tb", 1, STATE_RUNNING },
};

/* Two versions: alpha is slower, beta gone, fib new, deflate as it was. */
static const struct step before_steps[] = {
	{ 0, "sma", 60, STATE_RUNNING },
	{ 0, "smab", 20, STATE_RUNNING },
	{ 0, "smaD", 40, STATE_RUNNING },
};

static const struct step after_steps[] = {
	{ 0, "sma", 90, STATE_RUNNING },
	{ 0, "smf", 30, STATE_RUNNING },
	{ 0, "smaD", 40, STATE_RUNNING },
};

/* A fifth of the work is where no line is known. */
static const struct step lineless_steps[] = {
	{ 0, "s", 20, STATE_RUNNING },
	{ 0, "sma", 80, STATE_RUNNING },
};

/* The same work, and three times the sleep. */
static const struct step brief_steps[] = {
	{ 0, "sma", 60, STATE_RUNNING },
	{ 0, "smab", 30, STATE_SLEEP },
};

static const struct step sleepy_steps[] = {
	{ 0, "sma", 60, STATE_RUNNING },
	{ 0, "smab", 90, STATE_SLEEP },
};

static const struct step recursion_steps[] = {
	{ 0, "smf", 10, STATE_RUNNING },
	{ 0, "smff", 20, STATE_RUNNING },
	{ 0, "smfff", 30, STATE_RUNNING },
	{ 0, "smafbf", 40, STATE_RUNNING },
};

static const struct step thread_steps[] = {
	{ 0, "smp", 1000, STATE_POLL },
	{ 1, "wa", 300, STATE_RUNNING },
	{ 1, "wa", 50, STATE_RUNNABLE },
	{ 1, "wb", 200, STATE_FUTEX },
	{ 2, "wJ", 100, STATE_RUNNING },
	{ 2, "wD", 70, STATE_DISK },
	{ 2, "wp", 30, STATE_SOCKET },
	{ 2, "wp", 30, STATE_PIPE },
	{ 2, "wp", 40, STATE_SLEEP },
	{ 2, "wp", 30, STATE_CHILD },
};

static const struct step crowded_steps[] = {
	{ 0, "sma", 40, PREEMPTED },
	{ 0, "smab", 20, STATE_RUNNING },
	{ 1, "wb", 80, PREEMPTED },
	{ 1, "wp", 30, STATE_FUTEX },
	{ 1, "wb", 40, STATE_RUNNABLE },
};

static const struct step uneven_steps[] = {
	{ 0, "sma", 200, UNEVEN },
	{ 1, "wb", 100, UNEVEN },
	{ 1, "wp", 100, STATE_SLEEP },
};

static const struct step hostile_steps[] = {
	{ 0, "smh", 90, STATE_RUNNING },
	{ 0, "smhx", 10, STATE_RUNNING },
};

/* Memory that doubles, then halves; what one thread read; a counter. */
static void tell_metrics(struct maker *maker)
{
	const struct metric metrics[] = {
		{ "memory.rss", "memory", METRIC_GAUGE, METRIC_BYTES,
		  METRIC_OF_RUN, 0 },
		{ "memory.anon", "memory", METRIC_GAUGE, METRIC_BYTES,
		  METRIC_OF_RUN, 0 },
		{ "memory.file", "memory", METRIC_GAUGE, METRIC_BYTES,
		  METRIC_OF_RUN, 0 },
		{ "io.read", "io", METRIC_CUMULATIVE, METRIC_BYTES,
		  METRIC_OF_THREAD, 1 },
		{ "queue length", METRIC_COUNTER, METRIC_GAUGE, METRIC_NUMBER,
		  METRIC_OF_PROCESS, 0 },
	};
	/* In ms since the start, and in MB or things. */
	static const struct {
		uint32_t metric, ms;
		int64_t value;
	} told[] = {
		{ 0, 0, 30 }, { 0, 600, 60 }, { 0, 1200, 60 }, { 0, 1800, 30 },
		{ 1, 0, 20 }, { 1, 600, 50 }, { 1, 1200, 50 }, { 1, 1800, 20 },
		{ 2, 0, 10 }, { 2, 1800, 10 },
		{ 3, 1000, 0 }, { 3, 1300, 80 }, { 3, 1800, 80 },
		{ 4, 100, 3 }, { 4, 900, 7 }, { 4, 1500, 1 },
	};
	struct sample_sink *sink = maker->sink;

	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++)
		sink->ops->metric(sink, &metrics[i]);
	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		const bool bytes = metrics[told[i].metric].unit ==
				   METRIC_BYTES;

		sink->ops->values(sink, &(struct metric_value){
			.time_ns = told[i].ms * NS_PER_MS,
			.value = told[i].value * (bytes ? 1000000 : 1),
			.metric = told[i].metric }, 1);
	}
}

/* What worker-1 says about itself: a step with two parts, and a moment. */
static void tell_regions(struct maker *maker)
{
	const struct region regions[] = {
		{ 0, ID_NONE, REGION_SCOPE, "step" },
		{ 0, 0, REGION_SCOPE, "part <b>" },
		{ 0, ID_NONE, REGION_EVENT, "half way" },
	};
	static const struct {
		uint32_t from_ms, to_ms, region;
	} told[] = {
		{ 1010, 1060, 1 }, { 1100, 1200, 1 }, { 1000, 1300, 0 },
		{ 1350, 1350, 2 }, { 1350, 1550, 0 },
	};
	struct sample_sink *sink = maker->sink;

	for (size_t i = 0; i < ARRAY_SIZE(regions); i++)
		sink->ops->region(sink, &regions[i]);
	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		const struct region_call call = {
			.start_ns = told[i].from_ms * NS_PER_MS,
			.end_ns = told[i].to_ms * NS_PER_MS,
			.region = told[i].region };

		sink->ops->region_calls(sink, &(struct region_window){
			.thread = 1, .calls = &call, .count = 1 });
	}
}

static void make(struct maker *maker, uint32_t runs, uint32_t threads,
		 const struct step *steps, size_t count)
{
	for (uint32_t run = 0; run < runs; run++)
		play_run(maker, run, threads, steps, count,
			 steps == hostile_steps || steps == markup_steps);
	for (uint32_t frame = 0; frame < maker->frames; frame++)
		tell_symbol(maker, frame);
}

#define STEPS(steps) steps, ARRAY_SIZE(steps)

static const struct {
	const char *name;
	uint32_t runs;
	uint32_t threads;
	const struct step *steps;
	size_t count;
} kinds[] = {
	{ "plain", 1, 1, STEPS(plain_steps) },
	{ "recursion", 1, 1, STEPS(recursion_steps) },
	{ "threads", 1, 3, STEPS(thread_steps) },	/* and off-CPU */
	{ "runs", 3, 1, STEPS(plain_steps) },
	{ "crowded", 1, 2, STEPS(crowded_steps) },	/* few CPUs */
	{ "uneven", 1, 2, STEPS(uneven_steps) },	/* intervals */
	{ "before", 4, 1, STEPS(before_steps) },
	{ "after", 2, 1, STEPS(after_steps) },
	{ "brief", 4, 1, STEPS(brief_steps) },		/* and off-CPU */
	{ "sleepy", 4, 1, STEPS(sleepy_steps) },
	{ "lineless", 1, 1, STEPS(lineless_steps) },
	{ "hostile", 1, 1, STEPS(hostile_steps) },
	{ "losses", 1, 1, STEPS(plain_steps) },		/* of each kind */
	{ "markup", 1, 1, STEPS(markup_steps) },
	{ "empty", 1, 1, NULL, 0 },
};

/*
 * Also: "small", all corners of the format; "random", SAMPLES of them;
 * "payloads", more than 200 hostile names of each kind; "metrics", the
 * threads with memory and more over time, and regions.
 */
static int play_kind(struct sample_sink *sink, const char *kind,
		     uint64_t samples)
{
	struct maker maker = { .sink = sink };

	if (strcmp(kind, "small") == 0) {
		data_small(sink);
		return 0;
	}
	if (strcmp(kind, "payloads") == 0) {
		payload_play(sink);
		return 0;
	}
	if (strcmp(kind, "random") == 0) {
		random_play(sink, &(struct random_recording){
			.threads = 4, .samples = samples,
			.functions = RANDOM_FUNCTIONS,
			.branch_permille = RANDOM_BRANCH, .symbols = true });
		return 0;
	}
	if (strcmp(kind, "metrics") == 0) {
		/* A little more than 60 MB, when nobody looked. */
		maker.memory = (struct memory_facts){
			.initial_bytes = 30000000, .final_bytes = 30000000,
			.peak_bytes = 64000000, .peak_ns = 700 * NS_PER_MS };
		make(&maker, 1, 3, STEPS(thread_steps));
		tell_metrics(&maker);
		tell_regions(&maker);
		return 0;
	}
	if (strcmp(kind, "losses") == 0)
		maker.losses = (struct losses){
			.samples_lost = 2, .stacks_truncated = 3,
			.stacks_unreadable = 4, .ticks_late = 5,
			.ticks_missed = 6, .calls_restarted = 7,
			.threads_missed = 1, .transfers_cut = 8 };
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].name, kind) != 0)
			continue;
		make(&maker, kinds[i].runs, kinds[i].threads, kinds[i].steps,
		     kinds[i].count);
		return 0;
	}
	return -1;
}

int main(int argc, char **argv)
{
	struct error err = ERROR_INIT;
	struct profile_writer *writer;
	int ret;

	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: make_profile KIND FILE [SAMPLES]\n");
		return 2;
	}
	if (profile_writer_open(&writer, argv[2], WRITER_REPLACE, &data_info,
				&err)) {
		fprintf(stderr, "make_profile: %s\n", err.text);
		return 2;
	}
	ret = play_kind(profile_writer_sink(writer), argv[1],
			argc > 3 ? strtoull(argv[3], NULL, 10) : 100000);
	if (ret)
		error_set(&err, ERROR_USAGE, "no kind '%s'", argv[1]);
	else
		ret = profile_writer_finish(writer, &err);
	if (ret) {
		fprintf(stderr, "make_profile: %s\n", err.text);
		profile_writer_discard(writer);
	}
	profile_writer_close(writer);
	return ret ? 2 : 0;
}
