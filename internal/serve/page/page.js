// Drawing a box: when the pointer goes down the server keeps the newest frame, the page shows it while the box is
// drawn, and the box is sent together with that frame's number. So a moving object can be caught.
"use strict";

const by = (id) => document.getElementById(id);
const stage = by("stage"), picture = by("picture"), still = by("still"), box = by("box");
let last = {};    // the newest state
let problem = ""; // of the last video, that was said
let drag = null;  // the box being drawn: corners in the stage's pixels, and the promise of the kept frame

async function post(path, body) {
  const r = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
  if (!r.ok) throw new Error((await r.text()).trim());
  return r.json();
}

// say shows a line, with links to files where there are any; good says that it is no complaint.
function say(text, good = false, links = {}) {
  const notice = by("notice");
  notice.textContent = text;
  notice.className = good ? "good" : "";
  notice.hidden = !text;
  for (const [name, href] of Object.entries(links)) {
    const a = document.createElement("a");
    Object.assign(a, { href, download: "", textContent: name });
    notice.append(" ", a);
  }
}

const ask = (path, body) => post(path, body).then(() => say(""), (e) => say(e.message));

// ---- state ----

// said is what is said of a target; without a picture to say it of there is no score.
const word = (t) => t.perhaps ? "perhaps" : t.state;
const said = (t) => t.score === undefined ? t.state : `${word(t)} ${t.score.toFixed(2)}`;

function describe(s) {
  if (s.lost) return `source lost, last frame ${s.last_frame_age_s.toFixed(1)} s ago, attempt ${s.attempt}: ${s.problem ?? ""}`;
  const parts = [];
  if (s.ended) parts.push("end of the video");
  else if (s.paused) parts.push("paused");
  else if (s.last_frame_age_s > 1) parts.push(`no frame for ${s.last_frame_age_s.toFixed(1)} s`);
  if (s.targets?.length > 1) parts.push(`${s.targets.length} targets`);
  parts.push(s.target ? said(s.targets.find((t) => t.id === s.selected) ?? s) : "drag a box round what to follow");
  return parts.join(" \u00b7 ");
}

// measured are the figures, as the window has them in its picture; here they are said below the title, and nowhere else.
function measured(s) {
  const parts = [];
  if (!s.paused && !s.ended && !s.lost && s.last_frame_age_s <= 1) {
    const rate = s.target ? s.track_fps : s.capture_fps;
    let line = `${rate.toFixed(1)} frames/s`;
    if (Math.abs(s.capture_fps - rate) > 0.1 * rate) line += ` of ${s.capture_fps.toFixed(1)}`;
    if (s.shown_fps > 0 && s.shown_fps < 0.9 * rate) line += `, ${s.shown_fps.toFixed(1)} shown`;
    parts.push(line);
  }
  if (s.latency_ms > 0) parts.push(`latency ${Math.round(s.latency_ms)} ms`);
  parts.push(`${s.dropped} dropped`);
  return parts.join(" \u00b7 ");
}

function update(s) {
  last = s;
  by("title").textContent = document.title = s.title;
  by("state").textContent = describe(s);
  by("state").className = s.lost ? "lost" : s.target ? s.state : "";
  announce(s.lost ? "source lost" : s.ended ? "end of the video" : s.paused ? "paused" : s.target ? s.state : "no target");
  by("figures").textContent = s.show.figures ? measured(s) : "";
  by("rec").hidden = !s.recording;
  by("rec").title = s.recording ?? "";
  if (problem !== (s.video_problem ?? "")) {
    problem = s.video_problem ?? "";
    if (problem) say(problem);
  }
  by("pause").textContent = s.paused ? "Go on" : "Pause";
  by("pause").setAttribute("aria-pressed", s.paused);
  by("record").hidden = by("snapshot").hidden = !s.saves;
  by("record").textContent = s.recording ? "Stop recording" : "Record";
  by("record").setAttribute("aria-pressed", Boolean(s.recording));
  for (const b of document.querySelectorAll(".part")) b.setAttribute("aria-pressed", s.show[b.dataset.part]);
  listColors(s);
  by("remove").disabled = by("clear").disabled = !s.target;
  listTargets(s);
}

// listColors has the menu name the colours that are shown, unless somebody is choosing others.
function listColors(s) {
  const menu = by("colors");
  if (menu.length !== s.color_maps.length) menu.replaceChildren(...s.color_maps.map((name) => new Option(name)));
  if (document.activeElement !== menu) menu.value = s.show.color_map;
}

// announce has a screen reader say a state when it is another, and not each score.
function announce(word) {
  if (by("announce").textContent !== word) by("announce").textContent = word;
}

