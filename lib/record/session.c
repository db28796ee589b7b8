/* SPDX-License-Identifier: MIT */
#include "record/session.h"

#include "base/clock.h"
#include "base/mem.h"
#include "record/session_loop.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

enum {
	START_WITHIN_S = 30,	/* fork, open the file, seize */
	STOP_WITHIN_S = 30,	/* let go of all threads */
	/* Between two names; the symbolizer has minutes for a module. */
	FINISH_BEAT_S = 300,
	FINISH_NETWORK_BEAT_S = 1200,	/* it waits for servers, too */
	EXIT_NO_RECORDING = 125,
	EXIT_CANNOT_EXECUTE = 126,
	EXIT_NOT_FOUND = 127,
	EXIT_SIGNAL = 128
};

/*
 * Step until `*flag` is set.  Returns true when it is, false when the
 * sampler is lost; one that takes longer than `seconds` is ended.
 */
static bool wait_for(struct session *session, const bool *flag, int seconds,
		     const char *what)
{
	const uint64_t until = clock_monotonic_ns() + seconds * NS_PER_S;

	while (!*flag && !session_sampler_lost(session)) {
		session_step(session, until);
		if (!*flag && clock_monotonic_ns() >= until)
			session_abandon_sampler(session, what);
	}
	return *flag;
}

static void stop_recording(struct session *session)
{
	if (session->stop_sent)
		return;
	session->stop_sent = true;
	if (!session->run_ended)
		session_ask(session, CONTROL_STOP, 0);
}

static void ask_to_finish(struct session *session)
{
	if (session->finish_sent)
		return;
	session->finish_sent = true;
	session_ask(session, CONTROL_FINISH, 0);
}

/*
 * Names may take long, a sampler that hangs must not: its heart tells the
 * one from the other.
 */
static void wait_for_file(struct session *session)
{
	const uint64_t start = clock_monotonic_ns();
	const int patience_s = session->options->recording->debuginfod ?
		FINISH_NETWORK_BEAT_S : FINISH_BEAT_S;

	while (!session->done && !session_sampler_lost(session)) {
		uint64_t now, beat;

		session_step(session, UINT64_MAX);
		now = clock_monotonic_ns();
		beat = MAX(start, atomic_load(&session->page->heartbeat_ns));
		if (now > beat + patience_s * NS_PER_S)
			session_abandon_sampler(session,
						"the sampler hangs");
	}
}

static bool time_is_over(const struct session *session)
{
	const uint64_t duration = session->options->duration_ns;

	return duration && clock_monotonic_ns() >= session->start_ns + duration;
}

static uint64_t next_deadline(const struct session *session)
{
	const uint64_t duration = session->options->duration_ns;

	if (!duration || session->stop_sent)
		return UINT64_MAX;
	return session->start_ns + duration;
}

/* The sampler did not get so far that the program may start. */
static int cannot_start(struct session *session, struct error *err)
{
	program_close(&session->program);
	while (session_program_lives(session))
		session_step(session, clock_monotonic_ns() + NS_PER_S);
	*err = session->failure;
	return -1;
}

/* Let the sampler seize the program's process. */
static int attach_sampler(struct session *session, struct error *err)
{
	session_ask(session, CONTROL_RUN, session->program.pid);
	session->last_status = -1;
	session->last_rss_bytes = 0;
	if (!wait_for(session, &session->ready, START_WITHIN_S,
		      "the sampler did not get ready"))
		return cannot_start(session, err);
	return 0;
}

static int start_program(struct session *session, struct error *err)
{
	const struct recording *recording = session->options->recording;
	const bool sampled = session->run.kind == RUN_PROFILED;

	/* Every run reads the same file. */
	if (session->result->runs && session->stdin_offset >= 0)
		lseek(STDIN_FILENO, session->stdin_offset, SEEK_SET);
	if (program_fork(&session->program, recording->argv,
			 sampled ? session->sampler.pid : 0,
			 &session->signals, err))
		return -1;
	if (session->run.last)
		launcher_drop_inherited();
	if (!wait_for(session, &session->prepared, START_WITHIN_S,
		      "the program's process did not come up"))
		return cannot_start(session, err);
	if (sampled && attach_sampler(session, err))
		return -1;

	session->start_ns = clock_monotonic_ns();
	session->plain.start_ns = session->start_ns;
	session->plain.start_realtime_ns = clock_realtime_ns();
	if (program_release(&session->program, err)) {
		error_set(&session->failure, ERROR_SYSTEM, "%s", err->text);
		return cannot_start(session, err);
	}
	return 0;
}

/* A second interrupt, or --duration: the program goes on unsampled. */
static void end_early(struct session *session)
{
	if (session->stop_sent || !session->start_ns)
		return;
	if (session->end_asked)
		session_notice(session, "recording ended by a second "
			       "interrupt; the program runs on");
	if (session->end_asked || time_is_over(session)) {
		stop_recording(session);
		if (session->run.last || session->end_asked)
			ask_to_finish(session);
	}
}

/* The program's time is over; what it left behind, it left behind. */
static void end_late(struct session *session)
{
	const uint64_t limit = session->options->limit_ns;

	if (!limit || session->result->timed_out ||
	    clock_monotonic_ns() - session->start_ns < limit)
		return;
	session->result->timed_out = true;
	kill(session->program.pid, SIGKILL);
}

static uint64_t end_of_limit(const struct session *session)
{
	const uint64_t limit = session->options->limit_ns;

	return limit && !session->result->timed_out ?
	       session->start_ns + limit : UINT64_MAX;
}

