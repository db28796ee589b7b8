/* SPDX-License-Identifier: MIT */
/* The symbolizer process: what it answers, and what its death costs. */
#include "symbol/symbolizer.h"

#include "elf/debugfile.h"
#include "symbol/channel.h"
#include "symbol/wire.h"
#include "symbol/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { MAX_ANSWERS = 64 };

struct answers {
	size_t count;
	struct {
		uint32_t frame;
		uint8_t status;
		char function[256];
	} items[MAX_ANSWERS];
};

static void keep_answer(void *context, const struct symbol *symbol)
{
	struct answers *answers = context;

	assert_true(answers->count < MAX_ANSWERS);
	assert_true(symbol->count >= 1);
	answers->items[answers->count].frame = symbol->frame;
	answers->items[answers->count].status = symbol->status;
	snprintf(answers->items[answers->count].function,
		 sizeof(answers->items[0].function), "%s",
		 symbol->chain[symbol->count - 1].function);
	answers->count++;
}

static int first_bias(struct dl_phdr_info *info, size_t size, void *out)
{
	*(uint64_t *)out = info->dlpi_addr;
	return 1;
}

/* Where `code` is in this test's own file. */
static uint64_t own_address(void (*code)(void))
{
	uint64_t bias = 0;

	dl_iterate_phdr(first_bias, &bias);
	return (uintptr_t)code - bias;
}

void first_known_function(void);
void second_known_function(void);

__attribute__((noinline)) void first_known_function(void)
{
	__asm__ volatile("nop; nop; nop; nop");
}

__attribute__((noinline)) void second_known_function(void)
{
	__asm__ volatile("nop; nop; nop; nop; nop");
}

static struct module own_module(void)
{
	struct module module = { .kind = MODULE_FILE };
	struct debug_file file;
	const uint8_t *id;
	static char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	assert_true(len > 0);
	path[len] = '\0';
	module.path = path;
	assert_int_equal(debug_file_open(&file, path, NULL), 0);
	module.build_id_len = elf_build_id(file.elf, &id);
	assert_in_range(module.build_id_len, 1, BUILD_ID_MAX);
	memcpy(module.build_id, id, module.build_id_len);
	debug_file_close(&file);
	return module;
}

static struct symbolizer *start(void)
{
	const struct symbolizer_options options = { .patience_ms = 3000 };
	struct symbolizer *symbolizer;

	assert_int_equal(symbolizer_start(&symbolizer, &options, NULL), 0);
	return symbolizer;
}

static void tell_own(struct symbolizer *symbolizer,
		     const struct module *module)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(symbolizer_module(symbolizer, 0, module, fd, NULL), 0);
	close(fd);
}

static void ask_both(struct symbolizer *symbolizer, struct answers *answers)
{
	const uint64_t addresses[] = {
		own_address(second_known_function) + 1,
		own_address(first_known_function) + 2,
		own_address(second_known_function) + 1,
	};

	memset(answers, 0, sizeof(*answers));
	assert_int_equal(symbolizer_resolve(symbolizer, 0, addresses, 3,
					    keep_answer, answers, NULL), 0);
	assert_int_equal(answers->count, 3);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(answers->items[i].frame, i);
}

static void assert_named(const struct answers *answers)
{
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(answers->items[i].status, SYMBOL_OK);
		assert_string_equal(answers->items[i].function,
				    i == 1 ? "first_known_function" :
				    "second_known_function");
	}
}

static void names_come_in_the_order_asked(void **state)
{
	struct symbolizer *symbolizer = start();
	struct module module = own_module();
	struct answers answers;

	tell_own(symbolizer, &module);
	ask_both(symbolizer, &answers);
	assert_named(&answers);
	assert_int_equal(symbolizer_lost(symbolizer), 0);
	symbolizer_stop(symbolizer);
}

static void a_path_is_used_when_its_build_id_is_the_same(void **state)
{
	struct symbolizer *symbolizer = start();
	struct module module = own_module();
	struct answers answers;

	symbolizer_module(symbolizer, 0, &module, -1, NULL);
	ask_both(symbolizer, &answers);
	assert_named(&answers);
	symbolizer_stop(symbolizer);
}

