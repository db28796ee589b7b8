/* SPDX-License-Identifier: MIT */
/*
 * The sampler's process.  Its main thread listens to cprof; each run has a
 * tracer thread of its own, whose end lets go of all tracees.
 */
#include "record/control.h"

#include "base/clock.h"
#include "base/log.h"
#include "proc/process.h"
#include "record/machine.h"
#include "record/names.h"
#include "record/sampler.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	SAMPLER_NICE = -10
};

struct session {
	const struct recording *recording;
	int fd;
	struct sampler sampler;
	struct profile_writer *writer;
	struct recording_summary summary;
	_Atomic uint32_t stop;
	pthread_t thread;
	bool running;		/* a tracer thread is there */
	bool failed;		/* the file ended early, cprof knows */
	bool ran;		/* a run is over and its end not written */
	pid_t launched;
	struct run_place place;	/* of the current run */
	struct run_end end;
};

static void tell(const struct session *session, enum control_type type,
		 const struct error *err)
{
	struct control_message message = { .type = type };

	if (err)
		message.error = *err;
	message.summary = session->summary;
	control_send(session->fd, &message, NULL);
}

static void tell_notice(void *context, const char *text)
{
	struct error notice = ERROR_INIT;

	error_set(&notice, ERROR_NONE, "%s", text);
	tell(context, CONTROL_NOTICE, &notice);
}

/* What all runs of the recording begin with. */
static struct run_begin run_begin_of(const struct session *session)
{
	const struct recording *recording = session->recording;

	return (struct run_begin){
		.argv = recording->argv,
		.argc = recording->argc,
		.name = recording->name,
		.version = recording->version ? recording->version : "",
		.labels = recording->labels,
		.label_count = recording->label_count,
		.place = session->place,
	};
}

static void write_run_begin(struct session *session)
{
	const struct recording *recording = session->recording;
	struct sample_sink *sink = session->sampler.sink;
	struct strbuf text = STRBUF_INIT;
	struct word_vec words = VEC_INIT;
	struct run_begin begin = run_begin_of(session);

	begin.start_ns = sampler_now(&session->sampler);
	begin.start_realtime_ns = clock_realtime_ns();
	begin.rate_hz = recording->rate_hz;
	begin.overhead_ppm = recording->overhead_ppm;
	begin.kind = RUN_PROFILED;
	begin.level = recording->level;
	if (recording->pid_count) {
		process_words(recording->pids[0], &text, &words);
		begin.flags = RUN_ATTACHED;
		begin.argv = words.items;
		begin.argc = words.count;
	}
	sink->ops->run_begin(sink, &begin);
	for (size_t i = 0; i < recording->region_count; i++)
		sink->ops->run_note(sink, &(struct run_note){
			.run = session->sampler.run,
			.kind = RUN_NOTE_REGION,
			.key = "",
			.value = recording->regions[i],
		});
	word_vec_release(&words);
	strbuf_release(&text);
}

static void *tracer_thread(void *context)
{
	struct session *session = context;
	struct error err = ERROR_INIT;

	write_run_begin(session);
	if (sampler_begin(&session->sampler, session->launched, &err)) {
		tell(session, CONTROL_FAILED, &err);
		return NULL;
	}
	tell(session, CONTROL_READY, NULL);
	sampler_run(&session->sampler, &session->end);
	/* A full disk: say so now, the program may run on for days. */
	if (session->sampler.sink->ops->failed(session->sampler.sink)) {
		session->failed = true;
		profile_writer_finish(session->writer, &err);
		tell(session, CONTROL_FAILED, &err);
		return NULL;
	}
	session->ran = true;
	tell(session, CONTROL_RUN_ENDED, NULL);
	return NULL;
}

