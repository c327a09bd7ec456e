// A JupyterLab extension, loaded as it is: no build step.
//
// ipywidgets makes the manager that shows a notebook's widgets only once there is a kernel; without one, its
// outputs say "Loading widget…" for ever, although the notebook holds all they need. Stages can be stepped and
// explained without Python, so this extension makes a manager of the same class for notebooks without a kernel.
// And a stage that waits for Python has a button that runs its cell: this extension does it.

const VIEW = "application/vnd.jupyter.widget-view+json";
const STATE = "application/vnd.jupyter.widget-state+json";
const MANAGER = "@jupyter-widgets/jupyterlab-manager";

// Modules that JupyterLab's extensions share: name -> version -> { get }.
let shared;

async function sharedModule(name) {
  const [version] = Object.values(shared[name]);
  return (await version.get())();
}

// All plugins of an installed extension.
async function pluginsOf(name) {
  const plugins = (await window._JUPYTERLAB[name].get("./extension"))().default;
  return [plugins].flat();
}

async function showSaved(app, panel) {
  const state = panel.context.model.getMetadata("widgets")?.[STATE];
  if (!state) return;
  const { WidgetManager } = await sharedModule(MANAGER);
  const SavedWidgets = class extends WidgetManager {
    async _get_comm_info() {
      return {}; // no kernel, no live widget
    }
  };
  const manager = new SavedWidgets(panel.context, panel.content.rendermime, { saveState: false });
  // The kinds of widgets register themselves with whoever is handed to their plugins as the registry.
  const kinds = [...(await pluginsOf(MANAGER)), ...(await pluginsOf("anywidget"))];
  for (const plugin of kinds) if (!plugin.id.endsWith("manager:plugin")) {
    const registry = { registerWidget: (kind) => manager.register(kind) };
    await plugin.activate(app, registry);
  }
  await manager.set_state(state);
  manager.restored.emit();
  for (const cell of panel.content.widgets)
    for (const output of cell.outputArea?.widgets ?? [])
      for (const renderer of output.children()) if (renderer.mimeType === VIEW) renderer.manager = manager;
}

async function watch(app, panel) {
  await panel.context.ready;
  // Wait while a kernel starts or is being connected to; give up when one is there.
  while (!panel.isDisposed && !panel.sessionContext.session?.kernel) {
    await new Promise((done) => setTimeout(done, 1000));
    if (panel.isDisposed || panel.sessionContext.session?.kernel) return;
    if (await app.serviceManager.sessions.findByPath(panel.context.path)) continue;
    return showSaved(app, panel);
  }
}

// Run the cell that an element stands in; first those above it, if nothing has run in this kernel yet.
async function runCellOf(element, tracker, { NotebookActions }, used) {
  const panel = tracker.find(({ node }) => node.contains(element));
  const index = panel?.content.widgets.findIndex(({ node }) => node.contains(element)) ?? -1;
  if (index < 0) return;
  const { content, sessionContext } = panel;
  const choose = () => {
    content.activeCellIndex = index;
    content.deselectAll();
  };
  choose();
  if (index && !used.has(sessionContext.session?.kernel?.id))
    await NotebookActions.runAllAbove(content, sessionContext);
  choose();
  await NotebookActions.run(content, sessionContext);
}

// Who runs one cell sees its scene, whole. JupyterLab looks at the next cell, which a scene then pushes away.
async function showScene(notebook, cell) {
  const index = notebook.widgets.indexOf(cell);
  const isHere = () => [index, index + 1].includes(notebook.activeCellIndex);
  for (let tries = 0; tries < 20 && isHere(); tries += 1) {
    await new Promise((done) => setTimeout(done, 100));
    const scene = cell.node.querySelector(".cnnlab-stage");
    if (scene?.querySelector(".panel[style]") && isHere()) return void scene.scrollIntoView({ block: "nearest" });
  }
}

// Lines of words that the eye can follow, about 80 characters, in lessons (by their file names); code, tables and
// scenes may be wider.
const LESSON = /(^|\/)\d\d_[^/]*\.ipynb$/;
const WORDS = ":is(p, ul, ol, blockquote, h1, h2, h3, h4, details, dl)";
// In the dark theme charts are dark, too, and their colors keep their hue.
const DARK = "[data-jp-theme-light='false'] .cnnlab-lesson img.jp-needs-light-background";
const STYLE = `.cnnlab-lesson .jp-MarkdownOutput > ${WORDS} { max-width: 37em; }
  ${DARK} { filter: invert(0.9) hue-rotate(180deg); }`;

async function makePlugin() {
  const notebooks = await sharedModule("@jupyterlab/notebook");
  const { INotebookTracker, NotebookActions } = notebooks;
  return {
    id: "cnnlab-lab:without-kernel",
    description: "Shows a notebook's saved widgets when there is no kernel, and runs their cells when asked.",
    autoStart: true,
    requires: [INotebookTracker],
    activate: (app, tracker) => {
      const style = document.createElement("style");
      style.textContent = STYLE;
      document.head.append(style);
      const follow = (panel) => {
        if (LESSON.test(panel.context.path)) panel.addClass("cnnlab-lesson");
        return watch(app, panel).catch((error) => console.warn("cnnlab-lab:", error));
      };
      tracker.forEach(follow);
      tracker.widgetAdded.connect((_, panel) => follow(panel));
      // A stage that waits for Python asks for its cell to be run.
      const used = new Set(); // kernels that have run a cell of theirs
      let [waiting, together] = [0, 0]; // cells that are to run, and how many of them were asked for at once
      NotebookActions.executionScheduled.connect(() => {
        together = waiting ? together + 1 : 1;
        waiting += 1;
      });
      NotebookActions.executed.connect((_, { notebook, cell }) => {
        waiting = Math.max(0, waiting - 1);
        const panel = tracker.find(({ content }) => content === notebook);
        used.add(panel?.sessionContext.session?.kernel?.id);
        if (together === 1) showScene(notebook, cell);
      });
      document.addEventListener("cnnlab:run", ({ target }) => runCellOf(target, tracker, notebooks, used));
      document.documentElement.dataset.cnnlabRuns = "cells";
    },
  };
}

window._JUPYTERLAB = window._JUPYTERLAB ?? {};
window._JUPYTERLAB["cnnlab-lab"] = {
  init: (scope) => {
    shared = scope;
  },
  get: async () => {
    const plugin = await makePlugin();
    return () => ({ __esModule: true, default: plugin });
  },
};
