/* SPDX-License-Identifier: MIT */
#include "collect/series.h"

#include "base/intern.h"
#include "model/stack.h"

struct series {
	struct metric metric;
	uint32_t id;			/* ID_NONE: not told yet */
	bool any;			/* `last` is filled */
	bool open;			/* `last` was not told */
	struct metric_value first;
	struct metric_value last;
};

VEC_DEFINE(series_vec, struct series);

struct series_table {
	struct intern keys;		/* id: index of the series */
	struct series_vec all;
	struct metric_value_vec told;	/* reused */
};

/* Without padding, which would make equal keys differ. */
struct series_key {
	uintptr_t name;
	uint32_t scope;
	uint32_t owner;
};

struct series_table *series_table_new(void)
{
	return mem_alloc(sizeof(struct series_table));
}

void series_table_free(struct series_table *table)
{
	if (!table)
		return;
	intern_release(&table->keys);
	series_vec_release(&table->all);
	metric_value_vec_release(&table->told);
	free(table);
}

uint32_t series_number(struct series_table *table,
		       const struct metric *metric)
{
	const struct series_key key = {
		.name = (uintptr_t)metric->name,
		.scope = metric->scope,
		.owner = metric->owner,
	};
	bool is_new;
	uint32_t number = intern_add(&table->keys, &key, sizeof(key),
				     &is_new);

	if (is_new)
		series_vec_push(&table->all, (struct series){
			.metric = *metric, .id = ID_NONE });
	return number;
}

static void tell(struct series_table *table, struct series *series,
		 const struct metric_value *value, struct sample_sink *sink,
		 uint32_t *next_id)
{
	struct metric_value told = *value;

	if (series->id == ID_NONE) {
		series->id = (*next_id)++;
		sink->ops->metric(sink, &series->metric);
	}
	told.metric = series->id;
	metric_value_vec_push(&table->told, told);
}

static void add(struct series_table *table, const struct metric_value *value,
		struct sample_sink *sink, uint32_t *next_id)
{
	struct series *series = &table->all.items[value->metric];
	const bool same = series->any ? series->last.value == value->value :
					value->value == 0;

	if (!series->any)
		series->first = series->last = *value;
	series->any = true;
	if (!same) {
		/* It moves: now the row of zeros is worth telling. */
		if (series->id == ID_NONE &&
		    series->first.time_ns != series->last.time_ns)
			tell(table, series, &series->first, sink, next_id);
		if (series->open)
			tell(table, series, &series->last, sink, next_id);
		tell(table, series, value, sink, next_id);
	}
	series->open = same;
	series->last = *value;
}

static void flush(struct series_table *table, struct sample_sink *sink)
{
	if (table->told.count)
		sink->ops->values(sink, table->told.items, table->told.count);
	table->told.count = 0;
}

void series_tell(struct series_table *table,
		 const struct metric_value_vec *values,
		 struct sample_sink *sink, uint32_t *next_id)
{
	for (size_t i = 0; i < values->count; i++)
		add(table, &values->items[i], sink, next_id);
	flush(table, sink);
}

void series_finish(struct series_table *table, struct sample_sink *sink)
{
	for (size_t i = 0; i < table->all.count; i++) {
		struct series *series = &table->all.items[i];

		if (series->id == ID_NONE || !series->open)
			continue;
		tell(table, series, &series->last, sink, NULL);
		series->open = false;
	}
	flush(table, sink);
}
