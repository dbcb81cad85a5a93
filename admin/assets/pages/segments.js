// The simulator: numbers beside the sliders, and a log of what was tried that lasts as long as the browser's tab.
(() => {
  const KEPT = `sapa-segments/${document.body.dataset.live}/`, MOST = 20;
  const form = document.getElementById("sliders"), body = document.querySelector("#log tbody");
  const write = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  const share = (value) => (value === null ? "—" : `${write.format(value * 100)} %`);
  const read = () => JSON.parse(sessionStorage.getItem(KEPT) || "[]");

  const tell = () => form.querySelectorAll("input[type=range]").forEach((input) => {
    input.parentElement.querySelector("output").value = write.format(input.value);
  });

  function cell(row, text, numeric = true) {
    const found = row.insertCell();
    found.textContent = text;
    if (numeric) found.className = "numeric";
    return found;
  }

  function draw() {
    body.replaceChildren();
    const tried = read();
    if (!tried.length) {
      const empty = cell(body.insertRow(), body.parentElement.dataset.empty, false);
      empty.colSpan = 12;
      empty.className = "text-secondary text-center";
    }
    for (const one of tried) {
      const row = body.insertRow();
      cell(row, one.persona, false).classList.add("fw-medium");
      for (const value of Object.values(one.numbers)) cell(row, write.format(value));
      cell(row, share(one.risk));
      cell(row, share(one.up));
      const again = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: body.dataset.again });
      again.addEventListener("click", () => {
        for (const [name, value] of Object.entries(one.numbers)) form.elements[name].value = value;
        tell();
        htmx.trigger(form, "submit");
      });
      cell(row, "", false).append(again);
    }
  }

  document.getElementById("keep").addEventListener("click", () => {
    const now = document.querySelector("[data-tried]").dataset.tried;
    const others = read().filter((one) => JSON.stringify(one) !== JSON.stringify(JSON.parse(now)));
    sessionStorage.setItem(KEPT, JSON.stringify([JSON.parse(now), ...others].slice(0, MOST)));
    draw();
  });
  form.addEventListener("input", tell);
  form.addEventListener("reset", () => setTimeout(() => { tell(); htmx.trigger(form, "submit"); }));
  draw();
})();
