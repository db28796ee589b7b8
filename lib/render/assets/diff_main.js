/* SPDX-License-Identifier: MIT */
/* The page of a comparison: both sides told, views, keys. */

const KEYS = [["1 – 5", "the views"], ["/ or Ctrl F", "search"],
	["n, N", "next match, the one before"],
	["w", "what boxes are as wide as: both sides, base, new"],
	["c", "CPU time, or wall time"],
	["i", "flame upside down"], ["0", "no zoom"],
	["Esc", "end search, zoom"],
	["arrows", "move in the graph, tree, table"],
	["Enter", "zoom in; show the flame graph"],
	["→ ← *", "open, close, open all (tree)"],
	["d", "dark or light"], ["?", "these keys"]];

const diffInfoView = {
	title: "Info",

	build() {
		this.body = el("div", { class: "infos" });
		return el("section", { class: "view scroll" }, this.body);
	},

	draw() {
		const { raw } = app.data;

		this.body.replaceChildren(this.side("Base", raw.sides[BASE]),
			this.side("New", raw.sides[NEW]), this.method(),
			keysPanel());
	},

	side(title, side) {
		return infoList(title, [["Name", side.name],
			["Version", side.version], ["Command", side.command],
			["Labels", side.labels.map((pair) => pair.join("="))
				.join(", ")],
			["Started", side.start ? new Date(side.start)
				.toISOString() : ""],
			["Host", side.host], ["CPU", side.cpu],
			["Plain runs", side.plain || ""],
			["Sampled runs", side.profiled],
			["Samples", fmtCount(side.samples)],
			["Files", side.fileCount > side.files.length ?
				fmtCount(side.fileCount) :
				side.files.join(", ")]]);
	},

	method() {
		const { raw, tree, merged } = app.data;
		const deciding = raw.metrics.find((metric) => metric.decides);

		return infoList("How it was judged", [
			["Runs", raw.runs],
			["Judged by", deciding ? deciding.change.by : ""],
			["Intervals hold with", deciding ?
				fmtFigure(deciding.change.level * 100) + "%" :
				""],
			["Changes that count", "above " +
				fmtFigure(deciding ? deciding.change.margin :
					raw.threshold) + "%"],
			["Noise of the base", raw.noise === null ? "not known" :
				fmtFigure(raw.noise) + "%"],
			["Nodes of the call tree", fmtCount(tree.count - 1)],
			["Merged into (other)", merged ?
				fmtCount(merged) + " calls" : "nothing"],
			["Network",
				"never used: the page's policy forbids it"]]);
	},
};

const views = { summary: summaryView, flame: diffFlameView,
	functions: diffFunctionsView, tree: diffTreeView,
	info: diffInfoView };

/* Keys that are not those of every page. */
function pageKey(event) {
	if (event.key !== "Escape")
		return false;
	if (app.state.q)
		setState({ q: "" });
	else if (app.state.zoom)
		setState({ zoom: 0 });
	return true;
}

openPage({
	read: readComparison,

	parts: [themePart, searchBox, stage],

	build() {
		const { sides } = app.data.raw;
		const command = sides[NEW].command;

		return el("div", { class: "top" }, el("div", { class: "title" },
			el("h1", {}, sideName(NEW), el("span", { class:
				"dim against" }, " against "), sideName(BASE)),
			el("p", { class: "dim", title: command }, command)),
		searchBox.build());
	},

	resize() {
	},
});
