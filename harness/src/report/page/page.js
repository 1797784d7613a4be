"use strict";
// Draws the report. Only the rows in sight are in the document, so that 20,000 cases stay fluid.
const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const ROW = 28;
const ALIKE = "all alike";
const BAD = new Set(["fail", "error", "known", "flaky"]);
const SCORES = ["pass", "weak", "fail", "error", "known", "flaky", "unsupported", "skipped"];
const SCORE_NAMES = { weak: "weak pass", fail: "fail", error: "error", unsupported: "unsupported", skipped: "not asked", known: "known failure", flaky: "flaky" };
const scoreName = (score) => SCORE_NAMES[score] || score;

const outcomes = data.outcomes.map((word) => {
  const [score, name] = word.split(" ");
  return { score, name };
});
const cases = data.cases.map(([name, rules, edition, cells]) => ({
  name, rules, edition: edition || ALIKE, cells,
  area: name.split("/")[0],
  text: (name + " " + rules.map((r) => data.rules[r].rule + " " + data.rules[r].title).join(" ")).toLowerCase(),
}));
const editions = [ALIKE, "ckb2019", "ckb2021", "rfc0044", "ckb2023"].filter((e) => cases.some((c) => c.edition === e));
const areas = [...new Set(cases.map((c) => c.area))];

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

// What is chosen. `open` are the rules whose cases are shown; `at` is the row under the cursor.
const VIEWS = {
  all: "all cases",
  failing: "what some client fails",
  disagree: "all clients disagree with the suite",
  one: "differs from exactly one client",
};
const chosen = { text: "", view: "all", outcome: "", client: "", area: "", edition: "" };
let open = new Set();
let rows = [];
let at = 0;
let shownColumns = [];

const cell = (c, client) => (c.cells[client] < 0 ? null : outcomes[c.cells[client]]);
const chosenClients = () => (chosen.client === "" ? data.clients.map((_, i) => i) : [Number(chosen.client)]);

// What the suite plays itself says nothing about whether clients agree, where there are others.
const others = data.clients.some((run) => !run.adapter.startsWith("builtin:"));
const ours = (client) => others && data.clients[client].adapter.startsWith("builtin:");

function viewed(c) {
  if (chosen.view === "all") return true;
  const asked = c.cells.map((n, client) => (n < 0 || (chosen.view !== "failing" && ours(client)) ? null : outcomes[n].score)).filter((s) => s && s !== "unsupported" && s !== "skipped");
  const bad = asked.filter((score) => BAD.has(score)).length;
  if (chosen.view === "failing") return bad > 0;
  if (chosen.view === "disagree") return asked.length > 1 && bad === asked.length;
  return bad === 1 && asked.length > 1;
}

function wanted(c) {
  if (chosen.area && c.area !== chosen.area) return false;
  if (chosen.edition && c.edition !== chosen.edition && c.edition !== ALIKE) return false;
  const clients = chosenClients();
  if (chosen.client !== "" && !cell(c, clients[0])) return false;
  if (chosen.outcome) {
    const has = clients.some((i) => {
      const outcome = cell(c, i);
      return outcome && (outcome.score === chosen.outcome || outcome.name === chosen.outcome);
    });
    if (!has) return false;
  }
  if (!viewed(c)) return false;
  return chosen.text.toLowerCase().split(/\s+/).every((word) => c.text.includes(word));
}

/** The rows: a rule, and below an open one its cases. A case stands under its first rule. */
function select() {
  const byRule = new Map();
  let count = 0;
  for (const c of cases) {
    if (!wanted(c)) continue;
    count += 1;
    const rule = c.rules.length ? c.rules[0] : -1;
    if (!byRule.has(rule)) byRule.set(rule, []);
    byRule.get(rule).push(c);
  }
  const order = [...byRule.keys()].sort((a, b) => (ruleId(a) < ruleId(b) ? -1 : 1));
  const kept = rows[at];
  rows = [];
  for (const rule of order) {
    const members = byRule.get(rule);
    rows.push({ rule, members });
    if (open.has(rule)) for (const c of members) rows.push({ rule, c });
  }
  const same = (row) => kept && row.rule === kept.rule && row.c === kept.c;
  at = Math.max(0, rows.findIndex(same));
  columns(new Set([...byRule.values()].flat().map((c) => c.edition)));
  const rules = order.length === 1 ? "1 rule" : `${order.length} rules`;
  $("shown").textContent = `${count} of ${cases.length} cases, ${rules}`;
}

