/* SPDX-License-Identifier: MIT */
#include "record/session_loop.h"

#include "base/clock.h"
#include "proc/process.h"
#include "record/job_control.h"
#include "record/plain.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PROGRESS_EVERY_MS = 250,
	/*
	 * A traced program that ended is the sampler's to reap first.  One
	 * that does not is ended itself: the exit status must get through.
	 */
	REAP_WITHIN_S = 5,
	SAMPLER_EXIT_WITHIN_S = 5,
	FAMILY_DEPTH = 64
};

enum source {
	SOURCE_SIGNALS,
	SOURCE_SAMPLER,
	SOURCE_EXEC,
	SOURCE_PROGRAM_END,
	SOURCE_COUNT
};

bool session_program_lives(const struct session *session)
{
	return session->program.pid != 0;
}

bool session_sampler_lost(const struct session *session)
{
	return session->sampler.fd < 0;
}

void session_notice(const struct session *session, const char *fmt, ...)
{
	const struct session_watch *watch = &session->options->watch;
	char text[800];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (watch->clear)
		watch->clear(watch->arg);
	if (watch->notice)
		watch->notice(text, watch->arg);
}

void session_tell_failure(struct session *session, const char *addition)
{
	if (!session->failure_told)
		session_notice(session, "%s%s", session->failure.text,
			       addition);
	session->failure_told = true;
}

/* What a sampler leaves that ended before it saw anything; nobody else's. */
static void remove_empty_file(const struct session *session,
			      const char *partial)
{
	const struct control_page *page = session->page;
	struct stat st;

	if (lstat(partial, &st) == 0 && st.st_ino != 0 &&
	    st.st_dev == atomic_load(&page->file_device) &&
	    st.st_ino == atomic_load(&page->file_inode))
		unlink(partial);
}

/* The conversation is over: remember why, tell it if it comes untimely. */
static void sampler_gone(struct session *session)
{
	const char *path = session->options->recording->path;
	char partial[4096];

	if (session->sampler.fd < 0)
		return;
	close(session->sampler.fd);
	session->sampler.fd = -1;
	if (session->done)
		return;
	if (session->failure.kind == ERROR_NONE)
		error_set(&session->failure, ERROR_SYSTEM,
			  "the sampler has ended unexpectedly");
	snprintf(partial, sizeof(partial), "%s.partial", path);
	if (session->ready && access(partial, F_OK) == 0)
		error_context(&session->failure,
			      "the recording is not complete, %s is readable",
			      partial);
	if (!session->ready && !session->result->started)
		remove_empty_file(session, partial);
	if (session_program_lives(session) && session->exec_known)
		session_tell_failure(session, "; the program runs on");
}

void session_abandon_sampler(struct session *session, const char *why)
{
	if (session_sampler_lost(session))
		return;
	error_set(&session->failure, ERROR_SYSTEM, "%s", why);
	if (session->sampler.pid)
		kill(session->sampler.pid, SIGKILL);
	sampler_gone(session);
}

void session_ask(struct session *session, enum control_type type, pid_t pid)
{
	const struct control_message message = {
		.type = type,
		.pid = pid,
		.exit_status = session->last_status,
		.max_rss_bytes = session->last_rss_bytes,
		.place = session->run.place,
		.plain = session->plain,
	};

	/* A peer that is gone is noticed where its end is read. */
	if (!session_sampler_lost(session))
		control_send(session->sampler.fd, &message, NULL);
}

