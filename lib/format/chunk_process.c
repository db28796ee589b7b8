/* SPDX-License-Identifier: MIT */
#include "format/chunk_process.h"

#include "model/stack.h"

/*
 * PROC chunk, version 1: processes.
 *
 *	uvarint  id of the first process; the others follow
 *	uvarint  number of processes, then each:
 *	uvarint  run id
 *	uvarint  process id of the parent + 1, or 0
 *	svarint  pid
 *	uvarint  start, ns on the recording's clock
 *	uvarint  string id of the name
 *	uvarint  string id of the program's path
 */
void process_encode(struct byte_writer *out, const struct process *process,
		    uint32_t name_id, uint32_t exe_id)
{
	/* ID_NONE + 1 is 0. */
	write_uvarint(out, process->run);
	write_uvarint(out, (uint32_t)(process->parent + 1));
	write_svarint(out, process->pid);
	write_uvarint(out, process->start_ns);
	write_uvarint(out, name_id);
	write_uvarint(out, exe_id);
}

bool process_decode(struct byte_reader *in, struct string_table *strings,
		    struct process *out)
{
	out->run = read_uvarint32(in);
	out->parent = read_uvarint32(in) - 1;
	out->pid = read_svarint(in);
	out->start_ns = read_uvarint(in);
	out->name = read_string_id(in, strings);
	out->exe = read_string_id(in, strings);
	return !in->failed;
}

/*
 * PRCE chunk, version 1: ends of processes.
 *
 *	uvarint  number of ends, then each:
 *	uvarint  process id
 *	uvarint  end, ns on the recording's clock
 *	uvarint  highest resident size, bytes; 0 when not known
 *	svarint  exit status as from wait(2), -1 when not known
 */
void process_end_encode(struct byte_writer *out,
			const struct process_end *end)
{
	write_uvarint(out, end->process);
	write_uvarint(out, end->end_ns);
	write_uvarint(out, end->peak_memory_bytes);
	write_svarint(out, end->exit_status);
}

bool process_end_decode(struct byte_reader *in, struct process_end *out)
{
	out->process = read_uvarint32(in);
	out->end_ns = read_uvarint(in);
	out->peak_memory_bytes = read_uvarint(in);
	out->exit_status = read_svarint(in);
	return !in->failed;
}

/*
 * THRD chunk, version 1: threads.
 *
 *	uvarint  id of the first thread; the others follow
 *	uvarint  number of threads, then each:
 *	uvarint  process id
 *	svarint  tid
 *	uvarint  start, ns on the recording's clock
 *	uvarint  string id of the name
 */
void thread_encode(struct byte_writer *out, const struct thread *thread,
		   uint32_t name_id)
{
	write_uvarint(out, thread->process);
	write_svarint(out, thread->tid);
	write_uvarint(out, thread->start_ns);
	write_uvarint(out, name_id);
}

bool thread_decode(struct byte_reader *in, struct string_table *strings,
		   struct thread *out)
{
	out->process = read_uvarint32(in);
	out->tid = read_svarint(in);
	out->start_ns = read_uvarint(in);
	out->name = read_string_id(in, strings);
	return !in->failed;
}

/*
 * THRE chunk, version 1: ends of threads.
 *
 *	uvarint  number of ends, then each:
 *	uvarint  thread id
 *	uvarint  end, ns on the recording's clock
 *	uvarint  CPU time while recorded, the kernel's account, ns
 *	uvarint  time spent waiting for a CPU, ns
 *	uvarint  number of times it gave up the CPU by itself
 *	uvarint  string id of its last name
 */
void thread_end_encode(struct byte_writer *out, const struct thread_end *end,
		       uint32_t name_id)
{
	write_uvarint(out, end->thread);
	write_uvarint(out, end->end_ns);
	write_uvarint(out, end->cpu_ns);
	write_uvarint(out, end->runqueue_ns);
	write_uvarint(out, end->yields);
	write_uvarint(out, name_id);
}

bool thread_end_decode(struct byte_reader *in, struct string_table *strings,
		       struct thread_end *out)
{
	out->thread = read_uvarint32(in);
	out->end_ns = read_uvarint(in);
	out->cpu_ns = read_uvarint(in);
	out->runqueue_ns = read_uvarint(in);
	out->yields = read_uvarint(in);
	out->name = read_string_id(in, strings);
	return !in->failed;
}
