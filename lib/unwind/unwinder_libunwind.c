/* SPDX-License-Identifier: MIT */
/*
 * libunwind executes the unwind rules that are no plain rows (and in tests
 * all of them), one frame at a time: it is given the registers of a frame and
 * the rules in the addresses of the cfi store, and its stack accesses end in
 * the snapshot.  It keeps decoded rules in its cache, by pc of the store:
 * 0.7 us a frame instead of 250 us.  A plain row takes 0.03 to 0.1 us.
 */
#include "unwind/unwinder.h"

#include "base/compiler.h"
#include "base/mem.h"
#include "unwind/cfi_store.h"
#include "unwind/walk.h"

#include <libunwind.h>
#include <stdlib.h>

enum {
	/* About 500 bytes each. */
	CACHED_RULES = 8192,
	/*
	 * Of one stack; 40 ms.  Rules that are read take some hundred, those
	 * that are remembered take none, but for the bytes of expressions.
	 * Files of hostile rules may cost this much time, and no more.
	 */
	RULE_READS_MAX = 2000000
};

struct libunwind_unwinder {
	struct unwinder base;
	struct rule_engine engine;
	struct cfi_store *store;
	unw_addr_space_t space;
	/* Of the step that is being made. */
	const struct frame_regs *regs;
	const struct code_place *place;
	struct stack_copy *stack;
	unsigned int rule_reads;
	unsigned int stack_reads;
	uint64_t last_value;
	bool register_missing;
	bool memory_missing;
};

/* In the library, but in no installed header. */
extern int UNW_OBJ(dwarf_search_unwind_table)(unw_addr_space_t, unw_word_t,
					      unw_dyn_info_t *,
					      unw_proc_info_t *, int, void *);

static int find_proc_info(unw_addr_space_t space, unw_word_t pc,
			  unw_proc_info_t *info, int need_unwind_info,
			  void *arg)
{
	struct libunwind_unwinder *self = arg;
	struct cfi_slot_range range;
	unw_dyn_info_t table = { .format = UNW_INFO_FORMAT_REMOTE_TABLE };

	/* Not ENOINFO: libunwind would begin to guess. */
	if (!cfi_store_slot(self->store, pc, &range))
		return -UNW_EBADFRAME;
	table.start_ip = range.start;
	table.end_ip = range.end;
	table.u.rti.segbase = range.base;
	table.u.rti.table_data = range.table;
	table.u.rti.table_len = 1;
	return UNW_OBJ(dwarf_search_unwind_table)(space, pc, &table, info,
						  need_unwind_info, arg);
}

static void put_unwind_info(unw_addr_space_t space, unw_proc_info_t *info,
			    void *arg)
{
}

static int get_dyn_info_list_addr(unw_addr_space_t space, unw_word_t *address,
				  void *arg)
{
	return -UNW_ENOINFO;
}

static int access_mem(unw_addr_space_t space, unw_word_t address,
		      unw_word_t *value, int write, void *arg)
{
	struct libunwind_unwinder *self = arg;
	uint64_t word;

	if (write)
		return -UNW_EINVAL;
	if (cfi_store_owns(address)) {
		if (self->rule_reads++ >= RULE_READS_MAX ||
		    !cfi_store_read(self->store, address, &word))
			return -UNW_EINVAL;
		*value = word;
		return 0;
	}
	if (!stack_copy_read(self->stack, address, &word)) {
		self->memory_missing = true;
		return -UNW_EINVAL;
	}
	self->stack_reads++;
	self->last_value = word;
	*value = word;
	return 0;
}

static int access_reg(unw_addr_space_t space, unw_regnum_t reg,
		      unw_word_t *value, int write, void *arg)
{
	struct libunwind_unwinder *self = arg;

	/* libunwind's numbers are those of DWARF, as ours. */
	if (write || reg < 0 || reg >= SNAPSHOT_REGS)
		return -UNW_EBADREG;
	if (reg == SNAP_RIP) {
		*value = self->place->pc;
		return 0;
	}
	if (!(self->regs->known & 1u << reg)) {
		self->register_missing = true;
		return -UNW_EBADREG;
	}
	*value = self->regs->value[reg];
	return 0;
}

static int access_fpreg(unw_addr_space_t space, unw_regnum_t reg,
			unw_fpreg_t *value, int write, void *arg)
{
	return -UNW_EBADREG;
}

static int resume_thread(unw_addr_space_t space, unw_cursor_t *cursor,
			 void *arg)
{
	return -UNW_EINVAL;
}

static int get_proc_name(unw_addr_space_t space, unw_word_t address,
			 char *name, size_t len, unw_word_t *offset,
			 void *arg)
{
	return -UNW_ENOINFO;
}

/*
 * A register that the caller gets back.  Compilers do not always say that
 * it was popped: its slot is then below the sp, where nothing was copied,
 * and the register has its value already.
 */
