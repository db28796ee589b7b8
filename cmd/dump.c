/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "dump_names.h"
#include "dump_threads.h"
#include "pid_list.h"

#include "base/escape.h"
#include "base/json.h"
#include "base/path.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dump_args {
	struct string_vec pid_lists;
	bool json;
	bool debuginfod;
};

/* What is shown of a dump. */
struct view {
	const struct dump *dump;
	const struct dump_names *names;
	pid_t pid;
};

static const char *module_path(const struct view *view,
			       const struct frame *frame)
{
	return module_table_get(view->dump->modules, frame->module)->path;
}

static void add_location(struct strbuf *out,
			 const struct source_location *location)
{
	if (!location->file)
		return;
	strbuf_add(out, " at ");
	escape_text(out, location->file);
	if (location->line)
		strbuf_addf(out, ":%" PRIu32, location->line);
}

/* "#3  main at work.c:17 (work)"; inlined callers have lines of their own. */
static void add_frame(struct strbuf *out, const struct view *view,
		      const struct frame *frame, size_t *number)
{
	const struct frame_name *name = dump_names_get(view->names, frame);
	const char *module = path_base(module_path(view, frame));

	for (size_t i = 0; name && i < name->count; i++) {
		strbuf_addf(out, "#%-3zu ", (*number)++);
		escape_text(out, name->chain[i].function);
		add_location(out, &name->chain[i]);
		if (i + 1 < name->count) {
			strbuf_add(out, " (inlined)");
		} else {
			strbuf_add(out, " (");
			escape_text(out, module);
			strbuf_add_char(out, ')');
		}
		strbuf_add_char(out, '\n');
	}
	if (name)
		return;
	strbuf_addf(out, "#%-3zu [", (*number)++);
	escape_text(out, module);
	strbuf_addf(out, "+0x%" PRIx64 "]\n", frame->address);
}

static void add_thread(struct strbuf *out, const struct view *view,
		       const struct dump_thread *thread)
{
	size_t number = 0;

	strbuf_addf(out, "\nthread %d (", (int)thread->tid);
	escape_text(out, thread->name);
	if (thread->problem)
		strbuf_add(out, "):\n");
	else
		strbuf_addf(out, "), %s:\n",
			    thread_state_text(thread->state));
	for (size_t i = 0; i < thread->frame_count; i++)
		add_frame(out, view, &thread->frames[i], &number);
	if (thread->problem)
		strbuf_addf(out, "     [no stack: %s]\n", thread->problem);
	else if (!thread->complete)
		strbuf_addf(out, "     %s\n",
			    special_frame_name(thread->ending));
}

static void print_text(const struct view *view)
{
	const struct dump_thread_vec *threads = &view->dump->threads;
	struct strbuf out = STRBUF_INIT;
	size_t stopped = 0;

	for (size_t i = 0; i < threads->count; i++)
		stopped += threads->items[i].stopped;
	strbuf_addf(&out, "process %d: %zu thread%s, %zu stopped for this\n",
		    (int)view->pid, threads->count,
		    threads->count == 1 ? "" : "s", stopped);
	for (size_t i = 0; i < threads->count; i++)
		add_thread(&out, view, &threads->items[i]);
	fwrite(out.text, 1, out.len, stdout);
	strbuf_release(&out);
}

static json_t *json_frame(const struct view *view, const struct frame *frame,
			  const struct source_location *location,
			  bool inlined)
{
	json_t *row = json_object();

	json_put(row, "function",
		 json_text(location ? location->function : NULL));
	json_put(row, "module", json_text(module_path(view, frame)));
	json_put(row, "address", json_count(frame->address));
	json_put(row, "file", json_text(location ? location->file : NULL));
	json_put(row, "line", location && location->line
				      ? json_count(location->line)
				      : json_null());
	json_put(row, "inlined", json_boolean(inlined));
	return row;
}

static json_t *json_frames(const struct view *view,
			   const struct dump_thread *thread)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < thread->frame_count; i++) {
		const struct frame *frame = &thread->frames[i];
		const struct frame_name *name =
			dump_names_get(view->names, frame);

		if (!name)
			json_push(rows, json_frame(view, frame, NULL, false));
		for (size_t j = 0; name && j < name->count; j++)
			json_push(rows, json_frame(view, frame,
						   &name->chain[j],
						   j + 1 < name->count));
	}
	return rows;
}

