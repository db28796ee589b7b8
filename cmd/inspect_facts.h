/* SPDX-License-Identifier: MIT */
/* What there is to say about a profile file, damaged or not. */
#ifndef CPROF_CMD_INSPECT_FACTS_H
#define CPROF_CMD_INSPECT_FACTS_H

#include "base/arena.h"
#include "format/reader.h"
#include "format/summary.h"
#include "model/stack.h"

enum file_state {
	FILE_WHOLE,
	FILE_CUT_OFF,		/* killed, or still being recorded */
	FILE_DAMAGED,		/* `why` tells */
	FILE_TOO_NEW		/* `why` tells */
};

/* "whole", "cut off", ... */
const char *file_state_name(enum file_state state);

struct chunk_fact {
	uint32_t type;
	uint8_t version;
	uint8_t flags;
	uint32_t sequence;
	uint64_t offset;
	uint64_t stored_bytes;	/* with the header */
	uint64_t raw_bytes;	/* of the payload */
};

VEC_DEFINE(chunk_fact_vec, struct chunk_fact);

/* All chunks of one type. */
struct type_fact {
	uint32_t type;
	uint64_t count;
	uint64_t stored_bytes;	/* with headers */
	uint64_t raw_bytes;	/* of payloads */
	uint64_t payload_bytes;	/* of payloads as stored */
};

VEC_DEFINE(type_fact_vec, struct type_fact);

VEC_DEFINE(run_fact_vec, struct summary_run);

struct process_fact {
	struct process process;
	bool ended;
	struct process_end end;
	uint32_t threads;
	uint64_t samples;
	uint64_t cpu_ns;
};

VEC_DEFINE(process_fact_vec, struct process_fact);

VEC_DEFINE(id_vec, uint32_t);

/* Counts of samples, and of what they refer to. */
struct quality_fact {
	uint64_t samples;
	uint64_t on_cpu;
	uint64_t truncated;	/* stacks cut short */
	uint64_t unreadable;	/* no stack at all */
	uint64_t late;
	uint64_t unstopped;	/* read from sleeping threads */
	uint64_t moved;		/* out of system calls */
	uint64_t frames;
	uint64_t symbols;
	uint64_t nameless;	/* symbols that say "[module+0x1234]" */
};

struct inspect_facts {
	enum file_state state;
	struct error why;
	uint64_t file_bytes;
	uint64_t lost_bytes;		/* at the end */
	struct reader_damage damage;	/* inside */
	uint64_t definitions_lost;
	struct profile_header header;
	struct recording_info info;
	struct chunk_fact_vec chunks;
	struct type_fact_vec types;	/* in order of appearance */
	struct run_fact_vec runs;
	struct process_fact_vec processes;
	struct id_vec thread_processes;	/* by thread id */
	uint32_t modules;
	uint32_t stacks;
	uint64_t wall_ns;
	uint64_t cpu_ns;
	struct losses losses;		/* of all runs */
	struct quality_fact quality;
	struct profile_reader *reader;	/* holds strings */
	struct arena arena;		/* holds others */
};

/*
 * Find out all about the file.  Damage is a fact, not an error.  -1: it
 * cannot be read, or is no profile.  To be released in any case.
 */
int inspect_facts_init(struct inspect_facts *facts, const char *path,
		       struct error *err);
void inspect_facts_release(struct inspect_facts *facts);

#endif
