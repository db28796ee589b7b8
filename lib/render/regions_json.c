/* SPDX-License-Identifier: MIT */
#include "render/regions_json.h"

#include "profile/regions.h"

#include <math.h>

#define EXACT_MAX 9e15		/* what a double holds to the last digit */

static json_t *waiting_json(const struct region_row *row)
{
	json_t *object = json_object();

	for (int state = 0; state < STATE_COUNT; state++) {
		if (state != STATE_RUNNING && row->state_ns[state])
			json_put(object, thread_state_name(state),
				 json_count(row->state_ns[state]));
	}
	return object;
}

/* Key and value come from the program, and need not be UTF-8. */
static void note_label(json_t *keys, const struct region_label *label)
{
	json_t *key = json_text(label->key);
	json_t *value = json_text(label->value);
	json_t *values = json_object_get(keys, json_string_value(key));

	if (!values) {
		values = json_object();
		json_put(keys, json_string_value(key), values);
	}
	json_put(values, json_string_value(value), json_null());
	json_decref(value);
	json_decref(key);
}

/* Of all regions that the row stands for; each once. */
static json_t *labels_json(const struct view *view,
			   const struct region_rows *rows, size_t at)
{
	const struct profile *profile = view->profile;
	json_t *keys = json_object();
	json_t *object = json_object();
	const char *key, *value;
	json_t *values, *unused;

	for (size_t i = 0; i < profile->region_labels.count; i++) {
		const struct region_label *label =
			&profile->region_labels.items[i];

		if (rows->row_of.items[label->region] == at)
			note_label(keys, label);
	}
	json_object_foreach(keys, key, values) {
		json_t *array = json_array();

		json_object_foreach(values, value, unused)
			json_push(array, json_text(value));
		json_put(object, key, array);
	}
	json_decref(keys);
	return object;
}

static void put_times(json_t *object, const struct region_row *row)
{
	const bool ended = row->calls > row->cut;

	json_put(object, "total_ns", json_count(row->total_ns));
	json_put(object, "self_ns", json_count(row->self_ns));
	json_put(object, "average_ns", json_count(
		 row->calls ? row->total_ns / row->calls : 0));
	json_put(object, "p50_ns", ended ? json_count(row->p50_ns) :
		 json_null());
	json_put(object, "p95_ns", ended ? json_count(row->p95_ns) :
		 json_null());
	json_put(object, "p99_ns", ended ? json_count(row->p99_ns) :
		 json_null());
	json_put(object, "percentiles_exact", json_boolean(row->exact));
	json_put(object, "max_ns", json_count(row->max_ns));
}

static void put_number(json_t *object, const char *key, bool known,
		       double number)
{
	if (!known)
		json_put(object, key, json_null());
	else if (fabs(number) < EXACT_MAX)
		json_put(object, key, json_integer(number));
	else
		json_put(object, key, json_real(number));
}

/* Rounded up: the truth is not farther away. */
static void put_error(json_t *object, const char *key, bool known,
		      double error)
{
	put_number(object, key, known, ceil(error));
}

static void put_use(json_t *object, const struct region_use *use)
{
	const bool known = use->memory_known;
	json_t *amounts = json_object();
	json_t *errors = json_object();

	put_number(object, "memory_in_bytes", known, use->memory_in);
	put_error(object, "memory_in_error_bytes", known,
		  use->memory_in_doubt);
	put_number(object, "memory_change_bytes", known, use->memory_change);
	put_error(object, "memory_change_error_bytes", known,
		  use->memory_change_doubt);
	put_number(object, "memory_peak_bytes", known, use->memory_peak);
	put_error(object, "memory_peak_error_bytes", known,
		  use->memory_peak_doubt);
	for (int i = 0; i < REGION_AMOUNTS; i++) {
		if (!(use->known & 1U << i))
			continue;
		put_number(amounts, region_amount_name(i), true,
			   use->amount[i]);
		put_error(errors, region_amount_name(i), true,
			  use->doubt[i]);
	}
	json_put(object, "used", amounts);
	json_put(object, "used_error", errors);
}

