/* SPDX-License-Identifier: MIT */
#include "render/runs_text.h"

#include "base/clock.h"
#include "base/units.h"
#include "render/summary_text.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum {
	RUNS_LISTED = 8
};

/* A word that the shell would not take as it is stands in quotes. */
static void add_argument(struct strbuf *out, const struct text_style *style,
			 const char *text)
{
	const bool quote = !*text || strpbrk(text, " \t\n\"'$&|;<>()*?\\`");

	if (quote)
		strbuf_add_char(out, '\'');
	text_add_foreign(out, style, text);
	if (quote)
		strbuf_add_char(out, '\'');
}

static void add_command(struct strbuf *out, const struct text_style *style,
			const struct run_begin *run)
{
	struct strbuf line = STRBUF_INIT;

	if (run->flags & RUN_ATTACHED)
		strbuf_add(&line, "(attached) ");
	for (size_t i = 0; i < run->argc; i++) {
		if (i)
			strbuf_add_char(&line, ' ');
		add_argument(&line, style, run->argv[i]);
	}
	/* Two lines are enough for a command. */
	text_add_cut_end(out, style, strbuf_text(&line),
			 2 * (style->width - SUMMARY_LABEL_WIDTH));
	strbuf_release(&line);
}

static void command_lines(struct strbuf *out, const struct text_style *style,
			  const struct run_begin *run)
{
	struct strbuf text = STRBUF_INIT;

	add_command(&text, style, run);
	if (text.len)
		summary_add_line(out, style, "Command", &text);
	if (!run->argc || strcmp(path_base(run->argv[0]), run->name) != 0 ||
	    *run->version || run->label_count)
		text_add_foreign(&text, style, run->name);
	if (*run->version) {
		strbuf_add(&text, ", version ");
		text_add_foreign(&text, style, run->version);
	}
	for (size_t i = 0; i < run->label_count; i++) {
		strbuf_add(&text, ", ");
		text_add_foreign(&text, style, run->labels[i].key);
		strbuf_add_char(&text, '=');
		text_add_foreign(&text, style, run->labels[i].value);
	}
	if (text.len)
		summary_add_line(out, style, "Name", &text);
	strbuf_release(&text);
}

static void recorded_line(struct strbuf *out, const struct text_style *style,
			  const struct profile *profile)
{
	const struct profile_run *run = profile_main_run(profile);
	const struct recording_info *info =
		&profile->files.items[run->file].info;
	time_t seconds = run->begin.start_realtime_ns / NS_PER_S;
	struct strbuf text = STRBUF_INIT;
	char date[64] = "";
	struct tm tm;

	if (seconds && localtime_r(&seconds, &tm))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S %Z", &tm);
	strbuf_add(&text, date);
	if (*info->host) {
		strbuf_add(&text, " on ");
		text_add_foreign(&text, style, info->host);
	}
	if (info->cpu_count) {
		strbuf_addf(&text, " (%" PRIu32 " CPU%s, ", info->cpu_count,
			    info->cpu_count == 1 ? "" : "s");
		text_add_foreign(&text, style, *info->cpu_model ?
				 info->cpu_model : info->machine);
		strbuf_add_char(&text, ')');
	}
	if (text.len)
		summary_add_line(out, style, "Recorded", &text);
	strbuf_release(&text);
}

static uint64_t run_wall_ns(const struct profile_run *run)
{
	uint64_t end_ns = run->ended ? run->end.end_ns : run->last_ns;

	return end_ns > run->begin.start_ns ? end_ns - run->begin.start_ns : 0;
}

/* ": 1.2 s, 1.3 s, ... (2 more)" for the runs of one kind. */
static void add_run_times(struct strbuf *out, const struct profile *profile,
			  enum run_kind kind)
{
	size_t listed = 0;

	for (size_t i = 0; i < profile->runs.count; i++) {
		const struct profile_run *run = &profile->runs.items[i];

		if ((run->begin.kind == RUN_PLAIN) != (kind == RUN_PLAIN))
			continue;
		if (listed++ >= RUNS_LISTED)
			continue;
		strbuf_add(out, listed > 1 ? ", " : ": ");
		units_add_duration(out, run_wall_ns(run));
	}
	if (listed > RUNS_LISTED)
		strbuf_addf(out, ", ... (%zu more)", listed - RUNS_LISTED);
}

static void runs_line(struct strbuf *out, const struct text_style *style,
		      const struct view *view)
{
	const struct profile *profile = view->profile;
	const struct overview *overview = view->overview;
	struct strbuf text = STRBUF_INIT;

	if (profile->runs.count < 2)
		return;
	strbuf_addf(&text, "%zu", overview->runs);
	if (profile->files.count > 1)
		strbuf_addf(&text, " in %zu files", profile->files.count);
	strbuf_add(&text, overview->runs > 1 ? ", added up" : "");
	add_run_times(&text, profile, RUN_PROFILED);
	if (overview->plain_runs) {
		strbuf_addf(&text, "; %zu more without sampling",
			    overview->plain_runs);
		add_run_times(&text, profile, RUN_PLAIN);
	}
	summary_add_line(out, style, "Runs", &text);
	strbuf_release(&text);
}

void runs_text(struct strbuf *out, const struct text_style *style,
	       const struct view *view)
{
	const struct profile *profile = view->profile;

	command_lines(out, style, &profile_main_run(profile)->begin);
	recorded_line(out, style, profile);
	runs_line(out, style, view);
}

void ended_text(struct strbuf *out, const struct text_style *style,
		const struct profile *profile)
{
	const struct profile_run *run =
		&profile->runs.items[profile->runs.count - 1];
	const int status = run->end.exit_status;
	struct strbuf text = STRBUF_INIT;

	if (!run->ended || status == -1 || status == 0 ||
	    run->begin.flags & RUN_ATTACHED)
		return;
	if (WIFSIGNALED(status))
		strbuf_addf(&text, "killed by signal %d (%s)",
			    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		strbuf_addf(&text, "with exit status %d",
			    WEXITSTATUS(status));
	summary_add_line(out, style, "Ended", &text);
	strbuf_release(&text);
}