// listTargets shows the targets where there are several. Its rows are made anew only when targets come or go, so that a
// button does not vanish under a finger.
function listTargets(s) {
  const list = by("targets"), targets = s.targets ?? [];
  list.hidden = targets.length < 2;
  const ids = targets.map((t) => t.id).join();
  if (list.dataset.ids !== ids) {
    list.dataset.ids = ids;
    list.replaceChildren(...targets.map((t) => {
      const row = document.createElement("li"), pick = document.createElement("button"), drop = document.createElement("button");
      const swatch = document.createElement("i");
      row.dataset.id = t.id;
      pick.className = "pick";
      swatch.style.background = t.color;
      pick.append(swatch, document.createElement("b"), document.createElement("span"));
      pick.onclick = () => ask("pick", { id: t.id });
      drop.className = "drop";
      drop.textContent = "\u00d7";
      drop.title = drop.ariaLabel = `remove target ${t.name ?? t.id}`;
      drop.onclick = () => ask("remove", { id: t.id });
      row.append(pick, drop);
      return row;
    }));
  }
  targets.forEach((t, i) => {
    const pick = list.children[i].firstElementChild;
    pick.children[1].textContent = t.name ?? t.id;
    pick.children[2].textContent = said(t);
    pick.children[2].className = t.state;
    pick.setAttribute("aria-pressed", t.id === s.selected);
  });
}

function listen() {
  const events = new EventSource("events");
  events.onmessage = (e) => update(JSON.parse(e.data));
  events.onopen = () => { if (picture.dataset.broken) reload(); };
  events.onerror = () => {
    by("state").textContent = "the connection is lost, trying again";
    by("state").className = "lost";
    by("figures").textContent = "";
    picture.dataset.broken = "yes";
  };
}

// size names the pictures that suit this page.
const size = () => innerWidth <= 600 ? "narrow" : innerWidth * devicePixelRatio > 1500 ? "large" : "wide";

function reload() {
  delete picture.dataset.broken;
  picture.dataset.size = size();
  picture.src = `stream?size=${size()}&${Date.now()}`;
}
picture.onerror = () => { picture.dataset.broken = "yes"; };
let resized;
addEventListener("resize", () => {
  clearTimeout(resized);
  resized = setTimeout(() => { if (picture.dataset.size !== size()) reload(); }, 300);
});

// ---- drawing a box ----

const place = (e) => { const r = stage.getBoundingClientRect(); return { x: e.clientX - r.left, y: e.clientY - r.top }; };

function drawn() {
  const { from, to } = drag;
  return { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), w: Math.abs(to.x - from.x), h: Math.abs(to.y - from.y) };
}

// scale is how many pixels of the frame one of the stage is.
const scale = () => (last.width || 1) / stage.clientWidth;

function showBox() {
  const b = drawn(), k = scale();
  box.hidden = b.w < 2 && b.h < 2;
  Object.assign(box.style, { left: b.x + "px", top: b.y + "px", width: b.w + "px", height: b.h + "px" });
  box.firstElementChild.textContent = `${Math.round(b.w * k)} x ${Math.round(b.h * k)}`;
}

function stop() {
  drag = null;
  box.hidden = still.hidden = true;
  still.removeAttribute("src");
}

// begin keeps the newest frame and shows it while a box is drawn on it.
function begin(from, to) {
  const mine = drag = { from, to, frame: post("freeze") };
  mine.frame.then((f) => { if (drag === mine) { still.src = `frozen/${f.frame}.jpg`; still.hidden = false; } }, (err) => { say(err.message); stop(); });
}

// finish follows what is in the box, or picks the target that a click was on.
async function finish() {
  const mine = drag, b = drawn(), width = stage.clientWidth;
  try {
    const f = await mine.frame;
    const k = f.width / width;
    if (b.w < 5 && b.h < 5) { // a click
      await post("pick", { frame: f.frame, x: mine.from.x * k, y: mine.from.y * k });
    } else if (b.w * k >= 2 && b.h * k >= 2) {
      await post("select", { frame: f.frame, box: { x: b.x * k, y: b.y * k, w: b.w * k, h: b.h * k } });
    }
    say("");
  } catch (err) {
    say(err.message);
  }
  if (drag === mine) stop();
}

stage.addEventListener("pointerdown", (e) => {
  if (drag || !e.isPrimary || (e.pointerType === "mouse" && e.button !== 0)) { stop(); return; }
  e.preventDefault();
  stage.focus({ focusVisible: false });
  stage.setPointerCapture(e.pointerId);
  begin(place(e), place(e));
});

stage.addEventListener("pointermove", (e) => {
  if (drag && !drag.byKeys && e.isPrimary) { drag.to = place(e); showBox(); }
});

stage.addEventListener("pointerup", (e) => {
  if (!drag || drag.byKeys || !e.isPrimary) return;
  drag.to = place(e);
  finish();
});

stage.addEventListener("pointercancel", stop);
stage.addEventListener("contextmenu", (e) => { e.preventDefault(); stop(); });

