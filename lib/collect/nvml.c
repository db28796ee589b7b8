/* SPDX-License-Identifier: MIT */
#include "collect/nvml.h"

#include "base/clock.h"
#include "base/compiler.h"
#include "base/mem.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	NVML_OK = 0,
	NVML_NOT_FOUND = 6,		/* no newer sample */
	/* The driver samples about as often as this, at worst. */
	NVML_SAMPLED_WITHIN_MS = 1000,
	NVML_PROCESSES_MAX = 256,
	NVML_DEVICES_MAX = 64
};

/* As in nvml.h, version 2 of the API, which later ones keep. */
typedef void *nvml_device;

struct nvml_process_info {
	unsigned int pid;
	unsigned long long used_memory;	/* all ones: not available */
	unsigned int gpu_instance;
	unsigned int compute_instance;
};

struct nvml_utilization {
	unsigned int gpu;
	unsigned int memory;
};

struct nvml_memory {
	unsigned long long total;
	unsigned long long free;
	unsigned long long used;
};

struct nvml_process_sample {
	unsigned int pid;
	unsigned long long time_us;
	unsigned int sm_percent;
	unsigned int memory_percent;
	unsigned int encoder_percent;
	unsigned int decoder_percent;
};

typedef int nvml_processes_fn(nvml_device, unsigned int *,
			      struct nvml_process_info *);

struct nvml {
	void *library;
	int (*shutdown)(void);
	int (*utilization)(nvml_device, struct nvml_utilization *);
	int (*memory)(nvml_device, struct nvml_memory *);
	int (*process_utilization)(nvml_device, struct nvml_process_sample *,
				   unsigned int *, unsigned long long);
	nvml_processes_fn *processes[2];	/* compute, graphics */
	nvml_device devices[NVML_DEVICES_MAX];
	unsigned long long seen_us[NVML_DEVICES_MAX];
	uint64_t busy_ns[NVML_DEVICES_MAX];	/* when ours last was; or 0 */
	unsigned int count;
	struct nvml_process_info infos[NVML_PROCESSES_MAX];
	struct nvml_process_sample samples[NVML_PROCESSES_MAX];
};

/* ISO C has no way from a pointer to data to one to a function. */
static void find(const struct nvml *nvml, const char *name, void *function)
{
	*(void **)function = dlsym(nvml->library, name);
}

static void find_processes(struct nvml *nvml)
{
	static const char *const names[2][2] = {
		{ "nvmlDeviceGetComputeRunningProcesses_v3",
		  "nvmlDeviceGetComputeRunningProcesses_v2" },
		{ "nvmlDeviceGetGraphicsRunningProcesses_v3",
		  "nvmlDeviceGetGraphicsRunningProcesses_v2" },
	};

	for (size_t kind = 0; kind < 2; kind++) {
		for (size_t i = 0; i < 2 && !nvml->processes[kind]; i++)
			find(nvml, names[kind][i], &nvml->processes[kind]);
	}
}

static int start(struct nvml *nvml, struct error *err)
{
	int (*init)(void);
	int (*count)(unsigned int *);
	int (*device)(unsigned int, nvml_device *);
	unsigned int devices = 0;

	find(nvml, "nvmlInit_v2", &init);
	find(nvml, "nvmlDeviceGetCount_v2", &count);
	find(nvml, "nvmlDeviceGetHandleByIndex_v2", &device);
	find(nvml, "nvmlShutdown", &nvml->shutdown);
	find(nvml, "nvmlDeviceGetUtilizationRates", &nvml->utilization);
	find(nvml, "nvmlDeviceGetMemoryInfo", &nvml->memory);
	find(nvml, "nvmlDeviceGetProcessUtilization",
	     &nvml->process_utilization);
	find_processes(nvml);
	if (!init || !count || !device || init() != NVML_OK) {
		nvml->shutdown = NULL;
		return error_set(err, ERROR_UNSUPPORTED,
				 "the NVIDIA driver does not answer");
	}
	if (count(&devices) != NVML_OK)
		devices = 0;
	for (unsigned int i = 0; i < MIN(devices, NVML_DEVICES_MAX + 0u); i++) {
		if (device(i, &nvml->devices[nvml->count]) == NVML_OK)
			nvml->count++;
	}
	if (!nvml->count)
		return error_set(err, ERROR_NOT_FOUND, "no NVIDIA device");
	return 0;
}

