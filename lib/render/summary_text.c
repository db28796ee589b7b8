/* SPDX-License-Identifier: MIT */
#include "render/summary_text.h"

#include "base/clock.h"
#include "base/units.h"
#include "profile/region_use.h"
#include "render/filter_text.h"
#include "render/metrics_view.h"
#include "render/runs_text.h"

#include <inttypes.h>
#include <math.h>

enum {
	FEW_SAMPLES = 96,	/* below it, shares may be off by 10 points */
	BRIEF_MUCH_PERCENT = 20,
	CPU_LOW_PERCENT = 20,	/* below it, waiting is the better view */
	SHORT_WALL_NS = 20000000,	/* that may end between two looks */
	ENOUGH_RATE_NS = 50000000,	/* CPU time that makes a rate */
	NEAR_RATE_PERCENT = 70		/* of what was asked: it is the limit */
};

void summary_add_line(struct strbuf *out, const struct text_style *style,
		      const char *label, struct strbuf *text)
{
	struct strbuf padded = STRBUF_INIT;

	strbuf_addf(&padded, "%-*s", SUMMARY_LABEL_WIDTH, label);
	text_add(out, style, TONE_TITLE, strbuf_text(&padded));
	text_add_wrapped(out, style, strbuf_text(text), SUMMARY_LABEL_WIDTH,
			 SUMMARY_LABEL_WIDTH);
	strbuf_release(&padded);
	strbuf_clear(text);
}

static void time_line(struct strbuf *out, const struct text_style *style,
		      const struct overview *overview)
{
	struct strbuf text = STRBUF_INIT;

	units_add_duration(&text, overview->wall_ns);
	strbuf_add(&text, " wall, ");
	units_add_duration(&text, overview->cpu_ns);
	strbuf_add(&text, " CPU");
	if (overview->cpu_known) {
		strbuf_add(&text, " (");
		units_add_duration(&text, overview->user_ns);
		strbuf_add(&text, " user, ");
		units_add_duration(&text, overview->system_ns);
		strbuf_add(&text, " system)");
	}
	if (overview->wall_ns)
		strbuf_addf(&text, ", %.2f threads running on average",
			    (double)overview->cpu_ns / overview->wall_ns);
	if (overview->runs > 1) {
		strbuf_add(&text, "; a run: ");
		units_add_duration(&text, overview->wall_ns / overview->runs);
		strbuf_add(&text, " wall, ");
		units_add_duration(&text, overview->cpu_ns / overview->runs);
		strbuf_add(&text, " CPU");
	}
	summary_add_line(out, style, "Time", &text);
	strbuf_release(&text);
}

static void add_plural(struct strbuf *out, uint64_t count, const char *one,
		       const char *many)
{
	units_add_count(out, count);
	strbuf_addf(out, " %s", count == 1 ? one : many);
}

/* Is that said of shares which more samples would not mend? */
static bool is_doubtful(const struct overview *overview)
{
	return overview_points_doubtful(overview) >= 1;
}

static double samples_per_s(const struct overview *overview)
{
	return (double)overview->cpu_samples * NS_PER_S /
	       overview->cpu_weight_ns;
}

/*
 * How far shares of the whole may be off by chance; where there is more to it,
 * the line about quality says both.
 */
static void add_chance(struct strbuf *out, const struct view *view)
{
	const struct overview *overview = view->overview;
	double points;

	if (view->clock != WEIGH_CPU || overview->cpu_effective <= 0 ||
	    is_doubtful(overview) || !filter_spec_is_empty(view->spec))
		return;
	points = ceil(overview_points_off(overview));
	strbuf_addf(out, ": shares may be off by %.0f point%s", points,
		    points == 1 ? "" : "s");
}

