/* SPDX-License-Identifier: MIT */
#include "render/html_assets.h"

#include <string.h>

/* The assembler copies a file in, with a NUL behind it. */
#define ASSET(name, file)						\
	__asm__(".section .rodata\n"					\
		".global html_asset_" #name "\n"			\
		"html_asset_" #name ":\n"				\
		".incbin \"lib/render/assets/" file "\"\n"		\
		".byte 0\n"						\
		".previous\n");						\
	extern const char html_asset_##name[]

ASSET(style_css, "style.css");
ASSET(details_css, "details.css");
ASSET(views_css, "views.css");
ASSET(diff_css, "diff.css");
ASSET(base_js, "base.js");
ASSET(link_js, "link.js");
ASSET(pack_js, "pack.js");
ASSET(data_js, "data.js");
ASSET(trees_js, "trees.js");
ASSET(model_js, "model.js");
ASSET(state_js, "state.js");
ASSET(colour_js, "colour.js");
ASSET(flame_js, "flame.js");
ASSET(describe_js, "describe.js");
ASSET(flame_view_js, "flame_view.js");
ASSET(strip_js, "strip.js");
ASSET(timeline_js, "timeline.js");
ASSET(series_js, "series.js");
ASSET(table_js, "table.js");
ASSET(tree_js, "tree.js");
ASSET(functions_js, "functions.js");
ASSET(sandwich_js, "sandwich.js");
ASSET(source_js, "source.js");
ASSET(overview_js, "overview.js");
ASSET(lists_js, "lists.js");
ASSET(frame_js, "frame.js");
ASSET(main_js, "main.js");
ASSET(diff_data_js, "diff_data.js");
ASSET(diff_state_js, "diff_state.js");
ASSET(diff_colour_js, "diff_colour.js");
ASSET(diff_flame_js, "diff_flame.js");
ASSET(diff_functions_js, "diff_functions.js");
ASSET(diff_tree_js, "diff_tree.js");
ASSET(diff_summary_js, "diff_summary.js");
ASSET(diff_main_js, "diff_main.js");

enum { SCRIPTS_MAX = 32 };

/* Ends with NULL. */
static const char *const scripts[HTML_PAGE_COUNT][SCRIPTS_MAX] = {
	[HTML_REPORT] = {
		html_asset_base_js, html_asset_link_js, html_asset_pack_js,
		html_asset_data_js, html_asset_trees_js, html_asset_model_js,
		html_asset_state_js, html_asset_colour_js,
		html_asset_flame_js, html_asset_describe_js,
		html_asset_flame_view_js, html_asset_strip_js,
		html_asset_series_js, html_asset_timeline_js,
		html_asset_table_js,
		html_asset_tree_js, html_asset_functions_js,
		html_asset_sandwich_js, html_asset_source_js,
		html_asset_overview_js, html_asset_lists_js,
		html_asset_frame_js, html_asset_main_js,
	},
	[HTML_DIFFERENCE] = {
		html_asset_base_js, html_asset_link_js, html_asset_pack_js,
		html_asset_diff_data_js, html_asset_trees_js,
		html_asset_diff_state_js, html_asset_colour_js,
		html_asset_diff_colour_js, html_asset_flame_js,
		html_asset_flame_view_js, html_asset_diff_flame_js,
		html_asset_table_js, html_asset_diff_functions_js,
		html_asset_tree_js, html_asset_diff_tree_js,
		html_asset_diff_summary_js, html_asset_frame_js,
		html_asset_diff_main_js,
	},
};

/*
 * Without indentation and comments, which are a fifth of it: no text spans
 * lines, and a line that begins with a comment has nothing else.
 */
static void add_lines(struct strbuf *out, const char *text)
{
	while (*text) {
		size_t len;

		text += strspn(text, "\t");
		if (strncmp(text, "/*", 2) == 0) {
			text = strstr(text, "*/") + strlen("*/");
			text += strspn(text, "\n");
			continue;
		}
		len = strcspn(text, "\n");
		len += text[len] == '\n';
		strbuf_add_bytes(out, text, len);
		text += len;
	}
}

void html_assets_script(struct strbuf *out, enum html_page_kind page)
{
	/* One scope, so that the files share names with nobody else. */
	strbuf_add(out, "/* cprof " CPROF_VERSION ", MIT licence */\n"
		   "\"use strict\";\n(() => {\n");
	for (const char *const *script = scripts[page]; *script; script++)
		add_lines(out, *script);
	strbuf_add(out, "})();\n");
}

void html_assets_style(struct strbuf *out, enum html_page_kind page)
{
	add_lines(out, html_asset_style_css);
	add_lines(out, html_asset_details_css);
	add_lines(out, html_asset_views_css);
	if (page == HTML_DIFFERENCE)
		add_lines(out, html_asset_diff_css);
}
