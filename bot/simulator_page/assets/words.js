// WhatsApp's own marks, dates and numbers: how text is shown on a phone in Indonesian.

import { make } from "./dom.js";

const MARKS = { "*": "strong", "_": "em", "~": "s" };
// A link, a ```code``` span, or a marked span whose mark hugs the words and stands at a word's edge.
const PIECE = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'])|```([\s\S]+?)```|(?<![\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\3(?![\p{L}\p{N}])/gu;

/** The nodes of a message's text: *bold*, _italic_, ~struck~, ```code``` and links. */
export function formatted(text, depth = 0) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(PIECE)) {
    nodes.push(text.slice(from, found.index));
    const [whole, link, code, mark, inner] = found;
    if (link) nodes.push(make("a", { href: link, target: "_blank", rel: "noopener noreferrer" }, link));
    else if (code) nodes.push(make("code", {}, code));
    else nodes.push(make(MARKS[mark], {}, ...(depth < 4 ? formatted(inner, depth + 1) : [inner])));
    from = found.index + whole.length;
  }
  nodes.push(text.slice(from));
  return nodes;
}

const CLOCK = new Intl.DateTimeFormat("id-ID", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("id-ID", { day: "numeric", month: "long", year: "numeric" });
const MONEY = new Intl.NumberFormat("id-ID");

export const clock = (at) => CLOCK.format(new Date(at));
export const rupiah = (amount) => `Rp ${MONEY.format(amount)}`;

/** "Hari ini", "Kemarin", or the date in words. */
export function day(at) {
  const midnight = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
  const days = Math.round((midnight(new Date()) - midnight(new Date(at))) / 86400000);
  return days === 0 ? "Hari ini" : days === 1 ? "Kemarin" : DAY.format(new Date(at));
}

/** 6280012345678 as +62 800-1234-5678. */
export const phone = (number) => `+62 ${number.slice(2, 5)}-${number.slice(5, 9)}-${number.slice(9)}`;

export function bytes(size) {
  if (!size) return "";
  return size < 1024 * 1024 ? `${Math.max(1, Math.round(size / 1024))} kB` : `${(size / 1024 / 1024).toFixed(1).replace(".", ",")} MB`;
}
