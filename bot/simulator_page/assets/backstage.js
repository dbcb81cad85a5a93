// "Di balik layar": what staff see of this chat and its customer does not, and why the bot said what it said.

import { make } from "./dom.js";
import { ENTITIES, INTENTS, MONTHS, PHASES, REASONS, RULES, STATUS } from "./phrases.js";
import { rupiah } from "./words.js";

/** The panel's parts for a view. chosen is the message whose reasons are asked for, else the bot's last one. */
export function backstageParts(view, chosen, close) {
  const behind = view.backstage;
  const head = make(
    "header",
    {},
    make("div", {}, make("h2", {}, "Di balik layar"), make("p", {}, "Yang dilihat tim Anda, bukan pelanggan")),
    make("button", { type: "button", class: "round", id: "close-backstage", "aria-label": "Tutup panel", onclick: close }, "✕"),
  );
  if (!behind) return [head, section("Mulai di sini", make("p", { class: "empty" }, "Kirim satu pesan sebagai pelanggan. Fase, lead, serah terima dan alasan tiap jawaban bot muncul di sini saat itu juga."))];
  return [head, journey(behind), holder(behind), selling(behind), complaint(behind), reasons(view, chosen)].filter(Boolean);
}

const section = (title, ...parts) => make("section", {}, make("h3", {}, title), ...parts);

function journey(behind) {
  const reached = PHASES.findIndex(([name]) => name === behind.phase);
  const state = (step) => (step < reached ? "done" : step === reached ? "now" : null);
  const steps = PHASES.map(([, label], step) => make("li", { class: state(step), "aria-current": step === reached && "step" }, label));
  return section("Perjalanan", make("ol", { class: "steps" }, ...steps));
}

function holder(behind) {
  const [title, otherwise] = STATUS[behind.status] ?? [behind.status, ""];
  const detail = behind.status === "bot" ? otherwise : REASONS[behind.handover_reason] ?? otherwise;
  const name = behind.status === "human" && behind.assigned_to ? `Dipegang ${behind.assigned_to}` : title;
  return section(
    "Siapa yang memegang",
    make(
      "div",
      { class: `holder ${behind.status}`, id: "holder" },
      make("span", { class: "dot", "aria-hidden": "true" }),
      make("div", {}, make("strong", {}, name), make("small", {}, detail)),
      behind.priority === "high" && make("span", { class: "badge high" }, "Prioritas"),
    ),
  );
}

function selling(behind) {
  const cards = [];
  if (behind.package_code) {
    cards.push(card(make("div", { class: "row" }, make("strong", {}, behind.package_name ?? behind.package_code), behind.package_price && make("span", { class: "price" }, rupiah(behind.package_price))), make("span", { class: "mono" }, behind.package_code)));
  }
  const wishes = entities(behind.preference);
  if (wishes.length) cards.push(card(make("strong", {}, "Keinginan"), make("div", { class: "found" }, ...wishes)));
  if (behind.lead_status) {
    const lead = card(make("div", { class: "row" }, make("strong", {}, "Lead"), make("span", { class: "badge" }, behind.lead_status)), behind.lead_summary && make("p", {}, behind.lead_summary));
    lead.id = "lead";
    cards.push(lead);
  }
  const notes = (behind.ai_notes ?? "").replace(behind.lead_summary ?? "", "").trim();
  if (notes) cards.push(card(make("strong", {}, "Catatan untuk tim"), make("p", {}, notes)));
  return section("Yang diketahui", ...(cards.length ? cards : [make("p", { class: "empty" }, "Belum ada paket yang dipilih, belum ada lead.")]));
}

const card = (...parts) => make("div", { class: "card" }, ...parts);

function complaint(behind) {
  if (!behind.case_number) return null;
  return section("Kasus", card(make("div", { class: "row" }, make("strong", {}, behind.case_number), make("span", { class: "badge" }, behind.case_status))));
}

function reasons(view, chosen) {
  const title = "Mengapa dijawab begitu?";
  const answers = view.messages.filter((message) => !message.mine && view.turns[message.turn]);
  const message = answers.find((answer) => answer.id === chosen) ?? answers.at(-1);
  if (!message) return section(title, make("p", { class: "empty" }, "Belum ada jawaban bot."));
  const turn = view.turns[message.turn];
  const listed = Array.isArray(turn.trace?.heard) ? turn.trace.heard : [];
  const heard = listed.length ? listed : [{ intents: turn.intent ? [{ name: turn.intent, confidence: turn.confidence ?? 0 }] : [] }];
  const time = `${Math.max(0.1, turn.milliseconds).toLocaleString("id-ID", { maximumFractionDigits: 1 })} ms`;
  const texts = (message.prompt_version ?? "").replaceAll("reply:", "").replaceAll(":id@", " v").replaceAll(":en@", " (en) v");
  return section(
    title,
    make("p", { class: "reason" }, RULES[turn.because] ?? INTENTS[turn.because] ?? turn.because, make("span", { class: "mono" }, `aturan: ${turn.because}`)),
    ...heard.map((one) => understood(one, view)),
    make("p", { class: "small" }, `Dipahami dan diputuskan dalam ${time}.`),
    texts && make("p", { class: "small" }, `Teks: ${texts}`),
  );
}

/** What one message was taken to mean: its words, the ranking of intents, what it names, and the FAQ entry that fits. */
function understood(one, view) {
  const said = view.messages.find((message) => message.id === one.message_id);
  const faq = (Array.isArray(one.faq) ? one.faq : []).slice(0, 1).map((hit) => make("span", {}, `FAQ: ${hit.question ?? hit.faq_id ?? "cocok"}`));
  const named = [...entities(one.entities ?? {}), ...faq];
  return make(
    "div",
    { class: "heard" },
    said && make("p", { class: "quote", dir: "auto" }, said.text || "lampiran"),
    scores(one.intents ?? []),
    named.length > 0 && make("div", { class: "found" }, ...named),
  );
}

/** The best three intents with their confidence. */
function scores(intents) {
  const ranking = intents.filter((entry) => typeof entry?.confidence === "number").slice(0, 3);
  return ranking.length ? make("ul", { class: "scores" }, ...ranking.map((entry, place) => score(entry, place === 0))) : null;
}

function score({ name, confidence }, isBest) {
  const label = INTENTS[name] ?? name;
  const percent = confidence * 100;
  const value = percent > 0 && percent < 1 ? "< 1 %" : `${Math.round(percent)} %`;
  return make("li", { class: isBest && "best" }, make("span", {}, label), make("span", { class: "value" }, value), make("progress", { max: 1, value: confidence, "aria-label": `${label}: ${value}` }));
}

function entities(values) {
  const hasMonths = values.months?.length > 0;
  return Object.entries(values ?? {})
    .filter(([name, value]) => ENTITIES[name] && value !== null && (!Array.isArray(value) || value.length) && !(name === "month" && hasMonths))
    .map(([name, value]) => make("span", {}, `${ENTITIES[name]}: ${spoken(name, value)}`));
}

function spoken(name, value) {
  if (name === "budget_idr") return rupiah(value);
  if (name === "months" || name === "month") return [value].flat().map((month) => MONTHS[month] ?? month).join(", ");
  return [value].flat().join(", ");
}
