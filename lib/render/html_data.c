/* SPDX-License-Identifier: MIT */
#include "render/html_data.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "profile/quality.h"
#include "render/html_metrics.h"
#include "render/html_records.h"
#include "render/html_shell.h"
#include "render/html_source.h"
#include "render/profile_json.h"

enum {
	MAX_NODES = 150000,
	MAX_RECORDS = 200000,
	FEWEST_NODES = 1000,
	METRIC_SLOTS = 512
};

/* Ids that are used, renumbered from 0 in order of their first use. */
struct subset {
	uint32_t *place;		/* by id: new id + 1; 0: not used */
	struct u32_vec ids;
};

static struct subset subset_of(size_t count)
{
	return (struct subset){
		.place = mem_calloc(count + 1, sizeof(uint32_t)),
	};
}

static uint32_t subset_add(struct subset *subset, uint32_t id)
{
	if (!subset->place[id]) {
		u32_vec_push(&subset->ids, id);
		subset->place[id] = subset->ids.count;
	}
	return subset->place[id] - 1;
}

static void subset_release(struct subset *subset)
{
	free(subset->place);
	u32_vec_release(&subset->ids);
}

struct page_data {
	const struct view *view;
	struct html_tree tree;
	struct html_records records;
	uint32_t *function_of;		/* by location id */
	struct subset locations;
	struct subset functions;
	struct subset modules;
	struct subset files;		/* string ids; the last: none */
	struct strbuf *out;
};

/* The part of `name` that files and functions may share: a string's id. */
static uint32_t file_id(const struct page_data *data, uint32_t id)
{
	const uint32_t none = data->view->profile->strings.count;

	return id == ID_NONE ? none : MIN(id, none);
}

static void collect_ids(struct page_data *data)
{
	const struct profile *profile = data->view->profile;
	const struct html_node_vec *nodes = &data->tree.nodes;

	data->function_of = call_keys(profile, CALL_BY_FUNCTION);
	data->locations = subset_of(profile->locations.count);
	data->functions = subset_of(profile->functions.count);
	data->modules = subset_of(profile->modules.count);
	data->files = subset_of(profile->strings.count + 1);
	for (size_t i = 0; i < nodes->count; i++) {
		const uint32_t id = nodes->items[i].location;

		if (id == HTML_ROOT || id == HTML_OTHER)
			continue;
		subset_add(&data->locations, id);
		subset_add(&data->functions, data->function_of[id]);
		subset_add(&data->files, file_id(data, profile_location(
			profile, id)->file));
	}
	for (size_t i = 0; i < data->functions.ids.count; i++)
		subset_add(&data->modules, profile->functions
			   .items[data->functions.ids.items[i]].module);
}

/* 0 is the root, 1 the rest, then the locations. */
static int64_t location_number(const struct page_data *data, uint32_t id)
{
	if (id == HTML_ROOT)
		return 0;
	if (id == HTML_OTHER)
		return 1;
	return data->locations.place[id] + 1;
}

static void put_nodes(struct page_data *data)
{
	struct strbuf *out = data->out;
	const struct html_node_vec *nodes = &data->tree.nodes;

	/* How far back the parent is: small numbers, that pack well. */
	html_column_begin(out, "nodeUp");
	for (size_t i = 0; i < nodes->count; i++)
		html_column_add(out, i, i - nodes->items[i].parent);
	html_column_end(out);
	html_column_begin(out, "nodePlace");
	for (size_t i = 0; i < nodes->count; i++)
		html_column_add(out, i, location_number(data,
				nodes->items[i].location));
	html_column_end(out);
}

static int64_t thread_step(const struct html_record *records, size_t i)
{
	return i ? records[i].thread - records[i - 1].thread :
		   records[0].thread;
}

static int64_t slot_step(const struct html_record *records, size_t i)
{
	if (i && records[i].thread == records[i - 1].thread)
		return records[i].slot - records[i - 1].slot;
	return records[i].slot;
}

static int64_t record_value(const struct html_record *records, size_t i,
			    int column)
{
	const struct html_record *record = &records[i];

	switch (column) {
	case 0:
		return thread_step(records, i);
	case 1:
		return slot_step(records, i);
	case 2:
		return record->slots;
	case 3:
		return record->node;
	case 4:
		return record->state;
	case 5:
		return record->cpu_ns;
	case 6:
		/* Mostly 0 for what runs. */
		return (int64_t)(record->wall_ns - record->cpu_ns);
	case 7:
		return (int64_t)(record->length_ns - record->wall_ns);
	default:
		return record->samples;
	}
}

static void put_records(struct page_data *data)
{
	struct strbuf *out = data->out;
	static const char *const names[] = {
		"recThread", "recSlot", "recSlots", "recNode", "recState",
		"recCpu", "recRest", "recStretch", "recSamples"
	};
	const struct html_record_vec *vec = &data->records.records;

	for (size_t column = 0; column < ARRAY_SIZE(names); column++) {
		html_column_begin(out, names[column]);
		for (size_t i = 0; i < vec->count; i++)
			html_column_add(out, i, record_value(vec->items, i,
							     column));
		html_column_end(out);
	}
}

