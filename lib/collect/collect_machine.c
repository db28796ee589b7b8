/* SPDX-License-Identifier: MIT */
/*
 * How the machine did meanwhile: CPUs at work and stolen, and the time in
 * which somebody waited for a CPU, for memory, for a disk.
 */
#include "collect/collector.h"

#include "base/clock.h"
#include "proc/pressure.h"

#include <unistd.h>

enum { BUSY, STOLEN, PRESSURE, SOURCES = PRESSURE + 3 };

struct machine_collector {
	struct collector base;
	uint64_t tick_ns;
	bool known[SOURCES];
	uint64_t first[SOURCES];	/* its value at the first look */
};

static const char *const metric_names[SOURCES] = {
	"machine.busy", "machine.steal", "machine.pressure.cpu",
	"machine.pressure.memory", "machine.pressure.io",
};

static const char *const pressures[] = { "cpu", "memory", "io" };

static struct machine_collector *machine_of(struct collector *base)
{
	return container_of(base, struct machine_collector, base);
}

static int machine_open(struct collector *base, struct error *err)
{
	const long ticks = sysconf(_SC_CLK_TCK);
	uint64_t some_ns;

	machine_of(base)->tick_ns = NS_PER_S / (ticks > 0 ? ticks : 100);
	if (!machine_pressure_read("cpu", &some_ns))
		collect_note(base, "no pressure: the kernel has no "
			     "/proc/pressure");
	return 0;
}

/* Sums since boot become sums since the first look. */
static void put(struct machine_collector *machine, struct collect_look *look,
		int source, uint64_t ns)
{
	if (!machine->known[source])
		machine->first[source] = ns;
	machine->known[source] = true;
	collect_put(&machine->base, look, &(struct metric){
		.name = metric_names[source], .source = "machine",
		.kind = METRIC_CUMULATIVE, .unit = METRIC_NS,
		.scope = METRIC_OF_MACHINE, .owner = machine->base.run },
		ns - MIN(ns, machine->first[source]));
}

static void machine_look(struct collector *base, struct collect_look *look)
{
	struct machine_collector *machine = machine_of(base);
	struct machine_cpu cpu;
	uint64_t some_ns;

	if (machine_cpu_read(&cpu)) {
		put(machine, look, BUSY, cpu.busy * machine->tick_ns);
		put(machine, look, STOLEN, cpu.stolen * machine->tick_ns);
	}
	for (size_t i = 0; i < ARRAY_SIZE(pressures); i++) {
		if (machine_pressure_read(pressures[i], &some_ns))
			put(machine, look, PRESSURE + i, some_ns);
	}
}

const struct collector_ops machine_collector_ops = {
	.name = "machine",
	.level = LEVEL_DETAILED,
	.period_ns = 500 * NS_PER_MS,
	.size = sizeof(struct machine_collector),
	.open = machine_open,
	.look = machine_look,
};
