// Scenes without Python. This stands below stage.js, in one script: what a notebook's kernel would answer is answered
// here, out of what book/record.py has kept. Read from top to bottom: plain data, the judge of predictions, the
// model that a stage talks to, and how stages come into the page.

// ---------------------------------------------------------------- plain data

const NEEDS_PYTHON = "This needs Python: open the lesson in JupyterLab (its top and end say how).";
const OWN_NUMBERS = "With numbers of your own, this needs Python: reset them, or open the lesson in JupyterLab.";

// Bytes have traveled as text.
function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked);
  if (!value || typeof value !== "object") return value;
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  if (typeof value.bytes === "string") return new DataView(bytes(value.bytes).buffer);
  if (typeof value.int16 === "string") { // whole numbers, or 255ths: all low bytes, then all high ones
    const both = bytes(value.int16);
    const count = both.length / 2;
    const number = (low, at) => (low + 256 * ((both[count + at] ^ 128) - 128)) / value.over;
    return new DataView(Float32Array.from(both.subarray(0, count), number).buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unpacked(part)]));
}

// Apply what differs (changes.py) to a copy of plain data.
function changed(old, change) {
  if (!change) return old;
  if (!change.in) return change.by;
  const copy = Array.isArray(old) ? [...old] : { ...old };
  for (const [key, part] of Object.entries(change.in)) copy[key] = changed(old[key], part);
  return copy;
}

// What must not be read at a glance in the page's source.
function uncovered(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0) ^ 0x5a);
  return JSON.parse(new window.TextDecoder().decode(bytes));
}

// ---------------------------------------------------------------- the judge of predictions (as in predict.py)

const CLOSE = 0.00999;
const isClose = (one, other) => Math.abs(one - other) < CLOSE;

// What answers to a question: { typed, feedback, outcome, grid }, or { refused }.
class Judge {
  constructor(text, isGrid, hasChoices) {
    Object.assign(this, { ...uncovered(text), isGrid, hasChoices });
  }

  act(id, value, { typed, outcome, grid }) {
    if (id === "reveal" && outcome === "not answered") return { refused: "Try an answer of your own first." };
    if (id === "reveal")
      return { typed: this.shown, grid: this.isGrid && this.right.flat(), feedback: this.because, outcome: "shown" };
    if (this.isGrid) return this.judgeGrid(grid);
    if (id === "typed") return this.hasChoices ? { typed: value, feedback: "", outcome: "not answered" } : this.judge(value);
    if (typed) return this.hasChoices ? this.judge(typed) : null;
    const how = this.hasChoices ? "Choose an answer first." : "Type your answer first, for example 3, −1 or 5/9.";
    return { refused: how };
  }

  judge(typed) {
    if (!typed.trim()) return null;
    let given = typed;
    if (!this.hasChoices) {
      const [number, wrong] = readNumber("Your answer", typed, ANY);
      if (wrong) return { refused: wrong };
      given = this.percent && typed.trim().endsWith("%") ? 100 * number : number;
    }
    const isGiven = (other) => (this.hasChoices ? given === other : isClose(given, other));
    if (isGiven(this.right)) return { typed, feedback: `Yes. ${this.because}`, outcome: "correct" };
    const why = this.slips.find(([wrong]) => isGiven(wrong))?.[1] ?? this.hint;
    return { typed, feedback: `Not yet. ${why}`, outcome: "not yet" };
  }

  judgeGrid(grid) {
    const columns = this.right[0].length;
    const [right, places] = [this.right.flat(), this.places.flat()];
    const empty = [...grid].findIndex(Number.isNaN);
    if (empty >= 0) return { refused: `Fill in every cell first: ${places[empty]} is empty.` };
    const wrong = right.map((_, at) => at).filter((at) => !isClose(grid[at], right[at]));
    if (!wrong.length) return { grid, feedback: `Yes. ${this.because}`, outcome: "correct" };
    const [at] = wrong;
    const matches = ([slip]) => isClose(slip[Math.floor(at / columns)][at % columns], grid[at]);
    const why = this.slips.find(matches)?.[1] ?? this.hint;
    const count = wrong.length === 1 ? "One cell is" : `${wrong.length} cells are`;
    const place = places[at][0].toUpperCase() + places[at].slice(1);
    return { grid, feedback: `Not yet. ${count} not right. ${place}: ${why}`, outcome: "not yet" };
  }
}

