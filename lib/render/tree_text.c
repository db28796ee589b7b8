/* SPDX-License-Identifier: MIT */
#include "render/tree_text.h"

#include "base/escape.h"
#include "base/units.h"
#include "render/name.h"
#include "render/node_name.h"

#include <inttypes.h>

enum {
	FOLD_MIN = 3,		/* a shorter run of dull nodes is shown */
	INDENT = 3,
	NAME_MIN = 18,		/* columns that the indent must leave */
	WHERE_MIN = 14,
	WIDE = 140		/* from here on, places show a directory */
};

/* A node with all that follow as only children, still to be printed. */
struct pending {
	uint32_t node;
	uint32_t level;		/* branches above it */
	bool branch;		/* it has a connector */
	bool last;		/* no sibling follows */
};

VEC_DEFINE(pending_vec, struct pending);

struct tree_printer {
	struct strbuf *out;
	const struct text_style *style;
	const struct view *view;
	const struct view_tree *tree;
	struct time_unit unit;
	uint64_t total_ns;
	uint64_t threshold_ns;
	size_t time_width;
	size_t name_width;	/* of indent and name together */
	size_t where_width;
	struct pending_vec pending;
	struct u8_vec bars;	/* by level: do siblings follow? */
	struct u32_vec chain;
	size_t shown;
	size_t widest;		/* indent and name that has a place */
	size_t place_at;	/* where places stand, behind the numbers */
};

static const struct call_node *node_at(const struct tree_printer *printer,
				       uint32_t id)
{
	return &printer->tree->tree.nodes.items[id];
}

static bool is_visible(const struct tree_printer *printer, uint32_t id)
{
	return node_at(printer, id)->total_ns >= printer->threshold_ns;
}

/* The only visible child of a node, or ID_NONE.  Children are sorted. */
static uint32_t only_child(const struct tree_printer *printer, uint32_t id)
{
	uint32_t first = node_at(printer, id)->first_child;
	uint32_t second;

	if (first == ID_NONE || !is_visible(printer, first))
		return ID_NONE;
	second = node_at(printer, first)->next_sibling;
	return second == ID_NONE || !is_visible(printer, second) ? first :
		ID_NONE;
}

static void add_place(struct strbuf *out, const struct tree_printer *printer,
		      uint32_t id)
{
	const struct function *function =
		node_function(printer->view, node_at(printer, id));

	if (function)
		function_place_add(out, printer->view->profile, function,
				   printer->style->width >= WIDE ? 2 : 1);
}

/* How wide the places want to be, within reason. */
static void measure(struct tree_printer *printer)
{
	const size_t count = printer->tree->tree.nodes.count;
	const size_t most = MAX(printer->style->width / 5,
				(size_t)WHERE_MIN);
	struct strbuf text = STRBUF_INIT;
	size_t others;

	time_unit_add(&text, &printer->unit, printer->total_ns);
	printer->time_width = MAX(text.len, strlen("total ") +
				  strlen(printer->unit.name));
	for (uint32_t i = 0; i < count; i++) {
		if (!is_visible(printer, i))
			continue;
		strbuf_clear(&text);
		add_place(&text, printer, i);
		printer->where_width = MAX(printer->where_width,
					   escape_width(strbuf_text(&text)));
	}
	strbuf_release(&text);
	printer->where_width = MIN(printer->where_width, most);
	/* "TIME  100.0%  100.0%  NAME  WHERE" */
	others = printer->time_width + 18 + 2 + printer->where_width;
	printer->name_width = NAME_MIN + INDENT;
	if (printer->style->width > others + printer->name_width)
		printer->name_width = printer->style->width - others;
}

static void add_right(struct strbuf *out, const struct text_style *style,
		      enum text_tone tone, const char *text, size_t width)
{
	const size_t len = strlen(text);

	strbuf_add_repeat(out, ' ', len < width ? width - len : 0);
	text_add(out, style, tone, text);
}