/* From the release to the end of the program, whatever the sampler does. */
static void attend_program(struct session *session)
{
	uint64_t until;

	while (session_program_lives(session)) {
		until = session->run.kind == RUN_PROFILED ?
			next_deadline(session) : UINT64_MAX;
		session_step(session, MIN(until, end_of_limit(session)));
		if (session_program_lives(session))
			end_late(session);
		if (session->run.kind == RUN_PROFILED)
			end_early(session);
	}
	/* The news of a successful exec may be all that is left of it. */
	until = clock_monotonic_ns() + NS_PER_S;
	while (session->program.exec_fd >= 0 && clock_monotonic_ns() < until)
		session_step(session, until);
}

/* The file gets a run that was not sampled, if it was one at all. */
static void keep_plain_run(struct session *session,
			   const struct plain_run *plain)
{
	if (session->result->exec_errno)
		return;
	session->plain = *plain;
	session->result->plain_runs++;
	session_ask(session, CONTROL_PLAIN, 0);
	session->last_status = -1;
	session->last_rss_bytes = 0;
}

static int launch_once(struct session *session, struct error *err)
{
	session->prepared = session->exec_known = false;
	session->ready = session->run_ended = session->stop_sent = false;
	session->interrupts = 0;
	session->zombie_since_ns = 0;

	if (start_program(session, err))
		return -1;
	if (session->run.kind == RUN_PLAIN) {
		attend_program(session);
		program_close(&session->program);
		keep_plain_run(session, &session->plain);
		return 0;
	}
	session_watch_begin(session);
	attend_program(session);
	program_close(&session->program);
	session->result->runs++;

	/* Children that live on are not what was asked for. */
	stop_recording(session);
	if (!session->finish_sent)
		wait_for(session, &session->run_ended, STOP_WITHIN_S,
			 "the sampler did not let the program's children go");
	session_watch_end(session);
	return 0;
}

static void finish_launch(struct session *session)
{
	const struct session_result *result = session->result;

	if (result->exec_errno && !result->started) {
		session_ask(session, CONTROL_DISCARD, 0);
		return;
	}
	ask_to_finish(session);
	wait_for_file(session);
	if (!session->done)
		session_tell_failure(session, "");
}

int session_pass_status(const struct session_result *result)
{
	const int status = result->status;

	if (result->exec_errno)
		return result->exec_errno == ENOENT ? EXIT_NOT_FOUND :
						      EXIT_CANNOT_EXECUTE;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	signal_die(WTERMSIG(status));
	return EXIT_SIGNAL + WTERMSIG(status);
}

/* Nobody hears anything any more, but the program and its parent. */
static int end_without_memory(void *arg)
{
	struct session *session = arg;
	struct session_options silent = *session->options;

	silent.watch = (struct session_watch){ .arg = NULL };
	session->options = &silent;
	if (session->program.release_fd >= 0)
		program_close(&session->program);
	while (session_program_lives(session) || session->program.exec_fd >= 0)
		session_step(session, UINT64_MAX);
	return session->result->started || session->result->exec_errno ?
	       session_pass_status(session->result) : EXIT_NO_RECORDING;
}

static bool next_run(struct session *session)
{
	const struct session_options *options = session->options;

	session->run = (struct session_run){
		.kind = RUN_PROFILED, .last = true,
	};
	return !options->next ||
	       options->next(&session->run, options->next_arg);
}

int session_launch(const struct session_options *options,
		   struct session_result *result, struct error *err)
{
	struct session session;
	int ret = session_open(&session, options, result, err);

	if (options->outlive)
		mem_set_last_resort(end_without_memory, &session);
	while (ret == 0 && next_run(&session)) {
		if (session.run.measured)
			keep_plain_run(&session, session.run.measured);
		else
			ret = launch_once(&session, err);
		if ((result->status && !options->ignore_status) ||
		    session.end_asked || result->exec_errno ||
		    result->timed_out ||
		    session_sampler_lost(&session) || session.run.last)
			break;
	}
	/* A later run that could not start does not undo the earlier. */
	if (ret == 0 || result->started) {
		if (ret && !session.failure_told)
			session_notice(&session, "%s", err->text);
		finish_launch(&session);
		ret = 0;
	}
	session_close(&session);
	if (options->outlive)
		mem_set_last_resort(NULL, NULL);
	return ret;
}

static int attach(struct session *session, struct error *err)
{
	session_ask(session, CONTROL_ATTACH, 0);
	launcher_drop_inherited();
	session_watch_begin(session);
	if (!wait_for(session, &session->ready, START_WITHIN_S,
		      "the sampler did not get ready")) {
		*err = session->failure;
		return -1;
	}
	session->start_ns = clock_monotonic_ns();
	while (!session->run_ended && !session->end_asked &&
	       !session_sampler_lost(session) && !time_is_over(session))
		session_step(session, next_deadline(session));

	stop_recording(session);
	wait_for(session, &session->run_ended, STOP_WITHIN_S,
		 "the sampler did not let the processes go");
	session_watch_end(session);
	ask_to_finish(session);
	wait_for_file(session);
	if (!session->done) {
		*err = session->failure;
		return -1;
	}
	return 0;
}

int session_attach(const struct session_options *options,
		   struct session_result *result, struct error *err)
{
	struct session session;
	int ret = session_open(&session, options, result, err);

	if (ret == 0)
		ret = attach(&session, err);
	session_close(&session);
	return ret;
}
