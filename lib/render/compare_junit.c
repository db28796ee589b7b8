/* SPDX-License-Identifier: MIT */
/*
 * Test results as JUnit writes them, which every CI reads: each metric and
 * each function is a case; uncertain ones were skipped.  Slower ones failed
 * when the whole did: CI fails by any case, and must not where the exit
 * status is that of success.
 * The elements are those of Jenkins' junit-10.xsd.
 */
#include "render/compare_forms.h"

#include "base/clock.h"
#include "base/path.h"
#include "render/compare_words.h"
#include "render/markup.h"

#include <math.h>
#include <time.h>

enum { UNCHANGED_SHOWN = 50 };

struct suite {
	const char *name;
	struct strbuf cases;
	size_t tests;
	size_t failures;
	size_t skipped;
};

static void add_attribute(struct strbuf *out, const char *name,
			  const char *text)
{
	strbuf_addf(out, " %s=\"", name);
	markup_add_text(out, text);
	strbuf_add_char(out, '"');
}

/* `result` is "failure", "skipped", or NULL: it passed. */
static void add_case(struct suite *suite, const char *name,
		     const char *class, double seconds, const char *result,
		     const char *message)
{
	struct strbuf *out = &suite->cases;

	strbuf_add(out, "    <testcase");
	add_attribute(out, "name", name);
	add_attribute(out, "classname", class);
	strbuf_addf(out, " time=\"%.6f\">\n", isfinite(seconds) ? seconds :
		    0);
	if (result) {
		strbuf_addf(out, "      <%s", result);
		if (*result == 'f')
			add_attribute(out, "type", "slower");
		add_attribute(out, "message", message);
		strbuf_add(out, "/>\n");
	} else {
		strbuf_add(out, "      <system-out>");
		markup_add_text(out, message);
		strbuf_add(out, "</system-out>\n");
	}
	strbuf_add(out, "    </testcase>\n");
	suite->tests++;
	suite->failures += result && *result == 'f';
	suite->skipped += result && *result == 's';
}

static const char *result_of(const struct comparison *comparison,
			     const struct change *change)
{
	switch (change->verdict) {
	case VERDICT_SLOWER:
		return comparison->outcome == OUTCOME_REGRESSION ? "failure" :
								   NULL;
	case VERDICT_UNKNOWN:
		return "skipped";
	default:
		return NULL;
	}
}

static void add_metric(struct suite *suite,
		       const struct comparison *comparison,
		       const struct metric_change *metric)
{
	const struct change *change = &metric->change;
	const char *result = result_of(comparison, change);
	struct strbuf name = STRBUF_INIT;
	struct strbuf text = STRBUF_INIT;

	words_add_metric(&name, metric, strbuf_add);
	strbuf_add(&text, verdict_text(change->verdict, metric->unit));
	if (!isnan(change->percent)) {
		strbuf_add(&text, ", ");
		words_add_percent(&text, change->percent);
	}
	strbuf_add(&text, ": ");
	words_add_change(&text, metric->unit, change);
	/* Nobody knows whether more of it is worse. */
	if (metric->is_counter && result && *result == 'f')
		result = NULL;
	add_case(suite, strbuf_text(&name), "cprof.metrics",
		 metric->unit == METRIC_NS ? change->new / NS_PER_S : 0,
		 result, strbuf_text(&text));
	strbuf_release(&name);
	strbuf_release(&text);
}

static void add_function(struct suite *suite,
			 const struct comparison *comparison,
			 const struct code_change *row)
{
	const char *module = row->module ? path_base(row->module) : "";
	struct strbuf class = STRBUF_INIT;
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&class, "cprof.functions.%s", module);
	strbuf_addf(&text, "%s%s", verdict_text(row->self.verdict, METRIC_NS),
		    row->flags ? ", " : "");
	words_add_flags(&text, row, strbuf_add);
	strbuf_add(&text, ", per run ");
	words_add_change(&text, METRIC_NS, &row->self);
	add_case(suite, row->name, strbuf_text(&class),
		 row->self.new / NS_PER_S, result_of(comparison, &row->self),
		 strbuf_text(&text));
	strbuf_release(&class);
	strbuf_release(&text);
}

