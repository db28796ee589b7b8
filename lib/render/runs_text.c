/* SPDX-License-Identifier: MIT */
#include "render/runs_text.h"

#include "base/clock.h"
#include "base/intern.h"
#include "base/path.h"
#include "base/units.h"
#include "render/summary_text.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum {
	RUNS_LISTED = 8,
	TEXTS_LISTED = 3	/* names, versions */
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

/* Of all runs; the first one's first. */
struct identity {
	struct intern commands;
	struct intern names;
	struct intern versions;
	struct intern hosts;
};

static void identity_init(struct identity *identity,
			  const struct text_style *style,
			  const struct profile *profile)
{
	*identity = (struct identity){ .commands = INTERN_INIT };
	for (size_t i = 0; i < profile->runs.count; i++) {
		const struct profile_run *run = &profile->runs.items[i];
		struct strbuf command = STRBUF_INIT;

		add_command(&command, style, &run->begin);
		intern_string(&identity->commands, strbuf_text(&command),
			      NULL);
		strbuf_release(&command);
		intern_string(&identity->names, run->begin.name, NULL);
		intern_string(&identity->versions, run->begin.version, NULL);
		intern_string(&identity->hosts,
			      profile->files.items[run->file].info.host, NULL);
	}
}

static void identity_release(struct identity *identity)
{
	intern_release(&identity->commands);
	intern_release(&identity->names);
	intern_release(&identity->versions);
	intern_release(&identity->hosts);
}

/* "1.0, 1.1, 1.2 (4 more)" */
static void add_some(struct strbuf *out, const struct text_style *style,
		     const struct intern *texts, const char *for_empty)
{
	const uint32_t shown = MIN(texts->count, (uint32_t)TEXTS_LISTED);

	for (uint32_t i = 0; i < shown; i++) {
		const char *text = intern_get(texts, i, NULL);

		strbuf_add(out, i ? ", " : "");
		text_add_foreign(out, style, *text ? text : for_empty);
	}
	if (texts->count > shown)
		strbuf_addf(out, " (%" PRIu32 " more)", texts->count - shown);
}

static bool has_label(const struct run_begin *run, const struct label *label)
{
	for (size_t i = 0; i < run->label_count; i++) {
		if (strcmp(run->labels[i].key, label->key) == 0 &&
		    strcmp(run->labels[i].value, label->value) == 0)
			return true;
	}
	return false;
}

/* Those that all runs have. */
static void add_labels(struct strbuf *out, const struct text_style *style,
		       const struct profile *profile)
{
	const struct run_begin *first = &profile_main_run(profile)->begin;
	bool differ = false;

	for (size_t i = 0; i < first->label_count; i++) {
		const struct label *label = &first->labels[i];
		bool common = true;

		for (size_t j = 0; j < profile->runs.count; j++)
			common &= has_label(&profile->runs.items[j].begin,
					    label);
		differ |= !common;
		if (!common)
			continue;
		strbuf_add(out, ", ");
		text_add_foreign(out, style, label->key);
		strbuf_add_char(out, '=');
		text_add_foreign(out, style, label->value);
	}
	for (size_t i = 0; i < profile->runs.count; i++)
		differ |= profile->runs.items[i].begin.label_count !=
			  first->label_count;
	if (differ)
		strbuf_add(out, ", labels that differ");
}

static bool name_tells_more(const struct identity *identity,
			    const struct run_begin *run)
{
	return !run->argc || strcmp(path_base(run->argv[0]), run->name) != 0 ||
		*run->version || run->label_count ||
		identity->names.count > 1 || identity->versions.count > 1;
}

static void command_lines(struct strbuf *out, const struct text_style *style,
			  const struct profile *profile,
			  const struct identity *identity)
{
	const struct run_begin *run = &profile_main_run(profile)->begin;
	const uint32_t others = identity->commands.count - 1;
	struct strbuf text = STRBUF_INIT;

	add_command(&text, style, run);
	if (text.len && others)
		strbuf_addf(&text, " (and %" PRIu32 " other command%s)", others,
			    others == 1 ? "" : "s");
	if (text.len)
		summary_add_line(out, style, "Command", &text);
	if (name_tells_more(identity, run)) {
		add_some(&text, style, &identity->names, "no name");
		if (*run->version || identity->versions.count > 1) {
			strbuf_addf(&text, ", version%s ",
				    identity->versions.count > 1 ? "s" : "");
			add_some(&text, style, &identity->versions, "none");
		}
		add_labels(&text, style, profile);
		summary_add_line(out, style, "Name", &text);
	}
	strbuf_release(&text);
}

