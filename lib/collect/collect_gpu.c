/* SPDX-License-Identifier: MIT */
/*
 * GPUs: what DRM drivers tell of each client in /proc/PID/fdinfo; of
 * NVIDIA's, NVML.  Where that does not know our processes (in a container
 * it knows them by other ids), it tells of the whole device.
 */
#include "collect/collector.h"

#include "base/clock.h"
#include "base/map64.h"
#include "collect/nvml.h"
#include "proc/drm.h"
#include "proc/fds.h"

#include <dirent.h>
#include <unistd.h>

/* A client of a DRM device, as of the last look at it. */
struct client_record {
	uint64_t busy_ns;
	uint64_t cycles;
	uint64_t clock_cycles;
	uint64_t look;			/* number of that look */
};

VEC_DEFINE(client_record_vec, struct client_record);

struct gpu_collector {
	struct collector base;
	struct nvml *nvml;
	struct map64 places;		/* device and client: index */
	struct client_record_vec records;
	uint64_t busy_ns;		/* of all clients, so far */
	uint64_t memory_bytes;		/* at this look */
	bool any_client;
	uint64_t looked_ns;		/* when the last look was */
	const struct collect_look *look;	/* this one */
	pid_t pid;			/* whose descriptors are read */
};

static struct gpu_collector *gpu_of(struct collector *base)
{
	return container_of(base, struct gpu_collector, base);
}

static bool has_entries(const char *path)
{
	DIR *dir = opendir(path);
	const struct dirent *entry;
	bool any = false;

	while (dir && !any && (entry = readdir(dir)))
		any = entry->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return any;
}

static int gpu_open(struct collector *base, struct error *err)
{
	struct gpu_collector *gpu = gpu_of(base);

	struct error why = ERROR_INIT;

	gpu->nvml = nvml_open(&why);
	if (gpu->nvml || has_entries("/dev/dri") || has_entries("/dev/accel"))
		return 0;
	return error_set(err, ERROR_NOT_FOUND, "no device in /dev/dri; %s",
			 why.text);
}

static void put(struct collector *base, struct collect_look *look,
		const char *name, enum metric_kind kind,
		enum metric_unit unit, enum metric_scope scope, uint64_t value)
{
	collect_put(base, look, &(struct metric){
		.name = name, .source = "gpu", .kind = kind, .unit = unit,
		.scope = scope, .owner = base->run }, value);
}

static struct client_record *record_of(struct gpu_collector *gpu,
				       const struct drm_client *client)
{
	const uint64_t key = client->device * 31 + client->client;
	struct client_record *record;
	uint64_t place;

	if (map64_get(&gpu->places, key, &place))
		return &gpu->records.items[place];
	map64_put(&gpu->places, key, gpu->records.count);
	record = client_record_vec_add(&gpu->records);
	/* One that was there before us brings time that is not of this run. */
	if (gpu->look->attached && !gpu->base.reads)
		record->busy_ns = client->busy_ns;
	record->cycles = client->cycles;
	record->clock_cycles = client->clock_cycles;
	record->look = UINT64_MAX;
	return record;
}

/* Cycles of the clock since the last look stand for the time since then. */
static uint64_t cycles_ns(const struct gpu_collector *gpu,
			  const struct client_record *record,
			  const struct drm_client *client)
{
	const uint64_t passed_ns = gpu->look->now_ns - gpu->looked_ns;

	if (client->clock_cycles <= record->clock_cycles ||
	    client->cycles <= record->cycles)
		return 0;
	return (double)(client->cycles - record->cycles) /
	       (client->clock_cycles - record->clock_cycles) * passed_ns;
}

static void look_at_fd(void *context, int fd, const char *target)
{
	struct gpu_collector *gpu = context;
	struct client_record *record;
	struct drm_client client;

	if (!drm_is_device(target) ||
	    !drm_client_read(gpu->pid, fd, &client))
		return;
	record = record_of(gpu, &client);
	/* Other descriptors, and other processes, share the client. */
	if (record->look == gpu->base.reads)
		return;
	record->look = gpu->base.reads;
	gpu->any_client = true;
	gpu->memory_bytes += client.memory_bytes;
	gpu->busy_ns += client.busy_ns > record->busy_ns ?
			client.busy_ns - record->busy_ns : 0;
	gpu->busy_ns += cycles_ns(gpu, record, &client);
	record->busy_ns = client.busy_ns;
	record->cycles = client.cycles;
	record->clock_cycles = client.clock_cycles;
}

static void look_at_clients(struct gpu_collector *gpu,
			    struct collect_look *look)
{
	gpu->look = look;
	gpu->memory_bytes = 0;
	for (size_t i = 0; i < look->processes.count; i++) {
		gpu->pid = look->processes.items[i].live;
		process_fds_visit(gpu->pid, look_at_fd, gpu);
	}
	gpu->looked_ns = look->now_ns;
	gpu->look = NULL;
	if (!gpu->any_client)
		return;
	put(&gpu->base, look, "gpu.busy", METRIC_CUMULATIVE, METRIC_NS,
	    METRIC_OF_RUN, gpu->busy_ns);
	put(&gpu->base, look, "gpu.memory", METRIC_GAUGE, METRIC_BYTES,
	    METRIC_OF_RUN, gpu->memory_bytes);
}

static void look_at_nvidia(struct gpu_collector *gpu,
			   struct collect_look *look)
{
	struct collector *base = &gpu->base;
	struct nvml_usage usage;

	nvml_read(gpu->nvml, collect_look_has, look, &usage);
	if (usage.found)
		put(base, look, "gpu.nvidia.memory", METRIC_GAUGE,
		    METRIC_BYTES, METRIC_OF_RUN, usage.memory_bytes);
	else
		collect_note(base, "NVIDIA: device-wide, the driver does not "
			     "know our process ids (none uses the GPU, or a "
			     "container)");
	if (usage.busy_known)
		put(base, look, "gpu.nvidia.busy", METRIC_GAUGE, METRIC_PPM,
		    METRIC_OF_RUN, usage.busy_percent * UINT64_C(10000));
	put(base, look, "gpu.device.memory", METRIC_GAUGE, METRIC_BYTES,
	    METRIC_OF_MACHINE, usage.device_memory_bytes);
	if (usage.device_busy_known)
		put(base, look, "gpu.device.busy", METRIC_GAUGE, METRIC_PPM,
		    METRIC_OF_MACHINE,
		    usage.device_busy_percent * UINT64_C(10000));
}

static void gpu_look(struct collector *base, struct collect_look *look)
{
	struct gpu_collector *gpu = gpu_of(base);

	look_at_clients(gpu, look);
	if (gpu->nvml)
		look_at_nvidia(gpu, look);
}

static void gpu_close(struct collector *base)
{
	struct gpu_collector *gpu = gpu_of(base);

	nvml_close(gpu->nvml);
	map64_release(&gpu->places);
	client_record_vec_release(&gpu->records);
}

const struct collector_ops gpu_collector_ops = {
	.name = "gpu",
	.level = LEVEL_DETAILED,
	.period_ns = 200 * NS_PER_MS,
	.size = sizeof(struct gpu_collector),
	.background = true,
	.open = gpu_open,
	.look = gpu_look,
	.close = gpu_close,
};
