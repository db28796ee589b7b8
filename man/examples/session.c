/* SPDX-License-Identifier: MIT */
/*
 * A program that records a part of itself, when asked to, and looks at the
 * result.
 *
 *	cc -O2 -o session session.c $(pkg-config --cflags --libs cprof)
 *	CPROF_PROFILE=1 ./session
 */
#include <cprof.h>

#include <stdio.h>
#include <time.h>

static double work(double seconds)
{
	const clock_t end = clock() + (clock_t)(seconds * CLOCKS_PER_SEC);
	double sum = 0;

	CPROF_FUNCTION();
	do {
		for (int i = 1; i < 5000; i++)
			sum += 1.0 / i;
	} while (clock() < end);
	return sum;
}

int main(int argc, char **argv)
{
	static const char *const labels[] = { "kind=example", NULL };
	struct cprof_session *session;
	struct cprof_result result;
	double sum;

	session = cprof_start_labelled("work", labels);
	sum = work(0.3);
	switch (cprof_stop(session, argc > 1 ? CPROF_SAVE : CPROF_DISCARD,
			   &result)) {
	case CPROF_OFF:
		printf("nothing was recorded: CPROF_PROFILE is not 1\n");
		break;
	case CPROF_OUTSIDE:
		printf("recorded outside: %.3f s\n", result.duration_ns / 1e9);
		break;
	case CPROF_FAILED:
		printf("not recorded: %s\n", result.message);
		break;
	case CPROF_RECORDED:
		printf("%.3f s, CPU %.3f s, %.1f MB, %s\n",
		       result.duration_ns / 1e9, result.cpu_ns / 1e9,
		       result.peak_memory_bytes / 1e6,
		       *result.path ? result.path : "not kept");
		for (int i = 0; i < result.function_count; i++)
			printf("%8.1f ms %s\n",
			       result.functions[i].self_ns / 1e6,
			       result.functions[i].name);
		if (argc > 2)
			printf("%s", cprof_result_text(&result));
		break;
	}
	cprof_result_release(&result);
	return sum < 0 || !argv;
}
