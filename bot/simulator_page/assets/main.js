// The page's life: listens to the server, shows what it says, and sends what the customer writes.

import { backstageParts } from "./backstage.js";
import { bubble, looks } from "./bubbles.js";
import { byId, make } from "./dom.js";
import { examples } from "./phrases.js";
import { clock, day, phone } from "./words.js";

const STEADY = matchMedia("(prefers-reduced-motion: reduce)").matches;
const TYPING_MS = STEADY ? 0 : 650; // How long the company seems to type before a fast answer shows.
const NEXT_MS = STEADY ? 0 : 320; // Between two messages of one answer.
const MAX_FILE_BYTES = 16 * 1024 * 1024;
const TOO_BIG = "Berkas ini lebih besar dari 16 MB.";
const NEAR_END = 90; // Pixels from the end of the log that still count as being at the end.

let wasAtEnd = true;

const state = {
  number: location.hash.slice(1),
  view: null,
  shown: new Set(), // Ids of messages whose turn to appear has come.
  unsent: [], // The customer's messages that the server has not shown back yet.
  early: [], // What was written before the first view of the chat came: words and file.
  chosen: null, // The message whose reasons the panel shows.
  isFirstView: true,
  isTyping: false,
  revealing: false,
  source: null,
};

const log = byId("log");
const text = byId("text");
const rooms = byId("rooms");

/* Listening */

function listen() {
  state.source?.close();
  const source = new EventSource(`/simulator/events?number=${encodeURIComponent(state.number)}`);
  state.source = source;
  source.addEventListener("chat", (event) => receive(JSON.parse(event.data)));
  source.addEventListener("error", () => lostTouch(source));
}

function lostTouch(source) {
  if (source !== state.source) return;
  byId("presence").textContent = "menghubungkan…";
  if (source.readyState !== EventSource.CLOSED) return; // The browser tries again by itself.
  const isForgotten = state.number !== "";
  state.number = "";
  history.replaceState(null, "", location.pathname);
  setTimeout(isForgotten ? listen : () => location.reload(), isForgotten ? 0 : 3000);
}

function receive(view) {
  if (state.number && view.number !== state.number) return;
  state.number = view.number;
  state.view = view;
  history.replaceState(null, "", `#${view.number}`);
  const arrived = new Set(view.messages.map((message) => message.wa_id));
  state.unsent = state.unsent.filter((message) => !arrived.has(message.wa_id));
  if (state.isFirstView) view.messages.forEach((message) => state.shown.add(message.id));
  view.messages.filter((message) => message.mine).forEach((message) => state.shown.add(message.id));
  state.isFirstView = false;
  show();
  reveal();
  state.early.splice(0).forEach(([words, file]) => write(words, file));
}

/** Lets new answers appear one after the other, as on a phone. */
async function reveal() {
  if (state.revealing) return;
  state.revealing = true;
  const number = state.number;
  let isLater = false;
  for (let next = hidden(); next && state.number === number; next = hidden()) {
    if (!isLater) await pause(TYPING_MS, true);
    else await pause(NEXT_MS, false);
    isLater = true;
    state.shown.add(next.id);
    show();
  }
  state.revealing = false;
  if (state.number !== number) reveal();
  else tellRead();
}

const hidden = () => state.view?.messages.find((message) => !state.shown.has(message.id));

async function pause(milliseconds, isTyping) {
  if (!milliseconds) return;
  state.isTyping = isTyping;
  show();
  await new Promise((done) => setTimeout(done, milliseconds));
  state.isTyping = false;
}

let hasTold = "";

/** WhatsApp reports as read what a person has before their eyes. */
function tellRead() {
  if (document.visibilityState !== "visible" || !state.view) return;
  const unread = state.view.messages.filter((message) => !message.mine && (message.ack ?? 0) < 3 && (message.ack ?? 0) > 0).map((message) => message.id).join();
  if (!unread || unread === hasTold) return;
  hasTold = unread;
  post(`numbers/${state.number}/read`).catch(() => { hasTold = ""; });
}

/* Showing */

function show() {
  const view = state.view;
  if (!view) return;
  byId("company").textContent = view.company;
  byId("presence").textContent = state.isTyping || view.typing ? "sedang mengetik…" : "online";
  document.title = `${view.company} · Simulator WhatsApp`;
  showLog();
  byId("person-list").replaceChildren(...view.chats.map(person));
  byId("chips").replaceChildren(...examples(view).map(chip));
  showBackstage();
}

function showBackstage() {
  const panel = byId("backstage");
  const facts = JSON.stringify([state.view.backstage, state.chosen, state.view.turns, state.view.messages.length]);
  if (panel.dataset.facts === facts) return;
  const place = panel.scrollTop;
  panel.dataset.facts = facts;
  panel.replaceChildren(...backstageParts(state.view, state.chosen, closePanels));
  panel.scrollTop = place;
}

