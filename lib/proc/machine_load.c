/* SPDX-License-Identifier: MIT */
#include "proc/machine_load.h"

#include "base/clock.h"
#include "base/compiler.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void read_ticks(struct machine_load *load)
{
	/* user nice system idle iowait irq softirq steal: proc_stat(5). */
	uint64_t ticks[8] = { 0 };
	FILE *file = fopen("/proc/stat", "re");

	if (!file)
		return;
	if (fscanf(file, "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
		   " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
		   &ticks[0], &ticks[1], &ticks[2], &ticks[3], &ticks[4],
		   &ticks[5], &ticks[6], &ticks[7]) == ARRAY_SIZE(ticks))
		load->steal_ticks = ticks[7];
	for (size_t i = 0; i < ARRAY_SIZE(ticks); i++)
		load->cpu_ticks += ticks[i];
	fclose(file);
}

static void read_pressure(struct machine_load *load)
{
	FILE *file = fopen("/proc/pressure/cpu", "re");

	if (!file)
		return;
	load->has_pressure = fscanf(file, "some avg10=%*f avg60=%*f "
				    "avg300=%*f total=%" SCNu64,
				    &load->pressure_us) == 1;
	fclose(file);
}

static void read_frequency(struct machine_load *load)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[256];
	double mhz;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "cpu MHz : %lf", &mhz) != 1)
			continue;
		load->mhz_low = load->mhz_low > 0 ? MIN(load->mhz_low, mhz) :
						    mhz;
		load->mhz_high = MAX(load->mhz_high, mhz);
	}
	if (file)
		fclose(file);
}

void machine_load_read(struct machine_load *load)
{
	FILE *file = fopen("/proc/loadavg", "re");

	*load = (struct machine_load){
		.monotonic_ns = clock_monotonic_ns(),
	};
	if (file) {
		if (fscanf(file, "%lf", &load->load1) != 1)
			load->load1 = 0;
		fclose(file);
	}
	read_ticks(load);
	read_pressure(load);
	read_frequency(load);
}

struct machine_disturbance
machine_disturbance_of(const struct machine_load *first,
		       const struct machine_load *last)
{
	const uint64_t ticks = last->cpu_ticks - first->cpu_ticks;
	const uint64_t ns = last->monotonic_ns - first->monotonic_ns;
	struct machine_disturbance out = { .pressure_percent = -1 };

	if (ticks)
		out.steal_percent = 100.0 *
			(double)(last->steal_ticks - first->steal_ticks) /
			(double)ticks;
	if (ns && first->has_pressure && last->has_pressure)
		out.pressure_percent = 100.0 * NS_PER_US *
			(double)(last->pressure_us - first->pressure_us) /
			(double)ns;
	return out;
}