static json_t *names_json(void)
{
	json_t *array = json_array();

	for (int state = 0; state < STATE_COUNT; state++) {
		json_t *pair = json_array();

		json_push(pair, json_text(thread_state_name(state)));
		json_push(pair, json_text(thread_state_text(state)));
		json_push(array, pair);
	}
	return array;
}

static json_t *functions_json(const struct page_data *data, bool names)
{
	const struct profile *profile = data->view->profile;
	json_t *array = json_array();

	for (size_t i = 0; i < data->functions.ids.count; i++) {
		const struct function *function = &profile->functions
			.items[data->functions.ids.items[i]];

		json_push(array, json_text(names ? function->name :
					   function->file));
	}
	return array;
}

static void put_functions(struct page_data *data)
{
	struct strbuf *out = data->out;
	const struct profile *profile = data->view->profile;
	const struct u32_vec *ids = &data->functions.ids;

	html_member(out, "fnName", functions_json(data, true));
	html_member(out, "fnFile", functions_json(data, false));
	html_column_begin(out, "fnModule");
	for (size_t i = 0; i < ids->count; i++)
		html_column_add(out, i, data->modules.place[profile->functions
				.items[ids->items[i]].module] - 1);
	html_column_end(out);
	html_column_begin(out, "fnLine");
	for (size_t i = 0; i < ids->count; i++)
		html_column_add(out, i, profile->functions
				.items[ids->items[i]].line);
	html_column_end(out);
}

static void put_locations(struct page_data *data)
{
	struct strbuf *out = data->out;
	const struct profile *profile = data->view->profile;
	const struct u32_vec *ids = &data->locations.ids;

	html_column_begin(out, "placeFn");
	for (size_t i = 0; i < ids->count; i++)
		html_column_add(out, i, data->functions.place
				[data->function_of[ids->items[i]]] - 1);
	html_column_end(out);
	html_column_begin(out, "placeLine");
	for (size_t i = 0; i < ids->count; i++)
		html_column_add(out, i, profile_location(profile,
				ids->items[i])->line);
	html_column_end(out);
	html_column_begin(out, "placeFile");
	for (size_t i = 0; i < ids->count; i++)
		html_column_add(out, i, data->files.place[file_id(data,
				profile_location(profile, ids->items[i])
				->file)] - 1);
	html_column_end(out);
}

static json_t *files_json(const struct page_data *data)
{
	const struct intern *strings = &data->view->profile->strings;
	json_t *array = json_array();

	for (size_t i = 0; i < data->files.ids.count; i++) {
		const uint32_t id = data->files.ids.items[i];

		json_push(array, id == strings->count ? json_null() :
			  json_text(intern_get(strings, id, NULL)));
	}
	return array;
}

static json_t *modules_json(const struct page_data *data)
{
	json_t *array = json_array();

	for (size_t i = 0; i < data->modules.ids.count; i++) {
		const struct profile_module *module = &data->view->profile
			->modules.items[data->modules.ids.items[i]];
		struct strbuf id = STRBUF_INIT;
		json_t *row = json_array();

		for (int j = 0; j < module->module.build_id_len; j++)
			strbuf_addf(&id, "%02x", module->module.build_id[j]);
		json_push(row, json_text(module->name));
		json_push(row, json_text(module->module.path));
		json_push(row, json_count(module->module.kind));
		json_push(row, json_text(strbuf_text(&id)));
		json_push(array, row);
		strbuf_release(&id);
	}
	return array;
}

static uint64_t since(const struct profile_run *run, uint64_t time_ns)
{
	return time_ns > run->begin.start_ns ?
		time_ns - run->begin.start_ns : 0;
}

static json_t *processes_json(const struct profile *profile)
{
	json_t *array = json_array();

	for (size_t i = 0; i < profile->processes.count; i++) {
		const struct profile_process *process =
			&profile->processes.items[i];
		const struct process *begin = &process->begin;
		const struct profile_run *run =
			&profile->runs.items[begin->run];
		json_t *row = json_object();

		json_put(row, "run", json_count(begin->run));
		json_put(row, "parent", begin->parent == ID_NONE ?
			 json_null() : json_count(begin->parent));
		json_put(row, "pid", json_integer(begin->pid));
		json_put(row, "name", json_text(begin->name));
		json_put(row, "exe", json_text(begin->exe));
		json_put(row, "start", json_count(since(run,
							begin->start_ns)));
		json_put(row, "end", process->ended ?
			 json_count(since(run, process->end.end_ns)) :
			 json_null());
		json_put(row, "peak", json_count(process->ended ?
			 process->end.peak_memory_bytes : 0));
		json_push(array, row);
	}
	return array;
}

static json_t *threads_json(const struct profile *profile)
{
	json_t *array = json_array();

	for (size_t i = 0; i < profile->threads.count; i++) {
		const struct profile_thread *thread =
			&profile->threads.items[i];
		const struct profile_run *run = &profile->runs.items
			[profile->processes.items[thread->begin.process]
			 .begin.run];
		json_t *row = json_object();

		json_put(row, "process", json_count(thread->begin.process));
		json_put(row, "tid", json_integer(thread->begin.tid));
		json_put(row, "name", json_text(thread->name));
		json_put(row, "start", json_count(since(run, thread->begin
							.start_ns)));
		json_put(row, "end", thread->ended ?
			 json_count(since(run, thread->end.end_ns)) :
			 json_null());
		json_push(array, row);
	}
	return array;
}