/* One message; false when there is none now, or no sampler any more. */
static bool hear_sampler(struct session *session)
{
	struct pollfd ready = { .fd = session->sampler.fd, .events = POLLIN };
	struct control_message message;
	struct error err = ERROR_INIT;

	if (session_sampler_lost(session) || poll(&ready, 1, 0) <= 0)
		return false;
	if (control_receive(session->sampler.fd, &message, &err) <= 0) {
		sampler_gone(session);
		return false;
	}
	switch (message.type) {
	case CONTROL_READY:
		session->ready = true;
		break;
	case CONTROL_RUN_ENDED:
		/* One from before this run's start says nothing of it. */
		session->run_ended = session->ready;
		break;
	case CONTROL_DONE:
		session->done = true;
		session->result->recorded = true;
		session->result->summary = message.summary;
		break;
	case CONTROL_FAILED:
		session->failure = message.error;
		if (session->failure.kind == ERROR_NONE)
			session->failure.kind = ERROR_SYSTEM;
		sampler_gone(session);
		break;
	case CONTROL_NOTICE:
		session_notice(session, "%s", message.error.text);
		break;
	default:
		break;
	}
	return true;
}

static void reap_sampler(struct session *session)
{
	int status;

	if (!session->sampler.pid ||
	    waitpid(session->sampler.pid, &status, WNOHANG) <= 0)
		return;
	session->sampler.pid = 0;
	/* What it said before its end comes first. */
	while (hear_sampler(session))
		;
	if (session_sampler_lost(session))
		return;
	if (WIFSIGNALED(status))
		error_set(&session->failure, ERROR_SYSTEM,
			  "the sampler was killed by signal %d (%s)",
			  WTERMSIG(status), strsignal(WTERMSIG(status)));
	sampler_gone(session);
}

static void keep_usage(struct session *session, int status,
		       const struct rusage *usage)
{
	session->result->status = status;
	if (session->run.kind == RUN_PROFILED) {
		session->last_status = status;
		session->last_rss_bytes =
			plain_peak_bytes(usage, session->floor_bytes);
		return;
	}
	session->plain.end_ns = clock_monotonic_ns();
	plain_run_fill(&session->plain, status, usage, session->floor_bytes);
}

static void reap_program(struct session *session)
{
	const struct session_watch *watch = &session->options->watch;
	struct rusage usage;
	pid_t pid;
	int status;

	while ((pid = session->program.pid) &&
	       wait4(pid, &status, WNOHANG | WUNTRACED | WCONTINUED,
		     &usage) > 0) {
		if (WIFCONTINUED(status))
			continue;
		if (WIFSTOPPED(status)) {
			if (watch->clear)
				watch->clear(watch->arg);
			job_control_mirror_stop(pid, session->program.pidfd,
						WSTOPSIG(status));
			continue;
		}
		keep_usage(session, status, &usage);
		session->program.pid = 0;
		session->interrupts = 0;
	}
}

static void suspend(struct session *session,
		    const struct signalfd_siginfo *info)
{
	const struct session_watch *watch = &session->options->watch;

	if (session_program_lives(session)) {
		signal_pass_on(session->program.pid, info);
		return;
	}
	if (watch->clear)
		watch->clear(watch->arg);
	signal_stop_self(info->ssi_signo);
}

/*
 * While a program lives, the first Ctrl-C is the program's.  While names
 * are looked up, one is a warning: the file would stay without them.
 */
static void interrupt(struct session *session)
{
	const bool launched = session->options->recording->argv;

	session->interrupts++;
	if (session_program_lives(session)) {
		session->end_asked = session->interrupts > 1;
	} else if (!session->finish_sent) {
		session->end_asked = true;
		session->interrupts = launched ? session->interrupts : 0;
	} else if (session->interrupts == 1) {
		session_notice(session, "looking up names; "
			       "interrupt again to do without");
	} else {
		session_abandon_sampler(session, "interrupted");
	}
}

/*
 * By the program, or one that descends from it: `kill 0` of a script, the
 * whole group.  Passed on, it would come twice.
 */
static bool sent_by_program(const struct session *session, pid_t sender)
{
	struct process_status status;

	for (int i = 0; i < FAMILY_DEPTH && sender > 1; i++) {
		if (sender == session->program.pid)
			return true;
		if (!process_status_read(sender, &status))
			return false;
		sender = status.parent;
	}
	return false;
}

