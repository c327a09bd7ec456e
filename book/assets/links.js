// Makes the links that a teacher hands to a class: to a hub, by way of nbgitpuller, or to Binder.
(() => {
  const form = document.getElementById("links");
  const said = document.getElementById("trouble");
  const link = document.getElementById("link");

  const HUB = "the address of a hub, such as https://hub.example.org";
  const REPOSITORY = "the address of a repository, such as https://github.com/NAME/cnnlab";

  function wrong(field, expected) {
    const got = field.value.trim() ? `“${field.value.trim()}” is not one` : "it is empty";
    return Object.assign(new Error(`${field.labels[0].textContent} must be ${expected}; ${got}.`), { field });
  }

  // An address without a query, a fragment or a slash at its end; "https://" may be left out.
  function address(field, expected) {
    const text = field.value.trim();
    const whole = /^https?:\/\//i.test(text) ? text : `https://${text}`;
    const url = URL.canParse(whole) ? new URL(whole) : null;
    const isOne = url && !/\s|%(?![\da-f]{2})/i.test(text) && !/:\/\/.*:\/\//.test(whole) && /\w/.test(url.hostname)
      && !url.search && !url.hash && !url.username && !url.password;
    if (!isOne) throw wrong(field, expected);
    return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  }

  function branch(field) {
    const name = field.value.trim();
    const isOne = /^[^\s~^:?*[\\\p{Cc}]+$/u.test(name) && !/^[-./]|\.\.|\/\/|@\{|[./]$|\.lock$/.test(name);
    if (!isOne) throw wrong(field, "the name of a branch, such as main");
    return name;
  }

  const MAKE = {
    // A learner's own copy: a hub as in deploy/ places and updates it when the learner's server starts.
    copy({ hub, lesson }) {
      return `${address(hub, HUB)}/hub/user-redirect/lab/tree/${lesson.value}`;
    },

    // What nbgitpuller pulls, into a folder that has the repository's name.
    pull({ hub, repository, branch: named, lesson }) {
      const base = address(hub, HUB);
      const repo = address(repository, REPOSITORY);
      const folder = decodeURIComponent(repo.split("/").at(-1)).replace(/\.git$/, "");
      if (!folder) throw wrong(repository, REPOSITORY);
      const query = new URLSearchParams({
        repo, branch: branch(named), targetpath: folder, urlpath: `lab/tree/${folder}/notebooks/${lesson.value}`,
      });
      return `${base}/hub/user-redirect/git-pull?${query}`;
    },

    binder({ repository, branch: named, lesson }) {
      const what = "the address of a repository on GitHub, such as https://github.com/NAME/cnnlab";
      const found = /^https?:\/\/github\.com\/([\w.-]+)\/([\w.-]+)$/.exec(address(repository, what));
      if (!found) throw wrong(repository, what);
      const query = new URLSearchParams({ urlpath: `lab/tree/notebooks/${lesson.value}` });
      const path = [found[1], found[2].replace(/\.git$/, ""), branch(named)].map(encodeURIComponent).join("/");
      return `https://mybinder.org/v2/gh/${path}?${query}`;
    },
  };

  // While somebody types, a link stands there as soon as there is one; what is wrong is said when they ask for it.
  function update(event) {
    const isAsked = event?.type === "submit";
    if (isAsked) event.preventDefault();
    const fields = form.elements;
    const kind = fields.kind.value;
    fields.hub.closest("p").hidden = kind === "binder";
    for (const name of ["repository", "branch"]) fields[name].closest("p").hidden = kind === "copy";
    for (const field of fields) field.removeAttribute("aria-invalid");
    let made = "";
    let trouble = null;
    try {
      made = MAKE[kind](fields);
    } catch (error) {
      if (!error.field) throw error;
      trouble = error;
    }
    link.textContent = made;
    link.closest("#made").hidden = !made;
    said.textContent = isAsked && trouble ? trouble.message : "";
    if (isAsked && trouble) {
      trouble.field.setAttribute("aria-invalid", "true");
      trouble.field.focus();
    } else if (isAsked) {
      getSelection().selectAllChildren(link);
    }
  }

  form.addEventListener("submit", update);
  form.addEventListener("input", update);
  update();
})();
