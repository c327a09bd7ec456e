// The stage: grids of numbers, the window that ties them together, and time.
//
// It reads one picture (see picture.py) from Python, lays it out, and lets the learner step, look, pin and
// edit. It knows no mathematics beyond writing a formula out: every array and every total comes from Python.
// Read from top to bottom: numbers, colours, small helpers for elements, Panel, Stage.

// ---------------------------------------------------------------- numbers (as in cnnlab/look.py)

function writeNumber(value, unit, decimals) {
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  const whole = Math.round(size);
  if (Math.abs(size - whole) < 1e-9) return (whole ? sign : "") + whole;
  if (unit && !decimals && isWhole(size * unit)) return `${sign}${Math.round(size * unit)}/${unit}`;
  return sign + (size >= 0.005 ? size.toFixed(2) : size.toExponential(0).replace("-", "−"));
}

const isWhole = (value) => Math.abs(value - Math.round(value)) < 1e-9;
const inBrackets = (text) => (text.startsWith("−") || text.includes("/") ? `(${text})` : text);

// ---------------------------------------------------------------- colours (as in cnnlab/look.py)

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

function shade(value, scale, [low, middle, high]) {
  const t = Math.max(-1, Math.min(1, value / scale));
  const from = rgb(middle);
  const to = rgb(t > 0 ? high : low);
  return from.map((channel, i) => Math.round(channel + Math.abs(t) * (to[i] - channel)));
}