const ruleId = (rule) => (rule < 0 ? "" : data.rules[rule].rule);

/** The columns: clients by the editions of the cases that are shown. */
function columns(seen) {
  const points = editions.filter((e) => seen.has(e));
  if (!points.length) points.push(ALIKE);
  shownColumns = chosenClients().flatMap((client) => points.map((edition) => ({ client, edition, points: points.length })));
  const width = points.length > 1 ? 76 : shownColumns.length > 3 ? 100 : 130;
  const style = document.documentElement.style;
  style.setProperty("--cell", width + "px");
  style.setProperty("--total", width * shownColumns.length + "px");
  const head = $("head");
  head.replaceChildren();
  const clients = element("div", { class: "row" }, element("span", { class: "name" }, "rule"));
  for (const client of chosenClients()) {
    const label = data.clients[client].label;
    const wide = element("span", { class: "cell wide", title: label }, label);
    wide.style.width = width * points.length + "px";
    clients.append(wide);
  }
  head.append(clients);
  if (points.length > 1) {
    const names = shownColumns.map(({ edition }) => element("span", { class: "cell" }, edition));
    head.append(element("div", { class: "row" }, element("span", { class: "name" }), ...names));
  }
}

/** The worst of many scores, and how many pass. */
function summed(members, { client, edition }) {
  const counts = {};
  let total = 0;
  for (const c of members) {
    if (c.edition !== edition) continue;
    const outcome = cell(c, client);
    if (!outcome) continue;
    counts[outcome.score] = (counts[outcome.score] || 0) + 1;
    total += 1;
  }
  if (!total) return { text: "", kind: "absent", title: "" };
  const worst = ["error", "fail", "known", "flaky", "weak"].find((score) => counts[score]);
  const idle = (counts.unsupported || 0) + (counts.skipped || 0);
  const kind = worst || (idle === total ? "unsupported" : "pass");
  const good = (counts.pass || 0) + (counts.weak || 0);
  const title = SCORES.filter((s) => counts[s]).map((s) => `${counts[s]} ${scoreName(s)}`).join(", ");
  return { text: idle === total ? "—" : `${good}/${total}`, kind, title };
}

function drawRow(row, index) {
  const on = index === at;
  const cells = shownColumns.map((column) => {
    if (row.members) {
      const { text, kind, title } = summed(row.members, column);
      return element("span", { class: "cell " + kind, title, role: "gridcell" }, text);
    }
    const outcome = row.c.edition === column.edition ? cell(row.c, column.client) : null;
    const kind = outcome ? outcome.score : "absent";
    const text = !outcome ? "" : outcome.score === "unsupported" ? "—" : outcome.score === "known" ? "known" : outcome.name;
    return element("span", { class: "cell " + kind, title: outcome ? outcome.name : "", role: "gridcell" }, text);
  });
  let name;
  if (row.members) {
    const rule = row.rule < 0 ? { rule: "", title: "no rule" } : data.rules[row.rule];
    name = element("span", { class: "name", role: "rowheader", title: rule.title },
      element("span", { class: "tw" }, open.has(row.rule) ? "▾" : "▸"),
      element("span", { class: "id" }, rule.rule), " " + rule.title + " ",
      element("span", { class: "count" }, String(row.members.length)));
  } else {
    name = element("span", { class: "name case", role: "rowheader", title: row.c.name }, row.c.name);
  }
  return element("div", {
    class: "row " + (row.members ? "rule" : "case") + (on ? " on" : ""), role: "row", id: "row" + index,
    "aria-level": row.members ? 1 : 2, "aria-selected": on, "aria-rowindex": index + 1,
    "aria-expanded": row.members ? open.has(row.rule) : null,
    onclick: () => { at = index; row.members ? toggle(row) : draw(); show(row); },
  }, name, ...cells);
}

function draw(all = false) {
  const list = $("list");
  $("space").style.height = rows.length * ROW + "px";
  const first = all ? 0 : Math.max(0, Math.floor(list.scrollTop / ROW) - 8);
  const last = all ? rows.length : Math.min(rows.length, first + Math.ceil(list.clientHeight / ROW) + 16);
  const drawn = [];
  for (let index = first; index < last; index += 1) drawn.push(drawRow(rows[index], index));
  if (!rows.length) drawn.push(element("p", { class: "row" }, "No case fits these filters."));
  $("rows").style.transform = `translateY(${first * ROW}px)`;
  $("rows").replaceChildren(...drawn);
  list.setAttribute("aria-rowcount", rows.length);
  list.setAttribute("aria-activedescendant", "row" + at);
  document.documentElement.style.setProperty("--bar", list.offsetWidth - list.clientWidth + "px");
}

