/* SPDX-License-Identifier: MIT */
/* The page's state: changed in one place, kept in the link. */

const app = { data: null, sums: null, found: null, state: null, parts: [] };

function writeHash(state) {
	const usual = defaultState(app.data);
	const words = new URLSearchParams();

	for (const key of Object.keys(usual))
		if (state[key] !== usual[key])
			words.set(key, state[key] === true ? "1" : state[key]);
	history.replaceState(null, "", "#" + words.toString());
}

/* The one way to change what is shown. */
function setState(change) {
	const before = app.state;

	app.state = Object.assign({}, before, change);
	refresh();
	writeHash(app.state);
	for (const part of app.parts)
		part.update(app.state, before);
}
