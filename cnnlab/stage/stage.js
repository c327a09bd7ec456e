// The stage: grids of numbers and photographs, the links that tie them together, and time.
//
// It reads one picture (see picture.py) from Python, lays it out, and lets the learner step, look, pin and
// edit. A link is a formula: from it follows what is framed and lit, what is written, and the value, so that
// an edit is answered here, with Python or without. With it, Python is told, and is the judge.
// Read from top to bottom: numbers, colors, elements; Link, Numbers and their words; the panels Grid, Raster
// and Chart; then who owns which state: Board, Explainer, Player, Controls, Editor, Channel; and the Stage.

// ---------------------------------------------------------------- numbers (as in cnnlab/look.py and typed.py)

const NOISE = 1e-9; // what lies so close to a tie is taken for one
const ANY = { low: -1e6, high: 1e6, only: [] }; // what may be typed where nothing else is said

const isWhole = (value) => Math.abs(value - Math.round(value)) < Math.max(NOISE, 1e-12 * Math.abs(value));
const isRounded = (text, value) => !text.includes("/") && !isWhole(value * 100);
const inBrackets = (text) => (text.startsWith("−") || text.includes("/") ? `(${text})` : text);
const withCommas = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",").replace("-", "−");

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

// Write a number as its panel shows it.
function write({ written, unit }, value, decimals) {
  if (written === "percent") return String(Math.min(99, Math.trunc(100 * value + NOISE)));
  if (written !== "share") return writeNumber(value, unit, decimals);
  return value < 0.001 ? "under 0.001" : value > 0.999 ? "over 0.999" : (value + NOISE).toFixed(3);
}

