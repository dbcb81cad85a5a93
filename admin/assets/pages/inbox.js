// The inbox's own script: opens conversations without loading the page, keeps list and thread fresh, keyboard shortcuts.
(() => {
  const inbox = document.getElementById("inbox");
  if (!inbox) return;
  const panes = document.getElementById("panes");
  const say = (key) => inbox.dataset[`say${key}`] || "";
  const thread = () => document.getElementById("thread");
  const openId = () => thread()?.dataset.id || null;

  // --- fetching parts of the page ---
  // asked: somebody waits for it, and is told when the server cannot be reached. What refreshes by itself comes again with the connection.
  async function part(url, { gone = null, asked = false } = {}) {
    const response = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" }).catch(() => null);
    if (!response) {
      if (asked) htmx.trigger(document.body, "toast", { text: document.body.dataset.sayFailed, kind: "danger" });
      return null;
    }
    const elsewhere = response.headers.get("HX-Redirect");
    if (elsewhere) location.assign(elsewhere);
    if (response.status === 404 && gone) { gone(); return null; }
    if (!response.ok || elsewhere) {
      const told = response.headers.get("HX-Trigger");
      if (told) htmx.trigger(document.body, "toast", JSON.parse(told).toast);
      return null;
    }
    const holder = document.createElement("template");
    holder.innerHTML = await response.text();
    await handIsUp();
    return holder.content;
  }

  // News that replaced a button between a finger's down and up would swallow the tap: it waits for the hand, though never long.
  const LONGEST_PRESS_MS = 1000;
  let isPressed = false, waiting = [];
  addEventListener("pointerdown", () => { isPressed = true; }, true);
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => {
    isPressed = false;
    setTimeout(() => waiting.splice(0).forEach((go) => go())); // After the click that follows.
  }, true);
  const handIsUp = () => isPressed
    ? new Promise((go) => { waiting.push(go); setTimeout(go, LONGEST_PRESS_MS); })
    : Promise.resolve();
  const withQuery = (path, extra) => {
    const url = new URL(path, location.origin);
    for (const [name, value] of Object.entries(extra)) if (value) url.searchParams.set(name, value);
    return url.pathname + url.search;
  };

  // Puts `fresh` in the place of `old`, child by child: what is the same stays, so that nothing flickers, closes or loses its focus.
  function merge(old, fresh) {
    const there = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
    const wanted = [...fresh.children].map((child) => {
      const before = there.get(child.id);
      if (!before) return child;
      for (const details of before.querySelectorAll("details[id]")) {
        const twin = child.querySelector(`#${CSS.escape(details.id)}`);
        if (twin) twin.open = details.open;
      }
      return before.isEqualNode(child) ? before : child;
    });
    const isSame = wanted.length === old.children.length && wanted.every((child, at) => child === old.children[at]);
    if (isSame) return false;
    const added = wanted.filter((child) => child.parentNode !== old);
    old.replaceChildren(...wanted);
    added.forEach((child) => htmx.process(child));
    return true;
  }
  function swap(id, content) {
    const old = document.getElementById(id), fresh = content.querySelector(`#${CSS.escape(id)}`);
    if (!old || !fresh) return;
    for (const details of old.querySelectorAll("details[id]")) {
      const twin = fresh.querySelector(`#${CSS.escape(details.id)}`);
      if (twin) twin.open = details.open;
    }
    if (old.isEqualNode(fresh) || old.contains(document.querySelector(".dropdown-menu.show"))) return;
    old.replaceWith(fresh);
    htmx.process(fresh);
  }

  // Who works by keyboard is where they were, also when what they stood on was drawn anew, or has gone.
  function keepingFocus(change) {
    const held = document.activeElement, card = held.closest(".card-row")?.id, isInHead = Boolean(held.closest("#thread-head"));
    change();
    if (held.isConnected || document.activeElement !== document.body) return;
    if (card) document.getElementById(card)?.querySelector(".card-link").focus({ preventScroll: true });
    else if (isInHead) scroller()?.focus({ preventScroll: true });
  }

  // --- the list ---
  let listBusy = null;
  function refreshList() {
    listBusy ??= loadList().finally(() => { listBusy = null; });
    return listBusy;
  }
  async function loadList(address = document.getElementById("list").dataset.address) {
    if (document.getElementById("hits") || address.includes("q=")) return; // Found things stay as they were found.
    const shown = document.getElementById("list").dataset.shown;
    const content = await part(withQuery(address, { n: shown, open: openId() }));
    const fresh = content?.querySelector("#list");
    if (!fresh) return;
    const old = document.getElementById("list");
    const cards = old.querySelector("#cards"), freshCards = fresh.querySelector("#cards");
    const isTyped = old.contains(document.activeElement) && document.activeElement.matches("input, select");
    if (!isTyped && cards.hidden !== freshCards.hidden) { old.replaceWith(fresh); htmx.process(fresh); return; }
    keepingFocus(() => { swap("inbox-tabs", content); merge(cards, freshCards); });
  }
  function markOpen(id) {
    for (const row of document.querySelectorAll(".card-row")) row.classList.toggle("is-open", row.id === `card-${id}`);
  }

  // --- the thread ---
  const scroller = () => document.getElementById("scroller");
  const isAtEnd = () => { const box = scroller(); return !box || box.scrollHeight - box.scrollTop - box.clientHeight < 120; };
  const toEnd = () => { const box = scroller(); if (box) box.scrollTop = box.scrollHeight; };
  // Who reads further up is not pulled away, but told that something came.
  const toNewest = () => document.getElementById("to-newest");
  const lastHeard = () => [...document.querySelectorAll("#timeline > .is-in")].at(-1)?.id;
  document.addEventListener("scroll", (event) => { if (event.target === scroller() && isAtEnd()) toNewest().hidden = true; }, true);
  let opening = 0; // Of two asked for quickly the later one opens, whichever answer comes last: nobody answers the wrong customer.
  async function open(id, href, { push = true } = {}) {
    const turn = ++opening, m = new URL(href, location.origin).searchParams.get("m");
    const content = await part(withQuery(`/panel/inbox/${id}`, { m }), { asked: true });
    if (!content || turn !== opening) return;
    panes.replaceChildren(content);
    htmx.process(panes);
    inbox.classList.add("has-thread");
    inbox.classList.remove("shows-customer");
    if (push) history.pushState({ id }, "", href);
    markOpen(id);
    arrived();
    scroller().focus({ preventScroll: true });
    refreshList();
  }
  function arrived() {
    const box = scroller();
    if (!box) return;
    const wanted = location.hash.startsWith("#m-") && document.getElementById(location.hash.slice(1));
    const line = document.getElementById("d-new-messages");
    if (wanted) wanted.scrollIntoView({ block: "center" });
    else if (line) line.scrollIntoView({ block: "center" });
    else toEnd();
    document.dispatchEvent(new CustomEvent("thread:open", { detail: { id: openId() } }));
  }
  let threadBusy = null, threadAgain = false;
  function refreshThread() {
    if (threadBusy) { threadAgain = true; return threadBusy; }
    threadBusy = loadThread().finally(() => {
      threadBusy = null;
      if (threadAgain) { threadAgain = false; refreshThread(); }
    });
    return threadBusy;
  }
  async function loadThread() {
    const old = thread();
    if (!old) return;
    const { id, first, mark } = old.dataset;
    const content = await part(withQuery(`/panel/inbox/${id}`, { since: first || "-", mark, peek: document.hidden ? "true" : "" }), { gone: backToList });
    const fresh = content?.querySelector("#thread");
    if (!fresh || openId() !== id) return;
    const follow = isAtEnd(), before = lastHeard();
    const hadNews = merge(document.getElementById("timeline"), fresh.querySelector("#timeline"));
    merge(document.getElementById("later"), fresh.querySelector("#later"));
    keepingFocus(() => swap("thread-head", content));
    if (!document.activeElement.closest("#customer input[type=text], #new-label")) swap("customer", content);
    old.className = fresh.className;
    old.dataset.canWrite = fresh.dataset.canWrite;
    if (!old.dataset.first) old.dataset.first = fresh.dataset.first;
    if (hadNews && follow) toEnd();
    else if (lastHeard() !== before) toNewest().hidden = false;
    document.dispatchEvent(new CustomEvent("thread:fresh", { detail: { id } }));
  }
  async function loadOlder(button) {
    const box = scroller(), before = button.dataset.older, id = openId();
    button.disabled = true;
    const content = await part(withQuery(`/panel/inbox/${id}/older`, { before }), { asked: true });
    if (!content) { button.disabled = false; return; }
    const height = box.scrollHeight, list = document.getElementById("timeline");
    const items = [...content.querySelector("ol").children];
    const next = content.querySelector("#older");
    list.prepend(...items);
    items.forEach((item) => htmx.process(item));
    const firstMessage = list.querySelector("[data-message]");
    if (firstMessage) thread().dataset.first = firstMessage.dataset.message;
    document.getElementById("older").replaceWith(...(next ? [next] : []));
    box.scrollTop += box.scrollHeight - height;
  }

  // --- clicks ---
  document.addEventListener("click", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    const card = event.target.closest("[data-open]");
    if (card && plain) { event.preventDefault(); open(card.dataset.open, card.getAttribute("href")); return; }
    if (event.target.closest("[data-back]") && plain) { event.preventDefault(); backToList(); return; }
    if (event.target.closest("[data-customer]")) { inbox.classList.toggle("shows-customer"); return; }
    if (event.target.closest("[data-customer-back]")) { inbox.classList.remove("shows-customer"); return; }
    if (event.target.closest("#to-newest")) { toEnd(); document.getElementById("compose-body")?.focus(); return; }
    const older = event.target.closest("[data-older]");
    if (older) { loadOlder(older); return; }
    const more = event.target.closest("[data-more]");
    if (more && plain) {
      event.preventDefault();
      const list = document.getElementById("list");
      list.dataset.shown = String(Number(list.dataset.shown) + 30);
      refreshList().then(() => document.querySelector(".list-more")?.toggleAttribute("hidden", document.querySelectorAll(".card-row").length < Number(list.dataset.shown)));
      return;
    }
    const picture = event.target.closest("[data-lightbox]");
    if (picture && plain) { event.preventDefault(); showPicture(picture); }
  });
  function backToList() {
    opening += 1;
    panes.replaceChildren();
    inbox.classList.remove("has-thread", "shows-customer");
    history.pushState({}, "", document.getElementById("list").dataset.address);
    markOpen(null);
    document.dispatchEvent(new CustomEvent("thread:open", { detail: { id: null } }));
  }
  addEventListener("popstate", () => {
    const found = location.pathname.match(/^\/panel\/inbox\/([\w-]+)$/);
    if (found) open(found[1], location.href, { push: false });
    else location.reload();
  });
  function showPicture(link) {
    const dialog = document.createElement("dialog");
    dialog.className = "lightbox";
    const image = Object.assign(document.createElement("img"), { src: link.href, alt: link.querySelector("img").alt });
    const close = Object.assign(document.createElement("button"), { type: "button", className: "btn-close btn-close-white" });
    close.setAttribute("aria-label", document.body.dataset.sayClose);
    dialog.append(close, image);
    dialog.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  // --- keyboard ---
  const KEYS_OFF = "sapa-inbox-keys-off";
  const keysOff = document.getElementById("keys-off");
  if (keysOff) {
    keysOff.checked = localStorage.getItem(KEYS_OFF) === "1";
    keysOff.addEventListener("change", () => localStorage.setItem(KEYS_OFF, keysOff.checked ? "1" : ""));
  }
  function step(by) {
    const rows = [...document.querySelectorAll(".card-row .card-link")];
    if (!rows.length) return;
    const now = rows.findIndex((row) => row === document.activeElement);
    const at = now >= 0 ? now : rows.findIndex((row) => row.dataset.open === openId());
    rows[Math.min(rows.length - 1, Math.max(0, at + by))].focus();
  }
  const press = (selector) => document.querySelector(selector)?.click();
  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    r: () => document.dispatchEvent(new CustomEvent("compose", { detail: { kind: "reply" } })),
    n: () => document.dispatchEvent(new CustomEvent("compose", { detail: { kind: "note" } })),
    a: () => press("[data-deed=claim]"),
    e: () => press("[data-deed=close]"),
    z: () => press("[data-snooze]"),
    "?": () => document.getElementById("keys").showModal(),
  };
  // Out of what one writes in, so that the keys mean the conversation again; what was typed stays.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.id === "compose-body" && !event.defaultPrevented) document.getElementById("scroller")?.focus();
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea, select, [contenteditable], dialog[open]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
    if (event.key !== "?" && localStorage.getItem(KEYS_OFF) === "1") return;
    event.preventDefault();
    KEYS[event.key]();
  });

  // --- news ---
  document.addEventListener("inbox", () => { document.getElementById("snooze-dialog")?.close(); refreshThread(); refreshList(); });
  let listTimer = 0;
  document.addEventListener("live:changed", (event) => {
    const { ids, all } = event.detail;
    if (all || ids.includes(openId())) refreshThread();
    // Many customers may write at once; the list is read once for all of them.
    listTimer ||= setTimeout(() => { listTimer = 0; refreshList(); }, 400);
  });
  // How long ago, how long somebody waits: minutes go by though nothing happens.
  const MINUTE_MS = 60000;
  setInterval(() => { if (!document.hidden) refreshList(); }, MINUTE_MS);
  // --- colleagues: who looks, who types ---
  const HERE_MS = 10000, TYPING_MS = 4000;
  let typingUntil = 0, toldTyping = false;
  const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];
  function tellHere() {
    const id = openId(), isTyping = Date.now() < typingUntil;
    if (!id || document.hidden) return;
    toldTyping = isTyping;
    fetch(`/panel/inbox/${id}/here`, {
      method: "POST", credentials: "same-origin", headers: { "X-CSRF-Token": token(), "HX-Request": "true" },
      body: new URLSearchParams({ typing: String(isTyping) }),
    }).catch(() => {});
  }
  function tellGone() {
    const id = openId();
    if (!id) return;
    const form = new FormData();
    form.append("_csrf", token());
    navigator.sendBeacon(`/panel/inbox/${id}/gone`, form);
  }
  setInterval(tellHere, HERE_MS);
  document.addEventListener("input", (event) => {
    if (event.target.id !== "compose-body") return;
    typingUntil = Date.now() + TYPING_MS;
    if (!toldTyping) tellHere();
    setTimeout(() => { if (toldTyping && Date.now() >= typingUntil) tellHere(); }, TYPING_MS + 100);
  });
  document.addEventListener("thread:open", () => { tellHere(); showPeople(); });
  addEventListener("pagehide", tellGone);
  document.addEventListener("live:presence", () => showPeople());
  function showPeople() {
    const line = document.getElementById("company");
    if (!line) return;
    const there = window.sapaLive?.peopleAt(openId()) || [];
    const typing = there.filter((one) => one.typing).map((one) => one.name);
    const names = (typing.length ? typing : there.map((one) => one.name)).join(", ");
    line.hidden = !there.length;
    line.textContent = (typing.length ? say("Typing") : say("Viewing")).replace("{who}", names);
  }
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && thread()) { refreshThread(); tellHere(); }
    if (document.hidden) tellGone();
  });

  // --- sounds and notices: opt in, kept in this browser ---
  for (const box of document.querySelectorAll("[data-wants]")) {
    box.checked = localStorage.getItem(box.dataset.wants) === "1";
    box.addEventListener("change", async () => {
      if (box.checked && box.dataset.wants.startsWith("sapa-notice") && (await Notification.requestPermission()) !== "granted") box.checked = false;
      localStorage.setItem(box.dataset.wants, box.checked ? "1" : "");
    });
  }
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  });
  window.sapaInbox = { refreshThread, refreshList, toEnd, say, openId };
  arrived();
})();
