/* SPDX-License-Identifier: MIT */
/* Metrics and regions: rows of the timeline, and tables. */

function fmtMetric(metric, value) {
	const each = metric.kind === "cumulative" ? "/s" : "";

	if (value === null || value === undefined)
		return "–";
	if (metric.unit === "ns")
		return fmtTime(value / 1000);
	if (metric.unit === "seconds")
		return digits(value / 1000) + (metric.name === "cpu.time" ?
			" CPUs" : " s/s");
	if (metric.unit === "bytes")
		return (value < 0 ? "−" : "") +
			fmtBytes(Math.round(Math.abs(value) / 1000)) + each;
	return (value % 1000 ? digits(value / 1000) : fmtCount(value / 1000))
		.replace("-", "−") + each;
}

/*
 * Rows above those of the threads, each with its highest value: CPUs in use,
 * memory, what the program counts, and the rest.
 */
function seriesRows() {
	const rank = (metric) => metric.source === "cpu" ? 0 :
		metric.source === "memory" ? 1 :
			metric.source === "counter" ? 2 : 3;

	return app.data.raw.metrics.filter((metric) => metric.drawn)
		.sort((a, b) => rank(a) - rank(b)).map((metric) => {
			const most = metric.values.reduce((a, b) =>
				Math.max(a, b || 0), 1);
			const least = metric.values.reduce((a, b) =>
				Math.min(a, b || 0), 0);
			const limit = (least < 0 ? fmtMetric(metric, least) +
				" to " : "≤ ") + fmtMetric(metric, most);

			return { who: "", metric, most, least,
				name: metric.name, limit,
				label: metric.name + " " + limit };
		});
}

/* Below a thread, what it says about itself. */
function regionRows(thread) {
	const calls = app.data.raw.calls.filter((call) =>
		call[0] === thread);
	const depth = calls.reduce((most, call) =>
		Math.max(most, call[2]), 0);

	return calls.length ? [{ who: "", label: "regions", inner: true,
		calls, depth: depth + 1 }] : [];
}

function drawMetric(ctx, entry, y, height, area) {
	const { values } = entry.metric, { most, least } = entry;
	const zero = y + height * most / (most - least);

	ctx.fillStyle = palette().modules[2];
	values.forEach((value, at) => {
		const x = Math.round(area.x + area.width * at / values.length);
		const to = area.x + area.width * (at + 1) / values.length;

		ctx.fillRect(x, zero, Math.round(to) - x,
			-(value || 0) / (most - least) * height);
	});
}

function drawCalls(ctx, entry, y, height, area) {
	const { regions, duration } = app.data.raw;
	const each = height / entry.depth, scale = area.width / duration;

	ctx.font = rem(0.68) + "px " + cssColour("--sans");
	ctx.textBaseline = "middle";
	for (const [, row, depth, start, length] of entry.calls) {
		const x = area.x + start * scale, w = length * scale;
		const fill = palette().modules[row % 8];
		const top = y + depth * each;

		ctx.fillStyle = fill;
		ctx.fillRect(x, top, Math.max(1, w - 1), each - 1);
		if (w < rem(2) || each < rem(0.8))
			continue;
		ctx.fillStyle = inkOn(fill);
		ctx.fillText(fitText(regions[row].name, w - 8, rem(0.4)),
			x + 4, top + each / 2);
	}
}

/* What is told where the mouse is, on `call` of a region or on none. */
function seriesTip(entry, slot, call) {
	const { values } = entry.metric || {}, { raw } = app.data;
	const at = slotTime(slot);

	if (values)
		return [entry.label, slot >= 0 ? "at " + fmtTime(at) : null,
			slot >= 0 ? fmtMetric(entry.metric, values[Math.floor(
				slot * values.length / raw.slots)]) : null];
	return call ? [raw.regions[call[1]].name, fmtTime(call[4]) +
		", from " + fmtTime(call[3]), "A click chooses its time"] :
		["no region", slot >= 0 ? "at " + fmtTime(at) : null];
}

