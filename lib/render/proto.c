/* SPDX-License-Identifier: MIT */
#include "render/proto.h"

/* Wire types; the lowest three bits of a field's tag. */
enum { WIRE_VARINT = 0, WIRE_BYTES = 2, WIRE_BITS = 3 };

static void tag(struct byte_writer *out, unsigned int field, unsigned int wire)
{
	write_uvarint(out, (uint64_t)field << WIRE_BITS | wire);
}

void proto_u64(struct byte_writer *out, unsigned int field, uint64_t value)
{
	if (!value)
		return;
	tag(out, field, WIRE_VARINT);
	write_uvarint(out, value);
}

void proto_i64(struct byte_writer *out, unsigned int field, int64_t value)
{
	proto_u64(out, field, (uint64_t)value);
}

void proto_bytes(struct byte_writer *out, unsigned int field,
		 const void *data, size_t len)
{
	tag(out, field, WIRE_BYTES);
	write_uvarint(out, len);
	write_bytes(out, data, len);
}

void proto_message(struct byte_writer *out, unsigned int field,
		   struct byte_writer *message)
{
	proto_bytes(out, field, message->data, message->len);
	byte_writer_clear(message);
}

void proto_packed(struct byte_writer *out, unsigned int field,
		  const uint64_t *values, size_t count)
{
	struct byte_writer list = BYTE_WRITER_INIT;

	if (!count)
		return;
	for (size_t i = 0; i < count; i++)
		write_uvarint(&list, values[i]);
	proto_message(out, field, &list);
	byte_writer_release(&list);
}
