/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "inspect_json.h"
#include "operands.h"

#include "base/escape.h"
#include "base/units.h"
#include "render/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	EXIT_DAMAGED = 1,	/* the answer is no */
	LABEL_WIDTH = 11
};

struct inspect_args {
	bool chunks;
	bool verify;
	bool json;
};

static const struct {
	uint32_t type;
	const char *what;
} type_names[] = {
	{ CHUNK_INFO, "machine and recorder" },
	{ CHUNK_RUNB, "begins of runs" },
	{ CHUNK_RUNE, "ends of runs" },
	{ CHUNK_STRS, "strings" },
	{ CHUNK_PROC, "processes" },
	{ CHUNK_PRCE, "ends of processes" },
	{ CHUNK_THRD, "threads" },
	{ CHUNK_THRE, "ends of threads" },
	{ CHUNK_MODU, "modules" },
	{ CHUNK_FRAM, "frames" },
	{ CHUNK_STAK, "stacks" },
	{ CHUNK_WIND, "samples" },
	{ CHUNK_SYMB, "symbols" },
	{ CHUNK_METR, "metrics" },
	{ CHUNK_METV, "values of metrics" },
	{ CHUNK_REGD, "regions" },
	{ CHUNK_REGC, "calls of regions" },
	{ CHUNK_REGT, "sums of calls" },
	{ CHUNK_REGL, "labels of regions" },
	{ CHUNK_REGE, "what was lost of regions" },
	{ CHUNK_RUNN, "notes on runs" },
	{ CHUNK_COLL, "collectors" },
	{ CHUNK_SUMM, "summary" },
	{ CHUNK_INDX, "index" },
	{ CHUNK_TAIL, "trailer" },
};

static const char *type_name(uint32_t type)
{
	for (size_t i = 0; i < ARRAY_SIZE(type_names); i++)
		if (type_names[i].type == type)
			return type_names[i].what;
	return "not known to this version";
}

static void add_time(struct strbuf *out, uint64_t realtime_ns)
{
	time_t seconds = realtime_ns / 1000000000;
	struct tm tm;
	char text[40];

	if (gmtime_r(&seconds, &tm) &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &tm))
		strbuf_add(out, text);
	else
		strbuf_add(out, "at an unknown time");
}

static void add_part(struct strbuf *out, uint64_t count, const char *one,
		     const char *many)
{
	if (out->len)
		strbuf_add(out, ", ");
	units_add_count(out, count);
	strbuf_addf(out, " %s", count == 1 ? one : many);
}

static void add_percent(struct strbuf *out, const char *what, uint64_t part,
			uint64_t whole)
{
	if (!part)
		return;
	if (out->len)
		strbuf_add(out, ", ");
	strbuf_addf(out, "%.1f%% %s", 100.0 * part / whole, what);
}

/*
 * "Format     1.0"; the line is empty again afterwards.  Broken where a
 * terminal ends; a program gets it in one.
 */
static void print_line(const char *label, struct strbuf *line)
{
	struct text_style style = text_style_of(STDOUT_FILENO);
	struct strbuf text = STRBUF_INIT;

	if (!isatty(STDOUT_FILENO))
		style.width = SIZE_MAX;
	if (line->len) {
		text_add_wrapped(&text, &style, strbuf_text(line), LABEL_WIDTH,
				 LABEL_WIDTH);
		printf("%-*s%s", LABEL_WIDTH, label, strbuf_text(&text));
	}
	strbuf_release(&text);
	strbuf_clear(line);
}

static void add_state(struct strbuf *out, const struct inspect_facts *facts)
{
	strbuf_add(out, file_state_name(facts->state));
	switch (facts->state) {
	case FILE_WHOLE:
		break;
	case FILE_CUT_OFF:
		strbuf_add(out, ": the recording goes on, was "
			   "killed, or met a full disk");
		if (facts->lost_bytes) {
			strbuf_add(out, "; ");
			units_add_count(out, facts->lost_bytes);
			strbuf_add(out, facts->lost_bytes == 1 ?
				   " byte behind the last whole chunk is lost" :
				   " bytes behind the last whole chunk are "
				   "lost");
		}
		break;
	default:
		strbuf_add(out, ": ");
		escape_text(out, facts->why.text);
	}
}

