/* SPDX-License-Identifier: MIT */
#include "record/regions_state.h"

#include "base/clock.h"
#include "unwind/process_files.h"

#include <stdlib.h>

enum {
	/* More are counted only, if they are short. */
	CALLS_PER_WINDOW = 50 * 1000,
	VALUES_PER_WINDOW = 50 * 1000,
	SHORT_NS = 1000 * 1000,
	/* Of such, it is worth knowing what they used. */
	LASTING_NS = 2 * 1000 * 1000,
	LABELS_MAX = 4096,
};

/* --- definitions --- */

static uint32_t define(struct drain *drain, uint32_t parent, uint8_t kind,
		       uint32_t name, const char *other)
{
	struct sample_sink *sink = drain->sampler->sink;
	const struct marker_pool *pool = drain->record->pool;

	sink->ops->region(sink, &(struct region){
		.process = drain->process->id,
		.parent = parent,
		.kind = kind,
		.name = name ? marker_pool_name(pool, name) : other,
	});
	return drain->sampler->regions.count++;
}

/* The region of a node, defined with those around it at first sight. */
static uint32_t region_of(struct drain *drain, uint32_t node)
{
	uint32_t chain[MARK_DEPTH + 1], region = ID_NONE;
	size_t count = 0;

	while (node != MARK_NODE_NONE && count <= MARK_DEPTH) {
		uint32_t parent;

		if (drain->record->regions[node]) {
			region = drain->record->regions[node] - 1;
			break;
		}
		chain[count++] = node;
		marker_pool_node(drain->record->pool, node, &parent);
		node = parent;
	}
	while (count) {
		uint32_t parent, name;

		node = chain[--count];
		name = marker_pool_node(drain->record->pool, node, &parent);
		region = define(drain, region, REGION_SCOPE, name,
				"[other regions]");
		drain->record->regions[node] = region + 1;
	}
	return region;
}

static uint32_t event_region(struct drain *drain, uint32_t node, uint32_t name)
{
	const uint64_t key = (uint64_t)node << 32 | name;
	uint64_t region;

	if (map64_get(&drain->record->events, key, &region))
		return region;
	region = define(drain, region_of(drain, node), REGION_EVENT, name, "");
	map64_put(&drain->record->events, key, region);
	return region;
}

/* --- what comes out of a pool --- */

void drain_hand_over(struct drain *drain)
{
	struct region_call_vec *calls = &drain->sampler->regions.calls;
	struct sample_sink *sink = drain->sampler->sink;

	if (calls->count)
		sink->ops->region_calls(sink, &(struct region_window){
			.thread = drain->thread,
			.calls = calls->items,
			.count = calls->count,
		});
	calls->count = 0;
}

/* Does it know its threads by other ids than we do? */
static bool is_inner(const struct process_record *process)
{
	struct process_marks *marks = process->marks;
	struct process_identity identity;

	if (!marks->namespace_known)
		marks->inner = process_identity_read(process->pid, &identity) &&
			       identity.inner_pid != process->pid;
	marks->namespace_known = true;
	return marks->inner;
}

pid_t drain_inner_tid(struct thread_record *thread)
{
	const pid_t tid = thread->tracee->tid;
	struct process_identity identity;

	if (!is_inner(thread->process))
		return tid;
	if (!thread->inner_tid && process_identity_read(tid, &identity))
		thread->inner_tid = identity.inner_pid;
	return thread->inner_tid;
}

/* The process's thread that calls itself `tid`; NULL: none, or no more. */
static struct thread_record *thread_of(const struct drain *drain, pid_t tid)
{
	const struct tracer *tracer = drain->sampler->tracer;
	const struct tracee *tracee = tracer_find(tracer, tid);

	if (!is_inner(drain->process))
		return tracee && tracee->pid == drain->process->pid ?
		       tracee->owner : NULL;
	for (size_t i = 0; i < tracer_count(tracer); i++) {
		tracee = tracer_get(tracer, i);
		if (tracee->pid == drain->process->pid && tracee->owner &&
		    drain_inner_tid(tracee->owner) == tid)
			return tracee->owner;
	}
	return NULL;
}

/* A thread that is not known (any more) counts as the first. */
static void set_thread(struct drain *drain, uint32_t tid)
{
	const struct thread_record *thread;

	if (tid == drain->tid && drain->thread != ID_NONE)
		return;
	drain_hand_over(drain);
	drain->tid = tid;
	drain->thread = drain->process->first_thread;
	thread = thread_of(drain, tid);
	if (thread)
		drain->thread = thread->log.thread;
}