/* By name; what the program calls them need not be UTF-8. */
static json_t *counters_json(const struct region_counters *counters,
			     size_t row)
{
	json_t *object = json_object();

	for (size_t i = 0; i < counters->counters.count; i++) {
		const struct region_counter *counter =
			&counters->counters.items[i];
		const struct region_counter_use *use =
			region_counters_use(counters, row, i);
		json_t *name = json_text(counter->name);
		json_t *one = json_object();

		json_put(one, "unit", json_text(metric_unit_name(
			 counter->unit)));
		put_number(one, "in", use->known && use->in_known, use->in);
		put_number(one, "change", use->known, use->change);
		json_put(one, "mean", use->known ? json_real(use->mean) :
			 json_null());
		put_number(one, "peak", use->known, use->most);
		put_number(one, "out", use->known, use->out);
		json_put(object, json_string_value(name), one);
		json_decref(name);
	}
	return object;
}

static json_t *row_json(const struct view *view,
			const struct region_rows *rows, size_t i)
{
	const struct region_row *row = &rows->rows.items[i];
	json_t *object = json_object();

	json_put(object, "name", json_text(row->name));
	json_put(object, "kind", json_text(region_kind_name(row->kind)));
	json_put(object, "parent", row->parent == ID_NONE ? json_null() :
		 json_count(row->parent));
	json_put(object, "depth", json_count(row->depth));
	json_put(object, "shown", json_boolean(row->shown));
	json_put(object, "calls", json_count(row->calls));
	json_put(object, "cut_calls", json_count(row->cut));
	put_times(object, row);
	json_put(object, "percent_of_run", json_real(
		 rows->run_ns ? 100.0 * row->total_ns / rows->run_ns : 0));
	json_put(object, "cpu_ns", json_count(row->cpu_ns));
	json_put(object, "cpu_self_ns", json_count(row->cpu_self_ns));
	json_put(object, "cpu_error_ns", json_count(row->cpu_error_ns));
	json_put(object, "samples", json_count(row->samples));
	put_use(object, &row->use);
	json_put(object, "counters", counters_json(&rows->counters, i));
	json_put(object, "waiting_ns", waiting_json(row));
	json_put(object, "labels", labels_json(view, rows, i));
	return object;
}

static json_t *losses_json(const struct region_rows *rows)
{
	const struct region_losses *losses = &rows->losses;
	json_t *object = json_object();
	json_t *unread = json_array();

	json_put(object, "events", json_count(losses->events));
	json_put(object, "calls_dropped", json_count(losses->calls_dropped));
	json_put(object, "unbalanced", json_count(losses->unbalanced));
	json_put(object, "left_by_jump", json_count(losses->left));
	json_put(object, "too_deep", json_count(losses->too_deep));
	json_put(object, "in_handlers", json_count(losses->nested));
	json_put(object, "threads", json_count(losses->threads));
	json_put(object, "names", json_count(losses->names));
	json_put(object, "nonsense", json_count(losses->nonsense));
	for (size_t i = 0; i < rows->unread->count; i++)
		json_push(unread, json_text(rows->unread->items[i]));
	json_put(object, "modules_not_read", unread);
	return object;
}

void regions_json(json_t *root, const struct view *view)
{
	json_t *array = json_array();
	struct region_rows rows;

	region_rows_init(&rows, view->profile, view->filter, view->spec,
			 view->overview);
	json_put(root, "by", json_text("region"));
	json_put(root, "run_ns", json_count(rows.run_ns));
	for (size_t i = 0; i < rows.rows.count; i++) {
		if (view->top && i == view->top)
			break;
		json_push(array, row_json(view, &rows, i));
	}
	json_put(root, "rows", array);
	json_put(root, "rows_left_out",
		 json_count(rows.rows.count - json_array_size(array)));
	json_put(root, "region_losses", losses_json(&rows));
	region_rows_release(&rows);
}