static void samples_line(struct strbuf *out, const struct text_style *style,
			 const struct view *view)
{
	const struct overview *overview = view->overview;
	const struct profile *profile = view->profile;
	struct strbuf text = STRBUF_INIT;

	if (overview->samples) {
		units_add_count(&text, overview->samples);
		strbuf_add(&text, ", ");
		units_add_count(&text, overview->cpu_samples);
		strbuf_add(&text, " of them on a CPU");
	} else {
		strbuf_add(&text, "none");
	}
	if (overview->cpu_samples && overview->cpu_weight_ns >= ENOUGH_RATE_NS)
		strbuf_addf(&text, " at %.0f Hz (%" PRIu32 " Hz asked)",
			    samples_per_s(overview),
			    profile_main_run(profile)->begin.rate_hz);
	add_chance(&text, view);
	strbuf_add(&text, "; ");
	add_plural(&text, profile->threads.count, "thread", "threads");
	strbuf_add(&text, " in ");
	add_plural(&text, profile->processes.count, "process", "processes");
	summary_add_line(out, style, "Samples", &text);
	strbuf_release(&text);
}

static void cost_line(struct strbuf *out, const struct text_style *style,
		      const struct view *view)
{
	const struct overview *overview = view->overview;
	const uint32_t allowed_ppm =
		profile_main_run(view->profile)->begin.overhead_ppm;
	struct strbuf text = STRBUF_INIT;
	double percent;

	if (!overview->cost_ns || !overview->cpu_ns)
		return;
	percent = 100.0 * overview->cost_ns / overview->cpu_ns;
	strbuf_add(&text, "about ");
	units_add_duration(&text, overview->cost_ns);
	/* What hardly ran has no percentage that tells anything. */
	if (percent < 99.5)
		strbuf_addf(&text, percent < 9.95 ? ", %.2g%% of" :
			    ", %.0f%% of", percent);
	else
		strbuf_add(&text, ", more than");
	strbuf_add(&text, " the program's CPU time");
	if (allowed_ppm)
		strbuf_addf(&text, " (%g%%, or 25 ms, allowed for "
			    "samples)", allowed_ppm / 10000.0);
	summary_add_line(out, style, "Cost", &text);
	strbuf_release(&text);
}

/* The region that the program was in at the peak of its first run. */
static void add_peak_region(struct strbuf *out, const struct text_style *style,
			    const struct view *view)
{
	const struct profile *profile = view->profile;
	uint32_t region;

	if (!view->overview->memory.peak_bytes || profile->runs.count != 1)
		return;
	region = region_at_time(profile, 0, profile->runs.items[0].begin
				.start_ns + view->overview->memory.peak_ns);
	if (region == ID_NONE)
		return;
	strbuf_add(out, "; the peak was in region ");
	text_add_foreign(out, style,
			 profile->regions.items[region].region.name);
}

static void memory_line(struct strbuf *out, const struct text_style *style,
			const struct view *view)
{
	struct strbuf text = STRBUF_INIT;

	memory_add_text(&text, view->overview);
	if (text.len)
		add_peak_region(&text, style, view);
	if (text.len)
		summary_add_line(out, style, "Memory", &text);
	strbuf_release(&text);
}

/* The longest waits first; what is under 0.1% of all is left out. */
static void waiting_line(struct strbuf *out, const struct text_style *style,
			 const struct overview *overview)
{
	struct strbuf text = STRBUF_INIT;
	uint64_t left[STATE_COUNT];
	uint64_t sum = 0;

	for (int i = 0; i < STATE_COUNT; i++) {
		left[i] = i == STATE_RUNNING ? 0 : overview->state_ns[i];
		sum += left[i];
	}
	if (!sum)
		return;
	units_add_duration(&text, sum);
	for (int listed = 0; listed < STATE_COUNT; listed++) {
		int best = 0;

		for (int i = 1; i < STATE_COUNT; i++) {
			if (left[i] > left[best])
				best = i;
		}
		if (!left[best] || left[best] < sum / 1000)
			break;
		strbuf_add(&text, listed ? ", " : " over all threads: ");
		strbuf_addf(&text, "%s ", best == STATE_RUNNABLE ?
			    "for a CPU" : thread_state_name(best));
		units_add_duration(&text, left[best]);
		left[best] = 0;
	}
	summary_add_line(out, style, "Waiting", &text);
	strbuf_release(&text);
}

