/* SPDX-License-Identifier: MIT */
#include "trace/ignored.h"

#include "base/clock.h"
#include "proc/process.h"
#include "trace/time_out.h"

#include <elf.h>
#include <errno.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>

enum {
	ERESTARTNOHAND = 514,	/* of the kernel: unless a handler runs */
	/*
	 * From one such stop to the next of the same call: to sleep again, and
	 * out of it.
	 */
	SLICES_OF_ONE_CALL = 2,
	UNKNOWN_NS = 1000 * 1000 * 1000	/* who waits longer sees EINTR */
};

/* What the call would have answered at the end of its time. */
static int64_t answer_at_time_out(uint64_t number)
{
	switch (number) {
	case SYS_epoll_wait:
	case SYS_epoll_pwait:
	case SYS_epoll_pwait2:
	case SYS_io_getevents:
	case SYS_io_pgetevents:
		return 0;
	case SYS_io_uring_enter:
		return -ETIME;
	case SYS_connect:
		return -EINPROGRESS;
	default:
		return -EAGAIN;
	}
}

/* It has begun `for_ns` ago, or before: is it over, and with what? */
static bool is_over(pid_t pid, const struct user_regs_struct *regs,
		    uint64_t for_ns, int64_t *answer)
{
	const struct task_call call = {
		.number = regs->orig_rax,
		.args = { regs->rdi, regs->rsi, regs->rdx, regs->r10,
			  regs->r8, regs->r9 },
	};
	const uint64_t length_ns = time_out_ns(pid, &call);

	*answer = length_ns ? answer_at_time_out(call.number) : -EINTR;
	return for_ns >= (length_ns ? length_ns : UNKNOWN_NS);
}

/* Is it the call that was started again the last time? */
static bool is_again(const struct ignored_call *call, uint64_t slices)
{
	return call->slices && slices - call->slices <= SLICES_OF_ONE_CALL;
}

void ignored_other_stop(struct ignored_call *call)
{
	if (call->slices)
		call->slices++;
}

bool ignored_hide(struct ignored_call *call, const struct task_files *files,
		  pid_t pid, pid_t tid, int sig, uint64_t now_ns)
{
	struct user_regs_struct regs;
	struct iovec iov = { &regs, sizeof(regs) };
	struct task_account account = { .slices = 0 };
	int64_t answer;

	if (!sig || ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &iov) ||
	    iov.iov_len != sizeof(regs) || (int64_t)regs.orig_rax < 0 ||
	    (int64_t)regs.rax != -EINTR || !process_ignores(tid, sig))
		return false;
	task_account_read(files, &account);
	if (!is_again(call, account.slices))
		call->since_ns = now_ns;
	call->slices = account.slices;

	regs.rax = -(int64_t)ERESTARTNOHAND;
	/* Else signals that come again and again would keep it for ever. */
	if (call->since_ns != now_ns &&
	    is_over(pid, &regs, now_ns - call->since_ns, &answer)) {
		regs.rax = answer;
		call->slices = 0;
	}
	return ptrace(PTRACE_SETREGSET, tid, NT_PRSTATUS, &iov) == 0;
}
