/* SPDX-License-Identifier: MIT */
/* A sample sink that writes down what it is told, one line a call. */
#ifndef CPROF_TESTS_SINK_LOG_H
#define CPROF_TESTS_SINK_LOG_H

#include "base/strbuf.h"
#include "model/sink.h"

#include <inttypes.h>

struct sink_log {
	struct sample_sink sink;
	struct strbuf text;
	uint64_t samples;
	uint32_t stacks;
	uint32_t frames;
};

static struct sink_log *sink_log_of(struct sample_sink *sink)
{
	return container_of(sink, struct sink_log, sink);
}

static const char *log_text(const char *text)
{
	return text ? text : "(null)";
}

static void log_run_begin(struct sample_sink *sink,
			  const struct run_begin *begin)
{
	struct strbuf *out = &sink_log_of(sink)->text;

	strbuf_addf(out, "run %s %s %" PRIu64 " %" PRIu64 " %u %u %u %u %"
		    PRIu64 " %u %u\n",
		    log_text(begin->name), log_text(begin->version),
		    begin->start_ns, begin->start_realtime_ns,
		    begin->rate_hz, begin->kind, begin->flags, begin->level,
		    begin->place.series, begin->place.pair,
		    begin->place.order);
	for (size_t i = 0; i < begin->argc; i++)
		strbuf_addf(out, " arg %s\n", begin->argv[i]);
	for (size_t i = 0; i < begin->label_count; i++)
		strbuf_addf(out, " label %s=%s\n", begin->labels[i].key,
			    begin->labels[i].value);
}

static void log_run_end(struct sample_sink *sink, const struct run_end *end)
{
	const struct losses *l = &end->losses;

	strbuf_addf(&sink_log_of(sink)->text,
		    "run end %" PRIu64 " %d %" PRIu64 " %" PRIu64 " %" PRIu64
		    " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %"
		    PRIu64 " %" PRIu64 " %" PRIu64,
		    end->end_ns, end->exit_status, end->user_ns,
		    end->system_ns, end->peak_memory_bytes, end->samples,
		    end->stops, end->held_ns, end->interrupt_ns,
		    end->own_cpu_ns, end->lateness_p50_ns,
		    end->lateness_p99_ns);
	strbuf_addf(&sink_log_of(sink)->text,
		    " losses %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
		    " %" PRIu64 " %" PRIu64 " %" PRIu64 " held %" PRIu64
		    " %" PRIu64 " %" PRIu64 " memory %" PRIu64 " %" PRIu64
		    " %" PRIu64 " %" PRIu64 " stops %" PRIu64 " %" PRIu64
		    " %" PRIu64 " %" PRIu64 " cut %" PRIu64 "\n",
		    l->samples_lost, l->stacks_truncated,
		    l->stacks_unreadable, l->ticks_late, l->ticks_missed,
		    l->calls_restarted, l->threads_missed,
		    end->held_p50_ns, end->held_p99_ns, end->held_max_ns,
		    end->memory.initial_bytes, end->memory.final_bytes,
		    end->memory.peak_bytes, end->memory.peak_ns,
		    end->cpu_stops, end->call_stops, end->late_stops,
		    end->sleep_cost_ns, l->transfers_cut);
}

static void log_process(struct sample_sink *sink, const struct process *p)
{
	strbuf_addf(&sink_log_of(sink)->text,
		    "process %u %u %d %" PRIu64 " %s %s\n", p->run, p->parent,
		    p->pid, p->start_ns, p->name, p->exe);
}

static void log_process_end(struct sample_sink *sink,
			    const struct process_end *end)
{
	strbuf_addf(&sink_log_of(sink)->text,
		    "process end %u %" PRIu64 " %" PRIu64 " %d\n",
		    end->process, end->end_ns, end->peak_memory_bytes,
		    end->exit_status);
}

static void log_thread(struct sample_sink *sink, const struct thread *thread)
{
	strbuf_addf(&sink_log_of(sink)->text,
		    "thread %u %d %" PRIu64 " %s\n", thread->process,
		    thread->tid, thread->start_ns, thread->name);
}

static void log_thread_end(struct sample_sink *sink,
			   const struct thread_end *end)
{
	strbuf_addf(&sink_log_of(sink)->text,
		    "thread end %u %" PRIu64 " %" PRIu64 " %" PRIu64 " %"
		    PRIu64 " %s\n", end->thread, end->end_ns, end->cpu_ns,
		    end->runqueue_ns, end->yields, end->name);
}

static void log_module(struct sample_sink *sink, const struct module *module)
{
	struct strbuf *out = &sink_log_of(sink)->text;

	strbuf_addf(out, "module %u %u %s ", module->kind, module->process,
		    module->path);
	for (int i = 0; i < module->build_id_len; i++)
		strbuf_addf(out, "%02x", module->build_id[i]);
	strbuf_add_char(out, '\n');
}

static void log_frame(struct sample_sink *sink, const struct frame *frame)
{
	sink_log_of(sink)->frames++;
	strbuf_addf(&sink_log_of(sink)->text, "frame %u %" PRIx64 "\n",
		    frame->module, frame->address);
}

