// The panel's ear: one stream of news a browser, however many tabs are open (a browser gives a site only six connections). The tab that
// holds the lock listens and passes the news on. Pages react to `live:changed` {ids, all} and `live:presence`; badges are set here.
(() => {
  const body = document.body;
  if (!body.dataset.live) return;
  const OFFLINE_AFTER_MS = 3000, AGAIN_MS = 4000;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`sapa-live-${body.dataset.live}`) : null;
  let lastId = "", people = {}, counts = {};

  // --- what pages hear ---
  function hear(name, data) {
    if (name === "badges") badges(data);
    if (name === "online") online(data.is, data.missed);
    if (name === "presence") Object.assign(people, data);
    document.dispatchEvent(new CustomEvent(`live:${name}`, { detail: data }));
  }
  function tell(name, data) {
    hear(name, data);
    channel?.postMessage({ name, data });
  }
  channel?.addEventListener("message", ({ data }) => {
    if (data.name === "hello" && source) channel.postMessage({ name: "badges", data: counts });
    else if (data.name !== "hello") hear(data.name, data.data);
  });
  channel?.postMessage({ name: "hello" });
  window.sapaLive = { peopleAt: (id) => people[id] || [] };

  function badges(fresh) {
    for (const [key, count] of Object.entries(fresh)) {
      for (const badge of document.querySelectorAll(`[data-badge="${CSS.escape(key)}"]`)) {
        badge.hidden = !count;
        badge.textContent = count > 99 ? "99+" : count;
      }
      if (key in counts && count > counts[key]) notice(key);
    }
    counts = { ...counts, ...fresh };
  }

  // --- sounds and desktop notices, only for who asked for them ---
  const wants = (what, key) => localStorage.getItem(`sapa-${what}-${key}`) === "1";
  function notice(key) {
    if (wants("sound", key)) beep();
    if (wants("notice", key) && document.hidden && "Notification" in window && Notification.permission === "granted" && source) {
      const shown = new Notification("Sapa", { body: body.dataset[key === "queue" ? "sayNoticeQueue" : "sayNoticeInbox"], tag: `sapa-${key}` });
      shown.addEventListener("click", () => window.focus());
    }
  }
  function beep() {
    const context = new AudioContext(), tone = context.createOscillator(), volume = context.createGain();
    tone.frequency.value = 740;
    volume.gain.setValueAtTime(0.08, context.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 0.35);
    tone.connect(volume).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 0.36);
    tone.addEventListener("ended", () => context.close());
  }

  // --- the banner while the connection is gone ---
  let banner = null, offlineTimer = 0;
  function online(is, missed) {
    clearTimeout(offlineTimer);
    if (is) {
      banner?.remove();
      banner = null;
      if (missed) document.dispatchEvent(new CustomEvent("live:changed", { detail: { ids: [], all: true } }));
      return;
    }
    offlineTimer = setTimeout(() => {
      if (banner) return;
      banner = Object.assign(document.createElement("div"), { className: "offline-banner", textContent: body.dataset.sayOffline });
      banner.setAttribute("role", "alert");
      body.append(banner);
    }, OFFLINE_AFTER_MS);
  }

  // --- the stream itself ---
  let source = null, wasLost = false;
  function listen() {
    source = new EventSource(`/panel/events${lastId ? `?after=${lastId}` : ""}`);
    source.addEventListener("open", () => { tell("online", { is: true, missed: wasLost }); wasLost = false; });
    source.addEventListener("error", () => {
      wasLost = true;
      tell("online", { is: false });
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, AGAIN_MS);
    });
    source.addEventListener("bye", () => location.reload());
    for (const name of ["changed", "presence", "badges"]) {
      source.addEventListener(name, (event) => {
        if (event.lastEventId) lastId = event.lastEventId;
        tell(name, JSON.parse(event.data));
      });
    }
  }
  // The lock is held as long as this tab lives; the next tab listens then.
  if (navigator.locks && channel) navigator.locks.request(`sapa-live-${body.dataset.live}`, () => { listen(); return new Promise(() => {}); });
  else listen();
  // The browser knows of some losses before the stream does, which may hang for a minute.
  addEventListener("offline", () => tell("online", { is: false }));
  addEventListener("online", () => { if (source?.readyState === EventSource.OPEN) tell("online", { is: true, missed: true }); });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
