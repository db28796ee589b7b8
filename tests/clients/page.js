/* SPDX-License-Identifier: MIT */
/*
 * usage: node page.js CHROMIUM CPROF FOLDER
 *
 * Opens the pages NAME.html of FOLDER (profiles NAME.prof beside them) in a
 * browser, uses them as a person would, and prints TAP.  See e2e/html.sh.
 */
"use strict";

const { execFileSync } = require("child_process");
const fs = require("fs");
const { check, run, same, watch, worstContrast } = require("./browser.js");

const [program, cprof, folder] = process.argv.slice(2);
const VIEWS = ["overview", "flame", "timeline", "tree", "functions",
	"sandwich", "source", "modules", "info"];
const CLOCKS = ["cpu", "wall", "off-cpu"];
async function open(browser, name, hash, size) {
	const page = await browser.newPage({ viewport: size ||
		{ width: 1400, height: 1000 } });

	watch(page, folder);
	await page.goto(`file://${folder}/${name}.html#${hash || ""}`);
	await page.waitForSelector("html[data-ready]", { timeout: 20000 });
	return page;
}

function shownView(page) {
	return page.evaluate(() => document.querySelector("#stage > section")
		.id.slice(5));
}

/* {"name module": [self, total]} of the table of functions, and the sum. */
async function tableTotals(page) {
	return page.evaluate(() => {
		const box = document.querySelector("#view-functions .list");
		const rows = [...box.querySelectorAll("[data-fn]")].map((row) =>
			[row.querySelector(".fn").textContent,
				[+row.dataset.self, +row.dataset.total]]);

		return { all: +box.dataset.total, rows: rows.sort() };
	});
}

/* The same from the report; off the CPU it has a row for each reason. */
function reportTotals(name, clock, ...filter) {
	const report = JSON.parse(execFileSync(cprof, ["report", "--json",
		"--by", "function", "--clock", clock, ...filter,
		`${folder}/${name}.prof`], { maxBuffer: 1 << 28 }));
	const sums = new Map();

	for (const row of report.rows) {
		const sum = sums.get(row.name) || [0, 0];

		sums.set(row.name, [sum[0] + row.self_ns, sum[1] +
			row.total_ns]);
	}
	return { all: report.total_ns, rows: [...sums].sort() };
}

async function totals(browser) {
	for (const name of ["threads", "recursion", "plain", "runs", "crowded"])
		for (const clock of CLOCKS) {
			const page = await open(browser, name,
				`view=functions&clock=${clock}`);

			same(`${name}, ${clock}: totals are those of cprof ` +
				"report", await tableTotals(page),
				reportTotals(name, clock));
			await page.close();
		}
	const part = await open(browser, "part", "view=functions&clock=wall");

	same("a page of a part has the totals of that part",
		await tableTotals(part), reportTotals("metrics", "wall",
			"--region", "step", "--thread", "worker-1"));
	await part.close();
}

async function viewsAndLinks(browser) {
	const page = await open(browser, "threads");

	for (const [i, view] of VIEWS.entries()) {
		await page.keyboard.press(String(i + 1));
		same(`key ${i + 1} shows ${view}`, await shownView(page), view);
		const text = await page.textContent("#stage");

		check(`${view} has something to say`, text.length > 20, text);
	}
	await page.click("#tab-tree");
	await page.keyboard.press("c");
	const link = await page.evaluate(() => location.hash.slice(1));

	same("what is looked at stands in the link", link,
		"view=tree&clock=wall");
	const again = await open(browser, "threads", link);

	same("a link shows the same", await again.evaluate(() => [
		document.querySelector("#stage > section").id,
		document.querySelector("[aria-label=Clock] [aria-pressed=true]")
			.textContent]), ["view-tree", "Wall"]);
	await again.evaluate(() => { location.hash = "view=nonsense&who=t99&" +
		"from=-3&to=1e9&fn=77777&zoom=x&clock=<b>"; });
	same("nonsense in a link is left out", await shownView(again),
		"overview");
	same("nothing went wrong in any view", page.troubles
		.concat(again.troubles), []);
	await page.close();
	await again.close();
}

async function searching(browser) {
	const page = await open(browser, "plain", "view=functions");
	const rows = () => page.evaluate(() => [...document.querySelectorAll(
		"#view-functions .fn")].map((node) => node.textContent));

	/* All of it at once: half a pattern is a search, too. */
	const look = async (text) => {
		await page.keyboard.press("/");
		await page.keyboard.insertText(text);
		await page.waitForFunction(() => document.querySelector(
			".search output").textContent);
		return page.textContent(".search output");
	};

	same("a search tells the share of stacks through what it fits",
		await look("^(alp|zzz)ha$"), "98.0%");
	same("the table shows what fits", await rows(), ["alpha"]);
	await page.keyboard.press("Escape");
	check("Escape ends the search", (await rows()).length > 3);
	same("text that is no pattern is looked for as it is",
		await look("(alpha"), "no match");
	same("searching goes without trouble", page.troubles, []);
	await page.close();
}

