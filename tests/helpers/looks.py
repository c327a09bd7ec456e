"""Whether what a page shows can be read, and what axe-core says of it."""

from tests.helpers.lab import AXE

CONTRAST = 4.5  # of text, by WCAG 2

# Every text in the stage with its colour and the first opaque colour behind it.
TEXTS = """root => {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
  const found = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    let element = walker.currentNode.parentElement;
    if (!text || !element.checkVisibility() || element.closest('.spoken, option')) continue;
    const colour = rgb(getComputedStyle(element).color);
    let behind;
    while (element && !behind) {
      const background = rgb(getComputedStyle(element).backgroundColor);
      if (background[3] !== 0) behind = background;
      element = element.parentElement;
    }
    behind ??= [255, 255, 255];
    found.push([text, colour.slice(0, 3), behind.slice(0, 3), colour[3] ?? 1, behind[3] ?? 1]);
  }
  return found;
}"""


def axe_violations(page):
    """Return what axe-core finds in all stages of a page, of any severity."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run('.cnnlab-stage').then(result => result.violations)")
    return [(one["id"], one["impact"], [node["html"][:200] for node in one["nodes"]]) for one in found]
