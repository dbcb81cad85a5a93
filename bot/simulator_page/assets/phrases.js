// What the engine's words mean to a person, in Indonesian. A word that is missing here is shown as it is.

export const PHASES = [["leads", "Leads"], ["interest", "Minat"], ["booking", "Booking"], ["paid", "Lunas"]];

export const STATUS = {
  bot: ["Bot yang menjawab", "Belum perlu bantuan manusia"],
  waiting: ["Menunggu manusia", "Tim sudah diberi tahu"],
  human: ["Dipegang manusia", "Bot diam"],
  closed: ["Percakapan ditutup", "Dibuka lagi bila pelanggan menulis"],
};

export const REASONS = {
  payment_intent: "Pelanggan ingin membayar",
  customer_request: "Pelanggan minta bicara dengan orang",
  low_confidence: "Bot dua kali tidak paham",
  complex_question: "Pertanyaan tanpa jawaban di data",
  complaint: "Keluhan",
  staff: "Diambil alih oleh tim",
};

export const INTENTS = {
  greeting: "Salam", ask_packages: "Tanya paket", give_preference: "Menyebut keinginan", ask_recommendation: "Minta saran",
  ask_price: "Tanya harga", ask_schedule: "Tanya jadwal", ask_quota: "Tanya kursi", ask_hotel: "Tanya hotel",
  ask_itinerary: "Tanya itinerary", ask_flight: "Tanya penerbangan", ask_inclusions: "Tanya yang termasuk",
  ask_brochure: "Minta brosur", ask_payment_terms: "Tanya cara cicil dan pelunasan", payment_intent: "Ingin membayar",
  ask_requirements: "Tanya syarat", ask_legality: "Tanya izin", ask_location: "Tanya alamat", ask_testimonial: "Minta testimoni",
  ask_discount: "Tanya diskon", ask_refund: "Tanya pembatalan", request_human: "Minta bicara dengan orang", complaint: "Keluhan",
  affirm: "Setuju", deny: "Menolak", thanks: "Terima kasih", goodbye: "Pamit", opt_out: "Berhenti promo", opt_in: "Mau promo lagi",
  check_usage: "Tanya sisa kuota", ask_coverage: "Tanya sinyal", activate_package: "Tanya aktivasi", ask_roaming: "Tanya roaming",
  top_up: "Tanya isi pulsa", ask_sim: "Tanya kartu SIM", ask_balance_help: "Tanya cek saldo", ask_card_block: "Minta blokir kartu",
  ask_transfer_fail: "Transfer gagal", ask_loan: "Tanya kredit", ask_savings: "Tanya tabungan",
  ask_account_opening: "Tanya buka rekening", report_fraud: "Lapor penipuan", ask_mobile_banking: "Tanya mobile banking",
  ask_delivery: "Tanya pengiriman", ask_return: "Tanya retur", ask_warranty: "Tanya garansi", order_status: "Tanya pesanan",
  ask_authenticity: "Tanya keaslian", ask_usage: "Tanya cara pakai",
  out_of_scope: "Di luar topik",
};

/** Rules that are no intents: why the bot did what it did. */
export const RULES = {
  complaint: "Keluhan: buka kasus, panggil manusia", request_human: "Pelanggan minta orang", payment_intent: "Niat membayar: panggil manusia, buat lead",
  not_understood: "Tidak paham: tanya balik, lalu panggil manusia", no_answer_known: "Pertanyaan tanpa jawaban di data: panggil manusia",
  package_by_code: "Kode iklan dikenali", package_by_name: "Paket disebut namanya", package_by_number: "Nomor dari daftar", package_by_wishes: "Hanya satu paket yang cocok",
  package_not_on_sale: "Paket penuh atau sudah berangkat: tawarkan yang terdekat", unknown_code: "Kode tidak dikenal: tawarkan yang terdekat",
  faq: "Jawaban dari FAQ", rating: "Penilaian setelah dibantu manusia", opt_out: "Berhenti promo", opt_in: "Mau promo lagi",
  human_holds: "Dipegang manusia: bot diam", reopened: "Percakapan dibuka lagi", late: "Pesan lama: satu jawaban, minta maaf",
  file_received: "Berkas diterima", file_not_fetched: "Berkas gagal diambil", nothing_to_say: "Tidak ada yang perlu dikatakan",
};

export const ENTITIES = { campaign_codes: "Kode", pax: "Orang", month: "Bulan", months: "Bulan", year: "Tahun", budget_idr: "Anggaran", hijri: "Bulan Hijriah", days: "Lama (hari)" };

export const MONTHS = ["", "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"];

/** Messages to try next, by how far this chat has come. */
export function examples(view) {
  const backstage = view?.backstage;
  if (!backstage) return [...(view?.code ? [view.code] : []), "Assalamualaikum, mau tanya paket umroh", "DP berapa?"];
  if (!backstage.package_code) return [...(view.code ? [view.code] : []), "Berdua, budget 30 juta", "Ada paket bulan apa saja?", "Alamat kantornya di mana?", "DP berapa?"];
  return ["Hotelnya di mana kak?", "DP berapa?", "Pesawatnya apa?", "Sudah termasuk apa saja?", "Bisa dicicil?", "Kalau bawa anak berapa?", "Alamat kantornya di mana?", "Mau bicara dengan admin"];
}
