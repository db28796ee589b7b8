/* SPDX-License-Identifier: MIT */
#include "record_words.h"

#include "base/escape.h"
#include "base/map64.h"
#include "base/mem.h"
#include "base/units.h"
#include "proc/process.h"
#include "proc/task.h"
#include "record/summary_text.h"
#include "render/text.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PATIENCE_MS = 1000,
	PATIENCE_MEANWHILE_MS = 20	/* the watchdog has to look */
};

/*
 * A pipe that is full, or a terminal after Ctrl-S: who is to read this may
 * first wait for the program's end.
 */
static bool somebody_reads(int wait_ms)
{
	struct pollfd out = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&out, 1, wait_ms) > 0;
}

/* One write a line, so that it does not mix with the program's. */
static void say(const char *text, int wait_ms)
{
	struct strbuf line = STRBUF_INIT;

	if (!somebody_reads(wait_ms))
		return;
	strbuf_add(&line, "cprof: ");
	escape_text(&line, text);
	strbuf_add_char(&line, '\n');
	fputs(line.text, stderr);
	strbuf_release(&line);
}

void record_say(const char *text)
{
	say(text, PATIENCE_MS);
}

void record_say_meanwhile(const char *text)
{
	say(text, PATIENCE_MEANWHILE_MS);
}

/* What is longer than a line and no command: on a terminal, word by word. */
static void say_wrapped(const char *text)
{
	const struct text_style style = text_style_of(STDERR_FILENO);
	struct strbuf line = STRBUF_INIT;

	if (!isatty(STDERR_FILENO)) {
		record_say(text);
		return;
	}
	if (!somebody_reads(PATIENCE_MS))
		return;
	fputs("cprof: ", stderr);
	text_add_wrapped(&line, &style, text, strlen("cprof: "), 2);
	fputs(line.text, stderr);
	strbuf_release(&line);
}

/* Who names what he records does so more than once. */
static void hint_at_all(struct strbuf *out, const struct record_words *words)
{
	const char *version = words->recording->version;
	char *all;

	if (!words->named && !*version)
		return;
	all = mem_printf("%s%s%s", words->recording->name,
			 *version ? "@" : "", version);
	strbuf_add(out, "; all of that name: cprof report ");
	shell_word_add(out, all);
	free(all);
}

void record_say_children(const struct recording *recording)
{
	struct strbuf text = STRBUF_INIT;
	struct map64 others = MAP64_INIT;
	struct pid_vec pids = VEC_INIT;

	for (size_t i = 0; i < recording->pid_count; i++)
		process_descendants(recording->pids[i], getpid(), &pids);
	for (size_t i = 0; i < pids.count; i++)
		map64_put(&others, (uint64_t)pids.items[i], 1);
	for (size_t i = 0; i < recording->pid_count; i++)
		map64_remove(&others, (uint64_t)recording->pids[i]);
	if (others.count) {
		strbuf_addf(&text, "%zu child process%s %s not recorded; to "
			    "record %s, too: --children", others.count,
			    others.count == 1 ? "" : "es",
			    others.count == 1 ? "is" : "are",
			    others.count == 1 ? "it" : "them");
		record_say(strbuf_text(&text));
	}
	pid_vec_release(&pids);
	map64_release(&others);
	strbuf_release(&text);
}

/* A server that went into the background, say, is what was meant. */
static void say_who_is_left(const struct recording_summary *sum)
{
	struct strbuf text = STRBUF_INIT;
	char name[32];
	uint64_t start;

	/* Most that are left end a moment later. */
	if (!sum->left_count ||
	    !process_start_read(sum->left_pid, &start) ||
	    start != sum->left_start ||
	    process_has_ended(sum->left_pid))
		return;
	task_name(sum->left_pid, sum->left_pid, name);
	strbuf_addf(&text, "process %d (%s)", (int)sum->left_pid, name);
	if (sum->left_count > 1)
		strbuf_addf(&text, " and %" PRIu32 " more",
			    sum->left_count - 1);
	strbuf_addf(&text, " of the program run%s on, unrecorded; to record "
		    "%s: cprof record -p %d", sum->left_count > 1 ? "" : "s",
		    sum->left_count > 1 ? "this one" : "it",
		    (int)sum->left_pid);
	record_say(strbuf_text(&text));
	strbuf_release(&text);
}

/* The one thing that a program may see of us. */
static void say_what_was_cut(const struct recording_summary *sum)
{
	const uint64_t count = sum->losses.transfers_cut;
	struct strbuf text = STRBUF_INIT;

	if (!count)
		return;
	units_add_count(&text, count);
	strbuf_addf(&text, " large transfer%s of the program %s cut short, as "
		    "by a signal; see cprof-transparency(7)",
		    count == 1 ? "" : "s", count == 1 ? "was" : "were");
	record_say(strbuf_text(&text));
	strbuf_release(&text);
}

void record_say_summary(const struct record_words *words,
			const struct session_result *result)
{
	const struct recording_summary *sum = &result->summary;
	struct strbuf text = STRBUF_INIT;

	if (result->runs > 1 || result->plain_runs)
		strbuf_addf(&text, "%u run%s, ", result->runs,
			    result->runs == 1 ? "" : "s");
	if (result->plain_runs)
		strbuf_addf(&text, "%u more without sampling, ",
			    result->plain_runs);
	summary_text_add(&text, sum, words->recording->path);
	say_wrapped(strbuf_text(&text));
	strbuf_clear(&text);
	if (*sum->not_collected) {
		strbuf_addf(&text, "not recorded: %s", sum->not_collected);
		record_say(strbuf_text(&text));
		strbuf_clear(&text);
	}
	say_what_was_cut(sum);
	say_who_is_left(sum);
	if (!sum->samples) {
		strbuf_addf(&text, "no samples: %s", *sum->no_samples ?
			    sum->no_samples : "the reason is not known");
	} else {
		strbuf_add(&text, "next: cprof report");
		if (words->output) {
			strbuf_add(&text, " ");
			shell_word_add(&text, words->output);
		} else {
			hint_at_all(&text, words);
		}
	}
	record_say(strbuf_text(&text));
	strbuf_release(&text);
}
