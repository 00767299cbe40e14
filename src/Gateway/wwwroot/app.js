// The first page of the gateway: what the API says, plainly. No framework; everything it shows is text.
"use strict";

const LOST_AFTER_MS = 3000; // no sign of life for so long: the page is not current
const REFRESH_MS = 5000;    // ages, lines and compliance are asked for; values, alarms and events come by themselves
const MAX_ROWS = 500;
const MAX_EVENTS = 50;

const state = { offset: 0, tags: new Map(), alarms: new Map(), events: [], lastSign: 0, scanAge: 0, period: 100, busy: new Set() };
const $ = id => document.getElementById(id);

// ---- text ----

function number(value, digits = 4) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (Number.isSafeInteger(value)) return String(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return value.toExponential(2);
  const decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : digits;
  return value.toFixed(Math.min(decimals, digits));
}

// A limit is a chosen number: it is shown as it was written.
function plain(value) {
  return value === null || value === undefined ? "–" : String(value);
}

function withUnit(value, unit) {
  return number(value) + (unit && unit !== "-" && value !== null ? " " + unit : "");
}

function age(seconds) {
  if (seconds === null || seconds === undefined) return "never";
  if (seconds < 10) return seconds.toFixed(1) + " s";
  if (seconds < 120) return Math.round(seconds) + " s";
  if (seconds < 7200) return Math.round(seconds / 60) + " min";
  if (seconds < 172800) return Math.round(seconds / 3600) + " h";
  return Math.round(seconds / 86400) + " d";
}

// Times come in UTC and are shown in the offset of the site, whatever the clock of this browser thinks.
function local(iso, withDate = true) {
  if (!iso) return "–";
  const text = new Date(Date.parse(iso) + state.offset * 60000).toISOString();
  return (withDate ? text.slice(0, 10) + " " : "") + text.slice(11, 19);
}

function offsetText(minutes) {
  const size = Math.abs(minutes);
  return (minutes < 0 ? "−" : "+") + String(Math.floor(size / 60)).padStart(2, "0") + ":" + String(size % 60).padStart(2, "0");
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined && text !== null) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function row(cells, className) {
  const made = element("tr", null, className);
  for (const cell of cells) {
    if (cell instanceof Node) { made.append(cell); continue; }
    const [text, kind, title] = Array.isArray(cell) ? cell : [cell];
    const td = element("td", null, kind);
    if (text instanceof Node) td.append(text); else td.textContent = text;
    if (title) td.title = title;
    made.append(td);
  }
  return made;
}

function fill(id, rows, nothing) {
  const body = $(id);
  if (rows.length === 0 && nothing) {
    const td = element("td", nothing);
    td.colSpan = body.parentElement.tHead.rows[0].cells.length;
    const only = element("tr", null, "none");
    only.append(td);
    rows = [only];
  }
  // On a narrow screen a row is a card, and each cell says what it is.
  const heads = [...body.parentElement.tHead.rows[0].cells].map(c => c.textContent);
  for (const made of rows) for (const [i, td] of [...made.cells].entries()) if (td.dataset.label !== heads[i]) td.dataset.label = heads[i];
  body.replaceChildren(...rows);
}

// ---- site ----

async function ask(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(REFRESH_MS) });
  if (!answer.ok) throw new Error(path + ": " + answer.status);
  return answer.json();
}

function showSite(site) {
  state.offset = site.utcOffsetMinutes;
  state.period = site.scan.periodMs;
  document.title = site.name + " – gateway";
  $("site").textContent = site.name || site.id;
  $("site-sub").textContent = site.id + " · version " + site.version + " · configuration " + site.configHash.slice(0, 12);
  $("offset").textContent = "(UTC" + offsetText(site.utcOffsetMinutes) + ")";
  const bad = $("bad-tags"), up = $("lines-up");
  bad.textContent = site.counts.badTags + " of " + site.counts.tags;
  bad.className = site.counts.badTags > 0 ? "bad" : "";
  up.textContent = site.counts.linesUp + " of " + site.counts.lines;
  up.className = site.counts.linesUp < site.counts.lines ? "trouble" : "";
}

