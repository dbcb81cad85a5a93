// Answering: drafts, reply or note, Enter sends, and a bubble that stays until the server has it.
(() => {
  const inbox = document.getElementById("inbox");
  if (!inbox) return;
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];
  const body = () => document.getElementById("compose-body");
  const thread = () => document.getElementById("thread");
  const composer = () => document.getElementById("composer");
  const kind = () => composer()?.dataset.kind || "reply";
  const draftKey = () => `sapa-draft-${inbox.dataset.me}-${thread()?.dataset.id}-${kind()}`;

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
  function pending(text, url) {
    const row = document.createElement("li");
    row.className = "bubble-row is-out by-staff is-pending";
    const bubble = Object.assign(document.createElement("div"), { className: "bubble" });
    bubble.append(Object.assign(document.createElement("p"), { className: "bubble-text", textContent: text }));
    const state = Object.assign(document.createElement("span"), { className: "bubble-foot", textContent: "…" });
    bubble.append(state);
    row.append(bubble);
    row.dataset.url = url;
    document.getElementById("pending").append(row);
    sapaInbox.toEnd();
    return row;
  }
  async function send(row, text, url, media) {
    let told = null, ok = false;
    const fields = new URLSearchParams({ body: text });
    media.forEach((id) => fields.append("media", id));
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "HX-Request": "true", "X-CSRF-Token": token() },
        body: fields,
        credentials: "same-origin",
      });
      ok = response.ok;
      const elsewhere = response.headers.get("HX-Redirect");
      if (elsewhere) { location.assign(elsewhere); return; }
      told = JSON.parse(response.headers.get("HX-Trigger") || "{}").toast;
    } catch { /* no connection: the bubble says so */ }
    if (told && !ok) htmx.trigger(document.body, "toast", told);
    if (ok) {
      await sapaInbox.refreshThread();
      row.remove();
      sapaInbox.toEnd();
      sapaInbox.refreshList();
    } else failed(row, text, url, media);
  }
  function failed(row, text, url, media) {
    row.classList.add("is-failed");
    row.querySelector(".bubble-foot").textContent = sapaInbox.say("Unsent");
    row.querySelector(".failed")?.remove();
    const again = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: sapaInbox.say("Resend") });
    const box = Object.assign(document.createElement("div"), { className: "failed" });
    box.append(again);
    row.append(box);
    again.addEventListener("click", () => {
      row.classList.remove("is-failed");
      box.remove();
      row.querySelector(".bubble-foot").textContent = "…";
      send(row, text, url, media);
    });
  }
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "compose") return;
    event.preventDefault();
    const text = body().value.trim(), url = event.target.dataset[kind()];
    if (!text) return;
    body().value = "";
    keepDraft();
    fit();
    send(pending(text, url), text, url, kind() === "reply" ? sapaComposer.takeFiles() : []);
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
  document.addEventListener("thread:open", () => composer() && choose("reply", { isNew: true }));
  document.addEventListener("thread:fresh", gate);
  if (composer()) choose("reply", { isNew: true });
})();
