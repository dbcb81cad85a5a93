// One message as one bubble.

import { icon, make } from "./dom.js";
import { bytes, clock, formatted } from "./words.js";

const ONE_TICK = ["16 11", "M2.5 6l3.2 3.4L12 1.8"];
const TWO_TICKS = ["18 11", "M1 6l3.2 3.4 6.2-7.6M7.6 8.3l1.1 1.1L15 1.8"];
const CLOCK = ["16 16", "M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2zM8 5v3.2l2 1.4"];
const TICKS = {
  waiting: [CLOCK, "Menunggu"],
  sent: [ONE_TICK, "Terkirim"],
  delivered: [TWO_TICKS, "Tersampaikan"],
  read: [TWO_TICKS, "Dibaca"],
};
const DOWNLOAD = "M12 4v11m0 0l-4.5-4.5M12 15l4.5-4.5M5 20h14";

/** The bubble of a message. actions: {open(file), explain(message), again(message)}. */
export function bubble(message, isFirst, actions) {
  const isExplained = !message.mine && message.turn;
  const parts = content(message, actions);
  const element = make(
    "div",
    { class: ["bubble", message.mine && "mine", isFirst && "first", isExplained && "has-turn", message.text && "with-words", (message.file || message.place) && "with-file"].filter(Boolean).join(" ") },
    parts,
    make("span", { class: "foot" }, make("time", { datetime: message.at }, clock(message.at)), tick(message.tick)),
    isExplained && make("button", { type: "button", class: "why", "aria-label": "Mengapa bot menjawab ini?", title: "Mengapa bot menjawab ini?" }, "i"),
  );
  if (isExplained) element.addEventListener("click", (event) => event.target.closest("a, .picture") || actions.explain(message));
  if (message.tick !== "failed") return element;
  const again = make("button", { type: "button", class: "again", onclick: () => actions.again(message) }, "Gagal terkirim. Coba lagi");
  element.classList.add("failed");
  element.append(again);
  return element;
}

/** What the bubble's looks depend on: while it stays the same, the bubble stays in place. */
export const looks = (message, isFirst) => JSON.stringify([message.tick, message.text, message.turn, message.file, message.place, isFirst]);

function content(message, actions) {
  const parts = [];
  if (message.file) parts.push(file(message.file, message, actions));
  if (message.place) parts.push(place(message.place));
  if (message.text) parts.push(make("div", { class: "words", dir: "auto" }, formatted(message.text)));
  if (!parts.length) parts.push(make("div", { class: "words" }, make("em", {}, "Pesan ini tidak dapat ditampilkan di sini.")));
  return parts;
}

function file(found, message, actions) {
  const isPicture = message.kind === "image" || found.mimetype.startsWith("image/");
  if (isPicture && found.url) {
    const picture = make("img", { src: found.url, alt: message.text || found.name, loading: "lazy", decoding: "async" });
    const look = () => actions.open(found.url, message.text || found.name);
    return make("button", { type: "button", class: message.text ? "picture" : "picture lone", "aria-label": "Perbesar gambar", onclick: look }, picture);
  }
  const ending = found.name.includes(".") ? found.name.split(".").pop().slice(0, 4).toUpperCase() : "FILE";
  return make(
    found.url ? "a" : "div",
    { class: "document", href: found.url, target: found.url && "_blank", rel: found.url && "noopener" },
    make("span", { class: "sheet", "aria-hidden": "true" }, ending),
    make("span", { class: "name" }, found.name),
    make("span", { class: "size" }, [bytes(found.size), ending].filter(Boolean).join(" · ")),
    found.url && icon("24 24", DOWNLOAD),
  );
}

function place(found) {
  const address = `https://www.google.com/maps/search/?api=1&query=${encodeURIComponent(`${found.lat},${found.lng}`)}`;
  return make(
    "a",
    { class: "place", href: address, target: "_blank", rel: "noopener noreferrer" },
    make("img", { src: "/simulator/assets/map.svg", alt: "" }),
    make("strong", {}, found.name),
    make("span", {}, "Buka di peta"),
  );
}

function tick(name) {
  if (!TICKS[name]) return null;
  const [[size, path], label] = TICKS[name];
  const mark = make("span", { class: name, role: "img", "aria-label": label, title: label });
  mark.append(icon(size, path));
  return mark;
}
