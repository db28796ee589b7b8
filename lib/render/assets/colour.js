/* SPDX-License-Identifier: MIT */
/*
 * Colours of modules and states.  The hues differ for every kind of colour
 * vision (after Okabe and Ito), and what is drawn differs in form as well:
 * running is a full bar, waiting a thin one.  Text on a colour is dark or
 * light, whichever contrasts more.
 */

const PALETTES = {
	light: {
		modules: ["#f3b562", "#86b6e2", "#8accb0", "#e59a86", "#c6b0e2",
			"#e3d670", "#e7a9cc", "#a9c4cf"],
		special: "#d3d1cb", match: "#d6249f", faded: "#e9e6e0",
		states: ["#2f6fab", "#ecc98a", "#8a63b8", "#93a9bd", "#3c9d84",
			"#5fb3c9", "#c4593a", "#c9c5bc", "#b39a7a", "#7d8fa3",
			"#a9a08f", "#5c5850", "#b0acA4"],
	},
	dark: {
		modules: ["#d08c2e", "#4f8fc9", "#3f9c7d", "#cf6f55", "#8f72c0",
			"#a89a35", "#bd6a9b", "#6f8d9a"],
		special: "#57554f", match: "#ff6fd0", faded: "#2b2b30",
		states: ["#5aa2e6", "#8d6c34", "#a685d6", "#5d7287", "#4cb89b",
			"#4d9db3", "#e07a58", "#4a4843", "#937d60", "#66788c",
			"#7b7466", "#8d887c", "#6c6961"],
	},
};

let dark = false;

function isDark() {
	return dark;
}

/* Asked for each box that is drawn: the document would take its time. */
function setDark(on) {
	dark = on;
	document.documentElement.dataset.theme = on ? "dark" : "light";
}

function palette() {
	return PALETTES[isDark() ? "dark" : "light"];
}

function cssColour(name) {
	return getComputedStyle(document.documentElement)
		.getPropertyValue(name).trim();
}

function channels(colour) {
	return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

/* Relative luminance and contrast, as WCAG defines them. */
function luminance(colour) {
	const [r, g, b] = channels(colour).map((value) => {
		const part = value / 255;

		return part <= 0.04045 ? part / 12.92 :
			Math.pow((part + 0.055) / 1.055, 2.4);
	});

	return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
	const x = luminance(a), y = luminance(b);

	return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const inkCache = new Map();

function inkOn(colour) {
	if (!inkCache.has(colour))
		inkCache.set(colour, contrast(colour, "#000000") >=
			contrast(colour, "#ffffff") ? "#000000" : "#ffffff");
	return inkCache.get(colour);
}

/*
 * A little lighter or darker, warmer or colder by name: neighbours differ,
 * also where nearly all is of one module.
 */
function tinted(colour, hash) {
	const light = 9 * (hash % 5 - 2);
	const warm = 7 * (Math.floor(hash / 5) % 5 - 2);
	const more = [light + warm, light, light - warm];

	return "#" + channels(colour).map((value, i) => clamp(value + more[i],
		0, 255).toString(16).padStart(2, "0")).join("");
}

function nameHash(name) {
	let hash = 7;

	for (let i = 0; i < name.length; i++)
		hash = (hash * 31 + name.charCodeAt(i)) | 0;
	return hash >>> 3;
}

function moduleColour(module) {
	const colours = palette();

	if (module < 0 || app.data.modules[module].kind === 3)
		return colours.special;
	return colours.modules[app.data.hue[module] % colours.modules.length];
}

const fillCache = new Map();

function fnColour(fn) {
	const key = fn * 2 + (isDark() ? 1 : 0);

	if (!fillCache.has(key))
		fillCache.set(key, tinted(moduleColour(app.data.moduleOf[fn]),
			nameHash(app.data.names[fn])));
	return fillCache.get(key);
}

function stateColour(state) {
	return palette().states[state] || palette().special;
}

function stateLabel(state) {
	const [name, text] = app.data.raw.states[state];

	return state === RUNNABLE ? "ready, waiting for a CPU" : text || name;
}

/* Where there is little room: what is waited for. */
function stateShort(state) {
	return state === RUNNABLE ? "ready, but no CPU" :
		stateLabel(state).replace(/^waiting (for|in) (an? )?/, "");
}