static void print_numbers(const struct tree_printer *printer,
			  const struct call_node *node)
{
	const uint64_t total = printer->total_ns;
	struct strbuf text = STRBUF_INIT;

	time_unit_add(&text, &printer->unit, node->total_ns);
	add_right(printer->out, printer->style, TONE_PLAIN, strbuf_text(&text),
		  printer->time_width);
	strbuf_clear(&text);
	percent_add(&text, node->total_ns, total);
	add_right(printer->out, printer->style,
		  tone_of_share(node->total_ns, total), strbuf_text(&text), 8);
	strbuf_clear(&text);
	/* Most nodes have none: leave those blank. */
	if (node->self_ns * 2000 >= total && node->self_ns)
		percent_add(&text, node->self_ns, total);
	add_right(printer->out, printer->style,
		  tone_of_share(node->self_ns, total), strbuf_text(&text), 8);
	strbuf_add(printer->out, "  ");
	strbuf_release(&text);
}

/* Returns the columns that the indent takes. */
static size_t print_indent(const struct tree_printer *printer,
			   const struct pending *at, bool connector)
{
	const bool utf8 = printer->style->utf8;
	const size_t most = (printer->name_width - NAME_MIN) / INDENT;
	const size_t levels = at->level;
	size_t from = levels > most ? levels - most : 0;
	struct strbuf text = STRBUF_INIT;

	for (size_t i = from; i < levels; i++) {
		bool more = printer->bars.items[i];

		if (from && i == from)
			strbuf_add(&text, utf8 ? "┄┄ " : "~~ ");
		else if (connector && i + 1 == levels)
			strbuf_add(&text, utf8 ? (at->last ? "└─ " : "├─ ") :
				   (at->last ? "`- " : "|- "));
		else
			strbuf_add(&text, !more ? "   " : utf8 ? "│  " :
				   "|  ");
	}
	text_add(printer->out, printer->style, TONE_DIM, strbuf_text(&text));
	strbuf_release(&text);
	return (levels - from) * INDENT;
}

static void add_name(struct strbuf *out, const struct tree_printer *printer,
		     const struct call_node *node)
{
	const struct function *function =
		node_function(printer->view, node);

	if (function)
		function_name_add(out, printer->view->profile, function);
	else
		node_name_add(out, printer->view, printer->tree, node);
}

/* Blanks between a name, which ends at `used`, and its place. */
static void add_gap(struct tree_printer *printer, size_t used)
{
	printer->widest = MAX(printer->widest, used);
	strbuf_add_repeat(printer->out, ' ', 2 + printer->place_at -
			  MIN(used, printer->place_at));
}

/* A name without a place may run on to the end of the line. */
static void print_name(struct tree_printer *printer,
		       const struct call_node *node, size_t indent,
		       bool has_place)
{
	static const char recursive[] = " (recursive)";
	const struct function *function =
		node_function(printer->view, node);
	const bool hot = node->self_ns * 20 >= printer->total_ns;
	struct strbuf name = STRBUF_INIT;
	struct strbuf fitted = STRBUF_INIT;
	size_t width = printer->name_width - indent;
	const bool mark = node->recursive && width > NAME_MIN &&
			  KEY_KIND(node->key) == KEY_CODE;

	if (!has_place)
		width += 2 + printer->where_width;
	if (mark)
		width -= strlen(recursive);
	add_name(&name, printer, node);
	name_add_function(&fitted, printer->style, strbuf_text(&name), width);
	text_add(printer->out, printer->style,
		 !function ? TONE_WARNING : hot ? TONE_TITLE : TONE_PLAIN,
		 strbuf_text(&fitted));
	if (mark)
		text_add(printer->out, printer->style, TONE_DIM, recursive);
	if (has_place)
		add_gap(printer, indent + escape_width(strbuf_text(&fitted)) +
			(mark ? strlen(recursive) : 0));
	strbuf_release(&fitted);
	strbuf_release(&name);
}

static void end_line(struct strbuf *out)
{
	while (out->len && out->text[out->len - 1] == ' ')
		out->text[--out->len] = '\0';
	strbuf_add_char(out, '\n');
}

static void print_node(struct tree_printer *printer, uint32_t id,
		       const struct pending *at, bool connector)
{
	const struct call_node *node = node_at(printer, id);
	struct strbuf place = STRBUF_INIT;
	struct strbuf fitted = STRBUF_INIT;
	struct strbuf safe = STRBUF_INIT;
	size_t indent;

	print_numbers(printer, node);
	indent = print_indent(printer, at, connector);
	add_place(&place, printer, id);
	print_name(printer, node, indent, place.len);
	text_add_foreign(&safe, printer->style, strbuf_text(&place));
	text_add_cut_middle(&fitted, printer->style, strbuf_text(&safe),
			    printer->where_width);
	text_add(printer->out, printer->style, TONE_DIM,
		 strbuf_text(&fitted));
	end_line(printer->out);
	strbuf_release(&fitted);
	strbuf_release(&safe);
	strbuf_release(&place);
	printer->shown++;
}

