/* SPDX-License-Identifier: MIT */
#include "compare/compare.h"

#include "base/path.h"
#include "base/units.h"
#include "compare/runs.h"
#include "profile/overview.h"
#include "profile/quality.h"

#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

#define FAR_APART_NS (UINT64_C(3600) * 1000 * 1000 * 1000)

struct checker {
	struct comparison *comparison;
	const struct profile *profiles[SIDE_COUNT];
	bool plain;		/* plain runs decide */
	bool times;		/* about times, not about memory */
};

static const char *side_name(int side)
{
	return side == SIDE_BASE ? "BASE" : "NEW";
}

/* What is a reason to refuse when `serious`, and else worth a word. */
static enum notice_kind kind_of(bool serious)
{
	return serious ? NOTICE_REFUSAL : NOTICE_INFO;
}

static void check_files(struct checker *checker, int side)
{
	const struct profile *profile = checker->profiles[side];

	for (size_t i = 0; i < profile->files.count; i++) {
		const struct profile_file *file = &profile->files.items[i];

		if (file->partial)
			comparison_notice(checker->comparison, NOTICE_REFUSAL,
					  "%s: the recording did not end "
					  "well: %s", side_name(side),
					  file->path);
		if (file->skipped_chunks)
			comparison_notice(checker->comparison, NOTICE_REFUSAL,
					  "%s: %" PRIu64 " damaged part%s left "
					  "out: %s", side_name(side),
					  file->skipped_chunks,
					  file->skipped_chunks == 1 ? "" : "s",
					  file->path);
	}
	if (!profile->runs.count)
		comparison_notice(checker->comparison, NOTICE_REFUSAL,
				  "%s has no runs", side_name(side));
}

/* One difference between machines is told once. */
static void check_text(struct checker *checker, bool serious,
		       const char *what, size_t offset)
{
	const char *first = NULL;

	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct profile *profile = checker->profiles[side];

		for (size_t i = 0; i < profile->files.count; i++) {
			const char *const *text = (const void *)
				((const char *)&profile->files.items[i].info +
				 offset);

			if (!first)
				first = *text;
			if (!*text || strcmp(*text, first) == 0)
				continue;
			comparison_notice(checker->comparison,
					  kind_of(serious), "%s differs: %s, "
					  "%s", what, first, *text);
			return;
		}
	}
}

static void check_cpu_count(struct checker *checker)
{
	uint32_t first = 0;

	for (int side = 0; side < SIDE_COUNT; side++) {
		const struct profile *profile = checker->profiles[side];

		for (size_t i = 0; i < profile->files.count; i++) {
			const uint32_t count =
				profile->files.items[i].info.cpu_count;

			if (!first)
				first = count;
			if (count == first)
				continue;
			comparison_notice(checker->comparison,
					  kind_of(checker->times),
					  "number of CPUs differs: %" PRIu32
					  ", %" PRIu32, first, count);
			return;
		}
	}
}

static void check_machines(struct checker *checker)
{
	check_text(checker, checker->times, "host",
		   offsetof(struct recording_info, host));
	check_text(checker, checker->times, "CPU",
		   offsetof(struct recording_info, cpu_model));
	check_cpu_count(checker);
	check_text(checker, checker->times, "architecture",
		   offsetof(struct recording_info, machine));
	check_text(checker, false, "kernel",
		   offsetof(struct recording_info, kernel));
	check_text(checker, false, "version of cprof",
		   offsetof(struct recording_info, cprof_version));
}

/* The statuses of all runs of a side: the same, or -1. */
static bool same_status(const struct profile *profile, int32_t *status)
{
	*status = 0;
	for (size_t i = 0; i < profile->runs.count; i++) {
		const struct profile_run *run = &profile->runs.items[i];
		const int32_t now = run->ended ? run->end.exit_status : -1;

		if (i && now != *status)
			return false;
		*status = now;
	}
	return true;
}

/* "ended with status 3", "were killed by signal 11" */
static void add_status(struct strbuf *out, const char *who, bool same,
		       int32_t status)
{
	if (!same)
		strbuf_addf(out, "some runs of %s failed, or did not end",
			    who);
	else if (status == -1)
		strbuf_addf(out, "how runs of %s ended is not known", who);
	else if (WIFSIGNALED(status))
		strbuf_addf(out, "%s was killed by signal %d", who,
			    WTERMSIG(status));
	else
		strbuf_addf(out, "%s ended with status %d", who,
			    WEXITSTATUS(status));
}

