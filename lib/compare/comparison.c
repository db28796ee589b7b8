/* SPDX-License-Identifier: MIT */
#include "compare/comparison.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

const char *verdict_name(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_SAME:
		return "same";
	case VERDICT_SLOWER:
		return "slower";
	case VERDICT_FASTER:
		return "faster";
	default:
		return "cannot-tell";
	}
}

const char *verdict_text(enum verdict verdict, enum metric_unit unit)
{
	const bool time = unit == METRIC_NS;

	switch (verdict) {
	case VERDICT_SAME:
		return "same";
	case VERDICT_SLOWER:
		return time ? "slower" : "more";
	case VERDICT_FASTER:
		return time ? "faster" : "less";
	default:
		return "cannot tell";
	}
}

static const struct {
	const char *name;
	const char *text;
} judges[] = {
	[JUDGED_NOT] = { "none", "nothing to judge by" },
	[JUDGED_SAMPLES] = { "sampling-error", "sampling error of one run" },
	[JUDGED_T] = { "welch-t", "Welch's t over the runs" },
	[JUDGED_PAIRED_T] = { "paired-t", "t of the pairs of runs" },
	[JUDGED_RANKS] = { "rank-sum", "ranks of the runs" },
	[JUDGED_PAIRED_RANKS] = { "signed-rank",
				  "signed ranks of the pairs of runs" },
	[JUDGED_SEQUENTIAL] = { "sequential-signed-rank",
				"signed ranks of pairs, with looks between" },
};

const char *judged_by_name(enum judged_by judged_by)
{
	return judges[judged_by].name;
}

const char *judged_by_text(enum judged_by judged_by)
{
	return judges[judged_by].text;
}

bool change_has_interval(const struct change *change)
{
	return isfinite(change->low) && isfinite(change->high);
}

bool change_is_not_slower(const struct change *change)
{
	return change->verdict == VERDICT_SAME ||
	       change->verdict == VERDICT_FASTER ||
	       (change_has_interval(change) &&
		change->high_percent <= change->same_percent);
}

bool code_change_is_certain(const struct code_change *row)
{
	return row->self.verdict == VERDICT_SLOWER ||
	       row->self.verdict == VERDICT_FASTER;
}

const char *recommendation_name(enum recommendation recommendation)
{
	switch (recommendation) {
	case RECOMMEND_KEEP:
		return "keep";
	case RECOMMEND_UPGRADE:
		return "upgrade";
	default:
		return "inconclusive";
	}
}

const char *outcome_name(enum outcome outcome)
{
	switch (outcome) {
	case OUTCOME_PASS:
		return "pass";
	case OUTCOME_REGRESSION:
		return "regression";
	default:
		return "inconclusive";
	}
}

void comparison_release(struct comparison *comparison)
{
	notice_vec_release(&comparison->notices);
	metric_change_vec_release(&comparison->metrics);
	code_change_vec_release(&comparison->functions.rows);
	code_change_vec_release(&comparison->lines.rows);
	code_change_vec_release(&comparison->modules.rows);
	code_change_vec_release(&comparison->waits.rows);
	pairing_release(&comparison->pairing);
	text_vec_release(&comparison->reasons);
	text_vec_release(&comparison->advice);
	arena_release(&comparison->arena);
}

const struct metric_change *
comparison_deciding(const struct comparison *comparison)
{
	if (comparison->decides >= comparison->metrics.count)
		return NULL;
	return &comparison->metrics.items[comparison->decides];
}

int comparison_exit_status(const struct comparison *comparison)
{
	if (comparison->outcome == OUTCOME_INCONCLUSIVE &&
	    comparison->allow_inconclusive && !comparison->refused)
		return OUTCOME_PASS;
	return comparison->outcome;
}

PRINTF_LIKE(2, 0)
static const char *add_text(struct comparison *comparison, const char *fmt,
			    va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	text = arena_alloc(&comparison->arena, len + 1);
	vsnprintf(text, len + 1, fmt, args);
	return text;
}

void comparison_notice(struct comparison *comparison, enum notice_kind kind,
		       const char *fmt, ...)
{
	struct notice notice = { .kind = kind };
	va_list args;

	va_start(args, fmt);
	notice.text = add_text(comparison, fmt, args);
	va_end(args);
	notice_vec_push(&comparison->notices, notice);
}

void comparison_reason(struct comparison *comparison, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	text_vec_push(&comparison->reasons, add_text(comparison, fmt, args));
	va_end(args);
}

void comparison_advise(struct comparison *comparison, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	text_vec_push(&comparison->advice, add_text(comparison, fmt, args));
	va_end(args);
}
