"""The book in a browser: a page of it, and whatever it asked for or complained of."""

from tests.helpers.lab import AXE, drawn, new_page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Opened:
    """A page of the book, opened from its file; ``close`` fails if it has asked for anything else."""

    def __init__(self, chromium, site, name, scripts=True, **size):
        self.page = new_page(chromium, **size)
        self.devtools = self.page.context.new_cdp_session(self.page)
        if not scripts:
            self.devtools.send("Emulation.setScriptExecutionDisabled", {"value": True})
        self.asked, self.complaints = [], []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on(
            "console", lambda said: self.complaints.append(said.text) if said.type == "error" else None
        )
        self.page.on("pageerror", lambda error: self.complaints.append(error.stack or str(error)))
        file, _, place = name.partition("#")
        self.page.goto((site / file).as_uri() + (f"#{place}" if place else ""))
        if scripts:
            self.page.evaluate("window.cnnlabRender?.()")
            drawn(self.page)

    def zoom(self, times):
        """Show it as on a screen of 1280 × 1024 with the browser's zoom: fewer, larger pixels."""
        size = {"width": 1280 // times, "height": 1024 // times}
        self.devtools.send(
            "Emulation.setDeviceMetricsOverride", {**size, "deviceScaleFactor": times, "mobile": False}
        )
        drawn(self.page)

    def wear(self, theme):
        if self.page.evaluate("document.documentElement.dataset.theme") != theme:
            self.page.locator("#theme").click()
        assert self.page.evaluate("document.documentElement.dataset.theme") == theme

    def violations(self):
        self.page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", RULES
        )
        return [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in found["violations"]]

    def close(self):
        self.page.close()
        beside = [url for url in self.asked if not url.startswith(("file:", "data:", "blob:"))]
        assert beside == []
        assert (
            len({url.partition("?")[0].partition("#")[0] for url in self.asked if url.startswith("file:")})
            == 1
        )
        assert self.complaints == []