// ---------------------------------------------------------------- the model that a stage talks to

class PageModel {
  constructor(told, all) {
    Object.assign(this, { told, all, listeners: new Map(), at: 0, past: [] });
    this.state = { ...told.traits, ...window.cnnlabLook, _answered: "" };
    this.outcome = "not answered";
    if (told.begin) this.begin(told.begin);
    if (told.open) this.letOut();
    if (told.asks) {
      const [first] = told.picture.controls;
      this.judge = new Judge(told.asks.judge, told.kind === "PredictCells", first.kind === "radio");
    }
  }

  // ---- what can be handed out: a scene as it is now, in a few letters (link.js takes them to an address)

  // The numbers that are not those of the picture of these controls: by panel, at which place, what.
  ownNumbers() {
    const [here, pristine] = [this.get("_picture"), this.pictureAt(this.at)].map((one) => Numbers.of(one));
    const own = {};
    for (const [id, { values }] of here.panels) {
      const before = pristine.panels.get(id)?.values;
      if (!values || before?.length !== values.length || here.links.get(id)?.isMade) continue;
      const differ = [...values.keys()].filter((at) => isOther(values[at], before[at]));
      if (differ.length) own[id] = differ.map((at) => [at, values[at]]);
    }
    return own;
  }

  snapshot() {
    const told = { a: this.at, s: this.get("step"), q: this.get("quiz"), d: this.get("decimals"), n: this.ownNumbers() };
    const { pinned } = this.stage?.explainer ?? {};
    return { ...told, ...(pinned ? { p: [pinned.panel.spec.id, pinned.row, pinned.column] } : {}) };
  }

  // Take a snapshot, before the stage is drawn. What does not fit this scene changes nothing; whether it fits.
  begin(told) {
    if (!told || !isBelow(told.a, this.told.pictures?.length ?? 1) || !isBelow(told.s, 1e6)) return false;
    const numbers = Numbers.of(this.pictureAt(told.a));
    const written = {};
    for (const [id, changes] of Object.entries(told.n ?? {})) {
      const values = numbers.panels.get(id)?.values?.slice();
      const fits = ([at, value]) => isBelow(at, values.length) && Number.isFinite(value);
      if (!values || !Array.isArray(changes) || !changes.every((one) => Array.isArray(one) && fits(one))) return false;
      for (const [at, value] of changes) values[at] = value;
      written[id] = values;
    }
    if (Object.keys(written).length) numbers.write(written);
    const { picture } = numbers;
    Object.assign(this, { at: told.a, toPin: told.p });
    const step = Math.min(told.s, picture.steps - 1);
    Object.assign(this.state, { _picture: picture, step, quiz: told.q === true, decimals: told.d === true });
    return true;
  }

  // A stage shows it now.
  takeStage(stage) {
    this.stage = stage;
    const [panel, row, column] = Array.isArray(this.toPin) ? this.toPin : [];
    const cell = stage.board.panels.get(panel)?.cell(row, column);
    if (cell) stage.explainer.pin(cell);
  }

  get(name) {
    if (name === "_picture") this.state._picture ??= this.pictureAt(0); // photographs are large: not before it is seen
    return this.state[name];
  }

  set(name, value) {
    if (this.state[name] === value) return;
    this.state[name] = value;
    this.tell(`change:${name}`);
  }

  save_changes() {}

  on(names, act) { for (const name of names.split(" ")) listUnder(this.listeners, name, act); }

  off(names, act) {
    for (const name of names.split(" "))
      this.listeners.set(name, (this.listeners.get(name) ?? []).filter((other) => other !== act));
  }

  tell(name, said) { for (const act of [...(this.listeners.get(name) ?? [])]) act(said); }

  // A picture of its own: learners write into it.
  pictureAt(at) {
    const picture = unpacked(structuredClone(changed(this.told.picture, this.told.pictures?.[at])));
    picture.grips = []; // what they hold is moved by Python
    return picture;
  }

  // Answer as Python does (stage.py): later, and by a picture or by words.
  send(message) {
    Promise.resolve().then(() => {
      const refused = this.answer(message);
      const reply = { type: refused ? "refused" : "done", answers: message.message, step: message.step ?? 0 };
      this.tell("msg:custom", { ...reply, ...(refused ? { text: refused } : this.confirmation(message)) });
    });
  }

