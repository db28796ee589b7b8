/* SPDX-License-Identifier: MIT */
#include "cli/opt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct values {
	const char *output;
	uint32_t rate;
	uint64_t duration_ns;
	double percent;
	bool force;
	bool all;
	struct string_vec labels;
};

/* Parse the NULL-terminated `argv` with one option of each type. */
static int parse(struct values *values, const char *const *argv,
		 struct strbuf *help, struct error *err)
{
	const struct opt options[] = {
		OPT_STRING('o', "output", "FILE", &values->output,
			   "write to FILE"),
		OPT_U32('F', "frequency", "HZ", &values->rate, "how often"),
		OPT_DURATION('d', "duration", &values->duration_ns, "how long"),
		OPT_PERCENT(0, "min-percent", &values->percent, NULL),
		OPT_LIST(0, "label", "K=V", &values->labels, "two share this"),
		OPT_FLAG('f', "force", &values->force, "really"),
		OPT_FLAG('a', "all", &values->all, "everything"),
		OPT_END
	};
	static const char *const usage[] = {
		"[options] COMMAND", "[options] -p PID", NULL
	};
	static const char *const examples[] = { "cprof try", NULL };
	const struct cli_command command = {
		"try", "sample of a command", usage, options, examples
	};
	int argc = 0;

	while (argv[argc])
		argc++;
	return cli_parse(&command, argc, (char **)argv, help, err);
}

static void expect_operand(const char *const *argv, int first,
			   struct values *values)
{
	struct strbuf help = STRBUF_INIT;
	struct error err = ERROR_INIT;

	*values = (struct values){ 0 };
	if (parse(values, argv, &help, &err) != first)
		fail_msg("the first operand is not %d: %s", first, err.text);
	assert_int_equal(help.len, 0);
}

static void options_are_read_in_every_spelling(void **state)
{
	struct values v;

	expect_operand((const char *[]){ "try", "-o", "x", "-F99", "--force",
		"--duration=250ms", "--min-percent", "2.5%", "./app", NULL },
		8, &v);
	assert_string_equal(v.output, "x");
	assert_int_equal(v.rate, 99);
	assert_int_equal(v.duration_ns, 250000000);
	assert_true(v.percent == 2.5);
	assert_true(v.force);
	assert_false(v.all);

	expect_operand((const char *[]){ "try", "-fao", "x", NULL }, 3, &v);
	assert_true(v.force && v.all);
	assert_string_equal(v.output, "x");

	expect_operand((const char *[]){ "try", "--output=", NULL }, 2, &v);
	assert_string_equal(v.output, "");
}

static void options_end_at_the_first_operand(void **state)
{
	struct values v;

	expect_operand((const char *[]){ "try", "ls", "-f", NULL }, 1, &v);
	assert_false(v.force);
	expect_operand((const char *[]){ "try", "-", "-f", NULL }, 1, &v);
	expect_operand((const char *[]){ "try", "-f", "--", "-a", NULL }, 3,
		       &v);
	assert_false(v.all);
	expect_operand((const char *[]){ "try", NULL }, 1, &v);
	expect_operand((const char *[]){ "try", "--", NULL }, 2, &v);
}

static void an_option_of_a_list_may_come_often(void **state)
{
	struct values v;

	expect_operand((const char *[]){ "try", "--label", "a=1",
		"--label=b=2", NULL }, 4, &v);
	assert_int_equal(v.labels.count, 2);
	assert_string_equal(v.labels.items[0], "a=1");
	assert_string_equal(v.labels.items[1], "b=2");
	string_vec_release(&v.labels);
}