static void add_share(struct strbuf *out, uint64_t part, uint64_t whole,
		      const char *what)
{
	if (!part)
		strbuf_addf(out, "no %s", what);
	else if (part * 1000 < whole)
		strbuf_addf(out, "under 0.1%% %s", what);
	else
		strbuf_addf(out, "%.1f%% %s", 100.0 * part / whole, what);
}

/*
 * Shares of bursts that are hardly longer than a stop takes, and of calls
 * that stops run into.
 */
static void add_doubt(struct strbuf *out, const struct overview *overview)
{
	const uint64_t whole_ns = MAX(overview->cpu_weight_ns, UINT64_C(1));
	const double points = overview_points_off(overview);
	const double chance = points - overview_points_doubtful(overview);

	if (!is_doubtful(overview))
		return;
	if (overview->short_ns) {
		strbuf_addf(out, ", %.0f%% of the CPU time in bursts of ",
			    100.0 * overview->short_ns / whole_ns);
		units_add_duration(out, overview->burst_ns);
	}
	if (overview->call_doubt_ns * 100 >= whole_ns)
		strbuf_add(out, ", system calls seen too often");
	strbuf_addf(out, ": shares may be off by %.0f points", ceil(points));
	if (chance >= 1)
		strbuf_addf(out, ", %.0f of them by chance", chance);
}

static void add_count(struct strbuf *out, uint64_t count, const char *one,
		      const char *many)
{
	if (!count)
		return;
	strbuf_add(out, ", ");
	add_plural(out, count, one, many);
}

static void quality_line(struct strbuf *out, const struct text_style *style,
			 const struct overview *overview)
{
	const struct losses *losses = &overview->losses;
	const uint64_t samples = overview->samples;
	struct strbuf text = STRBUF_INIT;

	/* Nothing is known of none. */
	if (!samples && !losses->samples_lost && !losses->threads_missed)
		return;
	add_share(&text, overview->truncated, samples, "truncated stacks, ");
	add_share(&text, overview->nameless, overview->cpu_samples,
		  "unresolved names, ");
	if (overview->by_address)
		add_share(&text, overview->by_address, overview->cpu_samples,
			  "named by address only, ");
	add_share(&text, losses->samples_lost, samples + losses->samples_lost,
		  "lost samples, ");
	add_share(&text, overview->late, samples, "late samples");
	if (overview->moved) {
		strbuf_add(&text, ", ");
		add_share(&text, overview->moved, overview->cpu_samples,
			  "moved out of system calls");
	}
	if (overview->unreadable) {
		strbuf_add(&text, ", ");
		add_share(&text, overview->unreadable, samples,
			  "without a stack");
	}
	if (overview->cpu_known &&
	    overview->cpu_weight_ns < overview->cpu_ns / 100 * 97)
		strbuf_addf(&text, ", %.1f%% of the CPU time not seen",
			    100.0 - 100.0 * overview->cpu_weight_ns /
			    overview->cpu_ns);
	add_count(&text, losses->threads_missed, "thread not seen",
		  "threads not seen");
	add_count(&text, losses->ticks_missed, "tick missed", "ticks missed");
	add_count(&text, losses->calls_restarted, "call restarted",
		  "calls restarted");
	add_count(&text, losses->transfers_cut, "transfer cut short",
		  "transfers cut short");
	if (overview->between_ns * 100 >= MAX(overview->cpu_weight_ns,
					      UINT64_C(1)))
		strbuf_addf(&text, ", %.1f%% of the CPU time too brief "
			    "to be sampled",
			    100.0 * overview->between_ns /
			    overview->cpu_weight_ns);
	add_doubt(&text, overview);
	summary_add_line(out, style, "Quality", &text);
	strbuf_release(&text);
}