static void print_damage(const struct inspect_facts *facts)
{
	struct strbuf line = STRBUF_INIT;

	if (facts->damage.places) {
		units_add_count(&line, facts->damage.bytes);
		strbuf_addf(&line, " bytes in %" PRIu64 " %s cannot be read",
			    facts->damage.places, facts->damage.places == 1 ?
			    "place" : "places");
	}
	if (facts->damage.chunks)
		add_part(&line, facts->damage.chunks,
			 "chunk is missing or out of order",
			 "chunks are missing or out of order");
	if (facts->definitions_lost)
		add_part(&line, facts->definitions_lost,
			 "definition is lost", "definitions are lost");
	print_line("Damage", &line);
	strbuf_release(&line);
}

static void print_origin(const struct inspect_facts *facts)
{
	const struct recording_info *info = &facts->info;
	struct strbuf line = STRBUF_INIT;

	strbuf_addf(&line, "%u.%u, session %016" PRIx64, facts->header.major,
		    facts->header.minor, facts->header.session);
	if (*info->cprof_version) {
		strbuf_add(&line, ", written by cprof ");
		escape_text(&line, info->cprof_version);
	}
	print_line("Format", &line);
	add_time(&line, facts->header.start_realtime_ns);
	if (*info->host) {
		strbuf_add(&line, " on ");
		escape_text(&line, info->host);
	}
	print_line("Recorded", &line);
	if (info->cpu_count) {
		strbuf_addf(&line, "%" PRIu32 " CPUs, ", info->cpu_count);
		escape_text(&line, info->cpu_model);
		strbuf_add(&line, ", ");
		units_add_bytes(&line, info->memory_bytes);
		strbuf_add(&line, " memory, Linux ");
		escape_text(&line, info->kernel);
		strbuf_add_char(&line, ' ');
		escape_text(&line, info->machine);
	}
	print_line("Machine", &line);
	strbuf_release(&line);
}

static void print_content(const struct inspect_facts *facts)
{
	const struct quality_fact *quality = &facts->quality;
	uint64_t named = quality->symbols - quality->nameless;
	struct strbuf line = STRBUF_INIT;

	add_part(&line, quality->samples, "sample", "samples");
	add_part(&line, facts->runs.count, "run", "runs");
	add_part(&line, facts->processes.count, "process", "processes");
	add_part(&line, facts->thread_processes.count, "thread", "threads");
	add_part(&line, facts->modules, "module", "modules");
	add_part(&line, facts->stacks, "stack", "stacks");
	add_part(&line, quality->frames, "frame", "frames");
	strbuf_add(&line, " (");
	units_add_count(&line, named);
	strbuf_add(&line, " with a name)");
	print_line("Content", &line);

	units_add_duration(&line, facts->wall_ns);
	strbuf_add(&line, " of threads' time, ");
	units_add_duration(&line, facts->cpu_ns);
	strbuf_add(&line, " on a CPU");
	if (quality->samples)
		strbuf_addf(&line, "; %.1f bytes a sample",
			    (double)facts->file_bytes / quality->samples);
	print_line("Time", &line);
	strbuf_release(&line);
}

