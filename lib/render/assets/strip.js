/* SPDX-License-Identifier: MIT */
/* Time from left to right: how busy the program was, and which part counts. */

/*
 * What one thread, or all, did in each slot, per state: by intervals, which
 * fill the time.  Weights are for sums.
 */
function statesBySlot(data, accepts) {
	const { rec } = data, slots = data.raw.slots;
	const rows = data.raw.states.map(() => null);

	for (let i = 0; i < rec.count; i++) {
		if (accepts && !accepts(rec.thread[i]))
			continue;
		const state = rec.state[i];
		const row = rows[state] || (rows[state] =
			new Float64Array(slots));
		const part = rec.time[i] / rec.slots[i];

		for (let at = 0; at < rec.slots[i]; at++)
			row[rec.slot[i] + at] += part;
	}
	return rows;
}

/* Groups neighbouring slots: columns of two pixels show shapes, not noise. */
function slotsPerColumn(slots, width) {
	return Math.max(1, Math.ceil(2 * slots / Math.max(1, width)));
}

/* Marks at round times along the lower edge, or the upper one. */
function drawTimes(ctx, box, data) {
	const step = niceStep(data.raw.duration, box.width / rem(6));

	ctx.fillStyle = cssColour("--dim");
	ctx.font = rem(0.68) + "px " + cssColour("--sans");
	ctx.textBaseline = "middle";
	for (let ns = 0; ns < data.raw.duration; ns += step) {
		const x = box.x + box.width * ns / data.raw.duration;

		ctx.globalAlpha = 0.2;
		ctx.fillRect(Math.round(x), box.y, 1, box.height);
		ctx.globalAlpha = 1;
		if (x + rem(3) < box.x + box.width)
			ctx.fillText(fmtTime(ns), x + 4, box.labelY);
	}
}

/* What the range leaves out is covered; its ends are drawn. */
function drawRange(ctx, box) {
	const { from, to } = app.state, slots = app.data.raw.slots;
	const left = box.x + box.width * from / slots;
	const right = box.x + box.width * to / slots;

	if (!hasRange())
		return;
	ctx.fillStyle = cssColour("--veil");
	ctx.fillRect(box.x, box.y, left - box.x, box.height);
	ctx.fillRect(right, box.y, box.x + box.width - right, box.height);
	ctx.fillStyle = cssColour("--accent");
	ctx.fillRect(left - 1, box.y, 2, box.height);
	ctx.fillRect(right - 1, box.y, 2, box.height);
}

/*
 * Dragging over `canvas` selects a range of time; `area()` tells where time
 * is in it.  A click gives all of it back; fingers that move up or down do
 * something else.
 */
function rangeDrag(canvas, area) {
	let start = null, pending = null, down = null;
	const slotAt = (event) => {
		const box = area(), slots = app.data.raw.slots;

		return clamp((xWithin(canvas, event) - box.x) / box.width *
			slots, 0, slots);
	};

	/* Mice report more often than screens draw: one change a frame. */
	const apply = () => {
		const change = pending;

		pending = null;
		if (change)
			setState(change);
	};

	canvas.addEventListener("pointerdown", (event) => {
		/* Beside the time there may be names, which are no time. */
		if (xWithin(canvas, event) < area().x)
			return;
		start = slotAt(event);
		down = event;
		canvas.dragged = false;
		canvas.setPointerCapture(event.pointerId);
	});
	canvas.addEventListener("pointermove", (event) => {
		if (start === null || isUpright(down, event))
			return;
		const at = slotAt(event), slots = app.data.raw.slots;
		const first = clamp(Math.floor(Math.min(start, at)), 0,
			slots - 1);

		if (Math.abs(at - start) * area().width / slots <= 3)
			return;
		canvas.dragged = true;
		if (!pending)
			requestAnimationFrame(apply);
		pending = { from: first, to: clamp(Math.ceil(
			Math.max(start, at)), first + 1, slots) };
	});
	canvas.addEventListener("pointercancel", () => {
		start = pending = null;
	});
	canvas.addEventListener("pointerup", (event) => {
		const slots = app.data.raw.slots;

		apply();
		if (start !== null && Math.abs(slotAt(event) - start) *
		    area().width / slots <= 3)
			setState({ from: 0, to: slots });
		start = null;
	});
}

/* Arrows move the range, with Shift its end; Escape ends it. */
function rangeKey(event) {
	const { from, to } = app.state, slots = app.data.raw.slots;
	const step = Math.max(1, Math.round(slots / 50));
	const move = { ArrowLeft: -step, ArrowRight: step }[event.key];

	if (event.key === "Escape" && hasRange())
		setState({ from: 0, to: slots });
	else if (move && event.shiftKey)
		setState({ to: clamp(to + move, from + 1, slots) });
	else if (move && !hasRange())
		setState({ from: 0, to: Math.ceil(slots / 10) });
	else if (move) {
		const start = clamp(from + move, 0, slots - (to - from));

		setState({ from: start, to: start + to - from });
	} else
		return;
	event.preventDefault();
	event.stopPropagation();
}

const strip = {
	build() {
		this.canvas = el("canvas", { class: "strip", tabindex: "0",
			role: "slider",
				"aria-label": "Range of time; arrow keys " +
				"move it, Shift and arrows change its length",
			"aria-valuemin": "0", on: { keydown: rangeKey } });
		rangeDrag(this.canvas, () => this.area());
		return this.canvas;
	},

	area() {
		return { x: 0, width: this.canvas.clientWidth };
	},

	update(state, before) {
		if (!before || before.who !== state.who)
			this.rows = statesBySlot(app.data,
				threadFilter(app.data, state.who));
		this.canvas.setAttribute("aria-valuenow", state.from);
		this.canvas.setAttribute("aria-valuemax", app.data.raw.slots);
		this.canvas.setAttribute("aria-valuetext", "from " +
			fmtTime(slotTime(state.from)) + " to " +
			fmtTime(slotTime(state.to)));
		this.draw();
	},

	draw() {
		if (!this.canvas.clientWidth)
			return;
		const { ctx, width, height } = fitCanvas(this.canvas);
		const labels = rem(1.1);
		const box = { x: 0, y: 0, width, height,
			labelY: height - labels / 2 };

		this.curve(ctx, width, height - labels);
		drawTimes(ctx, box, app.data);
		drawRange(ctx, box);
	},

	/* Threads on a CPU, and on top of them those that want one. */
	curve(ctx, width, height) {
		const slots = app.data.raw.slots;
		const group = slotsPerColumn(slots, width);
		const sum = (row, at) => {
			let ns = 0;

			for (let i = at; row && i < Math.min(at + group,
				slots); i++)
				ns += row[i];
			return ns / (group * app.data.slotNs);
		};
		let most = 0;

		for (let at = 0; at < slots; at += group)
			most = Math.max(most, sum(this.rows[RUNNING], at) +
				sum(this.rows[RUNNABLE], at));
		this.most = Math.max(1, most);
		const scale = (height - 4) / this.most;

		for (let at = 0; at < slots; at += group) {
			const x = Math.round(width * at / slots);
			const w = Math.round(width * (at + group) / slots) - x;
			const run = sum(this.rows[RUNNING], at) * scale;
			const want = sum(this.rows[RUNNABLE], at) * scale;

			ctx.fillStyle = stateColour(RUNNING);
			ctx.fillRect(x, height - run, w, run);
			ctx.fillStyle = stateColour(RUNNABLE);
			ctx.fillRect(x, height - run - want, w, want);
		}
	},
};