function refresh() { select(); draw(); }

function toggle(row, to) {
  const opened = open.has(row.rule);
  if (to === opened) return;
  if (opened) open.delete(row.rule); else open.add(row.rule);
  refresh();
}

function move(to) {
  at = Math.min(Math.max(to, 0), rows.length - 1);
  const list = $("list");
  const top = at * ROW;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + ROW > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW - list.clientHeight;
  draw();
  if (!$("detail").hidden && rows[at]) show(rows[at]);
}

// ---- the panel of a case or a rule

const pretty = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

/** Lines of two texts, by their longest common subsequence. */
function difference(before, after) {
  const [a, b] = [before.split("\n"), after.split("\n")];
  if (a.length * b.length > 400000) return [...a.map((t) => ["del", t]), ...b.map((t) => ["add", t])];
  const table = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const lines = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { lines.push(["same", a[i]]); i += 1; j += 1; }
    else if (j >= b.length || (i < a.length && table[i + 1][j] >= table[i][j + 1])) { lines.push(["del", a[i]]); i += 1; }
    else { lines.push(["add", b[j]]); j += 1; }
  }
  return lines;
}

/** Text with `code` in it. */
const code = (text) => text.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));

function ruleText(rule, heading) {
  if (!rule) return null;
  const facts = [`editions ${rule.editions}`, rule.class ? `class ${rule.class}` : "only computes", rule.chapter ? `${rule.chapter}:${rule.line}` : null];
  return element("div", { class: "rules" },
    element(heading, {}, `${rule.rule}: ${rule.title}`),
    element("p", { class: "soft" }, facts.filter(Boolean).join(" · ")),
    ...rule.text.split(/\n\n/).map((paragraph) => element("p", {}, ...code(paragraph))));
}

function command(text) {
  const copy = element("button", { type: "button", onclick: async () => {
    try { await navigator.clipboard.writeText(text); copy.textContent = "Copied"; } catch { copy.textContent = "Select and copy"; }
  } }, "Copy");
  return element("div", { class: "copy" }, element("pre", {}, text), copy);
}