static void fill_functions(struct suite *suite,
			   const struct comparison *comparison)
{
	const struct code_changes *functions = &comparison->functions;
	size_t unchanged = 0;

	for (size_t i = 0; i < functions->rows.count; i++) {
		const struct code_change *row = &functions->rows.items[i];
		const bool changed = row->self.verdict == VERDICT_SLOWER ||
				     row->self.verdict == VERDICT_FASTER;

		if (changed || unchanged++ < UNCHANGED_SHOWN)
			add_function(suite, comparison, row);
	}
}

/* The comparison as a whole, which may not have come to pass. */
static void fill_verdict(struct suite *suite,
			 const struct comparison *comparison)
{
	static const char *const results[] = {
		[OUTCOME_REGRESSION] = "failure",
		[OUTCOME_INCONCLUSIVE] = "skipped",
	};
	struct strbuf name = STRBUF_INIT;
	struct strbuf text = STRBUF_INIT;

	words_add_sides(&name, comparison, strbuf_add);
	words_add_headline(&text, comparison, strbuf_add);
	for (size_t i = 0; i < comparison->notices.count; i++)
		strbuf_addf(&text, "; %s", comparison->notices.items[i].text);
	for (size_t i = 0; i < comparison->reasons.count; i++)
		strbuf_addf(&text, "; %s", comparison->reasons.items[i]);
	add_case(suite, strbuf_text(&name), "cprof.verdict", 0,
		 results[comparison->outcome], strbuf_text(&text));
	strbuf_release(&name);
	strbuf_release(&text);
}

static void add_suite(struct strbuf *out, struct suite *suite,
		      const struct comparison *comparison)
{
	const struct comparison_side *side = &comparison->sides[SIDE_NEW];
	time_t seconds = side->start_realtime_ns / NS_PER_S;
	char date[64] = "";
	struct tm tm;

	strbuf_add(out, "  <testsuite");
	add_attribute(out, "name", suite->name);
	strbuf_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
		    "skipped=\"%zu\" time=\"0.000000\"", suite->tests,
		    suite->failures, suite->skipped);
	if (seconds && gmtime_r(&seconds, &tm))
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	if (*date)
		add_attribute(out, "timestamp", date);
	if (side->host && *side->host)
		add_attribute(out, "hostname", side->host);
	strbuf_add(out, ">\n");
	strbuf_add_bytes(out, strbuf_text(&suite->cases), suite->cases.len);
	strbuf_add(out, "  </testsuite>\n");
	strbuf_release(&suite->cases);
}

static int junit_write(struct strbuf *out,
		       const struct comparison *comparison,
		       const struct compare_look *look, struct error *err)
{
	struct suite suites[] = {
		{ .name = "cprof: verdict" },
		{ .name = "cprof: metrics" },
		{ .name = "cprof: functions" },
	};
	struct suite all = { .tests = 0 };

	(void)look;
	(void)err;
	fill_verdict(&suites[0], comparison);
	for (size_t i = 0; i < comparison->metrics.count; i++)
		add_metric(&suites[1], comparison,
			   &comparison->metrics.items[i]);
	fill_functions(&suites[2], comparison);
	for (size_t i = 0; i < ARRAY_SIZE(suites); i++) {
		all.tests += suites[i].tests;
		all.failures += suites[i].failures;
	}
	strbuf_addf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		    "<testsuites name=\"cprof compare\" tests=\"%zu\" "
		    "failures=\"%zu\" errors=\"0\" time=\"0.000000\">\n",
		    all.tests, all.failures);
	for (size_t i = 0; i < ARRAY_SIZE(suites); i++)
		add_suite(out, &suites[i], comparison);
	strbuf_add(out, "</testsuites>\n");
	return 0;
}

const struct compare_format compare_junit = {
	.name = "junit",
	.summary = "CI servers: metrics and functions as JUnit test results",
	.write = junit_write,
};