static bool is_made_at_run_time(const struct tree_printer *printer, size_t i)
{
	const struct view *view = printer->view;
	const struct function *function = node_function(
		view, node_at(printer, printer->chain.items[i]));

	return function && view->profile->modules.items[function->module]
			   .module.kind == MODULE_JIT;
}

/*
 * The names of the nodes [from, to).  Of an interpreter, and the functions of
 * the program that it interprets, only these: true then.
 */
static bool add_folded_names(struct strbuf *out, struct tree_printer *printer,
			     size_t from, size_t to)
{
	struct strbuf name = STRBUF_INIT;
	const char *before = "";
	size_t made = 0;

	for (size_t i = from; i < to; i++)
		made += is_made_at_run_time(printer, i);
	made = made < to - from ? made : 0;
	for (size_t i = from; i < to; i++) {
		if (made && !is_made_at_run_time(printer, i))
			continue;
		strbuf_clear(&name);
		add_name(&name, printer,
			 node_at(printer, printer->chain.items[i]));
		strbuf_add(out, before);
		name_add_function(out, printer->style, strbuf_text(&name), 40);
		before = printer->style->utf8 ? " › " : " > ";
	}
	strbuf_release(&name);
	return made;
}

/* One line for the nodes [from, to) of the chain. */
static void print_folded(struct tree_printer *printer, size_t from, size_t to,
			 const struct pending *at)
{
	const struct text_style *style = printer->style;
	struct strbuf line = STRBUF_INIT;
	struct strbuf names = STRBUF_INIT;
	size_t width;
	bool made;

	strbuf_add_repeat(printer->out, ' ', printer->time_width + 18);
	width = printer->name_width - print_indent(printer, at, false);
	width += 2 + printer->where_width;
	made = add_folded_names(&names, printer, from, to);
	strbuf_addf(&line, "%s %zu frames%s", text_ellipsis(style), to - from,
		    made ? " with " : ": ");
	width -= MIN(escape_width(strbuf_text(&line)), width);
	/* What the program came to is nearer to what it did there. */
	if (made)
		text_add_cut_start(&line, style, strbuf_text(&names), width);
	else
		text_add_cut_end(&line, style, strbuf_text(&names), width);
	text_add(printer->out, style, TONE_DIM, strbuf_text(&line));
	end_line(printer->out);
	strbuf_release(&names);
	strbuf_release(&line);
	printer->shown += to - from;
}

/* Nothing happens at this node of the chain but that it calls the next. */
static bool is_dull(const struct tree_printer *printer, size_t i)
{
	const struct u32_vec *chain = &printer->chain;
	const struct call_node *node = node_at(printer, chain->items[i]);
	const struct call_node *before;

	if (printer->view->all_frames || !i || i + 1 == chain->count ||
	    KEY_KIND(node->key) != KEY_CODE ||
	    node->self_ns * 100 >= printer->total_ns)
		return false;
	before = node_at(printer, chain->items[i - 1]);
	/* The first function of a program or thread is where one begins. */
	if (KEY_KIND(before->key) != KEY_CODE)
		return false;
	return before->total_ns - MIN(node->total_ns, before->total_ns) <=
		printer->total_ns / 20;
}

static void print_chain(struct tree_printer *printer, const struct pending *at)
{
	size_t to;

	for (size_t i = 0; i < printer->chain.count; i = to) {
		for (to = i; to < printer->chain.count && is_dull(printer, to);
		     to++)
			;
		if (to - i >= FOLD_MIN) {
			print_folded(printer, i, to, at);
			continue;
		}
		to = MAX(to, i + 1);
		for (size_t j = i; j < to; j++)
			print_node(printer, printer->chain.items[j], at,
				   at->branch && j == 0);
	}
}