static void add_to_summary(struct session *session)
{
	struct recording_summary *summary = &session->summary;
	const struct sampler_counts *counts = &session->sampler.counts;
	const struct run_end *end = &session->end;

	summary->samples += counts->samples;
	summary->on_cpu_samples += counts->on_cpu_samples;
	summary->threads += counts->threads;
	summary->processes += counts->processes;
	summary->elapsed_ns += end->end_ns - session->sampler.run_start_ns;
	summary->cpu_ns += counts->cpu_ns;
	summary->held_ns += end->held_ns;
	summary->interrupt_ns += end->interrupt_ns;
	summary->own_cpu_ns += end->own_cpu_ns;
	summary->cost_ns += end->cost_ns;
	summary->overhead_ppm = session->recording->overhead_ppm;
	losses_add(&summary->losses, &end->losses);
	snprintf(summary->not_collected, sizeof(summary->not_collected), "%s",
		 strbuf_text(&session->sampler.not_collected));
	summary->left_count = session->sampler.left_count;
	summary->left_pid = session->sampler.left_pid;
	if (summary->left_count)
		process_start_read(summary->left_pid, &summary->left_start);
}

/* Wait for the run's thread, and write its end with what cprof knows. */
static void end_run(struct session *session,
		    const struct control_message *known)
{
	struct run_end *end = &session->end;
	struct sample_sink *sink = session->sampler.sink;

	if (!session->running)
		return;
	pthread_join(session->thread, NULL);
	session->running = false;
	if (!session->ran)
		return;
	session->ran = false;
	if (known && known->max_rss_bytes > end->peak_memory_bytes)
		end->peak_memory_bytes = known->max_rss_bytes;
	if (known && session->launched && end->exit_status < 0)
		end->exit_status = known->exit_status;
	sink->ops->run_end(sink, end);
	sink->ops->flush(sink);
	add_to_summary(session);
	session->sampler.run++;
}

static void start_run(struct session *session,
		      const struct control_message *message)
{
	end_run(session, message);
	session->launched = message->type == CONTROL_RUN ? message->pid : 0;
	session->place = message->place;
	session->stop = 0;
	session->running = true;
	if (pthread_create(&session->thread, NULL, tracer_thread, session)) {
		struct error err = ERROR_INIT;

		session->running = false;
		error_set(&err, ERROR_SYSTEM, "cannot start a thread");
		tell(session, CONTROL_FAILED, &err);
	}
}

/* A run that is over, and that nobody sampled. */
static void write_plain_run(struct session *session,
			    const struct control_message *message)
{
	const struct plain_run *plain = &message->plain;
	const uint64_t start_ns = plain->start_ns -
		MIN(session->sampler.epoch_ns, plain->start_ns);
	struct sample_sink *sink = session->sampler.sink;
	const struct run_end end = {
		.end_ns = start_ns + (plain->end_ns - plain->start_ns),
		.exit_status = plain->exit_status,
		.user_ns = plain->user_ns,
		.system_ns = plain->system_ns,
		.peak_memory_bytes = plain->peak_memory_bytes,
	};
	struct run_begin begin;

	end_run(session, message);
	session->place = message->place;
	begin = run_begin_of(session);
	begin.kind = RUN_PLAIN;
	begin.start_ns = start_ns;
	begin.start_realtime_ns = plain->start_realtime_ns;
	sink->ops->run_begin(sink, &begin);
	sink->ops->run_end(sink, &end);
	session->sampler.run++;
}

static void stop_run(struct session *session)
{
	session->stop = 1;
	if (session->running)
		pthread_kill(session->thread, tracer_wake_signal());
}

static void explain_no_samples(struct session *session)
{
	struct recording_summary *summary = &session->summary;
	const char *why = "it ended before the first tick";

	if (summary->samples)
		return;
	if (summary->losses.threads_missed)
		why = "its threads could not be read (32-bit, or not ours)";
	else if (summary->losses.samples_lost)
		why = "its threads ended whenever one was to be read";
	else if (!summary->processes)
		why = "it never ran";
	snprintf(summary->no_samples, sizeof(summary->no_samples), "%s", why);
}

