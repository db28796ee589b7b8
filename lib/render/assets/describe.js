/* SPDX-License-Identifier: MIT */
/* What is told of a box of a flame graph of samples. */

/* Waits below a node of the call tree, the longest first. */
function waitsOf(node) {
	const { data, state } = app;

	if (typeof node !== "number" || state.clock === "cpu")
		return null;
	const states = statesOf(data, state, (at) => at === node);

	return heaviest(states, 3).filter((i) => state.clock === "wall" ||
		i !== RUNNING).map((i) => stateShort(i) + " " +
		fmtTime(states[i])).join(", ");
}

/* What is told of a function's box, in the tip and below the graph. */
function describe(source, node, all) {
	const fn = source.fn(node), weight = source.weight(node);
	const self = source.self(node);

	if (fn < 0)
		return ["All", fmtTime(weight) + " of " +
			clockLabel(app.state.clock)];
	return [app.data.names[fn],
		fmtTime(weight) + " · " + fmtPercent(weight, all) + " of " +
			clockLabel(app.state.clock),
		self ? fmtTime(self) + " of its own (" +
			fmtPercent(self, all) + ")" : null,
		waitsOf(node), placeOf(fn)];
}
