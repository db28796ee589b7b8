/* SPDX-License-Identifier: MIT */
/* Regions of known number and length, whatever the clock says: TURNS, MS. */
#include "torture.h"

#include <cprof.h>

int main(int argc, char **argv)
{
	const long turns = argc > 2 ? strtol(argv[1], NULL, 10) : 0;

	await_start();
	/* For those who were attached to: switched on a moment later. */
	spin_ns(300000000);
	for (long i = 0; i < turns; i++) {
		cprof_region_begin("turn");
		spin_ns(strtoull(argv[2], NULL, 10) * 1000000);
		cprof_region_end("turn");
	}
	printf("%ld turns\n", turns);
	return 7;
}