static void add_date(struct strbuf *out, uint64_t realtime_ns)
{
	const time_t seconds = realtime_ns / NS_PER_S;
	char date[64] = "";
	struct tm tm;

	if (seconds && localtime_r(&seconds, &tm))
		strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S %Z", &tm);
	strbuf_add(out, date);
}

/* "2026-11-22 10:00:00 UTC to 2026-11-23 10:00:00 UTC", if many files. */
static void add_dates(struct strbuf *out, const struct profile *profile)
{
	uint64_t first_ns = UINT64_MAX, last_ns = 0;

	for (size_t i = 0; i < profile->runs.count; i++) {
		uint64_t ns = profile->runs.items[i].begin.start_realtime_ns;

		first_ns = MIN(first_ns, ns);
		last_ns = MAX(last_ns, ns);
	}
	if (profile->files.count < 2 ||
	    first_ns / NS_PER_S == last_ns / NS_PER_S) {
		add_date(out, profile_main_run(profile)->
			 begin.start_realtime_ns);
		return;
	}
	add_date(out, first_ns);
	strbuf_add(out, " to ");
	add_date(out, last_ns);
}

static void recorded_line(struct strbuf *out, const struct text_style *style,
			  const struct profile *profile,
			  const struct identity *identity)
{
	const struct profile_run *run = profile_main_run(profile);
	const struct recording_info *info =
		&profile->files.items[run->file].info;
	struct strbuf text = STRBUF_INIT;

	add_dates(&text, profile);
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
	if (identity->hosts.count > 1)
		strbuf_addf(&text, " and %" PRIu32 " other host%s",
			    identity->hosts.count - 1,
			    identity->hosts.count == 2 ? "" : "s");
	if (text.len)
		summary_add_line(out, style, "Recorded", &text);
	strbuf_release(&text);
}

static uint64_t run_wall_ns(const struct profile_run *run)
{
	uint64_t end_ns = run->ended ? run->end.end_ns : run->last_ns;

	return end_ns > run->begin.start_ns ? end_ns - run->begin.start_ns : 0;
}

/* ": 1.2 s, 1.4 s" for the runs of one kind. */
static void add_run_times(struct strbuf *out, const struct profile *profile,
			  enum run_kind kind)
{
	uint64_t sum_ns = 0;
	size_t listed = 0;

	for (size_t i = 0; i < profile->runs.count; i++) {
		const struct profile_run *run = &profile->runs.items[i];

		if ((run->begin.kind == RUN_PLAIN) != (kind == RUN_PLAIN))
			continue;
		sum_ns += run_wall_ns(run);
		if (listed++ >= RUNS_LISTED)
			continue;
		strbuf_add(out, listed > 1 ? ", " : ": ");
		units_add_duration(out, run_wall_ns(run));
	}
	if (listed > RUNS_LISTED)
		strbuf_addf(out, ", ... (%zu more)", listed - RUNS_LISTED);
	/* That of the sampled ones stands with their time. */
	if (listed > 1 && kind == RUN_PLAIN) {
		strbuf_add(out, " (");
		units_add_duration(out, sum_ns / listed);
		strbuf_add(out, " on average)");
	}
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

	struct identity identity;

	identity_init(&identity, style, profile);
	command_lines(out, style, profile, &identity);
	recorded_line(out, style, profile, &identity);
	runs_line(out, style, view);
	identity_release(&identity);
}

static bool has_failed(const struct profile_run *run)
{
	const int status = run->end.exit_status;

	return run->ended && status && status != -1 &&
		!(run->begin.flags & RUN_ATTACHED);
}

void ended_text(struct strbuf *out, const struct text_style *style,
		const struct profile *profile)
{
	const size_t runs = profile->runs.count;
	struct strbuf text = STRBUF_INIT;
	size_t failed = 0;
	int status = 0;

	for (size_t i = 0; i < runs; i++) {
		if (!has_failed(&profile->runs.items[i]))
			continue;
		failed++;
		status = profile->runs.items[i].end.exit_status;
	}
	if (!failed)
		return;
	if (runs > 1)
		strbuf_addf(&text, "%zu of %zu runs failed, the last of them ",
			    failed, runs);
	if (WIFSIGNALED(status))
		strbuf_addf(&text, "killed by signal %d (%s)",
			    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		strbuf_addf(&text, "with exit status %d",
			    WEXITSTATUS(status));
	summary_add_line(out, style, "Ended", &text);
	strbuf_release(&text);
}
