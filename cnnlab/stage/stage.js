// The stage: grids of numbers and photographs, the links that tie them together, and time.
//
// It reads one picture (see picture.py) from Python, lays it out, and lets the learner step, look, pin and
// edit. A link is a formula: from it follows what is framed and lit, what is written, and the value, so that
// an edit is answered here, with Python or without. With it, Python is told, and is the judge.
// Read from top to bottom: numbers, colors, small helpers for elements; Link, Numbers and their words; Panel,
// Raster, Chart; then who owns which state: Board, Explainer, Player, Controls, Editor, Channel; and the Stage.

// ---------------------------------------------------------------- numbers (as in cnnlab/look.py and typed.py)

const NOISE = 1e-9; // what lies so close to a tie is taken for one

function writeNumber(value, unit, decimals) {
  const size = Math.abs(value);
  const sign = value < 0 ? "−" : "";
  const whole = Math.round(size);
  if (isWhole(size)) return (whole ? sign : "") + whole;
  const exact = decimals || !unit ? undefined : [unit].flat().find((part) => isWhole(size * part));
  if (exact) return `${sign}${Math.round(size * exact)}/${exact}`;
  if (size + NOISE >= 0.005) return sign + (size + NOISE).toFixed(2);
  return sign + (size * (1 + NOISE)).toExponential(0).replace("-", "−");
}

// Write equals and a number, and say where it is rounded: "= 5/9 ≈ 0.56", "≈ 0.33".
function writtenOut(value, unit, decimals, equals = " is ", about = " is about ") {
  const written = writeNumber(value, unit, decimals);
  if (written.includes("/")) return `${equals}${written} ${isWhole(value * 100) ? "=" : "≈"} ${writeNumber(value)}`;
  return (isWhole(value * 100) ? equals : about) + written;
}

const isRounded = (text, value) => !text.includes("/") && !isWhole(value * 100);
const isWhole = (value) => Math.abs(value - Math.round(value)) < Math.max(NOISE, 1e-12 * Math.abs(value));
const inBrackets = (text) => (text.startsWith("−") || text.includes("/") ? `(${text})` : text);
const withCommas = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",").replace("-", "−");

// Read what a learner typed: [number], or [undefined, what is wrong with it].
function readNumber(name, typed, { low, high, only }) {
  const refuse = (what) => [undefined, `${name} must be ${what}, got '${typed}'`];
  let text = typed.trim().replaceAll("−", "-");
  if (/^-?[1-9]\d{0,2}([ ,\u202f\u00a0]\d{3})+$/.test(text)) text = text.replace(/[^-\d]/g, "");
  const parts = text.replaceAll(",", ".").split("/").map((part) => part.trim());
  if (parts.some((part) => /^[+-]?(nan|inf|infinity)$/i.test(part))) return refuse("a finite number");
  const isNumber = (part) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(part);
  const [value, by] = parts.map(Number);
  if (parts.length > 2 || !parts.every(isNumber) || by === 0) return refuse("a number such as −1, 0.5 or 1/3");
  const number = by === undefined ? value : value / by;
  if (!Number.isFinite(number)) return refuse("a finite number");
  if (only.length && !only.includes(number)) return refuse(only.map((one) => writeNumber(one)).join(" or "));
  if (number >= low && number <= high) return [number];
  const isFar = high === ANY.high;
  return refuse(isFar ? `a number of at most ${withCommas(high)}` : `a number from ${writeNumber(low)} to ${writeNumber(high)}`);
}

// ---------------------------------------------------------------- colors (as in cnnlab/look.py)

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));

function shade(value, scale, colors) {
  const place = ((Math.max(-1, Math.min(1, value / scale)) + 1) / 2) * (colors.length - 1);
  const first = Math.min(Math.floor(place), colors.length - 2);
  const [one, other] = [rgb(colors[first]), rgb(colors[first + 1])];
  return one.map((channel, i) => Math.floor(channel + (place - first) * (other[i] - channel) + 0.5 + 1e-6));
}

