// Drawing a box: when the pointer goes down the server keeps the newest frame, the page shows it while the box is
// drawn, and the box is sent together with that frame's number. So a moving object can be caught.
"use strict";

const by = (id) => document.getElementById(id);
const stage = by("stage"), picture = by("picture"), still = by("still"), box = by("box");
let last = {};    // the newest state
let drag = null;  // the box being drawn: corners in the stage's pixels, and the promise of the kept frame

async function post(path, body) {
  const r = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body ?? {}) });
  if (!r.ok) throw new Error((await r.text()).trim());
  return r.json();
}

function say(text) {
  by("notice").textContent = text;
  by("notice").hidden = !text;
}

const ask = (path, body) => post(path, body).then(() => say(""), (e) => say(e.message));

// ---- state ----

// said is what is said of a target; without a picture to say it of there is no score.
const said = (t) => t.score === undefined ? t.state : `${t.state} ${t.score.toFixed(2)}`;

function describe(s) {
  if (s.lost) return `source lost, last frame ${s.last_frame_age_s.toFixed(1)} s ago, attempt ${s.attempt}: ${s.problem ?? ""}`;
  const parts = [];
  if (s.ended) parts.push("end of the video");
  else if (s.paused) parts.push("paused");
  else if (s.last_frame_age_s > 1) parts.push(`no frame for ${s.last_frame_age_s.toFixed(1)} s`);
  if (s.targets?.length > 1) parts.push(`${s.targets.length} targets`);
  parts.push(s.target ? said(s) : "drag a box round what to follow");
  if (!s.paused && !s.ended) parts.push(`${s.track_fps.toFixed(1)} frames/s`);
  parts.push(`${s.dropped} dropped`);
  return parts.join(" · ");
}

function update(s) {
  last = s;
  by("title").textContent = document.title = s.title;
  by("state").textContent = describe(s);
  by("state").className = s.lost ? "lost" : s.target ? s.state : "";
  by("pause").textContent = s.paused ? "Go on" : "Pause";
  by("pause").setAttribute("aria-pressed", s.paused);
  for (const b of document.querySelectorAll(".part")) b.setAttribute("aria-pressed", s.show[b.dataset.part]);
  by("remove").disabled = by("clear").disabled = !s.target;
  listTargets(s);
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
      pick.className = "pick";
      swatch.style.background = t.color;
      pick.append(swatch, document.createElement("span"));
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
    pick.lastElementChild.textContent = `${t.name ?? t.id}  ${said(t)}`;
    pick.lastElementChild.className = t.state;
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
    picture.dataset.broken = "yes";
  };
}

function reload() {
  delete picture.dataset.broken;
  picture.src = "stream?" + Date.now();
}
picture.onerror = () => { picture.dataset.broken = "yes"; };

// ---- drawing a box ----

const place = (e) => { const r = stage.getBoundingClientRect(); return { x: e.clientX - r.left, y: e.clientY - r.top }; };

function drawn() {
  const { from, to } = drag;
  return { x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), w: Math.abs(to.x - from.x), h: Math.abs(to.y - from.y) };
}

function showBox() {
  const b = drawn(), k = (last.width || 1) / stage.clientWidth;
  box.hidden = b.w < 2 && b.h < 2;
  Object.assign(box.style, { left: b.x + "px", top: b.y + "px", width: b.w + "px", height: b.h + "px" });
  box.firstElementChild.textContent = `${Math.round(b.w * k)} x ${Math.round(b.h * k)}`;
}

function stop() {
  drag = null;
  box.hidden = still.hidden = true;
  still.removeAttribute("src");
}

stage.addEventListener("pointerdown", (e) => {
  if (drag || !e.isPrimary || (e.pointerType === "mouse" && e.button !== 0)) { stop(); return; }
  e.preventDefault();
  stage.setPointerCapture(e.pointerId);
  const mine = drag = { from: place(e), to: place(e), frame: post("freeze") };
  mine.frame.then((f) => { if (drag === mine) { still.src = `frozen/${f.frame}.jpg`; still.hidden = false; } }, (err) => { say(err.message); stop(); });
});

stage.addEventListener("pointermove", (e) => {
  if (drag && e.isPrimary) { drag.to = place(e); showBox(); }
});

stage.addEventListener("pointerup", async (e) => {
  if (!drag || !e.isPrimary) return;
  const mine = drag;
  mine.to = place(e);
  const b = drawn(), width = stage.clientWidth;
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
});

stage.addEventListener("pointercancel", stop);
stage.addEventListener("contextmenu", (e) => { e.preventDefault(); stop(); });

// ---- buttons and keys ----

const pause = () => ask("pause", { on: !last.paused });
const step = () => ask(last.paused ? "step" : "pause", last.paused ? {} : { on: true });
const part = (name) => ask("show", { [name]: !last.show[name] });
by("pause").onclick = pause;
by("step").onclick = step;
const remove = () => { if (last.selected) ask("remove", { id: last.selected }); };
by("remove").onclick = remove;
by("clear").onclick = () => ask("clear");
for (const b of document.querySelectorAll(".part")) b.onclick = () => part(b.dataset.part);

const keys = {
  " ": pause, ".": step, c: () => ask("clear"), Delete: remove, Backspace: remove, Escape: stop,
  m: () => part("heat_map"), o: () => part("search"), p: () => part("panel"), g: () => part("scores"), i: () => part("figures"),
};
document.addEventListener("keydown", (e) => {
  const act = keys[e.key];
  if (!act || e.ctrlKey || e.metaKey || e.altKey || (e.repeat && e.key !== ".")) return;
  e.preventDefault();
  act();
});

listen();
