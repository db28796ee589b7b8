/* SPDX-License-Identifier: MIT */
/* The flame graph of everything: way in, zoom, details. */

const flameView = {
	title: "Flame graph",

	/* What stands around the graph. */
	buildParts() {
		this.path = el("div", { class: "crumbs", role: "navigation",
			"aria-label": "Zoom" });
		this.detail = el("div", { class: "detail",
			"aria-live": "polite" });
		this.turn = el("button", { class: "quiet", title:
			"Roots at the top or at the bottom (i)",
			on: { click: () => setState({ up: !app.state.up }) } });
	},

	build() {
		this.flame = new Flame("Flame graph; arrow keys move, Enter " +
			"zooms, s shows callers and callees", {
			zoom: (node) => setState({ zoom: node }),
			pick: (node) => this.tell(node),
			open: (node) => openFunction(this.source.fn(node)),
		});
		this.buildParts();
		return el("section", { class: "view fill" },
			el("div", { class: "bar" }, this.path, this.turn),
			this.flame.canvas,
			el("div", { class: "foot" }, this.detail, legend()));
	},

	draw() {
		const { data, sums, state } = app;
		const zoom = sums.total[state.zoom] > 0 ? state.zoom : 0;

		if (this.sums !== sums) {
			this.sums = sums;
			this.source = topDown(data, sums);
			this.source.rootName = this.rootName(sums);
		}
		this.turn.textContent = state.up ? "Roots at the bottom" :
			"Roots at the top";
		this.crumbs(zoom);
		this.flame.show(this.source, { all: sums.all, zoom,
			up: state.up });
		this.tell(this.flame.selected === null ? zoom :
			this.flame.selected);
	},

	rootName(sums) {
		return "all · " + fmtTime(sums.all);
	},

	/* The last few steps: deep stacks would fill the line. */
	crumbs(zoom) {
		const { tree, names } = app.data, steps = [];

		for (let node = zoom; node > 0; node = tree.parent[node])
			steps.unshift(node);
		const shown = steps.slice(-3);
		const crumb = (label, node) => el("button", { class: "crumb",
			on: { click: () => setState({ zoom: node }) } }, label);

		this.path.replaceChildren(crumb("All", 0),
			steps.length > shown.length ? el("span",
				{ class: "dim" },
				"… " + (steps.length - shown.length) +
					" …") : "",
			...shown.map((node) => crumb(names[tree.fn[node]],
				node)));
	},

	tell(node) {
		const rows = describe(this.source, node, app.sums.all);
		const fn = this.source.fn(node);

		const more = rows.slice(1).filter(Boolean).join(" · ");

		this.detail.replaceChildren(el("b", {}, rows[0]), " ",
			el("span", { class: "dim" }, more), " ",
			fn >= 0 && fn < app.data.fns ? el("button", {
				class: "quiet",
				on: { click: () => openFunction(fn) },
			}, "Callers and callees") : "");
	},

	key(event) {
		if (event.key === "i")
			setState({ up: !app.state.up });
		else if (event.key === "0" || event.key === "Backspace")
			setState({ zoom: 0 });
		else if (event.key === "n" || event.key === "N")
			this.nextMatch(event.key === "N" ? -1 : 1);
		else
			return false;
		return true;
	},

	/* The next visible box that the search fits. */
	nextMatch(step) {
		const boxes = this.flame.boxes.filter((box) => app.found &&
			this.source.fn(box.node) >= 0 &&
			app.found.hit[this.source.fn(box.node)]);
		const at = boxes.findIndex((box) =>
			box.node === this.flame.selected);
		const box = boxes[(at + step + boxes.length) % boxes.length];

		if (!box)
			return;
		this.flame.selected = box.node;
		this.flame.reveal(box);
		this.flame.draw();
		this.tell(box.node);
	},
};

/* Which colour is which module; the rest of them share the hues. */
function legend() {
	const order = app.data.modules.map((module, i) => i)
		.filter((i) => app.data.modules[i].kind !== 3)
		.sort((a, b) => app.data.hue[a] - app.data.hue[b]).slice(0, 6);

	return el("ul", { class: "legend", "aria-label": "Colours of modules" },
		order.map((i) => {
			const swatch = el("i", { class: "swatch" });

			swatch.dataset.module = i;
			return el("li", {}, swatch, app.data.modules[i].name);
		}));
}

/* Swatches take their colours when the theme is known. */
function paintSwatches(root) {
	for (const swatch of root.querySelectorAll("[data-module]"))
		swatch.style.background = moduleColour(+swatch.dataset.module);
	for (const swatch of root.querySelectorAll("[data-hue]"))
		swatch.style.background = palette().modules[
			swatch.dataset.hue];
	for (const swatch of root.querySelectorAll("[data-state]"))
		swatch.style.background = stateColour(+swatch.dataset.state);
}