struct nvml *nvml_open(struct error *err)
{
	struct nvml *nvml;

	/* Without a device, the library is not worth its loading. */
	if (access("/dev/nvidiactl", F_OK)) {
		error_set(err, ERROR_NOT_FOUND, "no NVIDIA device");
		return NULL;
	}
	nvml = mem_alloc(sizeof(*nvml));
	nvml->library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
	if (nvml->library && !start(nvml, err))
		return nvml;
	if (!nvml->library)
		error_set(err, ERROR_NOT_FOUND,
			  "libnvidia-ml.so.1 is not installed");
	nvml_close(nvml);
	return NULL;
}

void nvml_close(struct nvml *nvml)
{
	if (!nvml)
		return;
	if (nvml->shutdown)
		nvml->shutdown();
	if (nvml->library)
		dlclose(nvml->library);
	free(nvml);
}

static void read_processes(struct nvml *nvml, unsigned int device,
			   bool (*ours)(void *context, pid_t pid),
			   void *context, struct nvml_usage *usage)
{
	for (size_t kind = 0; kind < 2; kind++) {
		unsigned int count = NVML_PROCESSES_MAX;

		if (!nvml->processes[kind] ||
		    nvml->processes[kind](nvml->devices[device], &count,
					  nvml->infos) != NVML_OK)
			continue;
		for (unsigned int i = 0;
		     i < MIN(count, NVML_PROCESSES_MAX + 0u); i++) {
			if (!ours(context, nvml->infos[i].pid))
				continue;
			usage->found = true;
			if (nvml->infos[i].used_memory != ~0ULL)
				usage->memory_bytes +=
					nvml->infos[i].used_memory;
		}
	}
}

/* Who was idle is not listed; nor is anybody until there is a new sample. */
static void read_busy(struct nvml *nvml, unsigned int device,
		      bool (*ours)(void *context, pid_t pid), void *context,
		      struct nvml_usage *usage)
{
	const uint64_t now_ns = clock_monotonic_ns();
	unsigned int count = NVML_PROCESSES_MAX;
	int ret;

	if (!nvml->process_utilization)
		return;
	ret = nvml->process_utilization(nvml->devices[device], nvml->samples,
					&count, nvml->seen_us[device]);
	if (ret != NVML_OK && ret != NVML_NOT_FOUND)
		return;
	if (ret == NVML_NOT_FOUND)
		count = 0;
	for (unsigned int i = 0; i < MIN(count, NVML_PROCESSES_MAX + 0u);
	     i++) {
		const struct nvml_process_sample *sample = &nvml->samples[i];

		nvml->seen_us[device] = MAX(nvml->seen_us[device],
					    sample->time_us);
		if (!ours(context, sample->pid))
			continue;
		nvml->busy_ns[device] = now_ns;
		usage->busy_known = true;
		usage->busy_percent += MIN(sample->sm_percent, 100u);
	}
	if (nvml->busy_ns[device] && now_ns - nvml->busy_ns[device] >
				     NVML_SAMPLED_WITHIN_MS * NS_PER_MS)
		usage->busy_known = true;
}

void nvml_read(struct nvml *nvml, bool (*ours)(void *context, pid_t pid),
	       void *context, struct nvml_usage *usage)
{
	*usage = (struct nvml_usage){ .found = false };
	for (unsigned int i = 0; i < nvml->count; i++) {
		struct nvml_utilization rates;
		struct nvml_memory memory;

		read_processes(nvml, i, ours, context, usage);
		read_busy(nvml, i, ours, context, usage);
		if (nvml->utilization &&
		    nvml->utilization(nvml->devices[i], &rates) == NVML_OK) {
			usage->device_busy_percent += MIN(rates.gpu, 100u);
			usage->device_busy_known = true;
		}
		if (nvml->memory &&
		    nvml->memory(nvml->devices[i], &memory) == NVML_OK)
			usage->device_memory_bytes += memory.used;
	}
}
