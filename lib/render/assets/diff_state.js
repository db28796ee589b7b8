/* SPDX-License-Identifier: MIT */
/* What is looked at in a comparison, and the sums that go with it. */

const VIEWS = ["summary", "flame", "functions", "tree", "info"];
const CODE_KINDS = { functions: "Functions", lines: "Lines",
	modules: "Modules" };
const CLOCKS = { wall: "Wall", cpu: "CPU" };
/* The graph is of all threads together, so both are sums over them. */
const CLOCK_WORDS = { wall: "wall time of all threads, waiting included",
	cpu: "CPU time" };
const WIDTHS = { both: "Both", base: "Base", new: "New" };

function defaultState(data) {
	return { view: "summary", clock: data.raw.clock, width: "both", q: "",
		zoom: 0, up: false, sort: "delta", by: "functions",
		theme: "" };
}

/* Only values that make sense come out of a link. */
function readHash(data) {
	const state = defaultState(data);
	const words = new URLSearchParams(location.hash.slice(1));
	const zoom = parseInt(words.get("zoom"), 10);

	if (VIEWS.includes(words.get("view")))
		state.view = words.get("view");
	if (Object.hasOwn(WIDTHS, words.get("width")))
		state.width = words.get("width");
	if (Object.hasOwn(DIFF_SORTS, words.get("sort")))
		state.sort = words.get("sort");
	if (Object.hasOwn(CODE_KINDS, words.get("by")))
		state.by = words.get("by");
	if (Object.hasOwn(CLOCKS, words.get("clock")))
		state.clock = words.get("clock");
	if (zoom > 0 && zoom < data.clocks[state.clock].tree.count)
		state.zoom = zoom;
	state.q = (words.get("q") || "").slice(0, 500);
	state.up = words.get("up") === "1";
	if (["light", "dark"].includes(words.get("theme")))
		state.theme = words.get("theme");
	return state;
}

/*
 * What boxes are as wide as: one side, or both together, so that what is
 * new and what is gone has a width, too.
 */
function widthSums(data, width) {
	const add = (column) => {
		const [base, fresh] = data.sides.map((side) => side[column]);

		return width === "base" ? base : width === "new" ? fresh :
			base.map((ns, i) => ns + fresh[i]);
	};
	const sums = { self: add("self"), total: add("total"),
		fnSelf: add("fnSelf"), fnTotal: add("fnTotal"),
		kids: new Map() };

	sums.all = sums.total[0];
	return sums;
}

/* Bring sums and search up to date with the state. */
function refresh() {
	const { state } = app;

	const key = state.clock + state.width;

	if (app.key !== key) {
		app.key = key;
		useClock(app.data, state.clock);
		app.sums = widthSums(app.data, state.width);
		app.found = null;
	}
	if (!state.q)
		app.found = null;
	else if (!app.found || app.found.text !== state.q)
		app.found = search(app.data, app.sums, state.q);
}

/* Of which time the graph and the tree are; zoom is of one of them. */
function clockSwitch() {
	return el("div", { class: "switch", role: "group",
		"aria-label": "Time" }, Object.keys(CLOCKS).map((clock) =>
		el("button", { class: "choice", "data-clock": clock,
			title: CLOCK_WORDS[clock],
			on: { click: () => setState({ clock, zoom: 0 }) } },
		CLOCKS[clock])));
}

function showClock(box) {
	for (const button of box.children)
		button.setAttribute("aria-pressed",
			button.dataset.clock === app.state.clock);
}

function nextClock() {
	setState({ clock: app.state.clock === "cpu" ? "wall" : "cpu",
		zoom: 0 });
}

function fmtDelta(ns) {
	return (ns > 0 ? "+" : ns < 0 ? "−" : "") + fmtTime(Math.abs(ns));
}

/* Three figures, without zeros at the end. */
function fmtFigure(value) {
	return String(Number(Number(value).toPrecision(3)));
}

/* "+12.3%"; what came from nothing has no percentage. */
function fmtShift(percent) {
	if (percent === null || !isFinite(percent))
		return "";
	return (percent > 0 ? "+" : percent < 0 ? "−" : "") +
		digits(Math.abs(percent)) + "%";
}

/* An amount of a metric, and a change of one. */
function fmtAmount(unit, amount) {
	if (amount === null)
		return "–";
	if (amount < 0)
		return "−" + fmtAmount(unit, -amount);
	switch (unit) {
	case "ns":
		return fmtTime(amount);
	case "bytes":
		return fmtBytes(Math.round(amount));
	case "ppm":
		return digits(amount / 1e4) + "%";
	default:
		return amount < 100 && amount % 1 ? digits(amount) :
			fmtCount(amount);
	}
}

function fmtChange(unit, amount) {
	return (amount > 0 ? "+" : "") + fmtAmount(unit, amount);
}

/* Is a node on both sides (0), new (1) or gone (-1)? */
function nodeFate(node) {
	const { sides } = app.data;

	if (!sides[BASE].total[node])
		return sides[NEW].total[node] ? 1 : 0;
	return sides[NEW].total[node] ? 0 : -1;
}

function nodeDelta(node) {
	const { sides } = app.data;

	return sides[NEW].total[node] - sides[BASE].total[node];
}

/* How sure is the change of a row?  For people. */
function rowVerdict(row) {
	const said = { "cannot-tell": "cannot tell" }[row.change.verdict] ||
		row.change.verdict;

	return row.flags ? said + ", " + row.flags : said;
}

/* To a function's boxes: the flame graph, with it searched for. */
function openFunction(fn) {
	if (fn >= 0 && fn < app.data.fns)
		setState({ view: "flame", zoom: 0, q: "^" +
			app.data.names[fn].replace(/[.*+?^${}()|[\]\\]/g,
				"\\$&") + "$" });
}
