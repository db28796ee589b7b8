/* SPDX-License-Identifier: MIT */
/* Metrics and regions: rows of the timeline, and tables. */

function fmtMetric(metric, value) {
	const each = metric.kind === "cumulative" ? "/s" : "";

	if (value === null || value === undefined)
		return "–";
	if (metric.unit === "ns")
		return fmtTime(value / 1000);
	if (metric.unit === "bytes")
		return (value < 0 ? "−" : "") +
			fmtBytes(Math.round(Math.abs(value) / 1000)) + each;
	return digits(value / 1000).replace("-", "−") + each;
}

/* Rows above those of the threads, each with its highest value. */
function seriesRows() {
	return app.data.raw.metrics.filter((metric) => metric.drawn)
		.map((metric) => {
			const most = metric.values.reduce((a, b) =>
				Math.max(a, b || 0), 1);

			const limit = "≤ " + fmtMetric(metric, most);

			return { who: "", metric, most, name: metric.name,
				limit, label: metric.name + " " + limit };
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
	const { values } = entry.metric;

	ctx.fillStyle = palette().modules[2];
	values.forEach((value, at) => {
		const x = Math.round(area.x + area.width * at / values.length);
		const to = area.x + area.width * (at + 1) / values.length;
		const h = Math.max(0, value || 0) / entry.most * height;

		ctx.fillRect(x, y + height - h, Math.round(to) - x, h);
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
		if (w < rem(3) || each < rem(0.8))
			continue;
		ctx.fillStyle = inkOn(fill);
		ctx.fillText(fitText(regions[row].name, w - 8, rem(0.4)),
			x + 4, top + each / 2);
	}
}

/* What is told where the mouse is. */
function seriesTip(entry, slot, part) {
	const { values } = entry.metric || {}, { raw } = app.data;
	const at = slotTime(slot);

	if (values)
		return [entry.label, "at " + fmtTime(at),
			fmtMetric(entry.metric, values[Math.floor(slot *
				values.length / raw.slots)])];
	const call = entry.calls.filter((c) => c[3] <= at &&
		at < c[3] + c[4] && c[2] <= part * entry.depth).pop();

	return call ? [raw.regions[call[1]].name, fmtTime(call[4]) +
		", from " + fmtTime(call[3])] : ["no region",
		"at " + fmtTime(at)];
}

function metricsTable() {
	return dataTable("Metrics", ["Metric", "First", "Highest", "Last"],
		app.data.raw.metrics.map((metric) => {
			const known = metric.values.filter((value) =>
				value !== null);

			return [metric.name, fmtMetric(metric, known[0]),
				fmtMetric(metric, known.reduce((a, b) =>
					Math.max(a, b), -Infinity)),
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

function regionsTable() {
	const { regions } = app.data.raw;
	const memory = regions.some((row) => row.memory);

	return dataTable("Regions", ["Region", "Calls", "Total", "Self",
		"Average", "95 %", "Longest", "CPU",
		...(memory ? ["Memory change", "Memory peak"] : []),
		...regions[0].counters.flatMap((counter) => [
			counter.name + " change", counter.name + " peak"])],
		regions.map((row) => [
			"\u2003".repeat(row.depth) + row.name,
			fmtCount(row.calls), ...(row.event ?
				["", "", "", "", "", ""] :
				[row.total, row.self, row.calls ?
					row.total / row.calls : 0, row.p95,
				row.max, row.cpu].map(fmtTime)),
			...regionUse(row, memory)]));
}