static json_t *gaps_json(const struct page_data *data)
{
	const struct overview *overview = data->view->overview;
	json_t *array = json_array();

	for (size_t i = 0; i < overview->gaps.count && i < 8; i++) {
		const struct module_gap *gap = &overview->gaps.items[i];
		const struct profile_module *module =
			&data->view->profile->modules.items[gap->module];
		json_t *row = json_object();

		json_put(row, "module", json_text(module->name));
		json_put(row, "kind", json_count(module->module.kind));
		json_put(row, "self", json_count(gap->self_ns));
		json_put(row, "nameless", json_count(gap->nameless_ns));
		json_put(row, "lineless", json_count(gap->lineless_ns));
		json_put(row, "cut", json_count(gap->cut_ns));
		json_push(array, row);
	}
	return array;
}

static json_t *flaws_json(const struct view *view)
{
	struct quality_flaw flaws[QUALITY_FLAWS_MAX];
	const size_t count = quality_flaws(view->profile, view->overview,
					   flaws);
	json_t *array = json_array();

	for (size_t i = 0; i < count; i++) {
		json_t *row = json_array();

		json_push(row, json_real(flaws[i].percent));
		json_push(row, json_text(flaws[i].what));
		json_push(row, json_real(flaws[i].limit));
		json_push(array, row);
	}
	return array;
}

static json_t *pruned_json(const struct page_data *data)
{
	json_t *object = json_object();

	json_put(object, "nodes", json_count(data->tree.pruned));
	json_put(object, "cpu",
		 json_count(data->tree.pruned_ns[WEIGH_CPU]));
	json_put(object, "wall",
		 json_count(data->tree.pruned_ns[WEIGH_WALL]));
	json_put(object, "off-cpu",
		 json_count(data->tree.pruned_ns[WEIGH_OFF_CPU]));
	return object;
}

static json_t *clocks_json(const struct view *view)
{
	const struct overview *overview = view->overview;
	json_t *object = json_object();

	json_put(object, "user", json_count(overview->user_ns));
	json_put(object, "system", json_count(overview->system_ns));
	json_put(object, "cpuWeight", json_count(overview->cpu_weight_ns));
	json_put(object, "filtered",
		 json_boolean(!filter_spec_is_empty(view->spec)));
	return object;
}

static void put_head(struct page_data *data)
{
	struct strbuf *out = data->out;
	const struct profile *profile = data->view->profile;

	html_member(out, "schema", json_text("cprof.page/1"));
	html_member(out, "clock",
	       json_text(weight_clock_name(data->view->clock)));
	html_member(out, "duration", json_count(data->records.duration_ns));
	html_member(out, "slots", json_count(data->records.slots));
	html_member(out, "profile", profile_json(data->view));
	html_member(out, "sums", clocks_json(data->view));
	html_member(out, "states", names_json());
	html_member(out, "modules", modules_json(data));
	html_member(out, "files", files_json(data));
	html_member(out, "processes", processes_json(profile));
	html_member(out, "threads", threads_json(profile));
	html_member(out, "gaps", gaps_json(data));
	html_member(out, "flaws", flaws_json(data->view));
	html_member(out, "pruned", pruned_json(data));
	html_member(out, "metrics", html_metrics_json(
		    data->view, data->records.duration_ns, METRIC_SLOTS));
	html_member(out, "regions", html_regions_json(data->view));
	html_member(out, "calls", html_calls_json(data->view));
}

/* Fewer nodes make fewer records, should they not fit otherwise. */
static void reduce(struct page_data *data)
{
	const struct view *view = data->view;
	size_t max_nodes = MAX_NODES;

	for (;;) {
		html_tree_init(&data->tree, view->profile, view->filter,
			       max_nodes);
		html_records_init(&data->records, view->profile, view->filter,
				  &data->tree, MAX_RECORDS);
		if (data->records.records.count <= MAX_RECORDS ||
		    max_nodes < FEWEST_NODES)
			return;
		html_tree_release(&data->tree);
		html_records_release(&data->records);
		max_nodes /= 4;
	}
}

void html_data(struct strbuf *out, const struct view *view,
	       const struct html_options *options)
{
	struct page_data data = { .view = view, .out = out };

	reduce(&data);
	collect_ids(&data);
	strbuf_add_char(out, '{');
	put_head(&data);
	put_functions(&data);
	put_locations(&data);
	put_nodes(&data);
	put_records(&data);
	if (options->embed_source)
		html_member(out, "sources", html_sources(view->profile,
						      &data.files.ids));
	strbuf_add(out, "}\n");
	subset_release(&data.locations);
	subset_release(&data.functions);
	subset_release(&data.modules);
	subset_release(&data.files);
	free(data.function_of);
	html_records_release(&data.records);
	html_tree_release(&data.tree);
}
