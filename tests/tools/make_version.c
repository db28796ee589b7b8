/* SPDX-License-Identifier: MIT */
/*
 * usage: make_version FILE [KEY=VALUE...]
 *
 * Write a profile of a version of /usr/bin/app, for tests of compare:
 *
 *	name=N version=V host=H cpu=MODEL start=SECONDS arg=WORD label=V
 *	runs=N     so many sampled runs (1), and
 *	plain=N    so many that are not, of the same times
 *	spread=P   times vary by P percent from run to run (0)
 *	seed=N     of what varies
 *	series=N   runs are interleaved with those of another file
 *	status=N   exit status        partial=1   cut off
 *	level=N    enum run_level     attached=1  of a process that ran
 *	lost=N     samples of a run that were lost
 *	f:NAME=MS  a function, called by main, on the CPU for so long
 *	r:NAME=MS  a region of so long
 *	c:NAME=N   a counter of the program that comes to N
 *
 * Wall time is CPU time and 5 ms.
 */
#include "format/writer.h"
#include "stat/rng.h"

#include "unit/format_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


enum { NAMED_MAX = 16 };

struct named {
	const char *name;
	double ms;		/* of a counter: what it comes to */
};

struct version {
	const char *name;
	const char *version;
	const char *host;
	const char *cpu;
	const char *arg;
	const char *label;
	uint64_t start_s;
	uint64_t runs;
	uint64_t plain;
	uint64_t seed;
	uint64_t series;
	uint64_t status;
	uint64_t partial;
	uint64_t level;
	uint64_t attached;
	uint64_t lost;
	double spread;
	struct named functions[NAMED_MAX];
	size_t function_count;
	struct named regions[NAMED_MAX];
	size_t region_count;
	struct named counters[NAMED_MAX];
	size_t counter_count;
	struct rng rng;
	uint64_t now_ns;
	uint32_t run;		/* ids of the next */
	uint32_t process;
	uint32_t region;
	uint32_t metric;
};

static int set_named(struct named *list, size_t *count, const char *name,
		     const char *value)
{
	if (*count == NAMED_MAX)
		return -1;
	list[(*count)++] = (struct named){ name, strtod(value, NULL) };
	return 0;
}

static int set(struct version *version, char *word)
{
	char *value = strchr(word, '=');
	const struct {
		const char *key;
		const char **text;
	} texts[] = {
		{ "name", &version->name }, { "version", &version->version },
		{ "host", &version->host }, { "cpu", &version->cpu },
		{ "arg", &version->arg }, { "label", &version->label },
	};
	const struct {
		const char *key;
		uint64_t *number;
	} numbers[] = {
		{ "start", &version->start_s }, { "runs", &version->runs },
		{ "plain", &version->plain }, { "seed", &version->seed },
		{ "series", &version->series }, { "status", &version->status },
		{ "partial", &version->partial }, { "level", &version->level },
		{ "attached", &version->attached }, { "lost", &version->lost },
	};

	if (!value)
		return -1;
	*value++ = '\0';
	if (strncmp(word, "f:", 2) == 0)
		return set_named(version->functions, &version->function_count,
				 word + 2, value);
	if (strncmp(word, "r:", 2) == 0)
		return set_named(version->regions, &version->region_count,
				 word + 2, value);
	if (strncmp(word, "c:", 2) == 0)
		return set_named(version->counters, &version->counter_count,
				 word + 2, value);
	if (strcmp(word, "spread") == 0) {
		version->spread = strtod(value, NULL);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (strcmp(word, texts[i].key) == 0) {
			*texts[i].text = value;
			return 0;
		}
	}
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (strcmp(word, numbers[i].key) == 0) {
			*numbers[i].number = strtoull(value, NULL, 10);
			return 0;
		}
	}
	return -1;
}