function showRunState(beat) {
  state.scanAge = beat.scanTime ? Date.parse(beat.time) - Date.parse(beat.scanTime) : 0;
  const run = $("run-state");
  run.textContent = (beat.runState === "Run" ? "" : "▲ ") + (beat.runState || "no scan yet");
  run.className = beat.runState === "Run" ? "" : beat.runState === "Starting" ? "caution" : "trouble";
  $("scan").textContent = beat.scan;
  $("clock").textContent = local(beat.time);
  $("fault").hidden = !beat.fault;
  $("fault").textContent = beat.fault ? "FAULT: the scan has stopped, outputs are safe. " + beat.fault : "";
}

// ---- alarms ----

const SYMBOLS = { 1: "▲1", 2: "◆2", 3: "●3", 4: "○4" };
const MARKS = { G: "S", H: "U", I: "O" };
const UNACKNOWLEDGED = "BDE";

function rank(alarm) {
  const group = UNACKNOWLEDGED.includes(alarm.state) ? 0 : "CF".includes(alarm.state) ? 1 : alarm.state === "A" ? 3 : 2;
  return group * 10 + alarm.priority;
}

function showAlarms() {
  const all = $("all-alarms").checked;
  const list = [...state.alarms.values()].filter(a => all || a.state !== "A");
  list.sort((a, b) => rank(a) - rank(b) || (b.raised || "").localeCompare(a.raised || "") || a.id.localeCompare(b.id));
  const unacknowledged = [...state.alarms.values()].filter(a => UNACKNOWLEDGED.includes(a.state)).length;
  $("unacked").textContent = unacknowledged > 0 ? "▲ " + unacknowledged : "0";
  $("unacked").className = unacknowledged > 0 ? "trouble" : "";
  keepFocus(() => fill("alarm-rows", list.slice(0, MAX_ROWS).map(alarmRow), all ? "The site has no alarms." : "No alarms."));
}

function alarmRow(alarm) {
  const calm = alarm.state === "A";
  const symbol = element("span", null, "prio " + (calm ? "calm" : "prio" + alarm.priority));
  symbol.append(element("span", SYMBOLS[alarm.priority], "symbol"), " " + alarm.priorityName);
  const shown = element("span", alarm.state + " ");
  if (MARKS[alarm.state]) shown.append(element("span", MARKS[alarm.state], "mark"), " ");
  shown.append(alarm.stateName);
  if (alarm.shelvedUntil) shown.append(" until " + local(alarm.shelvedUntil, false));
  const help = ["Cause: " + alarm.cause, "Consequence: " + alarm.consequence, "Action: " + alarm.action].join("\n");
  return row([
    [symbol], [shown], [alarm.id, "name", alarm.area + " " + alarm.equipment], [alarm.message, "", help],
    [alarm.value === null ? "? " + alarm.quality : withUnit(alarm.value, alarm.unit), alarm.value === null ? "num bad" : "num"],
    [plain(alarm.limit), "num"], [local(alarm.raised), "name"], [alarm.occurrence, "num"], [alarmButton(alarm)],
  ], UNACKNOWLEDGED.includes(alarm.state) ? "new" : "");
}

function alarmButton(alarm) {
  const act = UNACKNOWLEDGED.includes(alarm.state) ? "ack" : alarm.state === "F" ? "reset" : null;
  if (!act) return document.createTextNode("");
  const button = element("button", act === "ack" ? "Acknowledge" : "Reset");
  button.type = "button";
  button.dataset.key = act + " " + alarm.id;
  button.setAttribute("aria-label", button.textContent + " " + alarm.id);
  button.disabled = state.busy.has(button.dataset.key);
  button.addEventListener("click", () => perform(alarm, act));
  return button;
}

// Who is signed in. The token proves that an act comes from this page; it lives in memory only.
let session = { user: null, needsAccount: false, csrfToken: null };

const actHeaders = () => session.csrfToken
  ? { "Content-Type": "application/json", "X-CSRF-Token": session.csrfToken }
  : { "Content-Type": "application/json" };

