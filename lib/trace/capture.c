/* SPDX-License-Identifier: MIT */
#include "trace/capture.h"

#include "base/compiler.h"

#include <elf.h>
#include <errno.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>

enum {
	PAGE_BYTES = 4096,
	STACK_PAGES = SNAPSHOT_STACK_MAX / PAGE_BYTES + 1,
	/*
	 * From the restorer's address in a signal frame to the saved sp:
	 * struct ucontext, of which the 16th register.
	 */
	SAVED_SP_OFFSET = 8 + 40 + 15 * 8,
	/* Of a stack that is too large: hundreds of frames, and the first. */
	INNER_BYTES = 64 * 1024,
	OUTER_BYTES = 16 * 1024,
	RESTORER_BYTES = 9,	/* mov $15, %rax; syscall */
	/* What a call that was woken up returns (include/linux/errno.h). */
	ERESTARTSYS = 512,
	ERESTARTNOINTR = 513,
	/* Restart it, unless a handler of the program's runs: then EINTR. */
	ERESTARTNOHAND = 514,
	ERESTART_RESTARTBLOCK = 516
};

/*
 * One element per page: process_vm_readv(2) does not promise a partial
 * copy of an element, and the last pages may lie beyond the stack's end.
 */
static size_t split_by_page(struct iovec *remote, uint64_t start, size_t bytes)
{
	size_t count = 0;

	while (bytes) {
		size_t part = PAGE_BYTES - start % PAGE_BYTES;

		part = MIN(part, bytes);
		remote[count].iov_base = (void *)(uintptr_t)start;
		remote[count].iov_len = part;
		count++;
		start += part;
		bytes -= part;
	}
	return count;
}

static size_t reach_bytes(const struct stack_reach *reach, uint64_t sp)
{
	if (reach->top > sp && reach->top - sp <= SNAPSHOT_STACK_MAX)
		return reach->top - sp;
	return MIN(reach->bytes, (size_t)SNAPSHOT_STACK_MAX);
}

/*
 * The memory is asked for by the thread: the process's own id leads to
 * none once its first thread has ended.
 */
static size_t copy_range(pid_t tid, uint64_t start, void *data, size_t bytes)
{
	struct iovec remote[STACK_PAGES];
	struct iovec local = { data, bytes };
	size_t pages = split_by_page(remote, start, bytes);
	ssize_t got = process_vm_readv(tid, &local, 1, remote, pages, 0);

	return got > 0 ? (size_t)got : 0;
}

static uint64_t word_at(const struct snapshot *snap, size_t offset)
{
	uint64_t word;

	__builtin_memcpy(&word, snap->stack + offset, sizeof(word));
	return word;
}

/*
 * The sp that a signal interrupted on another stack, from the frame that
 * the kernel made for the handler; 0: none in the copy.
 */
static uint64_t interrupted_sp(const struct snapshot *snap, uint64_t restorer)
{
	size_t offset;

	/* On the way back from the handler the word is popped already. */
	if (snap->regs[SNAP_RIP] - restorer < RESTORER_BYTES &&
	    snap->stack_bytes >= SAVED_SP_OFFSET)
		return word_at(snap, SAVED_SP_OFFSET - 8);
	for (offset = -snap->stack_start & 7;
	     offset + SAVED_SP_OFFSET + 8 <= snap->stack_bytes; offset += 8) {
		uint64_t sp;

		if (word_at(snap, offset) != restorer)
			continue;
		sp = word_at(snap, offset + SAVED_SP_OFFSET);
		if (sp - snap->stack_start >= snap->stack_bytes)
			return sp;
	}
	return 0;
}

static void copy_interrupted(struct snapshot *snap, pid_t tid,
			     const struct stack_reach *reach)
{
	const size_t place = SNAPSHOT_STACK_MAX - SNAPSHOT_OTHER_MAX;
	uint64_t sp;

	if (!reach->restorer || snap->stack_bytes > place)
		return;
	sp = interrupted_sp(snap, reach->restorer);
	if (!sp)
		return;
	snap->other_start = sp;
	snap->other = snap->stack + place;
	snap->other_bytes = copy_range(tid, sp, snap->stack + place,
				       SNAPSHOT_OTHER_MAX);
}

