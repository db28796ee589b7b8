/* SPDX-License-Identifier: MIT */
/*
 * A program without any C library: system calls, and threads that it makes
 * itself, on stacks without a guard, one above the other, and without
 * thread-local storage.
 *
 *	nolibc		prints what it counted, ends with 19
 */
#include <errno.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

enum {
	THREADS = 6,
	ROUNDS = 600,
	SPIN = 300000,
	STACK_BYTES = 16 * 1024,
	WAIT_NS = 2000000
};

static char stacks[THREADS][STACK_BYTES] __attribute__((aligned(16)));
static volatile int tids[THREADS];
static volatile long interrupted, waits;
static volatile uint64_t hashes[THREADS];

static long call(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
			 : "rcx", "r11", "memory");
	return ret;
}

static void print(const char *text)
{
	long len = 0;

	while (text[len])
		len++;
	call(SYS_write, 1, (long)text, len, 0);
}

static void print_number(uint64_t number)
{
	char text[24];
	int at = sizeof(text) - 1;

	text[at] = '\0';
	do {
		text[--at] = '0' + number % 10;
		number /= 10;
	} while (number);
	print(text + at);
}

__attribute__((noinline)) static uint64_t burn(uint64_t hash, long rounds)
{
	while (rounds--)
		hash = (hash ^ (hash >> 29)) * UINT64_C(0xbf58476d1ce4e5b9) + 1;
	return hash;
}

__attribute__((noinline)) static void work(long self)
{
	const struct timespec pause = { 0, WAIT_NS };
	int word = 0;
	uint64_t hash = self;

	for (int i = 0; i < ROUNDS; i++) {
		long ret;

		hash = burn(hash, SPIN);
		if (i % 2)
			ret = call(SYS_futex, (long)&word, FUTEX_WAIT, 0,
				   (long)&pause);
		else
			ret = call(SYS_nanosleep, (long)&pause, 0, 0, 0);
		if (ret == -EINTR)
			__atomic_fetch_add(&interrupted, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&waits, 1, __ATOMIC_RELAXED);
	}
	hashes[self] = hash;
}

/* Nothing of a thread's beginning may touch its maker's stack. */
static void start(long self)
{
	const long flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			   CLONE_THREAD | CLONE_SYSVSEM |
			   CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
	register long tid __asm__("r10") = (long)&tids[self];
	long ret;

	tids[self] = 1;
	__asm__ volatile("mov %[self], %%r12\n"
			 "mov %[work], %%r13\n"
			 "syscall\n"
			 "test %%rax, %%rax\n"
			 "jnz 1f\n"
			 "xor %%ebp, %%ebp\n"
			 "mov %%r12, %%rdi\n"
			 "call *%%r13\n"
			 "mov %[exit], %%eax\n"
			 "xor %%edi, %%edi\n"
			 "syscall\n"
			 "1:\n"
			 : "=a"(ret)
			 : "a"((long)SYS_clone), "D"(flags),
			   "S"(stacks[self] + STACK_BYTES),
			   "d"(&tids[self]), "r"(tid), [self] "r"(self),
			   [work] "r"(work), [exit] "i"(SYS_exit)
			 : "rcx", "r11", "r12", "r13", "memory");
	if (ret < 0)
		print("no thread\n");
}

static void join(long self)
{
	int tid;

	while ((tid = tids[self]))
		call(SYS_futex, (long)&tids[self], FUTEX_WAIT, tid, 0);
}

__attribute__((noreturn, used)) static void begin(void)
{
	for (long i = 0; i < THREADS; i++)
		start(i);
	for (long i = 0; i < THREADS; i++)
		join(i);
	print_number(waits);
	print(" waits, ");
	print_number(interrupted);
	print(" interrupted, hashes");
	for (long i = 0; i < THREADS; i++) {
		print(" ");
		print_number(hashes[i]);
	}
	print("\n");
	for (;;)
		call(SYS_exit_group, 19, 0, 0, 0);
}

__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	and $-16, %rsp\n"
	"	call begin\n");
