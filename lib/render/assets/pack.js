/* SPDX-License-Identifier: MIT */
/* From the packed text in the page to values, and trees of them. */

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
