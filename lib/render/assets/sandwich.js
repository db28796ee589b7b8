/* SPDX-License-Identifier: MIT */
/* One function between its callers, above, and its callees, below. */

const sandwichView = {
	title: "Callers & callees",

	build() {
		const acts = (side) => ({
			pick: (node) => this.tell(side, node),
			open: (node) => openFunction(this[side].fn(node)),
		});

		this.up = new Flame("Callers, the nearest at the bottom", acts(
			"callers"));
		this.down = new Flame("Callees, the nearest at the top",
			acts("callees"));
		this.title_ = el("div", { class: "pivot" });
		this.detail = el("div", { class: "detail",
			"aria-live": "polite" });
		this.pick = functionPicker();
		this.none = ["Nothing that was seen calls it.",
			"It calls nothing that was seen."].map((text) =>
			el("p", { class: "none" }, text));
		return el("section", { class: "view fill sandwich" },
			el("div", { class: "bar" }, this.pick),
			el("div", { class: "half" }, el("h3", {}, "Callers"),
				this.up.canvas, this.none[0]),
			this.title_,
			el("div", { class: "half" }, el("h3", {}, "Callees"),
				this.down.canvas, this.none[1]),
			el("div", { class: "foot" }, this.detail));
	},

	draw() {
		const { data, sums } = app, fn = currentFunction();
		const key = app.key + " " + fn;

		if (this.drawn !== key) {
			const node = functionNode(data, sums, fn);

			this.drawn = key;
			this.callers = callersOf(data, { ...node, kids: null });
			this.callees = calleesOf(data, sums, { ...node,
				kids: null });
			this.detail.replaceChildren(el("span", { class: "dim" },
				"A double click, or s, goes to the function " +
				"that was clicked."));
		}
		this.pick.show(fn);
		this.head(fn);
		this.half(this.up, this.callers, this.none[0]);
		this.half(this.down, this.callees, this.none[1]);
		/* Once, when the heights of both are known. */
		this.up.draw();
		this.down.draw();
	},

	/* Each side is as high as it is deep, as far as there is room. */
	half(flame, source, none) {
		const empty = !source.kids(source.root).length;

		flame.canvas.hidden = empty;
		none.hidden = !empty;
		flame.set(source, { all: app.sums.all, up: flame === this.up,
			bare: true });
		flame.layout(Math.max(1, this.title_.clientWidth));
		flame.canvas.style.flex = "0 1 " +
			Math.max(1, flame.depth) * rem(1.45) + "px";
	},

	head(fn) {
		const { data, sums } = app;
		const facts = [["Total", sums.fnTotal[fn]], ["Self",
			sums.fnSelf[fn]]];

		this.title_.replaceChildren(
			el("h2", {}, data.names[fn]),
			el("div", { class: "facts" }, facts.map(([label, ns]) =>
				el("span", {}, label + " ", el("b", {},
					fmtPercent(ns, sums.all)), " " +
						fmtTime(ns))),
			el("span", {}, "Samples ", el("b", {},
				fmtCount(sums.fnSamples[fn]))),
			el("span", { class: "dim" }, placeOf(fn)),
			el("button", { class: "quiet", on: { click: () =>
				setState({ view: "source" }) } },
					"Source lines")),
			this.states(fn));
	},

	/* One bar: how long it ran, was ready, or waited and for what. */
	states(fn) {
		const { data, state: filter } = app;
		const states = statesOf(data, filter, (node) =>
			data.tree.fn[node] === fn);
		const all = states.reduce((sum, ns) => sum + ns, 0);
		const order = heaviest(states, 5);

		return el("div", { class: "did" },
			el("div", { class: "did-bar", "aria-hidden": "true" },
				order.map((state) => {
					const part = el("i");

					part.dataset.state = state;
					part.style.flexGrow = states[state] /
						Math.max(1, all);
					return part;
				})),
			el("ul", { class: "legend" }, order.map((state) => {
				const swatch = el("i", { class: "swatch" });

				swatch.dataset.state = state;
				return el("li", {}, swatch, stateShort(state) +
					" " +
					fmtPercent(states[state], all));
			})));
	},

	tell(side, node) {
		const rows = describe(this[side], node, app.sums.all);

		this.detail.replaceChildren(el("b", {}, rows[0]), " ",
			el("span",
			{ class: "dim" }, rows.slice(1).filter(Boolean).join(
				" · ")));
	},
};

/* Of `order`, the first whose text is here, else that has lines. */
function firstWithLines(order) {
	const { raw } = app.data;
	const texts = new Set((raw.sources || []).flatMap((text, i) =>
		text ? [raw.files[i]] : []));
	const lined = new Set(raw.placeFn.filter((fn, i) =>
		raw.placeLine[i] > 0));
	const text = order.find((fn) => texts.has(raw.fnFile[fn]));

	return text === undefined ? order.find((fn) => lined.has(fn)) : text;
}

/*
 * The one that was chosen, else the one with the most time of its own; for
 * the source view, of those with lines.
 */
function currentFunction() {
	const { sums, state, data } = app;
	const order = heaviest(sums.fnSelf.subarray(0, data.fns), 100);
	const hot = order.find(isCode) || order[0] || 0;

	if (state.fn >= 0)
		return state.fn;
	if (state.view !== "source")
		return hot;
	return firstWithLines(order) ?? hot;
}

/* A list of the heaviest functions to choose from. */
function functionPicker() {
	const select = el("select", { "aria-label": "Function", on: {
		change: () => setState({ fn: +select.value }) } });
	const label = el("label", { class: "picker" }, el("span", { class:
		"dim" }, "Function"), select);

	label.show = (fn) => {
		const { data, sums } = app;
		const order = [...Array(data.fns).keys()].filter((i) =>
			sums.fnTotal[i] > 0).sort((a, b) => sums.fnSelf[b] -
			sums.fnSelf[a] || sums.fnTotal[b] - sums.fnTotal[a])
			.slice(0, 200);

		if (!order.includes(fn))
			order.unshift(fn);
		select.replaceChildren(...order.map((i) => el("option",
			{ value: i, selected: i === fn }, data.names[i])));
		select.value = fn;
	};
	return label;
}

function openFunction(fn) {
	if (fn >= 0 && fn < app.data.fns)
		setState({ view: "sandwich", fn });
}
