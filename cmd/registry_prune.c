/* SPDX-License-Identifier: MIT */
#include "registry_args.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/units.h"
#include "registry/prune.h"

#include <stdio.h>
#include <unistd.h>

struct prune_args {
	struct registry_args common;
	uint32_t keep;			/* 0: not given */
	uint64_t older_ns;		/* 0: not given */
	bool dry_run;
};

struct pruning {
	size_t removed;
	uint64_t bytes;
	json_t *list;
	struct strbuf text;
};

static void note(struct pruning *pruning, const struct registry_entry *entry)
{
	pruning->removed++;
	pruning->bytes += entry->bytes;
	json_push(pruning->list, json_text(entry->path));
	escape_text(&pruning->text, entry->path);
	strbuf_add_char(&pruning->text, '\n');
}

static int prune_all(struct pruning *pruning, const struct prune_plan *plan,
		     bool dry_run, struct error *err)
{
	for (size_t i = 0; i < plan->victims.count; i++) {
		const struct registry_entry *victim = plan->victims.items[i];
		int done = dry_run ? 1 : prune_remove(victim, err);

		if (done < 0)
			return -1;
		if (done)
			note(pruning, victim);
	}
	return 0;
}

static void add_closing(struct strbuf *out, const struct pruning *pruning,
			const struct prune_plan *plan, bool dry_run)
{
	strbuf_add(out, dry_run ? "would remove " : "removed ");
	units_add_count(out, pruning->removed);
	strbuf_add(out, pruning->removed == 1 ? " profile, " : " profiles, ");
	units_add_bytes(out, pruning->bytes);
	strbuf_add(out, "; kept ");
	units_add_count(out, plan->kept);
	if (plan->in_baselines)
		strbuf_addf(out, ", %zu of them for baselines",
			    plan->in_baselines);
	if (plan->not_whole)
		strbuf_addf(out, "; left alone: %zu that %s no whole profile%s",
			    plan->not_whole, plan->not_whole == 1 ? "is" :
			    "are", plan->not_whole == 1 ? "" : "s");
	strbuf_add_char(out, '\n');
}

static json_t *prune_json(const struct pruning *pruning,
			  const struct prune_plan *plan, bool dry_run)
{
	json_t *root = json_object();

	json_put(root, "schema", json_text("cprof.registry-prune/1"));
	json_put(root, "dry_run", json_boolean(dry_run));
	json_put(root, "removed", json_incref(pruning->list));
	json_put(root, "removed_bytes", json_count(pruning->bytes));
	json_put(root, "kept", json_count(plan->kept));
	json_put(root, "kept_for_baselines", json_count(plan->in_baselines));
	json_put(root, "left_alone", json_count(plan->not_whole));
	return root;
}

/* What was removed is told even when the next one could not be. */
static int run_plan(const struct prune_args *args,
		    const struct prune_plan *plan, struct error *err)
{
	struct pruning pruning = { .list = json_array() };
	struct error why = ERROR_INIT;
	int failed = prune_all(&pruning, plan, args->dry_run, &why);
	int ret;

	add_closing(&pruning.text, &pruning, plan, args->dry_run);
	if (args->common.json)
		ret = registry_emit_json(&args->common,
					 prune_json(&pruning, plan,
						    args->dry_run), err);
	else
		ret = registry_emit(&args->common, &pruning.text, err);
	strbuf_release(&pruning.text);
	json_decref(pruning.list);
	return failed ? error_set(err, why.kind, "%s", why.text) : ret;
}

static int prune(const struct prune_args *args, struct error *err)
{
	const uint64_t now_ns = clock_realtime_ns();
	const struct prune_rule rule = {
		.keep = args->keep,
		.before_ns = args->older_ns ? now_ns -
			MIN(args->older_ns, now_ns) : 0,
		.select = &args->common.select,
	};
	struct registry registry = { .directory = "" };
	struct prune_plan plan = { .kept = 0 };
	int lock = registry_lock(operands_directory(), err);
	int ret = -1;

	if (lock >= 0 &&
	    registry_scan(&registry, operands_directory(), err) == 0 &&
	    prune_plan_init(&plan, &registry, &rule, err) == 0)
		ret = run_plan(args, &plan, err);
	prune_plan_release(&plan);
	registry_release(&registry);
	if (lock >= 0)
		close(lock);
	return ret;
}

int registry_prune(int argc, char **argv, struct error *err)
{
	struct prune_args args = { .common = REGISTRY_ARGS_INIT };
	const struct opt options[] = {
		OPT_U32(0, "keep", "N", &args.keep,
			"keep the newest N of each name and version"),
		OPT_DURATION(0, "older", &args.older_ns,
			     "remove only what is older: 30d"),
		OPT_FLAG(0, "dry-run", &args.dry_run,
			 "tell what would be removed"),
		REGISTRY_SELECT_OPTIONS(&args.common),
		REGISTRY_OUTPUT_OPTIONS(&args.common),
		OPT_END
	};
	static const char *const usage[] = {
		"--keep N | --older TIME [options]", NULL
	};
	static const char *const examples[] = {
		"cprof registry prune --keep 20 --older 30d",
		"cprof registry prune --keep 5 --name app --dry-run", NULL
	};
	const struct cli_command command = {
		"registry prune", "remove old profiles, never those of a "
		"baseline", usage, options, examples
	};
	int first = command_parse(&command, argc, argv, err);
	int ret = first;

	if (first > 0 && first < argc)
		ret = error_set(err, ERROR_USAGE, "unexpected operand '%s'; "
				"prune takes options only", argv[first]);
	else if (first > 0 && !args.keep && !args.older_ns)
		ret = error_set(err, ERROR_USAGE, "what may go? --keep N, "
				"--older TIME, or both");
	else if (first > 0)
		ret = prune(&args, err);
	registry_select_release(&args.common.select);
	return ret;
}