function showSession(said) {
  session = said;
  $("sign-in").hidden = !said.needsAccount || said.user !== null;
  $("signed-in").hidden = said.user === null;
  $("signed-in-as").textContent = said.user === null ? "" : said.user + " (" + said.role + ")";
  $("user").parentElement.hidden = said.needsAccount;
}

async function askSession() {
  try { showSession(await ask("api/v1/session")); } catch (error) { console.warn("no session:", error.message); }
}

async function changeSession(method, body) {
  const result = $("act-result");
  try {
    const answer = await fetch("api/v1/session", { method, headers: actHeaders(), body, signal: AbortSignal.timeout(10000) });
    const said = await answer.json();
    result.textContent = answer.ok ? "" : said.detail;
    result.className = answer.ok ? "" : "trouble";
    if (answer.ok) showSession(said);
  } catch (error) {
    result.textContent = "not signed in or out: " + error.message;
    result.className = "trouble";
  }
}

function signIn(event) {
  event.preventDefault();
  const body = JSON.stringify({ user: $("account").value.trim(), password: $("password").value });
  $("password").value = "";
  changeSession("POST", body);
}

// The occurrence shown is the one acknowledged: an alarm that came again meanwhile stays unacknowledged.
async function perform(alarm, act) {
  const result = $("act-result"), user = session.user || $("user").value.trim();
  if (session.needsAccount && !session.user) { result.textContent = "Sign in first."; result.className = "caution"; $("account").focus(); return; }
  if (!user) { result.textContent = "Enter your name first."; result.className = "caution"; $("user").focus(); return; }
  try { localStorage.setItem("user", user); } catch { /* a private window remembers nothing */ }
  const key = act + " " + alarm.id, body = act === "ack" ? { user, occurrence: alarm.occurrence } : { user };
  state.busy.add(key);
  showAlarms();
  try {
    const answer = await fetch("api/v1/alarms/" + encodeURIComponent(alarm.id) + "/" + act, {
      method: "POST", headers: actHeaders(), body: JSON.stringify(body), signal: AbortSignal.timeout(10000),
    });
    const said = await answer.json();
    const text = !answer.ok ? "refused: " + said.detail : answer.status === 202 ? "passed on, no outcome yet" : act === "ack" ? "acknowledged" : "reset";
    result.textContent = alarm.id + " " + text;
    result.className = answer.ok ? "" : "trouble";
    if (answer.status === 401) await askSession();
  } catch (error) {
    result.textContent = alarm.id + " not known whether it was done: " + error.message;
    result.className = "trouble";
  }
  state.busy.delete(key);
  showAlarms();
}

// Rows are made anew; a key press in flight must not land nowhere.
function keepFocus(redraw) {
  const key = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.key : null;
  redraw();
  if (!key) return;
  for (const button of document.querySelectorAll("button[data-key]")) if (button.dataset.key === key) button.focus();
}

// ---- compliance ----

const VERDICTS = { complies: ["✓ complies", ""], warning: ["◆ warning", "caution"], exceeds: ["▲ exceeds", "trouble"], undetermined: ["? undetermined", "bad"] };

function bar(window) {
  if (window.headroom === null) return element("span", "–");
  const used = 1 - window.headroom, made = element("span", null, "bar" + (window.state === "exceeds" ? " over" : window.state === "warning" ? " near" : ""));
  const length = element("span");
  length.style.width = Math.max(0, Math.min(100, used * 100)) + "%";
  made.append(length, element("i", Math.round(used * 100) + " %"));
  if (window.state === "undetermined") made.classList.add("hatch");
  made.title = "head-room left: " + Math.round(window.headroom * 100) + " %";
  return made;
}

