/* SPDX-License-Identifier: MIT */
#include "record/machine.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The first "model name" of /proc/cpuinfo. */
static void cpu_model(char *model, size_t size)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[256];

	model[0] = '\0';
	while (file && fgets(line, sizeof(line), file)) {
		const char *value = strchr(line, ':');

		if (strncmp(line, "model name", 10) != 0 || !value)
			continue;
		value += 1 + strspn(value + 1, " ");
		snprintf(model, size, "%.*s", (int)strcspn(value, "\n"),
			 value);
		break;
	}
	if (file)
		fclose(file);
}

void machine_info(struct machine *machine, struct recording_info *info)
{
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	const long pages = sysconf(_SC_PHYS_PAGES);
	struct utsname name;

	memset(&name, 0, sizeof(name));
	uname(&name);
	snprintf(machine->host, sizeof(machine->host), "%s", name.nodename);
	snprintf(machine->kernel, sizeof(machine->kernel), "%s", name.release);
	snprintf(machine->hardware, sizeof(machine->hardware), "%s",
		 name.machine);
	cpu_model(machine->cpu_model, sizeof(machine->cpu_model));
	*info = (struct recording_info){
		.host = machine->host,
		.kernel = machine->kernel,
		.machine = machine->hardware,
		.cpu_model = machine->cpu_model,
		.cprof_version = CPROF_VERSION,
		.cpu_count = cpus > 0 ? cpus : 1,
		.memory_bytes = pages > 0 ?
			(uint64_t)pages * sysconf(_SC_PAGESIZE) : 0,
	};
}