/* Little work and much waiting: then that is what to look at. */
static bool sleeps(const struct overview *overview)
{
	return overview->wall_ns && overview->samples &&
	       overview->cpu_ns * 100 < overview->wall_ns * CPU_LOW_PERCENT;
}

/* Which of the rate and the budget kept samples away? */
static void few_samples_hint(struct strbuf *text, const struct view *view)
{
	const struct overview *overview = view->overview;
	const struct run_begin *begin =
		&profile_main_run(view->profile)->begin;

	if (overview->cpu_effective <= 0 ||
	    overview->cpu_effective >= FEW_SAMPLES || sleeps(overview))
		return;
	strbuf_addf(text, "few samples%s; for more of them, record for "
		    "longer, or several runs (--runs 10)",
		    overview->cpu_samples > 2 * overview->cpu_effective ?
		    ", or some that stand for much" : "");
	if (samples_per_s(overview) * 100 >=
	    (double)begin->rate_hz * NEAR_RATE_PERCENT)
		strbuf_add(text, ", or more often (-F)");
	else if (begin->overhead_ppm)
		strbuf_add(text, ", or let it cost more (--max-overhead off)");
}

/* It ran, and nobody saw it do so. */
static void no_samples_hint(struct strbuf *text, const struct view *view)
{
	const struct overview *overview = view->overview;

	/* Where filters leave nothing at all, that is told below. */
	if (overview->samples || !overview->cpu_weight_ns ||
	    !filter_spec_is_empty(view->spec))
		return;
	strbuf_add(text, "it ended before anybody looked; run it often "
		   "(cprof record --runs 100), or give it more to do");
}

static void low_cpu_hint(struct strbuf *text, const struct view *view)
{
	const struct overview *overview = view->overview;
	uint64_t waited_ns = 0;

	if (!sleeps(overview))
		return;
	for (int i = STATE_RUNNABLE; i < STATE_COUNT; i++)
		waited_ns += overview->state_ns[i];
	strbuf_add(text, "the program used ");
	if (overview->cpu_ns * 1000 < overview->wall_ns)
		strbuf_add(text, "under 0.1% of one CPU");
	else
		strbuf_addf(text, "%.1f%% of one CPU",
			    100.0 * overview->cpu_ns / overview->wall_ns);
	if (overview->state_ns[STATE_RUNNABLE] > waited_ns / 2)
		strbuf_add(text, " and mostly waited for one: the machine "
			   "was busy");
	else
		strbuf_add(text, "; what it waited for: cprof report "
			   "--clock off-cpu");
}

/* As of a build, where thousands of compilers run for some milliseconds. */
static void brief_hint(struct strbuf *text, const struct view *view)
{
	const struct overview *overview = view->overview;
	const struct run_begin *begin =
		&profile_main_run(view->profile)->begin;

	if (!overview->samples || overview->between_ns <
	    overview->cpu_weight_ns / 100 * BRIEF_MUCH_PERCENT)
		return;
	strbuf_addf(text, "much of the time was too brief to be sampled; less "
		    "of it is when cprof may look more often (%s)",
		    begin->overhead_ppm ? "--max-overhead off" : "-F");
}

/* They are about CPU time, and of no use to who looks at something else. */
static void hint_lines(struct strbuf *out, const struct text_style *style,
		       const struct view *view)
{
	static void (*const hints[])(struct strbuf *text,
				     const struct view *view) = {
		few_samples_hint, no_samples_hint, brief_hint, low_cpu_hint
	};
	struct strbuf text = STRBUF_INIT;

	if (view->clock != WEIGH_CPU)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(hints); i++) {
		hints[i](&text, view);
		if (text.len)
			summary_add_line(out, style, "Hint", &text);
	}
	strbuf_release(&text);
}

