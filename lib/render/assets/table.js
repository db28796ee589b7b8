/* SPDX-License-Identifier: MIT */
/*
 * A long list of which only the rows on the screen are elements.  Rows are
 * equally high; the keyboard moves a current row.
 */

class LongList {
	/* `acts`: row(i) gives cells, enter(i), key(event, i), label */
	constructor(acts) {
		this.acts = acts;
		this.count = 0;
		this.at = 0;
		this.rows = el("div", { class: "rows", role: "presentation" });
		this.box = el("div", { class: "list", tabindex: "0",
			role: acts.role || "grid", "aria-label": acts.label,
				on: {
				scroll: () => this.draw(),
				keydown: (event) => this.key(event),
				click: (event) => this.click(event),
				dblclick: (event) => this.open(event),
			} }, this.rows);
	}

	show(count) {
		this.count = count;
		this.at = clamp(this.at, 0, Math.max(0, count - 1));
		this.box.setAttribute("aria-rowcount", count);
		this.draw();
	}

	/* A browser's largest height is about 33 million pixels. */
	draw() {
		const height = rem(1.85);
		const first = Math.max(0,
			Math.floor(this.box.scrollTop / height) -
			4);
		const last = Math.min(this.count, first + 8 +
			Math.ceil(this.box.clientHeight / height));
		const shown = [];

		this.height = height;
		this.rows.style.height = Math.min(this.count * height, 3e7) +
			"px";
		for (let i = first; i < last; i++) {
			const row = this.acts.row(i);

			row.classList.add("row");
			if (i === this.at)
				row.classList.add("current");
			row.style.top = i * height + "px";
			row.style.height = height + "px";
			row.dataset.row = i;
			row.setAttribute("aria-rowindex", i + 1);
			row.setAttribute("aria-selected", i === this.at);
			row.id = this.acts.id + "-" + i;
			shown.push(row);
		}
		this.rows.replaceChildren(...shown);
		this.box.setAttribute("aria-activedescendant",
			this.acts.id + "-" + this.at);
	}

	rowOf(event) {
		const row = event.target.closest("[data-row]");

		return row ? +row.dataset.row : -1;
	}

	click(event) {
		const i = this.rowOf(event);

		if (i < 0)
			return;
		this.at = i;
		if (this.acts.click)
			this.acts.click(i, event);
		this.draw();
	}

	open(event) {
		const i = this.rowOf(event);

		if (i >= 0 && this.acts.enter)
			this.acts.enter(i);
	}

	move(to) {
		this.at = clamp(to, 0, this.count - 1);
		const top = this.at * this.height;
		const room = this.box.clientHeight;

		if (top < this.box.scrollTop)
			this.box.scrollTop = top;
		else if (top + this.height > this.box.scrollTop + room)
			this.box.scrollTop = top + this.height - room;
		this.draw();
	}

	key(event) {
		const page = Math.max(1, Math.floor(this.box.clientHeight /
			this.height) - 1);
		const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -page,
			PageDown: page, Home: -this.count, End: this.count };

		if (event.ctrlKey || event.metaKey || event.altKey)
			return;
		if (steps[event.key] !== undefined)
			this.move(this.at + steps[event.key]);
		else if (event.key === "Enter" && this.acts.enter)
			this.acts.enter(this.at);
		else if (!this.acts.key || !this.acts.key(event, this.at))
			return;
		event.preventDefault();
		event.stopPropagation();
	}
}

/* A number with a bar behind it: its share of the whole. */
function shareCell(ns, all, name) {
	const bar = el("i", { class: "share" });

	bar.style.width = clamp(100 * ns / Math.max(1, all), 0, 100) + "%";
	return el("span", { class: "cell number " + name, role: "gridcell" },
		bar, el("b", {}, ns > 0 ? fmtPercent(ns, all) : "–"));
}

function timeCell(ns) {
	return el("span", { class: "cell number time", role: "gridcell" },
		ns > 0 ? fmtTime(ns) : "–");
}

/* Where a function is, as a person would say it. */
function placeOf(fn) {
	const { raw, modules, moduleOf } = app.data;

	if (fn < 0 || fn >= app.data.fns)
		return "";
	if (raw.fnFile[fn])
		return baseName(raw.fnFile[fn]) + (raw.fnLine[fn] ?
			":" + raw.fnLine[fn] : "");
	return modules[moduleOf[fn]].kind === 3 ? "" :
		modules[moduleOf[fn]].name;
}

/* A name with its module's colour, and where it is. */
function nameCell(fn, before) {
	const swatch = el("i", { class: "dot" });

	swatch.style.background = moduleColour(app.data.moduleOf[fn]);
	return el("span", { class: "cell name", role: "gridcell",
		title: app.data.names[fn] }, before || "", swatch,
		el("span", { class: app.found && app.found.hit[fn] ?
			"fn hit" : "fn" }, app.data.names[fn]),
		el("span", { class: "place" }, placeOf(fn)));
}
