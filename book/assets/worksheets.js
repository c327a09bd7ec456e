// Deals worksheets, the same as Python does: `mixed` to `filled` are lines of book/worksheets/model.py. The pools stand
// in the page, packed; a lesson's are unpacked when it is asked for.
(() => {
  const POOL = 97;
  const SEEDS = 2 ** 31;
  const LESSONS = JSON.parse(document.getElementById("pools").textContent);

  // ------------------------------------------------ the deal, by whole numbers of 32 bits

  function mixed(...parts) {
    let h = 0;
    for (const part of parts) {
      h = (h + part + 0x9e3779b9) >>> 0;
      h = Math.imul(h ^ (h >>> 16), 0x85ebca6b) >>> 0;
      h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
      h = (h ^ (h >>> 16)) >>> 0;
    }
    return h;
  }

  function instance(lesson, number, seed, variant) {
    const start = mixed(seed, lesson, number, 0) % POOL;
    const step = 1 + mixed(seed, lesson, number, 1) % (POOL - 1);
    return (start + (variant - 1) * step) % POOL;
  }

  // The blocks with boxes, each box filled with its answer: a filled cell is { answer }.
  function filled(blocks, answers) {
    const left = [...answers];
    const found = [];
    for (const { grids, boxes } of blocks) {
      if (boxes) found.push({ boxes: boxes.map((label) => ({ label, answer: left.shift() })) });
      const asked = (grids ?? []).filter(({ rows }) => rows.flat().includes(null));
      const full = (rows) => rows.map((row) => row.map((cell) => (cell === null ? { answer: left.shift() } : cell)));
      if (asked.length) found.push({ grids: asked.map(({ caption, rows }) => ({ caption, rows: full(rows) })) });
    }
    return found;
  }

  async function unpacked(text) {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new window.DecompressionStream("gzip"));
    return new window.Response(stream).json();
  }

  // ------------------------------------------------ what was asked for, or an Error that says what is wrong with it

  function whole(name, value, low, high) {
    const number = /^\d{1,12}$/.test(value) ? Number(value) : NaN;
    if (number >= low && number <= high) return number;
    const got = value ? `“${value}” is not one` : "it is empty";
    throw Object.assign(new Error(`${name} must be a whole number from ${low} to ${high}; ${got}.`), { name });
  }

  function read(told) {
    const lesson = LESSONS.find((one) => Number(one.number) === Number(told.lesson || NaN));
    if (!lesson) {
      const known = `${LESSONS[0].number} to ${LESSONS.at(-1).number}`;
      throw Object.assign(new Error(`Lesson must be one of ${known}; “${told.lesson}” is not one.`), { name: "Lesson" });
    }
    return { lesson, seed: whole("Seed", told.seed, 0, SEEDS - 1), variant: whole("Variant", told.variant, 1, POOL) };
  }

  // ------------------------------------------------ sheets as elements

  const byId = (id) => document.getElementById(id);
  function make(tag, props = {}, ...children) {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  }

  // A grid that has no room can be scrolled, also by keyboard.
  const watch = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
    }
  });

  function box() {
    const element = make("span", { className: "box" });
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", "box to fill in");
    return element;
  }

  function grid({ caption, rows }) {
    const isWord = (cell) => typeof cell === "string" && /\p{L}/u.test(cell);
    // First cells that are words name their rows, and the row on top its columns.
    const isNamed = rows.length > 1 && rows.every(([first], at) => isWord(first) || (at === 0 && first === ""));
    const table = make("table", {}, make("caption", { textContent: caption }));
    rows.forEach((row, at) => {
      const line = table.insertRow();
      row.forEach((cell, k) => {
        const isHead = isNamed && cell && (at === 0 || k === 0);
        const made = make(isHead ? "th" : "td");
        if (isHead) made.scope = at === 0 ? "col" : "row";
        if (cell === null) made.append(box());
        else if (cell.answer === undefined) made.append(cell);
        else made.append(make("strong", { textContent: cell.answer }));
        made.classList.toggle("asked", cell === null || cell.answer !== undefined);
        line.append(made);
      });
    });
    const frame = make("div", { className: "grid" }, table);
    frame.setAttribute("role", "group");
    frame.setAttribute("aria-label", caption);
    watch.observe(frame);
    return frame;
  }

  function block({ text, grids, boxes }) {
    if (text !== undefined) return make("p", { className: "said", textContent: text });
    if (grids) return make("div", { className: "grids" }, ...grids.map(grid));
    return make("p", { className: "boxes" }, ...boxes.map((one) => {
      const full = one.label !== undefined;
      const filling = full ? make("strong", { textContent: one.answer }) : box();
      return make("span", { className: "labeled" }, make("span", { textContent: full ? one.label : one }), " ", filling);
    }));
  }

  const name = ({ lesson, seed, variant }) => `lesson ${lesson.number} · seed ${seed} · variant ${variant}`;
  const address = ({ lesson, seed, variant }) => `#${lesson.number}-${seed}-${variant}`;

  function sheet(dealt) {
    const line = (label) => make("span", { className: `line ${label.toLowerCase()}` }, label, " ", make("i"));
    return [
      make("h2", { textContent: `${dealt.lesson.title}: worksheet` }),
      make("p", { className: "which", textContent: name(dealt) }),
      make("p", { className: "lines" }, ...["Name", "Class", "Date"].map(line)),
      ...dealt.questions.map(({ heading, blocks, space }) => {
        const task = make("div", { className: "task" }, make("h3", { textContent: heading }), ...blocks.map(block));
        task.style.marginBottom = `${space}mm`; // to write in; the end of a page cuts it off
        return task;
      }),
    ];
  }

  function key(dealt) {
    return [
      make("h2", { textContent: `${dealt.lesson.title}: key` }),
      make("p", { className: "which", textContent: name(dealt) }),
      ...dealt.questions.map(({ heading, blocks, answers, working }) => {
        const parts = [make("h3", { textContent: heading }), ...filled(blocks, answers).map(block)];
        if (working) parts.push(make("p", { className: "working", textContent: working }));
        return make("div", { className: "task" }, ...parts);
      }),
    ];
  }

  // ------------------------------------------------ the page

  const fields = { Lesson: byId("lesson"), Seed: byId("seed"), Variant: byId("variant") };
  const foot = document.head.appendChild(make("style"));
  let now = null; // what is dealt
  let asked = 0;

  // An answer is in the page only while the key is shown.
  function show() {
    watch.disconnect();
    byId("sheet").replaceChildren(...(now ? sheet(now) : []));
    showKey();
    for (const part of ["sheet", "use"]) byId(part).hidden = !now;
    byId("sheet").dataset.sheet = now ? address(now).slice(1) : "";
    byId("address").href = now ? address(now) : "";
    const corner = (content) => `{ content: ${content}; font: 8.5pt serif; color: #000; }`;
    foot.textContent = now
      ? `@page { @bottom-left ${corner(`"${name(now)}"`)} @bottom-right ${corner('"page " counter(page)')} }` : "";
  }

  function showKey() {
    const isShown = now !== null && byId("show-key").getAttribute("aria-pressed") === "true";
    byId("key").replaceChildren(...(isShown ? key(now) : []));
    byId("key").hidden = !isShown;
  }

  async function deal(told) {
    const turn = (asked += 1);
    let [dealt, wrong] = [null, null];
    try {
      const { lesson, seed, variant } = read(told);
      lesson.unpacked ??= await unpacked(lesson.tasks);
      const questions = lesson.unpacked.map((task, at) => ({
        ...task.pool[instance(Number(lesson.number), task.number, seed, variant)],
        heading: `${at + 1}. ${task.title}`,
        space: task.space,
      }));
      dealt = { lesson, seed, variant, questions };
    } catch (error) {
      wrong = error;
      if (!window.DecompressionStream) wrong = new Error("This page needs a browser of 2023 or later.");
    }
    if (turn !== asked) return; // another sheet has been asked for since
    for (const [field, element] of Object.entries(fields)) {
      if (field === wrong?.name) element.setAttribute("aria-invalid", "true");
      else element.removeAttribute("aria-invalid");
    }
    now = dealt;
    byId("dealt").textContent = wrong ? wrong.message : `Dealt: ${name(dealt)}, ${dealt.questions.length} tasks.`;
    byId("dealt").classList.toggle("wrong", wrong !== null);
    show();
    if (wrong && byId("deal").contains(document.activeElement)) fields[wrong.name]?.focus();
  }

  // The address tells which sheet is shown: #02-7-3. Other addresses, such as #content, are no sheets.
  function follow() {
    const found = /^#(\d[^-]*)-(.*)-(.*)$/.exec(location.hash);
    if (!found) return false;
    const [, lesson, seed, variant] = found;
    [fields.Seed.value, fields.Variant.value] = [seed, variant];
    const known = LESSONS.find((one) => Number(one.number) === Number(lesson));
    if (known) fields.Lesson.value = known.number;
    deal({ lesson, seed, variant });
    return true;
  }

  function submit(event) {
    event?.preventDefault();
    const told = { lesson: fields.Lesson.value, seed: fields.Seed.value.trim(), variant: fields.Variant.value.trim() };
    try {
      const to = address(read(told));
      if (event && location.hash !== to) location.hash = to; // which deals it
      else deal(told);
    } catch {
      deal(told); // which says what is wrong
    }
  }

  byId("deal").addEventListener("submit", submit);
  byId("show-key").addEventListener("click", ({ currentTarget }) => {
    currentTarget.setAttribute("aria-pressed", currentTarget.getAttribute("aria-pressed") !== "true");
    showKey();
  });
  byId("print").addEventListener("click", () => window.print());
  addEventListener("hashchange", follow);
  if (!follow()) submit();
})();