/* A run that fails is never a fast run. */
static void check_statuses(struct checker *checker)
{
	int32_t status[SIDE_COUNT];
	bool same[SIDE_COUNT];
	struct strbuf text = STRBUF_INIT;
	bool equal, known;

	for (int side = 0; side < SIDE_COUNT; side++)
		same[side] = same_status(checker->profiles[side],
					 &status[side]);
	equal = same[SIDE_BASE] && same[SIDE_NEW] &&
		status[SIDE_BASE] == status[SIDE_NEW];
	known = status[SIDE_BASE] != -1 && status[SIDE_NEW] != -1;
	if (equal && (!status[SIDE_BASE] || !known))
		return;
	add_status(&text, "BASE", same[SIDE_BASE], status[SIDE_BASE]);
	strbuf_add(&text, ", ");
	add_status(&text, "NEW", same[SIDE_NEW], status[SIDE_NEW]);
	comparison_notice(checker->comparison, kind_of(!equal && known), "%s",
			  strbuf_text(&text));
	strbuf_release(&text);
}

static bool any_attached(const struct profile *profile)
{
	for (size_t i = 0; i < profile->runs.count; i++) {
		if (profile->runs.items[i].begin.flags & RUN_ATTACHED)
			return true;
	}
	return false;
}

static void check_attached(struct checker *checker)
{
	for (int side = 0; side < SIDE_COUNT; side++) {
		if (any_attached(checker->profiles[side]))
			comparison_notice(checker->comparison, NOTICE_REFUSAL,
					  "%s was attached to (-p): that is "
					  "no run with a beginning and an "
					  "end", side_name(side));
	}
}

static void check_kinds(struct checker *checker)
{
	const struct comparison_side *sides = checker->comparison->sides;

	if (!sides[SIDE_BASE].plain_runs != !sides[SIDE_NEW].plain_runs)
		comparison_notice(checker->comparison, NOTICE_INFO,
				  "only %s has runs that nobody sampled: "
				  "sampled runs are compared",
				  side_name(!sides[SIDE_BASE].plain_runs));
}

static bool any_partial(const struct profile *profile)
{
	for (size_t i = 0; i < profile->files.count; i++) {
		if (profile->files.items[i].partial)
			return true;
	}
	return false;
}

static void check_quality(struct checker *checker, int side)
{
	const struct profile *profile = checker->profiles[side];
	struct quality_flaw flaws[QUALITY_FLAWS_MAX];
	struct overview overview;
	size_t count;

	/* Of a file that was cut off, nothing else needs to be said. */
	if (!checker->comparison->sides[side].profiled_runs ||
	    any_partial(profile))
		return;
	overview_init(&overview, profile);
	count = quality_flaws(profile, &overview, flaws);
	for (size_t i = 0; i < count; i++)
		comparison_notice(checker->comparison,
				  kind_of(!flaws[i].names_only &&
					  !checker->plain),
				  "%s: %.3g%% %s (limit: %g%%)",
				  side_name(side), flaws[i].percent,
				  flaws[i].what, flaws[i].limit);
	overview_release(&overview);
}

static const struct run_begin *main_begin(const struct checker *checker,
					  int side)
{
	const struct profile_run *run =
		profile_main_run(checker->profiles[side]);

	return run ? &run->begin : NULL;
}

static bool same_arguments(const struct run_begin *a,
			   const struct run_begin *b)
{
	if (a->argc != b->argc)
		return false;
	for (size_t i = 1; i < a->argc; i++) {
		if (strcmp(a->argv[i], b->argv[i]) != 0)
			return false;
	}
	return true;
}

static bool is_named_by_hand(const struct run_begin *run)
{
	return run->argc && strcmp(run->name, path_base(run->argv[0])) != 0;
}