static uint64_t on_clock(const struct drain *drain, uint64_t time_ns)
{
	const uint64_t epoch_ns = drain->sampler->epoch_ns;

	return time_ns > epoch_ns ? time_ns - epoch_ns : 0;
}

static void drained_call(void *context, uint32_t thread, uint32_t node,
			 uint64_t start_ns, uint64_t end_ns, uint8_t flags)
{
	struct drain *drain = context;
	struct process_marks *marks = drain->process->marks;

	if (marks->calls >= CALLS_PER_WINDOW && !(flags & REGION_CUT) &&
	    end_ns - start_ns < SHORT_NS) {
		marks->dropped++;
		return;
	}
	marks->calls++;
	drain->sampler->regions.boundary |= end_ns - start_ns >= LASTING_NS;
	set_thread(drain, thread);
	region_call_vec_push(&drain->sampler->regions.calls,
			     (struct region_call){
		.start_ns = on_clock(drain, start_ns),
		.end_ns = on_clock(drain, end_ns),
		.region = region_of(drain, node),
		.flags = flags,
	});
}

static void drained_event(void *context, uint32_t thread, uint32_t name,
			  uint32_t node, uint64_t time_ns)
{
	struct drain *drain = context;
	struct process_marks *marks = drain->process->marks;

	if (marks->calls >= CALLS_PER_WINDOW) {
		marks->dropped++;
		return;
	}
	marks->calls++;
	set_thread(drain, thread);
	region_call_vec_push(&drain->sampler->regions.calls,
			     (struct region_call){
		.start_ns = on_clock(drain, time_ns),
		.end_ns = on_clock(drain, time_ns),
		.region = event_region(drain, node, name),
	});
}

static void drained_label(void *context, uint32_t node, uint32_t key,
			  uint32_t value)
{
	struct drain *drain = context;
	struct pool_record *record = drain->record;
	struct sample_sink *sink = drain->sampler->sink;
	const uint64_t what = (uint64_t)node << 40 | (uint64_t)key << 20 |
			      value;

	if (record->labels.count >= LABELS_MAX ||
	    map64_get(&record->labels, what, NULL))
		return;
	map64_put(&record->labels, what, 1);
	sink->ops->region_label(sink, &(struct region_label){
		.region = region_of(drain, node),
		.key = marker_pool_name(record->pool, key),
		.value = marker_pool_name(record->pool, value),
	});
}

static void hold_value(struct pool_record *record,
		       const struct metric_value *value)
{
	uint64_t at;

	if (map64_get(&record->held_at, value->metric, &at)) {
		record->held.items[at] = *value;
		return;
	}
	map64_put(&record->held_at, value->metric, record->held.count);
	metric_value_vec_push(&record->held, *value);
}

void drain_held(struct sampler *sampler, struct process_record *process)
{
	struct sample_sink *sink = sampler->sink;

	for (size_t i = 0; i < process->marks->count; i++) {
		struct pool_record *record = process->marks->pools[i];

		if (record->held.count)
			sink->ops->values(sink, record->held.items,
					  record->held.count);
		record->held.count = 0;
		map64_clear(&record->held_at);
	}
}

static void drained_counter(void *context, uint32_t thread, uint32_t name,
			    uint32_t node, uint64_t time_ns, int64_t value)
{
	struct drain *drain = context;
	struct sample_sink *sink = drain->sampler->sink;
	struct metric_value one = {
		.time_ns = on_clock(drain, time_ns),
		.value = value,
	};
	const char *text;
	uint64_t metric;

	if (!map64_get(&drain->record->counters, name, &metric)) {
		metric = drain->sampler->next_metric++;
		map64_put(&drain->record->counters, name, metric);
		text = marker_pool_name(drain->record->pool, name);
		sink->ops->metric(sink, &(struct metric){
			.name = text,
			.source = METRIC_COUNTER,
			.kind = METRIC_GAUGE,
			.unit = metric_unit_of_name(text),
			.scope = METRIC_OF_PROCESS,
			.owner = drain->process->id,
		});
	}
	one.metric = metric;
	if (drain->process->marks->values++ < VALUES_PER_WINDOW)
		sink->ops->values(sink, &one, 1);
	else
		hold_value(drain->record, &one);
}

static void drained_pause(void *context, uint64_t time_ns, bool paused)
{
}