/* Too large for one copy: both its ends are wanted. */
static bool is_deep(const struct stack_reach *reach, uint64_t sp)
{
	return reach->top > sp && reach->top - sp > SNAPSHOT_STACK_MAX;
}

/* What lies above the sp and below the outermost frame, with one call. */
static void copy_both_ends(struct snapshot *snap, pid_t tid,
			   const struct stack_reach *reach)
{
	struct iovec remote[(INNER_BYTES + OUTER_BYTES) / PAGE_BYTES + 2];
	struct iovec local = { snap->stack, INNER_BYTES + OUTER_BYTES };
	size_t pages = split_by_page(remote, snap->stack_start, INNER_BYTES);
	ssize_t got;

	snap->other_start = reach->top - OUTER_BYTES;
	pages += split_by_page(remote + pages, snap->other_start, OUTER_BYTES);
	got = process_vm_readv(tid, &local, 1, remote, pages, 0);
	snap->stack_bytes = MIN(got > 0 ? (size_t)got : 0,
				(size_t)INNER_BYTES);
	snap->other_bytes = got > 0 ? (size_t)got - snap->stack_bytes : 0;
	snap->other = snap->stack + INNER_BYTES;
}

static enum capture_result copy_stack(struct snapshot *snap, pid_t tid,
				      const struct stack_reach *reach)
{
	const size_t bytes = reach_bytes(reach, snap->regs[SNAP_RSP]);

	snap->stack_start = snap->regs[SNAP_RSP];
	if (is_deep(reach, snap->stack_start)) {
		/* Or it is another stack, far below the usual one. */
		copy_both_ends(snap, tid, reach);
	} else {
		snap->stack_bytes = copy_range(tid, snap->stack_start,
					       snap->stack, bytes);
		snap->other_bytes = 0;
	}
	if (!snap->stack_bytes)
		return CAPTURE_REGS_ONLY;
	copy_interrupted(snap, tid, reach);
	return CAPTURE_FULL;
}

static void copy_regs(struct snapshot *snap,
		      const struct user_regs_struct *regs)
{
	const uint64_t values[SNAPSHOT_REGS] = {
		[SNAP_RAX] = regs->rax, [SNAP_RDX] = regs->rdx,
		[SNAP_RCX] = regs->rcx, [SNAP_RBX] = regs->rbx,
		[SNAP_RSI] = regs->rsi, [SNAP_RDI] = regs->rdi,
		[SNAP_RBP] = regs->rbp, [SNAP_RSP] = regs->rsp,
		[SNAP_R8] = regs->r8, [SNAP_R9] = regs->r9,
		[SNAP_R10] = regs->r10, [SNAP_R11] = regs->r11,
		[SNAP_R12] = regs->r12, [SNAP_R13] = regs->r13,
		[SNAP_R14] = regs->r14, [SNAP_R15] = regs->r15,
		[SNAP_RIP] = regs->rip,
	};

	__builtin_memcpy(snap->regs, values, sizeof(values));
	snap->known = SNAPSHOT_ALL_REGS;
}

/*
 * Some calls (epoll_wait, sigtimedwait, semtimedop, ...) answer any stop
 * with EINTR.  The program did not cause it and must not see it.
 */
static bool take_back_eintr(pid_t tid, struct user_regs_struct *regs)
{
	struct iovec iov = { regs, sizeof(*regs) };

	if ((int64_t)regs->orig_rax < 0 || (int64_t)regs->rax != -EINTR)
		return false;
	regs->rax = -(int64_t)ERESTARTNOHAND;
	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &iov) == 0;
}

