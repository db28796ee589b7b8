/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proc/maps.h"

#include <string.h>
#include <unistd.h>

static const char sample[] =
	"00400000-00401000 r--p 00000000 fe:01 1234      /usr/bin/app\n"
	"00401000-00409000 r-xp 00001000 fe:01 1234      /usr/bin/app\n"
	"7f00000000-7f00001000 rwxp 00000000 00:00 0 \n"
	"7f10000000-7f10001000 r-xp 00000000 103:0a 99   /tmp/a b (deleted)\n"
	"7ffff000-80000000 r-xp 00000000 00:00 0         [vdso]\n"
	"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0  [vsyscall]\n";

static void fields_of_a_line_are_read(void **state)
{
	struct proc_maps maps = PROC_MAPS_INIT;
	const struct proc_map *map;

	proc_maps_parse(&maps, sample, strlen(sample), PROC_MAPS_ALL);
	/* [vdso] lies below its predecessor here, and is left out. */
	assert_int_equal(maps.maps.count, 5);
	map = &maps.maps.items[3];
	assert_int_equal(map->start, 0x7f10000000);
	assert_int_equal(map->end, 0x7f10001000);
	assert_int_equal(map->dev_major, 0x103);
	assert_int_equal(map->dev_minor, 0x0a);
	assert_int_equal(map->inode, 99);
	assert_int_equal(map->access, MAP_ACCESS_READ | MAP_ACCESS_EXEC);
	assert_string_equal(map->path, "/tmp/a b (deleted)");
	assert_int_equal(maps.maps.items[1].offset, 0x1000);
	assert_string_equal(maps.maps.items[2].path, "");
	assert_string_equal(maps.maps.items[4].path, "[vsyscall]");
	proc_maps_release(&maps);
}

static void executable_maps_can_be_had_alone(void **state)
{
	struct proc_maps maps = PROC_MAPS_INIT;

	proc_maps_parse(&maps, sample, strlen(sample), PROC_MAPS_EXECUTABLE);
	assert_int_equal(maps.maps.count, 4);
	assert_int_equal(maps.maps.items[0].start, 0x401000);
	proc_maps_release(&maps);
}

static void an_address_finds_its_map(void **state)
{
	struct proc_maps maps = PROC_MAPS_INIT;

	proc_maps_parse(&maps, sample, strlen(sample), PROC_MAPS_ALL);
	assert_ptr_equal(proc_maps_find(&maps, 0x401000),
			 &maps.maps.items[1]);
	assert_ptr_equal(proc_maps_find(&maps, 0x400fff),
			 &maps.maps.items[0]);
	assert_null(proc_maps_find(&maps, 0x409000));
	assert_null(proc_maps_find(&maps, 0));
	assert_null(proc_maps_find(&maps, UINT64_MAX));
	proc_maps_release(&maps);
}

static void lines_of_another_form_are_skipped(void **state)
{
	static const char text[] =
		"hello\n"
		"\n"
		"1000-2000\n"
		"1000-2000 r-xp\n"
		"2000-1000 r-xp 00000000 00:00 0 /backwards\n"
		"11111111111111111-2 r-xp 00000000 00:00 0 /too-wide\n"
		"1000-2000 r-xp 00000000 00:00 99999999999999999999999 x\n"
		"3000-4000 r-xp 00000000 00:00 7 /good";
	struct proc_maps maps = PROC_MAPS_INIT;

	proc_maps_parse(&maps, text, strlen(text), PROC_MAPS_ALL);
	assert_int_equal(maps.maps.count, 1);
	assert_string_equal(maps.maps.items[0].path, "/good");
	proc_maps_release(&maps);
}

static void own_code_is_in_the_own_map(void **state)
{
	struct proc_maps maps = PROC_MAPS_INIT, again = PROC_MAPS_INIT;
	uint64_t here = (uint64_t)(uintptr_t)own_code_is_in_the_own_map;
	const struct proc_map *map;

	assert_int_equal(proc_maps_read(&maps, getpid(),
					PROC_MAPS_EXECUTABLE, NULL), 0);
	map = proc_maps_find(&maps, here);
	assert_non_null(map);
	assert_non_null(strstr(map->path, "test_maps"));
	assert_int_equal(proc_maps_read(&again, getpid(),
					PROC_MAPS_EXECUTABLE, NULL), 0);
	assert_true(proc_maps_equal(&maps, &again));
	again.maps.count--;
	assert_false(proc_maps_equal(&maps, &again));
	proc_maps_release(&maps);
	proc_maps_release(&again);
}

static void a_process_that_is_not_there_is_an_error(void **state)
{
	struct proc_maps maps = PROC_MAPS_INIT;
	struct error err = ERROR_INIT;

	/* Above the highest possible pid_max. */
	assert_int_equal(proc_maps_read(&maps, (1 << 22) + 1, PROC_MAPS_ALL,
					&err), -1);
	assert_int_equal(err.kind, ERROR_SYSTEM);
	proc_maps_release(&maps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_of_a_line_are_read),
		cmocka_unit_test(executable_maps_can_be_had_alone),
		cmocka_unit_test(an_address_finds_its_map),
		cmocka_unit_test(lines_of_another_form_are_skipped),
		cmocka_unit_test(own_code_is_in_the_own_map),
		cmocka_unit_test(a_process_that_is_not_there_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
