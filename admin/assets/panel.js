// What every page of the panel shares: messages with undo, marks on wrong fields, questions before grave steps, and small conveniences.
// Pages bring their own scripts for what is theirs.
(() => {
  const say = (key) => document.body.dataset[`say${key}`];

  // --- what was written and not sent is its writer's: it outlives a reload, and is gone with the log-out, where nobody is logged in, and
  // before somebody else is. An error page, which may not know who looks, leaves it. Keys read `sapa-draft/<who>/…`. ---
  const WRITTEN = ["sapa-draft", "sapa-unsent", "sapa-segments"];
  const me = document.body.dataset.live;
  if (me || "nobody" in document.body.dataset) for (const kept of [localStorage, sessionStorage]) {
    Object.keys(kept).filter((key) => WRITTEN.some((kind) => key.startsWith(kind) && !(me && key.startsWith(`${kind}/${me}/`))))
      .forEach((key) => kept.removeItem(key));
  }

  // --- messages ---
  const TOAST_MS = 7000;
  function toast({ text, kind = "success", undo = null }) {
    const box = document.createElement("div");
    box.className = `toast-note toast-${kind}`;
    box.append(Object.assign(document.createElement("span"), { textContent: text }));
    if (undo) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: say("Undo"), title: "Ctrl+Z" });
      button.dataset.undo = "";
      button.setAttribute("aria-keyshortcuts", "Control+Z");
      button.addEventListener("click", () => {
        box.remove();
        htmx.ajax("POST", undo.path, { values: undo.fields, swap: "none" }).then(() =>
          htmx.ajax("GET", location.pathname + location.search, { target: "#main", select: "#main", swap: "outerHTML", headers: { "X-Whole-Page": "true" } }));
      });
      box.append(button);
    }
    const close = Object.assign(document.createElement("button"), { type: "button", className: "btn-close" });
    close.setAttribute("aria-label", say("Close"));
    close.addEventListener("click", () => box.remove());
    box.append(close);
    document.getElementById("toasts").append(box);
    // A message that can be undone, or that tells of a fault, stays longer.
    setTimeout(() => box.remove(), undo || kind === "danger" ? TOAST_MS * 2 : TOAST_MS);
  }
  document.addEventListener("toast", (event) => toast(event.detail));
  document.addEventListener("htmx:sendError", () => toast({ text: say("Failed"), kind: "danger" }));

  // A message is gone before the keyboard has come to it through a whole page. Where people type, the keys are the browser's own.
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    if (event.target.closest("input, textarea, select")) return;
    const newest = [...document.querySelectorAll("#toasts [data-undo]")].pop();
    if (!newest) return;
    event.preventDefault();
    newest.click();
  });

  // What the page before wanted to say when it sent us here.
  document.addEventListener("DOMContentLoaded", () => {
    const found = document.cookie.match(/(?:^|; )sapa-flash="?([^;"]+)/);
    if (!found) return;
    document.cookie = "sapa-flash=; Max-Age=0; Path=/panel; SameSite=Lax";
    toast(JSON.parse(decodeURIComponent(found[1])));
  });

  // --- wrong fields ---
  function clearMarks(form) {
    form.querySelectorAll(".is-invalid").forEach((input) => input.classList.remove("is-invalid"));
    form.querySelectorAll(".invalid-feedback[data-mark]").forEach((note) => note.remove());
  }
  document.addEventListener("invalid", (event) => {
    if (!event.detail || !event.detail.fields) return;
    const form = event.target.closest("form") || document.querySelector("form[data-sent]") || document;
    clearMarks(form);
    for (const [name, message] of Object.entries(event.detail.fields)) {
      const input = form.querySelector(`[name="${CSS.escape(name)}"]`);
      if (!input) continue;
      input.classList.add("is-invalid");
      const note = Object.assign(document.createElement("div"), { className: "invalid-feedback d-block", textContent: message });
      note.dataset.mark = "";
      input.after(note);
    }
    form.querySelector(".is-invalid")?.focus();
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = event.target.closest("form");
    if (form) clearMarks(form);
  });

  // Somebody else saved meanwhile: the form keeps every word and knows now what it would write over.
  document.addEventListener("stale", (event) => {
    const seen = document.querySelector("input[name=seen]");
    if (seen) seen.value = event.detail.seen;
  });

  // --- once is enough: the second press of a double click, or of somebody who waits, makes no second customer, case or message ---
  const TWICE_MS = 700;
  const pressed = new WeakMap();
  document.addEventListener("htmx:confirm", (event) => {
    const { elt, verb, triggeringEvent } = event.detail;
    if (verb !== "post" || !["submit", "click"].includes(triggeringEvent?.type)) return;
    const isTwice = pressed.has(elt) && (elt.classList.contains("htmx-request") || Date.now() - pressed.get(elt) < TWICE_MS);
    if (isTwice) { event.preventDefault(); event.stopImmediatePropagation(); }
    else pressed.set(elt, Date.now());
  });
  // What was refused, or filled in otherwise since, is no second press.
  document.addEventListener("htmx:afterRequest", ({ detail }) => { if (!detail.successful) pressed.delete(detail.elt); });
  document.addEventListener("input", (event) => { const form = event.target.closest("form"); if (form) pressed.delete(form); });

  // --- questions before grave steps: hx-confirm in our own dialog instead of the browser's ---
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    const dialog = document.getElementById("ask");
    dialog.querySelector("#ask-text").textContent = event.detail.question;
    dialog.returnValue = "no";
    const { elt, verb, path, issueRequest } = event.detail;
    const values = JSON.parse(elt.getAttribute("hx-vals") || "{}");
    const go = () => {
      if (dialog.returnValue !== "yes") return;
      // News may have drawn the button anew while the question stood there; what was asked is done all the same.
      if (elt.isConnected) issueRequest(true);
      else htmx.ajax(verb.toUpperCase(), path, { values, swap: "none" });
    };
    dialog.addEventListener("close", go, { once: true });
    dialog.showModal();
  });

  // Away from a dialog. No submit button: Enter in a field presses the first of those.
  document.addEventListener("click", (event) => event.target.closest("[data-shut]")?.closest("dialog").close("no"));

  // --- small conveniences ---
  document.addEventListener("click", (event) => {
    const filler = event.target.closest("[data-fill]");
    if (filler) {
      const input = document.getElementById(filler.dataset.fill);
      input.value = filler.dataset.value;
      (document.getElementById("password") || input).focus();
    }
    const copier = event.target.closest("[data-copy]");
    // Without TLS a browser copies nothing; then the words stand there to be marked.
    if (copier && !navigator.clipboard) toast({ text: copier.dataset.copy });
    else if (copier) navigator.clipboard.writeText(copier.dataset.copy).then(() => toast({ text: copier.dataset.copied }), () => toast({ text: copier.dataset.copy }));
  });
  // Filters send themselves when something was chosen.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-auto]");
    if (form) form.requestSubmit();
  });
  // Whole rows that lead somewhere; a click on a link or button inside keeps its own meaning.
  document.addEventListener("click", (event) => {
    const row = event.target.closest("[data-href]");
    if (row && !event.target.closest("a, button, input, select, label")) location.assign(row.dataset.href);
  });
  // On a phone such a table becomes cards, and each cell says what it is: its column's heading.
  function label() {
    document.querySelectorAll(".table-mobile-md").forEach((table) => {
      const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
      table.querySelectorAll("tbody tr").forEach((row) => [...row.cells].forEach((cell, at) => {
        cell.dataset.label ??= heads[at] ?? "";
        cell.classList.toggle("is-none", ["", "—"].includes(cell.textContent.trim()) && !cell.querySelector("svg"));
      }));
    });
  }
  document.addEventListener("DOMContentLoaded", label);
  document.addEventListener("htmx:afterSettle", label);
  // A table wider than its place is scrolled with the keyboard, too.
  function reachable() {
    document.querySelectorAll(".table-responsive").forEach((box) => {
      if (box.scrollWidth > box.clientWidth) box.setAttribute("tabindex", "0");
      else box.removeAttribute("tabindex");
    });
  }
  document.addEventListener("DOMContentLoaded", reachable);
  document.addEventListener("htmx:afterSettle", reachable);
  addEventListener("resize", reachable);
  // Several events on one element: hx-trigger="changed from:body" listens to what responses announce.
  // The menu of somebody who may see much is longer than a screen: where they are stands in it to be seen.
  document.addEventListener("DOMContentLoaded", () =>
    document.querySelector(".navbar-vertical .nav-item.active")?.scrollIntoView({ block: "nearest" }));
  // "/" jumps to the search field, unless somebody is typing.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const search = document.querySelector("[data-search]") || document.getElementById("top-search");
      if (search) {
        event.preventDefault();
        search.focus();
      }
    }
  });
})();