/* Samples of "plain" follow each other: alpha, tiny_inline, beta, ... */
async function ranges(browser) {
	const page = await open(browser, "plain", "view=functions");
	const box = await page.locator("canvas.strip").boundingBox();
	const y = box.y + box.height / 2;

	await page.mouse.move(box.x, y);
	await page.mouse.down();
	await page.mouse.move(box.x + box.width * 0.3, y);
	await page.mouse.up();
	const part = await tableTotals(page);

	check("a drag over time leaves that part of it", Math.abs(part.all -
		30e6) < 1e6, part.all);
	same("and the functions that ran then", part.rows.filter((row) =>
		row[1][0] > 0).map((row) => row[0]), ["alpha"]);
	check("the range is in the link", (await page.evaluate(() =>
		location.hash)).includes("to="));
	const link = await page.evaluate(() => location.hash.slice(1));
	const again = await open(browser, "plain", link);

	same("a link with a range shows that range", await tableTotals(again),
		part);
	for (const view of VIEWS) {
		await page.click("#tab-" + view);
		check(`${view} says that a range is chosen`, (await page
			.locator(".chip").count()) === 1);
	}
	await page.keyboard.press("Escape");
	await page.click("#tab-functions");
	same("Escape gives all of the time back", (await tableTotals(page)).all,
		reportTotals("plain", "cpu").all);
	await page.keyboard.press("3");
	const graph = await page.locator("canvas.timeline").boundingBox();

	await page.mouse.move(graph.x + graph.width * 0.5, graph.y + 60);
	await page.mouse.down();
	await page.mouse.move(graph.x + graph.width * 0.8, graph.y + 60);
	await page.mouse.up();
	check("a drag in the timeline selects, too", (await page
		.locator(".chip").count()) === 1);
	same("ranges go without trouble", page.troubles.concat(again.troubles),
		[]);
	await page.close();
	await again.close();
}

async function keys(browser) {
	const page = await open(browser, "recursion", "view=tree");
	const rows = () => page.locator("#view-tree .row").count();
	const hash = () => page.evaluate(() => location.hash);

	await page.focus("#view-tree .list");
	const before = await rows();

	await page.keyboard.press("ArrowLeft");
	const closed = await rows();

	check("left closes a call", closed < before, `${before} ${closed}`);
	await page.keyboard.press("*");
	check("* opens all below", (await rows()) >= before);
	await page.keyboard.press("End");
	await page.keyboard.press("Enter");
	same("Enter shows callers and callees", await shownView(page),
		"sandwich");
	await page.keyboard.press("2");
	await page.focus("canvas.flame");
	for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "Enter"])
		await page.keyboard.press(key);
	check("arrows and Enter zoom in the flame graph",
		/zoom=[1-9]/.test(await hash()), await hash());
	await page.keyboard.press("0");
	check("0 ends the zoom", !/zoom=/.test(await hash()), await hash());
	await page.keyboard.press("i");
	check("i turns the flame graph", /up=1/.test(await hash()));
	for (const end of ["Escape", "?"]) {
		await page.keyboard.press("?");
		check("? shows the keys",
			await page.locator("dialog.help").isVisible());
		await page.keyboard.press(end);
		check(`${end} closes them`, !(await page
			.locator("dialog.help").isVisible()));
	}
	same("keys go without trouble", page.troubles, []);
	await page.close();
}