  answer(message) {
    const { type, id } = message;
    if (message.work) this.outcome = "not answered"; // what was said of the numbers before no longer holds
    if (message.work || type === "hello" || type === "say" || type === "show") return "";
    const isNothingNew = type === "edit" && !this.get("_picture").python_only; // the number was there already
    if (type === "state") return this.handOut();
    if (type !== "control") return isNothingNew ? "" : NEEDS_PYTHON;
    if (id === "undo") return this.undo(message);
    return this.judge ? this.judged(message) : this.go(message);
  }

  // Of a question whose cells have been written into: "Show me" has to wait for "Check" again.
  confirmation({ work, step }) {
    if (!work || !this.judge) return {};
    const picture = this.get("_picture");
    const digest = Numbers.of(picture).digest(step);
    return { digest, controls: { reveal: [null, false] }, feedback: ["", ""], boxes: picture.boxes };
  }

  // Copy the address of this page with the state in it.
  handOut() {
    const tell = (words) => this.stage.channel.tell(words);
    const link = window.cnnlabLink?.(this);
    if (!link) return "This state is too large for a link: reset it, and change less.";
    const copied = navigator.clipboard?.writeText(link) ?? Promise.reject();
    copied.then(() => tell("Copied a link that opens this scene as it is now."), () => tell(link));
    return "";
  }

  undo(message) {
    const last = this.past.pop();
    if (last) {
      this.at = last.at;
      this.outcome = last.outcome;
      this.show(last.picture, message);
    }
    return "";
  }

  // Show the picture that a control leads to, with the numbers that stay what the learner has made them.
  go({ id, value, message }) {
    const picture = this.get("_picture");
    const control = picture.controls.find((one) => one.id === id);
    const isCount = control.kind === "whole";
    const refused = isCount && notWhole(control, value);
    const word = isCount ? Number(String(value).replace("−", "-")) : value;
    const way = refused || this.told.ways?.[this.at]?.[id]?.[word];
    if (typeof way === "string") return way;
    if (way === undefined) return NEEDS_PYTHON;
    const [next, carried] = way;
    const { keeps, blocks } = this.told.carries[carried];
    const [here, there] = [picture, this.pictureAt(next)].map((one) => Numbers.of(one));
    const own = (panel, other) => {
      const [mine, theirs] = [here, other].map((numbers) => numbers.panels.get(panel)?.values);
      const differs = mine && theirs?.length === mine.length && theirs.some((number, at) => isOther(number, mine[at]));
      return differs ? { [panel]: mine.slice() } : {};
    };
    const pristine = blocks.length && Numbers.of(this.pictureAt(this.at));
    if (blocks.some((panel) => Object.keys(own(panel, pristine)).length)) return OWN_NUMBERS;
    const edited = Object.assign({}, ...keeps.map((panel) => own(panel, there)));
    if (Object.keys(edited).length) there.write(edited);
    const written = new Set(this.told.carries.flatMap((one) => [...one.keeps, ...one.blocks]));
    for (const { id: panel, edit } of picture.panels) if (edit) written.add(panel);
    const isStill = next === this.at && [...written].every((panel) => !Object.keys(own(panel, there)).length);
    if (!isStill) this.replace(there.picture, { message }, next);
    return "";
  }

  judged({ id, value, message }) {
    const picture = this.get("_picture");
    const grid = this.judge.isGrid ? Numbers.of(picture).panels.get("cells").values : null;
    const said = this.judge.act(id, value, { typed: picture.controls[0].value, outcome: this.outcome, grid });
    if (!said) return "";
    if (said.refused) return said.refused;
    const made = this.pictureAt(0);
    Object.assign(made, { feedback: said.feedback, outcome: said.outcome });
    if (said.typed !== undefined && !this.judge.isGrid) made.controls[0].value = said.typed;
    made.controls.find((one) => one.id === "reveal").enabled = said.outcome === "not yet";
    if (this.judge.isGrid) Numbers.of(made).write({ cells: Float64Array.from(said.grid) });
    this.replace(made, { message }, 0, said.outcome);
    if (said.outcome !== "not answered") {
      const { key } = this.told.asks; // a question that a lesson has made has none
      if (key) window.cnnlabProgress?.remember(key, said.outcome, said.feedback);
      if (said.outcome !== "not yet") this.all[this.told.reveals]?.letOut();
    }
    return "";
  }