/* main, and the functions that it calls: frame and stack ids are 0, 1, ... */
static void define_code(struct sample_sink *sink)
{
	const struct module modules[] = {
		{ .kind = MODULE_SPECIAL, .process = ID_NONE,
		  .path = "[special]" },
		{ .kind = MODULE_FILE, .process = ID_NONE,
		  .path = "/usr/bin/app" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(modules); i++)
		sink->ops->module(sink, &modules[i]);
	for (uint32_t i = 0; i <= NAMED_MAX; i++) {
		const struct frame frame = { 1, 0x1000 + 0x100 * i };
		const struct stack stack = { i ? 0 : ID_NONE, i };

		sink->ops->frame(sink, &frame);
		sink->ops->stack(sink, &stack);
	}
}

static void name_code(struct sample_sink *sink, const struct version *version)
{
	for (uint32_t i = 0; i <= version->function_count; i++) {
		const struct source_location location = {
			.function = i ? version->functions[i - 1].name :
				    "main",
			.file = "src/app.c", .line = 10 * (i + 1) + 2,
			.function_line = 10 * (i + 1),
		};
		const struct symbol symbol = {
			.frame = i, .chain = &location, .count = 1,
		};

		sink->ops->symbol(sink, &symbol);
	}
}

static double vary(struct version *version, double ms)
{
	return ms * (1 + rng_normal(&version->rng) * version->spread / 100);
}

static void begin(struct sample_sink *sink, struct version *version,
		  enum run_kind kind, uint32_t pair)
{
	const char *argv[] = { "./app", version->arg };
	const struct label label = { "env", version->label };

	sink->ops->run_begin(sink, &(struct run_begin){
		.start_ns = version->now_ns,
		.start_realtime_ns = version->start_s * NS_PER_S +
				     version->now_ns,
		.argv = argv, .argc = ARRAY_SIZE(argv),
		.name = version->name, .version = version->version,
		.labels = &label, .label_count = version->label ? 1 : 0,
		.rate_hz = 1000, .kind = kind, .level = version->level,
		.flags = version->attached ? RUN_ATTACHED : 0,
		.place = { version->series, pair, version->run } });
}

static void end(struct sample_sink *sink, struct version *version,
		uint64_t start_ns, uint64_t cpu_ns)
{
	version->now_ns = start_ns + cpu_ns + 5 * NS_PER_MS;
	sink->ops->run_end(sink, &(struct run_end){
		.end_ns = version->now_ns,
		.exit_status = (int32_t)version->status << 8,
		.user_ns = cpu_ns, .peak_memory_bytes = 50 << 20,
		.samples = cpu_ns / NS_PER_MS,
		.losses = { .samples_lost = version->lost } });
	version->now_ns += NS_PER_MS;
	version->run++;
}

/* A sample a millisecond. */
static uint64_t play(struct sample_sink *sink, struct version *version,
		     uint32_t function)
{
	const uint64_t ns = (uint64_t)(NS_PER_MS * vary(version,
				version->functions[function].ms));
	const size_t count = ns / NS_PER_MS + 1;
	struct interval *intervals = mem_calloc(count, sizeof(*intervals));

	for (size_t i = 0; i < count; i++)
		intervals[i] = (struct interval){
			ns / count, function + 1, STATE_RUNNING, 0
		};
	sink->ops->window(sink, &(struct thread_window){
		version->process, version->now_ns, ns, 0, intervals, count });
	free(intervals);
	version->now_ns += ns;
	return ns;
}

static void play_regions(struct sample_sink *sink, struct version *version,
			 uint64_t start_ns)
{
	for (size_t i = 0; i < version->region_count; i++) {
		const struct region region = {
			.process = version->process, .parent = ID_NONE,
			.name = version->regions[i].name,
		};
		const struct region_call call = {
			.start_ns = start_ns,
			.end_ns = start_ns + (uint64_t)(NS_PER_MS *
				vary(version, version->regions[i].ms)),
			.region = version->region++,
		};
		const struct region_window window = {
			version->process, &call, 1
		};

		sink->ops->region(sink, &region);
		sink->ops->region_calls(sink, &window);
	}
}

static void play_counters(struct sample_sink *sink, struct version *version,
			  uint64_t start_ns)
{
	for (size_t i = 0; i < version->counter_count; i++) {
		const struct metric metric = {
			.name = version->counters[i].name,
			.source = METRIC_COUNTER, .kind = METRIC_CUMULATIVE,
			.scope = METRIC_OF_PROCESS, .owner = version->process,
		};
		const struct metric_value values[] = {
			{ start_ns, 0, version->metric },
			{ version->now_ns, (int64_t)
			  vary(version, version->counters[i].ms),
			  version->metric },
		};

		sink->ops->metric(sink, &metric);
		sink->ops->values(sink, values, ARRAY_SIZE(values));
		version->metric++;
	}
}

static void play_sampled(struct sample_sink *sink, struct version *version,
			 uint32_t pair)
{
	const uint64_t start_ns = version->now_ns;
	uint64_t cpu_ns = 0;

	begin(sink, version, RUN_PROFILED, pair);
	sink->ops->process(sink, &(struct process){
		.run = version->run, .parent = ID_NONE, .pid = 100 + pair,
		.start_ns = start_ns, .name = "app", .exe = "/usr/bin/app" });
	sink->ops->thread(sink, &(struct thread){
		.process = version->process, .tid = 100 + pair,
		.start_ns = start_ns, .name = "app" });
	if (!version->process)
		define_code(sink);
	for (uint32_t i = 0; i < version->function_count; i++)
		cpu_ns += play(sink, version, i);
	play_regions(sink, version, start_ns);
	play_counters(sink, version, start_ns);
	version->process++;
	if (!version->partial)
		end(sink, version, start_ns, cpu_ns);
}

static void play_plain(struct sample_sink *sink, struct version *version,
		       uint32_t pair)
{
	double ms = 0;

	begin(sink, version, RUN_PLAIN, pair);
	for (size_t i = 0; i < version->function_count; i++)
		ms += vary(version, version->functions[i].ms);
	end(sink, version, version->now_ns, (uint64_t)(NS_PER_MS * ms));
}

static int write_version(const char *path, struct version *version,
			 struct error *err)
{
	struct recording_info info = data_info;
	struct profile_writer *writer;
	struct sample_sink *sink;
	int ret = 0;

	info.start_realtime_ns = version->start_s * NS_PER_S;
	if (version->host)
		info.host = version->host;
	if (version->cpu)
		info.cpu_model = version->cpu;
	if (profile_writer_open(&writer, path, WRITER_REPLACE, &info, err))
		return -1;
	sink = profile_writer_sink(writer);
	for (uint32_t i = 0; i < MAX(version->runs, version->plain); i++) {
		if (i < version->runs)
			play_sampled(sink, version, i);
		if (i < version->plain)
			play_plain(sink, version, i);
	}
	name_code(sink, version);
	if (!version->partial)
		ret = profile_writer_finish(writer, err);
	else
		sink->ops->flush(sink);
	profile_writer_close(writer);
	return ret;
}

int main(int argc, char **argv)
{
	struct version version = {
		.name = "app", .version = "", .arg = "-x", .runs = 1,
		.start_s = 1700000000, .seed = 1,
	};
	struct error err = ERROR_INIT;

	if (argc < 2) {
		fprintf(stderr, "usage: make_version FILE [KEY=VALUE...]\n");
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		if (set(&version, argv[i])) {
			fprintf(stderr, "make_version: what is '%s'?\n",
				argv[i]);
			return 2;
		}
	}
	version.rng = rng_of(version.seed);
	if (!write_version(argv[1], &version, &err))
		return 0;
	fprintf(stderr, "make_version: %s\n", err.text);
	return 2;
}