/*
 * A read of /dev/zero and its like has done less than it would have: it is
 * made again, all of it.  (To make it go on would need more than this one
 * change: should we be killed after the first, its count were wrong.)
 */
static bool repeat_call(pid_t tid, const struct capture *capture,
			struct user_regs_struct *regs)
{
	struct iovec iov = { regs, sizeof(*regs) };

	if (capture->transfer.kind != TRANSFER_AGAIN ||
	    !transfer_may_repeat(tid, &capture->call))
		return false;
	/* With a handler of the program's before it, as if it came sooner. */
	regs->rax = -(int64_t)ERESTARTNOINTR;
	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &iov) == 0;
}

static bool woken_up(const struct user_regs_struct *regs)
{
	switch (-(int64_t)regs->rax) {
	case EINTR:
	case ERESTARTSYS:
	case ERESTARTNOINTR:
	case ERESTARTNOHAND:
	case ERESTART_RESTARTBLOCK:
		return (int64_t)regs->orig_rax >= 0;
	default:
		return false;
	}
}

enum capture_result capture_stopped(struct capture *capture, pid_t pid,
				    pid_t tid,
				    const struct stack_reach *reach,
				    bool ours)
{
	struct user_regs_struct regs;
	struct iovec iov = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &iov) < 0)
		return CAPTURE_GONE;
	/* A 32-bit thread has another, shorter set. */
	if (iov.iov_len != sizeof(regs))
		return CAPTURE_FOREIGN;

	copy_regs(&capture->snap, &regs);
	capture->in_call = (int64_t)regs.orig_rax >= 0;
	capture->was_asleep = woken_up(&regs);
	capture->result = regs.rax;
	capture->call = (struct task_call){
		.number = regs.orig_rax,
		.args = { regs.rdi, regs.rsi, regs.rdx, regs.r10, regs.r8,
			  regs.r9 },
	};
	capture->restarted = ours && take_back_eintr(tid, &regs);
	capture->transfer = (struct transfer){ .kind = TRANSFER_NONE };
	if (ours && capture->in_call)
		capture->transfer = transfer_of(tid, &capture->call,
						capture->result);
	capture->repeated = repeat_call(tid, capture, &regs);
	capture->follow = capture->repeated ||
			  (capture->restarted && regs.orig_rax == SYS_connect);
	return copy_stack(&capture->snap, tid, reach);
}

/* connect(2) by TCP knows that it has begun, the second time. */
void capture_mend_end(pid_t tid)
{
	struct user_regs_struct regs;
	struct iovec iov = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &iov) < 0 ||
	    iov.iov_len != sizeof(regs) || regs.orig_rax != SYS_connect ||
	    (int64_t)regs.rax != -EALREADY)
		return;
	regs.rax = -(int64_t)EINPROGRESS;
	ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &iov);
}

static void know_arguments(struct snapshot *snap, const struct task_call *call)
{
	static const uint8_t order[] = {
		SNAP_RDI, SNAP_RSI, SNAP_RDX, SNAP_R10, SNAP_R8, SNAP_R9
	};

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		snap->regs[order[i]] = call->args[i];
	snap->known = SNAPSHOT_SLEEPING_REGS;
}

enum capture_result capture_sleeping(struct capture *capture, pid_t tid,
				     const struct task_call *call,
				     const struct stack_reach *reach)
{
	struct snapshot *snap = &capture->snap;

	__builtin_memset(snap->regs, 0, sizeof(snap->regs));
	snap->regs[SNAP_RSP] = call->sp;
	snap->regs[SNAP_RIP] = call->pc;
	snap->known = SNAPSHOT_FAULTING_REGS;
	if (call->number >= 0)
		know_arguments(snap, call);
	capture->in_call = call->number >= 0;
	capture->was_asleep = true;
	capture->call = *call;
	capture->restarted = false;
	capture->repeated = capture->follow = false;
	capture->transfer = (struct transfer){ .kind = TRANSFER_NONE };
	return copy_stack(snap, tid, reach);
}