const quoted = (name) => (/^[\w@%+=:,./-]+$/.test(name) ? name : `'${name.replaceAll("'", `'"'"'`)}'`);

function answerOf(c, client, detail) {
  const outcome = cell(c, client);
  if (!outcome) return [];
  const run = data.clients[client];
  const answer = (detail && detail.a[client]) || {};
  const parts = [element("h3", {}, run.label + " ", element("span", { class: "badge " + outcome.score }, outcome.name))];
  if (answer.k) parts.push(element("p", { class: "soft" }, `${answer.k.excused ? "known to fail" : "listed, but not excused"} (${answer.k.at}): ${answer.k.why}`));
  if (answer.r !== undefined) parts.push(element("p", {}, data.reasons[answer.r]));
  if (answer.g !== undefined && answer.g !== null) {
    const lines = difference(pretty(answer.e), pretty(answer.g));
    const marks = { del: "- ", add: "+ ", same: "  " };
    parts.push(element("p", { class: "soft" }, "− expected, + got"));
    parts.push(element("pre", {}, ...lines.map(([kind, text]) => element("span", { class: kind }, marks[kind] + text))));
  } else if (answer.e) {
    parts.push(element("p", { class: "soft" }, "expected"), element("pre", {}, pretty(answer.e)));
  }
  if (answer.log) parts.push(element("p", { class: "soft" }, "standard error meanwhile"), element("pre", {}, answer.log));
  if (BAD.has(outcome.score) || outcome.score === "weak") parts.push(element("p", { class: "soft" }, "ask it again"), command(`${run.again} ${quoted(c.name)}`));
  return parts;
}

function showCase(c) {
  const detail = data.details[c.name];
  const clients = data.clients.map((_, i) => i).sort((a, b) => severity(c, a) - severity(c, b));
  const parts = [element("h2", { class: "id" }, c.name)];
  if (detail && detail.why) parts.push(element("p", {}, detail.why));
  if (detail && detail.flags) for (const [flag, { effect, see = [] }] of Object.entries(detail.flags)) parts.push(element("p", { class: "soft" }, `catches ${[`${flag}: ${effect}`, ...see].join("; ")}`));
  const about = [detail && detail.op ? `asks ${detail.op}` : null, c.edition === ALIKE ? null : `at edition ${c.edition}`, detail && detail.source];
  parts.push(element("p", { class: "soft" }, about.filter(Boolean).join(" · ")));
  for (const client of clients) parts.push(...answerOf(c, client, detail));
  if (detail && detail.in !== undefined) parts.push(element("h3", {}, "Question"), element("pre", {}, pretty(detail.in)));
  else parts.push(element("p", { class: "soft" }, c.cells.some((n) => n >= 0 && BAD.has(outcomes[n].score))
    ? "The page has no room for this case; the log holds it, and the command shows it again."
    : `ckbspec explain ${quoted(c.name)} says what it asks.`));
  parts.push(element("h3", {}, c.rules.length > 1 ? "Rules" : "Rule"));
  for (const rule of c.rules) parts.push(ruleText(data.rules[rule], "h3"));
  return parts;
}

const severity = (c, client) => {
  const outcome = cell(c, client);
  return outcome ? ["fail", "error", "known", "flaky", "weak", "pass", "skipped", "unsupported"].indexOf(outcome.score) : 9;
};

function showRule(row) {
  const rule = data.rules[row.rule];
  const parts = [rule ? ruleText(rule, "h2") : element("h2", {}, "no rule")];
  const bad = row.members.filter((c) => c.cells.some((n) => n >= 0 && BAD.has(outcomes[n].score)));
  parts.push(element("p", {}, `${row.members.length} cases shown, ${bad.length} of them failed by some client.`));
  for (const c of bad.slice(0, 20)) {
    const link = element("a", { href: "#" + encodeURIComponent(c.name) }, c.name);
    const worst = c.cells.map((n) => n >= 0 && BAD.has(outcomes[n].score) ? outcomes[n].name : null).filter(Boolean);
    parts.push(element("p", {}, link, ` ${[...new Set(worst)].join(", ")}`));
  }
  if (bad.length > 20) parts.push(element("p", { class: "soft" }, `and ${bad.length - 20} more`));
  return parts;
}

function show(row) {
  const close = element("button", { type: "button", id: "close", onclick: hide, title: "Esc" }, "Close");
  $("detail").replaceChildren(close, ...(row.members ? showRule(row) : showCase(row.c)));
  $("detail").scrollTop = 0;
  if ($("detail").hidden) { $("detail").hidden = false; draw(); }
  history.replaceState(null, "", "#" + encodeURIComponent(row.members ? ruleId(row.rule) : row.c.name));
}

function hide() {
  $("detail").hidden = true;
  history.replaceState(null, "", location.pathname + location.search);
  draw();
  $("list").focus();
}

/** Goes to the case or rule that the address names. */
function follow() {
  let name = "";
  try { name = decodeURIComponent(location.hash.slice(1)); } catch { return; }
  if (!name) return;
  const c = cases.find((one) => one.name === name);
  const rule = c ? (c.rules.length ? c.rules[0] : -1) : data.rules.findIndex((one) => one.rule === name);
  if (!c && rule < 0) return;
  if (c && !wanted(c)) reset();
  if (c) open.add(rule);
  select();
  const index = rows.findIndex((row) => row.rule === rule && (c ? row.c === c : row.members));
  if (index < 0) return;
  at = index;
  show(rows[index]);
  move(index);
}

// ---- filters and keys

function options(select, pairs) {
  select.replaceChildren(...pairs.map(([value, text]) => element("option", { value }, text)));
}

function reset() {
  Object.assign(chosen, { text: "", view: "all", outcome: "", client: "", area: "", edition: "" });
  for (const name of Object.keys(chosen)) $(name).value = chosen[name];
}

function keys(event) {
  const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !typing) { event.preventDefault(); $("text").focus(); $("text").select(); return; }
  if (event.key === "Escape") {
    if (typing) { $("list").focus(); return; }
    if (!$("detail").hidden) hide(); else { reset(); refresh(); }
    return;
  }
  if (event.target.id === "text" && (event.key === "Enter" || event.key === "ArrowDown")) {
    event.preventDefault();
    $("list").focus();
    return;
  }
  if (typing || event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement) return;
  const row = rows[at];
  const page = Math.max(1, Math.floor($("list").clientHeight / ROW) - 1);
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, j: at + 1, k: at - 1, PageDown: at + page, PageUp: at - page, Home: 0, End: rows.length - 1 };
  if (event.key in steps) move(steps[event.key]);
  else if (!row) return;
  else if (event.key === "Enter") { if (row.members) toggle(row, true); show(rows[at]); }
  else if (event.key === " " && row.members) toggle(row);
  else if (event.key === "ArrowRight" && row.members) { if (open.has(row.rule)) move(at + 1); else toggle(row); }
  else if (event.key === "ArrowLeft") {
    if (row.members) toggle(row, false);
    else move(rows.findIndex((other) => other.members && other.rule === row.rule));
  } else return;
  event.preventDefault();
}

