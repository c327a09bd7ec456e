// What every page of the book does: theme, copying, position, progress, search. Nothing is asked of any server.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const make = (tag, props = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  };
  // Where a browser keeps nothing (in a frame, or from a file), the page works all the same.
  const kept = {
    read: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
    write: (name, text) => { try { localStorage.setItem(name, text); return true; } catch { return false; } },
    remove: (name) => { try { localStorage.removeItem(name); } catch { /* nothing was kept */ } },
  };

  window.cnnlabWear();
  byId("theme")?.addEventListener("click", () => {
    kept.write("cnnlab-theme", document.documentElement.dataset.theme === "light" ? "dark" : "light");
    window.cnnlabWear();
  });

  // ------------------------------------------------ progress, as in progress_file.py

  const STATES = ["not yet", "shown", "correct"];
  const FORMAT = window.cnnlabCourse?.format ?? { format: "cnnlab progress", version: 1 };
  const LONGEST = FORMAT.longest ?? 300;
  const MOST_TRIES = FORMAT.most ?? 1e6;
  const KEY = /^\d\d\/\w{1,80}$/;
  const WHEN = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

  function oneLine(text) {
    const [first = ""] = text.trim().split("\n");
    const words = first.replace(/\p{C}/gu, " ").split(/\s+/).filter(Boolean).join(" ");
    return words.length <= LONGEST ? words : `${words.slice(0, LONGEST - 1).trimEnd()}…`;
  }

  // The answers of a text, or an Error that says what is wrong with it.
  function answersIn(text) {
    let told;
    try { told = JSON.parse(text.replace(/^\ufeff/, "")); } catch { throw new Error("it is not JSON"); }
    if (told?.format !== FORMAT.format) throw new Error("it holds no progress of this course");
    if (!Number.isInteger(told.version) || told.version < 1) throw new Error("it does not tell its version");
    if (told.version > FORMAT.version)
      throw new Error(`it is of version ${told.version}, and this course knows version ${FORMAT.version} only`);
    const { answers } = told;
    if (!answers || typeof answers !== "object" || Array.isArray(answers)) throw new Error("it holds other things than progress");
    for (const [key, answer] of Object.entries(answers)) {
      if (!KEY.test(key)) throw new Error(`it holds an answer to '${oneLine(key).slice(0, 40)}', which is no question's name`);
      const { state, tries, when, slip } = answer ?? {};
      const isOne = STATES.includes(state) && Number.isInteger(tries) && tries > 0 && tries <= MOST_TRIES
        && WHEN.test(when) && !Number.isNaN(Date.parse(when)) && typeof slip === "string" && slip === oneLine(slip)
        && (!slip || state === "not yet") && Object.keys(answer).length === 4;
      if (!isOne) throw new Error(`its answer to ${key} is none`);
    }
    return answers;
  }

  const progress = {
    answers() {
      try { return answersIn(kept.read("cnnlab-progress") ?? ""); } catch { return {}; }
    },
    text(answers) {
      const sorted = Object.fromEntries(Object.keys(answers).sort().map((key) => [key, answers[key]]));
      return `${JSON.stringify({ format: FORMAT.format, version: FORMAT.version, answers: sorted }, null, 1)}\n`;
    },
    put(answers) {
      kept.write("cnnlab-progress", this.text(answers));
      document.dispatchEvent(new CustomEvent("cnnlab:progress"));
    },
    // One more try: what was once right stays right, and trying on is no step back.
    remember(key, state, said) {
      const answers = this.answers();
      const before = answers[key];
      if (before?.state === "correct") return;
      const when = `${new Date().toISOString().slice(0, 19)}Z`;
      let slip = state === "not yet" ? oneLine(said.replace(/^Not yet\. /, "")) : "";
      let now = state;
      if (before && STATES.indexOf(before.state) > STATES.indexOf(state)) ({ state: now, slip } = before);
      const tries = Math.min((before?.tries ?? 0) + 1, MOST_TRIES);
      this.put({ ...answers, [key]: { state: now, tries, when, slip } });
    },
    // The better state wins; of two that are equal, the later one.
    merge(theirs) {
      const mine = this.answers();
      const rank = ({ state, when, slip }) => [STATES.indexOf(state), when, slip];
      const isLess = (one, other) => {
        const [a, b] = [rank(one), rank(other)];
        const at = a.findIndex((part, k) => part !== b[k]);
        return at >= 0 && a[at] < b[at];
      };
      for (const [key, answer] of Object.entries(theirs)) {
        const own = mine[key] ?? answer;
        mine[key] = { ...(isLess(own, answer) ? answer : own), tries: Math.max(own.tries, answer.tries) };
      }
      this.put(mine);
    },
  };
  window.cnnlabProgress = progress;

  // ------------------------------------------------ a lesson

  for (const source of all("pre.code")) {
    const button = make("button", { type: "button", className: "copy", textContent: "Copy" });
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(source);
        button.textContent = "Selected";
      }
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
    const box = make("div", { className: "copied" });
    source.replaceWith(box);
    box.append(source, button);
  }

  for (const heading of all("article :is(h2, h3)[id]")) {
    const link = make("a", { className: "here", href: `#${encodeURIComponent(heading.id)}`, textContent: "#" });
    link.setAttribute("aria-label", `Link to “${heading.textContent}”`);
    heading.append(link);
  }

  const toc = document.querySelector(".toc");
  if (toc) {
    const details = toc.querySelector("details");
    if (!matchMedia("(min-width: 90rem)").matches) details.open = false;
    const links = all("a", toc);
    const heads = links.map((link) => byId(decodeURIComponent(link.hash.slice(1))));
    const line = document.querySelector(".position");
    const follow = () => {
      const far = scrollY / Math.max(1, document.documentElement.scrollHeight - innerHeight);
      line.style.transform = `scaleX(${Math.min(1, far)})`;
      const at = heads.findLastIndex((head) => head && head.getBoundingClientRect().top < innerHeight / 3);
      links.forEach((link, k) => (k === at ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
    };
    let frame = null;
    addEventListener("scroll", () => (frame ??= requestAnimationFrame(() => { frame = null; follow(); })), { passive: true });
    follow();
  }

  // Hints come one by one: the next one once the one before has been opened.
  for (const exercise of all(".exercise")) {
    const { exercise: key } = exercise.dataset;
    const hints = all(":scope > .hint", exercise);
    hints.forEach((hint, at) => {
      hint.hidden = at > 0;
      hint.addEventListener("toggle", () => { if (hint.open && hints[at + 1]) hints[at + 1].hidden = false; });
    });
    const solution = exercise.querySelector(".solution details");
    solution.addEventListener("toggle", () => { if (solution.open) progress.remember(key, "shown", ""); });
    exercise.querySelector(".solve").addEventListener("click", () => progress.remember(key, "correct", ""));
  }
  function showExercises() {
    const answers = progress.answers();
    for (const exercise of all(".exercise")) {
      const { state } = answers[exercise.dataset.exercise] ?? {};
      exercise.querySelector(".solve").setAttribute("aria-pressed", state === "correct");
      exercise.querySelector("[role=status]").textContent = state === "correct" ? "✓ Solved, you said." : state === "shown" ? "You have seen a solution." : "";
    }
    for (const place of all("[data-asks]")) {
      const { state } = answers[place.dataset.asks] ?? {};
      place.dataset.state = state ?? "";
    }
  }

  // ------------------------------------------------ the contents

  function showContents() {
    const { keys = {}, titles = {} } = window.cnnlabCourse ?? {};
    const answers = progress.answers();
    const read = new Set(JSON.parse(kept.read("cnnlab-read") ?? "[]"));
    let [done, count] = [0, 0];
    for (const item of all("[data-lesson]")) {
      const asked = keys[item.dataset.lesson] ?? [];
      const got = asked.filter((key) => (answers[key]?.state ?? "not yet") !== "not yet").length;
      [done, count] = [done + got, count + asked.length];
      const isRead = read.has(item.dataset.lesson) ? "read to its end" : "";
      const answered = asked.length && (got || isRead) ? `${got} of ${asked.length} answered` : "";
      item.querySelector(".done").textContent = [isRead && `✓ ${isRead}`, answered].filter(Boolean).join(" · ");
    }
    const told = byId("told");
    if (!told) return;
    told.textContent = `${done} of ${count} done.`;
    const wrong = Object.entries(answers).filter(([key, { slip }]) => slip && titles[key.slice(0, 2)]);
    wrong.sort(([, one], [, other]) => (one.when < other.when ? 1 : -1));
    const nothing = make("li", { textContent: "Nothing: no answer was wrong last." });
    byId("wrong").replaceChildren(...(wrong.length ? wrong.map(([key, { slip }]) => {
      const { file, title } = titles[key.slice(0, 2)];
      return make("li", {}, make("a", { href: `${file}#${keys.places[key] ?? ""}`, textContent: title }), `: ${slip}`);
    }) : [nothing]));
  }

  byId("save")?.addEventListener("click", () => {
    const blob = new Blob([progress.text(progress.answers())], { type: "application/json" });
    const link = make("a", { href: URL.createObjectURL(blob), download: "cnnlab-progress.json" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
  byId("load")?.addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    target.value = "";
    if (!file) return;
    try {
      if (file.size > 1e6) throw new Error("it is larger than 1,000,000 bytes");
      progress.merge(answersIn(await file.text()));
      byId("told").textContent = `${byId("told").textContent} ${file.name} has been added.`;
    } catch (error) {
      byId("told").textContent = `${file.name} cannot be used, as ${error.message}; nothing was changed.`;
    }
  });
  byId("forget")?.addEventListener("click", ({ target }) => {
    if (target.dataset.sure) {
      kept.remove("cnnlab-progress");
      kept.remove("cnnlab-read");
      document.dispatchEvent(new CustomEvent("cnnlab:progress"));
    }
    target.textContent = target.dataset.sure ? "Forget it" : "Really forget all of it?";
    if (target.dataset.sure) delete target.dataset.sure;
    else target.dataset.sure = "true";
  });

  // A lesson is read when its end has been in sight.
  const { number } = document.body.dataset;
  const end = document.querySelector("nav.turn");
  if (number && end) new IntersectionObserver(([{ isIntersecting }]) => {
    if (!isIntersecting) return;
    const read = new Set(JSON.parse(kept.read("cnnlab-read") ?? "[]"));
    kept.write("cnnlab-read", JSON.stringify([...read.add(number)].sort()));
  }).observe(end);

  const refresh = () => { showExercises(); showContents(); };
  document.addEventListener("cnnlab:progress", refresh);
  addEventListener("storage", refresh);
  refresh();

  // ------------------------------------------------ search

  const results = byId("results");
  if (results) {
    const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
    byId("query").value = query;
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const index = JSON.parse(byId("index").textContent);
    const weigh = ({ title, text }) => {
      let weight = 0;
      for (const word of words) {
        const [inTitle, inText] = [title, text].map((where) => where.toLowerCase().split(word).length - 1);
        if (!inTitle && !inText) return 0;
        weight += 20 * inTitle + inText;
      }
      return weight;
    };
    const found = words.length ? index.map((one) => [weigh(one), one]).filter(([weight]) => weight) : [];
    found.sort(([one], [other]) => other - one);
    const snippet = (text) => {
      const at = Math.max(0, text.toLowerCase().indexOf(words.find((word) => text.toLowerCase().includes(word)) ?? ""));
      const from = Math.max(0, at - 80);
      return `${from ? "… " : ""}${text.slice(from, at + 160)}${at + 160 < text.length ? " …" : ""}`;
    };
    results.replaceChildren(...found.slice(0, 40).map(([, { page, lesson, title, text }]) =>
      make("li", {}, make("a", { href: page, textContent: title === lesson ? title : `${lesson}: ${title}` }), make("p", { textContent: snippet(text) }))));
    if (words.length) {
      const count = found.length === 1 ? "One place" : `${found.length} places`;
      byId("found").textContent = found.length ? `${count} for “${query}”${found.length > 40 ? "; the first 40" : ""}.` : `Nothing for “${query}”.`;
    }
  }
})();