function showCompliance(list) {
  fill("compliance-rows", list.windows.map(window => {
    const [verdict, kind] = VERDICTS[window.state];
    const daily = window.statistic === "dailyMean";
    const rest = !daily ? "" : window.remainingAverage === null ? "–" : window.remainingAverage < 0 ? "cannot comply any more" : "≤ " + number(window.remainingAverage);
    const shown = element("span", verdict, kind);
    return row([
      [window.parameter, "name", window.permit + " from " + window.valueTag], [window.statistic, "name", local(window.from) + " to " + local(window.to)],
      [shown, "", window.reason], [withUnit(window.value, window.unit), "num" + (window.state === "undetermined" ? " hatch" : "")],
      [window.limitLow !== null && window.limitHigh !== null ? plain(window.limitLow) + " to " + plain(window.limitHigh) : plain(window.limit), "num"], [bar(window)],
      [daily ? number(window.forecast) : "", "num"], [rest, "num"],
      [Math.round(window.coverage * 100) + " %" + (window.coverage < window.minCoverage ? " ?" : ""), "num", window.valid + " of " + window.due + " due"],
      [window.standard + " " + window.class, "dim", window.clause],
    ]);
  }), "The site has no permit limits.");
  for (const [i, window] of list.windows.entries()) if (window.reason) $("compliance-rows").rows[i].cells[2].append(element("div", window.reason, "dim"));
}

// ---- lines ----

function showLines(list) {
  const rows = [];
  for (const line of list.lines) {
    const next = line.nextAttempt ? ", next attempt " + local(line.nextAttempt, false) : "";
    const mean = line.meanSeconds === null ? "" : "mean " + (line.meanSeconds * 1000).toFixed(1) + " ms";
    const remark = [line.up ? "" : line.lastTrouble + next, mean].filter(t => t).join("; ");
    rows.push(row([[element("strong", line.name), "name", line.transport + " " + line.endpoint], [(line.up ? "● up" : "▲ down") + ", " + line.state, line.up ? "name" : "name trouble"], "", [line.answers, "num"], "", "", "", [remark, "dim"]]));
    for (const device of line.devices) rows.push(deviceRow(device));
  }
  fill("line-rows", rows, "The site has no lines.");
}

function deviceRow(device) {
  const counts = device.requests;
  const remark = [
    device.probing ? "does not answer, probed each " + Math.round(device.probeIntervalMs / 1000) + " s" : "",
    device.refusedPoints > 0 ? device.refusedPoints + " addresses refused: correct the configuration" : "",
    device.lastException ? "last exception " + device.lastException : "",
    device.overruns > 0 ? device.overruns + " polls missed" : "",
  ].filter(t => t).join("; ");
  return row([
    [device.name + " (unit " + device.unit + ")", "name"], [device.up ? "● up" : "▲ down", device.up ? "name" : "name trouble"], [device.lastGood ? age(device.lastGoodAge) + " ago" : "never", "name", local(device.lastGood)],
    [counts.ok, "num"], [counts.timeout, "num"], [counts.exception, "num"], [counts.disconnected + counts.badFrame + counts.stale, "num", "disconnected " + counts.disconnected + ", bad frames " + counts.badFrame + ", late answers " + counts.stale],
    [remark, "dim"],
  ], "device");
}

// ---- tags ----

const tagRows = new Map();

function tagRow(tag) {
  let made = tagRows.get(tag.name);
  if (!made) {
    made = row([[tag.name, "name"], ["", "num"], [tag.unit === "-" ? "" : tag.unit, "name"], ["", "name"], ["", "num"], [(tag.area ? tag.area + ": " : "") + tag.description]]);
    tagRows.set(tag.name, made);
  }
  const cells = made.cells, bad = tag.level === "bad";
  put(cells[1], tag.value === null ? "?" : number(tag.value), bad ? "num bad hatch" : "num");
  put(cells[3], (bad ? "? " : tag.level === "uncertain" ? "~ " : "") + tag.quality, bad ? "bad name" : tag.level === "uncertain" ? "caution name" : "name");
  put(cells[4], age(tag.age), "num");
  cells[3].title = tag.why;
  return made;
}

function put(cell, text, className) {
  if (cell.textContent !== text) cell.textContent = text;
  if (cell.className !== className) cell.className = className;
}

function showTags() {
  const words = $("filter").value.toLowerCase().split(/\s+/).filter(w => w), notGood = $("not-good").checked;
  const found = [];
  for (const tag of state.tags.values()) {
    if (notGood && tag.level === "good") continue;
    const text = (tag.name + " " + tag.area + " " + tag.description).toLowerCase();
    if (words.every(w => text.includes(w))) found.push(tag);
  }
  fill("tag-rows", found.slice(0, MAX_ROWS).map(tagRow), "No such tag.");
  $("tag-count").textContent = found.length + " of " + state.tags.size + (found.length > MAX_ROWS ? ", the first " + MAX_ROWS + " shown" : "");
}