static void handle_signal(struct session *session,
			  const struct signalfd_siginfo *info)
{
	const bool launched = session->options->recording->argv;

	switch (launched ? signal_request_launch(info) :
		signal_request_attach(&session->signals, info)) {
	case SIGNAL_NOTHING:
	case SIGNAL_CHILDREN:	/* looked at in every step */
		break;
	case SIGNAL_INTERRUPT:
		interrupt(session);
		break;
	case SIGNAL_SUSPEND:
		suspend(session, info);
		break;
	case SIGNAL_PASS_ON:
		if (!session_program_lives(session) &&
		    (info->ssi_signo == SIGINT || info->ssi_signo == SIGQUIT))
			interrupt(session);
		else if (session->finish_sent &&
			 !session_program_lives(session))
			session_abandon_sampler(session, "terminated");
		else if (!session_program_lives(session))
			session->end_asked = true;
		else if (!sent_by_program(session, info->ssi_pid))
			signal_pass_on(session->program.pid, info);
		break;
	}
}

static void hear_program(struct session *session)
{
	switch (program_read_news(&session->program)) {
	case PROGRAM_NO_NEWS:
		break;
	case PROGRAM_PREPARED:
		session->prepared = true;
		break;
	case PROGRAM_EXECUTES:
		session->exec_known = true;
		session->result->started = true;
		break;
	case PROGRAM_EXEC_FAILED:
		session->exec_known = true;
		session->result->exec_errno = errno;
		break;
	}
}

static void tell_progress(struct session *session, uint64_t now)
{
	const struct session_watch *watch = &session->options->watch;
	struct session_progress progress = {
		.page = session->page,
		.elapsed_ns = now - session->start_ns,
		.finishing = session->finish_sent,
	};

	if (!watch->progress || !session->start_ns ||
	    session_sampler_lost(session) ||
	    now - session->progress_ns < PROGRESS_EVERY_MS * NS_PER_MS)
		return;
	session->progress_ns = now;
	watch->progress(&progress, watch->arg);
}

/*
 * What the sampler holds must go on, whatever happened to the sampler: a
 * thread that it stopped, or a program that ended and was not reaped.
 */
static void watch_sampler(struct session *session, uint64_t now)
{
	const struct tracer_signs *signs = &session->page->signs;
	char why[120];
	pid_t held;

	if (session_sampler_lost(session) || !session->sampler.pid ||
	    !watchdog_look(&session->watchdog, signs, session->sampler.pid,
			   now))
		return;
	held = session->zombie_since_ns ? session->program.pid :
					  watchdog_find_held(signs);
	if (!held || atomic_load(&signs->beat_ns) != session->watchdog.beat_ns)
		return;
	snprintf(why, sizeof(why), "the sampler did not answer for %d ms "
		 "while it held thread %d, and was ended",
		 (int)((now - session->watchdog.beat_ns) / NS_PER_MS), held);
	session_abandon_sampler(session, why);
}

void session_watch_begin(struct session *session)
{
	session->goes_first = priority_go_first(&session->priority);
}

void session_watch_end(struct session *session)
{
	if (session->goes_first)
		priority_restore(&session->priority);
	session->goes_first = false;
}

static int poll_timeout(const struct session *session, uint64_t now,
			uint64_t until_ns)
{
	uint64_t wait_ns = until_ns > now ? until_ns - now : 0;

	/* What has a deadline of its own is looked at now and then. */
	if (session->zombie_since_ns || session->finish_sent ||
	    session->options->watch.progress)
		wait_ns = MIN(wait_ns, PROGRESS_EVERY_MS * NS_PER_MS);
	if (!session_sampler_lost(session) &&
	    watchdog_needed(&session->page->signs))
		wait_ns = MIN(wait_ns, WATCHDOG_EVERY_MS * NS_PER_MS);
	if (wait_ns >= INT32_MAX * NS_PER_MS)
		return -1;
	return (wait_ns + NS_PER_MS - 1) / NS_PER_MS;
}

