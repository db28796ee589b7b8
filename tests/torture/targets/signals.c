/* SPDX-License-Identifier: MIT */
/*
 * Signals that are counted, and what came with them.
 *
 *	signals queue COUNT	real-time ones of a child, in order
 *	signals latency COUNT	to itself: how long until the handler runs
 *	signals altstack	handlers on another stack, nested, overflows
 *	signals traps COUNT	int3, SIGTRAP and faults that it provokes
 *	signals timer MS	setitimer(2) and timer_create(2) at 1 kHz
 *	signals die NAME	of int3, trap, segv
 *	signals awake CPU	keeps that CPU from sleeping until it is killed
 */
#include "torture.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

static volatile long received, disordered, wrong_info, expected;
static volatile pid_t sender;
static volatile uint64_t handled_ns;
static volatile long on_stack, off_stack, nested;
static char *volatile alt_start;
static sigjmp_buf recovery;

enum { ALT_BYTES = 256 * 1024 };

static void handle(int sig, void (*handler)(int, siginfo_t *, void *),
		   int flags)
{
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_SIGINFO | flags };

	sigaction(sig, &action, NULL);
}

/* Unmapped, and the compiler is not to know. */
static volatile int *volatile nowhere = (volatile int *)8;

/* -- queue ------------------------------------------------------------ */

static void on_queued(int sig, siginfo_t *info, void *context)
{
	const long number = info->si_value.sival_int;

	(void)sig;
	(void)context;
	disordered += number != expected;
	expected = number + 1;
	wrong_info += info->si_code != SI_QUEUE || info->si_pid != sender ||
		      info->si_uid != getuid();
	received++;
}

static void send_all(pid_t receiver, long count)
{
	for (long i = 0; i < count; i++) {
		const union sigval value = { .sival_int = i };

		while (sigqueue(receiver, SIGRTMIN + 1, value)) {
			if (errno != EAGAIN)
				_exit(1);
			usleep(50);
		}
	}
	_exit(0);
}

static int queue(long count)
{
	struct rlimit limit;
	const pid_t self = getpid();
	sigset_t block, old;
	uint64_t start;

	/* The other half is for other tests: their timers need one each. */
	if (getrlimit(RLIMIT_SIGPENDING, &limit) == 0) {
		limit.rlim_cur /= 2;
		setrlimit(RLIMIT_SIGPENDING, &limit);
	}

	handle(SIGRTMIN + 1, on_queued, 0);
	start = now_ns();
	sigemptyset(&block);
	sigaddset(&block, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &block, &old);
	sender = fork();
	if (sender == 0)
		send_all(self, count);
	sigprocmask(SIG_SETMASK, &old, NULL);
	while (received < count && now_ns() - start < 1200000000000u)
		;
	waitpid(sender, NULL, 0);
	printf("%ld received, %ld out of order, %ld with wrong information\n",
	       received, disordered, wrong_info);
	figure("queue_ns_each", (double)(now_ns() - start) / count);
	return 0;
}

/* -- latency ---------------------------------------------------------- */

static void on_late(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)info;
	(void)context;
	handled_ns = now_ns();
	received++;
}

