/* SPDX-License-Identifier: MIT */
/* What is looked at: kept in the link, so that a link shows the same. */

const VIEWS = ["overview", "flame", "timeline", "tree", "functions",
	"sandwich", "source", "modules", "info"];
const CLOCKS = ["cpu", "wall", "off-cpu"];

function defaultState(data) {
	return { view: "overview", clock: data.raw.clock, who: "", from: 0,
		to: data.raw.slots, q: "", fn: -1, zoom: 0, up: false,
		inverted: false, theme: "" };
}

/* Only values that make sense come out of a link. */
function readHash(data) {
	const state = defaultState(data);
	const words = new URLSearchParams(location.hash.slice(1));
	const number = (key, low, high, none) => {
		const value = parseInt(words.get(key), 10);

		return value >= low && value <= high ? value : none;
	};

	if (VIEWS.includes(words.get("view")))
		state.view = words.get("view");
	if (CLOCKS.includes(words.get("clock")))
		state.clock = words.get("clock");
	if (/^[tp]\d+$/.test(words.get("who") || ""))
		state.who = words.get("who");
	state.from = number("from", 0, data.raw.slots - 1, 0);
	state.to = number("to", state.from + 1, data.raw.slots, data.raw.slots);
	state.q = (words.get("q") || "").slice(0, 500);
	state.fn = number("fn", 0, data.fns - 1, -1);
	state.zoom = number("zoom", 0, data.tree.count - 1, 0);
	state.up = words.get("up") === "1";
	state.inverted = words.get("inverted") === "1";
	if (["light", "dark"].includes(words.get("theme")))
		state.theme = words.get("theme");
	return state;
}

function filterKey(state) {
	return [state.clock, state.who, state.from, state.to].join(" ");
}

/* Bring sums and search up to date with the state. */
function refresh() {
	const key = filterKey(app.state);

	if (app.key !== key) {
		app.key = key;
		app.sums = addUp(app.data, app.state);
		app.found = null;
	}
	if (!app.state.q)
		app.found = null;
	else if (!app.found || app.found.text !== app.state.q)
		app.found = search(app.data, app.sums, app.state.q);
}

function hasRange() {
	return app.state.from > 0 || app.state.to < app.data.raw.slots;
}

function slotTime(slot) {
	return slot * app.data.slotNs;
}

function threadLabel(thread) {
	const row = app.data.raw.threads[thread];

	return row.name + " " + row.tid;
}

function clockLabel(clock) {
	return { cpu: "CPU time", wall: "wall time",
		"off-cpu": "time off the CPU" }[clock];
}