/* The rest of what the panel of keys promises. */
async function moreKeys(browser) {
	const page = await open(browser, "threads", "view=tree");
	const hash = () => page.evaluate(() => location.hash);
	const current = () => page.evaluate(() => document.querySelector(
		"#stage .row.current .fn").textContent);

	await page.keyboard.press("/");
	await page.keyboard.insertText("^jit");
	await page.waitForFunction(() => document.querySelector(
		".search output").textContent);
	await page.keyboard.press("ArrowDown");
	check("down leads from the search to the tree", await page.evaluate(
		() => document.activeElement.className === "list"));
	await page.keyboard.press("Home");
	await page.keyboard.press("ArrowLeft");
	await page.keyboard.press("n");
	same("n opens the tree where the search fits", await current(),
		"jit_hot");
	await page.keyboard.press("Escape");
	await page.keyboard.press("i");
	check("i turns the tree", /inverted=1/.test(await hash()));
	await page.keyboard.press("]");
	check("] chooses a part of the time", /to=/.test(await hash()));
	const before = await hash();

	await page.keyboard.press("]");
	check("and moves it", /from=/.test(await hash()), await hash());
	await page.keyboard.press("[");
	same("[ moves it back", await hash(), before);
	await page.keyboard.press("Escape");
	check("Escape ends it", !/to=/.test(await hash()));
	await page.focus("canvas.strip");
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("Shift+ArrowRight");
	check("arrows in the strip choose a part of the time, and its end",
		/to=/.test(await hash()), await hash());
	await page.keyboard.press("Escape");
	await page.focus("#tab-tree");
	await page.keyboard.press("ArrowDown");
	same("arrows go from tab to tab", await shownView(page), "functions");
	await page.focus("[role=columnheader]:last-child");
	await page.keyboard.press("Enter");
	const names = await page.$$eval("#view-functions .fn", (nodes) =>
		nodes.map((node) => node.textContent));

	same("a column's head sorts by it", names, names.slice().sort());
	await page.focus("select");
	await page.keyboard.press("Escape");
	await page.keyboard.press("9");
	same("Escape leaves a list of choices", await shownView(page), "info");
	await page.keyboard.press("3");
	await page.focus("canvas.timeline");
	await page.keyboard.press("ArrowDown");
	await page.keyboard.press("Enter");
	check("Enter in the timeline shows a thread only", /who=t/.test(
		await hash()), await hash());
	for (const view of VIEWS) {
		await page.click("#tab-" + view);
		for (const key of "xnNi0c")
			await page.keyboard.press(key);
		same(`${view} stays with keys that mean nothing to it`,
			await shownView(page), view);
	}
	same("more keys go without trouble", page.troubles, []);
	await page.close();
}

/* Fingers have no wheel. */
async function touch(browser) {
	const context = await browser.newContext({ hasTouch: true,
		viewport: { width: 360, height: 640 } });
	const page = await context.newPage();

	watch(page, folder);
	await page.goto(`file://${folder}/payloads.html#view=timeline`);
	await page.waitForSelector("html[data-ready]", { timeout: 20000 });
	const client = await context.newCDPSession(page);
	const swipe = async (x, y, dx, dy) => {
		const send = (type, points) => client.send(
			"Input.dispatchTouchEvent", { type,
				touchPoints: points });

		await send("touchStart", [{ x, y }]);
		for (let i = 1; i <= 10; i++)
			await send("touchMove", [{ x: x + dx * i / 10,
				y: y + dy * i / 10 }]);
		await send("touchEnd", []);
		await page.waitForTimeout(100);
	};
	const box = await page.locator("canvas.timeline").boundingBox();
	const picture = () => page.$eval("canvas.timeline", (canvas) =>
		canvas.toDataURL());
	const before = await picture();

	await swipe(box.x + box.width * 0.6, box.y + box.height - 20, 3,
		-box.height * 0.6);
	check("a finger that moves up scrolls the threads", (await
	picture()) !== before && !/to=/.test(await page.evaluate(() =>
		location.hash)));
	await swipe(box.x + box.width * 0.5, box.y + box.height / 2, 90, 3);
	check("one that moves to a side chooses a part of the time",
		/to=/.test(await page.evaluate(() => location.hash)));
	same("fingers go without trouble", page.troubles, []);
	await context.close();
}

async function themes(browser) {
	const page = await open(browser, "threads");
	const theme = () => page.evaluate(() =>
		document.documentElement.dataset.theme);

	await page.emulateMedia({ colorScheme: "dark" });
	await page.waitForFunction(() => document.documentElement.dataset
		.theme === "dark", null, { timeout: 5000 });
	same("the theme is the system's", await theme(), "dark");
	await page.keyboard.press("d");
	same("d turns it", await theme(), "light");
	for (const wanted of ["light", "dark"]) {
		if (await theme() !== wanted)
			await page.keyboard.press("d");
		await page.waitForTimeout(200);
		for (const view of VIEWS) {
			await page.click("#tab-" + view);
			const worst = await page.evaluate(worstContrast);

			check(`${view}, ${wanted}: text has a contrast of 4.5`,
				worst[0] >= 4.5, worst);
		}
	}
	same("themes go without trouble", page.troubles, []);
	await page.close();
}