/* Children are printed in their order, so they are put in reverse. */
static void push_children(struct tree_printer *printer, uint32_t parent,
			  uint32_t level)
{
	const size_t first = printer->pending.count;
	uint32_t id = node_at(printer, parent)->first_child;
	size_t count = 0;

	for (; id != ID_NONE && is_visible(printer, id);
	     id = node_at(printer, id)->next_sibling, count++)
		pending_vec_push(&printer->pending, (struct pending){
			.node = id, .level = level + 1, .branch = true,
		});
	if (!count)
		return;
	printer->pending.items[first + count - 1].last = true;
	for (size_t i = 0; i < count / 2; i++) {
		struct pending *a = &printer->pending.items[first + i];
		struct pending *b =
			&printer->pending.items[first + count - 1 - i];
		struct pending swap = *a;

		*a = *b;
		*b = swap;
	}
}

static void print_pending(struct tree_printer *printer)
{
	while (printer->pending.count) {
		const struct pending at =
			printer->pending.items[--printer->pending.count];
		uint32_t id = at.node;
		uint32_t end = id;

		if (at.branch) {
			while (printer->bars.count < at.level)
				u8_vec_push(&printer->bars, 0);
			printer->bars.items[at.level - 1] = !at.last;
		}
		printer->chain.count = 0;
		for (; id != ID_NONE; id = only_child(printer, id)) {
			u32_vec_push(&printer->chain, id);
			end = id;
		}
		print_chain(printer, &at);
		push_children(printer, end, at.level);
	}
}

static void print_title(struct tree_printer *printer)
{
	const char *name = printer->tree->inverted ? "called by" : "call tree";
	struct strbuf title = STRBUF_INIT;

	strbuf_addf(&title, "%*s%s %s   total    self  %s",
		    (int)(printer->time_width - 6 -
			  strlen(printer->unit.name)), "", "total",
		    printer->unit.name, name);
	if (printer->where_width) {
		strbuf_add_repeat(&title, ' ',
				  printer->place_at - strlen(name) + 2);
		strbuf_add(&title, "where");
	}
	text_add(printer->out, printer->style, TONE_TITLE,
		 strbuf_text(&title));
	strbuf_add_char(printer->out, '\n');
	strbuf_release(&title);
}

static void print_hidden(const struct tree_printer *printer)
{
	const size_t hidden = printer->tree->tree.nodes.count -
			      printer->shown + printer->tree->tree.pruned;
	struct strbuf text = STRBUF_INIT;

	if (!hidden)
		return;
	units_add_count(&text, hidden);
	strbuf_addf(&text, " %s below %.3g%% of the time %s not shown "
		    "(--min-percent)", hidden == 1 ? "call" : "calls",
		    printer->view->min_percent, hidden == 1 ? "is" : "are");
	text_add(printer->out, printer->style, TONE_DIM, strbuf_text(&text));
	strbuf_add_char(printer->out, '\n');
	strbuf_release(&text);
}

static void print_tree(struct tree_printer *printer)
{
	printer->shown = 0;
	pending_vec_push(&printer->pending, (struct pending){ .node = 0 });
	print_pending(printer);
}

/* Print once for nothing, to put the places right behind the names. */
static void fit_names(struct tree_printer *printer)
{
	struct strbuf *out = printer->out;
	struct strbuf nowhere = STRBUF_INIT;

	printer->out = &nowhere;
	print_tree(printer);
	printer->out = out;
	printer->place_at = MAX(printer->widest, (size_t)NAME_MIN);
	strbuf_release(&nowhere);
}

void tree_text(struct strbuf *out, const struct text_style *style,
	       const struct view *view, const struct view_tree *tree)
{
	const uint64_t total_ns = tree->tree.nodes.items[0].total_ns;
	struct tree_printer printer = {
		.out = out,
		.style = style,
		.view = view,
		.tree = tree,
		.unit = time_unit_for(total_ns),
		.total_ns = total_ns,
		.threshold_ns = total_ns * (view->min_percent / 100),
	};

	if (view->min_percent > 0 && !printer.threshold_ns)
		printer.threshold_ns = 1;
	measure(&printer);
	fit_names(&printer);
	print_title(&printer);
	print_tree(&printer);
	print_hidden(&printer);
	pending_vec_release(&printer.pending);
	u8_vec_release(&printer.bars);
	u32_vec_release(&printer.chain);
}