/** Brings the log in step: what stays the same stays in place, so that focus, selection and pictures survive. */
function showLog() {
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
  const wanted = rows();
  const old = new Map([...log.children].map((row) => [row.dataset.key, row]));
  let before = log.firstElementChild;
  for (const { key, looks: face, build } of wanted) {
    let row = old.get(key);
    if (!row || row.dataset.looks !== face) {
      const fresh = build();
      fresh.dataset.key = key;
      fresh.dataset.looks = face;
      if (!row && old.size) fresh.classList.add("fresh");
      if (row) { if (before === row) before = fresh; row.replaceWith(fresh); }
      row = fresh;
    }
    old.delete(key);
    if (row === before) before = before.nextElementSibling;
    else log.insertBefore(row, before);
  }
  old.forEach((row) => row.remove());
  for (const row of log.children) row.classList.toggle("chosen", row.dataset.key === state.chosen);
  if (isAtEnd) log.scrollTop = log.scrollHeight;
  showDown();
}

function rows() {
  const messages = [...state.view.messages.filter((message) => state.shown.has(message.id)), ...state.unsent];
  const list = [{ key: "notice", looks: "", build: () => make("p", { class: "notice" }, "🔒 Ini simulator bawaan Sapa. Mesinnya sama dengan WhatsApp sungguhan, tetapi tidak ada pesan yang keluar dari komputer ini. Ketuk contoh di bawah, atau tulis apa saja seperti seorang pelanggan.") }];
  let lastDay = "";
  let lastSide = null;
  for (const message of messages) {
    const today = day(message.at);
    if (today !== lastDay) list.push({ key: `day ${today}`, looks: today, build: () => make("p", { class: "day" }, today) });
    const isFirst = today !== lastDay || message.mine !== lastSide;
    list.push({ key: message.mine ? `mine ${message.wa_id}` : message.id, looks: looks(message, isFirst), build: () => bubble(message, isFirst, actions) });
    [lastDay, lastSide] = [today, message.mine];
  }
  if (state.isTyping || state.view.typing) {
    list.push({ key: "typing", looks: "", build: () => make("div", { class: "bubble typing first", role: "status", "aria-label": "Sedang mengetik" }, make("i"), make("i"), make("i")) });
  }
  return list;
}

function showDown() {
  wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
  byId("down").hidden = log.scrollHeight - log.scrollTop - log.clientHeight < 260;
}

function person(chat) {
  const hue = [...chat.number].reduce((sum, digit) => sum + Number(digit), 0) % 6;
  return make(
    "li",
    {},
    make(
      "button",
      { type: "button", class: "person", "aria-current": chat.number === state.number && "true", onclick: () => open(chat.number) },
      make("span", { class: `avatar hue-${hue}`, "aria-hidden": "true" }, chat.name[0]),
      make("strong", {}, chat.name),
      make("time", {}, chat.at ? clock(chat.at) : ""),
      make("span", { class: "last" }, chat.last ?? phone(chat.number)),
      chat.unread > 0 && chat.number !== state.number ? make("span", { class: "count", "aria-label": `${chat.unread} belum dibaca` }, String(chat.unread)) : make("span"),
    ),
  );
}

const chip = (words) => make("button", { type: "button", onclick: () => write(words) }, words);

const actions = {
  open(address, description) {
    byId("lightbox-image").src = address;
    byId("lightbox-image").alt = description;
    byId("lightbox").showModal();
  },
  explain(message) {
    state.chosen = message.id;
    show();
    if (matchMedia("(max-width: 860px)").matches) openPanel("backstage");
  },
  again(message) {
    message.tick = "waiting";
    show();
    send(message);
  },
};

/* Writing */

async function post(path, body, type = "application/json") {
  const answer = await fetch(`/simulator/${path}`, { method: "POST", body, headers: body === undefined ? {} : { "Content-Type": type } });
  if (!answer.ok) throw Object.assign(new Error(`${answer.status}`), { status: answer.status });
  return answer.json();
}

function freshId() {
  const random = crypto.getRandomValues(new Uint8Array(9));
  return `3EB0${[...random].map((part) => part.toString(16).padStart(2, "0")).join("").toUpperCase()}`;
}

function write(words, file = null) {
  if (!words.trim() && !file) return;
  // Whoever is quicker than the first view of the chat is not forgotten: the words go as soon as it is there.
  if (!state.view) return void state.early.push([words, file]);
  const wa_id = freshId();
  const message = { id: wa_id, wa_id, mine: true, kind: "text", text: words, at: new Date().toISOString(), tick: "waiting", number: state.number, upload: file };
  if (file) {
    message.kind = file.type.startsWith("image/") ? "image" : "document";
    message.file = { url: message.kind === "image" ? URL.createObjectURL(file) : null, name: file.name, mimetype: file.type, size: file.size };
  }
  state.unsent.push(message);
  state.chosen = null;
  show();
  log.scrollTop = log.scrollHeight;
  send(message);
}

