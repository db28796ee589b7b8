/* SPDX-License-Identifier: MIT */
/*
 * A flame graph on a canvas as large as its box.  Boxes thinner than half a
 * pixel are not visited, so a redraw takes as long as the screen is large,
 * not as the profile is.
 */

const BOX_MIN = 0.5;

const tip = {
	node: null,
	show(x, y, rows) {
		if (!tip.node) {
			tip.node = el("div", { class: "tip", role: "status" });
			document.body.append(tip.node);
		}
		tip.node.replaceChildren(...rows.filter(Boolean).map((row, i) =>
			el("div", { class: i ? "tip-row" : "tip-head" }, row)));
		tip.node.hidden = false;
		const box = tip.node.getBoundingClientRect();

		tip.node.style.left = clamp(x + 14, 4, Math.max(4,
			innerWidth - box.width - 8)) + "px";
		tip.node.style.top = (y + 20 + box.height > innerHeight ?
			Math.max(4, y - box.height - 12) : y + 18) + "px";
	},
	hide() {
		if (tip.node)
			tip.node.hidden = true;
	},
};

class Flame {
	/* `acts`: zoom(node), pick(node), open(node); `label` for readers. */
	constructor(label, acts) {
		this.acts = acts;
		this.boxes = [];
		this.scroll = 0;
		this.selected = null;
		this.canvas = el("canvas", { class: "flame", tabindex: "0",
			role: "application", "aria-label": label, on: {
				mousemove: (event) => this.hover(event),
				mouseleave: () => this.leave(),
				click: (event) => this.click(event),
				dblclick: (event) => this.doubleClick(event),
				wheel: (event) => this.wheel(event),
				keydown: (event) => this.key(event),
			} });
		touchPan(this.canvas, (pixels) => this.pan(pixels));
	}

	show(source, options) {
		this.set(source, options);
		this.draw();
	}

	/* Without drawing; layout() tells how deep it will be. */
	set(source, options) {
		const old = this.source;

		this.source = source;
		this.all = options.all;
		this.zoom = options.zoom === undefined ?
			source.root : options.zoom;
		this.up = options.up;
		this.bare = options.bare;
		if (old && old !== source)
			this.selected = null;
	}

	/* From the root down to the node that fills the width. */
	chain() {
		const chain = [];

		for (let node = this.zoom; node !== this.source.root;
			node = this.source.parent(node))
			chain.unshift(node);
		chain.unshift(this.source.root);
		return chain;
	}

	/* Boxes that are wide enough, nearest to the root first. */
	layout(width) {
		const chain = this.chain(), boxes = [];
		const { kids, weight } = this.source;
		const scale = width / Math.max(1, weight(this.zoom));
		let row = [], depth = chain.length - 1;

		/* `bare`: what stands at the root is told elsewhere. */
		if (this.bare) {
			depth = -1;
			row = [{ node: this.zoom, x: 0 }];
		} else {
			chain.forEach((node, i) => boxes.push({ node, x: 0,
				w: width, depth: i, above: i < depth }));
			row = [boxes[depth]];
		}
		while (row.length) {
			const next = [];

			depth++;
			for (const box of row) {
				let x = box.x;

				for (const node of kids(box.node)) {
					const w = weight(node) * scale;

					if (w < BOX_MIN)
						break;
					next.push({ node, x, w, depth });
					x += w;
				}
			}
			for (const box of next)
				boxes.push(box);
			row = next;
		}
		this.depth = depth;
		return boxes;
	}

	draw() {
		this.depth = this.depth || 0;
		if (!this.source || !this.canvas.clientWidth)
			return;
		const { ctx, width, height } = fitCanvas(this.canvas);
		const style = this.style();

		this.rowHeight = rem(1.45);
		this.boxes = this.layout(width);
		this.scroll = clamp(this.scroll, 0, Math.max(0,
			this.depth * this.rowHeight - height));
		ctx.font = style.font;
		ctx.textBaseline = "middle";
		for (const box of this.boxes) {
			box.y = this.up ?
				height - (box.depth + 1) * this.rowHeight +
					this.scroll :
				box.depth * this.rowHeight - this.scroll;
			if (box.y < height && box.y + this.rowHeight > 0)
				this.drawBox(ctx, box, style);
		}
	}

	style() {
		const size = rem(0.76);

		if (this.fontSize !== size) {
			const ctx = this.canvas.getContext("2d");

			this.font = size + "px " + cssColour("--mono");
			ctx.font = this.font;
			this.charWidth = ctx.measureText(
				"mmmmmmmmmm").width / 10;
			this.fontSize = size;
		}
		return { font: this.font, charWidth: this.charWidth,
			ink: cssColour("--ink"), focus: cssColour("--accent"),
			root: cssColour("--raised"), faded: palette().faded };
	}