static int compare(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void percentiles(const char *name, uint64_t *took, long count)
{
	char text[64];

	qsort(took, count, sizeof(*took), compare);
	snprintf(text, sizeof(text), "%s_p50", name);
	figure(text, took[count / 2]);
	snprintf(text, sizeof(text), "%s_p99", name);
	figure(text, took[count - count / 100 - 1]);
	snprintf(text, sizeof(text), "%s_max", name);
	figure(text, took[count - 1]);
}

/* Answers each byte with one, as urgent as cprof is. */
static void echo(int in, int out)
{
	char byte;

	setpriority(PRIO_PROCESS, 0, -10);
	while (read(in, &byte, 1) == 1 && write(out, &byte, 1) == 1)
		;
	_exit(0);
}

/*
 * A signal needs two switches of a CPU when another process has a say in
 * it.  What those cost on this machine just now is measured in between, by
 * a byte that goes to another process and back.
 */
static int latency(long count)
{
	uint64_t *took = calloc(count, sizeof(*took));
	uint64_t *trip = calloc(count, sizeof(*trip));
	int there[2], back[2];
	char byte = 0;
	pid_t child;

	handle(SIGUSR1, on_late, SA_RESTART);
	if (pipe(there) || pipe(back))
		return 99;
	child = fork();
	if (child == 0) {
		close(there[1]);
		echo(there[0], back[1]);
	}
	for (long i = 0; i < count; i++) {
		uint64_t sent_ns = now_ns();

		handled_ns = 0;
		kill(getpid(), SIGUSR1);
		while (!handled_ns)
			;
		took[i] = handled_ns - sent_ns;
		spin_ns(20000 + i % 7 * 10000);
		sent_ns = now_ns();
		if (write(there[1], &byte, 1) != 1 ||
		    read(back[0], &byte, 1) != 1)
			return 99;
		trip[i] = now_ns() - sent_ns;
	}
	close(there[1]);
	waitpid(child, NULL, 0);
	printf("%ld handled\n", received);
	percentiles("latency", took, count);
	percentiles("trip", trip, count);
	free(trip);
	free(took);
	return 0;
}

/* -- altstack --------------------------------------------------------- */

static void note_stack(void)
{
	char here;

	if (&here >= alt_start && &here < alt_start + ALT_BYTES)
		on_stack++;
	else
		off_stack++;
}

static void on_alternate(int sig, siginfo_t *info, void *context)
{
	(void)info;
	(void)context;
	note_stack();
	if (sig == SIGUSR1)
		raise(SIGUSR2);
	else
		nested++;
	spin_ns(20000);
}

static void on_overflow(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)info;
	(void)context;
	note_stack();
	siglongjmp(recovery, 1);
}

static __attribute__((noinline)) long overflow(long depth)
{
	volatile char frame[4096];

	frame[depth % sizeof(frame)] = depth;
	if (depth > 1000000000)
		return 0;
	return overflow(depth + 1) + frame[depth % sizeof(frame)];
}

static int altstack(void)
{
	volatile long overflows = 0;
	stack_t stack = { .ss_size = ALT_BYTES };

	alt_start = mmap(NULL, ALT_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	stack.ss_sp = alt_start;
	sigaltstack(&stack, NULL);
	handle(SIGUSR1, on_alternate, SA_ONSTACK);
	handle(SIGUSR2, on_alternate, SA_ONSTACK);
	handle(SIGSEGV, on_overflow, SA_ONSTACK);
	for (int i = 0; i < 10000; i++)
		raise(SIGUSR1);
	for (int i = 0; i < 20; i++) {
		if (sigsetjmp(recovery, 1) == 0)
			overflow(0);
		overflows++;
	}
	printf("%ld on it, %ld beside, %ld nested, %ld overflows\n", on_stack,
	       off_stack, nested, overflows);
	return 0;
}

/* -- traps ------------------------------------------------------------ */

static void on_trap(int sig, siginfo_t *info, void *context)
{
	const int code = info->si_code;

	(void)sig;
	(void)context;
	/* The one of the instruction, and the ones that were sent. */
	wrong_info += code != expected;
	wrong_info += code == SI_TKILL && info->si_pid != getpid();
	received++;
}

static void on_fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (sig == SIGSEGV)
		wrong_info += info->si_code != SEGV_MAPERR ||
			      info->si_addr != (void *)8;
	if (sig == SIGFPE)
		wrong_info += info->si_code != FPE_INTDIV;
	if (sig == SIGILL)
		wrong_info += info->si_code != ILL_ILLOPN;
	received++;
	siglongjmp(recovery, 1);
}

static void provoke(int which)
{
	if (sigsetjmp(recovery, 1))
		return;
	if (which == 0) {
		*nowhere = 1;
	} else if (which == 1) {
		int quotient = 1, rest = 0, zero = 0;

		__asm__ volatile("idivl %2" : "+a"(quotient), "+d"(rest)
				 : "r"(zero));
	} else {
		__asm__ volatile("ud2");
	}
}