static int finish(struct session *session, struct error *err)
{
	struct recording_summary *summary = &session->summary;
	struct stat status;

	explain_no_samples(session);
	atomic_store(&session->sampler.page->finishing, 1);
	/* Without names the profile is still one: say it and go on. */
	if (names_resolve(&session->sampler.stacks,
			  session->recording->debuginfod,
			  session->sampler.page, &summary->symbols_lost, err))
		log_debug(LOG_RECORD, 1, "names: %s", err->text);
	if (profile_writer_finish(session->writer, err))
		return -1;
	if (stat(session->recording->path, &status) == 0)
		summary->file_bytes = status.st_size;
	return 0;
}

/*
 * Our signals are our own: none of the terminal's, none of the group's.
 * Descriptors: two per thread, and a program may have thousands.
 * Priority, where we may have it: a thread stands still while we wait.
 */
static void prepare_process(void)
{
	struct rlimit files, core = { 0, 0 };
	sigset_t all;

	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	sigdelset(&all, SIGABRT);
	pthread_sigmask(SIG_SETMASK, &all, NULL);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	setrlimit(RLIMIT_CORE, &core);
	/* Without us, the program would have the memory that we have. */
	process_offer_itself();
	setpriority(PRIO_PROCESS, 0, SAMPLER_NICE);
	prctl(PR_SET_NAME, "cprof-sampler");
}

static int open_file(struct session *session, struct error *err)
{
	const struct recording *recording = session->recording;
	struct recording_info info;
	struct machine machine;

	machine_info(&machine, &info);
	info.start_realtime_ns = clock_realtime_ns();
	return profile_writer_open(&session->writer, recording->path,
				   recording->mode, &info, err);
}

/* The answer to one message; true when it was the last. */
static bool serve_message(struct session *session,
			  const struct control_message *message)
{
	struct error err = ERROR_INIT;

	switch (message->type) {
	case CONTROL_RUN:
	case CONTROL_ATTACH:
		start_run(session, message);
		return false;
	case CONTROL_PLAIN:
		write_plain_run(session, message);
		return false;
	case CONTROL_STOP:
		stop_run(session);
		return false;
	case CONTROL_FINISH:
		stop_run(session);
		end_run(session, message);
		if (session->failed)
			return true;
		if (finish(session, &err))
			tell(session, CONTROL_FAILED, &err);
		else
			tell(session, CONTROL_DONE, NULL);
		return true;
	case CONTROL_DISCARD:
		stop_run(session);
		end_run(session, NULL);
		profile_writer_discard(session->writer);
		return true;
	default:
		return false;
	}
}

static void serve_all(struct session *session)
{
	struct control_message message;

	while (control_receive(session->fd, &message, NULL) > 0) {
		if (serve_message(session, &message))
			return;
	}
	/* cprof is gone.  Keep what was recorded, let the program go on. */
	stop_run(session);
	end_run(session, NULL);
	if (session->failed)
		return;
	if (session->sampler.run)
		finish(session, &(struct error)ERROR_INIT);
	else
		profile_writer_discard(session->writer);
}

int sampler_main(const struct recording *recording, int fd,
		 struct control_page *page)
{
	struct session session = { .recording = recording, .fd = fd };
	struct error err = ERROR_INIT;
	uint64_t device, inode;

	prepare_process();
	if (open_file(&session, &err)) {
		tell(&session, CONTROL_FAILED, &err);
		return 1;
	}
	profile_writer_identity(session.writer, &device, &inode);
	atomic_store(&page->file_device, device);
	atomic_store(&page->file_inode, inode);
	sampler_init(&session.sampler, recording, page,
		     profile_writer_sink(session.writer));
	session.sampler.stop = &session.stop;
	session.sampler.notice = tell_notice;
	session.sampler.notice_arg = &session;
	serve_all(&session);
	sampler_release(&session.sampler);
	profile_writer_close(session.writer);
	return 0;
}