function textOn(colour) {
  const [r, g, b] = colour.map((channel) => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

// ---------------------------------------------------------------- elements

// Make an element: make("button.icon", { type: "button" }, "text or more elements").
function make(selector, attributes = {}, ...children) {
  const [tag, ...classes] = selector.split(".");
  const element = document.createElement(tag);
  element.classList.add(...classes);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const ICONS = {
  first: "M4 3h2v10H4zM13 3v10L7 8z",
  back: "M10.2 2.6 11.6 4 7.6 8l4 4-1.4 1.4L4.8 8z",
  play: "M4 2.5 13.5 8 4 13.5z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  on: "M5.8 2.6 4.4 4l4 4-4 4 1.4 1.4L11.2 8z",
  last: "M10 3h2v10h-2zM3 3v10l6-5z",
};

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

// Every widget loads this file anew, so a counter would give two stages the same ids.
const freshId = () => `cnnlab-${Math.random().toString(36).slice(2)}`;

// ---------------------------------------------------------------- one grid of numbers

class Panel {
  constructor(spec) {
    const title = make("div.title", { id: freshId() }, spec.title);
    this.caption = make("div.caption");
    this.outline = make("div.outline", { hidden: "" });
    this.grid = make("div.grid", { role: "grid", "aria-labelledby": title.id });
    this.element = make("figure.panel", {}, make("figcaption", {}, title, this.caption), this.grid);
    this.cells = new Map();
    [[this.top, this.bottom], [this.left, this.right]] = spec.padding;
    const frame = this.frame(spec, 0);
    [this.rows, this.columns] = [frame.length, frame[0].length];
    for (let row = -this.top; row < this.rows + this.bottom; row += 1) {
      const line = make("div.row", { role: "row" });
      for (let column = -this.left; column < this.columns + this.right; column += 1) {
        const cell = make("div.cell", { role: "gridcell", tabindex: "-1" });
        Object.assign(cell, { panel: this, row, column });
        cell.isPadding = row < 0 || column < 0 || row >= this.rows || column >= this.columns;
        cell.classList.toggle("padding", cell.isPadding);
        this.cells.set(`${row},${column}`, cell);
        line.append(cell);
      }
      this.grid.append(line);
    }
    this.grid.append(this.outline);
    this.grid.style.setProperty("--columns", this.columns + this.left + this.right);
    this.cell(0, 0).tabIndex = 0;
    this.spec = spec;
  }

  // Whether this grid can show `spec` without being built anew.
  fits(spec) {
    const frame = this.frame(spec, 0);
    const same = (key) => JSON.stringify(spec[key]) === JSON.stringify(this.spec[key]);
    return frame.length === this.rows && frame[0].length === this.columns && same("padding") && same("id");
  }

  frame(spec, step) {
    return Array.isArray(spec.values[0][0]) ? spec.values[step] : spec.values;
  }

  cell(row, column) {
    return this.cells.get(`${row},${column}`);
  }

  value(row, column, step) {
    return this.frame(this.spec, step)[row]?.[column] ?? 0; // padding is zero
  }

  write(row, column, step, decimals = false) {
    return writeNumber(this.value(row, column, step), this.spec.unit, decimals);
  }

  get isFilm() {
    return this.spec.revealed || Array.isArray(this.spec.values[0][0]);
  }

  // Write and colour the cells as of `step`; touch only what changed.
  paint(step, { decimals, theme, palettes, hides }) {
    const { spec } = this;
    for (const cell of this.cells.values()) {
      const { row, column } = cell;
      const value = this.value(row, column, step);
      const blank = spec.revealed && row * this.columns + column > step;
      const hidden = !blank && hides(this, row, column);
      const text = blank ? "" : hidden ? "?" : writeNumber(value, spec.unit, decimals);
      const key = `${text} ${value} ${theme} ${spec.scale}`;
      if (cell.key === key) continue;
      cell.key = key;
      cell.textContent = text;
      cell.classList.toggle("blank", blank);
      cell.classList.toggle("hidden", hidden);
      const plain = blank || hidden || cell.isPadding;
      const colour = plain ? null : shade(value, spec.scale, palettes[spec.palette][theme]);
      cell.style.background = plain ? "" : `rgb(${colour})`;
      cell.style.color = plain ? "" : textOn(colour);
    }
  }

  // How wide (in em) cells must be for the longest number they will ever hold.
  fitting(decimals) {
    const numbers = new Set(this.spec.values.flat(2));
    const width = (text) => [...text].reduce((sum, c) => sum + ("/.".includes(c) ? 0.36 : 0.58), 0.8);
    const widths = [...numbers].map((n) => width(writeNumber(n, this.spec.unit, decimals)));
    return Math.max(...widths, this.spec.edit === "number" ? 2.5 : 1.9);
  }

  // Put the frame around a list of [row, column], the first one top left, the last one bottom right.
  frameCells(cells) {
    const [[top, left], [bottom, right]] = [cells[0], cells.at(-1)];
    const place = { row: top + this.top, column: left + this.left, height: bottom - top + 1, width: right - left + 1 };
    for (const [name, value] of Object.entries(place)) this.outline.style.setProperty(`--${name}`, value);
    this.outline.hidden = false;
  }
}

// ---------------------------------------------------------------- the stage

class Stage {
  constructor(model, host) {
    this.model = model;
    this.cleanUps = [];
    this.panels = new Map();
    this.lit = [];
    this.shownInQuiz = new Set();
    this.clickEdits = false;
    this.root = make("div.stage", { role: "group", tabindex: "-1" });
    this.host = make("div.cnnlab-stage", {}, this.root);
    this.build();
    host.append(this.host);
    this.listen();
    this.followTheme();
    this.load();
    this.ask({ type: "hello" });
  }

  get picture() {
    return this.model.get("_picture");
  }

  get step() {
    return Math.min(this.model.get("step"), this.picture.steps - 1);
  }

  // ------------------------------------------------ building

  build() {
    this.board = make("div.board");
    this.formula = make("div.formula");
    this.note = make("p.note");
    this.spoken = make("div.spoken", { "aria-live": "polite" });
    this.feedback = make("p.feedback", { role: "status" });
    this.message = make("p.message", { role: "status" });
    this.transport = this.buildTransport();
    this.options = this.buildOptions();
    this.controls = make("div.controls", { role: "group", "aria-label": "The operation" });
    this.root.append(
      this.board, this.formula, this.note, this.transport, this.options, this.controls, this.feedback,
      this.message, this.spoken,
    );
  }

  buildTransport() {
    const button = (name, label, act) => {
      const element = make("button.icon", { type: "button", "aria-label": label, title: label }, icon(name));
      element.addEventListener("click", act);
      return element;
    };
    this.playButton = button("play", "Play", () => this.play(!this.playing));
    this.playButton.classList.add("main");
    this.slider = make("input", { type: "range", min: 0, "aria-label": "Place" });
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.counter = make("span.counter");
    const speeds = [0.5, 1, 2, 4].map((speed) => make("option", { value: speed }, `${speed}×`));
    this.speed = make("select", { "aria-label": "Speed" }, ...speeds);
    this.speed.addEventListener("change", () => this.set("speed", Number(this.speed.value)));
    return make("div.transport", {},
      button("first", "First place", () => this.go(0)),
      button("back", "One place back", () => this.go(this.step - 1)),
      this.playButton,
      button("on", "One place on", () => this.go(this.step + 1)),
      button("last", "Last place", () => this.go(this.picture.steps - 1)),
      this.slider, this.counter, this.speed);
  }

  buildOptions() {
    const either = (legend, labels, act) => {
      const name = freshId();
      const radios = labels.map((label, i) => {
        const radio = make("input", { type: "radio", name, value: i });
        radio.addEventListener("change", () => act(i === 1));
        return make("label", {}, radio, make("span", {}, label));
      });
      const group = make("div.either", { role: "radiogroup", "aria-label": legend },
        make("span.legend", { "aria-hidden": "true" }, legend), ...radios);
      group.show = (second) => (radios[second ? 1 : 0].firstChild.checked = true);
      return group;
    };
    const toggle = (trait, label, title) => {
      const button = make("button", { type: "button", title }, label);
      button.addEventListener("click", () => this.set(trait, !this.model.get(trait)));
      return button;
    };
    this.numbers = either("Numbers", ["5/9", "0.56"], (on) => this.set("decimals", on));
    this.clicks = either("Click to", ["pin", "edit"], (on) => this.setClickEdits(on));
    this.quiz = toggle("quiz", "Quiz", "Hide the results: guess one, then click its question mark");
    this.projector = toggle("projector", "Projector", "Enlarge everything");
    return make("div.options", {}, this.clicks, this.numbers, this.quiz, this.projector);
  }

  // ------------------------------------------------ listening

  listen() {
    const on = (target, names, act) => {
      for (const name of names.split(" ")) {
        target.addEventListener(name, act);
        this.cleanUps.push(() => target.removeEventListener(name, act));
      }
    };
    const follow = (name, act) => {
      this.model.on(name, act);
      this.cleanUps.push(() => this.model.off(name, act));
    };
    on(this.root, "keydown", (event) => this.onKey(event));
    on(this.board, "pointerover", (event) => {
      if (this.hasMoved(event)) this.lookAt(event.target.closest(".cell"));
    });
    on(this.board, "pointerleave focusout", () => this.lookAt(null));
    on(this.board, "focusin", (event) => this.lookAt(event.target.closest(".cell")));
    on(this.board, "click", (event) => this.onClick(event));
    on(this.board, "pointerdown", (event) => this.startStroke(event));
    on(this.board, "pointermove", (event) => this.goOnStroke(event));
    on(window, "pointerup pointercancel", () => (this.stroke = null));
    on(this.formula, "pointerover", (event) => {
      const term = event.target.closest(".term");
      const tap = Number(term?.dataset.tap);
      if (!term) this.lookAt(null);
      else if (this.kernel) this.lookAt(this.products.cell(...this.weightAt(tap)));
      else this.lookAt(this.source.cell(...this.patches[this.step][tap]));
    });
    on(this.formula, "pointerleave", () => this.lookAt(null));
    follow("change:_picture", () => this.load());
    follow("change:step", () => this.show());
    follow("change:decimals change:quiz change:projector change:speed", () => this.showOptions());
    follow("msg:custom", (message) => this.onAnswer(message));
  }

  followTheme() {
    const read = () => {
      const light = document.body.dataset.jpThemeLight ?? !matchMedia("(prefers-color-scheme: dark)").matches;
      this.theme = String(light) === "true" ? "light" : "dark";
      this.host.dataset.theme = this.theme;
      this.paint();
    };
    const observer = new MutationObserver(read);
    observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
    this.cleanUps.push(() => observer.disconnect());
    read();
  }

  destroy() {
    this.play(false);
    clearTimeout(this.answerTimer);
    for (const cleanUp of this.cleanUps) cleanUp();
    this.host.remove();
  }

  // ------------------------------------------------ showing

  // Take over a new picture: build what has another shape, keep the rest (and the focus).
  load() {
    const { picture } = this;
    const focused = this.board.contains(document.activeElement) && document.activeElement.closest(".cell");
    const old = [...this.panels.values()];
    const fits = old.length === picture.panels.length && old.every((panel, i) => panel.fits(picture.panels[i]));
    if (fits) old.forEach((panel, i) => (panel.spec = picture.panels[i]));
    else this.buildBoard(picture.panels);
    for (const role of ["source", "kernel", "products", "target"]) this[role] = this.panels.get(picture.window?.[role]);
    this.patches = picture.window ? this.walk(picture.window) : [];
    this.root.setAttribute("aria-label", picture.title);
    this.transport.hidden = picture.steps === 1;
    this.options.hidden = this.board.hidden = !picture.panels.length;
    this.feedback.textContent = picture.feedback;
    this.feedback.dataset.outcome = picture.outcome;
    this.slider.max = picture.steps - 1;
    this.shownInQuiz.clear();
    this.pinned = this.hovered = null;
    this.showControls();
    this.showOptions();
    if (focused) this.panels.get(focused.panel.spec.id)?.cell(focused.row, focused.column)?.focus();
  }

  buildBoard(specs) {
    this.panels = new Map(specs.map((spec) => [spec.id, new Panel(spec)]));
    const columns = new Map();
    for (const { element, spec } of this.panels.values()) {
      if (!columns.has(spec.column)) {
        const sign = spec.before ? [make("div.sign", { "aria-hidden": "true" }, spec.before)] : [];
        columns.set(spec.column, make("div.part", {}, ...sign, make("div.column")));
      }
      columns.get(spec.column).lastChild.append(element);
    }
    this.board.replaceChildren(...columns.values());
  }

  showOptions() {
    const { model } = this;
    const editable = [...this.panels.values()].some((panel) => panel.spec.edit);
    const fractions = [...this.panels.values()].some((panel) => panel.spec.unit);
    this.clicks.hidden = !editable;
    this.clicks.show(this.clickEdits);
    this.numbers.hidden = !fractions;
    this.numbers.show(model.get("decimals"));
    this.quiz.setAttribute("aria-pressed", model.get("quiz"));
    if (model.get("quiz")) this.say(""); // nor may what was said before stay to be read
    this.projector.setAttribute("aria-pressed", model.get("projector"));
    this.host.classList.toggle("projector", model.get("projector"));
    const speed = model.get("speed");
    if (![...this.speed.options].some((option) => Number(option.value) === speed))
      this.speed.append(make("option", { value: speed }, `${speed}×`));
    this.speed.value = speed;
    this.fit();
    for (const panel of this.panels.values()) {
      panel.grid.classList.toggle("editing", this.clickEdits && Boolean(panel.spec.edit));
      const hint = { toggle: "click or drag to change", number: "click to type" }[panel.spec.edit];
      panel.caption.textContent = (this.clickEdits && hint) || panel.spec.caption;
    }
    this.paint();
    this.show();
  }

  // Give the cells of a column one size, and the board the digits that let all columns stand side by side.
  fit() {
    const all = [...this.panels.values()];
    if (!all.length) return;
    const widths = [];
    for (const number of new Set(all.map(({ spec }) => spec.column))) {
      const panels = all.filter(({ spec }) => spec.column === number);
      const cell = Math.max(...panels.map((panel) => panel.fitting(this.model.get("decimals"))));
      const width = (panel) =>
        Math.max(panel.grid.style.getPropertyValue("--columns") * (cell + 0.12), 0.6 * panel.spec.title.length);
      for (const panel of panels) panel.grid.style.setProperty("--fitting", `${cell}em`);
      widths.push(Math.max(...panels.map(width)) + 3.6); // with its sign and the gaps beside it
    }
    this.board.style.setProperty("--ems", widths.reduce((sum, width) => sum + width) - 3.4);
    this.board.style.setProperty("--widest", Math.max(...widths));
  }

  paint(step = this.step, films = false) {
    const style = {
      decimals: this.model.get("decimals"),
      theme: this.theme,
      palettes: this.model.get("_palettes"),
      hides: (panel, row, column) => this.hides(panel, row, column),
    };
    for (const panel of this.panels.values()) {
      // Looking ahead shows the products of another place, but never uncovers the map.
      if (!films || panel.isFilm) panel.paint(panel.spec.revealed ? this.step : step, style);
    }
  }

  hides(panel, row, column) {
    return this.model.get("quiz") && panel.spec.in_quiz && !this.shownInQuiz.has(`${panel.spec.id},${row},${column}`);
  }

  // Show the current step, or the place the learner looks at.
  show() {
    const { step, picture } = this;
    if (step !== this.lastStep) {
      this.lastStep = step;
      this.pinned = null;
      this.shownInQuiz.clear();
    }
    this.slider.value = step;
    this.counter.textContent = `place ${step + 1} of ${picture.steps}`;
    this.slider.setAttribute("aria-valuetext", this.counter.textContent);
    const look = this.describe(this.pinned ?? this.hovered);
    this.paint(look.place, true);
    this.showWindow(look.place);
    this.showFormula(look);
    for (const cell of this.lit) cell.classList.remove("lit", "looked", "pinned");
    this.lit = look.cells;
    for (const cell of look.cells) cell.classList.add("lit");
    const at = this.pinned ?? this.hovered;
    at?.classList.add(this.pinned ? "pinned" : "looked");
    if (at) this.lit.push(at);
    this.note.textContent = look.note;
  }

  showWindow(place) {
    if (!this.target) return;
    const patch = this.patches[place];
    this.source.frameCells(patch);
    for (const cell of this.source.cells.values()) cell.classList.remove("seen");
    // With dilation the frame also covers pixels that the kernel skips: mark those it sees.
    if (Math.max(...this.picture.window.dilation) > 1)
      for (const [row, column] of patch) this.source.cell(row, column).classList.add("seen");
    this.target.frameCells([this.rowAndColumn(place)]);
  }

  showFormula({ place, tap }) {
    this.formula.hidden = !this.target;
    if (!this.target) return;
    const { window } = this.picture;
    const decimals = this.model.get("decimals");
    const patch = this.patches[place];
    const [opening, between, closing] = window.written.map((text) => text.replace("{count}", patch.length));
    const terms = patch.map((pixel, k) => {
      const weight = this.kernel && this.weightAt(k);
      const factors = [this.source.write(...pixel, place, decimals)];
      if (weight) factors.push(this.kernel.write(...weight, place, decimals));
      const product = weight ? this.products.value(...weight, place) : this.source.value(...pixel, place);
      const sign = product > 0 ? "positive" : product < 0 ? "negative" : "zero";
      return { sign, text: weight ? factors.map(inBrackets).join("·") : factors[0] };
    });
    const [i, j] = this.rowAndColumn(place);
    const hidden = this.hides(this.target, i, j);
    const value = this.target.value(i, j, place);
    const shown = hidden ? "?" : this.target.write(i, j, place, decimals);
    const isFraction = shown.includes("/");
    const isExact = hidden || isFraction || isWhole(value * 100);
    const total = writeNumber(window.totals[place], this.source.spec.unit, decimals);
    const quotient = window.reduce === "mean" && !isExact ? ` = ${total} ÷ ${patch.length}` : "";
    const before = quotient + (isExact ? " = " : " ≈ ");
    const after = isFraction ? `${isWhole(value * 100) ? " = " : " ≈ "}${writeNumber(value)}` : "";
    // Made anew only if it reads differently, so that the pointer does not lose the term it rests on.
    const key = JSON.stringify([opening, between, closing, terms, before, shown, after]);
    if (key !== this.formulaKey) {
      this.formulaKey = key;
      const parts = terms.flatMap(({ sign, text }, k) => {
        const term = make(`span.term.${sign}`, { "data-tap": k }, text);
        return k ? [between, term] : [term];
      });
      const result = make("span.result", {}, before, make("strong", {}, shown), after);
      this.formula.replaceChildren(opening, ...parts, closing, result);
    }
    this.formula.querySelectorAll(".term").forEach((term, k) => term.classList.toggle("lit", k === tap));
  }

  // ------------------------------------------------ where the window stands

  // The pixels in the window, row by row, at every place; at a ragged edge, those that are there.
  walk({ size, stride, padding, dilation }) {
    return Array.from({ length: this.picture.steps }, (_, place) => {
      const start = this.rowAndColumn(place).map((at, axis) => at * stride[axis] - padding[axis][0]);
      const pixels = Array.from({ length: size[0] * size[1] }, (__, k) =>
        this.weightAt(k).map((at, axis) => start[axis] + at * dilation[axis]));
      return pixels.filter((pixel) => this.source.cell(...pixel));
    });
  }

  rowAndColumn(place) {
    return [Math.floor(place / this.target.columns), place % this.target.columns];
  }

  weightAt(k) {
    const columns = this.picture.window.size[1];
    return [Math.floor(k / columns), k % columns];
  }

  // What hangs together with a cell: the place to show, the tap (which weight), the cells to light up, a sentence.
  describe(cell) {
    const place = this.step;
    const plain = { place, cells: [], note: this.sentence(place) };
    if (!cell || !this.target) return plain;
    const { panel, row, column } = cell;
    if (panel === this.target) return this.describePlace(row * panel.columns + column, cell);
    if (panel === this.source) return this.describePixel(place, cell);
    if (panel !== this.kernel && panel !== this.products) return plain;
    const tap = row * panel.columns + column;
    const where = `row ${row + 1}, column ${column + 1}`;
    const weight = this.kernel.write(row, column, place);
    if (panel === this.kernel) {
      const met = this.patches.map((patch) => this.source.cell(...patch[tap]));
      const note = `The weight at ${where} is ${weight}. It meets the marked pixels, one at each of the ${met.length} places.`;
      return { place, tap, cells: [this.products.cell(row, column), ...met], note };
    }
    const pixel = this.patches[place][tap];
    const product = this.hides(panel, row, column) ? "?" : panel.write(row, column, place);
    const note = `Pixel ${this.source.write(...pixel, place)} times weight ${weight} is ${product}.`;
    const result = this.target.cell(...this.rowAndColumn(place));
    return { place, tap, cells: [this.source.cell(...pixel), this.kernel.cell(row, column), result], note };
  }

  describePlace(place, { panel, row, column }) {
    const isUncovered = place <= this.step && !this.hides(panel, row, column);
    const coming = `The map's row ${row + 1}, column ${column + 1} will come from the framed pixels.`;
    const cells = this.patches[place].map((pixel) => this.source.cell(...pixel));
    return { place, cells, note: isUncovered ? this.sentence(place) : coming };
  }

  describePixel(place, { panel, row, column, isPadding }) {
    const at = (patch) => patch.findIndex(([r, c]) => r === row && c === column);
    const fed = this.patches.flatMap((patch, i) => (at(patch) < 0 ? [] : [this.target.cell(...this.rowAndColumn(i))]));
    const tap = at(this.patches[place]);
    const what = isPadding
      ? "This padding is 0" : `The pixel at row ${row + 1}, column ${column + 1} is ${panel.write(row, column, place)}`;
    const feeds = `It feeds ${fed.length} ${fed.length === 1 ? "place" : "places"} of the map.`;
    if (tap < 0 || !this.kernel) return { place, tap, cells: fed, note: `${what}. ${feeds}` };
    const weight = this.weightAt(tap);
    const note = `${what}. ${feeds} At the framed one it meets the weight ${this.kernel.write(...weight, place)}.`;
    return { place, tap, cells: [...fed, this.kernel.cell(...weight), this.products.cell(...weight)], note };
  }

  sentence(place) {
    const [i, j] = this.target ? this.rowAndColumn(place) : [];
    if (!this.target || !this.hides(this.target, i, j)) return this.picture.sentences[place];
    return `Row ${i + 1}, column ${j + 1}: what is the result? Click a question mark to check.`;
  }

  // ------------------------------------------------ time

  go(step, { byHand = true } = {}) {
    const goal = Math.max(0, Math.min(this.picture.steps - 1, step));
    if (byHand) this.play(false);
    this.hovered = byHand ? null : this.hovered;
    this.set("step", goal);
    this.show();
    if (byHand) this.say();
  }

  play(on) {
    if (Boolean(this.playing) === on) return;
    clearTimeout(this.playing);
    this.playing = null;
    if (on && this.step === this.picture.steps - 1) this.go(0, { byHand: false });
    if (on) this.playing = setTimeout(() => this.tick(), this.pause);
    else if (this.host.isConnected) this.say();
    this.playButton.replaceChildren(icon(on ? "pause" : "play"));
    this.playButton.setAttribute("aria-label", on ? "Pause" : "Play");
    this.playButton.title = on ? "Pause" : "Play";
  }

  get pause() {
    return 625 / this.model.get("speed");
  }

  tick() {
    if (this.step === this.picture.steps - 1) return this.play(false);
    this.go(this.step + 1, { byHand: false });
    this.playing = setTimeout(() => this.tick(), this.pause);
  }

  say(text = this.note.textContent) {
    this.spoken.textContent = text;
  }

  set(trait, value) {
    this.model.set(trait, value);
    this.model.save_changes();
  }

  // ------------------------------------------------ looking, pinning, editing

  lookAt(cell) {
    if (cell === this.hovered || this.stroke) return;
    this.hovered = cell;
    if (!this.pinned) this.show();
  }

  onClick(event) {
    const cell = event.target.closest(".cell");
    if (cell && !event.target.closest("input")) this.activate(cell);
  }

  // Click, Enter or Space on a cell: uncover it, edit it, or pin what hangs together with it.
  activate(cell) {
    const { panel, row, column } = cell;
    if (this.hides(panel, row, column)) {
      this.shownInQuiz.add(`${panel.spec.id},${row},${column}`);
      this.paint();
      this.show();
    } else if (this.clickEdits && panel.spec.edit && !cell.isPadding) {
      if (panel.spec.edit === "number") this.type(cell);
      else if (!this.drawn) this.edit(cell, this.opposite(cell)); // a drag has already drawn it
    } else {
      this.pinned = this.pinned === cell ? null : cell;
      this.play(false);
      this.hovered = cell;
      this.show();
    }
    this.drawn = false;
    this.say();
  }

  opposite(cell) {
    return String(cell.panel.value(cell.row, cell.column, this.step) > 0 ? -1 : 1);
  }

  setClickEdits(on) {
    this.clickEdits = on;
    this.showOptions();
  }

  edit(cell, value, stroke = freshId()) {
    this.ask({ type: "edit", panel: cell.panel.spec.id, row: cell.row, column: cell.column, value, stroke });
  }

  startStroke(event) {
    const cell = event.target.closest(".cell");
    this.drawn = false;
    if (!cell || !this.clickEdits || cell.panel.spec.edit !== "toggle" || cell.isPadding || event.button) return;
    if (this.dead) return;
    event.target.releasePointerCapture?.(event.pointerId); // a finger would keep all events to itself
    this.stroke = { id: freshId(), value: this.opposite(cell), panel: cell.panel, seen: new Set() };
    this.drawn = true;
    this.draw(cell);
  }

  // Browsers also report a resting pointer when something changes beneath it: that is no look.
  hasMoved({ clientX, clientY }) {
    const [x, y] = this.pointer ?? [];
    this.pointer = [clientX, clientY];
    return x !== clientX || y !== clientY;
  }

  goOnStroke(event) {
    this.hasMoved(event);
    if (!this.stroke) return;
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest(".cell");
    if (cell && cell.panel === this.stroke.panel && !cell.isPadding) this.draw(cell);
  }

  draw(cell) {
    if (this.stroke.seen.has(cell)) return;
    this.stroke.seen.add(cell);
    this.edit(cell, this.stroke.value, this.stroke.id);
  }

  // Open a cell to type a number into; what was typed goes to Python as it is.
  type(cell, first) {
    if (this.dead) return this.tell(WAITING);
    const old = cell.textContent;
    const where = `${cell.panel.spec.title}, row ${cell.row + 1}, column ${cell.column + 1}`;
    const input = make("input.typed", { type: "text", inputmode: "text", "aria-label": where });
    input.value = first ?? old;
    let open = true;
    const close = (keep) => {
      if (!open) return;
      open = false;
      const typed = input.value.trim();
      const hadFocus = document.activeElement === input;
      input.remove();
      cell.key = null;
      this.paint();
      if (hadFocus) cell.focus();
      if (keep && typed !== "" && typed !== old) this.edit(cell, typed);
    };
    input.addEventListener("blur", () => close(true));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey) close(true);
      else if (event.key === "Escape") close(false);
      else return;
      event.stopPropagation();
    });
    cell.replaceChildren(input);
    cell.key = null;
    input.focus();
    if (first === undefined) input.select();
  }

  // ------------------------------------------------ keys

  onKey(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Tab" || (key === "Enter" && event.shiftKey)) return;
    if (key === "Escape") {
      if (this.pinned) event.stopPropagation(); // the first one lets go, the next one leaves the scene
      this.pinned = this.hovered = null;
      return this.show();
    }
    event.stopPropagation(); // a stray letter would otherwise insert or delete notebook cells
    if (target.matches("select, input:not([type=range]):not([type=checkbox])")) return;
    const cell = target.closest(".cell");
    const used = cell ? this.onCellKey(cell, key) : this.onStepKey(target, key);
    if (used) event.preventDefault();
  }

  onStepKey(target, key) {
    const row = this.target?.columns ?? 1;
    const jumps = {
      ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1,
      PageDown: row, PageUp: -row, Home: -Infinity, End: Infinity,
    };
    if (key in jumps) this.go(this.step + jumps[key]);
    else if (key === " " && !target.matches("button, [type=checkbox]")) this.play(!this.playing);
    else return false;
    return true;
  }

  onCellKey(cell, key) {
    const { panel, row, column } = cell;
    const moves = {
      ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1],
      ArrowDown: [row + 1, column], ArrowUp: [row - 1, column],
      Home: [row, -panel.left], End: [row, panel.columns + panel.right - 1],
    };
    if (key in moves) {
      const next = panel.cell(...moves[key]);
      if (next) {
        cell.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
        this.say();
      }
    } else if (key === "Enter" || key === " ") this.activate(cell);
    else if (panel.spec.edit && !cell.isPadding && /^[-−+.\d]$/.test(key)) this.type(cell, key);
    else return false;
    return true;
  }

  // ------------------------------------------------ talking with Python

  ask(message) {
    clearTimeout(this.answerTimer);
    this.setAsked((this.asked ?? 0) + 1);
    this.answerTimer = setTimeout(() => this.setDead(true), 3000);
    try {
      this.model.send(message);
    } catch {
      this.setDead(true);
    }
  }

  // How many questions Python has not answered yet.
  setAsked(count) {
    this.asked = Math.max(0, count);
    this.root.setAttribute("aria-busy", this.asked > 0);
  }

  onAnswer(message) {
    this.setAsked(this.asked - 1);
    clearTimeout(this.answerTimer);
    this.setDead(false);
    this.tell(message.type === "refused" ? message.text : "");
    if (message.type === "refused") this.showControls();
  }

  setDead(dead) {
    this.dead = dead;
    if (dead) this.setAsked(0);
    if (dead && this.clickEdits) this.setClickEdits(false);
    this.tell(dead ? WAITING : "");
    this.clicks.querySelectorAll("input").forEach((radio) => (radio.disabled = dead));
    this.showControls();
  }

  tell(text) {
    this.message.textContent = text;
  }

  // Lay out Python's controls, or, if they are the same ones, only bring them up to date.
  showControls() {
    const specs = this.picture.controls;
    const shape = JSON.stringify(specs.map(({ id, kind, options }) => [id, kind, options]));
    if (shape !== this.controlShape) {
      this.controlShape = shape;
      this.inputs = new Map(specs.map((spec) => [spec.id, this.buildControl(spec)]));
      this.controls.replaceChildren(...[...this.inputs.values()].map((input) => input.closest(".control") ?? input));
      this.controls.hidden = !specs.length;
    }
    for (const spec of specs) {
      const input = this.inputs.get(spec.id);
      if (spec.kind === "check") input.checked = spec.value;
      else if (spec.kind !== "button") input.value = spec.value;
      const disabled = Boolean(this.dead) || !spec.enabled;
      if (disabled && document.activeElement === input) this.root.focus(); // or the keys would be lost
      input.disabled = disabled;
    }
  }

  buildControl({ id, kind, label, options, low, high }) {
    if (kind === "button") {
      const button = make("button", { type: "button" }, label);
      button.addEventListener("click", () => this.ask({ type: "control", id, value: true }));
      return button;
    }
    const input = {
      choice: () => make("select", {}, ...options.map((option) => make("option", {}, option))),
      whole: () => make("input", { type: "number", min: low, max: high, step: 1 }),
      check: () => make("input", { type: "checkbox" }),
      number: () => make("input", { type: "text", inputmode: "text" }),
    }[kind]();
    const value = () => (kind === "check" ? input.checked : input.value);
    input.addEventListener("change", () => this.ask({ type: "control", id, value: value() }));
    input.id = freshId();
    const name = make("label", { for: input.id }, label);
    make("span.control", {}, ...(kind === "check" ? [input, name] : [name, input]));
    return input;
  }
}

const WAITING = "Waiting for Python: run this notebook's cells to edit or to change the operation. Stepping works without.";

export default {
  render({ model, el }) {
    const stage = new Stage(model, el);
    return () => stage.destroy();
  },
};