  // What a question holds back.
  letOut() {
    const picture = this.pictureAt(0);
    this.show(Object.assign(picture, { text: "", feedback: uncovered(this.told.lines), outcome: "revealed" }), { message: "" });
  }

  replace(picture, message, at, outcome = this.outcome) {
    this.past.push({ picture: this.get("_picture"), at: this.at, outcome: this.outcome });
    Object.assign(this, { at, outcome });
    this.show(picture, message);
  }

  show(picture, { message }) {
    this.state._answered = message;
    const step = Math.min(this.get("step"), picture.steps - 1);
    this.set("_picture", picture);
    this.set("step", step);
  }
}

const isOther = (one, other) => one !== other && !(Number.isNaN(one) && Number.isNaN(other)); // an empty cell is NaN
const isBelow = (value, below) => Number.isInteger(value) && value >= 0 && value < below;

// A snapshot in an address: "#CELL~LETTERS", and back. What is damaged is nothing.
const MOST_LETTERS = 6000;

function inLetters(snapshot) {
  const bytes = new window.TextEncoder().encode(JSON.stringify(snapshot));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function outOfLetters(letters) {
  try {
    if (letters.length > MOST_LETTERS) return null;
    const bytes = Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    return JSON.parse(new window.TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

// Why what was typed is no whole number that a control takes (as in typed.py).
function notWhole({ id, name, low, high }, typed) {
  const text = String(typed).trim().replaceAll("−", "-");
  const what = `${name || id} must be`;
  if (!/^[+-]?\d+$/.test(text)) return `${what} a whole number, got '${typed}'`;
  if (low !== null && Number(text) < low) return `${what} at least ${low}, got ${Number(text)}`;
  if (high !== null && Number(text) > high) return `${what} at most ${high}, got ${Number(text)}`;
  return "";
}

// ---------------------------------------------------------------- stages in the page

// Each comes to life shortly before it is in sight; what it says of itself is there from the start, as a picture.
function bringToLife(places, told) {
  const models = [];
  for (const one of told) models.push(new PageModel(one, models));
  const render = (place) => {
    if (place.dataset.alive) return;
    place.dataset.alive = "true";
    const room = make("div.live");
    place.append(room);
    const model = models[Number(place.dataset.stage)];
    model.takeStage(new Stage(model, room));
  };
  openHandedOut(places, models);
  // An address of a scene as it is now, or nothing where that would be too long. Slides lead to their lesson.
  window.cnnlabLink = (model, base = window.location.href) => {
    const letters = inLetters(model.snapshot());
    const place = places.find((one) => models[Number(one.dataset.stage)] === model);
    const cell = place.closest("[data-cell]")?.dataset.cell ?? place.closest("[id]").id;
    const page = place.closest("[data-lesson]")?.dataset.lesson ?? "";
    return letters.length > MOST_LETTERS ? "" : new URL(`${page}#${cell}~${letters}`, base).href;
  };
  const watcher = new window.IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) {
      watcher.unobserve(target);
      render(target);
    }
  }, { rootMargin: "75% 0px" });
  for (const place of places) watcher.observe(place);
  window.cnnlabModels = models;
  window.cnnlabRender = () => places.forEach(render);
}

// What the address asks for: a scene as somebody else had it. Damaged, it is left as it is, and says so.
function openHandedOut(places, models) {
  const [cell, letters] = decodeURIComponent(window.location.hash.slice(1)).split("~");
  if (!letters) return;
  const place = places.find((one) => !cell || one.closest(`#${window.CSS.escape(cell)}`));
  if (!place) return;
  if (!models[Number(place.dataset.stage)].begin(outOfLetters(letters)))
    place.prepend(make("p.refused", { role: "alert" }, "This link is damaged, or of another edition: the scene begins anew."));
  window.addEventListener("load", () => place.scrollIntoView({ block: "start" }));
}

const SCENES = document.getElementById("scenes");
if (SCENES) bringToLife([...document.querySelectorAll("[data-stage]")], JSON.parse(SCENES.textContent));