static int traps(long count)
{
	sigset_t mask, now;

	handle(SIGTRAP, on_trap, 0);
	handle(SIGSEGV, on_fault, 0);
	handle(SIGFPE, on_fault, 0);
	handle(SIGILL, on_fault, 0);
	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (long i = 0; i < count; i++) {
		expected = SI_KERNEL;
		__asm__ volatile("int3");
		expected = SI_TKILL;
		raise(SIGTRAP);
		expected = SI_USER;
		kill(getpid(), SIGTRAP);
		/* One instruction at a time: popf sets the flag. */
		expected = TRAP_TRACE;
		__asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; nop;"
				 "pushfq; andq $~0x100, (%%rsp); popfq"
				 ::: "memory", "cc");
		provoke(i % 3);
		spin_ns(30000);
	}
	sigprocmask(SIG_BLOCK, NULL, &now);
	printf("%ld received, %ld with wrong information, mask %s\n", received,
	       wrong_info, memcmp(&mask, &now, sizeof(mask)) ? "changed" :
	       "kept");
	return 0;
}

/* -- timer ------------------------------------------------------------ */

static volatile long alarms, posix_ticks, overruns, profs;

static void on_timer(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (sig == SIGALRM)
		alarms++;
	if (sig == SIGPROF)
		profs++;
	if (sig != SIGRTMIN)
		return;
	posix_ticks++;
	overruns += info->si_overrun;
	wrong_info += info->si_code != SI_TIMER ||
		      info->si_value.sival_int != 77;
}

static int timer(long ms)
{
	/*
	 * Not quite 1 ms: in step with the kernel's tick, all ticks could find
	 * the program in a stop for the signal just before, and SIGPROF comes
	 * with ticks.
	 */
	const struct itimerval every = { { 0, 985 }, { 0, 985 } };
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };
	const struct itimerspec tick = { { 0, 985000 }, { 0, 985000 } };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGRTMIN,
				  .sigev_value = { .sival_int = 77 } };
	struct timespec cpu;
	uint64_t start, rounds = 0;
	timer_t id;

	handle(SIGALRM, on_timer, SA_RESTART);
	handle(SIGPROF, on_timer, SA_RESTART);
	handle(SIGRTMIN, on_timer, SA_RESTART);
	timer_create(CLOCK_MONOTONIC, &event, &id);
	start = now_ns();
	timer_settime(id, 0, &tick, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	setitimer(ITIMER_PROF, &every, NULL);
	while (now_ns() - start < (uint64_t)ms * 1000000)
		rounds++;
	setitimer(ITIMER_REAL, &never, NULL);
	setitimer(ITIMER_PROF, &never, NULL);
	timer_delete(id);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	printf("%ld timer signals with wrong information\n", wrong_info);
	figure("alarms", alarms);
	figure("profs_per_cpu_s", profs / (cpu.tv_sec + cpu.tv_nsec / 1e9));
	figure("ticks", posix_ticks + overruns);
	figure("rounds_per_cpu_s", rounds / (cpu.tv_sec + cpu.tv_nsec / 1e9));
	return 0;
}

/* Not handled: it is the end. */
static int die(const char *how)
{
	spin_ns(20000000);
	if (!strcmp(how, "int3"))
		__asm__ volatile("int3");
	if (!strcmp(how, "trap"))
		raise(SIGTRAP);
	if (!strcmp(how, "segv"))
		*nowhere = 1;
	if (!strcmp(how, "rt"))
		raise(SIGRTMIN + 3);
	return 99;
}

/* Not noticed by those who work there: it has the time that is left. */
static int awake(int cpu)
{
	const struct sched_param none = { .sched_priority = 0 };
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) ||
	    sched_setscheduler(0, SCHED_IDLE, &none) ||
	    sched_setaffinity(0, sizeof(one), &one))
		return 99;
	for (;;)
		spin_ns(1000000);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	const long number = argc > 2 ? atol(argv[2]) : 0;

	await_start();
	if (!strcmp(mode, "queue"))
		return queue(number);
	if (!strcmp(mode, "latency"))
		return latency(number);
	if (!strcmp(mode, "altstack"))
		return altstack();
	if (!strcmp(mode, "traps"))
		return traps(number);
	if (!strcmp(mode, "timer"))
		return timer(number);
	if (!strcmp(mode, "awake"))
		return awake((int)number);
	if (!strcmp(mode, "die") && argc > 2)
		return die(argv[2]);
	return 99;
}
