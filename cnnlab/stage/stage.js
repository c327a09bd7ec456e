// The stage: grids of numbers and photographs, the links that tie them together, and time.
//
// It reads one picture (see picture.py) from Python, lays it out, and lets the learner step, look, pin and
// edit. It knows no mathematics beyond writing a formula out: every array and every total comes from Python.
// Read from top to bottom: numbers, colours, small helpers for elements, Panel, Raster, Link, Stage.

// ---------------------------------------------------------------- numbers (as in cnnlab/look.py)

function writeNumber(value, unit, decimals) {
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  const whole = Math.round(size);
  if (Math.abs(size - whole) < 1e-9) return (whole ? sign : "") + whole;
  if (unit && !decimals && isWhole(size * unit)) return `${sign}${Math.round(size * unit)}/${unit}`;
  return sign + (size >= 0.005 ? size.toFixed(2) : size.toExponential(0).replace("-", "−"));
}

const isRounded = (text, value) => !text.includes("/") && !isWhole(value * 100);
const isWhole = (value) => Math.abs(value - Math.round(value)) < 1e-9;
const inBrackets = (text) => (text.startsWith("−") || text.includes("/") ? `(${text})` : text);

// ---------------------------------------------------------------- colours (as in cnnlab/look.py)

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

function shade(value, scale, colours) {
  const place = ((Math.max(-1, Math.min(1, value / scale)) + 1) / 2) * (colours.length - 1);
  const first = Math.min(Math.floor(place), colours.length - 2);
  const [one, other] = [rgb(colours[first]), rgb(colours[first + 1])];
  return one.map((channel, i) => Math.floor(channel + (place - first) * (other[i] - channel) + 0.5));
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

function svg(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function icon(name) {
  const picture = svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
  picture.append(svg("path", { d: ICONS[name] }));
  return picture;
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
    const heading = make(spec.bare ? "figcaption.spoken" : "figcaption", {}, title, this.caption);
    const names = make("div.names", { "aria-hidden": "true" }, ...spec.names.map((name) => make("span", {}, name)));
    this.element = make("figure.panel", {}, heading, make("div.named", {}, ...(spec.names.length ? [names] : []), this.grid));
    this.cells = new Map();
    [[this.top, this.bottom], [this.left, this.right]] = spec.padding;
    const frame = this.frame(spec, 0);
    [this.rows, this.columns] = [frame.length, frame[0].length];
    for (let row = -this.top; row < this.rows + this.bottom; row += 1) {
      const line = make("div.row", { role: "row" });
      if (spec.names[row]) line.setAttribute("aria-label", spec.names[row]);
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
    this.take(spec);
  }

  // Whether this grid can show `spec` without being built anew.
  fits(spec) {
    if (spec.kind !== "grid") return false;
    const frame = this.frame(spec, 0);
    const same = (...keys) => keys.every((key) => JSON.stringify(spec[key]) === JSON.stringify(this.spec[key]));
    return frame.length === this.rows && frame[0].length === this.columns && same("padding", "id", "bare", "names");
  }

  take(spec) {
    this.spec = spec;
  }

  frame(spec, step) {
    return Array.isArray(spec.values[0][0]) ? spec.values[step] : spec.values;
  }

  cell(row, column) {
    return this.cells.get(`${row},${column}`);
  }

  get all() {
    return [...this.cells.values()].filter((cell) => !cell.isPadding);
  }

  value(row, column, step) {
    if (this.loupe) return this.loupe.value(row + this.loupe.top, column + this.loupe.left);
    const line = this.frame(this.spec, step)[row];
    return line && column in line ? line[column] : 0; // padding is zero
  }

  write(row, column, step, decimals = false) {
    const value = this.value(row, column, step);
    return value === null ? "" : writeNumber(value, this.spec.unit, decimals);
  }

  // Whether what it shows depends on the place looked at.
  get isFilm() {
    return this.spec.revealed || this.spec.follows || Array.isArray(this.spec.values[0][0]);
  }

  // Write and colour the cells as of `step`; touch only what changed.
  paint(step, { decimals, theme, palettes, hides }) {
    const { spec } = this;
    for (const cell of this.cells.values()) {
      const { row, column } = cell;
      const value = cell.drawn ?? this.value(row, column, step);
      const blank = value === null || (spec.revealed && row * this.columns + column > step);
      const hidden = !blank && hides(this, row, column);
      const minus = value < 0 && spec.palette === "signed" ? "−" : "";
      const written = () => (spec.numbers ? writeNumber(value, spec.unit, decimals) : minus);
      const text = blank ? "" : hidden ? "?" : written();
      const key = `${text} ${value} ${theme} ${spec.scale} ${spec.palette}`;
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
    if (!this.spec.numbers) return this.spec.edit ? 1.5 : 1;
    const numbers = new Set(this.spec.follows ? [255] : this.spec.values.flat(2).filter((value) => value !== null));
    const letter = (c) => ("/.".includes(c) ? 0.36 : c === "e" ? 1.2 : 0.58);
    const width = (text) => [...text].reduce((sum, c) => sum + letter(c), 0.8);
    const widths = [...numbers].map((n) => width(writeNumber(n, this.spec.unit, decimals)));
    return Math.max(...widths, this.spec.edit === "number" ? 2.5 : 1.9);
  }

  get height() {
    const cell = parseFloat(this.element.style.getPropertyValue("--fitting"));
    return (this.rows + this.top + this.bottom) * (cell + 0.12);
  }

  // How wide (in em) the panel is with cells `cell` em wide.
  width(cell) {
    const { names, title, bare } = this.spec;
    const named = names.length ? 0.6 * Math.max(...names.map((name) => name.length)) + 0.5 : 0;
    const gap = this.columns > 20 ? 0.16 : 0.12; // 2 pixels: where many cells make digits small, they count for more
    return Math.max(this.grid.style.getPropertyValue("--columns") * (cell + gap) + named, bare ? 0 : 0.6 * title.length);
  }

  // Draw these boxes, and no others; they stay while the frame moves.
  drawBoxes(boxes) {
    const key = JSON.stringify(boxes);
    if (key === this.boxesKey) return;
    this.boxesKey = key;
    this.grid.querySelectorAll(".box").forEach((old) => old.remove());
    for (const { top, left, bottom, right, label, line } of boxes) {
      const box = make(`div.box.${line}`, { "aria-hidden": "true" }, ...(label ? [make("span.tag", {}, label)] : []));
      this.placeAround(box, [top, left, bottom, right]);
      this.grid.append(box);
    }
  }

  // Put the frame around [top, left, bottom, right], or take it away.
  frameCells(box) {
    this.outline.hidden = !box;
    if (box) this.placeAround(this.outline, box);
  }

  placeAround(element, [top, left, bottom, right]) {
    const place = { row: top + this.top, column: left + this.left, height: bottom - top + 1, width: right - left + 1 };
    for (const [name, value] of Object.entries(place)) element.style.setProperty(`--${name}`, value);
  }
}

// ---------------------------------------------------------------- one photograph

class Raster {
  constructor(spec) {
    [this.rows, this.columns] = spec.shape;
    const title = make("div.title", {}, spec.title);
    this.caption = make("div.caption");
    this.canvas = make("canvas", { width: this.columns, height: this.rows, "aria-hidden": "true" });
    this.outline = make("div.mark", { hidden: "" });
    this.screen = make("div.raster", { role: "application", tabindex: 0 }, this.canvas, this.outline);
    this.screen.setAttribute("aria-label", `${spec.title}: the arrow keys move the place looked at`);
    this.screen.panel = this;
    this.element = make("figure.panel", {}, make("figcaption", {}, title, this.caption), this.screen);
    this.cells = new Map(); // its pixels are no elements
    this.at = [this.rows >> 1, this.columns >> 1];
    this.take(spec);
  }

  fits(spec) {
    return spec.kind === "raster" && spec.id === this.spec.id && spec.shape.join() === this.spec.shape.join();
  }

  take(spec) {
    const { buffer, byteOffset, byteLength } = spec.values;
    const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
    this.numbers = spec.dtype === "float32" ? new Float32Array(bytes) : new Uint8Array(bytes);
    this.spec = spec;
    this.painted = "";
  }

  // Pixels stand for cells wherever nothing is to be marked in them.
  cell(row, column) {
    if (row < 0 || column < 0 || row >= this.rows || column >= this.columns) return undefined;
    return { panel: this, row, column, isPixel: true };
  }

  cellAt({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [(clientX - box.left) / box.width, (clientY - box.top) / box.height];
    return this.nearest(Math.floor(y * this.rows), Math.floor(x * this.columns));
  }

  nearest(row, column) {
    return this.cell(Math.max(0, Math.min(this.rows - 1, row)), Math.max(0, Math.min(this.columns - 1, column)));
  }

  value(row, column) {
    const inside = this.cell(row, column);
    return inside ? this.numbers[row * this.columns + column] : null;
  }

  write(row, column) {
    const at = 3 * (row * this.columns + column);
    if (this.spec.palette === "rgb") return `(${this.numbers.slice(at, at + 3).join(", ")})`;
    const value = this.value(row, column);
    return Number.isNaN(value) ? "none" : writeNumber(value);
  }

  paint(step, { theme, palettes }) {
    if (this.painted === theme) return;
    this.painted = theme;
    const { palette, scale } = this.spec;
    const image = new ImageData(this.columns, this.rows);
    if (palette === "rgb") {
      for (let from = 0, to = 0; from < this.numbers.length; from += 3, to += 4)
        image.data.set([this.numbers[from], this.numbers[from + 1], this.numbers[from + 2], 255], to);
    } else {
      // 511 shades from −scale to scale, as single numbers: a quarter of a million pixels must be quick.
      const shades = new Uint32Array(511);
      const bytes = new Uint8Array(shades.buffer);
      for (let i = 0; i < 511; i += 1) bytes.set([...shade(i - 255, 255, palettes[palette][theme]), 255], 4 * i);
      const pixels = new Uint32Array(image.data.buffer);
      const factor = 255 / scale;
      for (let i = 0; i < pixels.length; i += 1) // what is no number has no shade, and lets the stage through
        pixels[i] = shades[Math.max(0, Math.min(510, Math.round(this.numbers[i] * factor) + 255))];
    }
    this.canvas.getContext("2d").putImageData(image, 0, 0);
  }

  fitting() {
    return 0;
  }

  width() {
    return this.spec.width;
  }

  get height() {
    return (this.spec.width * this.rows) / this.columns;
  }

  frameCells(box) {
    this.outline.hidden = !box;
    if (!box) return;
    const [top, left, bottom, right] = box;
    const percent = { top: top / this.rows, left: left / this.columns,
      height: (bottom - top + 1) / this.rows, width: (right - left + 1) / this.columns };
    for (const [name, part] of Object.entries(percent)) this.outline.style.setProperty(`--${name}`, `${100 * part}%`);
  }
}

// ---------------------------------------------------------------- one drawing with axes, and points that move over it

const DASHES = ["none", "9 6", "1 5", "10 5 1 5"]; // as in the stills: told apart without colours, too

class Chart {
  constructor(spec) {
    const title = make("div.title", {}, spec.title);
    this.caption = make("div.caption");
    this.image = make("img", { alt: "" });
    this.overlay = svg("svg", { viewBox: "0 0 1000 1000", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.drawing = make("div.chart", { role: "img" }, this.image, this.overlay);
    this.element = make("figure.panel", {}, make("figcaption", {}, title, this.caption), this.drawing);
    this.cells = new Map();
    [this.rows, this.columns, this.isFilm] = [1, 1, true];
    this.take(spec);
  }

  fits(spec) {
    return spec.kind === "chart" && spec.id === this.spec.id && spec.tracks.length === this.spec.tracks.length;
  }

  take(spec) {
    this.spec = spec;
    this.painted = "";
    this.drawing.setAttribute("aria-label", spec.says);
    this.drawing.style.setProperty("--aspect", spec.aspect);
    // The overlay covers the axes alone, so that what leaves them is cut off.
    const [left, bottom, width, height] = spec.axes.map((part) => `${100 * part}%`);
    Object.assign(this.overlay.style, { left, bottom, width, height });
    this.tracks = spec.tracks.map(() => [svg("polyline", { fill: "none" }), svg("line", {})]);
    this.overlay.replaceChildren(...this.tracks.flat());
  }

  paint(step, { theme, lines }) {
    if (this.painted !== theme) {
      this.painted = theme;
      const { buffer, byteOffset, byteLength } = this.spec.images[theme];
      const bytes = new Uint8Array(buffer, byteOffset, byteLength);
      this.image.src = `data:image/png;base64,${btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""))}`;
    }
    this.spec.tracks.forEach(({ points, line, trail }, k) => {
      const [way, dot] = this.tracks[k];
      const places = points.slice(0, step + 1).map(([x, y]) => x !== null && y !== null && [1000 * x, 1000 * (1 - y)]);
      const last = places.at(-1);
      for (const element of [way, dot]) element.setAttribute("stroke", lines[theme][line]);
      way.setAttribute("stroke-dasharray", DASHES[line]);
      way.setAttribute("points", trail ? places.filter(Boolean).map((place) => place.join()).join(" ") : "");
      dot.setAttribute("visibility", last ? "visible" : "hidden");
      // A line of no length with round ends is a dot, whatever the shape of the chart.
      if (last) for (const [name, i] of [["x1", 0], ["x2", 0], ["y1", 1], ["y2", 1]]) dot.setAttribute(name, last[i]);
    });
  }

  cell() {
    return undefined;
  }

  fitting() {
    return 0;
  }

  width() {
    return this.spec.width;
  }

  get height() {
    return this.spec.width * this.spec.aspect;
  }

  frameCells() {} // a chart has no cells
}

const KINDS = { grid: Panel, raster: Raster, chart: Chart };

// ---------------------------------------------------------------- what a cell is made of

class Link {
  constructor(spec, panels) {
    Object.assign(this, spec);
    [this.spec, this.panels] = [spec, panels];
    for (const role of ["target", "kernel", "products"]) this[role] = panels.get(spec[role]);
    this.sources = spec.sources.map((id) => panels.get(id));
    [this.source] = this.sources;
    // Parts that stand beside each other are told in words; there is nothing to compute.
    this.isTold = this.kind === "cells" && ["copy", "beside"].includes(this.reduce) && this.sources.length > 1;
    // Of what is seen through layers that are not shown, nothing can be written out either.
    this.hasFormula = !this.isTold && this.kind !== "field";
  }

  // The cells that make up one cell of the target, in the order of the formula; at a ragged edge, those there are.
  taps(row, column, step = Infinity) {
    if (this.kind === "cells") return this.sources.map((source) => source.cell(row, column));
    if (this.kind === "field") return this.rows[row].flatMap((r) => this.columns[column].map((c) => this.source.cell(r, c)));
    if (this.kind === "list")
      return this.counted(this.cells, row, column, step).map(([id, r, c]) => this.panels.get(id).cell(r, c));
    const [top, left] = this.corner(row, column);
    return Array.from({ length: this.size[0] * this.size[1] }, (_, k) => {
      const [down, across] = this.weightAt(k);
      return this.source.cell(top + down * this.dilation[0], left + across * this.dilation[1]);
    }).filter(Boolean);
  }

  // The cells of the weights that these are multiplied by, in the same order, or none.
  factors(row, column, step = Infinity) {
    if (this.kernel) return this.kernel.all;
    if (this.kind !== "list" || !this.spec.weights.length) return [];
    return this.counted(this.spec.weights, row, column, step).map(([id, r, c]) => this.panels.get(id).cell(r, c));
  }

  // The cell that is added to the sum of a cell of the target, if there is one.
  added(row, column) {
    const [id, r, c] = (this.kind === "list" ? this.bias[row * this.target.columns + column] : this.bias) ?? [];
    return this.panels.get(id)?.cell(r, c);
  }

  // Of a list for each cell, that of one cell; where a sum grows while steps pass, only what counts already.
  counted(lists, row, column, step) {
    const at = row * this.target.columns + column;
    return this.when.length ? lists[at].filter((_, k) => this.when[at][k] <= step) : lists[at];
  }

  corner(row, column) {
    return [row, column].map((at, axis) => at * this.stride[axis] - this.padding[axis][0]);
  }

  weightAt(k) {
    return [Math.floor(k / this.size[1]), k % this.size[1]];
  }

  // The cell of the target that a pixel of a photograph is in the middle of (or the nearest one to it).
  around(row, column) {
    if (this.kind === "cells") return this.target.nearest(row, column);
    const [down, across] = this.size.map((size) => size >> 1);
    return this.target.nearest(row - down + this.padding[0][0], column - across + this.padding[1][0]);
  }
}

// All that can be reached from a cell by steps that `next` lists.
function reach(cell, next, found = new Set()) {
  for (const other of next(cell)) {
    if (found.has(other)) continue;
    found.add(other);
    if (found.size < 5000) reach(other, next, found);
  }
  return found;
}

// ---------------------------------------------------------------- the stage

class Stage {
  constructor(model, host) {
    this.model = model;
    this.cleanUps = [];
    this.panels = new Map();
    this.lit = [];
    this.shownInQuiz = new Set();
    this.drawnCells = new Set();
    this.clickEdits = undefined;
    this.root = make("div.stage", { role: "group", tabindex: "-1" });
    this.host = make("div.cnnlab-stage", {}, this.root);
    this.build();
    host.append(this.host);
    this.listen();
    this.followTheme();
    this.followWidth();
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
    on(this.board, "pointerover pointermove", (event) => {
      if (event.type === "pointermove" && !event.target.closest(".raster")) return;
      if (this.hasMoved(event)) this.lookAt(this.cellOf(event));
    });
    on(this.board, "pointerleave focusout", () => this.lookAt(null));
    on(this.board, "focusin", (event) => this.lookAt(this.cellOf(event)));
    on(this.board, "click", (event) => this.onClick(event));
    on(this.board, "pointerdown", (event) => this.startStroke(event));
    on(this.board, "pointermove", (event) => this.goOnStroke(event));
    on(window, "pointerup pointercancel", () => (this.stroke = null));
    on(this.formula, "pointerover", (event) => {
      const term = event.target.closest(".term");
      const tap = Number(term?.dataset.tap);
      if (!term) this.lookAt(null);
      else if (!this.main) this.lookAtTerm(tap);
      else if (this.main.kernel) this.lookAt(this.main.products.cell(...this.main.weightAt(tap)));
      else this.lookAt(this.tapsAt(this.step)[tap]);
    });
    on(this.formula, "pointerleave", () => this.lookAtTerm(undefined));
    follow("change:_picture", () => this.load());
    follow("change:step", () => this.show());
    follow("change:decimals change:quiz change:projector change:speed", () => this.showOptions());
    follow("msg:custom", (message) => this.onAnswer(message));
  }

  // Where the room grows or shrinks, columns change lines; in the next frame, because that changes the height.
  followWidth() {
    let width = 0;
    const observer = new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === width) return;
      width = contentRect.width;
      requestAnimationFrame(() => this.align());
    });
    observer.observe(this.board);
    this.cleanUps.push(() => observer.disconnect());
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
    this.loading = true; // cells that go lose the focus: nothing may be shown on what is half built
    const focused = this.board.contains(document.activeElement) && document.activeElement.closest(".cell");
    const old = [...this.panels.values()];
    const fits = old.length === picture.panels.length && old.every((panel, i) => panel.fits(picture.panels[i]));
    if (fits) old.forEach((panel, i) => panel.take(picture.panels[i]));
    else this.buildBoard(picture.panels);
    this.linkUp();
    this.clickEdits ??= picture.edit_first;
    this.root.setAttribute("aria-label", picture.title);
    this.transport.hidden = picture.steps === 1;
    this.board.hidden = !picture.panels.length;
    this.options.hidden = !picture.window && !picture.links.length; // a prompt has none
    this.feedback.textContent = picture.feedback;
    this.feedback.dataset.outcome = picture.outcome;
    this.slider.max = picture.steps - 1;
    this.shownInQuiz.clear();
    this.pinned = this.hovered = this.term = null;
    this.loading = false;
    this.showControls();
    this.showOptions();
    if (focused) this.panels.get(focused.panel.spec.id)?.cell(focused.row, focused.column)?.focus();
  }

  buildBoard(specs) {
    this.panels = new Map(specs.map((spec) => [spec.id, new KINDS[spec.kind](spec)]));
    this.panelOf = new Map([...this.panels.values()].map((panel) => [panel.element, panel]));
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

  // Either one link walks, or links make layers; `linkTo` tells which one makes the cells of a panel.
  linkUp() {
    const { window, links } = this.picture;
    this.board.classList.toggle("layers", !window);
    this.main = window && new Link(window, this.panels);
    this.links = window ? [this.main] : links.map((spec) => new Link(spec, this.panels));
    this.linkTo = new Map(this.links.map((link) => [link.target, link]));
    this.feeds = null;
  }

  // The cells that each cell takes part in; of photographs, none: there are too many.
  cellsFedBy(cell) {
    if (!this.feeds) {
      this.feeds = new Map();
      for (const link of this.links) {
        for (const to of link.target.cells.values()) {
          if (to.isPadding) continue;
          for (const from of [...link.taps(to.row, to.column), ...link.factors(to.row, to.column)]) {
            if (!this.feeds.has(from)) this.feeds.set(from, []);
            this.feeds.get(from).push(to);
          }
        }
      }
    }
    return this.feeds.get(cell) ?? [];
  }

  tapsOf({ panel, row, column }) {
    return this.linkTo.get(panel)?.taps(row, column, this.step) ?? [];
  }

  tapsAt(place) {
    return this.main.taps(...this.rowAndColumn(place));
  }

  showOptions() {
    const { model } = this;
    const editable = [...this.panels.values()].some((panel) => panel.spec.edit);
    const fractions = [...this.panels.values()].some((panel) => panel.spec.unit);
    this.clicks.hidden = !editable;
    this.clicks.show(this.clickEdits);
    this.numbers.hidden = !fractions;
    this.numbers.show(model.get("decimals"));
    this.quiz.hidden = ![...this.panels.values()].some((panel) => panel.spec.in_quiz);
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
      panel.drawBoxes?.(this.picture.boxes[panel.spec.id] ?? []);
      panel.grid?.classList.toggle("editing", this.clickEdits && Boolean(panel.spec.edit));
      const hint = { toggle: "click or drag to change", paint: "click or drag to draw", number: "click to type" }[panel.spec.edit];
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
      // Where layers shrink to stand side by side, their digits stay as large as they must be: leave them room.
      const room = (panel) => (this.main || !panel.spec.numbers ? 1 : 1.1);
      const sizes = new Map(panels.map((panel) => [panel, room(panel) * panel.fitting(this.model.get("decimals"))]));
      // Those with numbers are of one size, and so are those without, which may be smaller.
      const alike = (one) => panels.filter(({ spec }) => spec.numbers === one.spec.numbers);
      const cell = (one) => Math.max(...alike(one).map((panel) => sizes.get(panel)));
      for (const panel of panels) panel.element.style.setProperty("--fitting", `${panel.spec.width ?? cell(panel)}em`);
      const gaps = this.main || panels[0].spec.before ? 3.6 : this.picture.links.length ? 0.75 : 1.1; // with its sign
      widths.push(Math.max(...panels.map((panel) => panel.width(cell(panel)))) + gaps);
    }
    const spare = this.main ? 3.4 : 0.6; // before the first column there is no gap
    this.board.style.setProperty("--ems", widths.reduce((sum, width) => sum + width) - spare);
    this.board.style.setProperty("--widest", Math.max(...widths));
    this.board.classList.toggle("charts", all.every(({ spec }) => spec.kind === "chart"));
    this.align();
  }

  // Columns of as many panels each are aligned where they stand side by side, panel by panel.
  align() {
    const alike = new Map();
    let [line, right] = [0, Infinity];
    for (const part of this.board.children) {
      if (part.offsetLeft < right) line += 1;
      right = part.offsetLeft + part.offsetWidth;
      const panels = [...part.querySelectorAll(".panel")].map((element) => this.panelOf.get(element));
      const key = `${line} ${panels.length}`;
      alike.set(key, [...(alike.get(key) ?? []), panels]);
    }
    for (const columns of alike.values()) {
      const panels = columns.flat();
      const isAlone = columns.length === 1 || panels.length === columns.length;
      const slot = isAlone ? 0 : Math.max(...panels.map((panel) => panel.height));
      for (const panel of panels) panel.element.style.setProperty("--slot", `${slot}em`);
    }
  }

  paint(step = this.step, films = false) {
    const style = {
      decimals: this.model.get("decimals"),
      theme: this.theme,
      palettes: this.model.get("_palettes"),
      lines: this.model.get("_lines"),
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
      if (this.main) this.pinned = null;
      this.shownInQuiz.clear();
    }
    this.slider.value = step;
    this.counter.textContent = `${this.main ? "place" : "step"} ${step + 1} of ${picture.steps}`;
    this.slider.setAttribute("aria-valuetext", this.counter.textContent);
    const look = this.describe(this.pinned ?? this.hovered);
    this.showLoupes(look);
    this.paint(look.place, true);
    this.showFrames(look);
    this.showFormula(look);
    for (const cell of this.lit) cell.classList.remove("lit", "looked", "pinned");
    this.lit = look.cells.filter((cell) => cell && !cell.isPixel);
    for (const cell of this.lit) cell.classList.add("lit");
    const at = this.pinned ?? this.hovered;
    if (at && !at.isPixel) {
      at.classList.add(this.pinned ? "pinned" : "looked");
      this.lit.push(at);
    }
    this.note.textContent = look.note;
  }

  // Frame what the formula is about: its result, and all that the result can see, through every layer, as long
  // as what it gathers lies together.
  showFrames({ told, isAside }) {
    const atStep = Object.entries(this.picture.frames).length > 0;
    for (const panel of this.panels.values()) panel.frameCells(this.picture.frames[panel.spec.id]?.[this.step] ?? null);
    if (!told || isAside || atStep) return;
    const { panel, row, column } = told;
    panel.frameCells([row, column, row, column]);
    const found = new Map();
    const together = (cell) => {
      const taps = this.tapsOf(cell);
      return this.linkTo.get(cell.panel)?.kind === "list" && taps.length > 1 ? [] : taps;
    };
    for (const cell of reach(told, together))
      found.set(cell.panel, [...(found.get(cell.panel) ?? []), cell]);
    for (const raster of told.isPixel ? this.panels.values() : []) // the same place in all pictures of one size
      if (raster.spec.kind === "raster" && raster.rows === panel.rows && raster.columns === panel.columns)
        raster.frameCells([row, column, row, column]);
    for (const [seen, cells] of found) {
      const box = boxAround(cells);
      const dilated = Math.max(...(this.main?.dilation ?? [1])) > 1;
      if (dilated || isFull(box, cells)) seen.frameCells(box);
      // With dilation the frame also covers pixels that the kernel skips: mark those it sees.
      for (const cell of seen.cells.values()) cell.classList.toggle("seen", dilated && cells.includes(cell));
    }
  }

  // Loupes show the numbers around the place that the formula is about.
  showLoupes({ told }) {
    for (const panel of this.panels.values()) {
      const source = this.panels.get(panel.spec.follows);
      if (!source) continue;
      const middle = told ?? source.cell(...source.at);
      const link = this.linkTo.get(middle.panel);
      const [top, left] = link?.kind === "window" && link.source === source
        ? link.corner(middle.row, middle.column)
        : [middle.row - (panel.rows >> 1), middle.column - (panel.columns >> 1)];
      panel.loupe = { top, left, value: (row, column) => source.value(row, column) };
    }
  }

  showFormula({ told, tap }) {
    const link = told && this.linkTo.get(told.panel);
    this.formula.hidden = !link?.hasFormula;
    if (this.formula.hidden) return;
    const decimals = this.model.get("decimals");
    const { row, column, panel: target } = told;
    const place = this.main ? row * target.columns + column : this.step;
    const [taps, weights] = [link.taps(row, column, this.step), link.factors(row, column, this.step)];
    const [opening, between, closing] = link.written.map((text) => text.replace("{count}", taps.length));
    let rounded = false; // whether a factor is written shorter than it is
    const terms = taps.map((cell, k) => {
      const value = cell.panel.value(cell.row, cell.column, place);
      const written = cell.panel.write(cell.row, cell.column, place, decimals);
      if (link.reduce === "copy") return { sign: "zero", text: nameOf(cell) };
      const weight = weights[k];
      if (!weight) return { sign: signOf(value), text: link.reduce === "magnitude" ? inBrackets(written) : written };
      const [by, at] = [weight.panel, [weight.row, weight.column, place]];
      const factors = [written, by.write(...at, decimals)];
      const product = value * by.value(...at); // of 0, nothing is lost by rounding the other factor
      if (product && (isRounded(factors[0], value) || isRounded(factors[1], by.value(...at)))) rounded = true;
      return { sign: signOf(product), text: factors.map(inBrackets).join("·") };
    });
    const bias = link.added(row, column);
    if (bias) {
      const at = [bias.row, bias.column, place];
      terms.push({ sign: signOf(bias.panel.value(...at)), text: inBrackets(bias.panel.write(...at, decimals)) });
    }
    const hidden = this.hides(target, row, column);
    const value = target.value(row, column, place);
    const shown = hidden ? "?" : target.write(row, column, place, decimals);
    const isFraction = shown.includes("/");
    const isExact = hidden || isFraction || isWhole(value * 100);
    const total = link.totals?.length ? writeNumber(link.totals[place], link.source.spec.unit, decimals) : "";
    const quotient = link.reduce === "mean" && total && !isExact ? ` = ${total} ÷ ${taps.length}` : "";
    const before = terms.length ? quotient + (isExact && !rounded ? " = " : " ≈ ") : "";
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

  // ------------------------------------------------ what hangs together with a cell

  rowAndColumn(place) {
    return [Math.floor(place / this.main.target.columns), place % this.main.target.columns];
  }

  // The result to tell about (and its place, if steps pass), its term looked at, the cells to light up, a sentence.
  describe(cell) {
    return this.main ? this.describeStep(cell) : this.describeLayers(cell);
  }

  describeStep(cell) {
    const { main, step: place } = this;
    const look = (parts) => ({ place, ...parts, told: main.target.cell(...this.rowAndColumn(parts.place ?? place)) });
    const plain = look({ cells: [], note: this.sentence(place) });
    if (!cell) return plain;
    const { panel, row, column } = cell;
    if (panel === main.target) return look(this.describePlace(row * panel.columns + column, cell));
    if (panel === main.source) return look(this.describePixel(place, cell));
    if (panel !== main.kernel && panel !== main.products) return plain;
    const tap = row * panel.columns + column;
    const where = `row ${row + 1}, column ${column + 1}`;
    const weight = main.kernel.write(row, column, place);
    if (panel === main.kernel) {
      const met = Array.from({ length: this.picture.steps }, (_, at) => this.tapsAt(at)[tap]);
      const note = `The weight at ${where} is ${weight}. It meets the marked pixels, one at each of the ${met.length} places.`;
      return look({ tap, cells: [main.products.cell(row, column), ...met], note });
    }
    const pixel = this.tapsAt(place)[tap];
    const product = this.hides(panel, row, column) ? "?" : panel.write(row, column, place);
    const note = `Pixel ${main.source.write(pixel.row, pixel.column, place)} times weight ${weight} is ${product}.`;
    return look({ tap, cells: [pixel, main.kernel.cell(row, column), plain.told], note });
  }

  describePlace(place, { panel, row, column }) {
    const isUncovered = place <= this.step && !this.hides(panel, row, column);
    const coming = `The map's row ${row + 1}, column ${column + 1} will come from the framed pixels.`;
    return { place, cells: this.tapsAt(place), note: isUncovered ? this.sentence(place) : coming };
  }

  describePixel(place, cell) {
    const { panel, row, column, isPadding } = cell;
    const fed = this.cellsFedBy(cell);
    const tap = this.tapsAt(place).indexOf(cell);
    const what = isPadding
      ? "This padding is 0" : `The pixel at row ${row + 1}, column ${column + 1} is ${panel.write(row, column, place)}`;
    const feeds = `It feeds ${fed.length} ${fed.length === 1 ? "place" : "places"} of the map.`;
    const { kernel, products } = this.main;
    if (tap < 0 || !kernel) return { tap, cells: fed, note: `${what}. ${feeds}` };
    const weight = this.main.weightAt(tap);
    const note = `${what}. ${feeds} At the framed one it meets the weight ${kernel.write(...weight, place)}.`;
    return { tap, cells: [...fed, kernel.cell(...weight), products.cell(...weight)], note };
  }

  sentence(place) {
    const [i, j] = this.main ? this.rowAndColumn(place) : [];
    if (!this.main || !this.hides(this.main.target, i, j)) return this.picture.sentences[place];
    return `Row ${i + 1}, column ${j + 1}: what is the result? Click a question mark to check.`;
  }

  // Layers: a result is told with all that it sees, back to the first layer; what is not made of anything
  // (a pixel, a weight) lights up what it takes part in.
  describeLayers(cell) {
    const place = this.step;
    const note = this.picture.sentences[place];
    const [id, ...at] = this.picture.focus;
    if (!this.links.length) return { place, cells: [], note };
    const focus = id && this.panels.get(id).cell(...at);
    const link = cell && this.links.find(({ sources }) => sources.includes(cell.panel));
    const makes = (panel) => this.linkTo.has(panel);
    let told = cell && makes(cell.panel) ? cell : null;
    if (!told && cell?.isPixel) told = link ? link.around(...whereIs(cell)) : focus.panel.nearest(...whereIs(cell));
    if (told) this.lastTold = told;
    else if (this.panels.get(this.lastTold?.panel.spec.id) !== this.lastTold?.panel) this.lastTold = null;
    const { term: tap } = this;
    if (!cell && this.lastTold?.isPixel) told = this.lastTold; // in a photograph, the last place stays
    else if (!cell) return { place, told: focus, tap, cells: this.lightUp(focus, tap), note };
    if (told) return { place, told, tap, cells: this.lightUp(told, tap), note: this.noteOn(told) };
    // A weight, a bias, or a number in a loupe has a part in one term of the formula that stands there.
    const last = this.lastTold ?? focus;
    const lastLink = this.linkTo.get(last?.panel);
    const by = lastLink ? [...lastLink.factors(last.row, last.column), lastLink.added(last.row, last.column)] : [];
    const met = cell.panel.loupe ? cell.row * cell.panel.columns + cell.column : by.indexOf(cell);
    if (met >= 0) return { place, told: last, tap: met, cells: this.lightUp(last, met), note: this.noteOn(last) };
    const fed = [...reach(cell, (one) => this.cellsFedBy(one))];
    const reached = fed.length ? ` It has a share in the ${fed.length} marked numbers.` : "";
    const what = `${nameOf(cell)} is ${cell.panel.write(cell.row, cell.column, place)}.`;
    return { place, told: focus, isAside: true, cells: fed, note: `${what}${reached}` };
  }

  // What decided a result: of a maximum, the largest; of all else, everything. Or, of one term, its factors.
  lightUp(told, tap) {
    if (!told) return [];
    const link = this.linkTo.get(told.panel);
    if (tap !== undefined && tap !== null) {
      const loupes = [...this.panels.values()].filter(({ loupe }) => loupe);
      const [taps, weights] = [link.taps(told.row, told.column), link.factors(told.row, told.column)];
      const factors = tap < taps.length ? [taps[tap], weights[tap]] : [link.added(told.row, told.column)];
      return [...factors, ...loupes.map((panel) => panel.all[tap])];
    }
    if (told.isPixel) return [];
    if (link.kind === "field") {
      const taps = link.taps(told.row, told.column); // where a frame says it all, no cell is marked
      return isFull(boxAround(taps), taps) ? [] : taps;
    }
    if (link.when?.length) // a sum that grows is told with both factors of all its products so far
      return [...link.taps(told.row, told.column, this.step), ...link.factors(told.row, told.column, this.step)];
    return [...reach(told, (cell) => this.decidedBy(cell))];
  }

  decidedBy(cell) {
    const taps = this.tapsOf(cell);
    if (this.linkTo.get(cell.panel)?.reduce !== "max") return taps;
    const value = ({ panel, row, column }) => panel.value(row, column, this.step);
    return taps.filter((tap) => value(tap) === value(cell));
  }

  noteOn(told) {
    const link = this.linkTo.get(told.panel);
    const value = (cell) => cell.panel.write(cell.row, cell.column, this.step);
    if (link.isTold) {
      const parts = link.taps(told.row, told.column).map((cell) => `${cell.panel.spec.title.toLowerCase()} ${value(cell)}`);
      return `Row ${told.row + 1}, column ${told.column + 1}: ${parts.join(", ")}.`;
    }
    const result = `${nameOf(told)} is ${value(told)}.`;
    if (told.isPixel) return result;
    if (link.when?.length) return `${nameOf(told)} is ${value(told)} so far.`;
    const seen = [...reach(told, (cell) => this.tapsOf(cell))].filter(({ panel }) => !this.linkTo.has(panel));
    if (!seen.length) return `${result} It sees nothing but padding.`;
    const box = boxAround(seen);
    const size = isFull(box, seen) ? `${box[2] - box[0] + 1} × ${box[3] - box[1] + 1}` : seen.length;
    const decided = new Set(this.lightUp(told));
    const marked = decided.size && seen.some((cell) => !decided.has(cell)) ? " Marked is what decided." : "";
    return `${result} It sees ${size} cells of "${seen[0].panel.spec.title}".${marked}`;
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

  cellOf(event) {
    const raster = event.target.closest(".raster")?.panel;
    if (!raster) return event.target.closest(".cell");
    const cell = event.type === "focusin" ? raster.cell(...raster.at) : raster.cellAt(event);
    raster.at = [cell.row, cell.column];
    return cell;
  }

  lookAt(cell) {
    if (this.loading || this.stroke || cell === this.hovered || (cell && isSame(cell, this.hovered))) return;
    this.hovered = cell;
    this.term = null;
    if (!this.pinned) this.show();
  }

  lookAtTerm(tap) {
    if (this.main) return this.lookAt(null);
    this.term = tap;
    this.show();
  }

  onClick(event) {
    const cell = this.cellOf(event);
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
      this.pinned = isSame(cell, this.pinned) ? null : cell;
      this.play(false);
      this.hovered = cell;
      this.show();
    }
    this.drawn = false;
    this.say();
  }

  opposite(cell) {
    const isOn = (cell.drawn ?? cell.panel.value(cell.row, cell.column, this.step)) > 0;
    return String(isOn ? OFF[cell.panel.spec.edit] : 1);
  }

  setClickEdits(on) {
    this.clickEdits = on;
    this.showOptions();
  }

  // The cell itself turns at once; everything that follows from it comes from Python.
  edit(cell, value, stroke = freshId()) {
    const { edit } = cell.panel.spec;
    if (edit in OFF && [1, OFF[edit]].includes(Number(value))) {
      cell.drawn = Number(value);
      this.drawnCells.add(cell);
      this.paint();
    }
    this.ask({ type: "edit", panel: cell.panel.spec.id, row: cell.row, column: cell.column, value, stroke });
  }

  startStroke(event) {
    const cell = event.target.closest(".cell");
    this.drawn = false;
    if (!cell || !this.clickEdits || !(cell.panel.spec.edit in OFF) || cell.isPadding || event.button) return;
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
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const cell = under?.closest(".cell");
    if (cell && cell.panel === this.stroke.panel && !cell.isPadding) this.drawTo(cell);
    else if (!this.stroke.panel.grid.contains(under)) this.stroke.last = null; // it may come back somewhere else
  }

  // A fast pointer is reported here and there: draw all cells on the way.
  drawTo({ panel, row, column }) {
    const last = this.stroke.last ?? { row, column };
    const [down, right] = [row - last.row, column - last.column];
    const far = Math.max(Math.abs(down), Math.abs(right), 1);
    for (let k = 1; k <= far; k += 1) {
      const cell = panel.cell(last.row + Math.round((k / far) * down), last.column + Math.round((k / far) * right));
      if (cell) this.draw(cell);
    }
  }

  draw(cell) {
    this.stroke.last = cell;
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
      if (this.loading) return; // the cell is gone
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
    this.drawn = false; // a drag that no click has followed is over
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
    const raster = target.closest(".raster")?.panel;
    if (raster) {
      if (this.onRasterKey(raster, key, event.shiftKey)) event.preventDefault();
      return;
    }
    const used = cell ? this.onCellKey(cell, key) : this.onStepKey(target, key);
    if (used) event.preventDefault();
  }

  onStepKey(target, key) {
    const row = this.main?.target.columns ?? 1;
    const jumps = {
      ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1,
      PageDown: row, PageUp: -row, Home: -Infinity, End: Infinity,
    };
    if (key in jumps) this.go(this.step + jumps[key]);
    else if (key === " " && !target.matches("button, [type=checkbox]")) this.play(!this.playing);
    else return false;
    return true;
  }

  onRasterKey(raster, key, isFar) {
    const far = isFar ? 10 : 1;
    const moves = { ArrowRight: [0, far], ArrowLeft: [0, -far], ArrowDown: [far, 0], ArrowUp: [-far, 0] };
    const at = raster.cell(...raster.at);
    if (key === "Enter" || key === " ") this.activate(at);
    else if (key in moves) {
      const cell = raster.nearest(...raster.at.map((place, axis) => place + moves[key][axis]));
      raster.at = [cell.row, cell.column];
      this.lookAt(cell);
      this.say();
    } else return false;
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

  ask(message, ...buffers) {
    clearTimeout(this.answerTimer);
    this.setAsked((this.asked ?? 0) + 1);
    this.answerTimer = setTimeout(() => this.setDead(true), 3000);
    try {
      this.model.send(message, undefined, buffers);
    } catch {
      this.setDead(true);
    }
  }

  // How many questions Python has not answered yet.
  setAsked(count) {
    this.asked = Math.max(0, count);
    if (!this.asked && this.drawnCells.size) {
      for (const cell of this.drawnCells) delete cell.drawn;
      this.drawnCells.clear();
      this.paint();
    }
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
    if (dead && this.clickEdits) {
      this.setClickEdits(false);
      this.editsAgain = true;
    } else if (!dead && this.editsAgain) {
      this.setClickEdits(true);
      this.editsAgain = false;
    }
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
      else if (!["button", "file"].includes(spec.kind)) input.value = spec.value;
      const disabled = Boolean(this.dead) || !spec.enabled;
      if (disabled && document.activeElement === input) this.root.focus(); // or the keys would be lost
      input.disabled = disabled;
    }
  }

  // A file goes to Python as it is, if it is not larger than `most` bytes.
  async sendFile(id, input, most) {
    const [file] = input.files;
    input.value = "";
    if (!file) return;
    if (file.size > most) {
      const size = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
      this.tell(`${file.name} is ${size(file.size)} large; at most ${size(most)} can be read.`);
    } else this.ask({ type: "file", id, name: file.name }, await file.arrayBuffer());
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
      file: () => make("input", { type: "file", accept: options.join() }),
    }[kind]();
    const value = () => (kind === "check" ? input.checked : input.value);
    if (kind === "file") input.addEventListener("change", () => this.sendFile(id, input, high));
    else input.addEventListener("change", () => this.ask({ type: "control", id, value: value() }));
    input.id = freshId();
    const name = make("label", { for: input.id }, label);
    make("span.control", {}, ...(kind === "check" ? [input, name] : [name, input]));
    return input;
  }
}

const OFF = { toggle: -1, paint: 0 }; // what a click makes of a cell that is on, and so is not 1 any more
const nameOf = ({ panel, row, column }) => {
  const { title, names } = panel.spec;
  return names.length ? `${title}, ${names[row]}` : `${title}, row ${row + 1}, column ${column + 1}`;
};
const whereIs = ({ row, column }) => [row, column];
const signOf = (value) => (value > 0 ? "positive" : value < 0 ? "negative" : "zero");
const isSame = (one, other) =>
  one?.panel === other?.panel && one?.row === other?.row && one?.column === other?.column;

function boxAround(cells) {
  const [rows, columns] = ["row", "column"].map((axis) => cells.map((cell) => cell[axis]));
  return [Math.min(...rows), Math.min(...columns), Math.max(...rows), Math.max(...columns)];
}

function isFull([top, left, bottom, right], cells) {
  return (bottom - top + 1) * (right - left + 1) === new Set(cells).size;
}

const WAITING = "Waiting for Python: run this notebook's cells to edit or to change the operation. Stepping works without.";

export default {
  render({ model, el }) {
    const stage = new Stage(model, el);
    return () => stage.destroy();
  },
};