static void log_stack(struct sample_sink *sink, const struct stack *stack)
{
	sink_log_of(sink)->stacks++;
	strbuf_addf(&sink_log_of(sink)->text, "stack %u %u\n", stack->parent,
		    stack->frame);
}

static void log_window(struct sample_sink *sink,
		       const struct thread_window *window)
{
	struct strbuf *out = &sink_log_of(sink)->text;

	sink_log_of(sink)->samples += window->count;
	strbuf_addf(out, "window %u %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
		    window->thread, window->start_ns, window->cpu_ns,
		    window->runqueue_ns);
	for (size_t i = 0; i < window->count; i++)
		strbuf_addf(out, " %" PRIu64 " %u %u %u\n",
			    window->intervals[i].wall_ns,
			    window->intervals[i].stack,
			    window->intervals[i].state,
			    window->intervals[i].flags);
}

static void log_symbol(struct sample_sink *sink, const struct symbol *symbol)
{
	struct strbuf *out = &sink_log_of(sink)->text;

	strbuf_addf(out, "symbol %u %u\n", symbol->frame, symbol->status);
	for (size_t i = 0; i < symbol->count; i++)
		strbuf_addf(out, " %s (%s) %s:%u %u\n",
			    symbol->chain[i].function,
			    log_text(symbol->chain[i].linkage_name),
			    log_text(symbol->chain[i].file),
			    symbol->chain[i].line,
			    symbol->chain[i].function_line);
}

static void log_metric(struct sample_sink *sink, const struct metric *m)
{
	strbuf_addf(&sink_log_of(sink)->text, "metric %s %s %u %u %u %u\n",
		    m->name, m->source, m->kind, m->unit, m->scope, m->owner);
}

static void log_values(struct sample_sink *sink,
		       const struct metric_value *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		strbuf_addf(&sink_log_of(sink)->text,
			    "value %u %" PRIu64 " %" PRId64 "\n",
			    values[i].metric, values[i].time_ns,
			    values[i].value);
}

static void log_collector(struct sample_sink *sink,
			  const struct collector_report *report)
{
	strbuf_addf(&sink_log_of(sink)->text,
		    "collector %u %s %s %" PRIu64 " %" PRIu64 " %" PRIu64
		    "\n", report->run, report->name, report->note,
		    report->reads, report->cost_ns, report->period_ns);
}

static void log_region(struct sample_sink *sink, const struct region *r)
{
	strbuf_addf(&sink_log_of(sink)->text, "region %u %u %u %s\n",
		    r->process, r->parent, r->kind, r->name);
}

static void log_region_calls(struct sample_sink *sink,
			     const struct region_window *window)
{
	struct strbuf *out = &sink_log_of(sink)->text;

	strbuf_addf(out, "calls %u\n", window->thread);
	for (size_t i = 0; i < window->count; i++)
		strbuf_addf(out, " %" PRIu64 " %" PRIu64 " %u %u\n",
			    window->calls[i].start_ns,
			    window->calls[i].end_ns, window->calls[i].region,
			    window->calls[i].flags);
}

static void log_region_total(struct sample_sink *sink,
			     const struct region_total *t)
{
	struct strbuf *out = &sink_log_of(sink)->text;

	strbuf_addf(out, "total %u %" PRIu64 " %" PRIu64 " %" PRIu64, t->region,
		    t->calls, t->total_ns, t->max_ns);
	for (int i = 0; i < REGION_BUCKETS; i++)
		strbuf_addf(out, " %u", t->buckets[i]);
	strbuf_add_char(out, '\n');
}

static void log_region_losses(struct sample_sink *sink,
			      const struct region_losses *l)
{
	strbuf_addf(&sink_log_of(sink)->text, "region losses %u %" PRIu64
		    " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
		    " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", l->process,
		    l->events, l->calls_dropped, l->unbalanced, l->left,
		    l->too_deep, l->nested, l->threads, l->names,
		    l->nonsense);
}

static void log_region_label(struct sample_sink *sink,
			     const struct region_label *l)
{
	strbuf_addf(&sink_log_of(sink)->text, "region label %u %s=%s\n",
		    l->region, l->key, l->value);
}

static void log_run_note(struct sample_sink *sink, const struct run_note *n)
{
	strbuf_addf(&sink_log_of(sink)->text, "note %u %u %s=%s\n", n->run,
		    n->kind, n->key, n->value);
}

static void log_flush(struct sample_sink *sink UNUSED)
{
}

static bool log_failed(const struct sample_sink *sink UNUSED)
{
	return false;
}

static const struct sample_sink_ops sink_log_ops = {
	.run_begin = log_run_begin,
	.run_end = log_run_end,
	.process = log_process,
	.process_end = log_process_end,
	.thread = log_thread,
	.thread_end = log_thread_end,
	.module = log_module,
	.frame = log_frame,
	.stack = log_stack,
	.window = log_window,
	.symbol = log_symbol,
	.metric = log_metric,
	.values = log_values,
	.collector = log_collector,
	.region = log_region,
	.region_calls = log_region_calls,
	.region_total = log_region_total,
	.region_losses = log_region_losses,
	.region_label = log_region_label,
	.run_note = log_run_note,
	.flush = log_flush,
	.failed = log_failed,
};

#define SINK_LOG_INIT { .sink = { .ops = &sink_log_ops }, .text = STRBUF_INIT }

#endif