/* The range of time becomes that of a call. */
function showCall(call) {
	const { slots } = app.data.raw, { slotNs } = app.data;

	if (!call)
		return;
	const from = clamp(Math.floor(call[3] / slotNs), 0, slots - 1);

	setState({ from, to: clamp(Math.ceil((call[3] + call[4]) / slotNs),
		from + 1, slots) });
}

/* One after the other, in order of time. */
function nextCall(entry) {
	entry.order = entry.order || entry.calls.slice().sort((a, b) =>
		a[3] - b[3] || a[2] - b[2]);
	entry.shown = ((entry.shown ?? -1) + 1) % entry.order.length;
	return entry.order[entry.shown];
}

/* Of the chosen part of the time. */
function metricsTable() {
	const { from, to } = app.state, { slots, metrics } = app.data.raw;

	return dataTable("Metrics", ["Metric", "First", "Highest", "Last"],
		metrics.map((metric) => {
			const each = metric.values.length / slots;
			const known = metric.values.slice(Math.floor(from *
				each), Math.ceil(to * each)).filter((value) =>
				value !== null);

			return [metric.name, fmtMetric(metric, known[0]),
				fmtMetric(metric, known.length ? known.reduce(
					(a, b) => Math.max(a, b)) : null),
				fmtMetric(metric, known[known.length - 1])];
		}));
}

/* What a region used and counted: numbers beside its times. */
function regionUse(row, memory) {
	const told = (unit, known, value) => row.event || !known ? "–" :
		fmtMetric({ unit, kind: "gauge" }, value * 1000);

	return [...(memory ? [told("bytes", row.memory, row.change),
		told("bytes", row.memory, row.peak)] : []),
	...row.counters.flatMap((counter) => [
		told(counter.unit, counter.known, counter.change),
		told(counter.unit, counter.known, counter.most)])];
}

/* Not all calls are in the page when there are very many. */
function hasAllCalls() {
	const { regions, calls } = app.data.raw;

	return calls.length === regions.reduce((sum, row) =>
		sum + row.calls, 0);
}

/*
 * The rows for the chosen threads and part of the time, by their calls; what
 * else is told of regions is known of whole calls only.
 */
function regionsInRange() {
	const { regions, calls } = app.data.raw, { state } = app;
	const accepts = threadFilter(app.data, state.who) || (() => true);
	const from = slotTime(state.from), to = slotTime(state.to);
	const times = regions.map(() => []);

	for (const [thread, row, , start, length] of calls)
		if (accepts(thread) && start < to && start + length >= from)
			times[row].push(Math.min(start + length, to) -
				Math.max(start, from));
	const total = times.map((all) => all.reduce((a, b) => a + b, 0));

	return regions.map((row, i) => {
		const all = times[i].sort((a, b) => a - b);
		let self = total[i];

		for (let j = i + 1; j < regions.length && regions[j].depth >
			row.depth; j++)
			if (regions[j].depth === row.depth + 1)
				self -= total[j];
		return { ...row, calls: all.length, total: total[i],
			self: Math.max(0, self), max: all[all.length - 1] || 0,
			p95: all[Math.ceil(all.length * 0.95) - 1] || 0,
			cpu: null, memory: false, counters: [] };
	}).filter((row) => row.calls);
}

function regionsTable() {
	const part = (hasRange() || app.state.who) && hasAllCalls();
	const rows = part ? regionsInRange() : app.data.raw.regions;
	const memory = rows.some((row) => row.memory);
	const counters = rows.length ? rows[0].counters : [];

	return dataTable("Regions", ["Region", "Calls", "Total", "Self",
		"Average", "95%", "Longest", "CPU",
		...(memory ? ["Memory change", "Memory peak"] : []),
		...counters.flatMap((counter) => [
			counter.name + " change", counter.name + " peak"])],
		rows.map((row) => [
			"\u2003".repeat(row.depth) + row.name,
			fmtCount(row.calls), ...(row.event ?
				["", "", "", "", "", ""] :
				[row.total, row.self, row.calls ?
					row.total / row.calls : 0, row.p95,
				row.max, row.cpu].map((ns) => ns === null ?
					"–" : fmtTime(ns))),
			...regionUse(row, memory)]));
}
