// One customer's page: how long the glass stays broken, counted down; the page is loaded anew once it is whole again.
(() => {
  const clock = document.querySelector("[data-until]");
  if (!clock) return;
  const until = Date.parse(clock.dataset.until);
  function tick() {
    const left = Math.max(0, Math.round((until - Date.now()) / 1000));
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left === 0) location.reload();
    else setTimeout(tick, 1000);
  }
  if (until > Date.now()) tick();
})();
