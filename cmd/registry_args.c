/* SPDX-License-Identifier: MIT */
#include "registry_args.h"

#include "inspect_json.h"
#include "pager.h"
#include "registry_regions.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/output.h"
#include "base/units.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

/* "2026-11-20", with a time, and with Z for UTC; else local time. */
static bool parse_date(const char *text, uint64_t *ns)
{
	static const char *const formats[] = {
		"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
		"%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"
	};

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		struct tm tm = { .tm_isdst = -1 };
		const char *end = strptime(text, formats[i], &tm);
		time_t seconds;

		if (!end || (*end && strcmp(end, "Z") != 0))
			continue;
		seconds = *end ? timegm(&tm) : mktime(&tm);
		if (seconds < 0)
			return false;
		*ns = seconds * NS_PER_S;
		return true;
	}
	return false;
}

int registry_parse_since(const char *text, void *value, struct error *err)
{
	const uint64_t now_ns = clock_realtime_ns();
	uint64_t *since_ns = value;
	uint64_t ago_ns;

	if (parse_date(text, since_ns))
		return 0;
	if (units_parse_duration(text, &ago_ns, NULL))
		return error_set(err, ERROR_USAGE, "'%s' is neither a time "
				 "that has passed (2h, 7d) nor a date "
				 "(2026-11-20, 2026-11-20T14:30Z)", text);
	*since_ns = ago_ns < now_ns ? now_ns - ago_ns : 0;
	return 0;
}

int registry_emit(const struct registry_args *args, const struct strbuf *text,
		  struct error *err)
{
	if (strcmp(args->output, "-") != 0)
		return output_write_file(args->output, strbuf_text(text),
					 text->len, err);
	return pager_show(strbuf_text(text), text->len, args->json, err);
}

int registry_emit_json(const struct registry_args *args, json_t *root,
		       struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	int ret;

	json_add(&text, root);
	json_decref(root);
	ret = registry_emit(args, &text, err);
	strbuf_release(&text);
	return ret;
}

static void warn(const char *command, const char *text)
{
	struct strbuf safe = STRBUF_INIT;

	escape_text(&safe, text);
	fprintf(stderr, "cprof registry %s: %s\n", command,
		strbuf_text(&safe));
	strbuf_release(&safe);
}

void registry_warn(const struct registry *registry, const char *command)
{
	struct strbuf text = STRBUF_INIT;

	registry_add_warning(&text, registry);
	if (text.len)
		warn(command, strbuf_text(&text));
	strbuf_release(&text);
}

void registry_find_baselines(struct baseline_index *index,
			     const char *directory, const char *command)
{
	struct error err = ERROR_INIT;

	if (baseline_index_init(index, directory, &err))
		warn(command, err.text);
}

int registry_open(struct registry *registry, const char *command,
		  struct error *err)
{
	if (registry_scan(registry, operands_directory(), err))
		return -1;
	registry_warn(registry, command);
	return 0;
}

void registry_add_time(struct strbuf *out, uint64_t realtime_ns)
{
	const time_t seconds = realtime_ns / NS_PER_S;
	char text[40] = "-";
	struct tm tm;

	if (seconds && localtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm);
	strbuf_add(out, text);
}

json_t *registry_time_json(uint64_t realtime_ns)
{
	const time_t seconds = realtime_ns / NS_PER_S;
	char text[40];
	struct tm tm;

	if (!seconds || !gmtime_r(&seconds, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return json_null();
	return json_text(text);
}

void registry_add_status(struct strbuf *out, const struct summary_run *run)
{
	const int status = run->end.exit_status;

	if (!run->ended || !status || status == -1 ||
	    run->begin.flags & RUN_ATTACHED)
		return;
	if (WIFSIGNALED(status))
		strbuf_addf(out, "killed %d", WTERMSIG(status));
	else
		strbuf_addf(out, "exit %d", WEXITSTATUS(status));
}

void registry_add_words(struct strbuf *out, const struct string_vec *words)
{
	for (size_t i = 0; i < words->count; i++)
		strbuf_addf(out, "%s%s", i ? ", " : "", words->items[i]);
}

void registry_add_labels(struct strbuf *out, const struct run_begin *run)
{
	for (size_t i = 0; i < run->label_count; i++)
		strbuf_addf(out, "%s%s=%s", i ? ", " : "",
			    run->labels[i].key, run->labels[i].value);
}

json_t *registry_entry_json(const struct registry_entry *entry,
			    const struct string_vec *baselines,
			    const char *region)
{
	const struct profile_summary *summary = &entry->summary;
	json_t *row = json_object();
	json_t *runs = json_array();
	json_t *names = json_array();

	for (size_t i = 0; i < baselines->count; i++)
		json_push(names, json_text(baselines->items[i]));
	for (size_t i = 0; i < summary->run_count; i++)
		json_push(runs, inspect_run_json(&summary->runs[i]));
	json_put(row, "path", json_text(entry->path));
	json_put(row, "state", json_text(registry_state_name(entry->state)));
	json_put(row, "bytes", json_count(entry->bytes));
	json_put(row, "name", json_text(registry_entry_name(entry)));
	json_put(row, "version", json_text(registry_entry_version(entry)));
	json_put(row, "recorded",
		 registry_time_json(entry->start_realtime_ns));
	json_put(row, "host", json_text(entry->host));
	json_put(row, "cpu_model", json_text(entry->cpu_model));
	json_put(row, "cprof_version", json_text(entry->cprof_version));
	json_put(row, "baselines", names);
	json_put(row, "samples", json_count(summary->totals.samples));
	json_put(row, "threads", json_count(summary->totals.threads));
	json_put(row, "processes", json_count(summary->totals.processes));
	json_put(row, "runs", runs);
	json_put(row, "regions", registry_regions_json(entry, region));
	return row;
}

json_t *registry_strangers_json(const struct registry *registry)
{
	json_t *list = json_array();

	for (size_t i = 0; i < registry->strangers.count; i++) {
		const struct registry_stranger *stranger =
			&registry->strangers.items[i];
		json_t *row = json_object();

		json_put(row, "file", json_text(stranger->file));
		json_put(row, "why", json_text(stranger->why));
		json_push(list, row);
	}
	return list;
}
