/* SPDX-License-Identifier: MIT */
/*
 * From a snapshot to a chain of frames.  Nothing here touches the thread:
 * it runs again while its copy is unwound.
 */
#ifndef CPROF_UNWIND_UNWINDER_H
#define CPROF_UNWIND_UNWINDER_H

#include "base/error.h"
#include "model/snapshot.h"
#include "model/stack.h"

#include <stdbool.h>

struct address_space;

enum unwind_end {
	/*
	 * The outermost frame was reached: _start, the start of a thread, or
	 * unwind information that says "return address undefined".
	 */
	UNWIND_COMPLETE,
	/*
	 * A frame needed a register that the snapshot does not know (rbp of
	 * a sleeping thread): see unwind_result.register_*.
	 */
	UNWIND_NEEDS_REGISTER,
	UNWIND_DEPTH,		/* the copy of the stack, or we, ended here */
	UNWIND_NO_CFI,		/* no or bad unwind information */
	UNWIND_MEMORY,		/* stack memory was not readable */
	UNWIND_UNMAPPED,	/* a pc outside executable mappings */
};

enum {
	UNWIND_FRAMES_MAX = 16384
};

/* A caller, and where its return address lies. */
struct outer_frame {
	struct frame frame;
	uint64_t slot;
	uint64_t pc;		/* the eight bytes there */
};

enum {
	OUTER_FRAMES_MAX = 16
};

/* The outermost frames of a stack, innermost first. */
struct outer_frames {
	size_t count;
	struct outer_frame items[OUTER_FRAMES_MAX];
};

struct unwind_result {
	/*
	 * Innermost first; reused by calls.  Where even the pc is in no
	 * mapping, one frame of the unknown module.
	 */
	struct frame_vec frames;
	enum unwind_end end;
	/* Refresh and try again: a pc in no known mapping, or false rules. */
	bool needs_maps;
	/*
	 * Behind the highest address of the copied stack that was read, or
	 * was wanted when the end is UNWIND_DEPTH: a copy that ends there
	 * gets one frame further.
	 */
	uint64_t deepest;
	/* What signal handlers return to, when one was seen here; else 0. */
	uint64_t restorer;
	/* Those of a stack that is UNWIND_COMPLETE; else none. */
	struct outer_frames outer;
};

/* The frame that stands for what is missing; not for UNWIND_COMPLETE. */
enum special_frame unwind_end_frame(enum unwind_end end);

#define UNWIND_RESULT_INIT { .frames = VEC_INIT }

void unwind_result_release(struct unwind_result *result);

struct unwinder;

struct unwinder_ops {
	const char *name;
	void (*unwind)(struct unwinder *, struct address_space *,
		       const struct snapshot *, struct unwind_result *);
	void (*close)(struct unwinder *);
};

struct unwinder {
	const struct unwinder_ops *ops;
};

/*
 * Our index finds the rules; plain rows are executed at once, all others by
 * libunwind.
 */
struct unwinder *unwinder_new(void);

/* The same, and libunwind executes all of them: what tests compare with. */
struct unwinder *unwinder_libunwind_new(void);

/*
 * Unwind `snap` in `space` into `*result`, replacing what it held.  Never
 * fails: a chain that could not be followed to its start ends with the
 * reason in `result->end`.
 */
void unwinder_unwind(struct unwinder *unwinder, struct address_space *space,
		     const struct snapshot *snap,
		     struct unwind_result *result);

/*
 * A chain that ended with UNWIND_DEPTH goes on, after frames that are left
 * out, with the `outer` frames of an earlier one of the same thread that are
 * still there, by the copy of the stack's outer end.  False when none is.
 */
bool unwind_add_outer(struct unwind_result *result,
		      const struct snapshot *snap,
		      const struct outer_frames *outer);

/* NULL is allowed. */
void unwinder_close(struct unwinder *unwinder);

/*
 * Unwinding a thread that was read in its sleep: rbp is not known, so use
 * the distance rbp - sp that was learnt at this call site from a snapshot
 * with all registers, and accept only chains that reach a known start.
 */
struct rbp_memory;

struct rbp_memory *rbp_memory_new(void);
void rbp_memory_free(struct rbp_memory *memory);

/* Learn from a thread that was really stopped in a system call. */
void rbp_memory_learn(struct rbp_memory *memory, struct unwinder *unwinder,
		      struct address_space *space,
		      const struct snapshot *snap);

/*
 * Like unwinder_unwind(), for a snapshot with SNAPSHOT_SLEEPING_REGS.
 * True when the chain is complete; false means "stop the thread once".
 */
bool unwinder_unwind_sleeping(struct unwinder *unwinder,
			      struct address_space *space,
			      const struct snapshot *snap,
			      struct rbp_memory *memory,
			      struct unwind_result *result);

#endif