static void check_labels(struct checker *checker, const struct run_begin *base,
			 const struct run_begin *new)
{
	for (size_t i = 0; i < base->label_count; i++) {
		const struct label *a = &base->labels[i];

		for (size_t j = 0; j < new->label_count; j++) {
			const struct label *b = &new->labels[j];

			if (strcmp(a->key, b->key) == 0 &&
			    strcmp(a->value, b->value) != 0)
				comparison_notice(checker->comparison,
						  NOTICE_INFO, "label %s "
						  "differs: %s, %s", a->key,
						  a->value, b->value);
		}
	}
}

static void check_commands(struct checker *checker)
{
	const struct comparison_side *sides = checker->comparison->sides;
	const struct run_begin *base = main_begin(checker, SIDE_BASE);
	const struct run_begin *new = main_begin(checker, SIDE_NEW);

	if (!base || !new)
		return;
	if (strcmp(base->name, new->name) != 0 &&
	    (is_named_by_hand(base) || is_named_by_hand(new)))
		comparison_notice(checker->comparison, NOTICE_INFO,
				  "name differs: %s, %s", base->name,
				  new->name);
	if (!same_arguments(base, new))
		comparison_notice(checker->comparison, NOTICE_INFO,
				  "arguments differ: %s; %s",
				  sides[SIDE_BASE].command,
				  sides[SIDE_NEW].command);
	check_labels(checker, base, new);
	if (base->rate_hz != new->rate_hz)
		comparison_notice(checker->comparison, NOTICE_INFO,
				  "sampling rate differs: %" PRIu32 ", %"
				  PRIu32 " Hz", base->rate_hz, new->rate_hz);
	if (base->level && new->level && base->level != new->level)
		comparison_notice(checker->comparison,
				  kind_of(!checker->plain),
				  "level differs: %s, %s",
				  run_level_name(base->level),
				  run_level_name(new->level));
}

static void check_times(struct checker *checker)
{
	const struct comparison_side *sides = checker->comparison->sides;
	const uint64_t a = sides[SIDE_BASE].start_realtime_ns;
	const uint64_t b = sides[SIDE_NEW].start_realtime_ns;
	const uint64_t apart = a > b ? a - b : b - a;
	struct strbuf text = STRBUF_INIT;

	if (a && b && apart > FAR_APART_NS) {
		units_add_duration(&text, apart);
		comparison_notice(checker->comparison, NOTICE_INFO, "recorded "
				  "%s apart: the machine may have been in "
				  "another state", strbuf_text(&text));
	}
	strbuf_release(&text);
}

static void check_same_files(struct checker *checker)
{
	const struct comparison_side *sides = checker->comparison->sides;
	const size_t count = sides[SIDE_BASE].file_count;

	if (!count || count != sides[SIDE_NEW].file_count)
		return;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(sides[SIDE_BASE].files[i],
			   sides[SIDE_NEW].files[i]) != 0)
			return;
	}
	comparison_notice(checker->comparison, NOTICE_INFO,
			  "both sides are the same recording");
}

/* Refusals first; else as they came. */
static void sort_notices(struct notice_vec *notices)
{
	struct notice_vec sorted = VEC_INIT;

	for (int info = 0; info < 2; info++) {
		for (size_t i = 0; i < notices->count; i++) {
			if ((notices->items[i].kind == NOTICE_INFO) == info)
				notice_vec_push(&sorted, notices->items[i]);
		}
	}
	notice_vec_release(notices);
	*notices = sorted;
}

void compare_checks(struct comparison *comparison, const struct profile *base,
		    const struct profile *new,
		    const struct compare_options *options)
{
	struct checker checker = {
		.comparison = comparison,
		.profiles = { base, new },
		.plain = comparison->sides[SIDE_BASE].plain_runs &&
			 comparison->sides[SIDE_NEW].plain_runs,
		.times = strcmp(options->metric, "memory") != 0,
	};
	bool unfair;

	check_machines(&checker);
	for (int side = 0; side < SIDE_COUNT; side++)
		check_files(&checker, side);
	check_attached(&checker);
	check_statuses(&checker);
	check_kinds(&checker);
	check_commands(&checker);
	check_times(&checker);
	check_same_files(&checker);
	for (int side = 0; side < SIDE_COUNT; side++)
		check_quality(&checker, side);
	sort_notices(&comparison->notices);
	unfair = comparison->notices.count &&
		 comparison->notices.items[0].kind == NOTICE_REFUSAL;
	comparison->refused = unfair && !options->force;
	comparison->forced = unfair && options->force;
}
