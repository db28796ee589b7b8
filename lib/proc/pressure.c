/* SPDX-License-Identifier: MIT */
#include "proc/pressure.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The beginning of a file is enough. */
static bool read_start(const char *path, char *text, size_t size)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = '\0';
	return got > 0;
}

/* "cpu  USER NICE SYSTEM IDLE IOWAIT IRQ SOFTIRQ STEAL ..." */
bool machine_cpu_parse(const char *text, struct machine_cpu *cpu)
{
	uint64_t fields[8] = { 0 };
	char *end;

	if (strncmp(text, "cpu ", 4) != 0)
		return false;
	text += 4;
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		fields[i] = strtoull(text, &end, 10);
		if (end == text)
			return false;
		text = end;
	}
	cpu->busy = fields[0] + fields[1] + fields[2] + fields[5] + fields[6];
	cpu->stolen = fields[7];
	return true;
}

bool machine_cpu_read(struct machine_cpu *cpu)
{
	char text[512];

	return read_start("/proc/stat", text, sizeof(text)) &&
	       machine_cpu_parse(text, cpu);
}

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=12345" in microseconds */
bool machine_pressure_parse(const char *text, uint64_t *some_ns)
{
	const char *total;
	char *end;

	if (strncmp(text, "some ", 5) != 0)
		return false;
	total = strstr(text, " total=");
	if (!total)
		return false;
	*some_ns = strtoull(total + 7, &end, 10) * 1000;
	return end != total + 7;
}

bool machine_pressure_read(const char *what, uint64_t *some_ns)
{
	char path[64], text[512];

	snprintf(path, sizeof(path), "/proc/pressure/%s", what);
	return read_start(path, text, sizeof(text)) &&
	       machine_pressure_parse(text, some_ns);
}
