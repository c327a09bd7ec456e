// The stage's JavaScript is linted with ESLint's own rules: no plugin, no style, only what is likely wrong.
const browser = ["window", "document", "matchMedia", "MutationObserver", "ResizeObserver", "requestAnimationFrame", "ImageData", "btoa", "setTimeout", "clearTimeout", "console", "navigator", "XMLSerializer", "Image", "URL", "localStorage", "CustomEvent", "getSelection", "scrollY", "innerHeight", "addEventListener", "Blob", "IntersectionObserver", "URLSearchParams", "location", "history", "setInterval", "atob", "structuredClone"];

export default [
  {
    files: ["**/*.js"],
    languageOptions: {
      ecmaVersion: 2022,
      sourceType: "module",
      globals: Object.fromEntries(browser.map((name) => [name, "readonly"])),
    },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-undef": "error",
      "no-unused-vars": "error",
      "no-shadow": ["error", { builtinGlobals: false }],
      "prefer-const": "error",
      "no-var": "error",
      eqeqeq: "error",
      "no-unreachable": "error",
      "no-dupe-keys": "error",
      "no-dupe-class-members": "error",
      "no-self-compare": "error",
      "no-implied-eval": "error",
      "no-constant-condition": "error",
      "max-len": ["error", { code: 120, ignoreTemplateLiterals: true, ignoreStrings: true }],
    },
  },
];
