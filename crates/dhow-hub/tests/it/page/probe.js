// Runs in the page, after its script: uses it as a person would and writes what it sees into `#probe`.
"use strict";
(() => {
  const notes = [];
  const note = (name, value) => notes.push(`${name}=${value}`);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const text = (selector) => document.querySelector(selector)?.textContent ?? "";
  const name = () => document.querySelector("#detail h2")?.firstChild.textContent ?? "";
  const press = (selector) => document.querySelector(selector).click();
  const key = (target, pressed) => target.dispatchEvent(new KeyboardEvent("keydown", { key: pressed, bubbles: true, cancelable: true }));
  const choose = (selector, value) => {
    const select = document.querySelector(selector);
    select.value = value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const search = document.querySelector("#search");
  const type = (query) => {
    search.value = query;
    search.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const hits = () => all("#hits li b").map((hit) => hit.textContent).join(" ");
  const nodes = () => all("#graph .node");

  try {
    note("title", name());
    note("description", [...text("#detail .description")].length);
    note("links", all("#detail a").length);
    note("nodes", nodes().length);
    note("edges", all("#graph .edge").length);
    note("lanes", all("#graph .lane").length);
    note("from left to right", nodes()
      .filter((node) => !node.textContent.includes("<"))
      .sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left)
      .map((node) => node.querySelector("text").textContent).slice(0, 4).join(" "));
    const boxes = nodes().map((node) => node.querySelector(".box").getBoundingClientRect());
    const overlap = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    note("overlaps", boxes.filter((a, i) => boxes.slice(i + 1).some((b) => overlap(a, b))).length);

    press("#sizes-tab");
    note("cells", all(".cell").filter((cell) => cell.offsetWidth > 0 && cell.offsetHeight > 0).length);
    press("[data-field=archive_bytes]");
    note("cells of archives", all(".cell").length);
    const cell = document.querySelector(".cell[data-select='1']");
    cell?.focus();
    cell?.click();
    note("focus stays", document.activeElement.dataset.select);
    press("#graph-tab");

    type("CORE");
    note("hits", hits());
    type("net");
    note("hits of a feature", hits());
    type("de");
    key(search, "ArrowDown");
    key(search, "Enter");
    note("chosen", name());
    note("address", new URLSearchParams(location.hash.slice(1)).get("package"));
    type("");
    key(document.querySelector("#graph .node.selected") ?? document.body, "ArrowLeft");
    note("walked left", name());

    press("[data-kind=proc_macro]");
    note("macros", text("#result"));
    note("paled", all("#graph .node.off").length);
    press("#clear");
    choose("#platform", "x86_64-unknown-linux-gnu");
    note("on linux", text("#result"));
    press("#clear");
    press("[data-layer=platform-only]");
    press("#packages-tab");
    note("rows of a layer", all("tr[data-package]:not([hidden]) th").map((cell) => cell.firstChild.textContent.trim()).join(" "));
    press("#clear");
    key(document.querySelector("tr[data-package='2']"), "Enter");
    press("#around");
    note("around sys", nodes().filter((node) => node.getAttribute("aria-label")).map((node) => node.querySelector("text").textContent).reverse().join(" "));
    choose("#scope", "all");
    note("all again", nodes().length);
    note("foreign", all("img, iframe, object, embed, link, base, form, [onerror], [onfocus], [onmouseover]").length
      + [...document.links].filter((link) => !/^https?:/.test(link.href) && !link.getAttribute("href").startsWith("#p")).length);
  } catch (error) {
    window.failures.push(`the probe: ${error.message}`);
  }
  note("pwned", typeof window.pwned);
  note("failures", window.failures.join("; "));
  note("milliseconds", Math.round(performance.now()));
  const out = document.createElement("pre");
  out.id = "probe";
  out.textContent = notes.join("\n");
  document.body.append(out);
})();
