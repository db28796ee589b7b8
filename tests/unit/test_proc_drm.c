/* SPDX-License-Identifier: MIT */
/*
 * What drivers really said, with where it was published.  None of these
 * texts was made up; only what is compared with them was computed here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "proc/drm.h"

#include <stdlib.h>
#include <string.h>

/*
 * amdgpu, /proc/2217/fdinfo/99, reported on 2024-06-05 in
 * https://github.com/Umio-Yasuno/amdgpu_top/issues/87
 */
static const char amdgpu[] =
	"pos:    0\n"
	"flags:  02104002\n"
	"mnt_id: 24\n"
	"ino:    614\n"
	"pasid:  32784\n"
	"drm-driver:     amdgpu\n"
	"drm-pdev:       0000:08:00.0\n"
	"drm-client-id:  217\n"
	"drm-memory-vram:        2068 KiB\n"
	"drm-memory-gtt:         8192 KiB\n"
	"drm-memory-cpu:         0 KiB\n"
	"drm-engine-gfx: 107322799 ns\n";

/*
 * xe, the example of
 * https://docs.kernel.org/gpu/xe/xe-drm-usage-stats.html
 */
static const char xe[] =
	"pos:    0\n"
	"flags:  0100002\n"
	"mnt_id: 26\n"
	"ino:    685\n"
	"drm-driver:     xe\n"
	"drm-client-id:  3\n"
	"drm-pdev:       0000:03:00.0\n"
	"drm-total-system:       0\n"
	"drm-shared-system:      0\n"
	"drm-active-system:      0\n"
	"drm-resident-system:    0\n"
	"drm-purgeable-system:   0\n"
	"drm-total-gtt:  192 KiB\n"
	"drm-shared-gtt: 0\n"
	"drm-active-gtt: 0\n"
	"drm-resident-gtt:       192 KiB\n"
	"drm-total-vram0:        23992 KiB\n"
	"drm-shared-vram0:       16 MiB\n"
	"drm-active-vram0:       0\n"
	"drm-resident-vram0:     23992 KiB\n"
	"drm-total-stolen:       0\n"
	"drm-shared-stolen:      0\n"
	"drm-active-stolen:      0\n"
	"drm-resident-stolen:    0\n"
	"drm-cycles-rcs: 28257900\n"
	"drm-total-cycles-rcs:   7655183225\n"
	"drm-cycles-bcs: 0\n"
	"drm-total-cycles-bcs:   7655183225\n"
	"drm-cycles-vcs: 0\n"
	"drm-total-cycles-vcs:   7655183225\n"
	"drm-engine-capacity-vcs:        2\n"
	"drm-cycles-vecs:        0\n"
	"drm-total-cycles-vecs:  7655183225\n"
	"drm-engine-capacity-vecs:       2\n"
	"drm-cycles-ccs: 0\n"
	"drm-total-cycles-ccs:   7655183225\n"
	"drm-engine-capacity-ccs:        4\n";

/*
 * amdxdna (an accelerator without a GPU), reported on 2024-12-11 in
 * https://github.com/amd/xdna-driver/issues/324
 */
static const char amdxdna[] =
	"drm-driver:    amdxdna_accel_driver\n"
	"drm-client-id:    76\n"
	"drm-pdev:    0000:c5:00.1\n"
	"drm-engine-npu-amdxdna:    0 ns\n"
	"drm-total-memory:    0\n"
	"drm-shared-memory:    0\n"
	"drm-active-memory:    0\n";

/*
 * No DRM client: an event descriptor of a desktop, reported in
 * https://github.com/nokyan/resources/issues/408
 */
static const char timer[] =
	"pos:\t0\nflags:\t02004002\nmnt_id:\t15\nino:\t48\nclockid: 1\n"
	"ticks: 0\nsettime flags: 00\nit_value: (0, 0)\n"
	"it_interval: (0, 0)\n";

static void time_and_memory_of_amdgpu_are_read(void **state)
{
	struct drm_client client;

	assert_true(drm_client_parse(amdgpu, &client));
	assert_int_equal(client.client, 217);
	assert_int_equal(client.busy_ns, 107322799);
	assert_int_equal(client.memory_bytes, (2068 + 8192) * 1024);
	assert_int_equal(client.clock_cycles, 0);
}

static void cycles_of_xe_are_read(void **state)
{
	struct drm_client client;

	assert_true(drm_client_parse(xe, &client));
	assert_int_equal(client.client, 3);
	assert_int_equal(client.busy_ns, 0);
	assert_int_equal(client.cycles, 28257900);
	assert_int_equal(client.clock_cycles, 7655183225);
	/* Resident, not total, and shared pages once. */
	assert_int_equal(client.memory_bytes, (192 + 23992) * 1024);
}

static void an_accelerator_that_did_nothing_is_a_client(void **state)
{
	struct drm_client client;

	assert_true(drm_client_parse(amdxdna, &client));
	assert_int_equal(client.client, 76);
	assert_int_equal(client.busy_ns, 0);
	assert_int_equal(client.memory_bytes, 0);
}

static void devices_tell_clients_of_the_same_number_apart(void **state)
{
	struct drm_client a, b;

	assert_true(drm_client_parse(amdgpu, &a));
	assert_true(drm_client_parse(xe, &b));
	assert_int_not_equal(a.device, b.device);
}

static void other_descriptors_are_no_clients(void **state)
{
	struct drm_client client;

	assert_false(drm_client_parse(timer, &client));
	assert_false(drm_client_parse("", &client));
	assert_true(drm_is_device("/dev/dri/renderD128"));
	assert_true(drm_is_device("/dev/accel/accel0"));
	assert_false(drm_is_device("/dev/null"));
	assert_false(drm_is_device("socket:[7]"));
}

/* Cut short anywhere, on memory that ends there. */
static void texts_that_are_cut_short_are_read_no_further(void **state)
{
	struct drm_client client;

	for (size_t len = 0; len < sizeof(xe); len++) {
		char *cut = mem_alloc(len + 1);

		memcpy(cut, xe, len);
		drm_client_parse(cut, &client);
		assert_true(client.cycles <= 28257900);
		free(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_and_memory_of_amdgpu_are_read),
		cmocka_unit_test(cycles_of_xe_are_read),
		cmocka_unit_test(an_accelerator_that_did_nothing_is_a_client),
		cmocka_unit_test(
			devices_tell_clients_of_the_same_number_apart),
		cmocka_unit_test(other_descriptors_are_no_clients),
		cmocka_unit_test(texts_that_are_cut_short_are_read_no_further),
	};

	return cmocka_run_group_tests_name("proc drm", tests, NULL, NULL);
}
