// Before anything is painted: the theme that was chosen, or the system's.
(() => {
  const chosen = () => { try { return localStorage.getItem("cnnlab-theme"); } catch { return null; } };
  const wear = () => {
    const isLight = (chosen() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "light";
    document.documentElement.dataset.theme = isLight ? "light" : "dark";
    if (document.body) document.body.dataset.jpThemeLight = isLight; // what stage.js looks at
    document.getElementById("theme")?.setAttribute("aria-pressed", !isLight);
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", wear);
  document.addEventListener("DOMContentLoaded", wear);
  document.documentElement.classList.add("alive");
  window.cnnlabWear = wear;
  wear();
})();
