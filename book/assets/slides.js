// The deck: which slide stands on the wall, the speaker's window beside it, and a code that opens a scene elsewhere.
(() => {
  const byId = (id) => document.getElementById(id);
  const root = document.documentElement;
  const slides = [...document.querySelectorAll(".slide")];
  const { plans, site } = JSON.parse(byId("deck-data").textContent);
  const wall = window.opener && location.hash === "#speaker" ? window.opener : null; // of whom this is the speaker's window
  let desk = null; // the speaker's window
  let [at, turn] = [0, 0];

  window.cnnlabWear();
  byId("theme").addEventListener("click", () => {
    try { localStorage.setItem("cnnlab-theme", root.dataset.theme === "light" ? "dark" : "light"); } catch { /* kept nowhere */ }
    window.cnnlabWear();
  });

  const isPoll = (slide) => Boolean(slide.querySelector(".sheet > .options"));

  // Letters are smaller on a slide that has more of them than fit.
  function fit(slide) {
    const sheet = slide.querySelector(".sheet");
    const outside = ":scope > :not(.cnnlab-room), .words *, .shown *, .options *";
    const isFull = () => {
      const { right } = sheet.getBoundingClientRect();
      return sheet.scrollHeight > sheet.clientHeight + 1
        || [...sheet.querySelectorAll(outside)].some((one) => one.getBoundingClientRect().right > right + 2);
    };
    for (let size = 1; size > 0.4; size -= 0.05) {
      document.body.style.setProperty("--fit", size.toFixed(2));
      if (!isFull()) return;
    }
  }

  // A scene that does not fit its room at its smallest is shown smaller.
  const tooHigh = new ResizeObserver((entries) => entries.forEach(({ target }) => {
    const room = target.closest(".cnnlab-room");
    const by = room.clientHeight / room.scrollHeight;
    if (room.clientHeight && by < 0.995) target.style.zoom = Math.max(0.4, Number(target.style.zoom || 1) * by * 0.99);
  }));
  const watched = new Set();
  const watch = () => document.querySelectorAll(".slide.current .cnnlab-room .live").forEach((live) => {
    if (!watched.has(live)) tooHigh.observe(live);
    watched.add(live);
  });
  new MutationObserver(watch).observe(byId("deck"), { childList: true, subtree: true });

  function show(next, nextTurn = 0, isTold = false) {
    at = Math.max(0, Math.min(next, slides.length - 1));
    turn = isPoll(slides[at]) ? nextTurn : 0;
    slides.forEach((slide, k) => slide.classList.toggle("current", k === at));
    slides[at].dataset.turn = turn;
    byId("place").textContent = `${at + 1} / ${slides.length}`;
    byId("code").disabled = !slides[at].querySelector("[data-stage]");
    if (!wall) {
      fit(slides[at]);
      history.replaceState(null, "", `#${slides[at].id}`);
    } else speak();
    if (!isTold) (wall ?? desk)?.postMessage({ cnnlab: "slide", at, turn }, "*");
  }

  function on() {
    if (isPoll(slides[at]) && turn < 2) show(at, turn + 1);
    else if (at + 1 < slides.length) show(at + 1);
  }

  function back() {
    if (turn > 0) show(at, turn - 1);
    else if (at > 0) show(at - 1, 2);
  }

  addEventListener("message", ({ source, data }) => {
    if (data?.cnnlab !== "slide" || (source !== desk && source !== wall)) return;
    if (Number.isInteger(data.at) && Number.isInteger(data.turn)) show(data.at, data.turn, true);
    else desk?.postMessage({ cnnlab: "slide", at, turn }, "*"); // the speaker's window has just come
  });

  // ------------------------------------------------ the speaker's window

  let begun = Date.now();
  const minutes = (time) => `${Math.floor(time / 60000)}:${String(Math.floor(time / 1000) % 60).padStart(2, "0")}`;

  function speak() {
    const words = (slide) => slide.querySelector("h1, h2, .words")?.textContent.trim() ?? "";
    const steps = ["the question", "the options", "the answer"];
    byId("current").textContent = `${at + 1}. ${words(slides[at])}${isPoll(slides[at]) ? ` (${steps[turn]})` : ""}`;
    byId("notes").replaceChildren(...[...slides[at].querySelector(".notes").childNodes].map((one) => one.cloneNode(true)));
    const next = slides[at + 1]?.querySelector(".sheet").cloneNode(true) ?? "The end.";
    if (next.querySelectorAll) {
      next.querySelectorAll(".live, .because").forEach((one) => one.remove());
      next.inert = true;
    }
    byId("next").replaceChildren(next);
    // By when this section should be over, in the plan.
    const chosen = byId("plan").selectedIndex;
    const here = plans.findIndex(({ id }) => id === slides[at].dataset.section);
    const due = plans.slice(0, here + 1).reduce((sum, { plan }) => sum + plan[chosen], 0);
    byId("due").textContent = `· this section ends after ${due} min`;
  }

  const tick = () => {
    byId("now").textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    byId("since").textContent = minutes(Date.now() - begun);
  };

  if (wall) {
    root.classList.add("speaking");
    byId("desk").hidden = false;
    byId("speaker").hidden = byId("code").hidden = byId("screen").hidden = true;
    byId("again").addEventListener("click", () => { begun = Date.now(); tick(); });
    byId("plan").addEventListener("change", speak);
    setInterval(tick, 1000);
    tick();
    wall.postMessage({ cnnlab: "slide" }, "*");
  }

  const openDesk = () => {
    desk = window.open(`${location.href.split("#")[0]}#speaker`, "cnnlab-speaker", "width=900,height=700");
  };

  // ------------------------------------------------ a scene, elsewhere

  function handOver() {
    const place = slides[at].querySelector("[data-stage]");
    if (!place) return;
    const model = window.cnnlabModels[Number(place.dataset.stage)];
    const isServed = location.protocol.startsWith("http");
    const link = window.cnnlabLink(model, isServed || !site ? location.href : `${site}slides/`);
    const anchor = byId("handed").querySelector("a");
    const code = byId("handed").querySelector(".qr");
    anchor.href = link || byId("deck").dataset.lesson;
    anchor.textContent = link ? "Open it here" : "This state is too large for a link; this is the lesson.";
    const words = "Phones cannot reach a file of this machine: serve the book (make book SERVE=1) or publish it, and a code stands here.";
    code.replaceChildren(isServed || site ? "" : words);
    if (link && (isServed || site)) {
      if (link.length > 1800) code.replaceChildren("So much was changed that a code would be too fine to read from a seat: send the link.");
      else code.innerHTML = window.cnnlabQr(link);
      code.firstElementChild?.setAttribute("role", "img");
      code.firstElementChild?.setAttribute("aria-label", "QR code of the link below");
    }
    byId("handed").showModal();
  }

  // ------------------------------------------------ keys, remotes, fingers

  const fill = () => document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.();
  byId("on").addEventListener("click", on);
  byId("back").addEventListener("click", back);
  byId("speaker").addEventListener("click", openDesk);
  byId("code").addEventListener("click", handOver);
  byId("screen").addEventListener("click", fill);
  byId("close").addEventListener("click", () => byId("handed").close());

  // Remotes send Page Down and Page Up: these turn slides wherever the focus is, also in a scene.
  const keys = {
    PageDown: on, PageUp: back, ArrowRight: on, ArrowLeft: back, " ": on, Backspace: back, Home: () => show(0),
    End: () => show(slides.length - 1), s: openDesk, q: handOver, b: () => document.body.classList.toggle("dark-wall"),
    ".": () => document.body.classList.toggle("dark-wall"),
  };
  addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, altKey, metaKey } = event;
    if (ctrlKey || altKey || metaKey || byId("handed").open) return;
    const isPage = key.startsWith("Page");
    const isTaken = target.closest(".cnnlab-stage, input, select, [tabindex='0']") || (key === " " && target.closest("button, a"));
    const act = keys[key.length === 1 ? key.toLowerCase() : key];
    if (!act || (isTaken && !isPage)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }, true);

  let from = null;
  addEventListener("touchstart", ({ target, touches: [{ clientX, clientY }] }) => {
    from = target.closest(".cnnlab-stage, .deck-bar, dialog") ? null : [clientX, clientY];
  }, { passive: true });
  addEventListener("touchend", ({ changedTouches: [{ clientX, clientY }] }) => {
    if (!from) return;
    const [x, y] = [clientX - from[0], clientY - from[1]];
    if (Math.abs(x) > 60 && Math.abs(x) > 2 * Math.abs(y)) (x < 0 ? on : back)();
    from = null;
  });
  addEventListener("resize", () => { if (!wall) fit(slides[at]); });

  // The speaker's window waits to be told.
  show(Math.max(0, slides.findIndex((slide) => `#${slide.id}` === location.hash)), 0, Boolean(wall));
})();
