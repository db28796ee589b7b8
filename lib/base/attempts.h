/* SPDX-License-Identifier: MIT */
/*
 * Something that helps in some surroundings and is in vain in others, which
 * only trying tells: after some failures there is a rest, longer each time.
 */
#ifndef CPROF_BASE_ATTEMPTS_H
#define CPROF_BASE_ATTEMPTS_H

#include <stdbool.h>

struct attempts {
	unsigned int failures;	/* of the last attempts */
	unsigned int rest;	/* occasions until the next attempt */
	unsigned int pause;	/* so many, the last time */
};

/* An occasion has come: is it to be tried? */
bool attempts_due(struct attempts *attempts);

/*
 * It was tried.  A success makes up for one failure; true when there were
 * four more of these, and a rest begins: 64 occasions, then four times as
 * many each time, up to 65,536.
 */
bool attempts_told(struct attempts *attempts, bool success);

#endif
