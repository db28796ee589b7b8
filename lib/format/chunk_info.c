/* SPDX-License-Identifier: MIT */
#include "format/chunk_info.h"

#include "format/chunk_string.h"

/*
 * INFO chunk, version 1: the machine and the recorder.  It is the first
 * chunk of a file.  A string is a uvarint length (at most 65535) and as
 * many bytes.
 *
 *	string   host name
 *	string   kernel release
 *	string   machine, as in uname -m
 *	string   CPU model
 *	string   version of cprof
 *	uvarint  number of CPUs
 *	uvarint  bytes of memory
 *	uvarint  start of the recording (its clock's 0), ns since the epoch
 *	more     fields of newer minor versions; skip them
 */
void info_chunk_encode(struct byte_writer *out,
		       const struct recording_info *info)
{
	write_string(out, info->host);
	write_string(out, info->kernel);
	write_string(out, info->machine);
	write_string(out, info->cpu_model);
	write_string(out, info->cprof_version);
	write_uvarint(out, info->cpu_count);
	write_uvarint(out, info->memory_bytes);
	write_uvarint(out, info->start_realtime_ns);
}

int info_chunk_decode(struct byte_reader *in, struct arena *arena,
		      struct recording_info *out, struct error *err)
{
	struct recording_info info;

	info.host = read_string(in, arena);
	info.kernel = read_string(in, arena);
	info.machine = read_string(in, arena);
	info.cpu_model = read_string(in, arena);
	info.cprof_version = read_string(in, arena);
	info.cpu_count = read_uvarint32(in);
	info.memory_bytes = read_uvarint(in);
	info.start_realtime_ns = read_uvarint(in);
	if (in->failed)
		return error_set(err, ERROR_FORMAT,
				 "bytes are missing or wrong");
	*out = info;
	return 0;
}