// drawByKeys draws a box without a pointer: Enter begins it in the middle and ends it, the arrows move it, and with Shift
// make it larger or smaller.
function drawByKeys(e) {
  const w = stage.clientWidth, h = last.width ? w * last.height / last.width : stage.clientHeight;
  if (e.key === "Enter") {
    if (drag?.byKeys) { finish(); return true; }
    if (drag) return true;
    begin({ x: w * 0.42, y: h * 0.38 }, { x: w * 0.58, y: h * 0.62 });
    drag.byKeys = true;
    showBox();
    say("arrows move the box, Shift and arrows size it, Enter follows what is in it, Esc gives up", true);
    return true;
  }
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
  if (!way || !drag?.byKeys) return false;
  const far = e.repeat ? 12 : 4;
  const moved = (p) => ({ x: Math.max(0, Math.min(w, p.x + way[0] * far)), y: Math.max(0, Math.min(h, p.y + way[1] * far)) });
  if (!e.shiftKey) drag.from = moved(drag.from);
  drag.to = moved(drag.to);
  showBox();
  return true;
}

// ---- buttons and keys ----

const pause = () => ask("pause", { on: !last.paused });
const step = () => ask(last.paused ? "step" : "pause", last.paused ? {} : { on: true });
const part = (name) => ask("show", { [name]: !last.show[name] });
const colors = (name) => {
  last.show.color_map = name; // at once: the next key counts from here
  ask("show", { color_map: name });
};
const nextColors = () => colors(last.color_maps[(last.color_maps.indexOf(last.show.color_map) + 1) % last.color_maps.length]);
by("pause").onclick = pause;
by("step").onclick = step;
// remove forgets the target whose row has the focus, or the selected one.
const remove = () => {
  const id = Number(document.activeElement?.closest("#targets li")?.dataset.id ?? last.selected);
  if (id) ask("remove", { id });
};
const snapshot = () => last.saves && post("snapshot").then(
  (s) => say(`saved ${s.path} where track runs; download the`, true, { PNG: s.image, JSON: s.json }), (e) => say(e.message));
const record = () => last.saves && post("record", { on: !last.recording }).then(
  (r) => say(`${r.on ? "recording" : "recorded"} ${r.path} where track runs`, true), (e) => say(e.message));
const help = () => by("help").open ? by("help").close() : by("help").showModal();
by("remove").onclick = remove;
by("clear").onclick = () => ask("clear");
by("snapshot").onclick = snapshot;
by("record").onclick = record;
by("keys").onclick = help;
for (const b of document.querySelectorAll(".part")) b.onclick = () => part(b.dataset.part);

let pointed = false; // the menu was opened by a pointer, and not reached by Tab: it gives the focus back
by("colors").onpointerdown = () => { pointed = true; };
by("colors").onkeydown = (e) => { pointed = false; if (e.key === "Escape") e.target.blur(); };
by("colors").onchange = (e) => { colors(e.target.value); if (pointed) e.target.blur(); };

// The keys are the window's, with those that draw without a pointer.
const keys = [
  [" ", "Space", "pause or go on", pause], [".", ".", "pause, then one frame a press", step],
  ["Enter", "Enter", "on the picture: draw a box with the arrow keys, Shift sizes it, Enter follows what is in it"],
  ["Escape", "Esc", "give up drawing", stop],
  ["Delete", "Delete", "forget the selected target", remove], ["Backspace", "", "", remove],
  ["c", "c", "forget all targets", () => ask("clear")],
  ["m", "m", "response map round the target, its contours on it", () => part("heat_map")],
  ["k", "k", "next colours of the response map", nextColors],
  ["o", "o", "outline of the search region", () => part("search")],
  ["p", "p", "panel: exemplar, search region, response map, scores", () => part("panel")],
  ["g", "g", "graph of the score", () => part("scores")], ["i", "i", "figures", () => part("figures")],
  ["s", "s", "snapshot: PNG, and its boxes as JSON", snapshot], ["v", "v", "record a video, or stop", record],
  ["h", "h", "this help", help], ["?", "", "", help],
];
for (const [, name, does] of keys) {
  if (!name) continue;
  const dt = document.createElement("dt"), dd = document.createElement("dd");
  dt.textContent = name;
  dd.textContent = does;
  by("help").querySelector("dl").append(dt, dd);
}
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || (by("help").open && e.key !== "h" && e.key !== "?")) return;
  if (e.target === by("colors")) return; // its letters and arrows choose
  const onButton = e.target.closest?.("button, a");
  if (onButton && (e.key === " " || e.key === "Enter")) return; // it presses what has the focus
  const act = keys.find(([key]) => key === e.key)?.[3];
  if (e.target === stage && drawByKeys(e)) {
    e.preventDefault();
  } else if (act && (!e.repeat || e.key === ".")) {
    e.preventDefault();
    act();
  }
});
// A button that was clicked gives the focus back, so that Space pauses; one that was reached by Tab keeps it.
document.addEventListener("click", (e) => { if (e.detail > 0) e.target.closest("button")?.blur(); });

reload();
listen();
