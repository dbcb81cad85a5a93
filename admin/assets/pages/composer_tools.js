// The composer's tools: `/` canned answers with blanks and files, `@` colleagues in notes, sending later.
(() => {
  if (!document.getElementById("inbox")) return;
  const composer = () => document.getElementById("composer");
  const body = () => document.getElementById("compose-body");
  const list = () => document.getElementById("suggestions");
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];
  let canned = null, offered = [], at = 0, files = [];

  // --- what `/` and `@` offer ---
  const WORD = /(^|\s)([/@])([\w.-]*)$/;
  const before = () => body().value.slice(0, body().selectionStart);
  async function answers() {
    canned ??= fetch("/panel/canned/list", { credentials: "same-origin" }).then((r) => (r.ok ? r.json() : null)).catch(() => null);
    const found = await canned;
    if (!found) canned = null; // Asked again at the next "/".
    return found || [];
  }
  async function offer() {
    const found = before().match(WORD), isNote = composer().dataset.kind === "note";
    if (!found || (found[2] === "@") !== isNote) return hide();
    const sought = found[3].toLowerCase();
    offered = isNote
      ? JSON.parse(composer().dataset.colleagues).map(([name, shown]) => ({ key: `@${name}`, title: shown, text: `@${name} ` }))
      : (await answers()).map((one) => ({ key: `/${one.shortcut}`, title: one.title, hint: one.body, one }));
    offered = offered.filter(({ key, title }) => key.slice(1).startsWith(sought) || title.toLowerCase().includes(sought)).slice(0, 8);
    at = 0;
    draw();
  }
  function draw() {
    if (!offered.length) return hide();
    list().replaceChildren(...offered.map((item, index) => {
      const row = document.createElement("li");
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(index === at));
      row.id = `suggestion-${index}`;
      row.dataset.index = index;
      row.append(Object.assign(document.createElement("strong"), { textContent: item.key }), ` ${item.title}`);
      if (item.hint) row.append(Object.assign(document.createElement("small"), { textContent: item.hint }));
      return row;
    }));
    list().hidden = false;
    body().setAttribute("aria-activedescendant", `suggestion-${at}`);
    list().children[at].scrollIntoView({ block: "nearest" });
  }
  function hide() {
    offered = [];
    if (!list()) return;
    list().hidden = true;
    body().removeAttribute("aria-activedescendant");
  }
  async function take(item) {
    // Where the calling word stands, asked before a dialog takes the cursor away.
    const end = body().selectionStart, place = { end, start: end - before().match(WORD)[0].trimStart().length };
    hide();
    if (!item.one) return insert(item.text, place);
    const values = await fill(item.one.blanks);
    if (!values) return;
    insert(item.one.body.replace(/\{\{\s*([\w ]{1,30}?)\s*\}\}/g, (_, name) => values[name] ?? ""), place);
    files = [...files, ...item.one.files].slice(0, 5);
    showFiles();
  }
  // In the place of the word that called it, at the cursor.
  function insert(text, { start, end }) {
    const input = body();
    input.setRangeText(text, start, end, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  }

  // --- blanks of a canned answer ---
  function fill(blanks) {
    if (!blanks.length) return Promise.resolve({});
    const known = JSON.parse(composer().dataset.known);
    const dialog = document.getElementById("blanks-dialog"), box = document.getElementById("blanks");
    box.replaceChildren(...blanks.map((name, index) => {
      const label = Object.assign(document.createElement("label"), { className: "form-label d-block", textContent: name });
      const input = Object.assign(document.createElement("input"), { className: "form-control mb-2", name: `blank-${index}`, value: known[name] || "", required: true, maxLength: 200 });
      label.append(input);
      return label;
    }));
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((resolve) => dialog.addEventListener("close", () => {
      const inputs = [...box.querySelectorAll("input")];
      resolve(dialog.returnValue === "yes" ? Object.fromEntries(blanks.map((name, index) => [name, inputs[index].value])) : null);
    }, { once: true }));
  }
  function showFiles() {
    const box = document.getElementById("chosen");
    if (!box) return;
    box.hidden = !files.length;
    box.replaceChildren(...files.map((file) => {
      const chip = Object.assign(document.createElement("span"), { className: "chip", textContent: file.name });
      const drop = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
      drop.setAttribute("aria-label", `${document.body.dataset.sayClose} ${file.name}`);
      drop.addEventListener("click", () => { files = files.filter((one) => one !== file); showFiles(); });
      chip.append(drop);
      return chip;
    }));
  }
  window.sapaComposer = { takeFiles() { const ids = files.map((file) => file.id); files = []; showFiles(); return ids; } };

  document.addEventListener("input", (event) => { if (event.target.id === "compose-body") offer(); });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "compose-body" || !offered.length) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) at = (at + step + offered.length) % offered.length;
    else if (event.key === "Escape") { event.preventDefault(); return hide(); }
    else if (event.key !== "Enter" && event.key !== "Tab") return;
    event.preventDefault();
    if (step) draw(); else take(offered[at]);
  }, true);
  document.addEventListener("click", (event) => {
    const row = event.target.closest("#suggestions li");
    if (row) take(offered[Number(row.dataset.index)]);
    else if (list() && !event.target.closest("#composer")) hide();
  });

  // --- sending what is no plain reply ---
  // What came of it: ok, and what the server says of it. Nothing said: it was not reached.
  async function post(id, path, fields) {
    const response = await fetch(`/panel/inbox/${id}/${path}`, {
      method: "POST", credentials: "same-origin", headers: { "HX-Request": "true", "X-CSRF-Token": token() }, body: fields,
    }).catch(() => null);
    const elsewhere = response?.headers.get("HX-Redirect");
    if (elsewhere) location.assign(elsewhere);
    const told = response && JSON.parse(response.headers.get("HX-Trigger") || "{}").toast;
    const ok = Boolean(response?.ok && !elsewhere);
    if (ok) { await sapaInbox.refreshThread(); sapaInbox.toEnd(); sapaInbox.refreshList(); }
    return { ok, told: told || (ok ? null : { text: document.body.dataset.sayFailed, kind: "danger" }) };
  }
  window.sapaComposer.post = post;

  // --- later ---
  // Only words go later. Most are meant for tomorrow morning, so that stands there until somebody chooses.
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-dialog=later-dialog]")) return;
    if (!body().value.trim() || files.length) {
      event.stopImmediatePropagation();
      htmx.trigger(document.body, "toast", { text: sapaInbox.say(files.length ? "LaterFiles" : "LaterEmpty"), kind: "danger" });
      body().focus();
      return;
    }
    const at = document.getElementById("later-at");
    if (at.value) return;
    const day = new Date(Date.now() + 24 * 60 * 60 * 1000), two = (number) => String(number).padStart(2, "0");
    at.value = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T09:00`;
  }, true);
  document.addEventListener("submit", async (event) => {
    if (event.target.id !== "later-form" || event.submitter?.value !== "yes") return;
    const id = composer().dataset.id, text = body().value.trim();
    const { ok, told } = await post(id, "later", new URLSearchParams({ body: text, due_at: document.getElementById("later-at").value }));
    if (told) htmx.trigger(document.body, "toast", told);
    if (ok) sapaComposer.forget(id, text);
  });
  // What did not go out because the customer wrote comes back to be said otherwise; htmx puts it away.
  document.addEventListener("click", (event) => {
    const words = event.target.closest("[data-take-up]")?.dataset.takeUp;
    if (!words) return;
    document.dispatchEvent(new CustomEvent("compose", { detail: { kind: "reply" } }));
    const input = body(), before = input.value.trim();
    input.value = before ? `${before}\n${words}` : words;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  document.addEventListener("thread:open", () => { files = []; canned = null; hide(); });
})();