static void print_quality(const struct inspect_facts *facts)
{
	const struct quality_fact *quality = &facts->quality;
	const struct losses *losses = &facts->losses;
	uint64_t whole = quality->samples;
	struct strbuf line = STRBUF_INIT;

	if (!whole)
		return;
	add_percent(&line, "truncated stacks", quality->truncated, whole);
	add_percent(&line, "unreadable stacks", quality->unreadable, whole);
	add_percent(&line, "late", quality->late, whole);
	add_percent(&line, "read without a stop", quality->unstopped, whole);
	add_percent(&line, "moved out of system calls", quality->moved, whole);
	if (!line.len)
		strbuf_add(&line, "all stacks whole, none late");
	print_line("Quality", &line);
	if (losses->ticks_late)
		add_part(&line, losses->ticks_late, "tick", "ticks");
	print_line("Late", &line);
	if (losses->calls_restarted)
		add_part(&line, losses->calls_restarted, "system call",
			 "system calls");
	print_line("Restarted", &line);
	if (losses->transfers_cut)
		add_part(&line, losses->transfers_cut, "transfer",
			 "transfers");
	print_line("Cut short", &line);

	if (losses->samples_lost)
		add_part(&line, losses->samples_lost, "sample", "samples");
	if (losses->ticks_missed)
		add_part(&line, losses->ticks_missed, "tick", "ticks");
	if (losses->threads_missed)
		add_part(&line, losses->threads_missed, "thread", "threads");
	if (!line.len)
		strbuf_add(&line, "nothing");
	print_line("Lost", &line);
	strbuf_release(&line);
}

static void print_types(const struct inspect_facts *facts)
{
	printf("\n%-5s %8s %12s %12s %6s  %s\n", "chunk", "count", "bytes",
	       "unpacked", "ratio", "what");
	for (size_t i = 0; i < facts->types.count; i++) {
		const struct type_fact *fact = &facts->types.items[i];
		char type[5];

		chunk_type_text(fact->type, type);
		printf("%-5s %8" PRIu64 " %12" PRIu64 " %12" PRIu64
		       " %5.2fx  %s\n", type, fact->count, fact->stored_bytes,
		       fact->raw_bytes, fact->payload_bytes ?
		       (double)fact->raw_bytes / fact->payload_bytes : 1.0,
		       type_name(fact->type));
	}
}

static void print_chunks(const struct inspect_facts *facts)
{
	printf("\n%8s %12s  %-5s %7s %10s %10s  %s\n", "number", "offset",
	       "type", "version", "bytes", "unpacked", "flags");
	for (size_t i = 0; i < facts->chunks.count; i++) {
		const struct chunk_fact *fact = &facts->chunks.items[i];
		char type[5];

		chunk_type_text(fact->type, type);
		printf("%8" PRIu32 " %12" PRIu64 "  %-5s %7u %10" PRIu64
		       " %10" PRIu64 "  %s%s\n", fact->sequence, fact->offset,
		       type, fact->version, fact->stored_bytes,
		       fact->raw_bytes, fact->flags & CHUNK_CRITICAL ?
		       "critical" : "skippable", fact->flags & CHUNK_ZSTD ?
		       " zstd" : "");
	}
}

static void add_status(struct strbuf *out, int status)
{
	if (status < 0)
		strbuf_add(out, "status not known");
	else if (WIFSIGNALED(status))
		strbuf_addf(out, "killed by signal %d", WTERMSIG(status));
	else
		strbuf_addf(out, "status %d", WEXITSTATUS(status));
}

static void add_command(struct strbuf *out, const struct run_begin *begin)
{
	for (size_t i = 0; i < begin->argc; i++) {
		const char *arg = begin->argv[i];
		bool quote = !*arg || strpbrk(arg, " \t\"'\\");

		strbuf_add(out, i ? " " : "");
		strbuf_add(out, quote ? "'" : "");
		escape_text(out, arg);
		strbuf_add(out, quote ? "'" : "");
	}
}

static void print_held(const struct run_end *end)
{
	struct strbuf line = STRBUF_INIT;

	if (end->held_max_ns) {
		strbuf_add(&line, "half of the stops within ");
		units_add_duration(&line, end->held_p50_ns);
		strbuf_add(&line, ", 99% within ");
		units_add_duration(&line, end->held_p99_ns);
		strbuf_add(&line, ", longest ");
		units_add_duration(&line, end->held_max_ns);
	}
	print_line("  held", &line);
	strbuf_release(&line);
}