	fill(box, style) {
		const fn = this.source.fn(box.node);

		if (fn < 0)
			return style.root;
		if (app.found)
			return app.found.hit[fn] ?
				palette().match : style.faded;
		return fnColour(fn);
	}

	drawBox(ctx, box, style) {
		const fill = this.fill(box, style);
		const gap = box.w > 3 ? 1 : 0;
		const h = this.rowHeight - 1;

		ctx.fillStyle = fill;
		ctx.globalAlpha = box.above ? 0.55 : 1;
		ctx.fillRect(box.x, box.y, Math.max(BOX_MIN, box.w - gap), h);
		this.mark(ctx, box, h);
		if (box.w > 22) {
			ctx.globalAlpha = 1;
			ctx.fillStyle = box.above ? style.ink : inkOn(
				fill[0] === "#" ? fill : "#888888");
			ctx.fillText(this.text(box, box.w - 10,
				style.charWidth), box.x + 5, box.y + h / 2 +
					0.5);
		}
		ctx.globalAlpha = 1;
		if (box.node === this.selected) {
			ctx.strokeStyle = style.focus;
			ctx.lineWidth = 2;
			ctx.strokeRect(box.x + 1, box.y + 1,
				Math.max(1, box.w - gap - 2), h - 2);
		}
	}

	/* What other graphs draw on a box, below its name. */
	mark() {
	}

	/* All of the name, else without arguments, else its start. */
	text(box, width, charWidth) {
		const fn = this.source.fn(box.node);
		const name = fn < 0 ? this.source.rootName || "all" :
			app.data.names[fn];

		if (fn < 0 || name.length * charWidth <= width)
			return fitText(name, width, charWidth);
		return fitText(bareName(name), width, charWidth);
	}

	hit(event) {
		const area = this.canvas.getBoundingClientRect();
		const x = event.clientX - area.left;
		const y = event.clientY - area.top;

		return this.boxes.find((box) => x >= box.x &&
			x < box.x + box.w &&
			y >= box.y && y < box.y + this.rowHeight);
	}

	hover(event) {
		const box = this.hit(event);

		this.canvas.style.cursor = box ? "pointer" : "default";
		if (!box) {
			this.leave();
			return;
		}
		tip.show(event.clientX, event.clientY,
			describe(this.source, box.node, this.all));
	}

	leave() {
		tip.hide();
	}

	click(event) {
		const box = this.hit(event);

		if (!box)
			return;
		this.selected = box.node;
		this.acts.pick(box.node);
		if (this.acts.zoom)
			this.acts.zoom(box.node);
		this.draw();
	}

	doubleClick(event) {
		const box = this.hit(event);

		if (box && this.acts.open)
			this.acts.open(box.node);
	}

	/* Did it move? */
	pan(pixels) {
		const before = this.scroll;

		this.scroll += this.up ? -pixels : pixels;
		this.draw();
		return this.scroll !== before;
	}

	wheel(event) {
		if (this.pan(event.deltaY))
			event.preventDefault();
	}

	/* The box beside the selected one: by depth, or in its row. */
	neighbour(step) {
		const at = this.boxes.find((box) =>
			box.node === this.selected) ||
			this.boxes[0];

		if (!at || step === "start")
			return this.boxes[0];
		if (step === "out")
			return this.boxes.find((box) => box.node ===
				this.source.parent(at.node)) || at;
		if (step === "in")
			return this.boxes.find((box) => box.depth ===
				at.depth + 1 && box.x >= at.x - 0.01 &&
				box.x < at.x + at.w) || at;
		const row = this.boxes.filter((box) => box.depth === at.depth);

		return row[clamp(row.indexOf(at) + step, 0, row.length - 1)];
	}

	reveal(box) {
		const height = this.canvas.clientHeight;
		const top = box.depth * this.rowHeight;

		this.scroll = clamp(this.scroll, top + this.rowHeight - height,
			top);
	}

	key(event) {
		const steps = { ArrowLeft: -1, ArrowRight: 1, Home: "start",
			ArrowDown: this.up ? "out" : "in",
			ArrowUp: this.up ? "in" : "out" };
		const step = steps[event.key];

		if (event.altKey || event.ctrlKey || event.metaKey)
			return;
		if (event.key === "Enter" && this.selected !== null &&
		    this.acts.zoom) {
			this.acts.zoom(this.selected);
		} else if (event.key === "s" && this.selected !== null &&
			   this.acts.open) {
			this.acts.open(this.selected);
		} else if (step !== undefined) {
			const box = this.neighbour(step);

			this.selected = box.node;
			this.reveal(box);
			this.acts.pick(box.node);
			this.draw();
		} else {
			return;
		}
		event.preventDefault();
		event.stopPropagation();
	}
}