function textOn(color) {
  const [r, g, b] = color.map((channel) => {
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

// ---------------------------------------------------------------- what a cell is made of (as in links.py)

// Cells are [panel id, row, column] here; what lies beyond a panel is 0.
class Link {
  constructor(spec, numbers) {
    Object.assign(this, spec);
    const [tall, wide] = numbers.shape(spec.target);
    [this.numbers, this.width] = [numbers, wide];
    if (spec.rows) this.rows = Array.from({ length: tall }, (_, row) => spec.rows[row % spec.rows.length]); // sent once
    this.isMade = !["beside", "field"].includes(spec.reduce);
  }

  // The cells that make up one cell of the target, in the order of the formula; as of a step, if one is given.
  taps(row, column, step = Infinity) {
    if (this.form === "cells") return this.counted(this.cells, row, column, step);
    const taps = [];
    for (const id of this.sources)
      for (const r of this.rows[row]) for (const c of this.columns[column]) taps.push([id, r, c]);
    return this.moved.length ? taps.map((tap) => this.movedBy(tap, step)) : taps;
  }

  // The cells of the weights that these are multiplied by, in the same order, or none.
  factors(row, column, step = Infinity) {
    if (this.form === "cells") return this.weights.length ? this.counted(this.weights, row, column, step) : [];
    const [first, wide] = [this.kernel_rows[row] ?? 0, this.columns[column].length];
    const one = (id) => this.rows[row].flatMap((_, m) => Array.from({ length: wide }, (__, n) => [id, first + m, n]));
    return this.kernels.flatMap(one);
  }

  // The cell that is added to the sum of a cell of the target, if there is one.
  added(row, column) {
    if (this.form === "cells") return this.bias[row * this.width + column];
    return this.bias ? [this.bias, this.bias_rows[row] ?? 0, 0] : undefined;
  }

  // Of a list for each cell, that of one cell: where a sum grows while steps pass, what counts already; of a lean
  // one, what has a weight.
  counted(lists, row, column, step) {
    const at = row * this.width + column;
    if (this.when.length) return lists[at].filter((_, k) => this.when[at][k] <= step);
    if (!this.lean || !Number.isFinite(step)) return lists[at];
    const has = this.weights[at].map((weight) => this.numbers.number(weight, step) !== 0);
    return has.includes(true) ? lists[at].filter((_, k) => has[k]) : lists[at];
  }

  movedBy([id, row, column], step) {
    const at = Number.isFinite(step) ? step : 0;
    const around = (place, axis) => {
      const size = this.numbers.shape(id)[axis];
      return (((place - this.numbers.at(this.moved[axis], at)[0]) % size) + size) % size;
    };
    return [id, around(row, 0), around(column, 1)];
  }
}

// ---------------------------------------------------------------- the value: what a link makes of the terms of a cell

const sum = (terms) => terms.reduce((total, term) => total + term, 0);

const REDUCE = {
  sum,
  mean: (terms) => sum(terms) / terms.length,
  max: (terms) => terms.reduce((one, other) => Math.max(one, other), -Infinity),
  relu: ([value]) => Math.max(0, value),
  "bent sum": (terms) => Math.max(0, sum(terms)),
  sigmoid: ([value]) => 1 / (1 + Math.exp(-value)),
  tanh: ([value]) => Math.tanh(value),
  softmax: ([own, ...others]) => {
    const largest = REDUCE.max(others);
    return Math.exp(own - largest) / sum(others.map((other) => Math.exp(other - largest)));
  },
  magnitude: (terms) => Math.hypot(...terms),
  angle: ([down, across], { least }) =>
    Math.hypot(down, across) > least ? (Math.atan2(down, across) * 180) / Math.PI : NaN,
  copy: ([value]) => value,
  "half square": (terms) => sum(terms) ** 2 / 2,
  gate: ([value]) => Number(value > 0),
  "first largest": (terms, _, own) => Number(terms.indexOf(REDUCE.max(terms)) === own),
  centering: (terms) => {
    const inked = [...terms.keys()].filter((at) => terms[at]);
    if (!inked.length) return 0;
    const middle = sum(terms.map((ink, at) => at * ink)) / sum(terms);
    const by = Math.floor((terms.length - 1) / 2 - middle + 0.5);
    return Math.min(Math.max(by, -inked[0]), terms.length - 1 - inked.at(-1));
  },
};

const valueOf = (link, terms, own) => REDUCE[link.reduce](terms, link, own);

// ---------------------------------------------------------------- the numbers of a picture, and what follows from them

const ENGINE = Symbol("numbers"); // views of one widget share one picture, and so its numbers

class Numbers {
  static of(picture) {
    picture[ENGINE] ??= new Numbers(picture);
    return picture[ENGINE];
  }

  constructor(picture) {
    this.picture = picture;
    this.version = 0; // of the numbers: it grows with every change
    this.history = []; // what was there before each change: numbers by panel id, or another picture
    this.watchers = new Set(); // the stages that show them
    this.panels = new Map(picture.panels.filter(({ kind }) => kind !== "chart").map((spec) => [spec.id, readPanel(spec)]));
    this.links = new Map(picture.links.map((spec) => [spec.target, new Link(spec, this)]));
    this.feeds = new Map();
    for (const link of this.links.values())
      for (const id of link.isMade ? link.parts : []) this.feeds.set(id, [...(this.feeds.get(id) ?? []), link.target]);
    this.looks = new Map();
  }

  shape(id) {
    return this.panels.get(id).shape;
  }

  // The numbers of a panel at a step, row by row. What follows from an edit is worked out when it is asked for.
  at(id, step = 0) {
    const panel = this.panels.get(id);
    if (panel.values) {
      const size = panel.shape[0] * panel.shape[1];
      return panel.isFilm ? panel.values.subarray(step * size, (step + 1) * size) : panel.values;
    }
    const key = this.passes(id) ? step : 0;
    if (!panel.worked.has(key)) panel.worked.set(key, this.work(id, step));
    return panel.worked.get(key);
  }

  number([id, row, column], step) {
    const [rows, columns] = this.shape(id);
    return row < 0 || column < 0 || row >= rows || column >= columns ? 0 : this.at(id, step)[row * columns + column];
  }

  // Whether the numbers of a panel change while steps pass.
  passes(id) {
    const [panel, link] = [this.panels.get(id), this.links.get(id)];
    panel.passes ??= panel.isFilm || Boolean(link?.when.length) || Boolean(link?.so_far)
      || Boolean(link?.parts.some((part) => this.passes(part)));
    return panel.passes;
  }

  // All that a cell is made of: each tap times its weight, and what is added.
  terms(link, row, column, step) {
    const [taps, factors] = [link.taps(row, column, step), link.factors(row, column, step)];
    const terms = [];
    for (let at = link.so_far ? 0 : step; at <= step; at += 1)
      taps.forEach((tap, k) => terms.push(this.number(tap, at) * (factors.length ? this.number(factors[k], step) : 1)));
    const bias = link.added(row, column);
    return bias ? [...terms, this.number(bias, step)] : terms;
  }

  work(id, step) {
    const [link, panel] = [this.links.get(id), this.panels.get(id)];
    const [rows, columns] = panel.shape;
    const out = new (panel.kind === "raster" ? Float32Array : Float64Array)(rows * columns);
    if (link.form === "axes" && !link.moved.length && ["sum", "mean", "bent sum", "max"].includes(link.reduce))
      return this.slide(link, out, step);
    const own = (row, column) => // which of its terms stands at the cell's own place, if that matters
      link.reduce === "first largest" ? link.taps(row, column).findIndex(([, r, c]) => r === row && c === column) : 0;
    for (let row = 0; row < rows; row += 1)
      for (let column = 0; column < columns; column += 1)
        out[row * columns + column] = valueOf(link, this.terms(link, row, column, step), own(row, column));
    return out;
  }

  // The same without a list for each cell, tap by tap for a whole row: photographs have a quarter of a million.
  slide({ target, sources, rows, columns, kernels, kernel_rows: firsts, bias, bias_rows: biases, reduce }, out, step) {
    const wide = this.shape(target)[1];
    const counts = columns.map((seen) => seen.length);
    const tap = (n) => Int32Array.from(columns, (seen) => seen[n] ?? -1);
    const taps = Array.from({ length: Math.max(...counts) }, (_, n) => tap(n));
    const parts = sources.map((id, k) => ({
      from: this.at(id, step), shape: this.shape(id), by: kernels[k] && this.at(kernels[k], step),
      across: kernels[k] && this.shape(kernels[k])[1],
    }));
    const total = new Float64Array(wide); // of one row, in full precision
    rows.forEach((seen, row) => {
      total.fill(reduce === "max" ? -Infinity : 0);
      for (const { from, shape: [tall, width], by, across } of parts)
        seen.forEach((r, m) => taps.forEach((places, n) => {
          const weight = by ? by[((firsts[row] ?? 0) + m) * across + n] : 1;
          if (r < 0 || r >= tall) return reduce === "max" && total.forEach((value, at) => (total[at] = Math.max(value, 0)));
          for (let at = 0; at < wide; at += 1) {
            const place = places[at];
            if (place < 0 || place >= width) { // beyond the edge stands 0; at a ragged one, nothing
              if (reduce === "max" && n < counts[at] && total[at] < 0) total[at] = 0;
            } else if (reduce !== "max") total[at] += from[r * width + place] * weight;
            else if (from[r * width + place] > total[at]) total[at] = from[r * width + place];
          }
          return true;
        }));
      const added = bias ? this.number([bias, biases[row] ?? 0, 0], step) : 0;
      for (let at = 0; at < wide; at += 1) {
        const value = (reduce === "mean" ? total[at] / (sources.length * seen.length * counts[at]) : total[at]) + added;
        out[row * wide + at] = reduce === "bent sum" && value < 0 ? 0 : value;
      }
    });
    return out;
  }

  // ------------------------------------------------ changes

  // Put numbers into panels, {id: numbers row by row}; of one stroke all is undone in one go. Whether any changed.
  put(grids, stroke) {
    const before = {};
    for (const [id, grid] of Object.entries(grids)) {
      const { values } = this.panels.get(id);
      if (grid.some((value, at) => value !== values[at])) before[id] = values.slice();
    }
    if (!Object.keys(before).length) return false;
    if (stroke && stroke === this.stroke) Object.assign(before, this.history.pop().before);
    this.stroke = stroke;
    this.history.push({ before });
    this.write(grids);
    return true;
  }

  // Put one number into a cell.
  putCell(id, row, column, value, stroke) {
    const grid = this.panels.get(id).values.slice();
    grid[row * this.shape(id)[1] + column] = value;
    return this.put({ [id]: grid }, stroke);
  }

  // Take the last change back. Whether there was one of these numbers.
  undo() {
    if (!this.history.at(-1)?.before) return false;
    this.write(this.history.pop().before);
    this.stroke = undefined;
    return true;
  }

  write(grids) {
    for (const [id, grid] of Object.entries(grids)) {
      const panel = this.panels.get(id);
      const width = panel.shape[1];
      grid.forEach((value, at) => {
        if (panel.values[at] === value) return;
        panel.values[at] = value;
        panel.spec.values[Math.floor(at / width)][at % width] = value; // what is saved with the notebook
      });
      this.forget(id);
    }
    this.version += 1;
    this.looks.clear();
  }

  // What follows from a panel is worked out anew, when it is asked for.
  forget(id) {
    for (const next of this.feeds.get(id) ?? []) {
      const panel = this.panels.get(next);
      panel.values = panel.spec.values = null;
      panel.worked.clear();
      this.forget(next);
    }
  }

  // ------------------------------------------------ what depends on numbers (as in words.py and panels.py)

  // Palette, scale and caption of a panel as they are now.
  look(spec) {
    if (!this.looks.has(spec.id)) {
      const what = spec.cases.find(([condition]) => this.holds(condition, 0))?.[1];
      const look = { palette: spec.palette, scale: spec.scale, caption: spec.caption, ...what };
      if (typeof look.scale === "object" && look.scale) look.scale = this.scale(look.scale);
      look.caption = this.fill(look.caption, 0);
      this.looks.set(spec.id, look);
    }
    return this.looks.get(spec.id);
  }

  scale({ of, times, total, factor, least, nearly }) {
    const largest = (id) => Math.max(largestOf(this.all(id)), 1e-12);
    let scale = 1;
    if (of.length) scale = nearly ? nearlyLargest(this.all(of[0])) : Math.max(...of.map(largest));
    if (times) scale *= largest(times);
    if (total) scale *= sum([...this.all(total)].map(Math.abs));
    return Math.max(scale * factor, least);
  }

  // The numbers of a panel at all steps.
  all(id) {
    const { values } = this.panels.get(id);
    if (values || !this.passes(id)) return values ?? this.at(id);
    return Array.from({ length: this.picture.steps }, (_, step) => [...this.at(id, step)]).flat();
  }

  holds(condition, step) {
    const [kind, id] = [condition.slice(0, condition.indexOf(" ")), condition.slice(condition.indexOf(" ") + 1)];
    const numbers = this.at(id, step);
    if (kind === "blank") return numbers.every((value) => value <= 0);
    if (kind === "balanced") return Math.abs(sum([...numbers])) < NOISE;
    if (kind === "first") return largestAt(numbers) === 0;
    const [first, second] = [...numbers].sort((one, other) => other - one);
    return first - second < NOISE;
  }

  // The sentence of a step: a template, one for each step, or the first whose condition holds; blanks filled in.
  sentence(step) {
    const text = Array.isArray(this.picture.text) ? this.picture.text[step] : this.picture.text;
    const found = text.when ? text.when.find(([condition]) => this.holds(condition, step))?.[1] : text;
    return this.fill(found ?? text.otherwise, step);
  }

  fill(template, step) {
    return template.replace(/\{([?=(<>]?)([^|{}]+)(?:\|([^{}]+))?\}/g, (_, how, id, which) => {
      const { spec, shape: [, wide] } = this.panels.get(id);
      const numbers = this.at(id, step);
      if (how === "<" || how === ">") return withCommas(Math.floor(extremes(numbers)[how === "<" ? 0 : 1] + 0.5));
      const row = rowOf(spec, numbers, wide, which);
      if (how === "?") return spec.names[row[0]];
      const value = numbers[row[0] * wide + row[1]];
      if (how === "=") return writtenOut(value, spec.unit, false, "= ", "≈ ");
      return how === "(" ? inBrackets(write(spec, value)) : write(spec, value);
    });
  }

  // One number that tells the shown numbers of a step from others, as `digest` of picture.py.
  digest(step) {
    let total = 0;
    for (const spec of this.picture.panels) {
      if (!["grid", "raster"].includes(spec.kind) || spec.follows || spec.palette === "rgb") continue;
      let own = 0;
      this.at(spec.id, step).forEach((value, at) => {
        const isThere = !Number.isNaN(value) && !isUnknown(spec, at, step);
        const whole = isThere ? Math.floor(value * 1000 + 0.5 + 1e-7) % 65521 : 0;
        own += (whole < 0 ? whole + 65521 : whole) * (((at * 40503 + 12345) % 65521) + 1);
      });
      total = (total * 31 + own) % 2 ** 32;
    }
    return total;
  }
}

// The numbers that Python sent with a panel; none of what a link makes and nobody has sent.
function readPanel(spec) {
  const { kind, shape, values } = spec;
  const panel = { spec, kind, shape: shape.slice(0, 2), worked: new Map(), isFilm: false, values: null };
  if (!values) return panel;
  if (kind === "grid") {
    panel.isFilm = Array.isArray(values[0][0]);
    panel.values = Float64Array.from(values.flat(2), (value) => value ?? NaN);
  } else {
    const bytes = values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength);
    panel.isFilm = spec.steps > 0;
    panel.values = new { float32: Float32Array, float64: Float64Array, uint8: Uint8Array }[spec.dtype](bytes);
  }
  return panel;
}

const isUnknown = (spec, at, step) => spec.known?.length > 0 && spec.known.flat()[at] > step;

// The cell that a blank of a template means, [row, column]: "3,4", the name of a row, "largest" or "second".
function rowOf({ names }, numbers, wide, which) {
  if (which === undefined) return [0, 0];
  if (/^\d+,\d+$/.test(which)) return which.split(",").map(Number);
  if (!["largest", "second"].includes(which)) return [names.indexOf(which), 0];
  const column = Array.from({ length: numbers.length / wide }, (_, row) => numbers[row * wide]);
  const first = largestAt(column);
  return [which === "second" ? largestAt(column.map((value, row) => (row === first ? -Infinity : value))) : first, 0];
}

// Where the largest number is; of those that differ by noise alone, the first.
function largestAt(numbers) {
  const largest = REDUCE.max(numbers.filter((value) => !Number.isNaN(value)));
  return numbers.findIndex((value) => value >= largest - NOISE);
}

// The smallest and the largest; photographs are long, so without a function for each number.
function extremes(numbers) {
  let [low, high] = [Infinity, -Infinity];
  for (let at = 0; at < numbers.length; at += 1) {
    if (numbers[at] < low) low = numbers[at];
    if (numbers[at] > high) high = numbers[at];
  }
  return [low, high];
}

const largestOf = (numbers) => Math.max(...extremes(numbers).map(Math.abs).filter(Number.isFinite), 0);

// The size that all but the strongest 1 % stay below, on a grid of 1,024 steps.
function nearlyLargest(numbers) {
  const largest = Math.max(largestOf(numbers), 1e-12);
  const counts = new Uint32Array(1024);
  for (let at = 0; at < numbers.length; at += 1) counts[Math.trunc((Math.abs(numbers[at]) / largest) * 1023)] += 1;
  let [below, step] = [counts[0], 0];
  while (below < 0.99 * numbers.length) below += counts[(step += 1)];
  return (largest * (step + 1)) / 1024;
}

// Write a number as its panel shows it.
function write({ written, unit }, value, decimals) {
  if (written === "percent") return String(Math.min(99, Math.trunc(100 * value + NOISE)));
  if (written !== "share") return writeNumber(value, unit, decimals);
  return value < 0.001 ? "under 0.001" : value > 0.999 ? "over 0.999" : (value + NOISE).toFixed(3);
}

// ---------------------------------------------------------------- one grid of numbers

class Panel {
  constructor(spec, numbers) {
    const title = make("div.title", { id: freshId() }, spec.title);
    this.caption = make("div.caption");
    this.outline = make("div.outline", { hidden: "" });
    this.grid = make("div.grid", { role: "grid", "aria-labelledby": title.id });
    const heading = make(spec.bare ? "figcaption.spoken" : "figcaption", {}, title, this.caption);
    const names = make("div.names", { "aria-hidden": "true" }, ...spec.names.map((name) => make("span", {}, name)));
    const named = make("div.named", {}, ...(spec.names.length ? [names] : []), this.grid);
    this.element = make("figure.panel", {}, heading, named);
    this.cells = new Map();
    [[this.top, this.bottom], [this.left, this.right]] = spec.padding;
    [this.rows, this.columns] = spec.shape;
    for (let row = 0 - this.top; row < this.rows + this.bottom; row += 1) {
      const line = make("div.row", { role: "row" });
      if (spec.names[row]) line.setAttribute("aria-label", spec.names[row]);
      for (let column = 0 - this.left; column < this.columns + this.right; column += 1) {
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
    this.take(spec, numbers);
  }

  // Whether this grid can show `spec` without being built anew.
  fits(spec) {
    const same = (...keys) => keys.every((key) => JSON.stringify(spec[key]) === JSON.stringify(this.spec[key]));
    return spec.kind === "grid" && same("shape", "padding", "id", "bare", "names");
  }

  take(spec, numbers) {
    [this.spec, this.numbers, this.widest] = [spec, numbers, {}];
  }

  cell(row, column) {
    return this.cells.get(`${row},${column}`);
  }

  get all() {
    return [...this.cells.values()].filter((cell) => !cell.isPadding);
  }

  // The number in a cell; null where there is none (yet). Padding is 0.
  value(row, column, step) {
    if (this.loupe) return this.loupe(row, column);
    if (row < 0 || column < 0 || row >= this.rows || column >= this.columns) return 0;
    const at = row * this.columns + column;
    const value = isUnknown(this.spec, at, step) ? NaN : this.numbers.at(this.spec.id, step)[at];
    return Number.isNaN(value) ? null : value;
  }

  write(row, column, step, decimals = false) {
    const value = this.value(row, column, step);
    return value === null ? "" : write(this.spec, value, decimals);
  }

  // Whether what it shows depends on the place looked at.
  get isFilm() {
    return this.spec.revealed || this.spec.follows || this.spec.known.length || this.numbers.passes(this.spec.id);
  }

  // Write and color the cells as of `step`; touch only what changed.
  paint(step, { decimals, theme, palettes, hides }) {
    const { spec } = this;
    const { palette, scale } = this.numbers.look(spec);
    for (const cell of this.cells.values()) {
      const { row, column } = cell;
      const value = cell.drawn ?? this.value(row, column, step);
      const blank = value === null || (spec.revealed && row * this.columns + column > step);
      const hidden = !blank && hides(this, row, column);
      const minus = value < 0 && palette === "signed" ? "−" : "";
      const text = blank ? "" : hidden ? "?" : spec.numbers ? write(spec, value, decimals) : minus;
      const key = `${text} ${value} ${theme} ${scale} ${palette}`;
      if (cell.key === key) continue;
      cell.key = key;
      cell.textContent = text;
      cell.classList.toggle("blank", blank);
      cell.classList.toggle("hidden", hidden);
      const plain = blank || hidden || cell.isPadding;
      const color = plain ? null : shade(value, scale, palettes[palette][theme]);
      cell.style.background = plain ? "" : `rgb(${color})`;
      cell.style.color = plain ? "" : textOn(color);
    }
  }

  // How wide (in em) cells must be for the longest number they have ever held; they never shrink again.
  fitting(decimals) {
    const { spec } = this;
    if (!spec.numbers) return spec.edit ? 1.5 : 1;
    const letter = (c) => ("/.".includes(c) ? 0.36 : c === "e" ? 1.2 : 0.58);
    const width = (text) => [...text].reduce((total, c) => total + letter(c), 0.8);
    const held = [...new Set(this.held())].filter((value) => !Number.isNaN(value));
    const widths = held.map((value) => width(write(spec, value, decimals)));
    this.widest[decimals] = Math.max(this.widest[decimals] ?? 0, ...widths, spec.edit === "number" ? 2.5 : 1.9);
    return this.widest[decimals];
  }

  // All numbers it may show, of whatever step and place.
  held() {
    const { spec, numbers } = this;
    const link = spec.follows && numbers.links.get(spec.follows);
    if (!spec.follows) return numbers.all(spec.id);
    if (!link) return [255];
    const all = (ids) => [...new Set(ids.flatMap((id) => [...numbers.all(id)]))];
    const [terms, weights] = [all(link.sources), all(link.kernels)];
    return terms.slice(0, 300).flatMap((term) => weights.slice(0, 50).map((weight) => term * weight));
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
    const cells = this.grid.style.getPropertyValue("--columns") * (cell + gap) + named;
    return Math.max(cells, bare ? 0 : 0.6 * title.length);
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
  constructor(spec, numbers) {
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
    this.take(spec, numbers);
  }

  fits(spec) {
    return spec.kind === "raster" && spec.id === this.spec.id && spec.shape.join() === this.spec.shape.join();
  }

  take(spec, numbers) {
    [this.spec, this.numbers, this.painted] = [spec, numbers, ""];
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
    return this.cell(row, column) ? this.numbers.at(this.spec.id)[row * this.columns + column] : null;
  }

  write(row, column) {
    const at = 3 * (row * this.columns + column);
    if (this.spec.palette === "rgb") return `(${this.numbers.panels.get(this.spec.id).values.slice(at, at + 3).join(", ")})`;
    const value = this.value(row, column);
    return Number.isNaN(value) ? "none" : writeNumber(value);
  }

  paint(step, { theme, palettes }) {
    const { palette, scale } = this.numbers.look(this.spec);
    const key = `${theme} ${palette} ${scale} ${this.numbers.version}`;
    if (this.painted === key) return;
    this.painted = key;
    const image = new ImageData(this.columns, this.rows);
    const values = palette === "rgb" ? this.numbers.panels.get(this.spec.id).values : this.numbers.at(this.spec.id);
    if (palette === "rgb") {
      for (let from = 0, to = 0; from < values.length; from += 3, to += 4)
        image.data.set([values[from], values[from + 1], values[from + 2], 255], to);
    } else {
      // 511 shades from −scale to scale, as single numbers: a quarter of a million pixels must be quick.
      const shades = new Uint32Array(511);
      const bytes = new Uint8Array(shades.buffer);
      for (let i = 0; i < 511; i += 1) bytes.set([...shade(i - 255, 255, palettes[palette][theme]), 255], 4 * i);
      const pixels = new Uint32Array(image.data.buffer);
      const factor = 255 / scale;
      for (let i = 0; i < pixels.length; i += 1) // what is no number has no shade, and lets the stage through
        pixels[i] = shades[Math.max(0, Math.min(510, Math.round(values[i] * factor) + 255))];
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

const DASHES = ["none", "9 6", "1 5", "10 5 1 5"]; // as in the stills: told apart without colors, too

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
      const text = new Uint8Array(buffer, byteOffset, byteLength).reduce((all, byte) => all + String.fromCharCode(byte), "");
      this.image.src = `data:image/png;base64,${btoa(text)}`;
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

// ---------------------------------------------------------------- the board: panels in columns, painted and framed

class Board {
  constructor(stage) {
    this.stage = stage;
    this.element = make("div.board");
    this.panels = new Map();
    let width = 0;
    // Where the room grows or shrinks, columns change lines; in the next frame, because that changes the height.
    this.observer = new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === width) return;
      width = contentRect.width;
      requestAnimationFrame(() => this.align());
    });
    this.observer.observe(this.element);
  }

  get all() {
    return [...this.panels.values()];
  }

  // The element (or pixel) of a cell, [panel id, row, column]; of padding that is not drawn, none.
  cell([id, row, column]) {
    return this.panels.get(id)?.cell(row, column);
  }

  // Take over the panels of a picture: build what has another shape, keep the rest.
  take({ panels, links, fields, walk }, numbers) {
    const specs = panels.filter(({ kind }) => kind !== "hidden");
    const old = this.all;
    if (old.length === specs.length && old.every((panel, i) => panel.fits(specs[i])))
      old.forEach((panel, i) => panel.take(specs[i], numbers));
    else this.build(specs, numbers);
    this.element.classList.toggle("layers", !walk);
    this.element.hidden = !specs.length;
    this.numbers = numbers;
    const seen = new Map(fields.map((spec) => [spec.target, new Link(spec, numbers)]));
    // What makes the cells of a panel; through layers that are not shown, what they can see.
    this.linkTo = new Map(links.filter(({ target }) => this.panels.has(target))
      .map(({ target }) => [this.panels.get(target), seen.get(target) ?? numbers.links.get(target)]));
    this.feeds = null;
    this.main = walk ? this.linkTo.get(this.panels.get(walk)) : null;
  }

  build(specs, numbers) {
    this.panels = new Map(specs.map((spec) => [spec.id, new KINDS[spec.kind](spec, numbers)]));
    this.panelOf = new Map(this.all.map((panel) => [panel.element, panel]));
    const columns = new Map();
    for (const { element, spec } of this.all) {
      if (!columns.has(spec.column)) {
        const sign = spec.before ? [make("div.sign", { "aria-hidden": "true" }, spec.before)] : [];
        columns.set(spec.column, make("div.part", {}, ...sign, make("div.column")));
      }
      columns.get(spec.column).lastChild.append(element);
    }
    this.element.replaceChildren(...columns.values());
  }

  taps({ panel, row, column }) {
    const taps = this.linkTo.get(panel)?.taps(row, column, this.stage.step) ?? [];
    return taps.map((tap) => this.cell(tap)).filter(Boolean);
  }

  // The cells that each cell takes part in; of photographs, none: there are too many.
  fedBy(cell) {
    if (!this.feeds) {
      this.feeds = new Map();
      for (const [target, link] of this.linkTo)
        for (const to of target.cells.values()) {
          if (to.isPadding) continue;
          for (const at of [...link.taps(to.row, to.column), ...link.factors(to.row, to.column)]) {
            const from = this.cell(at);
            this.feeds.set(from, [...(this.feeds.get(from) ?? []), to]);
          }
        }
    }
    return this.feeds.get(cell) ?? [];
  }

  // Give the cells of a column one size, and the board the digits that let all columns stand side by side.
  fit() {
    const { all, main, element } = this;
    if (!all.length) return;
    const widths = [];
    for (const number of new Set(all.map(({ spec }) => spec.column))) {
      const panels = all.filter(({ spec }) => spec.column === number);
      // Where layers shrink to stand side by side, their digits stay as large as they must be: leave them room.
      const room = (panel) => (main || !panel.spec.numbers ? 1 : 1.1);
      const sizes = new Map(panels.map((panel) => [panel, room(panel) * panel.fitting(this.stage.model.get("decimals"))]));
      // Those with numbers are of one size, and so are those without, which may be smaller.
      const alike = (one) => panels.filter(({ spec }) => spec.numbers === one.spec.numbers);
      const cell = (one) => Math.max(...alike(one).map((panel) => sizes.get(panel)));
      for (const panel of panels) panel.element.style.setProperty("--fitting", `${panel.spec.width ?? cell(panel)}em`);
      const gaps = main || panels[0].spec.before ? 3.6 : this.linkTo.size ? 0.75 : 1.1; // with its sign
      widths.push(Math.max(...panels.map((panel) => panel.width(cell(panel)))) + gaps);
    }
    const key = widths.join();
    if (key === this.widthsKey) return;
    this.widthsKey = key;
    const spare = main ? 3.4 : 0.6; // before the first column there is no gap
    element.style.setProperty("--ems", sum(widths) - spare);
    element.style.setProperty("--widest", Math.max(...widths));
    element.classList.toggle("charts", all.every(({ spec }) => spec.kind === "chart"));
    this.align();
  }

  // Columns of as many panels each are aligned where they stand side by side, panel by panel.
  align() {
    const alike = new Map();
    let [line, right] = [0, Infinity];
    for (const part of this.element.children) {
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

  paint(step, films = false) {
    const { model, theme, explainer } = this.stage;
    const style = { decimals: model.get("decimals"), theme, palettes: model.get("_palettes"), lines: model.get("_lines"),
      hides: (panel, row, column) => explainer.hides(panel, row, column) };
    // Looking ahead shows the products of another place, but never uncovers the map.
    for (const panel of this.all)
      if (!films || panel.isFilm) panel.paint(panel.spec.revealed ? this.stage.step : step, style);
  }

  // What stands above the panels, and the boxes on them.
  describe(clickEdits, boxes) {
    const hints = { toggle: "click or drag to change", paint: "click or drag to draw", number: "click to type" };
    for (const panel of this.all) {
      const { spec } = panel;
      panel.drawBoxes?.(boxes[spec.id] ?? []);
      panel.grid?.classList.toggle("editing", clickEdits && Boolean(spec.edit));
      const caption = spec.kind === "chart" ? spec.caption : this.numbers.look(spec).caption;
      panel.caption.textContent = (clickEdits && hints[spec.edit]) || caption;
    }
  }

  // Frame what the formula is about: its result, and all that the result can see, through every layer, as long
  // as what it gathers lies together.
  frame({ told, isAside }, frames) {
    for (const panel of this.all) panel.frameCells(frames[panel.spec.id]?.[this.stage.step] ?? null);
    if (!told || isAside || Object.keys(frames).length) return;
    const { panel, row, column } = told;
    panel.frameCells([row, column, row, column]);
    const found = new Map();
    const together = (cell) => {
      const taps = this.taps(cell);
      return this.linkTo.get(cell.panel)?.form === "cells" && taps.length > 1 ? [] : taps;
    };
    for (const cell of reach(told, together)) found.set(cell.panel, [...(found.get(cell.panel) ?? []), cell]);
    for (const raster of told.isPixel ? this.all : []) // the same place in all pictures of one size
      if (raster.spec.kind === "raster" && raster.rows === panel.rows && raster.columns === panel.columns)
        raster.frameCells([row, column, row, column]);
    for (const [seen, cells] of found) {
      const box = boxAround(cells);
      const full = isFull(box, cells);
      if (full || this.main) seen.frameCells(box);
      // With dilation the frame also covers pixels that the kernel skips: mark those it sees.
      for (const cell of seen.cells.values()) cell.classList.toggle("seen", !full && Boolean(this.main) && cells.includes(cell));
    }
  }

  // Loupes show the terms of the cell that is told, or the numbers of a photograph around it.
  follow({ told }) {
    for (const panel of this.all) {
      const followed = this.panels.get(panel.spec.follows);
      if (!followed) continue;
      const middle = told ?? followed.cell(...followed.at);
      const link = this.linkTo.get(middle.panel);
      const { step } = this.stage;
      if (followed === middle.panel && link?.isMade) {
        const terms = this.numbers.terms(link, middle.row, middle.column, step);
        panel.loupe = (row, column) => terms[row * panel.columns + column];
        continue;
      }
      const isSource = link?.isMade && link.sources.includes(followed.spec.id);
      const [top, left] = isSource ? link.taps(middle.row, middle.column)[0].slice(1)
        : [middle.row - (panel.rows >> 1), middle.column - (panel.columns >> 1)];
      panel.loupe = (row, column) => followed.value(row + top, column + left, step);
    }
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

const nameOf = ({ panel: { spec: { title, names } }, row, column }) =>
  names.length ? `${title}, ${names[row]}` : `${title}, row ${row + 1}, column ${column + 1}`;
const signOf = (value) => (value > 0 ? "positive" : value < 0 ? "negative" : "zero");
const isSame = (one, other) => one?.panel === other?.panel && one?.row === other?.row && one?.column === other?.column;

function boxAround(cells) {
  const [rows, columns] = ["row", "column"].map((axis) => cells.map((cell) => cell[axis]));
  return [Math.min(...rows), Math.min(...columns), Math.max(...rows), Math.max(...columns)];
}

function isFull([top, left, bottom, right], cells) {
  return (bottom - top + 1) * (right - left + 1) === new Set(cells).size;
}

// ---------------------------------------------------------------- the explainer: what is told of the cell looked at

class Explainer {
  constructor(stage) {
    this.stage = stage;
    this.board = stage.board;
    this.formula = make("div.formula");
    this.note = make("p.note");
    this.lit = [];
    this.shownInQuiz = new Set();
    this.said = new Map(); // sentences that Python has written since an edit, by step
  }

  forget() {
    this.pinned = this.hovered = this.term = null;
    this.shownInQuiz.clear();
    this.said.clear();
    this.isBehind = false; // whether the sentences that came with the picture are of other numbers
  }

  hides(panel, row, column) {
    return this.stage.model.get("quiz") && panel.spec.in_quiz && !this.shownInQuiz.has(`${panel.spec.id},${row},${column}`);
  }

  lookAt(cell) {
    if (this.stage.loading || this.stage.editor.stroke) return;
    if (cell === this.hovered || (cell && isSame(cell, this.hovered))) return;
    this.hovered = cell;
    this.term = null;
    if (!this.pinned) this.show();
  }

  lookAtTerm(tap) {
    const { main } = this.board;
    if (tap === undefined) this.hovered = null;
    if (main && tap !== undefined) {
      const told = this.toldAt(this.stage.step);
      const products = this.products();
      const taps = main.taps(told.row, told.column);
      return this.lookAt(products ? products.all[tap] : this.board.cell(taps[tap]));
    }
    this.term = tap;
    if (!this.pinned || !main) this.show();
  }

  // The panel that shows the products of a walk, if there is one.
  products() {
    const { all, main } = this.board;
    return main?.kernels.length ? all.find(({ spec }) => spec.follows === main.target) : undefined;
  }

  pin(cell) {
    this.pinned = isSame(cell, this.pinned) ? null : cell;
    this.hovered = cell;
    this.show();
  }

  // The cell that is told at a step as long as nobody looks at another one.
  toldAt(step) {
    const { picture, board } = this.stage;
    if (board.main) return board.panels.get(picture.walk).cell(...this.place(step));
    const [id, ...at] = picture.focus;
    if (!id || at.length > 1) return id && board.panels.get(id).cell(...at);
    const panel = board.panels.get(id);
    const numbers = this.stage.numbers.at(id, picture.steps - 1);
    const best = largestAt(at[0] === "strongest" ? numbers.map(Math.abs) : numbers);
    return panel.cell(Math.floor(best / panel.columns), best % panel.columns);
  }

  place(step) {
    const { columns } = this.board.panels.get(this.stage.picture.walk);
    return [Math.floor(step / columns), step % columns];
  }

  // Show the current step, or the place the learner looks at.
  show() {
    const { stage, board } = this;
    if (stage.step !== this.lastStep) {
      this.lastStep = stage.step;
      if (board.main) this.pinned = null;
      this.shownInQuiz.clear();
    }
    stage.player.show();
    const look = this.describe(this.pinned ?? this.hovered);
    board.follow(look);
    board.paint(look.place, true);
    board.frame(look, stage.picture.frames);
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

  showFormula({ told, tap }) {
    const link = told && this.board.linkTo.get(told.panel);
    this.formula.hidden = !link?.isMade;
    if (this.formula.hidden) return;
    const { step, numbers, model } = this.stage;
    const decimals = model.get("decimals");
    const { row, column, panel: target } = told;
    const [taps, weights] = [link.taps(row, column, step), link.factors(row, column, step)];
    const [opening, between, closing] = link.written.map((text) => text.replace("{count}", taps.length));
    const specOf = (id) => numbers.panels.get(id).spec;
    let rounded = false; // whether a factor is written shorter than it is
    const terms = taps.map((at, k) => {
      const value = numbers.number(at, step);
      const written = write(specOf(at[0]), value, decimals);
      if (link.reduce === "copy") return { sign: "zero", text: nameOf(this.board.cell(at)) };
      if (!weights.length) return { sign: signOf(value), value, text: link.reduce === "magnitude" ? inBrackets(written) : written };
      const by = numbers.number(weights[k], step);
      const factors = [written, write(specOf(weights[k][0]), by, decimals)];
      const product = value * by; // of 0, nothing is lost by rounding the other factor
      if (product && (isRounded(factors[0], value) || isRounded(factors[1], by))) rounded = true;
      return { sign: signOf(product), value: product, text: factors.map(inBrackets).join("·") };
    });
    const bias = link.added(row, column);
    if (bias) {
      const value = numbers.number(bias, step);
      terms.push({ sign: signOf(value), value, text: inBrackets(write(specOf(bias[0]), value, decimals)) });
    }
    const hidden = this.hides(target, row, column);
    const value = target.value(row, column, step);
    const shown = hidden ? "?" : target.write(row, column, step, decimals);
    const isFraction = shown.includes("/");
    const isExact = hidden || isFraction || isWhole(value * 100);
    const total = this.board.main && link.reduce === "mean" && !isExact && writeNumber(sum(terms.map((term) => term.value)), specOf(taps[0][0]).unit, decimals);
    const before = terms.length ? (total ? ` = ${total} ÷ ${taps.length}` : "") + (isExact && !rounded ? " = " : " ≈ ") : "";
    const after = isFraction ? `${isWhole(value * 100) ? " = " : " ≈ "}${writeNumber(value)}` : "";
    // Made anew only if it reads differently, so that the pointer does not lose the term it rests on.
    const key = JSON.stringify([opening, between, closing, terms, before, shown, after]);
    if (key !== this.formulaKey) {
      this.formulaKey = key;
      const parts = terms.flatMap(({ sign, text }, k) => {
        const term = make(`span.term.${sign}`, { "data-tap": k }, text);
        return k ? [between, term] : [term];
      });
      this.formula.replaceChildren(opening, ...parts, closing, make("span.result", {}, before, make("strong", {}, shown), after));
    }
    this.formula.querySelectorAll(".term").forEach((term, k) => term.classList.toggle("lit", k === tap));
  }

  // ------------------------------------------------ what hangs together with a cell

  // The result to tell about (and its place, if steps pass), its term looked at, the cells to light up, a sentence.
  describe(cell) {
    const { board, term: tap, stage: { step } } = this;
    const told = this.toldAt(step);
    const cells = board.main ? [] : this.lightUp(told, tap);
    const plain = { place: step, told, tap, cells, note: this.sentence(step) };
    if (!board.linkTo.size) return { ...plain, cells: [] };
    return board.main ? this.describeWalk(cell, plain) : this.describeLayers(cell, plain);
  }

  describeWalk(cell, plain) {
    const { main } = this.board;
    if (!cell) return plain;
    const { panel, row, column } = cell;
    const { step } = this.stage;
    const [source, kernel] = [main.sources[0], main.kernels[0]].map((id) => this.board.panels.get(id));
    const products = this.products();
    const written = (one) => one.panel.write(one.row, one.column, step);
    const tapsOf = ({ row: r, column: c }) => main.taps(r, c).map((at) => this.board.cell(at));
    const at = row * panel.columns + column; // its number among those of its panel
    if (panel === plain.told.panel) {
      const isUncovered = at <= step && !this.hides(panel, row, column);
      const coming = `The map's row ${row + 1}, column ${column + 1} will come from the framed pixels.`;
      return { ...plain, place: at, told: cell, cells: tapsOf(cell), note: isUncovered ? this.sentence(at) : coming };
    }
    const where = `row ${row + 1}, column ${column + 1}`;
    if (panel === source) {
      const fed = this.board.fedBy(cell);
      const tap = tapsOf(plain.told).indexOf(cell);
      const what = cell.isPadding ? "This padding is 0" : `The pixel at ${where} is ${written(cell)}`;
      const note = `${what}. It feeds ${fed.length} ${fed.length === 1 ? "place" : "places"} of the map.`;
      if (tap < 0 || !kernel) return { ...plain, tap, cells: fed, note };
      const met = this.board.cell(main.factors(plain.told.row, plain.told.column)[tap]);
      const lit = [...fed, met, products?.all[tap]];
      return { ...plain, tap, cells: lit, note: `${note} At the framed one it meets the weight ${written(met)}.` };
    }
    if (panel === kernel) {
      const met = plain.told.panel.all.map((one) => tapsOf(one)[at]);
      const note = `The weight at ${where} is ${written(cell)}. It meets the marked pixels, one at each of the ${met.length} places.`;
      return { ...plain, tap: at, cells: [products?.all[at], ...met], note };
    }
    if (panel !== products) return plain;
    const [pixel, weight] = [tapsOf(plain.told)[at], kernel.all[at]];
    const product = this.hides(panel, row, column) ? "?" : written(cell);
    const note = `Pixel ${written(pixel)} times weight ${written(weight)} is ${product}.`;
    return { ...plain, tap: at, cells: [pixel, weight, plain.told], note };
  }

  // Layers: a result is told with all that it sees, back to the first layer; what is not made of anything
  // (a pixel, a weight) lights up what it takes part in.
  describeLayers(cell, plain) {
    const { board, term: tap } = this;
    const { linkTo } = board;
    let told = cell && linkTo.has(cell.panel) ? cell : null;
    if (!told && cell?.isPixel) told = this.around(cell) ?? plain.told.panel.nearest(cell.row, cell.column);
    if (told) this.lastTold = told;
    else if (board.panels.get(this.lastTold?.panel.spec.id) !== this.lastTold?.panel) this.lastTold = null;
    if (!cell && this.lastTold?.isPixel) told = this.lastTold; // in a photograph, the last place stays
    else if (!cell) return plain;
    if (told) return { ...plain, told, cells: this.lightUp(told, tap), note: this.noteOn(told) };
    // A weight, a bias, or a number in a loupe has a part in one term of the formula that stands there.
    const last = this.lastTold ?? plain.told;
    const link = last && linkTo.get(last.panel);
    const by = link ? [...link.factors(last.row, last.column), link.added(last.row, last.column)] : [];
    const met = cell.panel.loupe ? cell.row * cell.panel.columns + cell.column
      : by.findIndex((at) => at && isSame(board.cell(at), cell));
    if (met >= 0 && link?.isMade)
      return { ...plain, told: last, tap: met, cells: this.lightUp(last, met), note: this.noteOn(last) };
    const fed = [...reach(cell, (one) => board.fedBy(one))];
    const reached = fed.length ? ` It has a share in the ${fed.length} marked numbers.` : "";
    const what = `${nameOf(cell)} is ${cell.panel.write(cell.row, cell.column, this.stage.step)}.`;
    return { ...plain, isAside: true, cells: fed, note: `${what}${reached}` };
  }

  // The cell that a pixel of a photograph is in the middle of (or the nearest one to it).
  around({ panel, row, column }) {
    const found = [...this.board.linkTo].find(([, link]) => link.sources.includes(panel.spec.id));
    if (!found) return undefined;
    const [target, { rows, columns }] = found;
    const middle = (lists, at) => at - lists[0][lists[0].length >> 1];
    return target.nearest(middle(rows, row), middle(columns, column));
  }

  // What decided a result: of a maximum, the largest; of all else, everything. Or, of one term, its factors.
  lightUp(told, tap) {
    const { board, stage: { step } } = this;
    const link = told && board.linkTo.get(told.panel);
    if (!link) return [];
    const [taps, weights] = [link.taps(told.row, told.column, step), link.factors(told.row, told.column, step)];
    if (tap !== undefined && tap !== null) {
      const loupes = board.all.filter(({ loupe }) => loupe);
      const factors = tap < taps.length ? [taps[tap], weights[tap]] : [link.added(told.row, told.column)];
      return [...factors.map((at) => at && board.cell(at)), ...loupes.map((panel) => panel.all[tap])];
    }
    if (told.isPixel) return [];
    const cells = (list) => list.map((at) => board.cell(at)).filter(Boolean);
    if (link.reduce === "field") return isFull(boxAround(cells(taps)), taps) ? [] : cells(taps); // a frame says it all
    if (link.when.length) return cells([...taps, ...weights]); // a sum that grows is told with both factors so far
    return [...reach(told, (cell) => this.decidedBy(cell))];
  }

  decidedBy(cell) {
    const link = this.board.linkTo.get(cell.panel);
    if (link?.reduce === "field") return [];
    const value = ({ panel, row, column }) => panel.value(row, column, this.stage.step);
    return this.board.taps(cell).filter((tap) => link.reduce !== "max" || value(tap) === value(cell));
  }

  // ------------------------------------------------ words

  // What is said of a step: what Python wrote, or, since numbers have changed, writes anew; or what the walk tells.
  sentence(step) {
    const { stage, board } = this;
    const told = this.toldAt(step);
    const isHidden = told && board.main && this.hides(told.panel, told.row, told.column);
    if (isHidden) return `Row ${told.row + 1}, column ${told.column + 1}: what is the result? Click a question mark to check.`;
    if (board.main) return this.sentenceOn(told);
    if (!this.isBehind) return stage.numbers.sentence(step);
    if (!this.said.has(step)) stage.channel.askFor(step);
    return this.said.get(step) || (told && board.linkTo.get(told.panel)?.isMade ? this.noteOn(told) : "");
  }

  // The sentence of a place on a walk (as in words.py).
  sentenceOn({ panel, row, column }) {
    const { numbers, step } = this.stage;
    const link = this.board.linkTo.get(panel);
    const [taps, factors] = [link.taps(row, column), link.factors(row, column)];
    const where = `Row ${row + 1}, column ${column + 1}:`;
    const result = panel.value(row, column, step);
    if (link.reduce === "relu") {
      const value = numbers.number(taps[0], step);
      const kept = value >= 0 ? "is not negative: it stays" : "is negative: it becomes 0";
      return `${where} ${write(numbers.panels.get(taps[0][0]).spec, value)} ${kept}.`;
    }
    if (!factors.length) {
      const what = link.reduce === "max" ? "the largest of" : "the mean of";
      const count = taps.length === 1 ? "the one number left" : `${taps.length} numbers`;
      return `${where} ${what} ${count}${writtenOut(result, panel.spec.unit)}.`;
    }
    const products = numbers.terms(link, row, column, step);
    const said = `${where} ${countProducts(products)} their sum is ${writeNumber(sum(products))}`;
    return link.reduce === "sum" ? `${said}.` : `${said}, divided by ${products.length}${writtenOut(result, panel.spec.unit)}.`;
  }

  noteOn(told) {
    const { board, stage: { step } } = this;
    const link = board.linkTo.get(told.panel);
    const value = (cell) => cell.panel.write(cell.row, cell.column, step);
    if (link.reduce === "beside") {
      const parts = board.taps(told).map((cell) => `${cell.panel.spec.title.toLowerCase()} ${value(cell)}`);
      return `Row ${told.row + 1}, column ${told.column + 1}: ${parts.join(", ")}.`;
    }
    const result = `${nameOf(told)} is ${value(told)}.`;
    if (told.isPixel) return result;
    if (link.when.length) return `${nameOf(told)} is ${value(told)} so far.`;
    const seen = [...reach(told, (cell) => board.taps(cell))].filter(({ panel }) => !board.linkTo.has(panel));
    if (!seen.length) return `${result} It sees nothing but padding.`;
    const box = boxAround(seen);
    const size = isFull(box, seen) ? `${box[2] - box[0] + 1} × ${box[3] - box[1] + 1}` : seen.length;
    const decided = new Set(this.lightUp(told));
    const marked = decided.size && seen.some((cell) => !decided.has(cell)) ? " Marked is what decided." : "";
    return `${result} It sees ${size} cells of "${seen[0].panel.spec.title}".${marked}`;
  }
}

// Count products of 1 and −1 in words; of any other numbers, say only how many there are.
function countProducts(products) {
  const count = products.length;
  if (count === 1) return `the product is ${writeNumber(products[0])};`;
  const [ones, minusOnes] = [1, -1].map((one) => products.filter((product) => product === one).length);
  if (ones + minusOnes < count) return `${count} products;`;
  if (!minusOnes) return `all ${ones} products are 1;`;
  if (!ones) return `all ${minusOnes} products are −1;`;
  return `${ones === 1 ? "1 product is" : `${ones} products are`} 1 and ${minusOnes} ${minusOnes === 1 ? "is" : "are"} −1;`;
}

// ---------------------------------------------------------------- the player: time

class Player {
  constructor(stage) {
    this.stage = stage;
    const button = (name, label, act) => {
      const element = make("button.icon", { type: "button", "aria-label": label, title: label }, icon(name));
      element.addEventListener("click", act);
      return element;
    };
    this.button = button("play", "Play", () => this.play(!this.playing));
    this.button.classList.add("main");
    this.slider = make("input", { type: "range", min: 0, "aria-label": "Place" });
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    this.counter = make("span.counter");
    this.speed = make("select", { "aria-label": "Speed" });
    this.speed.addEventListener("change", () => stage.set("speed", Number(this.speed.value)));
    this.element = make("div.transport", {},
      button("first", "First place", () => this.go(0)), button("back", "One place back", () => this.go(stage.step - 1)),
      this.button, button("on", "One place on", () => this.go(stage.step + 1)),
      button("last", "Last place", () => this.go(this.last)), this.slider, this.counter, this.speed);
  }

  get last() { return this.stage.picture.steps - 1; }

  get pause() { return 625 / this.stage.model.get("speed"); }

  take() {
    this.element.hidden = !this.last;
    this.slider.max = this.last;
  }

  show() {
    this.slider.value = this.stage.step;
    this.counter.textContent = `${this.stage.picture.walk ? "place" : "step"} ${this.stage.step + 1} of ${this.last + 1}`;
    this.slider.setAttribute("aria-valuetext", this.counter.textContent);
  }

  showSpeed() {
    const speed = this.stage.model.get("speed");
    const speeds = [...new Set([0.5, 1, 2, 4, speed])];
    if (speeds.length !== this.speed.options.length || this.speed.value !== String(speed))
      this.speed.replaceChildren(...speeds.map((one) => make("option", { value: one }, `${one}×`)));
    this.speed.value = speed;
  }

  go(step, { byHand = true } = {}) {
    if (byHand) this.play(false);
    if (byHand) this.stage.explainer.hovered = null;
    this.stage.set("step", Math.max(0, Math.min(this.last, step)));
    this.stage.explainer.show();
    if (byHand) this.stage.say();
  }

  play(on) {
    if (Boolean(this.playing) === on) return;
    clearTimeout(this.playing);
    this.playing = null;
    if (on && this.stage.step === this.last) this.go(0, { byHand: false });
    if (on) this.playing = setTimeout(() => this.tick(), this.pause);
    else if (this.stage.host.isConnected) this.stage.say();
    this.button.replaceChildren(icon(on ? "pause" : "play"));
    this.button.setAttribute("aria-label", (this.button.title = on ? "Pause" : "Play"));
  }

  tick() {
    if (this.stage.step === this.last) return this.play(false);
    this.go(this.stage.step + 1, { byHand: false });
    this.playing = setTimeout(() => this.tick(), this.pause);
  }

  onKey(target, key) {
    const row = this.stage.board.panels.get(this.stage.picture.walk)?.columns ?? 1;
    const jumps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1,
      PageDown: row, PageUp: -row, Home: -Infinity, End: Infinity };
    if (key in jumps) this.go(this.stage.step + jumps[key]);
    else if (key === " " && !target.matches("button, [type=checkbox]")) this.play(!this.playing);
    else return false;
    return true;
  }
}

// ---------------------------------------------------------------- the controls of the picture

const YOURS = "your own"; // the choice that stands for numbers the learner has edited

class Controls {
  constructor(stage) {
    this.stage = stage;
    this.element = make("div.controls", { role: "group", "aria-label": "The operation" });
    this.inputs = new Map();
  }

  // Whether a control waits for Python: it does more than put numbers into panels that all else follows from.
  needsPython({ id, sets, moves }) {
    return id !== "undo" && !moves.length && (!Object.keys(sets).length || this.stage.picture.python_only);
  }

  // Lay the controls out, or, if they are the same ones, only bring them up to date.
  show() {
    const { picture: { controls: specs }, channel, numbers, root } = this.stage;
    const shape = JSON.stringify(specs.map(({ id, kind, options }) => [id, kind, options]));
    if (shape !== this.shape) {
      this.shape = shape;
      this.inputs = new Map(specs.map((spec) => [spec.id, this.build(spec)]));
      this.element.replaceChildren(...[...this.inputs.values()].map((input) => input.closest(".control") ?? input));
      this.element.hidden = !specs.length;
    }
    for (const spec of specs) {
      const input = this.inputs.get(spec.id);
      if (spec.kind === "check") input.checked = spec.value;
      else if (!["button", "file"].includes(spec.kind) && (!this.isHere(spec) || input !== document.activeElement))
        input.value = this.valueOf(spec);
      if (this.isHere(spec))
        for (const option of input.options ?? []) option.disabled = channel.dead && !this.isKnown(spec, option.value);
      let enabled = spec.enabled && !(channel.dead && this.needsPython(spec));
      if (spec.id === "undo" || this.canRewind(spec)) enabled = numbers.history.length > 0 || (spec.enabled && !channel.dead);
      else if (spec.kind === "button" && this.isHere(spec)) enabled = this.differs(this.results(spec, ""));
      if (!enabled && document.activeElement === input) root.focus(); // or the keys would be lost
      input.disabled = !enabled;
    }
  }

  // Whether a reset has to do without Python, although more than numbers has changed.
  canRewind(spec) { return this.stage.channel.dead && /^reset( all)?$/.test(spec.id) && this.needsPython(spec); }

  // Whether the browser can do what a control asks for.
  isHere(spec) { return spec.id !== "undo" && !this.needsPython(spec); }

  // Whether an option of such a control is known here: of another size, only Python has it.
  isKnown({ sets }, option) { return option === YOURS || option in sets; }

  // What is chosen: of a choice that sets numbers, the option whose numbers are there.
  valueOf({ kind, sets, options, value }) {
    const shown = sets[""] && Object.keys(sets[""])[0];
    if (kind === "number" && shown) return writeNumber(this.stage.numbers.at(shown)[0]);
    if (kind !== "choice" || !Object.keys(sets).length) return value;
    const known = options.find((option) => sets[option] && !this.differs(flat(sets[option])));
    return known ?? (options.includes(YOURS) ? YOURS : value);
  }

  differs(grids) {
    const { numbers } = this.stage;
    return Object.entries(grids).some(([id, grid]) => grid.some((value, at) => value !== numbers.at(id)[at]));
  }

  // The numbers that panels get from a control, by panel id.
  results({ sets, moves }, value) {
    if (!moves.length) return flat(sets[value]);
    const [id, down, right, fill] = moves;
    const [rows, columns] = this.stage.numbers.shape(id);
    const numbers = this.stage.numbers.at(id);
    const grid = Array.from(numbers, (_, at) => {
      const [row, column] = [Math.floor(at / columns) - down, (at % columns) - right];
      return row >= 0 && column >= 0 && row < rows && column < columns ? numbers[row * columns + column] : fill;
    });
    return { [id]: grid };
  }

  // Do what a control asks for: here, if it only puts numbers into panels; Python is told in any case.
  act(spec, value) {
    const { channel } = this.stage;
    const message = { type: "control", id: spec.id, value };
    if (spec.id === "undo") return channel.work(message, () => this.stage.undo());
    if (this.canRewind(spec)) return this.stage.rewind();
    if (!this.isHere(spec) || (spec.kind === "choice" && !this.isKnown(spec, value))) return channel.ask(message);
    if (value === YOURS) {
      this.show();
      return channel.tell(this.stage.editor.howTo(spec));
    }
    let results = spec.kind === "number" ? null : this.results(spec, spec.kind === "button" ? "" : value);
    if (!results) {
      const [number, wrong] = readNumber(spec.name || spec.id, value, ANY);
      if (wrong) return channel.tell(wrong);
      results = Object.fromEntries(Object.keys(spec.sets[""]).map((id) => [id, [number]]));
    }
    return channel.work(message, (numbers) => numbers.put(results));
  }

  // A file goes to Python as it is, if it is not larger than `most` bytes.
  async sendFile(id, input, most) {
    const [file] = input.files;
    const { channel } = this.stage;
    input.value = "";
    if (!file) return;
    const size = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
    if (file.size > most) channel.tell(`${file.name} is ${size(file.size)} large; at most ${size(most)} can be read.`);
    else channel.ask({ type: "file", id, name: file.name }, await file.arrayBuffer());
  }

  build({ id, kind, label, options, low, high }) {
    const spec = () => this.stage.picture.controls.find((one) => one.id === id); // as it is now
    if (kind === "button") {
      const button = make("button", { type: "button" }, label);
      button.addEventListener("click", () => this.act(spec(), true));
      return button;
    }
    const input = {
      choice: () => make("select", {}, ...options.map((option) => make("option", {}, option))),
      whole: () => make("input", { type: "number", min: low ?? "", max: high ?? "", step: 1 }),
      check: () => make("input", { type: "checkbox" }),
      number: () => make("input", { type: "text", inputmode: "text" }),
      file: () => make("input", { type: "file", accept: options.join() }),
    }[kind]();
    const act = () => this.act(spec(), kind === "check" ? input.checked : input.value);
    input.addEventListener("change", kind === "file" ? () => this.sendFile(id, input, high) : act);
    input.id = freshId();
    const name = make("label", { for: input.id }, label);
    make("span.control", {}, ...(kind === "check" ? [input, name] : [name, input]));
    return input;
  }
}

const ANY = { low: -1e6, high: 1e6, only: [] };
const flat = (grids) => Object.fromEntries(Object.entries(grids ?? {}).map(([id, grid]) => [id, grid.flat()]));

// ---------------------------------------------------------------- the editor: clicks, strokes and typing

const OFF = { toggle: -1, paint: 0 }; // what a click makes of a cell that is on, and so is not 1 any more

class Editor {
  constructor(stage) {
    [this.stage, this.drawnCells] = [stage, new Set()];
  }

  setClickEdits(on) {
    this.clickEdits = on;
    this.stage.showOptions();
  }

  // Click, Enter or Space on a cell: uncover it, edit it, or pin what hangs together with it.
  activate(cell) {
    const { explainer, board, player } = this.stage;
    const { panel, row, column } = cell;
    if (explainer.hides(panel, row, column)) {
      explainer.shownInQuiz.add(`${panel.spec.id},${row},${column}`);
      board.paint(this.stage.step);
      explainer.show();
    } else if (this.clickEdits && panel.spec.edit && !cell.isPadding) {
      if (panel.spec.edit === "number") this.type(cell);
      else if (!this.drawn) this.edit(cell, this.opposite(cell)); // a drag has already drawn it
    } else {
      player.play(false);
      explainer.pin(cell);
    }
    this.drawn = false;
    this.stage.say();
  }

  opposite(cell) {
    const isOn = (cell.drawn ?? cell.panel.value(cell.row, cell.column, this.stage.step)) > 0;
    return String(isOn ? OFF[cell.panel.spec.edit] : 1);
  }

  // Put what was typed or drawn into a cell; what cannot be is refused, and nothing changes.
  edit(cell, typed, stroke = freshId()) {
    const { channel, picture, board } = this.stage;
    const { panel: { spec }, row, column } = cell;
    const [value, wrong] = readNumber(`${spec.id}, row ${row + 1}, column ${column + 1}`, typed, spec);
    if (wrong) return channel.tell(wrong);
    const message = { type: "edit", panel: spec.id, row, column, value: typed, stroke };
    if (!picture.python_only)
      return channel.work(message, (numbers) => numbers.putCell(spec.id, row, column, value, stroke));
    if (spec.edit in OFF) { // the cell itself turns at once; everything that follows from it comes from Python
      cell.drawn = value;
      this.drawnCells.add(cell);
      board.paint(this.stage.step);
    }
    return channel.ask(message);
  }

  // Python has answered: cells show what the picture says.
  settle() {
    if (!this.drawnCells.size) return;
    for (const cell of this.drawnCells) delete cell.drawn;
    this.drawnCells.clear();
    this.stage.board.paint(this.stage.step);
  }

  // How numbers of one's own come into the panels that a choice sets.
  howTo({ name, id, sets }) {
    const panel = this.stage.board.panels.get(Object.keys(Object.values(sets)[0])[0]);
    if (this.stage.picture.edit_first) return `To make a ${name || id} of your own, draw on "${panel.spec.title}" with the pointer.`;
    return `To make a ${name || id} of your own, set "Click to" to "edit" and click a number of "${panel.spec.title}".`;
  }

  startStroke(event) {
    const cell = event.target.closest(".cell");
    this.drawn = false;
    if (!cell || !this.clickEdits || !(cell.panel.spec.edit in OFF) || cell.isPadding || event.button) return;
    if (this.isAsleep) return;
    event.target.releasePointerCapture?.(event.pointerId); // a finger would keep all events to itself
    this.stroke = { id: freshId(), value: this.opposite(cell), panel: cell.panel, seen: new Set() };
    this.drawn = true;
    this.draw(cell);
  }

  // Whether edits have to wait for Python, which is not there.
  get isAsleep() { return this.stage.channel.dead && this.stage.picture.python_only; }

  goOnStroke(event) {
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

  // Open a cell to type a number into.
  type(cell, first) {
    if (this.isAsleep) return this.stage.channel.tell(this.stage.channel.waiting);
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
      if (this.stage.loading) return; // the cell is gone
      this.stage.board.paint(this.stage.step);
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

  onRasterKey(raster, key, isFar) {
    const far = isFar ? 10 : 1;
    const moves = { ArrowRight: [0, far], ArrowLeft: [0, -far], ArrowDown: [far, 0], ArrowUp: [-far, 0] };
    if (key === "Enter" || key === " ") this.activate(raster.cell(...raster.at));
    else if (key in moves) {
      const cell = raster.nearest(...raster.at.map((place, axis) => place + moves[key][axis]));
      raster.at = [cell.row, cell.column];
      this.stage.explainer.lookAt(cell);
      this.stage.say();
    } else return false;
    return true;
  }

  onCellKey(cell, key) {
    const { panel, row, column } = cell;
    const moves = { ArrowRight: [row, column + 1], ArrowLeft: [row, column - 1], ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column], Home: [row, -panel.left], End: [row, panel.columns + panel.right - 1] };
    if (key in moves) {
      const next = panel.cell(...moves[key]);
      if (!next) return true;
      [cell.tabIndex, next.tabIndex] = [-1, 0];
      next.focus();
      this.stage.say();
    } else if (key === "Enter" || key === " ") this.activate(cell);
    else if (panel.spec.edit && !cell.isPadding && /^[-−+.\d]$/.test(key)) this.type(cell, key);
    else return false;
    return true;
  }
}

// ---------------------------------------------------------------- the channel: talking with Python, who is the judge

class Channel {
  constructor(stage) {
    this.stage = stage;
    this.pending = []; // what was done here and Python has not confirmed yet, oldest first
    [this.asked, this.message] = [0, make("p.message", { role: "status" })];
  }

  // Do something here at once, and tell Python.
  work(message, act) {
    const { stage } = this;
    this.tell("");
    const isDone = act(stage.numbers);
    if (isDone) stage.afterWork();
    const id = freshId();
    if (isDone) this.pending.push({ id, act: message.type === "edit" || message.id !== "undo" ? act : null });
    this.ask({ ...message, ...(isDone ? { work: true } : {}), step: stage.step }, undefined, id);
  }

  ask(message, data, id = freshId()) {
    clearTimeout(this.timer);
    this.setAsked(this.asked + 1);
    this.timer = setTimeout(() => this.setDead(true), 3000);
    try {
      this.stage.model.send({ ...message, message: id }, undefined, data ? [data] : []);
    } catch {
      this.setDead(true);
    }
  }

  // Ask for the sentence of a step that only Python can write, once.
  askFor(step) {
    this.stage.explainer.said.set(step, "");
    if (!this.dead && !this.pending.length) this.ask({ type: "say", step });
  }

  // How many questions Python has not answered yet.
  setAsked(count) {
    this.asked = Math.max(0, count);
    if (!this.asked) this.stage.editor.settle();
    this.stage.root.setAttribute("aria-busy", this.asked > 0);
  }

  onAnswer(answer) {
    const { stage } = this;
    this.setAsked(this.asked - 1);
    clearTimeout(this.timer);
    if (this.asked) this.timer = setTimeout(() => this.setDead(true), 3000);
    this.setDead(false);
    this.confirm(answer.answers);
    const isLast = !this.pending.length;
    // What Python says of an earlier edit is no news once there is a later one.
    if (isLast && "digest" in answer) {
      for (const [id, [value, enabled]] of Object.entries(answer.controls))
        Object.assign(stage.picture.controls.find((control) => control.id === id) ?? {}, { value, enabled });
      [stage.picture.feedback, stage.picture.outcome] = answer.feedback;
      stage.picture.boxes = answer.boxes;
      stage.draw();
      if (answer.digest !== stage.numbers.digest(answer.step)) return this.ask({ type: "show" });
    }
    if (isLast && answer.sentence !== undefined) stage.explainer.said.set(answer.step, answer.sentence);
    if (isLast && stage.explainer.isBehind) stage.draw();
    this.tell(answer.type === "refused" ? answer.text : "");
    stage.controls.show();
  }

  // Python's numbers take into account what was done up to this message.
  confirm(id) {
    const at = this.pending.findIndex((one) => one.id === id);
    this.pending.splice(0, at + 1);
  }

  // Do again what was done since the picture that Python has just sent.
  redo() {
    this.confirm(this.stage.model.get("_answered"));
    if (this.pending.every(({ act }) => act)) for (const { act } of this.pending) act(this.stage.numbers);
  }

  setDead(dead) {
    const { stage: { editor, clicks, picture, controls } } = this;
    this.dead = dead;
    if (dead) this.setAsked(0);
    const isAsleep = editor.isAsleep;
    if (isAsleep ? editor.clickEdits : editor.editsAgain) {
      editor.editsAgain = isAsleep;
      editor.setClickEdits(!isAsleep);
    }
    clicks.querySelectorAll("input").forEach((radio) => (radio.disabled = isAsleep));
    this.tell(dead && (picture.python_only || picture.controls.some((spec) => controls.needsPython(spec))) ? this.waiting : "");
    controls.show();
  }

  // What waits for Python, in one line.
  get waiting() {
    const { picture, controls } = this.stage;
    const labels = picture.controls.filter((spec) => controls.needsPython(spec)).map(({ label }) => label);
    if (picture.python_only && picture.panels.some(({ edit }) => edit)) labels.unshift("editing");
    return `Waiting for Python: ${labels.join(", ")}. To use that, run this notebook's cells; the rest works without.`;
  }

  tell(text) { this.message.textContent = text; }
}

// ---------------------------------------------------------------- the stage

class Stage {
  constructor(model, host) {
    [this.model, this.cleanUps, this.loading] = [model, [], true];
    this.root = make("div.stage", { role: "group", tabindex: "-1" });
    this.host = make("div.cnnlab-stage", {}, this.root);
    this.board = new Board(this);
    this.explainer = new Explainer(this);
    this.player = new Player(this);
    this.controls = new Controls(this);
    this.editor = new Editor(this);
    this.channel = new Channel(this);
    this.spoken = make("div.spoken", { "aria-live": "polite" });
    this.feedback = make("p.feedback", { role: "status" });
    this.root.append(this.board.element, this.explainer.formula, this.explainer.note, this.player.element,
      this.buildOptions(), this.controls.element, this.feedback, this.channel.message, this.spoken);
    host.append(this.host);
    this.listen();
    this.followTheme();
    this.load();
    this.channel.ask({ type: "hello" });
  }

  get picture() { return this.earlier ?? this.model.get("_picture"); }

  get step() { return Math.min(this.model.get("step"), this.picture.steps - 1); }

  set(trait, value) {
    this.model.set(trait, value);
    this.model.save_changes();
  }

  say(text = this.explainer.note.textContent) { this.spoken.textContent = text; }

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
    this.decimals = either("Numbers", ["5/9", "0.56"], (on) => this.set("decimals", on));
    this.clicks = either("Click to", ["pin", "edit"], (on) => this.editor.setClickEdits(on));
    this.quiz = toggle("quiz", "Quiz", "Hide the results: guess one, then click its question mark");
    this.projector = toggle("projector", "Projector", "Enlarge everything");
    this.options = make("div.options", {}, this.clicks, this.decimals, this.quiz, this.projector);
    return this.options;
  }

  listen() {
    const { board: { element: board }, explainer: { formula }, editor } = this;
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
    on(board, "pointerover pointermove", (event) => {
      if (event.type === "pointermove" && !event.target.closest(".raster")) return;
      if (this.hasMoved(event)) this.explainer.lookAt(this.cellOf(event));
    });
    on(board, "pointerleave focusout", () => this.explainer.lookAt(null));
    on(board, "focusin", (event) => this.explainer.lookAt(this.cellOf(event)));
    on(board, "click", (event) => {
      const cell = this.cellOf(event);
      if (cell && !event.target.closest("input")) editor.activate(cell);
    });
    on(board, "pointerdown", (event) => editor.startStroke(event));
    on(board, "pointermove", (event) => {
      this.hasMoved(event);
      editor.goOnStroke(event);
    });
    on(window, "pointerup pointercancel", () => (editor.stroke = null));
    on(formula, "pointerover", (event) => {
      const term = event.target.closest(".term");
      if (term) this.explainer.lookAtTerm(Number(term.dataset.tap));
      else this.explainer.lookAt(null);
    });
    on(formula, "pointerleave", () => this.explainer.lookAtTerm(undefined));
    follow("change:_picture", () => {
      this.earlier = undefined;
      this.load();
    });
    follow("change:step", () => this.explainer.show());
    follow("change:decimals change:quiz change:projector change:speed", () => this.showOptions());
    follow("msg:custom", (message) => this.channel.onAnswer(message));
    this.cleanUps.push(() => this.board.observer.disconnect());
  }

  followTheme() {
    const read = () => {
      const light = document.body.dataset.jpThemeLight ?? !matchMedia("(prefers-color-scheme: dark)").matches;
      this.theme = String(light) === "true" ? "light" : "dark";
      this.host.dataset.theme = this.theme;
      this.board.paint(this.step);
    };
    const observer = new MutationObserver(read);
    observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
    this.cleanUps.push(() => observer.disconnect());
    read();
  }

  destroy() {
    this.player.play(false);
    clearTimeout(this.channel.timer);
    this.numbers.watchers.delete(this);
    for (const cleanUp of this.cleanUps) cleanUp();
    this.host.remove();
  }

  // ------------------------------------------------ showing

  // Take over a new picture.
  load() {
    const { picture, board, explainer, editor } = this;
    this.loading = true; // cells that go lose the focus: nothing may be shown on what is half built
    const focused = board.element.contains(document.activeElement) && document.activeElement.closest(".cell");
    const before = this.numbers;
    before?.watchers.delete(this);
    this.numbers = Numbers.of(picture);
    this.numbers.watchers.add(this);
    if (before && before !== this.numbers && !this.earlier) // Python's undo takes a step back, all else one on
      this.numbers.history = this.isUndoing ? before.history.slice(0, -1)
        : [...before.history, { picture: before.picture }];
    this.isUndoing = false;
    board.take(picture, this.numbers);
    this.channel.redo();
    editor.clickEdits ??= picture.edit_first;
    this.root.setAttribute("aria-label", picture.title);
    this.player.take();
    this.options.hidden = !picture.links.length; // a prompt has none
    explainer.forget();
    this.loading = false;
    this.controls.show();
    this.showOptions();
    if (focused) board.panels.get(focused.panel.spec.id)?.cell(focused.row, focused.column)?.focus();
  }

  // Take the last change back, if it was one of numbers, or if Python is not there to do it. Whether it was.
  undo() {
    if (this.numbers.undo()) return true;
    this.isUndoing = !this.channel.dead;
    const last = this.channel.dead && this.numbers.history.pop();
    if (!last) return false;
    const { history } = this.numbers;
    this.earlier = last.picture;
    this.load();
    this.numbers.history = history;
    return true;
  }

  rewind() {
    while (this.numbers.history.length)
      this.channel.work({ type: "control", id: "undo", value: true }, () => this.undo());
  }

  // Numbers have changed here: show what follows from them, at most once in a frame.
  afterWork() {
    Object.assign(this.picture, { feedback: "", outcome: "" });
    for (const stage of this.numbers.watchers) {
      stage.explainer.isBehind = stage.picture.python_text;
      stage.explainer.said.clear();
      stage.explainer.hovered = stage.explainer.term = null; // now what follows is told, not the cell below the pointer
      stage.refresh();
    }
  }

  refresh() {
    if (this.frame) return;
    if (Date.now() - this.refreshed < 12) {
      this.frame = requestAnimationFrame(() => {
        this.frame = null;
        if (this.host.isConnected) this.draw();
      });
    } else this.draw();
  }

  draw() {
    const isBehind = Boolean(this.explainer.isBehind && !this.explainer.said.get(this.step));
    this.board.fit();
    this.board.element.classList.toggle("behind", isBehind);
    this.board.describe(this.editor.clickEdits, isBehind && this.channel.dead ? {} : this.picture.boxes);
    this.board.paint(this.step);
    this.explainer.show();
    this.controls.show();
    this.feedback.textContent = this.picture.feedback;
    this.feedback.dataset.outcome = this.picture.outcome;
    this.refreshed = Date.now();
  }

  showOptions() {
    const { model, board } = this;
    const has = (what) => board.all.some(({ spec }) => spec[what]);
    this.clicks.hidden = !has("edit");
    this.clicks.show(this.editor.clickEdits);
    this.decimals.hidden = !has("unit");
    this.decimals.show(model.get("decimals"));
    this.quiz.hidden = !has("in_quiz");
    this.quiz.setAttribute("aria-pressed", model.get("quiz"));
    if (model.get("quiz")) this.say(""); // nor may what was said before stay to be read
    this.projector.setAttribute("aria-pressed", model.get("projector"));
    this.host.classList.toggle("projector", model.get("projector"));
    this.player.showSpeed();
    this.draw();
  }

  // ------------------------------------------------ looking, and keys

  cellOf(event) {
    const raster = event.target.closest(".raster")?.panel;
    if (!raster) return event.target.closest(".cell");
    const cell = event.type === "focusin" ? raster.cell(...raster.at) : raster.cellAt(event);
    raster.at = [cell.row, cell.column];
    return cell;
  }

  // Browsers also report a resting pointer when something changes beneath it: that is no look.
  hasMoved({ clientX, clientY }) {
    const [x, y] = this.pointer ?? [];
    this.pointer = [clientX, clientY];
    return x !== clientX || y !== clientY;
  }

  onKey(event) {
    const { key, target } = event;
    const { explainer, editor, player } = this;
    editor.drawn = false; // a drag that no click has followed is over
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Tab" || (key === "Enter" && event.shiftKey)) return;
    if (key === "Escape") {
      if (explainer.pinned) event.stopPropagation(); // the first one lets go, the next one leaves the scene
      explainer.pinned = explainer.hovered = null;
      return explainer.show();
    }
    event.stopPropagation(); // a stray letter would otherwise insert or delete notebook cells
    if (target.matches("select, input:not([type=range]):not([type=checkbox])")) return;
    const [cell, raster] = [target.closest(".cell"), target.closest(".raster")?.panel];
    const isUsed = raster ? editor.onRasterKey(raster, key, event.shiftKey)
      : cell ? editor.onCellKey(cell, key) : player.onKey(target, key);
    if (isUsed) event.preventDefault();
  }
}

export default {
  render({ model, el }) {
    const stage = new Stage(model, el);
    return () => stage.destroy();
  },
};