// ---- events ----

function eventRow(item) {
  const change = item.from !== undefined && item.to !== undefined ? item.from + " → " + item.to : "";
  const value = typeof item.value === "number" ? number(item.value) : "";
  const what = [item.accepted === false ? "✕ refused:" : "", item.event || item.quality || "", change, value].filter(t => t).join(" ");
  return row([[local(item.time), "name"], [item.kind], [item.id || "", "name"], [what], [[item.user, item.reason].filter(t => t).join(": "), "dim"]]);
}

function addEvents(items) {
  state.events = [...items.reverse(), ...state.events].slice(0, MAX_EVENTS);
  fill("event-rows", state.events.map(eventRow), "No events yet.");
}

// ---- live ----

function sign(message) {
  state.lastSign = performance.now();
  return JSON.parse(message.data);
}

function openStream() {
  const stream = new EventSource("api/v1/stream");
  stream.addEventListener("heartbeat", m => showRunState(sign(m)));
  stream.addEventListener("tags", m => {
    for (const change of sign(m).tags) if (state.tags.has(change.name)) Object.assign(state.tags.get(change.name), change);
    showTags();
  });
  stream.addEventListener("alarms", m => {
    for (const change of sign(m).alarms) if (state.alarms.has(change.id)) Object.assign(state.alarms.get(change.id), change);
    showAlarms();
  });
  stream.addEventListener("event", m => addEvents([sign(m)]));
  // The browser connects again by itself unless the server refused (too many streams); then it is up to us.
  stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) setTimeout(openStream, 5000); });
}

// Two ways to be old: nothing comes from the gateway, or it comes from a scan that no longer runs.
function staleness() {
  const silent = performance.now() - state.lastSign;
  if (silent > LOST_AFTER_MS)
    return state.lastSign === 0 ? "the gateway has not answered yet" : "data is " + age(silent / 1000) + " old; the connection to the gateway is lost";
  if (state.scanAge > Math.max(LOST_AFTER_MS, 3 * state.period)) return "the gateway answers, but its last scan is " + age(state.scanAge / 1000) + " old";
  return "";
}

function watch() {
  const why = staleness();
  document.body.classList.toggle("stale", why !== "");
  document.querySelector("main").inert = why !== "";
  $("stale").hidden = why === "";
  if ($("stale-text").textContent !== why) $("stale-text").textContent = why;
}

async function refresh() {
  try {
    showSite(await ask("api/v1/site"));
    const [tags, alarms, lines, compliance] = await Promise.all([ask("api/v1/tags"), ask("api/v1/alarms"), ask("api/v1/lines"), ask("api/v1/compliance")]);
    const names = new Set(tags.tags.map(t => t.name));
    for (const name of state.tags.keys()) if (!names.has(name)) { state.tags.delete(name); tagRows.delete(name); }
    for (const tag of tags.tags) state.tags.set(tag.name, tag);
    state.alarms = new Map(alarms.alarms.map(a => [a.id, a]));
    showTags();
    showAlarms();
    showLines(lines);
    showCompliance(compliance);
  } catch (error) {
    // The banner says that nothing comes; the next round asks again.
    console.warn("refresh failed:", error.message);
  }
  setTimeout(refresh, REFRESH_MS);
}

async function start() {
  try { $("user").value = localStorage.getItem("user") || ""; } catch { /* as above */ }
  $("filter").addEventListener("input", showTags);
  $("not-good").addEventListener("change", showTags);
  $("all-alarms").addEventListener("change", showAlarms);
  $("sign-in").addEventListener("submit", signIn);
  $("sign-out").addEventListener("click", () => changeSession("DELETE"));
  setInterval(watch, 500);
  watch();
  await askSession();
  await refresh();
  try {
    const site = await ask("api/v1/site");
    addEvents((await ask("api/v1/events?after=" + Math.max(0, site.lastEvent - MAX_EVENTS))).events);
  } catch (error) {
    console.warn("no events:", error.message);
  }
  openStream();
}

start();