static void add_run_end(struct strbuf *out, const struct summary_run *run)
{
	const struct run_end *end = &run->end;

	add_status(out, end->exit_status);
	strbuf_add(out, " after ");
	units_add_duration(out, end->end_ns - MIN(run->begin.start_ns,
						  end->end_ns));
	if (run->begin.kind == RUN_PLAIN) {
		strbuf_add(out, ", ");
		units_add_duration(out, end->user_ns);
		strbuf_add(out, " user, ");
		units_add_duration(out, end->system_ns);
		strbuf_add(out, " system");
		return;
	}
	add_part(out, end->samples, "sample", "samples");
	add_part(out, end->stops, "stop", "stops");
	strbuf_add(out, " of ");
	units_add_duration(out, end->held_ns);
	strbuf_add(out, " in all, cost about ");
	units_add_duration(out, end->cost_ns);
}

static void print_run(size_t index, const struct summary_run *run)
{
	const struct run_begin *begin = &run->begin;
	struct strbuf line = STRBUF_INIT;

	escape_text(&line, begin->name);
	if (*begin->version) {
		strbuf_add(&line, " version ");
		escape_text(&line, begin->version);
	}
	for (size_t i = 0; i < begin->label_count; i++) {
		strbuf_add(&line, ", ");
		escape_text(&line, begin->labels[i].key);
		strbuf_add_char(&line, '=');
		escape_text(&line, begin->labels[i].value);
	}
	if (begin->kind == RUN_PLAIN)
		strbuf_add(&line, "; not sampled");
	else
		strbuf_addf(&line, "; %" PRIu32 " Hz asked%s", begin->rate_hz,
			    begin->flags & RUN_ATTACHED ? ", attached" : "");
	if (run_level_name(begin->level))
		strbuf_addf(&line, ", level %s", run_level_name(begin->level));
	if (begin->place.series)
		strbuf_addf(&line, "; pair %" PRIu32, begin->place.pair);
	printf("\nrun %zu      %s\n", index, strbuf_text(&line));
	strbuf_clear(&line);
	add_command(&line, begin);
	print_line("  command", &line);
	if (!run->ended) {
		strbuf_add(&line, "is not in the file");
		print_line("  end", &line);
	} else {
		add_run_end(&line, run);
		print_line("  end", &line);
		if (begin->kind != RUN_PLAIN)
			print_held(&run->end);
	}
	strbuf_release(&line);
}

static void print_processes(const struct inspect_facts *facts)
{
	struct strbuf cpu = STRBUF_INIT;
	struct strbuf text = STRBUF_INIT;

	if (facts->processes.count)
		printf("\n%8s %4s %8s %10s %10s  %s\n", "pid", "run",
		       "threads", "samples", "CPU time", "program");
	for (size_t i = 0; i < facts->processes.count; i++) {
		const struct process_fact *fact = &facts->processes.items[i];
		const struct process *process = &fact->process;

		strbuf_clear(&cpu);
		strbuf_clear(&text);
		units_add_duration(&cpu, fact->cpu_ns);
		escape_text(&text, process->name);
		strbuf_add(&text, " (");
		escape_text(&text, process->exe);
		strbuf_add(&text, ")");
		printf("%8" PRId32 " %4" PRIu32 " %8" PRIu32 " %10" PRIu64
		       " %10s  %s\n", process->pid, process->run,
		       fact->threads, fact->samples, strbuf_text(&cpu),
		       strbuf_text(&text));
	}
	strbuf_release(&cpu);
	strbuf_release(&text);
}