static void read_register(struct libunwind_unwinder *self,
			  unw_cursor_t *cursor, enum snapshot_reg reg,
			  struct frame_regs *caller)
{
	const struct frame_regs *regs = self->regs;
	unw_word_t value;

	self->stack->missing = 0;
	if (unw_get_reg(cursor, reg, &value) < 0) {
		uint64_t below = regs->value[SNAP_RSP] - self->stack->missing;

		if (!self->stack->missing || below > RED_ZONE_BYTES ||
		    !(regs->known & 1u << reg))
			return;
		value = regs->value[reg];
	}
	caller->value[reg] = value;
	caller->known |= 1u << reg;
}

static void read_caller(struct libunwind_unwinder *self, unw_cursor_t *cursor,
			struct frame_regs *caller)
{
	static const uint8_t preserved[] = {
		SNAP_RBX, SNAP_RBP, SNAP_R12, SNAP_R13, SNAP_R14, SNAP_R15
	};
	static const uint8_t scratch[] = {
		SNAP_RAX, SNAP_RDX, SNAP_RCX, SNAP_RSI, SNAP_RDI, SNAP_R8,
		SNAP_R9, SNAP_R10, SNAP_R11
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(preserved); i++)
		read_register(self, cursor, preserved[i], caller);
	/* A signal may come anywhere, so all of them matter. */
	for (i = 0; self->place->signal_frame && i < ARRAY_SIZE(scratch); i++)
		read_register(self, cursor, scratch[i], caller);
}

static enum step_result
failure(const struct libunwind_unwinder *self)
{
	if (self->register_missing)
		return STEP_REGISTER;
	return self->memory_missing ? STEP_MEMORY : STEP_BAD;
}

static enum step_result execute(struct rule_engine *engine,
				const struct code_place *place,
				struct frame_regs *regs,
				struct stack_copy *stack)
{
	struct libunwind_unwinder *self =
		container_of(engine, struct libunwind_unwinder, engine);
	struct frame_regs caller = { .known = 0 };
	unw_word_t pc, sp;
	unw_cursor_t cursor;

	self->regs = regs;
	self->place = place;
	self->stack = stack;
	self->stack_reads = 0;
	self->register_missing = false;
	self->memory_missing = false;
	if (unw_init_remote(&cursor, self->space, self) < 0 ||
	    unw_step(&cursor) < 0 ||
	    unw_get_reg(&cursor, UNW_REG_IP, &pc) < 0 ||
	    unw_get_reg(&cursor, UNW_REG_SP, &sp) < 0)
		return failure(self);
	/*
	 * An undefined return address reads as 0, and so does a zero on the
	 * stack, which may be there because all went wrong before.
	 */
	if (pc == 0)
		return self->stack_reads > 0 && self->last_value == 0
			       ? STEP_BAD : STEP_OUTERMOST;
	read_caller(self, &cursor, &caller);
	caller.value[SNAP_RIP] = pc;
	caller.value[SNAP_RSP] = sp;
	caller.known |= 1u << SNAP_RIP | 1u << SNAP_RSP;
	*regs = caller;
	return STEP_DONE;
}

static void unwind(struct unwinder *base, struct address_space *space,
		   const struct snapshot *snap, struct unwind_result *result)
{
	struct libunwind_unwinder *self =
		container_of(base, struct libunwind_unwinder, base);

	self->rule_reads = 0;
	walk_stack(&self->engine, self->store, space, snap, result);
}

static void close_unwinder(struct unwinder *base)
{
	struct libunwind_unwinder *self =
		container_of(base, struct libunwind_unwinder, base);

	unw_destroy_addr_space(self->space);
	cfi_store_free(self->store);
	free(self);
}

static const struct unwinder_ops libunwind_ops = {
	.name = "libunwind",
	.unwind = unwind,
	.close = close_unwinder,
};

static struct unwinder *new_unwinder(bool all)
{
	unw_accessors_t accessors = {
		.find_proc_info = find_proc_info,
		.put_unwind_info = put_unwind_info,
		.get_dyn_info_list_addr = get_dyn_info_list_addr,
		.access_mem = access_mem,
		.access_reg = access_reg,
		.access_fpreg = access_fpreg,
		.resume = resume_thread,
		.get_proc_name = get_proc_name,
	};
	struct libunwind_unwinder *self;
	unw_addr_space_t space = unw_create_addr_space(&accessors, 0);

	/* All that can go wrong here. */
	if (!space || unw_set_caching_policy(space, UNW_CACHE_GLOBAL) < 0 ||
	    unw_set_cache_size(space, CACHED_RULES, 0) < 0)
		mem_out_of_memory();
	self = mem_alloc(sizeof(*self));
	self->base.ops = &libunwind_ops;
	self->engine.step = execute;
	self->engine.all = all;
	self->store = cfi_store_new();
	self->space = space;
	return &self->base;
}

struct unwinder *unwinder_new(void)
{
	return new_unwinder(false);
}

struct unwinder *unwinder_libunwind_new(void)
{
	return new_unwinder(true);
}