/* What the tables leave out, which these lines do not. */
static void filter_line(struct strbuf *out, const struct text_style *style,
			const struct view *view)
{
	struct strbuf text = STRBUF_INIT;

	if (filter_spec_is_empty(view->spec))
		return;
	filter_text_add(&text, style, view->spec);
	strbuf_addf(&text, ", in all that follows; the lines above are of "
		    "%s", view->profile->runs.count > 1 ? "all runs" :
		    "the whole run");
	summary_add_line(out, style, "Filter", &text);
	strbuf_release(&text);
}

void summary_text(struct strbuf *out, const struct text_style *style,
		  const struct view *view)
{
	const struct profile *profile = view->profile;

	if (!profile->runs.count)
		return;
	runs_text(out, style, view);
	time_line(out, style, view->overview);
	ended_text(out, style, profile);
	memory_line(out, style, view);
	waiting_line(out, style, view->overview);
	samples_line(out, style, view);
	cost_line(out, style, view);
	quality_line(out, style, view->overview);
	hint_lines(out, style, view);
	filter_line(out, style, view);
}

static void add_warning(struct strbuf *out, const struct text_style *style,
			const struct strbuf *text)
{
	struct strbuf wrapped = STRBUF_INIT;

	text_add_wrapped(&wrapped, style, strbuf_text(text), 0, 2);
	text_add(out, style, TONE_WARNING, strbuf_text(&wrapped));
	strbuf_release(&wrapped);
}

void warnings_text(struct strbuf *out, const struct text_style *style,
		   const struct profile *profile)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < profile->files.count; i++) {
		const struct profile_file *file = &profile->files.items[i];

		if (!file->partial && !file->skipped_chunks)
			continue;
		strbuf_clear(&text);
		strbuf_add(&text, "Attention: ");
		text_add_foreign(&text, style, file->path);
		if (file->partial)
			strbuf_add(&text, " is cut off: the recording goes "
				   "on, was killed, or met a full disk");
		if (file->skipped_chunks)
			strbuf_addf(&text, "%s is damaged in %" PRIu64
				    " place%s", file->partial ? ", and" : "",
				    file->skipped_chunks,
				    file->skipped_chunks == 1 ? "" : "s");
		if (file->lost_bytes) {
			strbuf_add(&text, "; ");
			units_add_bytes(&text, file->lost_bytes);
			strbuf_add(&text, " could not be used");
		}
		add_warning(out, style, &text);
	}
	strbuf_release(&text);
}

static bool is_cut_off(const struct profile *profile)
{
	for (size_t i = 0; i < profile->files.count; i++) {
		if (profile->files.items[i].partial)
			return true;
	}
	return false;
}

static const char *why_empty(const struct view *view)
{
	const struct overview *overview = view->overview;

	if (overview->samples && !filter_spec_is_empty(view->spec))
		return "none is left by the filters "
			"(--thread, --module, --time, ...)";
	if (overview->samples && view->function)
		return "the function has none on this clock; see --clock wall";
	if (overview->samples && view->clock == WEIGH_CPU)
		return "the program was never seen on a CPU; see what it "
			"waited for with --clock off-cpu";
	if (overview->samples)
		return "the program was never seen waiting; see --clock cpu";
	if (is_cut_off(view->profile))
		return "the recording was cut off before any was written";
	if (!view->profile->runs.count)
		return "the recording ended before the program began";
	if (!overview->runs && overview->plain_runs)
		return "its runs were only timed, none of them was sampled";
	if (overview->wall_ns < SHORT_WALL_NS)
		return "the program ran for too short a time; give it more to "
			"do, or run it often (cprof record --runs 100)";
	return "nothing was sampled while the program ran; cprof doctor says "
		"whether tracing is possible here";
}

void empty_text(struct strbuf *out, const struct text_style *style,
		const struct view *view)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "No samples: %s.", why_empty(view));
	text_add_wrapped(out, style, strbuf_text(&text), 0, 0);
	strbuf_release(&text);
}
