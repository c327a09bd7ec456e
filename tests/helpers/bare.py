"""A page with nothing in it but ``stage.js``, a picture and a model of a few lines: no Jupyter, no kernel."""

import base64
import json

from cnnlab.look import LINES, PALETTES
from cnnlab.stage.stage import HERE

STAGE = (HERE / "stage.js").read_text(encoding="utf-8")
STYLE = (HERE / "stage.css").read_text(encoding="utf-8")

# A model as the stage sees it. What is sent is kept; `answer` lets a test answer as Python would.
MODEL = """(state, alone) => {
  const listeners = new Map();
  const all = name => listeners.get(name) ?? [];
  const model = {
    sent: [],
    get: name => state[name],
    set: (name, value) => {
      if (state[name] === value) return;
      state[name] = value;
      all(`change:${name}`).forEach(act => act());
    },
    save_changes: () => {},
    send: message => {
      model.sent.push(message);
      if (alone) throw new Error('no kernel');
    },
    answer: message => all('msg:custom').forEach(act => act(message)),
    on: (names, act) => names.split(' ').forEach(name => listeners.set(name, [...all(name), act])),
    off: (names, act) => names.split(' ').forEach(
      name => listeners.set(name, all(name).filter(other => other !== act))),
    count: () => [...listeners.values()].flat().length,
  };
  return model;
}"""

# Bytes travel as text, and become again what Jupyter makes of them.
UNPACK = """function unpack(value) {
  if (Array.isArray(value)) return value.map(unpack);
  if (!value || typeof value !== 'object') return value;
  if ('bytes in text' in value)
    return new DataView(Uint8Array.from(atob(value['bytes in text']), c => c.charCodeAt(0)).buffer);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unpack(part)]));
}"""

MOUNT = f"""async ([source, state, alone]) => {{
  {UNPACK}
  window.unpack = unpack;
  const url = URL.createObjectURL(new Blob([source], {{ type: 'text/javascript' }}));
  window.stage = (await import(url)).default;
  window.model = ({MODEL})(unpack(state), alone);
  window.cleanUp = window.stage.render({{ model: window.model, el: document.querySelector('main') }});
}}"""


def packed(value):
    """Return plain data in which bytes are text, so that it can be handed to a page."""
    if isinstance(value, bytes):
        return {"bytes in text": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: packed(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [packed(part) for part in value]
    return value


def state_of(picture, **traits):
    """Return the state of a stage's model, as JSON can hold it."""
    plain = {"step": 0, "speed": 1, "decimals": False, "quiz": False, "_answered": ""}
    looks = {"_palettes": PALETTES, "_lines": LINES}
    return json.loads(json.dumps(packed({**plain, **looks, **traits, "_picture": picture.to_json()})))


def mount(page, picture, *, source=STAGE, dark=False, state=None, alone=False, **traits):
    """Show a picture in an empty page; ``source`` and ``state`` can be other than they should be.

    ``alone``: whatever is sent comes back as an error, as it does where no kernel ever was.
    """
    page.goto("about:blank")
    theme = str(not dark).lower()
    page.set_content(f"<body data-jp-theme-light='{theme}'><main></main></body>")
    page.add_style_tag(content=STYLE)
    page.evaluate(MOUNT, [source, state or state_of(picture, **traits), alone])
    return page.locator(".cnnlab-stage")