const struct mark_ops drain_ops = {
	.call = drained_call,
	.event = drained_event,
	.label = drained_label,
	.counter = drained_counter,
	.pause = drained_pause,
};

static void tell_note(struct drain *drain, uint8_t kind, uint32_t key,
		      uint32_t value)
{
	struct sample_sink *sink = drain->sampler->sink;
	const struct marker_pool *pool = drain->record->pool;

	if (value)
		sink->ops->run_note(sink, &(struct run_note){
			.run = drain->sampler->run,
			.kind = kind,
			.key = key ? marker_pool_name(pool, key) : "",
			.value = marker_pool_name(pool, value),
		});
}

/* The program named the run, or labelled it. */
static void tell_run(struct drain *drain)
{
	struct pool_record *record = drain->record;
	const uint32_t changes = marker_pool_run_changes(record->pool);
	struct mark_label labels[MARK_RUN_LABELS];
	uint32_t name, version;

	if (changes == record->run_changes)
		return;
	record->run_changes = changes;
	marker_pool_run(record->pool, &name, &version, labels);
	tell_note(drain, RUN_NOTE_NAME, 0, name);
	tell_note(drain, RUN_NOTE_VERSION, 0, version);
	while (record->run_labels < MARK_RUN_LABELS &&
	       labels[record->run_labels].key) {
		tell_note(drain, RUN_NOTE_LABEL,
			  labels[record->run_labels].key,
			  labels[record->run_labels].value);
		record->run_labels++;
	}
}

struct drain drain_of(struct sampler *sampler, struct process_record *process,
		      size_t i)
{
	return (struct drain){
		.sampler = sampler,
		.process = process,
		.record = process->marks->pools[i],
		.thread = ID_NONE,
	};
}

bool drain_process(struct sampler *sampler, struct process_record *process,
		   pid_t tid, size_t *most)
{
	bool all = true;

	for (size_t i = 0; i < process->marks->count; i++) {
		struct drain drain = drain_of(sampler, process, i);

		all &= marker_pool_drain(drain.record->pool, tid, &drain_ops,
					 &drain, most);
		drain_hand_over(&drain);
		tell_run(&drain);
	}
	return all;
}

void drain_tell_lapse(struct drain *drain, uint64_t since_ns)
{
	struct region_call_vec *calls = &drain->sampler->regions.calls;

	marker_pool_end(drain->record->pool, since_ns, &drain_ops, drain);
	drain_hand_over(drain);
	if (!drain->record->lapse_region)
		drain->record->lapse_region =
			1 + define(drain, ID_NONE, REGION_SCOPE, 0,
				   "[not recorded]");
	drain->thread = drain->process->first_thread;
	region_call_vec_push(calls, (struct region_call){
		.start_ns = on_clock(drain, since_ns),
		.end_ns = on_clock(drain, clock_monotonic_ns()),
		.region = drain->record->lapse_region - 1,
	});
	drain_hand_over(drain);
	drain->thread = ID_NONE;
}

static void tell_totals(struct drain *drain, pid_t tid)
{
	struct region_total *totals = mem_calloc(MARK_NODES, sizeof(*totals));
	struct sample_sink *sink = drain->sampler->sink;
	uint64_t *told = drain->record->told;

	if (marker_pool_totals(drain->record->pool, tid, totals)) {
		for (uint32_t node = 0; node < MARK_NODES; node++) {
			if (totals[node].calls == told[node])
				continue;
			told[node] = totals[node].calls;
			totals[node].region = region_of(drain, node);
			sink->ops->region_total(sink, &totals[node]);
		}
	}
	free(totals);
}

void drain_losses(struct sampler *sampler, struct process_record *process)
{
	struct region_losses losses = process->marks->before;
	bool used = process->marks->unloaded;

	losses.process = process->id;
	losses.calls_dropped = process->marks->dropped;
	for (size_t i = 0; i < process->marks->count; i++) {
		const struct marker_pool *pool = process->marks->pools[i]->pool;

		used |= marker_pool_is_used(pool);
		marker_pool_losses(pool, &losses);
	}
	if (used)
		sampler->sink->ops->region_losses(sampler->sink, &losses);
}

void drain_sums(struct sampler *sampler, struct process_record *process,
		pid_t tid)
{
	for (size_t i = 0; i < process->marks->count; i++) {
		struct drain drain = drain_of(sampler, process, i);

		if (marker_pool_is_used(drain.record->pool))
			tell_totals(&drain, tid);
	}
	drain_losses(sampler, process);
}