function clientTable() {
  const present = SCORES.filter((score) => score === "pass" || score === "fail" || cases.some((c) => c.cells.some((n) => n >= 0 && outcomes[n].score === score)));
  const head = ["client", "cases", ...present.map(scoreName), ...areas, "adapter"];
  const body = data.clients.map((run, client) => {
    const own = cases.filter((c) => cell(c, client));
    const count = (list, score) => list.filter((c) => cell(c, client).score === score).length;
    const byScore = present.map((score) => {
      const n = count(own, score);
      return element("td", { class: "n " + (n ? score : "absent") }, n ? String(n) : "–");
    });
    const byArea = areas.map((area) => {
      const there = own.filter((c) => c.area === area);
      return element("td", { class: "n" }, there.length ? `${count(there, "pass")}/${there.length}` : "–");
    });
    const language = run.language ? ` (${run.language})` : "";
    return element("tr", {}, element("td", {}, element("b", {}, run.label), language, run.complete ? "" : " INCOMPLETE", run.partial ? " (a part of the suite)" : ""),
      element("td", { class: "n" }, String(own.length)), ...byScore, ...byArea, element("td", {}, element("small", {}, run.adapter)));
  });
  $("clients").append(element("table", {},
    element("thead", {}, element("tr", {}, ...head.map((text, i) => element("th", { class: i && i < head.length - 1 ? "n" : "" }, text)))),
    element("tbody", {}, ...body)));
}

function begin() {
  const started = Math.max(0, ...data.clients.map((run) => run.started_ms));
  $("about").textContent = `ckbspec ${data.version} · ${new Date(started).toISOString().slice(0, 16).replace("T", " ")} UTC · ${cases.length} cases`;
  const banners = [...data.incomplete.map((text) => ["banner bad", "Incomplete: " + text]), ...data.notes.map((text) => ["banner", text]),
    ...data.clients.flatMap((run) => run.findings.map((f) => ["banner", `${run.label}: ${f.message} (${f.at})`]))];
  if (data.left_out) banners.push(["banner", `${data.left_out} cases have no room for their questions here; the logs hold them.`]);
  $("banners").append(...banners.slice(0, 6).map(([kind, text]) => element("div", { class: kind }, text)));
  if (banners.length > 6) $("banners").append(element("div", { class: "banner" }, `and ${banners.length - 6} more`));
  clientTable();
  const names = [...new Set(outcomes.map((o) => o.name))].sort();
  const groups = SCORES.filter((score) => outcomes.some((o) => o.score === score) && !names.includes(score));
  options($("view"), Object.entries(VIEWS).filter(([key]) => data.clients.length > 1 || key === "all" || key === "failing"));
  options($("outcome"), [["", "any"], ...groups.map((s) => [s, "any " + scoreName(s)]), ...names.map((n) => [n, n])]);
  options($("client"), [["", "all"], ...data.clients.map((run, i) => [String(i), run.label])]);
  options($("area"), [["", "all"], ...areas.map((area) => [area, area])]);
  options($("edition"), [["", "all"], ...editions.filter((e) => e !== ALIKE).map((e) => [e, e])]);
  if (cases.some((c) => c.cells.some((n) => n >= 0 && BAD.has(outcomes[n].score)))) chosen.view = "failing";
  for (const name of Object.keys(chosen)) {
    $(name).value = chosen[name];
    $(name).addEventListener("input", () => { chosen[name] = $(name).value; $("list").scrollTop = 0; refresh(); });
  }
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("filters").addEventListener("reset", (event) => { event.preventDefault(); reset(); refresh(); });
  $("list").addEventListener("scroll", () => requestAnimationFrame(() => draw()));
  addEventListener("resize", () => draw());
  addEventListener("keydown", keys);
  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => draw(true));
  addEventListener("afterprint", () => draw());
  refresh();
  follow();
  if ($("detail").hidden) $("list").focus({ preventScroll: true });
}

begin();
