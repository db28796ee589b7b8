/* SPDX-License-Identifier: MIT */
/*
 * A small graph of three nodes, with regions: input_parser, calculator (in
 * three phases) and responder.
 *
 *	cc -O2 -o nodes nodes.c $(pkg-config --cflags --libs cprof)
 *	cprof record --level detailed ./nodes
 *	cprof report
 *	cprof report --by region
 *	cprof report --by region --region calculator
 *	cprof report --view memory
 *	cprof export -f csv --by region
 */
#include <cprof.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MB 1000000

struct state {
	char *input;
	double *table;
	size_t table_bytes;
	double answer;
};

static void *need(size_t bytes)
{
	void *memory = malloc(bytes);

	if (!memory)
		exit(1);
	return memset(memory, 1, bytes);
}

static void tell_size(const struct state *state)
{
	cprof_counter("state_bytes", (long long)(sizeof(*state) +
		      (state->input ? strlen(state->input) : 0) +
		      state->table_bytes));
}

/* Work for about so long. */
static double compute(double milliseconds)
{
	const clock_t end = clock() +
			    (clock_t)(milliseconds * CLOCKS_PER_SEC / 1000);
	double sum = 0;

	do {
		for (int i = 1; i < 5000; i++)
			sum += 1.0 / i;
	} while (clock() < end);
	return sum;
}

static void input_parser(struct state *state)
{
	CPROF_FUNCTION();
	state->input = need(1200000);
	state->input[1199999] = '\0';
	state->answer += compute(12);
	tell_size(state);
}

static void calculator(struct state *state)
{
	char *scratch;

	CPROF_FUNCTION();
	{
		CPROF_REGION("setup");
		state->table_bytes = 19 * MB;
		state->table = need(state->table_bytes);
		tell_size(state);
	}
	{
		CPROF_REGION("computation");
		scratch = need(3300000);
		state->answer += compute(180);
		free(scratch);
	}
	{
		CPROF_REGION("state update");
		cprof_region_label("table", "19 MB");
		state->answer += compute(3);
	}
}

static void responder(struct state *state)
{
	CPROF_FUNCTION();
	state->answer += compute(20);
	state->table_bytes = 5 * MB;
	free(state->table);
	state->table = need(state->table_bytes);
	tell_size(state);
	nanosleep(&(struct timespec){ 0, 14000000 }, NULL);
}

int main(void)
{
	struct state state = { NULL, NULL, 0, 0 };
	char *rest = need(44 * MB);

	cprof_name("graph");
	{
		CPROF_REGION("graph");
		input_parser(&state);
		calculator(&state);
		responder(&state);
	}
	cprof_mark("answered");
	printf("%.1f\n", state.answer);
	free(state.table);
	free(state.input);
	free(rest);
	return 0;
}
