/* SPDX-License-Identifier: MIT */
/*
 * Blue took less time, orange took more, grey is as it was: two hues that
 * every kind of colour vision tells apart.  What is new or gone is hatched,
 * so that nothing is told by colour alone.
 */

const DIFF_COLOURS = {
	light: { same: "#dedad2", more: "#e8730c", less: "#2d7dd2" },
	dark: { same: "#3b3b42", more: "#f08a24", less: "#4a9be8" },
};

function mix(from, to, part) {
	const a = channels(from), b = channels(to);

	return "#" + a.map((value, i) => Math.round(value + (b[i] - value) *
		part).toString(16).padStart(2, "0")).join("");
}

/* Less than in proportion, so that a tenth of the most is still seen. */
function diffColour(delta, most) {
	const colours = DIFF_COLOURS[isDark() ? "dark" : "light"];
	const part = Math.min(1, Math.abs(delta) / most);

	return mix(colours.same, delta > 0 ? colours.more : colours.less,
		part < 0.02 ? 0 : Math.pow(part, 0.7));
}

function verdictColour(verdict) {
	const colours = DIFF_COLOURS[isDark() ? "dark" : "light"];

	return verdict === "slower" ? colours.more :
		verdict === "faster" ? colours.less : cssColour("--dim");
}

/* Lines across a box: rising in what is new, falling in what is gone. */
function hatch(ctx, box, height, fate) {
	const step = rem(0.5);

	ctx.save();
	ctx.beginPath();
	ctx.rect(box.x, box.y, box.w, height);
	ctx.clip();
	ctx.beginPath();
	for (let x = box.x - height; x < box.x + box.w + height; x += step) {
		ctx.moveTo(x, fate > 0 ? box.y + height : box.y);
		ctx.lineTo(x + height, fate > 0 ? box.y : box.y + height);
	}
	ctx.lineWidth = 1;
	ctx.globalAlpha = 0.28;
	ctx.strokeStyle = cssColour("--ink");
	ctx.stroke();
	ctx.restore();
}
