/* SPDX-License-Identifier: MIT */
/* The flame graph of both sides: width is time, colour is the change. */

/* What is told of a box, in the tip and below the graph. */
function describe(source, node) {
	const { data } = app, fn = source.fn(node), delta = nodeDelta(node);
	const [base, fresh] = data.sides.map((side) => side.total[node]);
	const own = data.sides.map((side) => side.self[node]);
	const row = data.rowOf.get(fn), fate = nodeFate(node);

	return [fn < 0 ? "All" : data.names[fn],
		fate > 0 ? "new: " + fmtTime(fresh) + " per run" :
			fate < 0 ? "gone: was " + fmtTime(base) + " per run" :
				fmtTime(base) + " → " + fmtTime(fresh) +
				" per run",
		fate ? null : fmtDelta(delta) + (base ? " (" +
			fmtShift(100 * delta / base) + ")" : ""),
		own[BASE] || own[NEW] ? "of its own: " + fmtTime(own[BASE]) +
			" → " + fmtTime(own[NEW]) : null,
		row ? "the function's CPU time, everywhere: " + fmtDelta(
			row.change.delta) + ", " + rowVerdict(row) : null,
		placeOf(fn)];
}

class DiffFlame extends Flame {
	fill(box, style) {
		const fn = this.source.fn(box.node);

		if (app.found && fn >= 0)
			return app.found.hit[fn] ? diffColour(
				nodeDelta(box.node), app.data.most) :
				style.faded;
		return diffColour(nodeDelta(box.node), app.data.most);
	}

	mark(ctx, box, height) {
		const fate = nodeFate(box.node);
		const fn = this.source.fn(box.node);

		if (fate && box.w > 2)
			hatch(ctx, box, height, fate);
		if (app.found && fn >= 0 && app.found.hit[fn] && box.w > 3) {
			ctx.strokeStyle = palette().match;
			ctx.lineWidth = 2;
			ctx.strokeRect(box.x + 1, box.y + 1, Math.max(1,
				box.w - 3), height - 2);
		}
	}

	/* The name, and how much it changed when there is room. */
	text(box, width, charWidth) {
		const name = super.text(box, width, charWidth);
		const fate = nodeFate(box.node);
		const word = fate > 0 ? "new " : fate < 0 ? "gone " : "";
		const more = word + "  " + fmtDelta(nodeDelta(box.node));
		const fits = (name.length + more.length) * charWidth <= width;

		if (!name || name.endsWith("…") || !fits)
			return name;
		return word + name + "  " + fmtDelta(nodeDelta(box.node));
	}
}

const diffFlameView = {
	...flameView,

	build() {
		this.flame = new DiffFlame("Flame graph of both sides; arrow " +
			"keys move, Enter zooms", {
			zoom: (node) => setState({ zoom: node }),
			pick: (node) => this.tell(node),
		});
		this.buildParts();
		this.clocks = clockSwitch();
		this.widths = Object.keys(WIDTHS).map((width) =>
			el("button", { class: "choice", "data-width": width,
				on: { click: () => setState({ width }) } },
			WIDTHS[width]));
		const switcher = el("div", { class: "switch", role: "group",
			"aria-label": "Width" }, this.widths);

		return el("section", { class: "view fill" },
			el("div", { class: "bar" }, this.path,
				el("div", { class: "ways" }, this.clocks,
					el("span", { class: "dim hint" },
						"Width"),
					switcher, this.turn)),
			this.flame.canvas,
			el("div", { class: "foot" }, this.detail,
				diffLegend()));
	},

	draw() {
		for (const button of this.widths)
			button.setAttribute("aria-pressed",
				button.dataset.width === app.state.width);
		showClock(this.clocks);
		flameView.draw.call(this);
		this.paint();
	},

	rootName() {
		const [base, fresh] = app.data.sides.map((side) => side.all);

		return "all · " + fmtTime(base) + " → " + fmtTime(fresh);
	},

	paint() {
		const most = app.data.most;
		const steps = this.root ? this.root.querySelectorAll(
			"[data-step]") : [];

		for (const step of steps)
			step.style.background = diffColour(+step.dataset.step *
				most, most);
		if (this.root)
			this.root.querySelector("[data-most]").textContent =
				"more time (" + fmtTime(most) + ")";
	},

	tell(node) {
		const rows = describe(this.source, node);

		this.detail.replaceChildren(el("b", {}, rows[0]), " ",
			el("span", { class: "dim" }, rows.slice(1)
				.filter(Boolean).join(" · ")));
	},

	key(event) {
		const widths = Object.keys(WIDTHS);
		const at = widths.indexOf(app.state.width);

		if (event.key === "c") {
			nextClock();
			return true;
		}
		if (event.key !== "w")
			return flameView.key.call(this, event);
		setState({ width: widths[(at + 1) % widths.length] });
		return true;
	},
};

/* The scale of colours, and what hatching means. */
function diffLegend() {
	const steps = [-1, -0.4, -0.1, 0, 0.1, 0.4, 1].map((step) =>
		el("i", { class: "step", "data-step": step }));

	return el("ul", { class: "legend", "aria-label": "Colours" },
		el("li", {}, "less", el("span", { class: "steps" }, steps),
			el("span", { "data-most": "" })),
		el("li", {}, el("i", { class: "swatch rising" }), "new"),
		el("li", {}, el("i", { class: "swatch falling" }), "gone"));
}