// Read what a learner typed: [number], or [undefined, what is wrong with it].
function readNumber(name, typed, { low, high, only }) {
  const refuse = (what) => [undefined, `${name} must be ${what}, got '${typed}'`];
  const percent = typed.trim().endsWith("%");
  let text = typed.trim().replace(/\s*%$/, "").replaceAll("−", "-");
  if (/^-?[1-9]\d{0,2}([ ,'’\u00a0\u2007-\u200a\u202f]\d{3})+$/.test(text)) text = text.replace(/[^-\d]/g, "");
  const parts = text.replaceAll(",", ".").split("/").map((part) => part.trim());
  if (parts.some((part) => /^[+-]?(nan|inf|infinity)$/i.test(part))) return refuse("a finite number");
  const [over, by = 1] = parts.map(Number);
  const value = over / by / (percent ? 100 : 1);
  const isNumber = (part) => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(part);
  if (parts.length > 2 || !parts.every(isNumber) || by === 0) return refuse("a number such as −1, 0.5 or 1/3");
  if (!Number.isFinite(value)) return refuse("a finite number");
  if (only.length && !only.includes(value)) return refuse(only.map((one) => writeNumber(one)).join(" or "));
  if (value >= low && value <= high) return [value];
  if (high === ANY.high) return refuse(`a number of at most ${withCommas(high)}`);
  return refuse(`a number from ${writeNumber(low)} to ${writeNumber(high)}`);
}

const sum = (terms) => terms.reduce((total, term) => total + term, 0);

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

// Where the largest number is; of those that differ by noise alone, the first.
function largestAt(numbers) {
  const largest = extremes(numbers)[1];
  return numbers.findIndex((value) => value >= largest - NOISE);
}

// The size that all but the strongest 1 % stay below, on a grid of 1,024 steps.
function nearlyLargest(numbers) {
  const largest = Math.max(largestOf(numbers), 1e-12);
  const counts = new Uint32Array(1024);
  for (let at = 0; at < numbers.length; at += 1) counts[Math.trunc((Math.abs(numbers[at]) / largest) * 1023)] += 1;
  let [below, step] = [counts[0], 0];
  while (below < 0.99 * numbers.length) below += counts[(step += 1)];
  return (largest * (step + 1)) / 1024;
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
  const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const [r, g, b] = color.map((channel) => linear(channel / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
}

// ---------------------------------------------------------------- elements

// Make an element: make("button.icon", { type: "button", onclick: act }, "text or more elements").
function make(selector, attributes, ...children) {
  const [tag, ...classes] = selector.split(".");
  const element = dress(document.createElement(tag), attributes, children);
  element.classList.add(...classes);
  return element;
}

const svg = (tag, attributes, ...children) =>
  dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

function dress(element, attributes = {}, children) {
  for (const [name, value] of Object.entries(attributes))
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
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
  loop: "M4.6 4.1A5 5 0 0 1 12.8 7h1.7l-2.6 3.2L9.3 7h1.9a3.4 3.4 0 0 0-5.5-1.8zM11.4 11.9A5 5 0 0 1 3.2 9H1.5l2.6-3.2L6.7 9H4.8a3.4 3.4 0 0 0 5.5 1.8z",
};
const icon = (name) => svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: ICONS[name] }));

// Every widget loads this file anew, so a counter would give two stages the same ids.
const freshId = () => `cnnlab-${Math.random().toString(36).slice(2)}`;

const setStyles = (element, styles) => {
  for (const [name, value] of Object.entries(styles)) element.style.setProperty(`--${name}`, value);
};

// ---------------------------------------------------------------- what a cell is made of (as in links.py)

// Cells are [panel id, row, column] here; what lies beyond a panel is 0.
class Link {
  constructor(spec, numbers) {
    const [tall, width] = numbers.shape(spec.target);
    Object.assign(this, spec, { numbers, width, isMade: !["beside", "field"].includes(spec.reduce) });
    if (spec.rows) this.rows = Array.from({ length: tall }, (_, row) => spec.rows[row % spec.rows.length]); // sent once
  }

  // The cells that make up one cell of the target, in the order of the formula; as of a step, if one is given.
  taps(row, column, step = Infinity) {
    if (this.form === "cells") return this.counted(this.cells, row, column, step);
    const across = (id, r) => this.columns[column].map((c) => [id, r, c]);
    const taps = this.sources.flatMap((id) => this.rows[row].flatMap((r) => across(id, r)));
    return this.moved.length ? taps.map((tap) => this.movedBy(tap, step)) : taps;
  }

  // The cells of the weights that these are multiplied by, in the same order, or none.
  factors(row, column, step = Infinity) {
    if (this.form === "cells") return this.weights.length ? this.counted(this.weights, row, column, step) : [];
    const first = this.kernel_rows[row] ?? 0;
    const across = (id, m) => this.columns[column].map((_, n) => [id, first + m, n]);
    return this.kernels.flatMap((id) => this.rows[row].flatMap((_, m) => across(id, m)));
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

  movedBy([id, ...place], step) {
    const [size, at] = [this.numbers.shape(id), Number.isFinite(step) ? step : 0];
    const by = this.moved.map((panel) => this.numbers.at(panel, at)[0]);
    return [id, ...place.map((one, axis) => (((one - by[axis]) % size[axis]) + size[axis]) % size[axis])];
  }
}

// The value: what a link makes of the terms of a cell.
const REDUCE = {
  sum,
  mean: (terms) => sum(terms) / terms.length,
  max: (terms) => extremes(terms)[1],
  relu: ([value]) => Math.max(0, value),
  "bent sum": (terms) => Math.max(0, sum(terms)),
  sigmoid: ([value]) => 1 / (1 + Math.exp(-value)),
  tanh: ([value]) => Math.tanh(value),
  softmax: ([own, ...others]) => {
    const exp = (value) => Math.exp(value - REDUCE.max(others));
    return exp(own) / sum(others.map(exp));
  },
  magnitude: (terms) => Math.hypot(...terms),
  angle: ([y, x], { least }) => (Math.hypot(y, x) > least ? (Math.atan2(y, x) * 180) / Math.PI : NaN),
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

// ---------------------------------------------------------------- the numbers of a picture, and what follows from them

const ENGINE = Symbol("numbers"); // views of one widget share one picture, and so its numbers

class Numbers {
  static of(picture) { return (picture[ENGINE] ??= new Numbers(picture)); }

  constructor(picture) {
    this.picture = picture;
    this.version = 0; // of the numbers: it grows with every change
    this.history = []; // what was there before each change: numbers by panel id, or another picture
    this.watchers = new Set(); // the stages that show them
    const specs = picture.panels.filter(({ kind }) => kind !== "chart");
    this.panels = new Map(specs.map((spec) => [spec.id, readPanel(spec)]));
    this.links = new Map(picture.links.map((spec) => [spec.target, new Link(spec, this)]));
    this.feeds = new Map();
    for (const link of this.links.values())
      for (const id of link.isMade ? link.parts : []) listUnder(this.feeds, id, link.target);
    this.looks = new Map();
  }

  shape(id) { return this.panels.get(id).shape; }

  // The numbers of a panel at a step, row by row. What follows from an edit is worked out when it is asked for.
  at(id, step = 0) {
    const { values, isFilm, worked, shape: [rows, columns] } = this.panels.get(id);
    if (values) return isFilm ? values.subarray(step * rows * columns, (step + 1) * rows * columns) : values;
    const key = this.passes(id) ? step : 0;
    if (!worked.has(key)) worked.set(key, this.work(id, step));
    return worked.get(key);
  }

  number([id, row, column], step) {
    const [rows, columns] = this.shape(id);
    return row < 0 || column < 0 || row >= rows || column >= columns ? 0 : this.at(id, step)[row * columns + column];
  }

  // Whether the numbers of a panel change while steps pass.
  passes(id) {
    const [panel, link] = [this.panels.get(id), this.links.get(id)];
    const byLink = () => link.when.length || link.so_far || link.parts.some((part) => this.passes(part));
    return (panel.passes ??= Boolean(panel.isFilm || (link && byLink())));
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
    const [link, { kind, shape: [rows, columns] }] = [this.links.get(id), this.panels.get(id)];
    const out = new (kind === "raster" ? Float32Array : Float64Array)(rows * columns);
    if (link.form === "axes" && !link.moved.length && ["sum", "mean", "bent sum", "max"].includes(link.reduce))
      return this.slide(link, out, step);
    out.forEach((_, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns];
      const isOwn = ([, r, c]) => r === row && c === column; // the term at the cell's own place, if that matters
      const own = link.reduce === "first largest" ? link.taps(row, column).findIndex(isOwn) : 0;
      out[at] = REDUCE[link.reduce](this.terms(link, row, column, step), link, own);
    });
    return out;
  }

  // The same without a list for each cell, tap by tap for a whole row: photographs have a quarter of a million.
  slide({ target, sources, rows, columns, kernels, kernel_rows: firsts, bias, bias_rows: biases, reduce }, out, step) {
    const [wide, isMax] = [this.shape(target)[1], reduce === "max"];
    const counts = columns.map((seen) => seen.length);
    const tap = (n) => Int32Array.from(columns, (seen) => seen[n] ?? -1);
    const taps = Array.from({ length: Math.max(...counts) }, (_, n) => tap(n));
    const parts = sources.map((id, k) => ({ from: this.at(id, step), shape: this.shape(id),
      by: kernels[k] && this.at(kernels[k], step), across: kernels[k] && this.shape(kernels[k])[1] }));
    const total = new Float64Array(wide); // of one row, in full precision
    const add = ({ from, shape: [tall, width], by, across }, row, r, m, n) => {
      const weight = by ? by[((firsts[row] ?? 0) + m) * across + n] : 1;
      const isBeyond = r < 0 || r >= tall;
      if (isBeyond && !isMax) return;
      for (let at = 0; at < wide; at += 1) {
        const place = taps[n][at];
        if (isBeyond || place < 0 || place >= width) { // beyond the edge stands 0; at a ragged one, nothing
          if (isMax && n < counts[at] && total[at] < 0) total[at] = 0;
        } else if (!isMax) total[at] += from[r * width + place] * weight;
        else if (from[r * width + place] > total[at]) total[at] = from[r * width + place];
      }
    };
    rows.forEach((seen, row) => {
      total.fill(isMax ? -Infinity : 0);
      for (const part of parts) seen.forEach((r, m) => taps.forEach((_, n) => add(part, row, r, m, n)));
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
    const valuesOf = (id) => this.panels.get(id).values;
    const ids = Object.keys(grids).filter((id) => grids[id].some((value, at) => value !== valuesOf(id)[at]));
    if (!ids.length) return false;
    const before = Object.fromEntries(ids.map((id) => [id, valuesOf(id).slice()]));
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
      const { values, spec, shape: [, width] } = this.panels.get(id);
      values.set(grid);
      grid.forEach((value, at) => (spec.values[Math.floor(at / width)][at % width] = value)); // saved with the notebook
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
      const found = spec.cases.find(([condition]) => this.holds(condition, 0));
      const { palette, scale, caption } = { ...spec, ...found?.[1] };
      const look = { palette, scale: scale?.of ? this.scale(scale) : scale, caption: this.fill(caption, 0) };
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
    const [, kind, id] = condition.match(/^(\w+) (.*)$/);
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
      const [row, column] = placeOf(spec, numbers, wide, which);
      if (how === "?") return spec.names[row];
      const value = numbers[row * wide + column];
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

const listUnder = (map, key, value) => (map.has(key) ? map.get(key).push(value) : map.set(key, [value]));

// The numbers that Python sent with a panel; none of what a link makes and nobody has sent.
function readPanel(spec) {
  const { kind, shape, values, dtype, steps } = spec;
  const panel = { spec, kind, shape: shape.slice(0, 2), worked: new Map(), isFilm: false, values: null };
  if (values && kind === "grid") {
    panel.isFilm = Array.isArray(values[0][0]);
    panel.values = Float64Array.from(values.flat(2), (value) => value ?? NaN);
  } else if (values) {
    panel.isFilm = steps > 0;
    const bytes = values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength);
    panel.values = new { float32: Float32Array, float64: Float64Array, uint8: Uint8Array }[dtype](bytes);
  }
  return panel;
}

const isUnknown = (spec, at, step) => spec.known?.length > 0 && spec.known.flat()[at] > step;

// The cell that a blank of a template means, [row, column]: "3,4", the name of a row, "largest" or "second".
function placeOf({ names }, numbers, wide, which = "0,0") {
  if (/^\d+,\d+$/.test(which)) return which.split(",").map(Number);
  if (!["largest", "second"].includes(which)) return [names.indexOf(which), 0];
  const column = [...numbers].filter((_, at) => at % wide === 0);
  const first = largestAt(column);
  return [which === "second" ? largestAt(column.map((value, row) => (row === first ? -Infinity : value))) : first, 0];
}

// ---------------------------------------------------------------- panels: what all kinds of them share

class Panel {
  constructor(spec, numbers) {
    [this.rows, this.columns] = spec.kind === "chart" ? [1, 1] : spec.shape;
    this.title = make("div.title", { id: freshId() }, spec.title);
    this.caption = make("div.caption");
    const heading = make(spec.bare ? "figcaption.spoken" : "figcaption", {}, this.title, this.caption);
    this.cells = new Map(); // elements, by "row,column"; pixels are none
    this.element = make("figure.panel", {}, heading, this.build(spec));
    this.take(spec, numbers);
  }

  take(spec, numbers) { Object.assign(this, { spec, numbers, widest: {}, painted: "" }); }

  // Whether this panel can show `spec` without being built anew.
  fits(spec) {
    const same = (key) => JSON.stringify(spec[key]) === JSON.stringify(this.spec[key]);
    return ["kind", "shape", "padding", "id", "bare", "names", "heads"].every(same);
  }

  // Whether what it shows depends on the place looked at.
  get isFilm() { return false; }

  // The least pitch of its cells, in pixels, with digits of a size or without; of drawings, the least em.
  least() { return 12; }

  // Take on a pitch, with digits of at least a size (if it has any), or, of size 0, with colors alone.
  resize(pitch, digit) {
    if (pitch !== this.pitch) setStyles(this.element, { pitch: `${pitch}px` });
    Object.assign(this, { pitch, digit });
  }

  cell() { return undefined; }
  frameCells() {} // put the frame around [top, left, bottom, right], or take it away
}

class Grid extends Panel {
  build({ names, heads, shape: [rows, columns], padding: [[top, bottom], [left, right]] }) {
    Object.assign(this, { top, bottom, left, right });
    this.outline = make("div.outline", { hidden: "" });
    this.grid = make("div.grid", { role: "grid", "aria-labelledby": this.title.id });
    for (let row = 0 - top; row < rows + bottom; row += 1) {
      const line = make("div.row", { role: "row", ...(names[row] ? { "aria-label": names[row] } : {}) });
      for (let column = 0 - left; column < columns + right; column += 1) {
        const cell = make("div.cell", { role: "gridcell", tabindex: row || column ? -1 : 0 });
        const isPadding = row < 0 || column < 0 || row >= rows || column >= columns;
        Object.assign(cell, { panel: this, row, column, isPadding });
        cell.classList.toggle("padding", isPadding);
        this.cells.set(`${row},${column}`, cell);
        line.append(cell);
      }
      this.grid.append(line);
    }
    this.grid.append(this.outline);
    setStyles(this.grid, { columns: columns + left + right, lines: rows + top + bottom });
    const list = (kind, all) =>
      all.length ? [make(`div.${kind}`, { "aria-hidden": "true" }, ...all.map((name) => make("span", {}, name)))] : [];
    const named = make("div.named", {}, ...list("heads", heads), ...list("names", names), this.grid);
    setStyles(named, { heads: columns });
    return named;
  }

  cell(row, column) { return this.cells.get(`${row},${column}`); }
  get all() { return [...this.cells.values()].filter((cell) => !cell.isPadding); }

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

  get isFilm() {
    const { spec, numbers } = this;
    return spec.revealed || spec.follows || spec.known.length || numbers.passes(spec.id);
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
      if (cell.key === key || cell.isTyped) continue; // what is being typed stays; the cell is painted after it
      cell.key = key;
      cell.textContent = text;
      if (!spec.numbers) this.nameCell(cell, palette, value, blank || hidden);
      cell.classList.toggle("blank", blank);
      cell.classList.toggle("hidden", hidden);
      cell.classList.toggle("minus", Boolean(minus && !hidden && spec.numbers));
      const color = blank || hidden || cell.isPadding ? null : shade(value, scale, palettes[palette][theme]);
      cell.style.background = color ? `rgb(${color})` : "";
      cell.style.color = color ? textOn(color) : "";
    }
  }

  // What a screen reader says of a cell without digits.
  nameCell(cell, palette, value, isOff) {
    const share = palette === "ink" ? (value + 1) / 2 : value;
    const ink = share >= 0.75 ? "ink" : share <= 0.25 ? "paper" : "gray";
    const name = ["ink", "pencil"].includes(palette) ? ink : isOff ? "" : write(this.spec, value);
    if (isOff) cell.removeAttribute("aria-label");
    else cell.setAttribute("aria-label", name);
  }

  // How wide a cell must be for the longest number it has ever held, in em.
  fitting(decimals) {
    const { spec } = this;
    const letter = (c) => ("/.".includes(c) ? 0.36 : c === "e" ? 1.2 : 0.58);
    const width = (text) => [...text].reduce((total, c) => total + letter(c), 0.45);
    const held = [...new Set(this.held())].filter((value) => !Number.isNaN(value));
    const widths = held.map((value) => width(write(spec, value, decimals)));
    this.widest[decimals] = Math.max(this.widest[decimals] ?? 0, ...widths, spec.edit === "number" ? 2.2 : 1.7);
    return this.widest[decimals];
  }

  // Cells in a single column may be wider than high.
  get isColumn() { return this.columns + this.left + this.right === 1; }

  least(digit, decimals) {
    const { numbers, names } = this.spec;
    if (digit && numbers) return Math.ceil(digit * (this.isColumn ? 1.5 : this.fitting(decimals))) + 2;
    return names.length ? 20 : 9;
  }

  // Numbers that have become longer get smaller digits; their cells change only if the board is laid out anew.
  resize(pitch, digit, decimals, isAnew) {
    super.resize(pitch, digit);
    const { numbers } = this.spec;
    const most = 0.56 * pitch;
    const wide = () => Math.ceil(most * this.fitting(decimals));
    if (isAnew) this.across = this.isColumn && numbers ? Math.max(pitch, wide()) : pitch;
    const fitting = () => Math.floor(Math.min(most, (this.across - 2) / this.fitting(decimals)) * 4) / 4;
    const size = numbers ? fitting() : 0.7 * pitch;
    this.grid.classList.toggle("colors", numbers && !(digit && size >= 0.85 * digit));
    if (size !== this.digits || isAnew) setStyles(this.element, { digits: `${size}px`, across: `${this.across}px` });
    this.digits = size;
  }

  // All numbers it may show, of whatever step and place.
  held() {
    const { spec, numbers } = this;
    if (!spec.follows) return numbers.all(spec.id);
    const link = numbers.links.get(spec.follows);
    if (!link) return [255];
    const all = (ids) => [...new Set(ids.flatMap((id) => [...numbers.all(id)]))];
    const weights = all(link.kernels).slice(0, 50);
    return all(link.sources).slice(0, 300).flatMap((term) => weights.map((weight) => term * weight));
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

  frameCells(box) {
    this.outline.hidden = !box;
    if (box) this.placeAround(this.outline, box);
  }

  placeAround(element, [top, left, bottom, right]) {
    const [height, width] = [bottom - top + 1, right - left + 1];
    setStyles(element, { row: top + this.top, column: left + this.left, height, width });
  }
}

// ---------------------------------------------------------------- one photograph

class Raster extends Panel {
  least() { return 8; }

  build({ title, width, shape: [rows, columns] }) {
    this.canvas = make("canvas", { width: columns, height: rows, "aria-hidden": "true" });
    this.outline = make("div.mark", { hidden: "" });
    const label = `${title}: the arrow keys move the place looked at`;
    this.at = [rows >> 1, columns >> 1];
    const role = { role: "application", tabindex: 0, "aria-label": label };
    const screen = make("div.raster", role, this.canvas, this.outline);
    setStyles(screen, { ems: width });
    return Object.assign(screen, { panel: this });
  }

  // Pixels stand for cells wherever nothing is to be marked in them.
  cell(row, column) {
    if (row < 0 || column < 0 || row >= this.rows || column >= this.columns) return undefined;
    return { panel: this, row, column, isPixel: true };
  }

  cellAt({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const [x, y] = [(clientX - left) / width, (clientY - top) / height];
    return this.nearest(Math.floor(y * this.rows), Math.floor(x * this.columns));
  }

  nearest(row, column) {
    return this.cell(Math.max(0, Math.min(this.rows - 1, row)), Math.max(0, Math.min(this.columns - 1, column)));
  }

  get values() { return this.numbers.at(this.spec.id); }
  value(row, column) { return this.cell(row, column) ? this.values[row * this.columns + column] : null; }

  write(row, column) {
    const at = row * this.columns + column;
    if (this.spec.palette === "rgb") return `(${this.colors.slice(3 * at, 3 * at + 3).join(", ")})`;
    return Number.isNaN(this.values[at]) ? "none" : writeNumber(this.values[at]);
  }

  get colors() { return this.numbers.panels.get(this.spec.id).values; } // red, green, blue of each pixel

  paint(step, { theme, palettes }) {
    const { palette, scale } = this.numbers.look(this.spec);
    const key = `${theme} ${palette} ${scale} ${this.numbers.version}`;
    if (this.painted === key) return;
    this.painted = key;
    const image = new ImageData(this.columns, this.rows);
    const pixels = new Uint32Array(image.data.buffer);
    const { colors } = this;
    if (palette === "rgb") image.data.forEach((_, to, data) => (data[to] = to % 4 < 3 ? colors[to - (to >> 2)] : 255));
    else {
      // 511 shades from −scale to scale, as single numbers: a quarter of a million pixels must be quick.
      const shades = new Uint32Array(511);
      const bytes = new Uint8Array(shades.buffer);
      for (let i = 0; i < 511; i += 1) bytes.set([...shade(i - 255, 255, palettes[palette][theme]), 255], 4 * i);
      const [values, factor] = [this.values, 255 / scale];
      for (let i = 0; i < pixels.length; i += 1) // what is no number has no shade, and lets the stage through
        pixels[i] = shades[Math.max(0, Math.min(510, Math.round(values[i] * factor) + 255))];
    }
    this.canvas.getContext("2d").putImageData(image, 0, 0);
  }

  frameCells(box) {
    this.outline.hidden = !box;
    const [top, left, bottom, right] = box ?? [];
    const percent = (part, whole) => `${(100 * part) / whole}%`;
    if (box) setStyles(this.outline, { top: percent(top, this.rows), left: percent(left, this.columns),
      height: percent(bottom - top + 1, this.rows), width: percent(right - left + 1, this.columns) });
  }
}

// ---------------------------------------------------------------- one drawing with axes, and points that move over it

const DASHES = ["none", "9 6", "1 5", "10 5 1 5"]; // as in the stills: told apart without colors, too

class Chart extends Panel {
  build() {
    this.image = make("img", { alt: "" });
    this.overlay = svg("svg", { viewBox: "0 0 1000 1000", preserveAspectRatio: "none", "aria-hidden": "true" });
    this.drawing = make("div.chart", { role: "img" }, this.image, this.overlay);
    return this.drawing;
  }

  fits({ kind, id, tracks }) { return kind === "chart" && id === this.spec.id && tracks.length === this.spec.tracks.length; }

  take(spec) {
    super.take(spec);
    this.drawing.setAttribute("aria-label", spec.says);
    setStyles(this.drawing, { aspect: spec.aspect, ems: spec.width });
    // The overlay covers the axes alone, so that what leaves them is cut off.
    const [left, bottom, width, height] = spec.axes.map((part) => `${100 * part}%`);
    Object.assign(this.overlay.style, { left, bottom, width, height });
    this.tracks = spec.tracks.map(() => [svg("polyline", { fill: "none" }), svg("line")]);
    this.overlay.replaceChildren(...this.tracks.flat());
  }

  get isFilm() { return true; }

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
      const [x, y] = places.at(-1) || [0, 0];
      const trodden = trail ? places.filter(Boolean).map((place) => place.join()).join(" ") : "";
      dress(way, { stroke: lines[theme][line], "stroke-dasharray": DASHES[line], points: trodden }, []);
      // A line of no length with round ends is a dot, whatever the shape of the chart.
      const visibility = places.at(-1) ? "visible" : "hidden";
      dress(dot, { stroke: lines[theme][line], visibility, x1: x, x2: x, y1: y, y2: y }, []);
    });
  }
}

const KINDS = { grid: Grid, raster: Raster, chart: Chart };

// ---------------------------------------------------------------- the board: panels in columns, painted and framed

class Board {
  constructor(stage) {
    [this.stage, this.panels, this.element] = [stage, new Map(), make("div.board")];
  }

  get all() { return [...this.panels.values()]; }

  // The element (or pixel) of a cell, [panel id, row, column]; of padding that is not drawn, none.
  cell([id, row, column]) { return this.panels.get(id)?.cell(row, column); }
  cellsOf(taps) { return taps.map((tap) => this.cell(tap)).filter(Boolean); }

  // Take over the panels of a picture: build what has another shape, keep the rest.
  take({ panels, links, fields, walk }, numbers) {
    const specs = panels.filter(({ kind }) => kind !== "hidden");
    const old = this.all;
    if (old.length === specs.length && old.every((panel, i) => panel.fits(specs[i])))
      old.forEach((panel, i) => panel.take(specs[i], numbers));
    else this.build(specs, numbers);
    this.element.classList.toggle("layers", !walk);
    this.element.hidden = !specs.length;
    const seen = new Map(fields.map((spec) => [spec.target, new Link(spec, numbers)]));
    // What makes the cells of a panel; through layers that are not shown, what they can see.
    this.linkTo = new Map(links.filter(({ target }) => this.panels.has(target))
      .map(({ target }) => [this.panels.get(target), seen.get(target) ?? numbers.links.get(target)]));
    Object.assign(this, { numbers, feeds: null, main: walk ? this.linkTo.get(this.panels.get(walk)) : null });
  }

  build(specs, numbers) {
    this.count = (this.count ?? 0) + 1; // of the boards that were built here
    this.panels = new Map(specs.map((spec) => [spec.id, new KINDS[spec.kind](spec, numbers)]));
    this.panelOf = new Map(this.all.map((panel) => [panel.element, panel]));
    const columns = new Map();
    for (const { element, spec } of this.all) {
      const sign = spec.before ? [make("div.sign", { "aria-hidden": "true" }, spec.before)] : [];
      if (!columns.has(spec.column)) columns.set(spec.column, make("div.part", {}, ...sign, make("div.column")));
      columns.get(spec.column).lastChild.append(element);
    }
    this.element.replaceChildren(...columns.values());
    this.columns = [...columns.values()].map((part) => [...part.querySelectorAll(".panel")]
      .map((element) => this.panelOf.get(element)));
  }

  // In columns of as many panels each, those beside each other in a line get one height, if lines are told apart.
  align(hasLines) {
    const rows = new Map();
    let [line, right] = [0, -Infinity];
    for (const column of this.columns) {
      const part = column[0].element.closest(".part");
      if (hasLines && part.offsetLeft <= right) line += 1;
      right = hasLines ? part.offsetLeft : right;
      for (const [k, panel] of column.entries())
        if (column.length > 1) listUnder(rows, `${line}: ${k} of ${column.length}`, panel);
    }
    const height = ({ rows: tall, top = 0, bottom = 0 }) => tall + top + bottom;
    for (const panels of rows.values())
      for (const { grid, element } of panels)
        if (grid) setStyles(element, { slot: panels.length > 1 ? Math.max(...panels.map(height)) : 0, heading: "0" });
    if (!hasLines) return;
    for (const panels of rows.values()) {
      const heading = Math.max(...panels.map(({ element }) => element.firstChild.offsetHeight));
      for (const { element } of panels) setStyles(element, { heading: `${heading}px` });
    }
  }

  taps({ panel, row, column }) {
    return this.cellsOf(this.linkTo.get(panel)?.taps(row, column, this.stage.step) ?? []);
  }

  // The cells that each cell takes part in; of photographs, none: there are too many.
  fedBy(cell) {
    if (!this.feeds) {
      this.feeds = new Map();
      for (const [target, link] of this.linkTo)
        for (const to of target.all ?? [])
          for (const at of [...link.taps(to.row, to.column), ...link.factors(to.row, to.column)])
            listUnder(this.feeds, keyOf(this.cell(at)), to);
    }
    return this.feeds.get(keyOf(cell)) ?? [];
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
      const { spec, caption } = panel;
      panel.drawBoxes?.(boxes[spec.id] ?? []);
      panel.grid?.classList.toggle("editing", clickEdits && Boolean(spec.edit));
      const quiet = spec.kind === "chart" ? spec.caption : this.numbers.look(spec).caption;
      caption.textContent = (clickEdits && hints[spec.edit]) || quiet;
      caption.classList.toggle("short", caption.textContent.length < 10);
    }
  }

  // Frame what the formula is about: its result, and all that the result can see, through every layer, as long
  // as what it gathers lies together.
  frame({ told, isAside }, frames) {
    for (const panel of this.all) panel.frameCells(frames[panel.spec.id]?.[this.stage.step] ?? null);
    if (!told || isAside || Object.keys(frames).length) return;
    const { panel, row, column } = told;
    panel.frameCells([row, column, row, column]);
    const together = (cell) => {
      const taps = this.taps(cell);
      return this.linkTo.get(cell.panel)?.form === "cells" && taps.length > 1 ? [] : taps;
    };
    const found = new Map();
    for (const cell of reach(told, together)) listUnder(found, cell.panel, cell);
    for (const raster of told.isPixel ? this.all : []) // the same place in all pictures of one size
      if (raster.spec.kind === "raster" && raster.rows === panel.rows && raster.columns === panel.columns)
        raster.frameCells([row, column, row, column]);
    this.hold(this.main ? found.get(this.panels.get(this.main.sources[0])) ?? [] : []);
    for (const [seen, cells] of found) {
      const box = boxAround(cells);
      const full = isFull(box, cells);
      if (full || this.main) seen.frameCells(box);
      // With dilation the frame also covers pixels that the kernel skips: mark those it sees.
      const marked = new Set(full || !this.main ? [] : cells);
      for (const cell of seen.cells.values()) cell.classList.toggle("seen", marked.has(cell));
    }
  }

  // What a walk frames can be taken by the hand, and by a finger.
  hold(cells) {
    for (const cell of this.held ?? []) cell.classList.remove("held");
    for (const cell of cells) cell.classList.add("held");
    this.held = cells;
  }

  // Loupes show the terms of the cell that is told, or the numbers of a photograph around it.
  follow({ told }) {
    const { step } = this.stage;
    for (const panel of this.all) {
      const followed = this.panels.get(panel.spec.follows);
      if (!followed) continue;
      const middle = told ?? followed.cell(...followed.at);
      const link = this.linkTo.get(middle.panel);
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

const nameOf = ({ panel: { spec: { title, names, heads = [] } }, row, column }) =>
  heads.length ? `${title}, ${names[row] ?? row + 1}, ${heads[column]}`
    : names.length ? `${title}, ${names[row]}` : `${title}, row ${row + 1}, column ${column + 1}`;
const signOf = (value) => (value > 0 ? "positive" : value < 0 ? "negative" : "zero");
const keyOf = (cell) => (cell?.isPixel ? `${cell.row} ${cell.column} ${cell.panel.spec.id}` : cell); // pixels come and go
const isSame = (one, other) => one?.panel === other?.panel && one?.row === other?.row && one?.column === other?.column;

function boxAround(cells) {
  const [rows, columns] = ["row", "column"].map((axis) => cells.map((cell) => cell[axis]));
  return [Math.min(...rows), Math.min(...columns), Math.max(...rows), Math.max(...columns)];
}

const isFull = ([top, left, bottom, right], cells) => (bottom - top + 1) * (right - left + 1) === new Set(cells).size;

// ---------------------------------------------------------------- the explainer: what is told of the cell looked at

class Explainer {
  constructor(stage) {
    Object.assign(this, { stage, board: stage.board, formula: make("div.formula"), note: make("p.note"), lit: [] });
    this.shownInQuiz = new Set();
    this.said = new Map(); // sentences that Python has written since an edit, by step
  }

  forget() {
    this.pinned = this.hovered = this.term = null;
    this.shownInQuiz.clear();
    this.said.clear();
    this.isBehind = false; // whether the sentences that came with the picture are of other numbers
  }

  hides({ spec }, row, column) {
    return this.stage.model.get("quiz") && spec.in_quiz && !this.shownInQuiz.has(`${spec.id},${row},${column}`);
  }

  // ------------------------------------------------ where the learner looks

  lookAt(cell) {
    if (this.stage.loading || this.stage.editor.stroke || this.stage.hand.isMoving) return;
    if (cell === this.hovered || (cell && isSame(cell, this.hovered))) return;
    [this.hovered, this.term] = [cell, null];
    if (!this.pinned) this.show();
  }

  lookAtTerm(tap) {
    const { main } = this.board;
    if (tap === undefined) this.hovered = null;
    if (main && tap !== undefined) {
      const told = this.toldAt(this.stage.step);
      return this.lookAt(this.products()?.all[tap] ?? this.board.cell(main.taps(told.row, told.column)[tap]));
    }
    this.term = tap;
    if (!this.pinned || !main) this.show();
  }

  pin(cell) {
    this.pinned = isSame(cell, this.pinned) ? null : cell;
    this.hovered = cell;
    this.show();
  }

  letGo() {
    this.pinned = this.hovered = null;
    this.show();
  }

  // The panel that shows the products of a walk, if there is one.
  products() {
    const { all, main } = this.board;
    return main?.kernels?.length ? all.find(({ spec }) => spec.follows === main.target) : undefined;
  }

  // The cell that is told at a step as long as nobody looks at another one.
  toldAt(step) {
    const { picture: { walk, focus: [id, ...at], steps }, board, numbers } = this.stage;
    const panel = board.panels.get(walk || id);
    const cell = (place) => panel.cell(Math.floor(place / panel.columns), place % panel.columns);
    if (board.main) return cell(step);
    if (!id || at.length > 1) return id && panel.cell(...at);
    const all = numbers.at(id, steps - 1);
    return cell(largestAt(at[0] === "strongest" ? all.map(Math.abs) : all));
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
    const at = this.pinned ?? this.hovered;
    const look = this.describe(at);
    board.follow(look);
    board.paint(look.place, true);
    board.frame(look, stage.picture.frames);
    this.showFormula(look);
    for (const cell of this.lit) {
      cell.classList.remove("lit", "looked", "pinned");
      delete cell.dataset.number;
    }
    this.lit = look.cells.filter((cell) => cell && !cell.isPixel);
    for (const cell of this.lit) cell.classList.add("lit");
    if (at && !at.isPixel) {
      at.classList.add(this.pinned ? "pinned" : "looked");
      if (at.textContent) at.dataset.number = at.textContent;
      this.lit.push(at);
    }
    this.note.textContent = look.note;
    stage.pin.disabled = !this.pinned;
    this.checked ??= requestAnimationFrame(() => setTimeout(() => this.checkLength()));
  }

  // What is longer than its room scrolls, and so must be in reach of the keyboard. Asked once it is painted, it
  // costs no layout of its own.
  checkLength() {
    this.checked = null;
    for (const element of [this.formula, this.note])
      if (element.scrollHeight > element.clientHeight + 1) element.tabIndex = 0;
      else element.removeAttribute("tabindex");
  }

  // ------------------------------------------------ the formula (as in words.py)

  // Give words and formula the height of the longest there will be, as far as that can be told, and no more than
  // some lines (then they scroll): so nothing below them moves while one steps, points or edits.
  reserve(lines) {
    const { board, formula, note, lastTold } = this;
    const { text } = this.stage.picture;
    const ends = (all) => [all[0], all[all.length >> 1], all.at(-1)];
    const some = board.all.flatMap((panel) => panel.all ? ends(panel.all) : panel.cell(0, 0) ?? []);
    const looks = [null, ...some].map((cell) => this.describe(cell));
    this.lastTold = lastTold;
    const walked = (board.main && board.panels.get(this.stage.picture.walk).all) ?? [];
    const linkTo = (cell) => board.linkTo.get(cell?.panel);
    const told = [...new Set([...walked, ...looks.map((look) => look.told)])].filter((cell) => linkTo(cell)?.isMade);
    const formulas = told.map((cell) => inOneLine(this.formulaOf(linkTo(cell), cell)));
    const plain = text.when ? [text.otherwise, ...text.when.map(([, one]) => one)] : [text].flat();
    const notes = [...plain, ...looks.map((look) => look.note), ...walked.map((cell) => this.sentenceOn(cell))];
    this.formulaKey = null;
    formula.hidden = !formulas.length;
    giveRoom(formula, formulas, lines);
    giveRoom(note, notes, 3);
  }

  showFormula({ told, tap }) {
    const link = told && this.board.linkTo.get(told.panel);
    this.formula.classList.toggle("quiet", !link?.isMade);
    if (!link?.isMade) {
      this.formulaKey = null;
      this.formula.replaceChildren();
      return;
    }
    const { opening, terms, between, closing, before, shown, after } = this.formulaOf(link, told);
    // Made anew only if it reads differently, so that the pointer does not lose the term it rests on.
    const key = JSON.stringify([opening, terms, between, closing, before, shown, after]);
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

  formulaOf(link, { panel, row, column }) {
    const { step, numbers, model } = this.stage;
    const decimals = model.get("decimals");
    const [taps, weights] = [link.taps(row, column, step), link.factors(row, column, step)];
    const [opening, between, closing] = link.written.map((text) => text.replace("{count}", taps.length));
    const specOf = ([id]) => numbers.panels.get(id).spec;
    const read = (at) => [numbers.number(at, step), write(specOf(at), numbers.number(at, step), decimals)];
    let rounded = false; // whether a factor is written shorter than it is
    const terms = taps.map((at, k) => {
      if (link.reduce === "copy") return { sign: "zero", text: nameOf(this.board.cell(at)) };
      const [value, text] = read(at);
      if (!weights.length) return { sign: signOf(value), value, text: link.reduce === "magnitude" ? inBrackets(text) : text };
      const [by, byText] = read(weights[k]);
      if (value * by && (isRounded(text, value) || isRounded(byText, by))) rounded = true; // of 0, nothing is lost
      return { sign: signOf(value * by), value: value * by, text: `${inBrackets(text)}·${inBrackets(byText)}` };
    });
    for (const at of [link.added(row, column) ?? []].filter((each) => each.length)) {
      const [value, text] = read(at);
      terms.push({ sign: signOf(value), value, text: inBrackets(text) });
    }
    const isHidden = this.hides(panel, row, column);
    const value = panel.value(row, column, step);
    const shown = isHidden ? "?" : panel.write(row, column, step, decimals);
    const isFraction = shown.includes("/");
    const isExact = isHidden || isFraction || isWhole(value * 100);
    const isDivided = this.board.main && link.reduce === "mean" && !isExact; // the sentence speaks of the sum, too
    const total = () => writeNumber(sum(terms.map((term) => term.value)), specOf(taps[0]).unit, decimals);
    const equals = isExact && !rounded ? " = " : " ≈ ";
    const before = terms.length ? (isDivided ? ` = ${total()} ÷ ${taps.length}` : "") + equals : "";
    const after = isFraction ? `${isWhole(value * 100) ? " = " : " ≈ "}${writeNumber(value)}` : "";
    return { opening, terms, between, closing, before, shown, after };
  }

  // ------------------------------------------------ what hangs together with a cell

  // The result to tell about (and its place, if steps pass), its term looked at, the cells to light up, a sentence.
  describe(cell) {
    const { board, term: tap, stage: { step } } = this;
    const told = this.toldAt(step);
    const slides = board.main?.form === "axes"; // a window, whose kernel stands beside it
    const cells = slides ? [] : this.lightUp(told, tap);
    const plain = { place: step, told, tap, cells, note: this.sentence(step) };
    if (!board.linkTo.size) return { ...plain, cells: [] };
    return slides ? this.describeWalk(cell, plain) : this.describeLayers(cell, plain);
  }

  describeWalk(cell, plain) {
    if (!cell) return plain;
    const { stage: { step }, board, board: { main } } = this;
    const { panel, row, column } = cell;
    const [source, kernel] = [main.sources[0], main.kernels[0]].map((id) => board.panels.get(id));
    const products = this.products();
    const written = (one) => one.panel.write(one.row, one.column, step);
    const tapsOf = (one) => main.taps(one.row, one.column).map((at) => board.cell(at));
    const where = `row ${row + 1}, column ${column + 1}`;
    const at = row * panel.columns + column; // its number among those of its panel
    if (panel === plain.told.panel) {
      const isUncovered = at <= step && !this.hides(panel, row, column);
      const note = isUncovered ? this.sentence(at) : `The map's ${where} will come from the framed pixels.`;
      return { ...plain, place: at, told: cell, cells: tapsOf(cell), note };
    }
    if (panel === source) {
      const [fed, tap] = [board.fedBy(cell), tapsOf(plain.told).indexOf(cell)];
      const what = cell.isPadding ? "This padding is 0" : `The pixel at ${where} is ${written(cell)}`;
      const note = `${what}. It feeds ${fed.length} ${fed.length === 1 ? "place" : "places"} of the map.`;
      if (tap < 0 || !kernel) return { ...plain, tap, cells: fed, note };
      const met = board.cell(main.factors(plain.told.row, plain.told.column)[tap]);
      const lit = [...fed, met, products?.all[tap]];
      return { ...plain, tap, cells: lit, note: `${note} At the framed one it meets the weight ${written(met)}.` };
    }
    if (panel === kernel) {
      const met = plain.told.panel.all.map((one) => tapsOf(one)[at]);
      const meets = `It meets the marked pixels, one at each of the ${met.length} places.`;
      const note = `The weight at ${where} is ${written(cell)}. ${meets}`;
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
    const { board, term: tap, board: { linkTo } } = this;
    let told = cell && linkTo.has(cell.panel) ? cell : null;
    if (!told && cell?.isPixel) told = this.around(cell) ?? plain.told.panel.nearest?.(cell.row, cell.column);
    if (told) this.lastTold = told;
    else if (board.panels.get(this.lastTold?.panel.spec.id) !== this.lastTold?.panel) this.lastTold = null;
    if (!cell && this.lastTold?.isPixel) told = this.lastTold; // in a photograph, the last place stays
    else if (!cell) return plain;
    const tell = (one, term) =>
      ({ ...plain, told: one, tap: term, cells: this.lightUp(one, term), note: this.noteOn(one) });
    if (told) return tell(told, tap);
    // A weight, a bias, or a number in a loupe has a part in one term of the formula that stands there.
    const last = this.lastTold ?? plain.told;
    const link = last && linkTo.get(last.panel);
    const by = link ? [...link.factors(last.row, last.column), link.added(last.row, last.column)] : [];
    const met = cell.panel.loupe ? cell.row * cell.panel.columns + cell.column
      : by.findIndex((at) => at && isSame(board.cell(at), cell));
    if (met >= 0 && link?.isMade) return tell(last, met);
    const fed = [...reach(cell, (one) => board.fedBy(one))];
    const reached = fed.length ? ` It has a share in the ${fed.length} marked numbers.` : "";
    const what = `${nameOf(cell)} is ${cell.panel.write(cell.row, cell.column, plain.place)}.`;
    return { ...plain, isAside: true, cells: fed, note: `${what}${reached}` };
  }

  // The cell that a pixel of a photograph is in the middle of (or the nearest one to it), if that is a pixel, too.
  around({ panel, row, column }) {
    const found = [...this.board.linkTo].find(([, link]) => link.sources.includes(panel.spec.id));
    const middle = (lists, at) => at - lists[0][lists[0].length >> 1];
    return found?.[0].nearest?.(middle(found[1].rows, row), middle(found[1].columns, column));
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
      return [...board.cellsOf(factors.filter(Boolean)), ...loupes.map((panel) => panel.all[tap])];
    }
    if (told.isPixel) return [];
    const cells = board.cellsOf(taps);
    if (link.reduce === "field") return isFull(boxAround(cells), taps) ? [] : cells; // a frame says it all
    if (link.when.length) return [...cells, ...board.cellsOf(weights)]; // of a growing sum, both factors so far
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
    if (told && board.main && this.hides(told.panel, told.row, told.column))
      return `Row ${told.row + 1}, column ${told.column + 1}: what is the result? Click a question mark to check.`;
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
    const result = writtenOut(panel.value(row, column, step), panel.spec.unit);
    if (link.reduce === "relu") {
      const value = numbers.number(taps[0], step);
      const kept = value >= 0 ? "is not negative: it stays" : "is negative: it becomes 0";
      return `${where} ${write(numbers.panels.get(taps[0][0]).spec, value)} ${kept}.`;
    }
    if (!factors.length) {
      const count = taps.length === 1 ? "the one number left" : `${taps.length} numbers`;
      return `${where} ${link.reduce === "max" ? "the largest of" : "the mean of"} ${count}${result}.`;
    }
    const products = numbers.terms(link, row, column, step);
    const said = `${where} ${countProducts(products)} their sum is ${writeNumber(sum(products))}`;
    return link.reduce === "sum" ? `${said}.` : `${said}, divided by ${products.length}${result}.`;
  }

  noteOn(told) {
    const { board, stage: { step } } = this;
    const link = board.linkTo.get(told.panel);
    const value = ({ panel, row, column }) => panel.write(row, column, step);
    if (link.reduce === "beside") {
      const parts = board.taps(told).map((cell) => `${cell.panel.spec.title.toLowerCase()} ${value(cell)}`);
      return `Row ${told.row + 1}, column ${told.column + 1}: ${parts.join(", ")}.`;
    }
    const result = `${nameOf(told)} is ${value(told)}`;
    if (told.isPixel || link.when.length) return `${result}${told.isPixel ? "" : " so far"}.`;
    const seen = [...reach(told, (cell) => board.taps(cell))].filter(({ panel }) => !board.linkTo.has(panel));
    if (!seen.length) return `${result}. It sees nothing but padding.`;
    const box = boxAround(seen);
    const size = isFull(box, seen) ? `${box[2] - box[0] + 1} × ${box[3] - box[1] + 1}` : seen.length;
    const decided = new Set(this.lightUp(told));
    const marked = decided.size && seen.some((cell) => !decided.has(cell)) ? " Marked is what decided." : "";
    return `${result}. It sees ${size} cells of "${seen[0].panel.spec.title}".${marked}`;
  }
}

const inOneLine = ({ opening, terms, between, closing, before, shown, after }) =>
  opening + terms.map((term) => term.text).join(between) + closing + before + shown + after;

// Give an element the height of the longest of some texts, but of no more than so many lines.
function giveRoom(element, texts, most) {
  element.style.height = "auto";
  element.textContent = texts.reduce((one, other) => (other.length > one.length ? other : one), "");
  const { lineHeight, paddingTop } = window.getComputedStyle(element);
  const height = Math.min(element.clientHeight, most * parseFloat(lineHeight) + 2 * parseFloat(paddingTop));
  element.style.height = `${Math.ceil(height)}px`;
}

// Count products of 1 and −1 in words; of any other numbers, say only how many there are.
function countProducts(products) {
  const count = products.length;
  if (count === 1) return `the product is ${writeNumber(products[0])};`;
  const [ones, minusOnes] = [1, -1].map((one) => products.filter((product) => product === one).length);
  if (ones + minusOnes < count) return `${count} products;`;
  if (!minusOnes || !ones) return `all ${count} products are ${ones ? 1 : "−1"};`;
  return `${ones === 1 ? "1 product is" : `${ones} products are`} 1 and ${minusOnes} ${minusOnes === 1 ? "is" : "are"} −1;`;
}

// ---------------------------------------------------------------- the layout: the largest cells that fit the screen

const DIGIT = 14; // pixels: smaller digits are not read; on a projector 24, of 1080 lines
// Pixels: larger cells, and drawings of a larger em, help only those far away.
const MOST = { grid: 80, drawing: 24, prompt: 46 };

class Layout {
  constructor(stage) {
    this.stage = stage;
    // What is measured while the style sheet of a theme loads may be past before any observer sees it: look once more.
    const again = () => requestAnimationFrame(() => stage.host.isConnected && stage.layOut() && again());
    this.observer = new ResizeObserver(again);
    this.observer.observe(stage.host);
    window.addEventListener("resize", again);
    stage.cleanUps.push(() => this.observer.disconnect(), () => window.removeEventListener("resize", again));
  }

  // Measure what can be seen at once of the notebook (or the page) around the stage; only when that can have
  // changed, because it makes the browser lay out the page at once.
  measure() {
    const { host, projector } = this.stage;
    const around = host.closest(".jp-WindowedPanel-outer, .jp-LinkedOutputView, .cnnlab-room");
    if (around && around !== this.around) this.observer.observe((this.around = around));
    const height = projector.isOn ? window.innerHeight : (around?.clientHeight || window.innerHeight) - 12;
    const isProjected = projector.isOn || Boolean(around?.matches(".cnnlab-room")); // a slide has a room for it
    this.room = { width: host.clientWidth, height, isProjected };
  }

  // Lay the board out, if there is another one, or more or less room; while numbers change, nothing moves.
  // Whether it has.
  fit(isNew = false) {
    const { board, model, controls, explainer } = this.stage;
    if (!this.room) this.measure();
    const { room } = this;
    if (!room.width) return false;
    const decimals = model.get("decimals");
    const titles = board.all.map(({ spec }) => [spec.title, spec.width]);
    const key = JSON.stringify([room, board.count, titles, controls.shape]);
    const isKept = key === this.key;
    if (isKept) for (const panel of board.all) panel.resize(panel.pitch, panel.digit, decimals);
    const isPoor = isNew && board.all.some(({ digit, grid }) => digit && grid?.matches(".colors"));
    if (isKept && !isPoor) return false;
    Object.assign(this, { key, decimals });
    this.stage.root.dataset.width = room.width; // what it was laid out for
    explainer.formula.hidden = !board.all.length; // a prompt has none
    if (!board.all.length) return false;
    // While it is measured, nothing outside is laid out anew, and grids are boxes without cells.
    const { host } = this.stage;
    host.style.height = `${host.offsetHeight}px`;
    host.classList.add("measured");
    explainer.reserve(room.height < 700 ? 3 : 4);
    board.align(false);
    this.arrange(this.grouped(room), room);
    host.classList.remove("measured");
    host.style.height = "";
    board.align(true);
    return true;
  }

  // One pitch for what corresponds: panels that stand alone in their columns, and those of columns of as many.
  grouped({ isProjected, height }) {
    const groups = new Map();
    const { all, columns } = this.stage.board;
    const isGraph = all.every((panel) => panel.grid && panel.rows * panel.columns === 1); // of single numbers
    for (const column of columns)
      for (const panel of column)
        listUnder(groups, isGraph ? 1 : panel.grid ? column.length : panel.spec.kind, panel);
    this.digit = isProjected ? Math.max(DIGIT, (24 * height) / 1080) : DIGIT;
    return [...groups].map(([key, panels]) => {
      const isGrid = Boolean(panels[0].grid);
      const kind = this.stage.picture.question ? "prompt" : isGrid ? "grid" : "drawing";
      const most = isProjected ? Infinity : MOST[kind];
      return { panels, isGrid, most, count: isGrid ? key : 0, hasDigits: panels.some(({ spec }) => spec.numbers) };
    }).sort((one, other) => one.isGrid - other.isGrid || other.count - one.count);
  }

  // Try what asks for most first: all digits, and the controls in sight, too. Then digits give way to color, from the
  // highest columns on; at last, the board may be higher than the screen.
  arrange(groups, { height, isProjected }) {
    const withDigits = groups.filter(({ hasDigits }) => hasDigits);
    for (const stretch of [1, 1.5, 2, 3, 5, Infinity])
      for (let without = 0; without <= withDigits.length; without += 1) {
        for (const group of groups) group.digit = withDigits.indexOf(group) >= without ? this.digit : 0;
        for (const withControls of isProjected || stretch > 1 ? [isProjected] : [true, false])
          if (this.grow(groups, stretch * height, withControls)) return;
      }
    this.size(groups, groups.map((group) => this.leastOf(group))); // wider than the screen: what cannot be helped
  }

  leastOf({ panels, digit }) { return Math.max(...panels.map((panel) => panel.least(digit, this.decimals))); }

  // Let cells grow as far as they can: to one pitch for all, as far as that goes, then each group by itself; in one
  // line or in several, whichever gives the larger ones. Whether even the smallest fit.
  grow(groups, height, withControls) {
    const { element, main, linkTo } = this.stage.board;
    const least = groups.map((group) => this.leastOf(group));
    const raised = (pitch, k, by = 1) => Math.max(pitch, Math.min(Math.floor(by), groups[k].most));
    let best = null;
    for (const isLine of [true, false]) {
      element.classList.toggle("line", isLine);
      const fits = (pitches) => {
        this.size(groups, pitches);
        return this.isInSight(height, withControls);
      };
      if (!fits(least)) continue;
      const unit = groups.map(({ isGrid }) => (isGrid ? 1 : 0.4)); // an em of a drawing is less than a cell
      const start = Math.min(...least.map((pitch, k) => pitch / unit[k]));
      const level = (by) => least.map((pitch, k) => raised(pitch, k, start * by * unit[k]));
      const scale = greatest((by) => fits(level(by)));
      if (best && scale < best.scale * (main || !linkTo.size ? 1.15 : 1.4)) continue;
      const pitches = level(scale);
      groups.forEach(({ isGrid }, k) => {
        const others = pitches.filter((_, j) => j !== k && groups[j].isGrid);
        const most = isGrid ? 2 * Math.min(...others) : Infinity; // images may be larger than their maps, a little
        const grown = (by) => pitches.map((one, j) => (j === k ? raised(one, k, Math.min(one * by, most)) : one));
        pitches[k] = grown(greatest((by) => fits(grown(by))))[k];
      });
      best = { scale, pitches, isLine };
    }
    if (!best) return false;
    element.classList.toggle("line", best.isLine);
    this.size(groups, best.pitches);
    return true;
  }

  size(groups, pitches) {
    groups.forEach(({ panels, digit }, k) => {
      for (const panel of panels) panel.resize(pitches[k], digit, this.decimals, true);
    });
  }

  // Whether the board is in the room, and below it the words and the transport; the controls, too, if asked for.
  isInSight(height, withControls) {
    const { root, board: { element }, explainer: { note }, player } = this.stage;
    const right = Math.max(...[...element.children].map((part) => part.offsetLeft + part.offsetWidth));
    if (right > element.offsetLeft + element.clientWidth - 3) return false; // the frame stands out a little
    if (height === Infinity) return true;
    const last = player.element.hidden ? note : player.element;
    return (withControls ? root.offsetHeight : last.offsetTop + last.offsetHeight) <= height;
  }
}

// The largest number from 1 to about 16 that passes, up to a few percent.
function greatest(passes) {
  let best = 1;
  for (let by = 4; by > 1.02; by = Math.sqrt(by)) if (passes(best * by)) best *= by;
  return best;
}

// ---------------------------------------------------------------- the projector: a scene fills the screen

class Projector {
  constructor(stage) {
    this.stage = stage;
    const label = "Projector";
    const title = "Fill the screen (F); Escape leaves";
    this.button = make("button", { type: "button", title, "aria-pressed": false, onclick: () => this.toggle() }, label);
    const follow = () => this.show(document.fullscreenElement === stage.host);
    stage.host.addEventListener("fullscreenchange", follow);
  }

  // Where full screen is refused (in a frame, on a phone), the scene fills the window.
  async toggle() {
    const { host } = this.stage;
    if (this.isOn) return this.leave();
    try {
      await host.requestFullscreen();
    } catch {
      host.popover = "manual";
      host.showPopover();
      this.show(true);
    }
    return undefined;
  }

  leave() {
    const { host } = this.stage;
    if (document.fullscreenElement === host) return document.exitFullscreen();
    host.hidePopover();
    host.removeAttribute("popover");
    return this.show(false);
  }

  show(isOn) {
    this.isOn = isOn;
    this.stage.host.classList.toggle("projected", isOn);
    this.button.setAttribute("aria-pressed", isOn);
    this.stage.layOut();
    this.stage.root.focus();
  }
}

// ---------------------------------------------------------------- the player: time

class Player {
  constructor(stage) {
    this.stage = stage;
    const button = (name, label, act) =>
      make("button.icon", { type: "button", "aria-label": label, title: label, onclick: act }, icon(name));
    this.button = button("play", "Play", () => this.play(!this.playing));
    this.button.classList.add("main");
    const slide = () => this.go(Number(this.slider.value));
    this.slider = make("input", { type: "range", min: 0, "aria-label": "Place", oninput: slide });
    this.counter = make("span.counter");
    this.speed = make("select", { "aria-label": "Speed", onchange: () => stage.set("speed", Number(this.speed.value)) });
    this.loop = button("loop", "Loop: begin again at the end", () => this.showLoop(!this.isLooping));
    this.showLoop(false);
    this.element = make("div.transport", {},
      button("first", "First place", () => this.go(0)), button("back", "One place back", () => this.go(stage.step - 1)),
      this.button, button("on", "One place on", () => this.go(stage.step + 1)),
      button("last", "Last place", () => this.go(this.last)), this.slider, this.counter, this.speed, this.loop);
  }

  showLoop(isOn) {
    this.isLooping = isOn;
    this.loop.setAttribute("aria-pressed", isOn);
  }

  get last() { return this.stage.picture.steps - 1; }
  // A step as it is counted: "place 7 of 49", "epoch 0 of 60".
  counted(step) {
    const { walk, step_name: name, first_step: first } = this.stage.picture;
    return `${name || (walk ? "place" : "step")} ${step + first} of ${Math.max(step, this.last) + first}`;
  }
  get pause() { return 625 / this.stage.model.get("speed"); }

  take() {
    this.element.hidden = !this.last && !this.stage.picture.step_name; // a film grows
    this.slider.max = this.last;
    const widest = this.counted(Math.max(this.last, 99)); // as wide as it will ever be, also of a film that grows
    this.counter.style.minWidth = `${0.56 * widest.length}em`;
  }

  show() {
    const { step } = this.stage;
    this.slider.value = step;
    this.counter.textContent = this.counted(step);
    this.slider.setAttribute("aria-valuetext", this.counter.textContent);
  }

  showSpeed() {
    const speed = this.stage.model.get("speed");
    const speeds = [...new Set([0.5, 1, 2, 4, 8, 16, speed])];
    if (speeds.length !== this.speed.options.length || this.speed.value !== String(speed))
      this.speed.replaceChildren(...speeds.map((one) => make("option", { value: one }, `${one}×`)));
    this.speed.value = speed;
  }

  go(step, { byHand = true } = {}) {
    const { stage, stage: { explainer } } = this;
    if (byHand) this.play(false);
    if (byHand) explainer.hovered = null;
    stage.set("step", Math.max(0, Math.min(this.last, step)));
    explainer.show();
    if (byHand) stage.say();
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
    const isEnd = this.stage.step === this.last;
    if (isEnd && !this.isLooping) return this.play(false);
    this.go(isEnd ? 0 : this.stage.step + 1, { byHand: false });
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

const flat = (grids) => Object.fromEntries(Object.entries(grids ?? {}).map(([id, grid]) => [id, grid.flat()]));

class Controls {
  constructor(stage) {
    [this.stage, this.inputs] = [stage, new Map()];
    this.element = make("div.controls", { role: "group", "aria-label": "The operation" });
    this.question = make("p.question", { id: freshId() });
  }

  // Whether a control waits for Python: it does more than put numbers into panels (of this picture) that all else
  // follows from.
  needsPython({ id, sets, moves }) {
    const { picture, numbers } = this.stage;
    const ids = Object.values(sets).flatMap((grids) => Object.keys(grids));
    const isMore = () => !ids.length || picture.python_only || !ids.every((one) => numbers.panels.has(one));
    return id !== "undo" && !moves.length && isMore();
  }

  // Whether the browser can do what a control asks for.
  isHere(spec) { return spec.id !== "undo" && !this.needsPython(spec); }

  // Whether an option of such a control is known here: of another size, only Python has it.
  isKnown({ sets }, option) { return option === YOURS || option in sets; }

  // Whether a reset has to do without Python, although more than numbers has changed.
  canRewind(spec) { return this.stage.channel.dead && /^reset( all)?$/.test(spec.id) && this.needsPython(spec); }

  isEnabled(spec) {
    const { channel: { dead }, numbers } = this.stage;
    if (spec.id === "undo" || this.canRewind(spec)) return numbers.history.length > 0 || (spec.enabled && !dead);
    if (spec.kind === "button" && this.isHere(spec)) return this.differs(this.results(spec, ""));
    return spec.enabled && !(dead && this.needsPython(spec));
  }

  // Lay the controls out, or, if they are the same ones, only bring them up to date.
  show() {
    const { picture: { controls: specs, question }, channel, root } = this.stage;
    if (question && !this.question.isConnected) {
      root.prepend(this.question);
      this.element.setAttribute("aria-labelledby", this.question.id);
    }
    this.question.textContent = question;
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
      else if (spec.kind === "radio") {
        // While Python has not answered the last choice, what it says is of an earlier one.
        if (!channel.asked) for (const one of input.elements) one.checked = one.value === spec.value;
      } else if (!["button", "file"].includes(spec.kind) && (!this.isHere(spec) || input !== document.activeElement))
        input.value = this.valueOf(spec);
      if (this.isHere(spec))
        for (const option of input.options ?? []) option.disabled = channel.dead && !this.isKnown(spec, option.value);
      const isOff = !this.isEnabled(spec);
      if (isOff && input.contains(document.activeElement)) root.focus(); // or the keys would be lost
      input.disabled = isOff;
    }
  }

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
  results({ sets, moves: [id, down, right, fill] }, value) {
    if (!id) return flat(sets[value]);
    const { numbers } = this.stage;
    const [[rows, columns], from] = [numbers.shape(id), numbers.at(id)];
    const grid = Array.from(from, (_, at) => {
      const [row, column] = [Math.floor(at / columns) - down, (at % columns) - right];
      return row >= 0 && column >= 0 && row < rows && column < columns ? from[row * columns + column] : fill;
    });
    return { [id]: grid };
  }

  // Do what a control asks for: here, if it only puts numbers into panels; Python is told in any case.
  act(spec, value) {
    const { channel, editor } = this.stage;
    const message = { type: "control", id: spec.id, value };
    if (spec.id === "undo") return channel.work(message, () => this.stage.undo());
    if (this.canRewind(spec)) return this.stage.rewind();
    if (!this.isHere(spec) || (spec.kind === "choice" && !this.isKnown(spec, value))) return channel.ask(message);
    if (value === YOURS) {
      this.show();
      return channel.tell(editor.howTo(spec));
    }
    if (spec.kind !== "number") {
      const grids = this.results(spec, spec.kind === "button" ? "" : value);
      const { numbers: { panels } } = this.stage;
      const fits = ([id, grid]) => panels.get(id).values.length === grid.length; // a picture on its way may differ
      if (!Object.entries(grids).every(fits)) return channel.ask(message);
      return channel.work(message, (numbers) => numbers.put(grids));
    }
    const [number, wrong] = readNumber(spec.name || spec.id, value, ANY);
    if (wrong) return channel.tell(wrong);
    const results = Object.fromEntries(Object.keys(spec.sets[""]).map((id) => [id, [number]]));
    return channel.work(message, (numbers) => numbers.put(results));
  }

  // A file goes to Python as it is; a photograph of more than `most` bytes is shrunk first.
  async sendFile(id, input, most) {
    const [file] = input.files;
    const { channel } = this.stage;
    input.value = "";
    if (!file) return;
    const size = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
    const sent = file.size > most ? await shrunk(file) : file;
    if (!sent) return channel.tell(`${file.name} is ${size(file.size)} large; at most ${size(most)} can be read.`);
    input.nextSibling.textContent = file.name; // the browser's own words would say that none is chosen
    channel.ask({ type: "file", id, name: file.name }, await sent.arrayBuffer());
  }

  build({ id, kind, label, options, low, high }) {
    const act = (value) => this.act(this.stage.picture.controls.find((one) => one.id === id), value); // as it is now
    if (kind === "button") return make("button", { type: "button", onclick: () => act(true) }, label);
    if (kind === "radio") return this.buildRadios(label, options, act);
    const input = {
      choice: () => make("select", {}, ...options.map((option) => make("option", {}, option))),
      whole: () => make("input", { type: "number", min: low ?? "", max: high ?? "", step: 1 }),
      check: () => make("input", { type: "checkbox" }),
      number: () => make("input", { type: "text", inputmode: "text" }),
      file: () => make("input", { type: "file", accept: options.join() }),
    }[kind]();
    const send = () => this.sendFile(id, input, high);
    input.addEventListener("change", kind === "file" ? send : () => act(kind === "check" ? input.checked : input.value));
    input.id = freshId();
    const name = make("label", { for: input.id }, label);
    const chosen = kind === "file" ? [make("span.chosen")] : [];
    make("span.control", {}, ...(kind === "check" ? [input, name] : [name, input, ...chosen]));
    return input;
  }

  // Answers to choose from, all written out; the arrow keys go from one to the next.
  buildRadios(label, options, act) {
    const name = freshId();
    const radio = (value) => make("input", { type: "radio", name, value, onchange: () => act(value) });
    const answers = options.map((option) => make("label", {}, radio(option), make("span", {}, option)));
    return make("fieldset.control.radios", {}, make("legend", {}, label), ...answers);
  }
}

// A picture of at most 2,048 pixels a side, upright; nothing of what is no picture.
async function shrunk(file) {
  try {
    const picture = await window.createImageBitmap(file);
    const scale = Math.min(1, 2048 / Math.max(picture.width, picture.height));
    const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
    const canvas = make("canvas", { width, height });
    canvas.getContext("2d").drawImage(picture, 0, 0, width, height);
    return await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.92));
  } catch {
    return null;
  }
}

// ---------------------------------------------------------------- the editor: clicks, strokes and typing

const OFF = { toggle: -1, paint: 0 }; // what a click makes of a cell that is on, and so is not 1 any more

class Editor {
  constructor(stage) { [this.stage, this.drawnCells] = [stage, new Set()]; }

  setClickEdits(on) {
    this.clickEdits = on;
    this.stage.showOptions();
  }

  // Whether edits have to wait for Python, which is not there.
  get isAsleep() { return this.stage.channel.dead && this.stage.picture.python_only; }

  // Click, Enter or Space on a cell: uncover it, edit it, go there, or (with Shift, always) pin what hangs together
  // with it.
  activate(cell, pins = false) {
    const { explainer, board, player, step, picture: { walk } } = this.stage;
    const { panel, row, column } = cell;
    if (explainer.hides(panel, row, column)) {
      explainer.shownInQuiz.add(`${panel.spec.id},${row},${column}`);
      board.paint(step);
      explainer.show();
    } else if (walk === panel.spec.id && !pins && !cell.isPadding) {
      player.go(row * panel.columns + column);
    } else if (this.clickEdits && panel.spec.edit && !cell.isPadding && !pins) {
      if (panel.spec.edit === "number") this.type(cell);
      else if (!this.drawn) this.edit(cell, this.opposite(cell)); // a drag has already drawn it
    } else {
      player.play(false);
      explainer.pin(cell);
    }
    this.drawn = false;
    this.stage.say();
  }

  opposite({ panel, row, column, drawn }) {
    return String((drawn ?? panel.value(row, column, this.stage.step)) > 0 ? OFF[panel.spec.edit] : 1);
  }

  // Put what was typed or drawn into a cell; what cannot be is refused, and nothing changes.
  edit(cell, typed, stroke = freshId()) {
    const { channel, picture, board, step } = this.stage;
    const { panel: { spec }, row, column } = cell;
    const [value, wrong] = readNumber(`${spec.title}, row ${row + 1}, column ${column + 1}`, typed, spec);
    if (wrong) return channel.tell(wrong);
    const message = { type: "edit", panel: spec.id, row, column, value: typed, stroke };
    if (!picture.python_only) {
      channel.work(message, (numbers) => numbers.putCell(spec.id, row, column, value, stroke));
      return this.stage.say();
    }
    this.stage.isToSay = true; // when Python's picture is drawn
    if (spec.edit in OFF) { // the cell itself turns at once; everything that follows from it comes from Python
      cell.drawn = value;
      this.drawnCells.add(cell);
      board.paint(step);
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
    const { board, picture } = this.stage;
    const { title } = board.panels.get(Object.keys(Object.values(sets)[0])[0]).spec;
    const how = picture.edit_first ? `draw on "${title}" with the pointer`
      : `set "Click to" to "edit" and click a number of "${title}"`;
    return `To make a ${name || id} of your own, ${how}.`;
  }

  // ------------------------------------------------ strokes

  startStroke(event) {
    const cell = event.target.closest(".cell");
    this.drawn = false;
    if (!cell || !this.clickEdits || !(cell.panel.spec.edit in OFF)) return;
    if (cell.isPadding || event.button || this.isAsleep) return;
    event.target.releasePointerCapture?.(event.pointerId); // a finger would keep all events to itself
    this.stroke = { id: freshId(), value: this.opposite(cell), panel: cell.panel, seen: new Set() };
    this.drawn = true;
    this.draw(cell);
  }

  goOnStroke({ clientX, clientY }) {
    if (!this.stroke) return;
    const under = document.elementFromPoint(clientX, clientY);
    const cell = under?.closest(".cell");
    if (cell && cell.panel === this.stroke.panel && !cell.isPadding) this.drawTo(cell);
    else if (!this.stroke.panel.grid.contains(under)) this.stroke.last = null; // it may come back somewhere else
  }

  // A fast pointer is reported here and there: draw all cells on the way.
  drawTo({ panel, row, column }) {
    const last = this.stroke.last ?? { row, column };
    const [down, right] = [row - last.row, column - last.column];
    const far = Math.max(Math.abs(down), Math.abs(right), 1);
    for (let k = 1; k <= far; k += 1)
      this.draw(panel.cell(last.row + Math.round((k / far) * down), last.column + Math.round((k / far) * right)));
  }

  draw(cell) {
    this.stroke.last = cell;
    if (this.stroke.seen.has(cell)) return;
    this.stroke.seen.add(cell);
    this.edit(cell, this.stroke.value, this.stroke.id);
  }

  // Open a cell to type a number into.
  type(cell, first) {
    const { stage } = this;
    if (this.isAsleep) return stage.channel.tell(stage.channel.waiting);
    const old = cell.textContent;
    let open = true;
    const close = (keep) => {
      if (!open) return;
      open = false;
      const typed = input.value.trim();
      const hadFocus = document.activeElement === input;
      input.remove();
      Object.assign(cell, { key: null, isTyped: false });
      if (stage.loading) return; // the cell is gone
      stage.board.paint(stage.step);
      if (hadFocus) cell.focus();
      if (keep && typed !== "" && typed !== old) this.edit(cell, typed);
    };
    const onkeydown = (event) => {
      if (event.key === "Enter" && !event.shiftKey) close(true);
      else if (event.key === "Escape") close(false);
      else return;
      event.stopPropagation();
    };
    const where = `${cell.panel.spec.title}, row ${cell.row + 1}, column ${cell.column + 1}`;
    const input = make("input.typed", { type: "text", inputmode: "text", "aria-label": where,
      onblur: () => close(true), onkeydown });
    input.value = first ?? old;
    cell.replaceChildren(input);
    cell.isTyped = true;
    input.focus();
    if (first === undefined) input.select();
  }

  // ------------------------------------------------ keys on a panel

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

// ---------------------------------------------------------------- the hand: dragging, and clicks that move in time

class Hand {
  constructor(stage) { this.stage = stage; }

  // Take hold of what can be dragged, where clicks do not draw: the frame of a walk, or a part with a grip.
  take(event) {
    const { board: { main }, editor, explainer, step, picture, channel } = this.stage;
    const cell = event.target.closest(".cell");
    Object.assign(this, { grip: null, isMoving: false });
    if (!cell || event.button || event.shiftKey || (editor.clickEdits && cell.panel.spec.edit)) return;
    const part = picture.grips.find(({ panel, top, left, bottom, right }) => panel === cell.panel.spec.id
      && cell.row >= top && cell.row <= bottom && cell.column >= left && cell.column <= right);
    if (part && !channel.dead)
      this.grip = this.dragged = { part, source: cell.panel, from: cell, stroke: freshId(), sent: [0, 0], now: [0, 0] };
    if (!main || !cell.classList.contains("held")) return;
    const middle = (seen) => sum(seen) / seen.length;
    const [rows, columns] = [main.rows.map(middle), main.columns.map(middle)];
    const { row, column, panel } = explainer.toldAt(step);
    const [y, x] = this.placeOn(cell.panel, event);
    const [down, right] = [y - rows[row], x - columns[column]];
    this.grip = { source: cell.panel, rows, columns, down, right, columnsOfMap: panel.columns };
  }

  // Where on a grid the pointer is, in rows and columns.
  placeOn({ grid, pitch, across, top, left }, { clientX, clientY }) {
    const box = grid.getBoundingClientRect();
    return [(clientY - box.top) / pitch - top - 0.5, (clientX - box.left) / across - left - 0.5];
  }

  // The frame follows: to the place whose window lies nearest.
  move(event) {
    if (!this.grip) return;
    if (this.grip.part) {
      this.drag(event);
      return;
    }
    const { source, rows, columns, down, right, columnsOfMap } = this.grip;
    const [y, x] = this.placeOn(source, event);
    const nearest = (middles, at) => {
      const far = middles.map((middle) => Math.abs(middle - at));
      return far.indexOf(Math.min(...far));
    };
    const place = nearest(rows, y - down) * columnsOfMap + nearest(columns, x - right);
    const { player, step } = this.stage;
    if (place === step) return;
    this.begin(event);
    player.go(place, { byHand: false });
  }

  begin(event) {
    if (this.isMoving) return;
    const { player, explainer, board: { element } } = this.stage;
    this.isMoving = true;
    player.play(false);
    explainer.hovered = null;
    element.setPointerCapture?.(event.pointerId);
  }

  // A part with a grip is moved by Python; here its frame runs ahead, and what has piled up is sent in one go.
  drag(event) {
    const { grip, grip: { source, from, part } } = this;
    const [y, x] = this.placeOn(source, event);
    const within = (by, first, last, size) => Math.max(0 - first, Math.min(size - 1 - last, by));
    grip.now = [within(Math.round(y) - from.row, part.top, part.bottom, source.rows),
      within(Math.round(x) - from.column, part.left, part.right, source.columns)];
    if (grip.now.join() === grip.sent.join() && !this.isMoving) return;
    this.begin(event);
    const [down, right] = grip.now;
    source.frameCells([part.top + down, part.left + right, part.bottom + down, part.right + right]);
    this.send();
  }

  // Also after each answer, and so also what is left when the part has been let go.
  send() {
    const { dragged, stage: { channel } } = this;
    if (!dragged || channel.asked || dragged.now.join() === dragged.sent.join()) return;
    const [down, right] = dragged.now.map((now, axis) => now - dragged.sent[axis]);
    dragged.sent = dragged.now;
    channel.ask({ type: "drag", id: dragged.part.id, down, right, stroke: dragged.stroke });
  }

  letGo() {
    if (this.isMoving) this.stage.say();
    this.grip = null;
    setTimeout(() => (this.isMoving = false)); // after the click that ends the drag
  }

  // Whether a click was the end of a drag, or, on a chart, has gone to the point nearest to it.
  onClick(event) {
    const chart = event.target.closest(".chart");
    if (chart) this.goTo(this.stage.board.panelOf.get(chart.closest(".panel")), event);
    return this.isMoving || Boolean(chart);
  }

  goTo({ overlay, spec: { tracks } }, { clientX, clientY }) {
    const { left, bottom, width, height } = overlay.getBoundingClientRect();
    const [x, y] = [(clientX - left) / width, (bottom - clientY) / height];
    const { player } = this.stage;
    let [best, least] = [null, Infinity];
    for (const { points } of tracks) {
      const across = points.map(([at]) => at).filter((at) => at !== null);
      const isGraph = across.every((at, k) => !k || at >= across[k - 1]); // then only across counts
      points.forEach(([px, py], step) => {
        const far = px === null || py === null ? Infinity : Math.hypot(px - x, isGraph ? 0 : py - y);
        if (far < least && step <= player.last) [best, least] = [step, far];
      });
    }
    if (best !== null && player.last) player.go(best);
  }
}

// ---------------------------------------------------------------- to take away: pictures, numbers, states

class TakeAway {
  constructor(stage) {
    this.stage = stage;
    this.select = make("select", { "aria-label": "Take away", onchange: () => this.take(this.select.value) });
  }

  // A picture of the scene, its state, and the numbers of each panel, as a table and for NumPy.
  show() {
    const grids = this.stage.board.all.filter(({ grid, loupe }) => grid && !loupe);
    const option = (value, text) => make("option", { value }, text);
    const group = (label, kind) =>
      make("optgroup", { label }, ...grids.map(({ spec }) => option(`${kind} ${spec.id}`, spec.title)));
    this.select.replaceChildren(option("", "Take away…"), option("picture", "the scene, as a picture"),
      option("state", "its state, to hand out"), group("numbers, as a table", "table"), group("numbers, for NumPy", "numpy"));
  }

  async take(what) {
    const { stage, stage: { board, channel, picture } } = this;
    this.select.value = "";
    const [kind, id] = what.split(/ (.*)/);
    if (kind === "state") return channel.ask({ type: "state" });
    try {
      if (kind === "picture") return save(await portrait(stage.host), `${picture.title}.png`);
      const { rows, columns, spec } = board.panels.get(id);
      if (spec.in_quiz && stage.model.get("quiz")) return channel.tell("In a quiz, the results stay here.");
      const numbers = stage.numbers.at(id, stage.step);
      const lines = Array.from({ length: rows }, (_, row) => [...numbers.slice(row * columns, (row + 1) * columns)]);
      const table = () => lines.map((line) => line.join("\t")).join("\n");
      const array = () => `np.array([${lines.map((line) => `[${line.join(", ")}]`).join(",\n          ")}])`;
      return await this.copy(kind === "table" ? table() : array().replaceAll("NaN", "np.nan"), `the numbers of "${spec.title}"`);
    } catch (error) {
      return channel.tell(`This browser does not allow that here: ${error.message}.`);
    }
  }

  async copy(text, what) {
    await navigator.clipboard.writeText(text);
    this.stage.channel.tell(`Copied ${what}.`);
  }
}

// Draw what a scene shows and tells, without its controls, at twice its size; return a PNG.
async function portrait(element) {
  const { top, width } = element.getBoundingClientRect();
  const height = element.querySelector(".note").getBoundingClientRect().bottom - top + 12;
  const clone = element.cloneNode(true);
  clone.querySelectorAll(".bar, .controls, .feedback, .message, .badge, .spoken").forEach((part) => part.remove());
  const canvases = [...clone.querySelectorAll("canvas")];
  element.querySelectorAll("canvas").forEach((canvas, k) => {
    const style = "width: 100%; image-rendering: pixelated";
    canvases[k].replaceWith(make("img", { src: canvas.toDataURL(), style }));
  });
  clone.classList.remove("projected");
  clone.removeAttribute("popover");
  clone.style.width = `${width}px`;
  clone.style.fontFamily = window.getComputedStyle(element).fontFamily;
  const rules = [...document.styleSheets].flatMap((sheet) => {
    try {
      return [...sheet.cssRules].map((rule) => rule.cssText).filter((text) => text.includes(".cnnlab-stage"));
    } catch {
      return []; // of another origin
    }
  });
  clone.prepend(make("style", {}, ...rules));
  const words = new XMLSerializer().serializeToString(clone);
  const source = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`
    + `<foreignObject width="100%" height="100%">${words}</foreignObject></svg>`;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const canvas = make("canvas", { width: 2 * width, height: 2 * height });
  const context = canvas.getContext("2d");
  context.scale(2, 2);
  context.drawImage(image, 0, 0);
  return new Promise((done) => canvas.toBlob(done));
}

function save(blob, name) {
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// ---------------------------------------------------------------- the channel: talking with Python, who is the judge

class Channel {
  constructor(stage) {
    Object.assign(this, { stage, asked: 0, message: make("p.message", { role: "status" }) });
    // JupyterLab's extension of this package runs the cell; elsewhere the learner does.
    const run = () => stage.host.dispatchEvent(new window.CustomEvent("cnnlab:run", { bubbles: true }));
    this.run = make("button", { type: "button", onclick: run,
      title: "In a fresh kernel, the cells above it run first" }, "Run this cell");
    this.badge = make("div.badge", { hidden: "" }, make("span", {}, "Waiting for Python"), this.run);
    this.pending = []; // what was done here and Python has not confirmed yet, oldest first
  }

  tell(text) { this.message.textContent = text; }

  // Do something here at once, and tell Python.
  work(message, act) {
    const { stage, pending } = this;
    this.tell("");
    const isDone = act(stage.numbers);
    if (isDone) stage.afterWork();
    const id = freshId();
    if (isDone) pending.push({ id, act: message.id !== "undo" ? act : null });
    this.ask({ ...message, ...(isDone ? { work: true } : {}), step: stage.step }, undefined, id);
  }

  ask(message, data, id = freshId()) {
    this.setAsked(this.asked + 1);
    this.wait();
    try {
      this.stage.model.send({ ...message, message: id }, undefined, data ? [data] : []);
    } catch {
      this.setDead(true);
    }
  }

  // Who has not answered for three seconds is taken for dead.
  wait() {
    clearTimeout(this.timer);
    if (this.asked) this.timer = setTimeout(() => this.setDead(true), 3000);
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
    const { stage, stage: { explainer } } = this;
    this.setAsked(this.asked - 1);
    this.wait();
    this.setDead(false);
    stage.hand.send();
    this.confirm(answer.answers);
    // What Python says of an earlier edit is no news once there is a later one.
    const isLast = !this.pending.length;
    if (isLast && "digest" in answer) {
      for (const [id, [value, enabled]] of Object.entries(answer.controls))
        Object.assign(stage.picture.controls.find((control) => control.id === id) ?? {}, { value, enabled });
      const { feedback: [feedback, outcome], boxes } = answer;
      Object.assign(stage.picture, { feedback, outcome, boxes });
      stage.draw();
      if (answer.digest !== stage.numbers.digest(answer.step)) return this.ask({ type: "show" });
    }
    if (answer.state) stage.takeAway.copy(answer.state, "the state").catch(() => this.tell(answer.state));
    if (isLast && answer.sentence !== undefined) explainer.said.set(answer.step, answer.sentence);
    if (isLast && explainer.isBehind) stage.draw();
    if (!answer.state) this.tell(answer.type === "refused" ? answer.text : "");
    stage.controls.show();
  }

  // Python's numbers take into account what was done up to this message.
  confirm(id) { this.pending.splice(0, this.pending.findIndex((one) => one.id === id) + 1); }

  // Do again what was done since the picture that Python has just sent.
  redo() {
    this.confirm(this.stage.model.get("_answered"));
    if (this.pending.every(({ act }) => act)) for (const { act } of this.pending) act(this.stage.numbers);
  }

  setDead(dead) {
    const { stage: { editor, clicks, drags, picture, controls } } = this;
    this.dead = dead;
    if (dead) this.setAsked(0);
    const { isAsleep } = editor;
    if (isAsleep ? editor.clickEdits : editor.editsAgain) {
      editor.editsAgain = isAsleep;
      editor.setClickEdits(!isAsleep);
    }
    for (const radio of [...clicks.querySelectorAll("input"), ...drags.querySelectorAll("input")])
      radio.disabled = isAsleep;
    const isWaiting = dead && (picture.python_only || picture.controls.some((spec) => controls.needsPython(spec)));
    this.tell(isWaiting ? this.waiting : "");
    this.badge.hidden = !isWaiting;
    this.run.hidden = !(document.documentElement.dataset.cnnlabRuns && this.stage.host.closest(".jp-Notebook"));
    controls.show();
  }

  // What waits for Python, in one line.
  get waiting() {
    const { picture, controls } = this.stage;
    const labels = picture.controls.filter((spec) => controls.needsPython(spec)).map(({ label }) => label);
    if (picture.python_only && picture.panels.some(({ edit }) => edit)) labels.unshift("editing");
    return `Waiting for Python: ${labels.join(", ")}. To use that, run this notebook's cells; the rest works without.`;
  }
}

// ---------------------------------------------------------------- the stage

class Stage {
  constructor(model, host) {
    Object.assign(this, { model, cleanUps: [], loading: true });
    this.root = make("div.stage", { role: "group", tabindex: "-1" });
    this.host = make("div.cnnlab-stage", {}, this.root);
    this.board = new Board(this);
    this.explainer = new Explainer(this);
    this.layout = new Layout(this);
    this.projector = new Projector(this);
    this.player = new Player(this);
    this.controls = new Controls(this);
    this.editor = new Editor(this);
    this.hand = new Hand(this);
    this.channel = new Channel(this);
    this.spoken = make("div.spoken", { "aria-live": "polite" });
    this.feedback = make("p.feedback", { role: "status" });
    const bar = make("div.bar", {}, this.player.element, this.buildOptions());
    const { formula, note } = this.explainer;
    this.root.append(this.board.element, formula, note, bar, this.controls.element, this.feedback,
      this.channel.message, this.channel.badge, this.spoken);
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

  // Tell it to who listens; of a change that is still to be drawn, then.
  say(text = this.explainer.note.textContent) {
    this.isToSay = Boolean(this.frame);
    if (!this.isToSay) this.spoken.textContent = text;
  }

  buildOptions() {
    const either = (legend, labels, act) => {
      const name = freshId();
      const radios = labels.map((_, i) => make("input", { type: "radio", name, value: i, onchange: () => act(i === 1) }));
      const group = make("div.either", { role: "radiogroup", "aria-label": legend },
        make("span.legend", { "aria-hidden": "true" }, legend),
        ...labels.map((label, i) => make("label", {}, radios[i], make("span", {}, label))));
      group.show = (second) => (radios[second ? 1 : 0].checked = true);
      return group;
    };
    const toggle = (trait, label, title) => {
      const button = make("button", { type: "button", title, onclick: () => this.set(trait, !this.model.get(trait)) }, label);
      button.show = () => button.setAttribute("aria-pressed", this.model.get(trait));
      return button;
    };
    this.decimals = either("Numbers", ["5/9", "0.56"], (on) => this.set("decimals", on));
    this.clicks = either("Click to", ["pin", "edit"], (on) => this.editor.setClickEdits(on));
    this.drags = either("Drag to", ["move", "draw"], (on) => this.editor.setClickEdits(on));
    this.quiz = toggle("quiz", "Quiz", "Hide the results: guess one, then click its question mark");
    const title = "Let go of what is pinned (Escape); Shift+click pins any number";
    this.pin = make("button.pin", { type: "button", title, onclick: () => this.explainer.letGo() }, "Unpin");
    this.takeAway = new TakeAway(this);
    const buttons = [this.quiz, this.projector.button, this.takeAway.select, this.pin];
    this.options = make("div.options", {}, this.clicks, this.drags, this.decimals, ...buttons);
    return this.options;
  }

  listen() {
    const { board: { element: board }, explainer, editor, hand, model } = this;
    const on = (target, names, act) => {
      for (const name of names.split(" ")) {
        target.addEventListener(name, act);
        this.cleanUps.push(() => target.removeEventListener(name, act));
      }
    };
    const follow = (name, act) => {
      model.on(name, act);
      this.cleanUps.push(() => model.off(name, act));
    };
    on(this.root, "keydown", (event) => this.onKey(event));
    on(board, "pointerover pointermove", (event) => {
      if (event.type === "pointermove" && !event.target.closest(".raster")) return;
      if (this.hasMoved(event)) explainer.lookAt(this.cellOf(event));
    });
    on(board, "pointerleave focusout", () => explainer.lookAt(null));
    on(board, "focusin", (event) => explainer.lookAt(this.cellOf(event)));
    on(board, "click", (event) => {
      const cell = this.cellOf(event);
      if (hand.onClick(event)) return;
      if (cell && !event.target.closest("input")) editor.activate(cell, event.shiftKey);
    });
    on(board, "pointerdown", (event) => {
      hand.take(event);
      editor.startStroke(event);
    });
    on(board, "pointermove", (event) => {
      this.hasMoved(event);
      hand.move(event);
      editor.goOnStroke(event);
    });
    on(window, "pointerup pointercancel", () => {
      hand.letGo();
      editor.stroke = null;
    });
    on(explainer.formula, "pointerover", (event) => {
      const term = event.target.closest(".term");
      if (term) explainer.lookAtTerm(Number(term.dataset.tap));
      else explainer.lookAt(null);
    });
    on(explainer.formula, "pointerleave", () => explainer.lookAtTerm(undefined));
    follow("change:_picture", () => {
      this.earlier = undefined;
      this.load();
    });
    follow("change:step", () => explainer.show());
    follow("change:decimals change:quiz change:speed", () => this.showOptions());
    follow("msg:custom", (message) => this.channel.onAnswer(message));
  }

  followTheme() {
    const read = () => {
      const light = document.body.dataset.jpThemeLight ?? !matchMedia("(prefers-color-scheme: dark)").matches;
      this.theme = this.host.dataset.theme = String(light) === "true" ? "light" : "dark";
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
    const { picture, board, explainer, editor, numbers: before } = this;
    this.loading = true; // cells that go lose the focus: nothing may be shown on what is half built
    const focused = board.element.contains(document.activeElement) && document.activeElement.closest(".cell");
    before?.watchers.delete(this);
    this.numbers = Numbers.of(picture);
    this.numbers.watchers.add(this);
    if (before && before !== this.numbers && !this.earlier) // Python's undo takes a step back, all else one on
      this.numbers.history = this.isUndoing ? before.history.slice(0, -1)
        : [...before.history, { picture: before.picture }];
    this.isUndoing = false;
    board.take(picture, this.numbers);
    this.isNew = !before || this.channel.asked > 0; // a film that grows while it trains is none
    this.channel.redo();
    editor.clickEdits ??= picture.edit_first;
    this.root.setAttribute("aria-label", picture.title);
    this.player.take();
    this.takeAway.show();
    this.options.hidden = !board.all.length || Boolean(picture.question); // a prompt has none
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
    const undo = { type: "control", id: "undo", value: true };
    while (this.numbers.history.length) this.channel.work(undo, () => this.undo());
  }

  // Numbers have changed here: show what follows from them, at most once in a frame.
  afterWork() {
    Object.assign(this.picture, { feedback: "", outcome: "" });
    for (const stage of this.numbers.watchers) {
      const { explainer, picture: { python_text: isBehind } } = stage;
      explainer.said.clear();
      Object.assign(explainer, { isBehind, hovered: null, term: null }); // what follows is told, not what is pointed at
      stage.refresh();
    }
  }

  refresh() {
    if (this.frame) return;
    if (Date.now() - this.refreshed >= 12 || !this.refreshed) this.draw();
    else this.frame = requestAnimationFrame(() => {
      this.frame = null;
      if (this.host.isConnected) this.draw();
    });
  }

  draw() {
    const { board, explainer, editor, picture, channel } = this;
    const isBehind = Boolean(explainer.isBehind && !explainer.said.get(this.step));
    board.element.classList.toggle("behind", isBehind);
    board.describe(editor.clickEdits, isBehind && channel.dead ? {} : picture.boxes);
    this.layout.fit(this.isNew);
    this.isNew = false;
    board.paint(this.step);
    explainer.show();
    this.controls.show();
    this.feedback.textContent = picture.feedback;
    this.feedback.dataset.outcome = picture.outcome;
    if (this.isToSay) this.say();
    this.refreshed = Date.now();
  }

  // The room may have changed. Whether it has.
  layOut() {
    this.layout.measure();
    const isNew = this.layout.fit();
    if (isNew) this.draw();
    return isNew;
  }

  showOptions() {
    const { model, board, clicks, decimals, quiz } = this;
    const has = (what) => board.all.some(({ spec }) => spec[what]);
    for (const [option, what] of [[decimals, "unit"], [quiz, "in_quiz"]]) option.hidden = !has(what);
    const hasGrips = this.picture.grips.length > 0;
    for (const [option, isIt] of [[clicks, !hasGrips], [this.drags, hasGrips]]) {
      option.hidden = !has("edit") || !isIt;
      option.show(this.editor.clickEdits);
    }
    decimals.show(model.get("decimals"));
    quiz.show();
    if (model.get("quiz")) this.say(""); // nor may what was said before stay to be read
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

  copyNumber(cell, event) {
    const value = cell?.panel.value(cell.row, cell.column, this.step);
    if (typeof value !== "number" || this.explainer.hides(cell.panel, cell.row, cell.column)) return;
    event.preventDefault();
    event.stopPropagation();
    this.takeAway.copy(String(value), `${nameOf(cell)}: ${value}`);
  }

  // Browsers also report a resting pointer when something changes beneath it: that is no look.
  hasMoved({ clientX, clientY }) {
    const [x, y] = this.pointer ?? [];
    this.pointer = [clientX, clientY];
    return x !== clientX || y !== clientY;
  }

  onKey(event) {
    const { key, target } = event;
    const { explainer, editor, player, projector } = this;
    editor.drawn = false; // a drag that no click has followed is over
    if ((event.ctrlKey || event.metaKey) && key === "c" && !window.getSelection().toString())
      this.copyNumber(target.closest(".cell"), event);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Tab" || (key === "Enter" && event.shiftKey)) return;
    if (key === "Escape") {
      const isFree = !explainer.pinned;
      if (!isFree || projector.isOn) event.stopPropagation(); // the first one lets go, the next one leaves the scene
      explainer.letGo();
      return isFree && projector.isOn ? projector.leave() : undefined;
    }
    event.stopPropagation(); // a stray letter would otherwise insert or delete notebook cells
    if (target.matches("select, input:not([type=range]):not([type=checkbox])")) return;
    const [cell, raster] = [target.closest(".cell"), target.closest(".raster")?.panel];
    if (/^f$/i.test(key)) projector.toggle();
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