async function sizes(browser) {
	for (const [width, height, name] of [[360, 640, "threads"],
		[3840, 2160, "threads"], [1300, 800, "payloads"]]) {
		const page = await open(browser, name, "", { width,
			height });

		for (const view of VIEWS) {
			await page.click("#tab-" + view);
			const wide = await page.evaluate(() => Math.max(
				document.documentElement.scrollWidth,
				document.querySelector("#stage").scrollWidth,
				...[".top", ".strip", "#stage"].map((part) =>
					document.querySelector(part)
						.getBoundingClientRect()
						.right)));

			check(`${view} fits ${width} pixels`, wide <= width,
				wide);
			same(`${view}, ${width} pixels: no panel is cut`,
				await page.evaluate(() => [...document
					.querySelectorAll("#stage .panel")]
					.filter((panel) => panel.scrollHeight >
						panel.clientHeight + 1)
					.length), 0);
		}
		same(`${width} pixels go without trouble`, page.troubles, []);
		await page.close();
	}
}

async function hostile(browser) {
	for (const name of ["markup", "hostile", "payloads", "small"]) {
		const page = await open(browser, name);

		for (const view of VIEWS) {
			await page.click("#tab-" + view);
			await page.keyboard.press("c");
		}
		await page.hover("canvas.strip");
		same(`${name}: no script runs, nothing is loaded`,
			await page.evaluate(() => [typeof window.pwned,
				document.querySelectorAll(
					"img, svg, iframe, link, b > b")
					.length, document.scripts.length]),
			["undefined", 0, 1]);
		same(`${name}: no trouble, no request`, page.troubles, []);
		await page.close();
	}
	for (const name of ["markup", "payloads"])
		await hostileNames(browser, name);
}

/* Tall enough that each function has its row. */
async function hostileNames(browser, name) {
	const page = await open(browser, name, "view=functions",
		{ width: 1400, height: 10000 });
	const values = (totals) => totals.rows.map((row) => row[1]).sort();
	const shown = await tableTotals(page);

	check(`${name}: no character that acts instead of being seen`,
		!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/
			.test(await page.textContent("#app")));
	same(`${name}: totals are those of cprof report, names and all`,
		values(shown), values(reportTotals(name, "cpu")));
	check(`${name}: a name is shown as it is`, shown.rows.some((row) =>
		/^<img src=x onerror=\w+/.test(row[0])));
	if (name === "payloads")
		check("payloads: there are 200 names and more",
			shown.rows.length > 200, shown.rows.length);
	same(`${name}: the long table shows no trouble`, page.troubles, []);
	await page.close();
}

/* 10 ms of alpha and all of jit_hot, of which no lines are known. */
async function sourceOfPart(browser) {
	const page = await open(browser, "threads", "view=source");
	const box = await page.locator("canvas.strip").boundingBox();
	const at = (ms) => box.x + box.width * ms / 1850;
	const shown = (view) => page.$eval(`#view-${view} select`,
		(select) => select.selectedOptions[0].textContent);

	await page.mouse.move(at(1290), box.y + 5);
	await page.mouse.down();
	await page.mouse.move(at(1660), box.y + 5);
	await page.mouse.up();
	same("the source is that of the hottest function with lines",
		await shown("source"), "alpha");
	await page.click("#tab-sandwich");
	same("though another is hotter", await shown("sandwich"), "jit_hot");
	same("the source of a part goes without trouble", page.troubles, []);
	await page.close();
}

/* Metrics and regions: rows of the timeline that tell values, and tables. */
async function memoryOfAll(browser) {
	const page = await open(browser, "metrics", "view=overview");
	const said = await page.textContent("#stage");

	check("the peak of memory is that of the report, of all processes",
		/Peak memory64\.0 MB/.test(said), said);
	check("what looks saw is not taken for the account of the CPU",
		/seen on a CPU/.test(said), said);
	await page.close();
}

