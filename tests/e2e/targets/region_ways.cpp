/* SPDX-License-Identifier: MIT */
/* Regions that begin and end in all ways.  What must be seen is in the case. */
#include <cprof.h>

#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

static jmp_buf back;

static void thrower(int depth)
{
	CPROF_FUNCTION();
	if (!depth)
		throw std::runtime_error("out");
	thrower(depth - 1);
}

static void exceptions()
{
	CPROF_REGION("exceptions");
	for (int i = 0; i < 10; i++) {
		try {
			CPROF_REGION("try");
			thrower(2);
		} catch (const std::exception &) {
		}
	}
	CPROF_REGION("after exceptions");
}

static void jumper()
{
	cprof_region_begin("jumped out of");
	cprof_region_begin("and of");
	longjmp(back, 1);
}

static void jumps()
{
	cprof_region_begin("jumps");
	if (!setjmp(back))
		jumper();
	cprof_region_begin("after the jump");
	cprof_region_end("after the jump");
	cprof_region_end("jumps");
}

static sigjmp_buf back_from_signal;

/* Leaves what was interrupted, and a region of its own. */
static void jumping_handler(int)
{
	cprof_region_begin("in the handler");
	siglongjmp(back_from_signal, 1);
}

static void signal_jumps()
{
	cprof_region_begin("signal jumps");
	if (!sigsetjmp(back_from_signal, 1)) {
		cprof_region_begin("interrupted");
		raise(SIGUSR2);
	}
	cprof_region_end("signal jumps");
	CPROF_REGION("after the signal");
}

static void deep(int depth)
{
	cprof_region_begin("deep");
	if (depth > 1)
		deep(depth - 1);
	cprof_region_end("deep");
}

static void unbalanced()
{
	CPROF_REGION("unbalanced");
	cprof_region_end("never begun");
	cprof_region_begin("fine");
	cprof_region_end("never begun");
	cprof_region_end(nullptr);
}

static void handler(int)
{
	CPROF_REGION("handler");
}

static void threads()
{
	for (int i = 0; i < 100; i++)
		std::thread([] {
			CPROF_REGION("in a thread");
			cprof_region_begin("left open by a thread");
		}).join();
}

static void child(bool exec, const char *self)
{
	CPROF_REGION("child");
	usleep(50000);
	if (exec)
		execl(self, self, "execed", (char *)nullptr);
	_exit(0);
}

static void children(const char *self)
{
	CPROF_REGION("children");
	for (int i = 0; i < 2; i++) {
		pid_t pid = fork();

		if (!pid) {
			/* Of its maker: does nothing here. */
			cprof_region_end("children");
			child(i, self);
		}
		waitpid(pid, nullptr, 0);
	}
}

static void names()
{
	char name[16];

	CPROF_REGION("names");
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "node %d", i % 5);
		cprof_region_begin(name);
		cprof_region_label("size", i % 5 ? "small" : "large");
		cprof_region_end(name);
	}
	cprof_pause();
	cprof_region_begin("paused");
	cprof_region_end("paused");
	cprof_resume();
	/* Begun in a pause, with others in it that are not, and are. */
	cprof_pause();
	cprof_region_begin("begun in a pause");
	cprof_resume();
	cprof_region_begin("resumed");
	cprof_pause();
	cprof_region_begin("paused");
	cprof_resume();
	cprof_region_end("paused");
	cprof_region_end("resumed");
	cprof_region_end("begun in a pause");
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		CPROF_REGION("after exec");
		usleep(20000);
		return 0;
	}
	cprof_name("ways");
	cprof_version("7");
	cprof_label("colour", "blue");
	signal(SIGUSR1, handler);
	CPROF_REGION("main");
	exceptions();
	jumps();
	signal(SIGUSR2, jumping_handler);
	signal_jumps();
	deep(70);
	unbalanced();
	for (int i = 0; i < 10; i++)
		raise(SIGUSR1);
	threads();
	children(argv[0]);
	names();
	for (int i = 0; i < 10; i++)
		cprof_counter("queue", i);
	cprof_counter_add("sum", 5);
	cprof_counter_add("sum", -2);
	cprof_mark("last");
	return 0;
}
