/* SPDX-License-Identifier: MIT */
/* What cprof itself decides and says about a recording. */
#include "base/clock.h"
#include "record/output_path.h"
#include "record/signals.h"
#include "record/summary_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void names_of_files_keep_only_harmless_bytes(void **state)
{
	static const struct {
		const char *name, *version, *path;
	} cases[] = {
		{ "app", "", "d/app-19700101T000001Z-7.prof" },
		{ "app", NULL, "d/app-19700101T000001Z-7.prof" },
		{ "a/b c\n", "1.2/3",
		  "d/a_b_c_-1.2_3-19700101T000001Z-7.prof" },
		{ "-rf", "..", "d/_rf-_.-19700101T000001Z-7.prof" },
		{ "\xc3\xa4", "", "d/__-19700101T000001Z-7.prof" },
		{ "", "", "d/program-19700101T000001Z-7.prof" },
		{ "@x", "+1", "d/_x-+1-19700101T000001Z-7.prof" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct strbuf path = STRBUF_INIT;

		output_path_add(&path, "d", cases[i].name, cases[i].version,
				NS_PER_S, 7);
		assert_string_equal(strbuf_text(&path), cases[i].path);
		strbuf_release(&path);
	}
}

static void the_longest_names_still_make_a_file_name(void **state)
{
	struct strbuf path = STRBUF_INIT;
	char name[1001];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	output_path_add(&path, "", name, name, UINT64_MAX, INT32_MAX);
	/* ".partial.99" comes behind it. */
	assert_in_range(path.len, 200, 255 - 11);
	strbuf_release(&path);
}

static void the_directory_is_the_setting_or_profiles(void **state)
{
	assert_string_equal(output_directory(NULL), "profiles");
	assert_string_equal(output_directory(""), "profiles");
	assert_string_equal(output_directory("/x"), "/x");
}

static void directories_are_made_and_a_file_in_the_way_is_told(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char path[400], file[420];
	struct error err = ERROR_INIT;
	struct stat st;
	FILE *made;

	snprintf(path, sizeof(path), "%s/front-%d/a//b", tmp ? tmp : "/tmp",
		 getpid());
	assert_int_equal(output_directory_make(path, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(output_directory_make(path, &err), 0);

	snprintf(file, sizeof(file), "%s/f", path);
	made = fopen(file, "w");
	assert_non_null(made);
	fclose(made);
	assert_int_equal(output_directory_make(file, &err), -1);
	assert_int_equal(err.kind, ERROR_SYSTEM);
	strcat(file, "/below");
	assert_int_equal(output_directory_make(file, &err), -1);

	*strrchr(file, '/') = '\0';
	unlink(file);
	for (int i = 0; i < 3; i++) {
		rmdir(path);
		*strrchr(path, '/') = '\0';
	}
}

static void a_word_for_the_shell_is_read_back_as_it_was(void **state)
{
	static const char *const words[] = {
		"a.prof", "", "a b", "it's", "''", "$(reboot)", "-x", "~",
		"a\nb", "\\", "*", "\x01\xff",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct strbuf command = STRBUF_INIT;
		char got[40] = "";
		FILE *shell;
		size_t len;

		strbuf_add(&command, "printf '%s' ");
		shell_word_add(&command, words[i]);
		shell = popen(command.text, "r");
		assert_non_null(shell);
		len = fread(got, 1, sizeof(got) - 1, shell);
		got[len] = '\0';
		assert_int_equal(pclose(shell), 0);
		assert_string_equal(got, words[i]);
		strbuf_release(&command);
	}
}

static void the_summary_tells_rate_held_time_and_losses(void **state)
{
	struct recording_summary sum = {
		.samples = 12345, .threads = 8, .processes = 2,
		.elapsed_ns = 12300 * NS_PER_MS, .cpu_ns = 10 * NS_PER_S,
		.on_cpu_samples = 9870, .held_ns = 40 * NS_PER_MS,
		.cost_ns = 90 * NS_PER_MS,
		.file_bytes = 123000,
		.losses = { .samples_lost = 1, .ticks_late = 2000 },
	};
	struct strbuf text = STRBUF_INIT;

	summary_text_add(&text, &sum, "a\x1b.prof");
	assert_string_equal(strbuf_text(&text),
		"12,345 samples of 8 threads in 2 processes in 12.3 s, 987 Hz "
		"per running thread, held 0.4%, cost about 90.0 ms (0.9%), 1 "
		"sample lost, 2,000 ticks "
		"late; a\\x1b.prof, 123.0 kB");
	strbuf_clear(&text);
	sum.overhead_ppm = 10000;
	summary_text_add(&text, &sum, "a");
	assert_null(strstr(strbuf_text(&text), "allowed"));
	strbuf_clear(&text);
	/* "1%; 1%, or 25 ms, allowed" tells nothing. */
	sum.cost_ns = 102 * NS_PER_MS;
	summary_text_add(&text, &sum, "a");
	assert_null(strstr(strbuf_text(&text), "allowed"));
	strbuf_clear(&text);
	sum.cost_ns = 110 * NS_PER_MS;
	summary_text_add(&text, &sum, "a");
	assert_non_null(strstr(strbuf_text(&text), "cost about 110 ms (1.1%; "
			"1%, or 25 ms, allowed for samples), 1 "));
	strbuf_clear(&text);
	/* More than 1%, and less than a short run may lose. */
	sum.cpu_ns = NS_PER_S;
	sum.cost_ns = 24 * NS_PER_MS;
	summary_text_add(&text, &sum, "a");
	assert_non_null(strstr(strbuf_text(&text),
			       "cost about 24.0 ms (2.4%), 1 "));
	strbuf_clear(&text);
	/* A percentage of next to nothing tells nothing. */
	sum.cpu_ns = NS_PER_MS;
	sum.cost_ns = 16 * NS_PER_MS;
	summary_text_add(&text, &sum, "a");
	assert_non_null(strstr(strbuf_text(&text), "cost about 16.0 ms, 1 "));
	strbuf_clear(&text);
	sum = (struct recording_summary){ .samples = 1, .threads = 1,
					  .processes = 1 };
	summary_text_add(&text, &sum, "b");
	assert_non_null(strstr(strbuf_text(&text),
			       "1 sample of 1 thread in 1 process in "));
	assert_non_null(strstr(strbuf_text(&text), ", nothing lost; b, 0 B"));
	assert_null(strstr(strbuf_text(&text), "Hz"));
	strbuf_release(&text);
}

static void a_status_line_never_fills_the_last_column(void **state)
{
	struct control_page page = { .samples = UINT64_MAX, .threads = 3 };
	struct session_progress now = { .page = &page };

	for (size_t columns = 1; columns < 200; columns++) {
		struct strbuf text = STRBUF_INIT;

		progress_text_add(&text, &now, columns);
		assert_true(text.len < columns);
		strbuf_release(&text);
	}
}

static struct signalfd_siginfo came(int number, int code)
{
	return (struct signalfd_siginfo){ .ssi_signo = number,
					  .ssi_code = code };
}

static void a_launched_program_gets_what_was_sent_to_cprof(void **state)
{
	static const struct {
		int signal, code;
		enum signal_request request;
	} cases[] = {
		{ SIGTERM, SI_USER, SIGNAL_PASS_ON },
		{ SIGHUP, SI_USER, SIGNAL_PASS_ON },
		{ SIGUSR1, SI_TKILL, SIGNAL_PASS_ON },
		{ 40, SI_QUEUE, SIGNAL_PASS_ON },
		{ SIGALRM, SI_KERNEL, SIGNAL_PASS_ON },
		/* The terminal tells the whole group. */
		{ SIGWINCH, SI_KERNEL, SIGNAL_NOTHING },
		{ SIGTSTP, SI_KERNEL, SIGNAL_NOTHING },
		{ SIGTSTP, SI_USER, SIGNAL_SUSPEND },
		{ SIGCONT, SI_USER, SIGNAL_NOTHING },
		{ SIGINT, SI_KERNEL, SIGNAL_INTERRUPT },
		{ SIGINT, SI_USER, SIGNAL_PASS_ON },
		{ SIGQUIT, SI_KERNEL, SIGNAL_INTERRUPT },
		{ SIGQUIT, SI_QUEUE, SIGNAL_PASS_ON },
		{ SIGCHLD, CLD_EXITED, SIGNAL_CHILDREN },
		{ SIGPIPE, SI_USER, SIGNAL_NOTHING },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct signalfd_siginfo info = came(cases[i].signal,
						    cases[i].code);

		assert_int_equal(signal_request_launch(&info),
				 cases[i].request);
	}
}

static void attached_signals_end_the_recording_unless_ignored(void **state)
{
	const struct signal_guard normal = SIGNAL_GUARD_INIT;
	const struct signal_guard background = {
		.fd = -1,
		.ignored = 1u << (SIGINT - 1) | 1u << (SIGHUP - 1),
	};
	struct signalfd_siginfo typed = came(SIGINT, SI_KERNEL);
	struct signalfd_siginfo sent = came(SIGINT, SI_USER);
	struct signalfd_siginfo hangup = came(SIGHUP, SI_USER);
	struct signalfd_siginfo window = came(SIGWINCH, SI_KERNEL);

	assert_int_equal(signal_request_attach(&normal, &typed),
			 SIGNAL_INTERRUPT);
	assert_int_equal(signal_request_attach(&normal, &hangup),
			 SIGNAL_INTERRUPT);
	assert_int_equal(signal_request_attach(&normal, &window),
			 SIGNAL_NOTHING);
	/* As nohup, or `cprof record -p PID &` in a script. */
	assert_int_equal(signal_request_attach(&background, &typed),
			 SIGNAL_NOTHING);
	assert_int_equal(signal_request_attach(&background, &hangup),
			 SIGNAL_NOTHING);
	assert_int_equal(signal_request_attach(&background, &sent),
			 SIGNAL_INTERRUPT);
}

static void dying_by_a_signal_works_while_all_are_blocked(void **state)
{
	for (int number = 1; number <= 64; number++) {
		struct signal_guard guard = SIGNAL_GUARD_INIT;
		int status;
		pid_t pid;

		if (number != SIGINT && number != SIGKILL &&
		    number != SIGSEGV && number != SIGRTMIN + 3)
			continue;
		pid = fork();
		if (pid == 0) {
			if (signal_guard_open(&guard, NULL) == 0)
				signal_die(number);
			_exit(9);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), number);
		assert_false(WCOREDUMP(status));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_files_keep_only_harmless_bytes),
		cmocka_unit_test(the_longest_names_still_make_a_file_name),
		cmocka_unit_test(the_directory_is_the_setting_or_profiles),
		cmocka_unit_test(
			directories_are_made_and_a_file_in_the_way_is_told),
		cmocka_unit_test(a_word_for_the_shell_is_read_back_as_it_was),
		cmocka_unit_test(the_summary_tells_rate_held_time_and_losses),
		cmocka_unit_test(a_status_line_never_fills_the_last_column),
		cmocka_unit_test(
			a_launched_program_gets_what_was_sent_to_cprof),
		cmocka_unit_test(
			attached_signals_end_the_recording_unless_ignored),
		cmocka_unit_test(
			dying_by_a_signal_works_while_all_are_blocked),
	};

	return cmocka_run_group_tests_name("record_front", tests, NULL, NULL);
}