async function besideThreads(browser) {
	const page = await open(browser, "metrics", "view=modules&clock=wall");
	const cells = (label) => page.$$eval(`table[aria-label="${label}"] ` +
		"tbody tr", (rows) => rows.map((row) => [...row.cells].map(
		(cell) => cell.textContent.trim())));
	const tip = async (row) => {
		const box = await page.locator("canvas.timeline").boundingBox();
		const head = await page.evaluate(() => 1.6 * parseFloat(
			getComputedStyle(document.documentElement).fontSize));

		await page.mouse.move(box.x + box.width * 0.62,
			box.y + head + row);
		return page.textContent(".tip");
	};

	same("regions: calls and times as in --by region",
		(await cells("Regions")).map((row) => row.slice(0, 7)), [
			["step", "2", "500 ms", "350 ms", "250 ms", "300 ms",
				"300 ms"],
			["part <b>", "2", "150 ms", "150 ms", "75.0 ms",
				"100 ms", "100 ms"],
			["half way", "1", "", "", "", "", ""]]);
	same("regions: memory and counters, how they changed and the most",
		(await cells("Regions")).map((row) => row.slice(8)), [
			["0 B", "60.0 MB", "−6", "7"],
			["0 B", "60.0 MB", "0", "7"],
			["–", "–", "–", "–"]]);
	same("metrics: first, highest and last", (await cells("Metrics"))
		.filter((row) => /rss|queue/.test(row[0])), [
		["memory.rss", "30.2 MB", "60.0 MB", "30.0 MB"],
		["queue length", "3", "7", "1"]]);
	await page.click("#tab-timeline");
	check("a row of the timeline tells a metric's value",
		/^memory.rss.*at .*MB$/.test(await tip(10)), await tip(10));
	await page.focus("canvas.timeline");
	for (let i = 0; i < 12 && !(await cells("Regions")).length; i++) {
		await page.keyboard.press("ArrowDown");
		await page.keyboard.press("Enter");
		if (/from=/.test(await page.evaluate(() => location.hash)))
			await page.keyboard.press("8");
	}
	same("Enter chooses the time of a region's call, for its table, too",
		(await cells("Regions")).map((row) => row.slice(0, 4)),
		[["step", "1", "300 ms", "150 ms"],
			["part <b>", "2", "150 ms", "150 ms"]]);
	same("and for that of metrics", (await cells("Metrics"))
		.filter((row) => /queue/.test(row[0])),
	[["queue length", "7", "7", "7"]]);
	same("metrics and regions go without trouble", page.troubles, []);
	await page.close();
}

async function withoutScripts(browser) {
	const context = await browser.newContext({ javaScriptEnabled: false });
	const page = await context.newPage();

	await page.goto(`file://${folder}/plain.html`);
	const rows = await page.locator("table tr").count();
	const text = await page.textContent("table");

	check("without JavaScript there is a table of functions", rows > 3 &&
		text.includes("alpha"), text);
	await context.close();
}

function policy() {
	const text = fs.readFileSync(`${folder}/plain.html`, "latin1");
	const data = text.match(/id="data">([^<]*)</)[1];

	check("the policy forbids all but the page's own script and style",
		new RegExp("content=\"default-src 'none'; script-src " +
			"'sha256-[^']*'; style-src 'sha256-[^']*'; " +
			"base-uri 'none'; form-action 'none'\"").test(text));
	check("the viewer has at most 120,000 bytes", text.length -
		data.length <= 120000, text.length - data.length);
	check("no inline handlers, no innerHTML", !/\son\w+=|innerHTML|eval\(/
		.test(text.replace(/on: \{/g, "")));
}

/* Times are told, and judged with room for a busy machine. */
async function large(browser) {
	const bytes = fs.statSync(`${folder}/large.html`).size;
	const page = await open(browser, "large", "view=flame");
	const first = await page.evaluate(() => performance.now());
	const draws = [];

	check("300,000 stacks: at most 5 MB", bytes <= 5e6, bytes);
	for (let i = 0; i < 5; i++)
		draws.push(await page.evaluate(() => {
			const start = performance.now();
			const canvas = document.querySelector("canvas.flame");

			document.dispatchEvent(new KeyboardEvent("keydown",
				{ key: "i", bubbles: true }));
			canvas.getContext("2d").getImageData(0, 0, 1, 1);
			return performance.now() - start;
		}));
	draws.sort((a, b) => a - b);
	console.log(`# ${(bytes / 1e6).toFixed(2)} MB, first picture after ` +
		`${first.toFixed(0)} ms, redraw ${draws[2].toFixed(1)} ms`);
	check("300,000 stacks: the first picture comes soon", first < 8000,
		first);
	check("300,000 stacks: redraws are quick", draws[2] < 300, draws);
	await page.click("#tab-functions");
	same("300,000 stacks: the total is that of cprof report",
		(await tableTotals(page)).all, reportTotals("large",
			"cpu").all);
	await page.click("#tab-info");
	check("300,000 stacks: what was merged is told", /\d,\d+ calls/.test(
		await page.textContent("#stage")));
	same("300,000 stacks go without trouble", page.troubles, []);
	await page.close();
}

run(program, async (browser) => {
	policy();
	for (const part of [totals, viewsAndLinks, searching, ranges, keys,
		moreKeys, touch, themes, sizes, hostile, sourceOfPart,
		memoryOfAll, besideThreads, withoutScripts, large])
		await part(browser);
});