static void check_zombie(struct session *session, bool ended, uint64_t now)
{
	if (ended)
		session->zombie_since_ns = now;
	if (!session_program_lives(session))
		session->zombie_since_ns = 0;
	if (session->zombie_since_ns &&
	    now - session->zombie_since_ns > REAP_WITHIN_S * NS_PER_S) {
		session->zombie_since_ns = 0;
		session_abandon_sampler(session, "the sampler did not answer "
					"when the program had ended");
	}
}

void session_step(struct session *session, uint64_t until_ns)
{
	const bool ended = session->zombie_since_ns ||
			   !session_program_lives(session);
	struct pollfd fds[SOURCE_COUNT] = {
		[SOURCE_SIGNALS] = { .fd = session->signals.fd },
		[SOURCE_SAMPLER] = { .fd = session->sampler.fd },
		[SOURCE_EXEC] = { .fd = session->program.exec_fd },
		/* Readable for ever, once it is. */
		[SOURCE_PROGRAM_END] = { .fd = ended ? -1 :
					 session->program.pidfd },
	};
	struct signalfd_siginfo info;
	uint64_t now = clock_monotonic_ns();

	for (int i = 0; i < SOURCE_COUNT; i++)
		fds[i].events = POLLIN;
	if (poll(fds, SOURCE_COUNT, poll_timeout(session, now, until_ns)) < 0)
		return;

	if (fds[SOURCE_EXEC].revents)
		hear_program(session);
	while (hear_sampler(session))
		;
	while (signal_guard_next(&session->signals, &info))
		handle_signal(session, &info);
	reap_sampler(session);
	reap_program(session);
	now = clock_monotonic_ns();
	watch_sampler(session, now);
	check_zombie(session, fds[SOURCE_PROGRAM_END].revents, now);
	tell_progress(session, now);
}

int session_open(struct session *session, const struct session_options *options,
		 struct session_result *result, struct error *err)
{
	memset(session, 0, sizeof(*session));
	memset(result, 0, sizeof(*result));
	session->options = options;
	session->result = result;
	session->signals = (struct signal_guard)SIGNAL_GUARD_INIT;
	session->program = (struct program)PROGRAM_INIT;
	session->sampler.fd = -1;
	session->last_status = -1;

	session->page = mmap(NULL, sizeof(*session->page),
			     PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (session->page == MAP_FAILED) {
		session->page = NULL;
		return error_set_errno(err, "cannot map memory");
	}
	if (signal_guard_open(&session->signals, err))
		return -1;
	session->stdin_offset = lseek(STDIN_FILENO, 0, SEEK_CUR);
	session->floor_bytes = plain_floor_bytes();
	return sampler_process_fork(&session->sampler, options->recording,
				    session->page, err);
}

/* Its last act is to exit; one that does not is helped. */
static void end_sampler(struct session *session)
{
	const uint64_t until = clock_monotonic_ns() +
		SAMPLER_EXIT_WITHIN_S * NS_PER_S;

	if (session->sampler.fd >= 0)
		close(session->sampler.fd);
	session->sampler.fd = -1;
	while (session->sampler.pid && clock_monotonic_ns() < until) {
		if (waitpid(session->sampler.pid, NULL, WNOHANG) != 0)
			session->sampler.pid = 0;
		else
			usleep(1000);
	}
	if (!session->sampler.pid)
		return;
	kill(session->sampler.pid, SIGKILL);
	waitpid(session->sampler.pid, NULL, 0);
	session->sampler.pid = 0;
}

void session_close(struct session *session)
{
	const struct session_watch *watch = &session->options->watch;

	session_watch_end(session);
	program_close(&session->program);
	end_sampler(session);
	signal_guard_close(&session->signals);
	if (session->page)
		munmap(session->page, sizeof(*session->page));
	if (watch->clear)
		watch->clear(watch->arg);
}
