/* SPDX-License-Identifier: MIT */
/* Modules, frames and stacks: where code is and how it was reached. */
#ifndef CPROF_MODEL_STACK_H
#define CPROF_MODEL_STACK_H

#include "base/vec.h"

#include <stdint.h>

#define ID_NONE UINT32_MAX

enum {
	BUILD_ID_MAX = 32	/* bytes; GNU ld makes 20, others 8 or 16 */
};

/* Values are stored in files. */
enum module_kind {
	MODULE_FILE = 0,	/* an ELF file */
	MODULE_VDSO = 1,	/* the kernel's page of code */
	MODULE_JIT = 2,		/* code made at run time by one process */
	MODULE_SPECIAL = 3,	/* no code: frames are enum special_frame */
	MODULE_UNKNOWN = 4,	/* addresses that no mapping held */
};

/*
 * A file of code.  Ids are dense, in order of definition.  Module 0 of
 * every recording is the MODULE_SPECIAL one.
 */
struct module {
	uint8_t kind;
	uint8_t build_id_len;	/* 0: it has none */
	uint8_t build_id[BUILD_ID_MAX];
	uint32_t process;	/* MODULE_JIT: whose code; else ID_NONE */
	const char *path;	/* as the process saw it; "[vdso]", "[jit]" */
};

/* Frames without code; the address of a frame in the special module. */
enum special_frame {
	SPECIAL_BETWEEN_SAMPLES = 0,	/* CPU time that no sample saw */
	SPECIAL_NO_STACK = 1,		/* the thread could not be read */
	SPECIAL_TRUNCATED_DEPTH = 2,	/* more frames or bytes than we copy */
	SPECIAL_TRUNCATED_CFI = 3,	/* no or bad unwind information */
	SPECIAL_TRUNCATED_MEMORY = 4,	/* stack memory could not be read */
	SPECIAL_TRUNCATED_UNMAPPED = 5,	/* a return address into nowhere */
	SPECIAL_TRUNCATED_REGISTER = 6,	/* a register that was not known */
	SPECIAL_LOST = 7,	/* its definition was in a damaged chunk */
	SPECIAL_LEFT_OUT = 8,	/* stands for frames between two ends */
	SPECIAL_COUNT
};

/* What stands for a module where there is no code. */
extern const char special_module_name[];

/* "[too brief to be sampled]", "[truncated: no unwind information]", ... */
const char *special_frame_name(uint64_t special);

/* Do frames miss in a stack that has this special frame? */
int special_frame_truncated(uint64_t special);

/*
 * A place in code.  `address` is the ELF virtual address in the module's
 * own file (the run-time pc minus the load bias), an absolute address in
 * jit and unknown modules.  For callers it is the return address minus
 * one, so that it lies inside the call instruction.
 */
struct frame {
	uint32_t module;
	uint64_t address;
};

VEC_DEFINE(frame_vec, struct frame);

/* A stack is its outer part and one frame; parent < own id, or ID_NONE. */
struct stack {
	uint32_t parent;
	uint32_t frame;
};

VEC_DEFINE(stack_vec, struct stack);

/*
 * What a frame means: a chain from the innermost inlined function to the
 * function that the code physically belongs to, which is the last.
 */
struct source_location {
	const char *function;	/* demangled; never NULL */
	const char *linkage_name;	/* as in the file; NULL: the same */
	const char *file;	/* NULL when not known */
	uint32_t line;		/* 0 when not known */
	uint32_t function_line;	/* where the function begins; 0: unknown */
};

/* How a frame got its name.  Values are stored in files. */
enum symbol_status {
	SYMBOL_OK = 0,		/* a symbol, or debug information */
	SYMBOL_RANGE = 1,	/* named by the range of its unwind entry */
	SYMBOL_NONE = 2,	/* "[module+0x1234]" */
	SYMBOL_REPLACED = 3,	/* the file on disk is another one now */
};

struct symbol {
	uint32_t frame;
	uint8_t status;		/* enum symbol_status */
	const struct source_location *chain;	/* innermost first */
	size_t count;		/* at least 1 */
};

#endif