static void a_file_with_another_build_id_names_nothing(void **state)
{
	struct symbolizer *symbolizer = start();
	struct module module = own_module();
	struct answers answers;

	module.build_id[0] ^= 1;
	tell_own(symbolizer, &module);
	ask_both(symbolizer, &answers);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(answers.items[i].status, SYMBOL_REPLACED);
		assert_non_null(strstr(answers.items[i].function,
				       "[test_symbol_symbolizer+0x"));
	}
	symbolizer_module(symbolizer, 0, &module, -1, NULL);
	ask_both(symbolizer, &answers);
	assert_int_equal(answers.items[0].status, SYMBOL_REPLACED);
	symbolizer_stop(symbolizer);
}

static void a_path_without_a_build_id_to_compare_is_not_opened(void **state)
{
	struct symbolizer *symbolizer = start();
	struct module module = own_module();
	struct answers answers;

	module.build_id_len = 0;
	symbolizer_module(symbolizer, 0, &module, -1, NULL);
	ask_both(symbolizer, &answers);
	assert_int_equal(answers.items[0].status, SYMBOL_NONE);
	symbolizer_stop(symbolizer);
}

static void a_module_never_told_is_an_error(void **state)
{
	struct symbolizer *symbolizer = start();
	struct error err = ERROR_INIT;
	const uint64_t address = 1;

	assert_int_equal(symbolizer_resolve(symbolizer, 3, &address, 1,
					    keep_answer, NULL, &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	symbolizer_stop(symbolizer);
}

static void code_without_a_file_has_one_name(void **state)
{
	struct symbolizer *symbolizer = start();
	struct module module = { .kind = MODULE_UNKNOWN, .path = "" };
	struct answers answers;

	symbolizer_module(symbolizer, 0, &module, -1, NULL);
	ask_both(symbolizer, &answers);
	assert_string_equal(answers.items[0].function, "[unmapped]");
	assert_int_equal(answers.items[0].status, SYMBOL_NONE);
	symbolizer_stop(symbolizer);
}

static void code_made_at_run_time_is_named_by_the_perf_map(void **state)
{
	static const char map[] = "7f0000001000 100 JS:*add a@b.js:1\n"
		"7f0000003000 100 _ZN5shape4areaEd\n";
	const uint64_t addresses[] = { 0x7f0000001080, 0x7f0000002000,
		0x7f0000003000 };
	struct module module = { .kind = MODULE_JIT, .path = "[jit]" };
	struct symbolizer *symbolizer = start();
	struct answers answers = { .count = 0 };
	int fd = memfd_create("map", MFD_CLOEXEC);

	assert_int_equal(write(fd, map, sizeof(map) - 1), sizeof(map) - 1);
	symbolizer_module(symbolizer, 0, &module, fd, NULL);
	close(fd);
	symbolizer_resolve(symbolizer, 0, addresses, 3, keep_answer, &answers,
			   NULL);
	assert_string_equal(answers.items[2].function, "shape::area");
	assert_string_equal(answers.items[0].function,
			    "JS:*add a@b.js:1");
	assert_int_equal(answers.items[0].status, SYMBOL_OK);
	assert_string_equal(answers.items[1].function, "[jit]");
	assert_int_equal(answers.items[1].status, SYMBOL_NONE);
	symbolizer_stop(symbolizer);
}

/* The first death costs debug information, the second one names. */
static void killed_twice_it_loses_names_and_says_so(void **state)
{
	struct symbolizer *symbolizer = start();
	struct module module = own_module();
	struct answers answers;

	tell_own(symbolizer, &module);
	kill(symbolizer_pid(symbolizer), SIGKILL);
	ask_both(symbolizer, &answers);
	assert_named(&answers);
	assert_int_equal(symbolizer_lost(symbolizer), 0);

	kill(symbolizer_pid(symbolizer), SIGKILL);
	ask_both(symbolizer, &answers);
	assert_int_equal(answers.items[0].status, SYMBOL_NONE);
	assert_int_equal(symbolizer_lost(symbolizer), 3);
	symbolizer_stop(symbolizer);
}

static void a_process_that_hangs_is_given_up(void **state)
{
	const struct symbolizer_options options = { .patience_ms = 100 };
	struct symbolizer *symbolizer;
	struct module module = own_module();
	struct answers answers;
	pid_t hung;

	symbolizer_start(&symbolizer, &options, NULL);
	tell_own(symbolizer, &module);
	hung = symbolizer_pid(symbolizer);
	kill(hung, SIGSTOP);
	ask_both(symbolizer, &answers);
	assert_named(&answers);
	assert_int_not_equal(symbolizer_pid(symbolizer), hung);
	symbolizer_stop(symbolizer);
}

static void it_keeps_no_descriptor_of_ours(void **state)
{
	int pipe_fds[2];
	struct module module = own_module();
	struct symbolizer *symbolizer;
	struct answers answers;
	char byte;

	assert_int_equal(pipe(pipe_fds), 0);
	symbolizer = start();
	/* When it has answered it has closed the rest. */
	tell_own(symbolizer, &module);
	ask_both(symbolizer, &answers);
	close(pipe_fds[1]);
	assert_int_equal(fcntl(pipe_fds[0], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(read(pipe_fds[0], &byte, 1), 0);
	close(pipe_fds[0]);
	symbolizer_stop(symbolizer);
}

/*
 * The process answers here, in our own, so that a sanitizer sees what it
 * leaves behind.
 */
static void answering_leaves_nothing_behind(void **state)
{
	const struct worker_options options = {
		.debug_root = "/usr/lib/debug", .inlines = true,
	};
	const uint64_t address = own_address(first_known_function);
	struct byte_writer out = BYTE_WRITER_INIT;
	struct byte_vec frame = VEC_INIT;
	struct module module = own_module();
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int sockets[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	wire_write_module(&out, &module, LEVEL_ALL);
	assert_int_equal(channel_send(sockets[0], &out, fd, 1000, NULL), 0);
	byte_writer_clear(&out);
	wire_write_ask(&out, &address, 1);
	assert_int_equal(channel_send(sockets[0], &out, -1, 1000, NULL), 0);
	close(fd);
	shutdown(sockets[0], SHUT_WR);
	worker_run(sockets[1], &options);
	do {
		assert_int_equal(channel_receive(sockets[0], &frame, &fd, 1000,
						 NULL), 1);
	} while (frame.items[0] == WIRE_BUSY);
	assert_int_equal(frame.items[0], WIRE_ANSWER);
	assert_non_null(memmem(frame.items, frame.count,
			       "first_known_function", 20));
	close(sockets[0]);
	close(sockets[1]);
	byte_vec_release(&frame);
	byte_writer_release(&out);
}

static void the_page_of_the_kernel_is_named(void **state)
{
	const uint8_t *page = (const uint8_t *)getauxval(AT_SYSINFO_EHDR);
	struct module module = { .kind = MODULE_VDSO, .path = "[vdso]" };
	struct symbolizer *symbolizer = start();
	struct answers answers = { .count = 0 };
	int fd = memfd_create("vdso", MFD_CLOEXEC);
	uint64_t addresses[MAX_ANSWERS];
	bool found = false;

	if (!page)
		skip();
	assert_int_equal(write(fd, page, 4096), 4096);
	if (write(fd, page + 4096, 4096) < 0)
		errno = 0;	/* it may be one page only */
	symbolizer_module(symbolizer, 0, &module, fd, NULL);
	close(fd);
	for (uint64_t base = 0; base < 8192 && !found;
	     base += MAX_ANSWERS * 8) {
		for (size_t i = 0; i < MAX_ANSWERS; i++)
			addresses[i] = base + i * 8;
		answers.count = 0;
		symbolizer_resolve(symbolizer, 0, addresses, MAX_ANSWERS,
				   keep_answer, &answers, NULL);
		for (size_t i = 0; i < MAX_ANSWERS; i++)
			found = found || strstr(answers.items[i].function,
						"clock_gettime");
	}
	assert_true(found);
	symbolizer_stop(symbolizer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_come_in_the_order_asked),
		cmocka_unit_test(a_path_is_used_when_its_build_id_is_the_same),
		cmocka_unit_test(a_file_with_another_build_id_names_nothing),
		cmocka_unit_test(
			a_path_without_a_build_id_to_compare_is_not_opened),
		cmocka_unit_test(a_module_never_told_is_an_error),
		cmocka_unit_test(code_without_a_file_has_one_name),
		cmocka_unit_test(
			code_made_at_run_time_is_named_by_the_perf_map),
		cmocka_unit_test(killed_twice_it_loses_names_and_says_so),
		cmocka_unit_test(a_process_that_hangs_is_given_up),
		cmocka_unit_test(answering_leaves_nothing_behind),
		cmocka_unit_test(the_page_of_the_kernel_is_named),
		cmocka_unit_test(it_keeps_no_descriptor_of_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
