/* SPDX-License-Identifier: MIT */
/* Elements, numbers as people read them, small helpers. */

/* Names come from outside: they reach the page as text nodes only. */
function el(tag, props, ...kids) {
	const node = document.createElement(tag);

	for (const [key, value] of Object.entries(props || {})) {
		if (key === "on")
			for (const [type, fn] of Object.entries(value))
				node.addEventListener(type, fn);
		else if (key === "class")
			node.className = value;
		else if (value === true)
			node.setAttribute(key, "");
		else if (value !== false && value !== null &&
			 value !== undefined)
			node.setAttribute(key, value);
	}
	node.append(...kids.flat().filter((kid) => kid !== null &&
		kid !== undefined && kid !== false));
	return node;
}

function clamp(value, low, high) {
	return Math.max(low, Math.min(high, value));
}

/* One rem in CSS pixels: the canvases follow the page's type size. */
function rem(times) {
	return Math.round(times * parseFloat(
		getComputedStyle(document.documentElement).fontSize));
}

function digits(value) {
	const size = Math.abs(value);

	if (size >= 100 || size === 0)
		return value.toFixed(0);
	return value.toFixed(size >= 10 ? 1 : 2);
}

function fmtTime(ns) {
	const seconds = Math.round(ns / 1e9);

	if (seconds >= 86400)
		return Math.floor(seconds / 86400) + " d " +
			Math.floor(seconds % 86400 / 3600) + " h";
	if (seconds >= 3600)
		return Math.floor(seconds / 3600) + " h " +
			Math.floor(seconds % 3600 / 60) + " min";
	if (seconds >= 600)
		return Math.floor(seconds / 60) + " min " + seconds % 60 + " s";
	if (ns >= 1e9)
		return digits(ns / 1e9) + " s";
	if (ns >= 1e6)
		return digits(ns / 1e6) + " ms";
	if (ns >= 1e3)
		return digits(ns / 1e3) + " µs";
	return ns ? Math.round(ns) + " ns" : "0";
}

function fmtPercent(part, whole) {
	const percent = whole ? 100 * part / whole : 0;

	if (percent >= 99.95)
		return "100%";
	if (percent > 0 && percent < 0.05)
		return "<0.1%";
	return percent.toFixed(1) + "%";
}

function fmtCount(count) {
	return Math.round(count).toLocaleString("en-US");
}

function fmtBytes(bytes) {
	const units = ["B", "kB", "MB", "GB", "TB"];
	let at = 0;

	while (bytes >= 1000 && at < units.length - 1) {
		bytes /= 1000;
		at++;
	}
	return (at ? digits(bytes) : bytes) + " " + units[at];
}

function plural(count, one, many) {
	return fmtCount(count) + " " + (count === 1 ? one : many);
}

/* Those with samples; the others were only timed. */
function sampledRuns(profile) {
	return profile.runs.filter((run) => run.kind !== "plain");
}

function mainRun(profile) {
	return sampledRuns(profile)[0] || profile.runs[0];
}

function baseName(path) {
	return path ? path.slice(path.lastIndexOf("/") + 1) : "";
}

/* A round step that divides `span` into about `count` parts. */
function niceStep(span, count) {
	const raw = span / Math.max(1, count);
	const power = Math.pow(10, Math.floor(Math.log10(raw)));
	const lead = raw / power;

	return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

/*
 * A canvas as large as its box on the screen, never larger; `draw(ctx, w, h)`
 * is called in CSS pixels.
 */
function fitCanvas(canvas) {
	const scale = window.devicePixelRatio || 1;
	const width = canvas.clientWidth, height = canvas.clientHeight;
	const ctx = canvas.getContext("2d");

	if (canvas.width !== Math.round(width * scale) ||
	    canvas.height !== Math.round(height * scale)) {
		canvas.width = Math.round(width * scale);
		canvas.height = Math.round(height * scale);
	}
	ctx.setTransform(scale, 0, 0, scale, 0, 0);
	ctx.clearRect(0, 0, width, height);
	return { ctx, width, height };
}

/*
 * A C++ or Rust name without what stands in <> and (), for narrow boxes.
 * Operators, and names that do not balance, stay as they are.
 */
function bareName(name) {
	let depth = 0, bare = "";

	if (!/[<(]/.test(name) || /operator|^[[<(]/.test(name))
		return name;
	for (const c of name) {
		if (c === "<" || c === "(")
			depth++;
		else if (c === ">" || c === ")")
			depth--;
		else if (!depth)
			bare += c;
	}
	return depth || !bare ? name : bare;
}

/* Cut to fit, with the measure of one character: canvases draw fixed type. */
function fitText(text, width, charWidth) {
	const room = Math.floor(width / charWidth);

	if (text.length <= room)
		return text;
	/* The end of a name often tells more than its middle. */
	const head = Math.ceil((room - 1) * 0.6);

	return room < 6 ? "" : text.slice(0, head) + "…" +
		text.slice(text.length - (room - 1 - head));
}

/* How far an event of a pointer is from the left edge of `node`. */
function xWithin(node, event) {
	return event.clientX - node.getBoundingClientRect().left;
}

/* A finger that moves more up or down than to a side. */
function isUpright(down, event) {
	return event.pointerType === "touch" &&
		Math.abs(event.clientY - down.clientY) >
		Math.abs(event.clientX - down.clientX);
}

/* Fingers scroll what has no scroll bar, as wheels do: pan(pixels). */
function touchPan(canvas, pan) {
	let down = null, last = 0;
	const end = () => { down = null; };

	canvas.addEventListener("pointerdown", (event) => {
		down = event;
		last = event.clientY;
	});
	canvas.addEventListener("pointermove", (event) => {
		if (!down || !isUpright(down, event))
			return;
		pan(last - event.clientY);
		last = event.clientY;
	});
	canvas.addEventListener("pointerup", end);
	canvas.addEventListener("pointercancel", end);
}

function copyText(text, button) {
	const done = () => {
		const label = button.textContent;

		button.textContent = "Copied";
		setTimeout(() => { button.textContent = label; }, 1200);
	};
	const area = el("textarea", { class: "offscreen" });

	/* The clipboard of navigator asks for https; this works on file://. */
	area.value = text;
	document.body.append(area);
	area.select();
	if (document.execCommand("copy"))
		done();
	area.remove();
	button.focus();
}