static json_t *json_thread(const struct view *view,
			   const struct dump_thread *thread)
{
	json_t *row = json_object();

	json_put(row, "tid", json_count((uint64_t)thread->tid));
	json_put(row, "name", json_text(thread->name));
	json_put(row, "state", thread->problem
				       ? json_null()
				       : json_text(thread_state_name(
						 thread->state)));
	json_put(row, "stopped", json_boolean(thread->stopped));
	json_put(row, "complete", json_boolean(thread->complete));
	json_put(row, "problem",
		 thread->problem || thread->complete
			 ? json_text(thread->problem)
			 : json_text(special_frame_name(thread->ending)));
	json_put(row, "frames", json_frames(view, thread));
	return row;
}

static void print_json(const struct view *view)
{
	struct strbuf out = STRBUF_INIT;
	json_t *root = json_object();
	json_t *threads = json_array();

	for (size_t i = 0; i < view->dump->threads.count; i++)
		json_push(threads,
			  json_thread(view, &view->dump->threads.items[i]));
	json_put(root, "schema", json_text("cprof.dump/1"));
	json_put(root, "pid", json_count((uint64_t)view->pid));
	json_put(root, "threads", threads);
	json_add(&out, root);
	fwrite(out.text, 1, out.len, stdout);
	strbuf_release(&out);
	json_decref(root);
}

static int dump_process(const struct dump_args *args, pid_t pid,
			struct error *err)
{
	struct dump_names names = { .names = VEC_INIT };
	struct view view = { .names = &names, .pid = pid };
	struct dump dump;
	int ret;

	ret = dump_take(&dump, view.pid, err);
	view.dump = &dump;
	if (!ret)
		ret = dump_names_resolve(&names, &dump, args->debuginfod,
					 err);
	if (!ret) {
		if (args->json)
			print_json(&view);
		else
			print_text(&view);
	}
	dump_names_release(&names);
	dump_release(&dump);
	return ret;
}

/* One that is gone by now does not keep the others from being shown. */
static int dump_all(const struct dump_args *args, const struct pid_vec *pids,
		    struct error *err)
{
	struct error next = ERROR_INIT;
	int ret = 0;

	for (size_t i = 0; i < pids->count; i++) {
		if (i && !args->json)
			putchar('\n');
		if (dump_process(args, pids->items[i], &next) && !ret) {
			*err = next;
			ret = -1;
		}
	}
	return ret;
}

static int dump_lists(const struct dump_args *args, struct error *err)
{
	struct pid_vec pids = VEC_INIT;
	int ret = 0;

	for (size_t i = 0; i < args->pid_lists.count && !ret; i++)
		ret = pid_list_parse(args->pid_lists.items[i], &pids, err);
	if (!ret && !pids.count)
		ret = error_set(err, ERROR_USAGE, "which process? (-p PID)");
	if (!ret)
		ret = dump_all(args, &pids, err);
	pid_vec_release(&pids);
	return ret;
}

int cmd_dump(int argc, char **argv, struct error *err)
{
	struct dump_args args = { .pid_lists = VEC_INIT };
	const struct opt options[] = {
		OPT_LIST('p', "pid", "PID[,PID]", &args.pid_lists,
			 "the processes to look at"),
		OPT_DEBUGINFOD(&args.debuginfod,
			 "ask debuginfod servers for debug information"),
		OPT_FLAG(0, "json", &args.json, "print the stacks as JSON"),
		OPT_END
	};
	static const char *const usage[] = { "[options] -p PID[,PID]", NULL };
	static const char *const examples[] = {
		"cprof dump -p 4711",
		"cprof dump -p \"$(pgrep nginx)\"", NULL
	};
	const struct cli_command dump = {
		"dump", "show the stacks of all threads of a process, once",
		usage, options, examples
	};
	int first = command_parse(&dump, argc, argv, err);
	int ret = first;

	if (first > 0 && first < argc)
		ret = error_set(err, ERROR_USAGE, "unexpected operand '%s'; "
				"for a process use -p PID", argv[first]);
	else if (first > 0)
		ret = dump_lists(&args, err);
	string_vec_release(&args.pid_lists);
	return ret;
}