async function send(message) {
  const { wa_id, number, upload } = message;
  try {
    if (upload) {
      const facts = new URLSearchParams({ id: wa_id, name: upload.name, caption: message.text });
      await post(`numbers/${number}/files?${facts}`, upload, upload.type);
    } else {
      await post(`numbers/${number}/messages`, JSON.stringify({ id: wa_id, text: message.text }));
    }
    message.tick = "sent";
  } catch (error) {
    message.tick = "failed";
    if (error.status === 413) toast(TOO_BIG);
    if (error.status === 415) toast("Hanya foto JPEG atau PNG dan PDF yang bisa dilampirkan.");
  }
  show();
}

function submit(event) {
  event.preventDefault();
  const words = text.value;
  text.value = "";
  fit();
  write(words);
  text.focus();
}

function fit() {
  text.style.height = "auto";
  text.style.height = `${Math.min(text.scrollHeight, 140)}px`;
}

function attach(file) {
  if (!file) return;
  if (file.size > MAX_FILE_BYTES) return toast(TOO_BIG);
  byId("attachment-show").replaceChildren(file.type.startsWith("image/") ? make("img", { src: URL.createObjectURL(file), alt: file.name }) : make("strong", {}, `📄 ${file.name}`));
  byId("caption").value = "";
  byId("attachment-form").onsubmit = () => write(byId("caption").value, file);
  byId("attachment").showModal();
}

let toastTimer = 0;

function toast(words) {
  byId("toast").textContent = words;
  byId("toast").hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { byId("toast").hidden = true; }, 5000);
}

/* Moving between chats and panels */

function open(number) {
  closePanels();
  if (number === state.number && state.view) return;
  Object.assign(state, { number, view: null, shown: new Set(), unsent: [], chosen: null, isFirstView: true, isTyping: false, early: [] });
  log.replaceChildren();
  listen();
  text.focus();
}

/** An ad's link leads here with its code: it waits in the composer, as WhatsApp does it. */
function takeAdText() {
  const asked = new URLSearchParams(location.search).get("text");
  if (!asked) return;
  text.value = asked.slice(0, 200);
  history.replaceState(null, "", location.pathname + location.hash);
  text.focus();
}
takeAdText();

async function newPerson() {
  try {
    open((await post("numbers")).number);
  } catch {
    toast("Nomor baru belum bisa dibuat. Coba lagi.");
  }
}

function openPanel(name) {
  rooms.classList.add(`shows-${name}`);
  byId("open-backstage").setAttribute("aria-expanded", String(name === "backstage"));
  byId(name).querySelector("button")?.focus();
}

function closePanels() {
  rooms.classList.remove("shows-people", "shows-backstage");
  byId("open-backstage").setAttribute("aria-expanded", "false");
}

byId("composer").addEventListener("submit", submit);
text.addEventListener("input", fit);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
});
text.addEventListener("paste", (event) => {
  const file = [...(event.clipboardData?.files ?? [])][0];
  if (file) { event.preventDefault(); attach(file); }
});
byId("attach").addEventListener("click", () => byId("file").click());
byId("file").addEventListener("change", (event) => { attach(event.target.files[0]); event.target.value = ""; });
byId("attachment-cancel").addEventListener("click", () => byId("attachment").close());
byId("new-person").addEventListener("click", newPerson);
byId("open-people").addEventListener("click", () => openPanel("people"));
byId("close-people").addEventListener("click", closePanels);
byId("open-backstage").addEventListener("click", () => openPanel("backstage"));
byId("veil").addEventListener("click", closePanels);
byId("close-lightbox").addEventListener("click", () => byId("lightbox").close());
byId("lightbox").addEventListener("click", (event) => { if (event.target === byId("lightbox")) byId("lightbox").close(); });
byId("down").addEventListener("click", () => { log.scrollTo({ top: log.scrollHeight, behavior: STEADY ? "auto" : "smooth" }); });
log.addEventListener("scroll", showDown, { passive: true });
log.addEventListener("load", () => { if (log.scrollHeight - log.scrollTop - log.clientHeight < 420) log.scrollTop = log.scrollHeight; }, true);
new ResizeObserver(() => { if (wasAtEnd) log.scrollTop = log.scrollHeight; }).observe(log);
addEventListener("keydown", (event) => { if (event.key === "Escape") closePanels(); });
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => { event.preventDefault(); attach(event.dataTransfer?.files[0]); });
document.addEventListener("visibilitychange", tellRead);
addEventListener("pagehide", () => state.source?.close());

listen();
if (matchMedia("(pointer: fine)").matches) text.focus();