static void print_text(const struct inspect_facts *facts, const char *path,
		       bool chunks)
{
	struct strbuf line = STRBUF_INIT;

	escape_text(&line, path);
	strbuf_add(&line, ", ");
	units_add_bytes(&line, facts->file_bytes);
	print_line("File", &line);
	add_state(&line, facts);
	print_line("State", &line);
	print_damage(facts);
	print_origin(facts);
	print_content(facts);
	print_quality(facts);
	print_types(facts);
	for (size_t i = 0; i < facts->runs.count; i++)
		print_run(i, &facts->runs.items[i]);
	print_processes(facts);
	if (chunks)
		print_chunks(facts);
	strbuf_release(&line);
}

static void print_verdict(const struct inspect_facts *facts, const char *path)
{
	struct strbuf line = STRBUF_INIT;

	escape_text(&line, path);
	strbuf_add(&line, ": ");
	add_state(&line, facts);
	puts(strbuf_text(&line));
	strbuf_release(&line);
}

/* What is no profile is not whole: an answer, not trouble. */
static int print_foreign(const char *path, const struct error *err)
{
	struct strbuf line = STRBUF_INIT;

	escape_text(&line, path);
	strbuf_add(&line, ": ");
	escape_text(&line, err->text);
	puts(strbuf_text(&line));
	strbuf_release(&line);
	return EXIT_DAMAGED;
}

static int inspect(const struct inspect_args *args, const char *path,
		   struct error *err)
{
	struct inspect_facts facts;
	int status = EXIT_SUCCESS;

	if (inspect_facts_init(&facts, path, err)) {
		inspect_facts_release(&facts);
		if (args->verify && err->kind == ERROR_FORMAT)
			return print_foreign(path, err);
		return error_context(err, "%s", path);
	}
	if (args->json)
		inspect_print_json(&facts, path, args->chunks);
	else if (args->verify && !args->chunks)
		print_verdict(&facts, path);
	else
		print_text(&facts, path, args->chunks);
	if (args->verify && facts.state == FILE_TOO_NEW) {
		error_set(err, ERROR_UNSUPPORTED, "%s: %s", path,
			  facts.why.text);
		status = -1;
	} else if (args->verify && facts.state != FILE_WHOLE) {
		status = EXIT_DAMAGED;
	}
	inspect_facts_release(&facts);
	return status;
}

/* The one file that `operand` stands for. */
static int inspect_operand(const struct inspect_args *args, char *operand,
			   struct error *err)
{
	struct ref_files files = OPERAND_FILES;
	int ret = operands_find(&files, "inspect", &operand, 1, err);

	if (!ret && files.paths.count > 1)
		ret = error_set(err, ERROR_USAGE, "'%s' stands for %zu files; "
				"one at a time (the newest: %s)", operand,
				files.paths.count,
				files.paths.items[files.paths.count - 1]);
	if (!ret)
		ret = inspect(args, files.paths.items[0], err);
	ref_files_release(&files);
	return ret;
}

int cmd_inspect(int argc, char **argv, struct error *err)
{
	struct inspect_args args = { .chunks = false };
	const struct opt options[] = {
		OPT_FLAG(0, "chunks", &args.chunks, "list every chunk"),
		OPT_FLAG(0, "verify", &args.verify,
			 "say whether the file is whole; status 1 if not"),
		OPT_FLAG(0, "json", &args.json, "print all as JSON"),
		OPT_END
	};
	static const char *const usage[] = { "[options] FILE", NULL };
	static const char *const examples[] = {
		"cprof inspect app.prof",
		"cprof inspect --verify app.prof && echo whole", NULL
	};
	const struct cli_command command = {
		"inspect", "show what a profile file is made of, and whether "
		"it is whole",
		usage, options, examples
	};
	int first = command_parse(&command, argc, argv, err);

	if (first <= 0)
		return first;
	if (first == argc)
		return error_set(err, ERROR_USAGE, "which file?");
	if (first + 1 < argc)
		return error_set(err, ERROR_USAGE,
				 "unexpected operand '%s'; one file at a time",
				 argv[first + 1]);
	return inspect_operand(&args, argv[first], err);
}
