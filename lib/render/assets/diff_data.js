/* SPDX-License-Identifier: MIT */
/* A comparison: from what is packed in the page to typed arrays. */

const BASE = 0, NEW = 1, SIDES = [BASE, NEW];

function readNodes(raw) {
	const count = raw.nodeUp.length, fns = raw.fnName.length;
	const tree = { count,
		parent: Int32Array.from(raw.nodeUp, (up, i) => i - up),
		/* The root is no function; the rest comes after all of them. */
		fn: Int32Array.from(raw.nodeFn, (symbol) => symbol === 0 ? -1 :
			symbol === 1 ? fns : symbol - 2) };

	tree.parent[0] = -1;
	linkChildren(tree);
	findOutermost(tree, fns);
	return tree;
}

/* Of one side: own time and all time of each node and function. */
function readSide(tree, fns, own) {
	const self = Float64Array.from(own);
	const total = Float64Array.from(own);
	const fnSelf = new Float64Array(fns + 1);
	const fnTotal = new Float64Array(fns + 1);

	for (let i = tree.count - 1; i > 0; i--)
		total[tree.parent[i]] += total[i];
	for (let i = 1; i < tree.count; i++) {
		fnSelf[tree.fn[i]] += self[i];
		if (tree.outermost[i])
			fnTotal[tree.fn[i]] += total[i];
	}
	return { self, total, fnSelf, fnTotal, all: total[0] };
}

/* The heaviest modules of both sides get the first hues. */
function rankModules(data) {
	const weight = new Float64Array(data.modules.length);
	const order = data.modules.map((module, i) => i);

	for (let fn = 0; fn < data.fns; fn++)
		for (const side of data.sides)
			weight[data.moduleOf[fn]] += side.fnSelf[fn];
	order.sort((a, b) => weight[b] - weight[a]);
	data.hue = new Int32Array(data.modules.length);
	order.forEach((module, rank) => { data.hue[module] = rank; });
}

function readComparison(raw) {
	makeVisible(raw);
	const data = { raw, fns: raw.fnName.length, tree: readNodes(raw) };

	data.names = raw.fnName.concat(["(other)"]);
	data.modules = raw.modules.map((row) => ({ name: row[0], path: row[1],
		kind: row[2] }));
	data.moduleOf = raw.fnModule.concat([-1]);
	data.sides = [raw.nodeBase, raw.nodeNew].map((own) =>
		readSide(data.tree, data.fns, own));
	data.rowOf = new Map();
	raw.functions.rows.forEach((row) => {
		if (row.fn !== null)
			data.rowOf.set(row.fn, row);
	});
	data.most = mostChanged(data);
	rankModules(data);
	return data;
}

/*
 * The change that gets the full colour: the largest one, but no less than
 * a twentieth of a run, lest noise looks like a change.
 */
function mostChanged(data) {
	let most = Math.max(data.sides[BASE].all, data.sides[NEW].all) / 20;

	for (let i = 1; i < data.tree.count; i++)
		most = Math.max(most, Math.abs(data.sides[NEW].total[i] -
			data.sides[BASE].total[i]));
	return Math.max(most, 1);
}
