/* SPDX-License-Identifier: MIT */
#include "proc/cpu_idle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* idle and iowait are the fourth and the fifth. */
static const char before_text[] =
	"cpu  300 0 100 900 100 0 0 0 0 0\n"
	"cpu0 200 0 50 400 50 0 0 0 0 0\n"
	"cpu2 100 0 50 500 50 0 0 0 0 0\n"
	"intr 12345 0 0 0\n"
	"cpu9 1 1 1 1 1 1 1 1 1 1\n";
static const char later_text[] =
	"cpu  400 0 100 975 125 0 0 0 0 0\n"
	"cpu0 300 0 50 400 50 0 0 0 0 0\n"
	"cpu2 100 0 50 575 75 0 0 0 0 0\n"
	"intr 12345 0 0 0\n";

static void parse(const char *text, const cpu_set_t *ours,
		  struct cpu_idle *idle)
{
	FILE *file = fmemopen((char *)text, strlen(text), "r");

	assert_non_null(file);
	cpu_idle_parse(file, ours, idle);
	fclose(file);
}

static void idle_cores_are_counted(void **state)
{
	struct cpu_idle before, later;
	double cores = -1;

	parse(before_text, NULL, &before);
	parse(later_text, NULL, &later);
	assert_int_equal(before.all.cpus, 2);
	assert_int_equal(before.all.idle, 1000);
	assert_int_equal(before.all.total, 1400);
	assert_true(cpu_idle_cores(&before.all, &later.all, &cores));
	assert_true(cores == 1);
	assert_memory_equal(&before.all, &before.ours, sizeof(before.all));
}

/* Both texts, where only that CPU is ours. */
static void parse_for(int cpu, struct cpu_idle *before, struct cpu_idle *later)
{
	cpu_set_t ours;

	CPU_ZERO(&ours);
	CPU_SET(cpu, &ours);
	parse(before_text, &ours, before);
	parse(later_text, &ours, later);
}

static void only_cpus_that_we_may_use_are_ours(void **state)
{
	struct cpu_idle before, later;
	double cores = -1;

	parse_for(0, &before, &later);
	assert_int_equal(later.all.cpus, 2);
	assert_int_equal(later.ours.cpus, 1);
	assert_true(cpu_idle_cores(&before.ours, &later.ours, &cores));
	assert_true(cores == 0);
	parse_for(2, &before, &later);
	assert_true(cpu_idle_cores(&before.ours, &later.ours, &cores));
	assert_true(cores == 1);
}

static void other_cpus_than_before_tell_nothing(void **state)
{
	struct cpu_idle before, later;
	double cores = -1;

	parse_for(0, &before, &later);
	parse(later_text, NULL, &later);
	assert_false(cpu_idle_cores(&before.ours, &later.ours, &cores));
	/* Nothing passed, or the clock went back. */
	assert_false(cpu_idle_cores(&later.all, &later.all, &cores));
	assert_false(cpu_idle_cores(&later.all, &before.all, &cores));
	assert_true(cores == -1);
}

static void other_text_is_no_cpu(void **state)
{
	struct cpu_idle idle;

	parse("intr 1 2 3\n", NULL, &idle);
	assert_int_equal(idle.all.cpus, 0);
	parse("cpux 1 2 3\ncpu\n", NULL, &idle);
	assert_int_equal(idle.all.cpus, 0);
	parse("cpu 1 2 3 4\ncpu99999999999999999999 1 2 3 4\n", NULL, &idle);
	assert_int_equal(idle.all.idle, 4);
}

static void this_machine_is_read(void **state)
{
	struct cpu_idle idle;
	cpu_set_t one, whole;

	assert_int_equal(sched_getaffinity(0, sizeof(whole), &whole), 0);
	cpu_idle_read(&idle);
	assert_int_equal(idle.ours.cpus, CPU_COUNT(&whole));
	assert_true(idle.all.cpus >= idle.ours.cpus);
	assert_true(idle.ours.total > 0);
	CPU_ZERO(&one);
	for (int cpu = 0; !CPU_COUNT(&one); cpu++) {
		if (CPU_ISSET(cpu, &whole))
			CPU_SET(cpu, &one);
	}
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	cpu_idle_read(&idle);
	assert_int_equal(idle.ours.cpus, 1);
	assert_int_equal(sched_setaffinity(0, sizeof(whole), &whole), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(idle_cores_are_counted),
		cmocka_unit_test(only_cpus_that_we_may_use_are_ours),
		cmocka_unit_test(other_cpus_than_before_tell_nothing),
		cmocka_unit_test(other_text_is_no_cpu),
		cmocka_unit_test(this_machine_is_read),
	};

	return cmocka_run_group_tests_name("cpu idle", tests, NULL, NULL);
}
