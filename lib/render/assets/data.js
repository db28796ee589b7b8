/* SPDX-License-Identifier: MIT */
/* From the packed text in the page to typed arrays. */

const ROOT_PLACE = 0, OTHER_PLACE = 1;

async function unpack(text) {
	const packed = atob(text.trim());
	const bytes = new Uint8Array(packed.length);

	for (let i = 0; i < packed.length; i++)
		bytes[i] = packed.charCodeAt(i);
	const plain = new Blob([bytes]).stream()
		.pipeThrough(new DecompressionStream("gzip"));

	return JSON.parse(await new Response(plain).text());
}

/*
 * Characters that act instead of being seen become visible, as cprof prints
 * them: controls, ends of lines, and what turns the direction of text.
 */
const ACTING = new RegExp("[\\u0000-\\u001f\\u007f-\\u009f\\u061c" +
	"\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]", "g");

function visible(text) {
	return text.replace(ACTING, (c) => {
		const code = c.charCodeAt(0);

		return code < 256 ?
			"\\x" + code.toString(16).padStart(2, "0") :
			"\\u{" + code.toString(16) + "}";
	});
}

/* All strings within, however deep; `value` itself is changed. */
function makeVisible(value) {
	if (typeof value === "string")
		return visible(value);
	if (value && typeof value === "object")
		for (const key of Object.keys(value))
			value[key] = makeVisible(value[key]);
	return value;
}

function readRecords(raw) {
	const count = raw.recNode.length;
	const rec = {
		count, thread: new Int32Array(count),
		slot: new Int32Array(count),
			slots: Int32Array.from(raw.recSlots),
		node: Int32Array.from(raw.recNode),
		state: Uint8Array.from(raw.recState),
		cpu: Float64Array.from(raw.recCpu),
			wall: new Float64Array(count),
		samples: Float64Array.from(raw.recSamples),
	};
	let thread = 0, slot = 0;

	for (let i = 0; i < count; i++) {
		if (raw.recThread[i])
			slot = 0;
		thread += raw.recThread[i];
		slot += raw.recSlot[i];
		rec.thread[i] = thread;
		rec.slot[i] = slot;
		rec.wall[i] = raw.recCpu[i] + raw.recRest[i];
	}
	return rec;
}

/*
 * Nodes of the file are source lines; what is shown are functions.  `nodeOf`
 * tells for each line node the function node that it is part of.
 */
function mergeLines(raw) {
	const count = raw.nodeUp.length, other = raw.fnName.length;
	const nodeOf = new Int32Array(count);
	const parent = [-1], fn = [-1], known = new Map();

	for (let i = 1; i < count; i++) {
		const above = nodeOf[i - raw.nodeUp[i]];
		const place = raw.nodePlace[i];
		const own = place === OTHER_PLACE ? other :
			raw.placeFn[place - 2];
		const key = above * (other + 1) + own;
		let at = known.get(key);

		if (at === undefined) {
			at = parent.length;
			known.set(key, at);
			parent.push(above);
			fn.push(own);
		}
		nodeOf[i] = at;
	}
	return { nodeOf, parent: Int32Array.from(parent),
		fn: Int32Array.from(fn), count: parent.length };
}

function linkChildren(tree) {
	tree.first = new Int32Array(tree.count).fill(-1);
	tree.next = new Int32Array(tree.count).fill(-1);
	for (let i = tree.count - 1; i > 0; i--) {
		tree.next[i] = tree.first[tree.parent[i]];
		tree.first[tree.parent[i]] = i;
	}
}

/* Which nodes are no calls of a function from within itself? */
function findOutermost(tree, fns) {
	const active = new Int32Array(fns + 1);
	const path = [];

	tree.outermost = new Uint8Array(tree.count);
	for (let i = tree.first[0]; i > 0;) {
		tree.outermost[i] = active[tree.fn[i]]++ === 0 ? 1 : 0;
		path.push(i);
		i = tree.first[i];
		while (i < 0 && path.length) {
			const done = path.pop();

			active[tree.fn[done]]--;
			i = tree.next[done];
		}
	}
}

function readData(raw) {
	for (const part of ["fnName", "fnFile", "modules", "files",
		"processes", "threads", "profile", "gaps"])
		makeVisible(raw[part]);
	const data = { raw, rec: readRecords(raw), tree: mergeLines(raw) };

	data.fns = raw.fnName.length;
	data.names = raw.fnName.concat(["(other)"]);
	data.modules = raw.modules.map((row) => ({ name: row[0], path: row[1],
		kind: row[2], build: row[3] }));
	data.moduleOf = raw.fnModule.concat([-1]);
	data.slotNs = raw.duration / raw.slots;
	data.threadsOf = raw.processes.map(() => []);
	raw.threads.forEach((row, i) => data.threadsOf[row.process].push(i));
	linkChildren(data.tree);
	findOutermost(data.tree, data.fns);
	/* The line node's own line, for views of sources. */
	data.nodeParent = Int32Array.from(raw.nodeUp, (up, i) => i - up);
	return data;
}