static void mistakes_are_refused_and_explained(void **state)
{
	static const struct {
		const char *argv[4];
		const char *said;
	} cases[] = {
		{ { "try", "--froce" }, "'--froce'; did you mean '--force'?" },
		{ { "try", "--freq" }, "did you mean '--frequency'?" },
		{ { "try", "--hlep" }, "did you mean '--help'?" },
		{ { "try", "--zzzzzz" }, "cprof try --help lists them" },
		{ { "try", "-z" }, "unknown option '-z'" },
		{ { "try", "-fz" }, "unknown option '-z'" },
		{ { "try", "--force=1" }, "takes no value" },
		{ { "try", "-o" }, "'--output' needs a value: --output FILE" },
		{ { "try", "--output" }, "needs a value" },
		{ { "try", "-F", "0" }, "'0' is not a whole number above 0" },
		{ { "try", "-F", "-5" }, "not a whole number" },
		{ { "try", "-F", "1k" }, "not a whole number" },
		{ { "try", "-F", "4294967296" }, "too large" },
		{ { "try", "-F", "99999999999999999999" }, "too large" },
		{ { "try", "-d", "5 s" }, "option '--duration': '5 s'" },
		{ { "try", "--min-percent", "nan" }, "not a percentage" },
		{ { "try", "--min-percent", "%" }, "not a percentage" },
		{ { "try", "--min-percent", "-1" }, "not a percentage" },
		{ { "try", "--min-percent", "101" }, "above 100" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strbuf help = STRBUF_INIT;
		struct error err = ERROR_INIT;
		struct values v = { 0 };

		if (parse(&v, cases[i].argv, &help, &err) != -1)
			fail_msg("%s was accepted", cases[i].argv[1]);
		if (!strstr(err.text, cases[i].said))
			fail_msg("no '%s' in '%s'", cases[i].said, err.text);
		assert_int_equal(err.kind, ERROR_USAGE);
	}
}

static void help_is_made_of_the_table(void **state)
{
	struct strbuf help = STRBUF_INIT;
	struct values v = { 0 };

	assert_int_equal(parse(&v, (const char *[]){ "try", "-f", "--help",
			       "--unknown", NULL }, &help, NULL), 0);
	assert_string_equal(strbuf_text(&help),
		"usage: cprof try [options] COMMAND\n"
		"       cprof try [options] -p PID\n"
		"sample of a command\n"
		"\noptions:\n"
		"  -o, --output FILE    write to FILE\n"
		"  -F, --frequency HZ   how often\n"
		"  -d, --duration TIME  how long\n"
		"      --min-percent PERCENT, --label K=V\n"
		"                       two share this\n"
		"  -f, --force          really\n"
		"  -a, --all            everything\n"
		"\nexamples:\n"
		"  cprof try\n");
	strbuf_release(&help);
}

static void the_table_is_listed_for_programs(void **state)
{
	struct strbuf help = STRBUF_INIT;
	struct values v = { 0 };

	assert_int_equal(parse(&v, (const char *[]){ "try", "--list-options",
			       NULL }, &help, NULL), 0);
	assert_string_equal(strbuf_text(&help),
		"-o\t--output\tFILE\twrite to FILE\n"
		"-F\t--frequency\tHZ\thow often\n"
		"-d\t--duration\tTIME\thow long\n"
		"\t--min-percent\tPERCENT\ttwo share this\n"
		"\t--label\tK=V\ttwo share this\n"
		"-f\t--force\t\treally\n"
		"-a\t--all\t\teverything\n");
	strbuf_release(&help);
}

static void the_nearest_word_is_found(void **state)
{
	static const char *const names[] = {
		"record", "report", "inspect", "dump", "doctor", "help", NULL
	};
	static const struct {
		const char *word;
		const char *near;
	} cases[] = {
		{ "recrod", "record" },
		{ "reprot", "report" },
		{ "rep", "report" },
		{ "reccord", "record" },
		{ "dupm", "dump" },
		{ "docter", "doctor" },
		{ "insp", "inspect" },
		{ "compare", NULL },
		{ "x", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *near = cli_nearest(cases[i].word, names);

		if (!cases[i].near)
			assert_null(near);
		else
			assert_string_equal(near, cases[i].near);
	}
	assert_null(cli_nearest("a word that is longer than any table's row",
				names));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_are_read_in_every_spelling),
		cmocka_unit_test(options_end_at_the_first_operand),
		cmocka_unit_test(an_option_of_a_list_may_come_often),
		cmocka_unit_test(mistakes_are_refused_and_explained),
		cmocka_unit_test(help_is_made_of_the_table),
		cmocka_unit_test(the_table_is_listed_for_programs),
		cmocka_unit_test(the_nearest_word_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
