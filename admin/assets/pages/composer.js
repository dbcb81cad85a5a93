// Answering: drafts, reply or note, Enter sends, and a bubble that stays until the server has it, also where somebody leaves meanwhile.
(() => {
  const inbox = document.getElementById("inbox");
  if (!inbox) return;
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];
  const body = () => document.getElementById("compose-body");
  const thread = () => document.getElementById("thread");
  const composer = () => document.getElementById("composer");
  const kind = () => composer()?.dataset.kind || "reply";
  const draftKey = () => `sapa-draft/${inbox.dataset.me}/${thread()?.dataset.id}/${kind()}`;

  function choose(wanted, { isNew = false } = {}) {
    const box = composer();
    if (!box) return;
    if (!isNew) keepDraft();
    box.dataset.kind = wanted;
    for (const tab of box.querySelectorAll(".composer-tab")) {
      tab.classList.toggle("is-here", tab.dataset.kind === wanted);
      tab.setAttribute("aria-selected", String(tab.dataset.kind === wanted));
    }
    const input = body();
    input.placeholder = wanted === "note" ? input.dataset.hintNote : input.dataset.hintReply;
    document.getElementById("compose").action = document.getElementById("compose").dataset[wanted];
    input.value = localStorage.getItem(draftKey()) || "";
    fit();
    gate();
  }
  function gate() {
    const isShut = kind() === "reply" && !thread()?.dataset.canWrite;
    const shut = document.getElementById("composer-shut");
    if (!shut || !body()) return;
    shut.hidden = !isShut;
    body().disabled = isShut;
    document.querySelector("#compose [type=submit]").disabled = isShut;
  }
  function keepDraft() {
    const input = body();
    if (!input) return;
    if (input.value.trim()) localStorage.setItem(draftKey(), input.value);
    else localStorage.removeItem(draftKey());
  }
  function fit() {
    const input = body();
    input.rows = Math.min(8, Math.max(2, input.value.split("\n").length));
  }

  // --- sending ---
  // Each message has a key of its own: sent again after a lost answer it is still the same message. What the server has not said yes to is
  // kept in this browser, one list a conversation: [{ key, text, url, media }].
  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const unsentKey = (id) => `sapa-unsent/${inbox.dataset.me}/${id}`;
  const unsent = (id) => JSON.parse(localStorage.getItem(unsentKey(id)) || "[]");
  const underWay = new Set();
  function keepUnsent(id, messages) {
    if (messages.length) localStorage.setItem(unsentKey(id), JSON.stringify(messages));
    else localStorage.removeItem(unsentKey(id));
  }
  const settled = (id, key) => keepUnsent(id, unsent(id).filter((one) => one.key !== key));
  function bubble(message) {
    const row = document.createElement("li");
    row.className = "bubble-row is-out by-staff is-pending";
    row.dataset.key = message.key;
    const box = Object.assign(document.createElement("div"), { className: "bubble" });
    box.append(Object.assign(document.createElement("p"), { className: "bubble-text", textContent: message.text }));
    box.append(Object.assign(document.createElement("span"), { className: "bubble-foot", textContent: "…" }));
    row.append(box);
    document.getElementById("pending").append(row);
    return row;
  }
  // Asked for anew each time: the conversation may have been left and opened again since.
  const rowOf = (key) => document.querySelector(`#pending [data-key="${key}"]`);
  async function send(id, message) {
    let told = null, ok = false;
    const { key, text, url, media } = message, fields = new URLSearchParams({ body: text, key });
    media.forEach((file) => fields.append("media", file));
    underWay.add(key);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "HX-Request": "true", "X-CSRF-Token": token() },
        body: fields,
        credentials: "same-origin",
      });
      const elsewhere = response.headers.get("HX-Redirect");
      if (elsewhere) { location.assign(elsewhere); return; }
      ok = response.ok;
      told = JSON.parse(response.headers.get("HX-Trigger") || "{}").toast;
    } catch { /* no connection: the bubble says so */ } finally { underWay.delete(key); }
    if (told && (!ok || told.kind === "warning")) htmx.trigger(document.body, "toast", told);
    if (ok) {
      settled(id, key);
      await sapaInbox.refreshThread();
      rowOf(key)?.remove();
      if (thread()?.dataset.id === id) sapaInbox.toEnd();
      sapaInbox.refreshList();
    } else if (rowOf(key)) failed(rowOf(key), id, message);
    else htmx.trigger(document.body, "toast", { text: sapaInbox.say("LeftUnsent"), kind: "danger" });
  }
  function failed(row, id, message) {
    row.classList.add("is-failed");
    row.querySelector(".bubble-foot").textContent = sapaInbox.say("Unsent");
    row.querySelector(".failed")?.remove();
    const button = (word) => Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: sapaInbox.say(word) });
    const again = button("Resend"), drop = button("Discard"), box = Object.assign(document.createElement("div"), { className: "failed" });
    box.append(again, drop);
    row.append(box);
    again.addEventListener("click", () => {
      row.classList.remove("is-failed");
      box.remove();
      row.querySelector(".bubble-foot").textContent = "…";
      send(id, message);
    });
    drop.addEventListener("click", () => { settled(id, message.key); row.remove(); body()?.focus(); });
  }
  function showUnsent() {
    const id = thread().dataset.id;
    for (const message of unsent(id)) {
      const row = rowOf(message.key) || bubble(message);
      if (!underWay.has(message.key)) failed(row, id, message);
    }
    if (unsent(id).length) sapaInbox.toEnd();
  }
  // Words that went another way: forgotten where they still stand.
  function forget(id, text) {
    const key = `sapa-draft/${inbox.dataset.me}/${id}/reply`;
    if (localStorage.getItem(key)?.trim() === text) localStorage.removeItem(key);
    if (thread()?.dataset.id !== id || kind() !== "reply" || body().value.trim() !== text) return;
    body().value = "";
    fit();
  }
  Object.assign(sapaComposer, { forget, newKey });
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "compose") return;
    event.preventDefault();
    const text = body().value.trim(), url = event.target.dataset[kind()];
    if (!text) return;
    body().value = "";
    keepDraft();
    fit();
    const id = thread().dataset.id, message = { key: newKey(), text, url, media: kind() === "reply" ? sapaComposer.takeFiles() : [] };
    keepUnsent(id, [...unsent(id), message]);
    bubble(message);
    sapaInbox.toEnd();
    send(id, message);
    if (kind() === "note") choose("reply");
    body().focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "compose-body" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (event.defaultPrevented) return;
    event.preventDefault();
    document.getElementById("compose").requestSubmit();
  });
  document.addEventListener("input", (event) => {
    if (event.target.id !== "compose-body") return;
    keepDraft();
    fit();
  });
  document.addEventListener("click", (event) => {
    const tab = event.target.closest(".composer-tab");
    if (tab) { choose(tab.dataset.kind); body().focus(); }
  });
  document.addEventListener("compose", (event) => { choose(event.detail.kind); body()?.focus(); });
  document.addEventListener("thread:open", () => composer() && (choose("reply", { isNew: true }), showUnsent()));
  document.addEventListener("thread:fresh", gate);
  if (composer()) { choose("reply", { isNew: true }); showUnsent(); }
})();
