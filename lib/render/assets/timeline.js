/* SPDX-License-Identifier: MIT */
/* Threads over time: running, ready, or waiting and for what. */

const timelineView = {
	title: "Timeline",

	build() {
		this.scroll = 0;
		this.at = 0;
		this.cache = new Map();
		this.order = seriesRows().concat(this.sortRows());
		this.canvas = el("canvas", { class: "timeline", tabindex: "0",
			role: "application",
			"aria-label": "Threads over time; up and down " +
				"choose a row, Enter shows only that thread " +
				"or the next call of a region, left and " +
				"right move the range",
			on: { wheel: (event) => this.wheel(event),
				keydown: (event) => this.keydown(event),
				mousemove: (event) => this.hover(event),
				mouseleave: () => tip.hide(),
				click: (event) => this.pick(event) } });
		rangeDrag(this.canvas, () => this.area());
		touchPan(this.canvas, (pixels) => this.pan(pixels));
		return el("section", { class: "view fill" },
			el("div", { class: "bar" }, el("p", { class: "dim" },
				"Drag to choose a part of the time, click a " +
				"name to choose a thread: every view then " +
				"shows that part.")),
			this.canvas,
			el("div", { class: "foot" }, this.legend()));
	},

	/* A process of several threads has a row of its own above them. */
	sortRows() {
		const { processes, threads } = app.data.raw;
		const order = this.sortThreads();
		const count = new Map();

		for (const thread of order)
			count.set(threads[thread].process,
				(count.get(threads[thread].process) || 0) + 1);
		return order.flatMap((thread, i) => {
			const process = threads[thread].process;
			const own = processes[process];
			const first = !i ||
				threads[order[i - 1]].process !== process;
			const row = { who: "t" + thread,
				label: threadLabel(thread),
				inner: count.get(process) > 1 };

			return (first && row.inner ? [{ who: "p" + process,
				label: own.name + " " + own.pid,
				sum: count.get(process) }, row] : [row])
				.concat(regionRows(thread));
		});
	},

	/* Process by process, the busiest threads first. */
	sortThreads() {
		const { rec, raw } = app.data;
		const cpu = new Float64Array(raw.threads.length);
		const busiest = new Map();

		for (let i = 0; i < rec.count; i++)
			cpu[rec.thread[i]] += rec.cpu[i] + rec.wall[i] * 1e-6;
		raw.threads.forEach((row, i) => busiest.set(row.process,
			Math.max(busiest.get(row.process) || 0, cpu[i])));
		const order = (a, b) => {
			const x = raw.threads[a].process;
			const y = raw.threads[b].process;

			return busiest.get(y) - busiest.get(x) || x - y ||
				cpu[b] - cpu[a];
		};

		return raw.threads.map((row, i) => i)
			.filter((i) => cpu[i] > 0).sort(order);
	},

	legend() {
		const all = addUp(app.data, { clock: "wall", who: "", from: 0,
			to: app.data.raw.slots });
		const order = [...all.states.keys()].filter((i) =>
			all.states[i]);

		return el("ul", { class: "legend",
			"aria-label": "Colours of states" },
			order.sort((a, b) => (b < 2) - (a < 2) || (a < 2 ?
				a - b :
				all.states[b] - all.states[a])).map((i) => {
				const swatch = el("i", { class: i ?
					"swatch thin" :
					"swatch" });

				swatch.dataset.state = i;
				return el("li", {}, swatch, stateLabel(i));
			}));
	},

	area() {
		const width = this.canvas.clientWidth;
		const x = Math.min(rem(13), Math.round(width * 0.32));

		return { x, width: Math.max(1, width - x - rem(0.5)) };
	},

	geometry() {
		const head = rem(1.6);
		const room = (
			this.canvas.clientHeight - head) / this.order.length;

		return { row: clamp(Math.floor(room), rem(2.1), rem(6)), head };
	},

	draw() {
		if (!this.canvas.clientWidth)
			return;
		const { ctx, width, height } = fitCanvas(this.canvas);
		const { row, head } = this.geometry(), area = this.area();

		this.scroll = clamp(this.scroll, 0, Math.max(0,
			this.order.length * row - (height - head)));
		ctx.save();
		ctx.beginPath();
		ctx.rect(0, head, width, height - head);
		ctx.clip();
		this.order.forEach((entry, i) => {
			const y = head + i * row - this.scroll;

			if (y + row > head && y < height)
				this.drawRow(ctx, i, entry, y, row, area);
		});
		ctx.restore();
		const end = Math.min(height, head + this.order.length * row);
		const box = { x: area.x, y: 0, width: area.width, height: end,
			labelY: head / 2 };

		drawTimes(ctx, box, app.data);
		drawRange(ctx, box);
	},

	/* Is the row part of what the choice of threads leaves? */
	isChosen(entry) {
		const { who } = app.state, id = parseInt(entry.who.slice(1),
			10);

		return !who || !entry.who || who === entry.who ||
			entry.who[0] === "t" &&
			threadFilter(app.data, who)(id);
	},

	drawRow(ctx, i, entry, y, row, area) {
		const quiet = !this.isChosen(entry);

		if (i === this.at && document.activeElement === this.canvas) {
			ctx.fillStyle = cssColour("--hover");
			ctx.fillRect(0, y, this.canvas.clientWidth, row);
		}
		ctx.globalAlpha = quiet ? 0.35 : 1;
		this.drawName(ctx, entry, y, row, area);
		(entry.metric ? drawMetric : entry.calls ? drawCalls :
			this.drawStates.bind(this))(ctx, entry, y + 3, row - 6,
			area);
		ctx.globalAlpha = 1;
		ctx.fillStyle = cssColour("--line");
		ctx.fillRect(0, y + row - 1, this.canvas.clientWidth, 1);
	},

	/* The highest value of a metric has a line of its own if it must. */
	drawName(ctx, entry, y, row, area) {
		const size = rem(0.8), x = entry.inner ? 4 + rem(0.9) : 4;
		const room = area.x - 8 - x, letter = size * 0.56;
		const two = entry.limit && entry.label.length * letter > room;
		const write = (text, at) => ctx.fillText(fitText(text, room,
			letter), x, y + row * at);

		ctx.textBaseline = "middle";
		ctx.font = (entry.inner ? "" : "600 ") + size + "px " +
			cssColour("--sans");
		ctx.fillStyle = cssColour(entry.inner ? "--dim" : "--ink");
		write(two ? entry.name : entry.label, two ? 0.3 : 0.5);
		if (two) {
			ctx.font = rem(0.72) + "px " + cssColour("--sans");
			ctx.fillStyle = cssColour("--dim");
			write(entry.limit, 0.72);
		}
	},

	slotsOf(entry) {
		if (!this.cache.has(entry.who))
			this.cache.set(entry.who, statesBySlot(app.data,
				threadFilter(app.data, entry.who)));
		return this.cache.get(entry.who);
	},

	/*
	 * On a CPU: full height; else a thin line in the colour of the wait.  A
	 * process is as high as all of its threads on a CPU would be.
	 */
	drawStates(ctx, entry, y, height, area) {
		const rows = this.slotsOf(entry), slots = app.data.raw.slots;
		const group = slotsPerColumn(slots, area.width);
		const unit = group * app.data.slotNs * (entry.sum || 1);

		for (let at = 0; at < slots; at += group) {
			const x = Math.round(area.x + area.width * at / slots);
			const w = Math.round(area.x + area.width * (at +
				group) /
				slots) - x;
			const sums = rows.map((row) => {
				let ns = 0;

				for (let j = 0; row && j < group; j++)
					ns += row[at + j] || 0;
				return ns / unit;
			});

			this.drawColumn(ctx, sums, x, y, w, height);
		}
	},

	drawColumn(ctx, sums, x, y, w, height) {
		const run = Math.min(1, sums[RUNNING]) * height;
		const want = Math.min(height - run, sums[RUNNABLE] * height);
		let longest = 2;

		for (let i = 3; i < sums.length; i++)
			if (sums[i] > sums[longest])
				longest = i;
		if (sums[longest] > 0) {
			ctx.fillStyle = stateColour(longest);
			ctx.fillRect(x, y + height * 0.62, w, height * 0.38);
		}
		ctx.fillStyle = stateColour(RUNNABLE);
		ctx.fillRect(x, y + height - run - want, w, want);
		ctx.fillStyle = stateColour(RUNNING);
		ctx.fillRect(x, y + height - run, w, run);
	},

	rowAt(event) {
		const { row, head } = this.geometry();
		const y =
			event.clientY - this.canvas.getBoundingClientRect().top;
		const i = Math.floor((y - head + this.scroll) / row);

		return y < head ? -1 : i < this.order.length ? i : -1;
	},

	/* The call of a region under the mouse: the innermost. */
	callAt(event, entry) {
		const { row, head } = this.geometry(), area = this.area();
		const y = event.clientY - head + this.scroll -
			this.canvas.getBoundingClientRect().top;
		const ns = (xWithin(this.canvas, event) - area.x) / area.width *
			app.data.raw.duration;
		const depth = y % row / row * entry.depth;
		/* Calls are drawn a pixel wide at least. */
		const pixel = app.data.raw.duration / area.width;

		return entry.calls.filter(([, , d, start, length]) => d <=
			depth && start <= ns && ns < start + Math.max(length,
			pixel)).sort((a, b) => a[2] - b[2]).pop();
	},

	hover(event) {
		const i = this.rowAt(event), area = this.area();
		const x = xWithin(this.canvas, event);
		const slot = Math.floor((x - area.x) / area.width *
			app.data.raw.slots);

		this.canvas.style.cursor = x < area.x ?
			"pointer" : "col-resize";
		if (i < 0 || event.buttons) {
			tip.hide();
			return;
		}
		const entry = this.order[i];

		if (!entry.who) {
			tip.show(event.clientX, event.clientY,
				seriesTip(entry, slot, entry.calls &&
					this.callAt(event, entry)));
			return;
		}
		const rows = this.slotsOf(entry);
		const seen = rows.map((row, state) => [state, row ?
			row[slot] : 0])
			.filter((pair) => pair[1] > 0)
			.sort((a, b) => b[1] - a[1]);

		tip.show(event.clientX, event.clientY, [entry.label,
			slot >= 0 ? "at " + fmtTime(slotTime(slot)) : null,
			...seen.map(([state, ns]) => stateLabel(state) + " " +
				fmtPercent(ns, app.data.slotNs * (entry.sum ||
					1)))]);
	},

	/* A click on a name chooses that thread, or process; or a region. */
	pick(event) {
		const i = this.rowAt(event), entry = this.order[i];

		if (!entry)
			return;
		if (xWithin(this.canvas, event) < this.area().x)
			this.only(i);
		else if (entry.calls && !this.canvas.dragged)
			showCall(this.callAt(event, entry));
	},

	only(i) {
		const entry = this.order[i], { who } = entry;

		this.at = i;
		if (entry.calls)
			showCall(nextCall(entry));
		if (who)
			setState({ who: app.state.who === who ? "" : who });
	},

	/* Did it move? */
	pan(pixels) {
		const before = this.scroll;

		this.scroll += pixels;
		this.draw();
		return this.scroll !== before;
	},

	wheel(event) {
		if (this.pan(event.deltaY))
			event.preventDefault();
	},

	keydown(event) {
		const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];

		if (step) {
			const { row, head } = this.geometry();
			const room = this.canvas.clientHeight - head;

			this.at = clamp(this.at + step, 0,
				this.order.length - 1);
			this.scroll = clamp(this.scroll, this.at * row +
				row - room,
				this.at * row);
			this.draw();
			event.preventDefault();
		} else if (event.key === "Enter") {
			this.only(this.at);
		} else {
			rangeKey(event);
		}
	},
};
