/* SPDX-License-Identifier: MIT */
/* What `cprof record` says to people, on standard error. */
#ifndef CPROF_CMD_RECORD_WORDS_H
#define CPROF_CMD_RECORD_WORDS_H

#include "record/session.h"

#include <stdbool.h>

/* Of what is spoken; all of it is borrowed. */
struct record_words {
	const struct recording *recording;	/* its version is not NULL */
	const char *output;	/* -o; NULL: the file's name is ours */
	bool named;		/* --name was given */
};

/*
 * "cprof: TEXT", escaped: one write, not mixed with what the program does.
 * Nobody waits for long until it can be written: it is lost then.
 */
void record_say(const char *text);

/* Whom who attaches may miss: child processes that run already, if any. */
void record_say_children(const struct recording *recording);

/* The same while the program runs: hardly any waiting. */
void record_say_meanwhile(const char *text);

/*
 * What was recorded, what of the program runs on, and what to type next: a
 * line each.  For a result with a file.
 */
void record_say_summary(const struct record_words *words,
			const struct session_result *result);

#endif
