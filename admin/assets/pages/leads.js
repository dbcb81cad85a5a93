// Moves cards on the board: by dragging, or by a card's menu (which is the keyboard's way). LOST asks for the reason first.
(() => {
  const board = document.getElementById("board");
  const reload = () => board && htmx.trigger(document.body, "leads-changed");

  async function whyLost() {
    const dialog = document.getElementById("lost");
    dialog.returnValue = "no";
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    if (dialog.returnValue !== "yes") return null;
    const reason = dialog.querySelector("[name=reason]:checked").value;
    const detail = dialog.querySelector("[name=detail]").value.trim();
    return detail ? `${reason}: ${detail}` : reason;
  }

  async function move(lead, to, stay) {
    const values = { status: to };
    if (stay) values.stay = "true";
    if (to === "LOST") {
      const reason = await whyLost();
      if (reason === null) return reload();
      values.lost_reason = reason;
    }
    // A refused move leaves the card where the server has it.
    await htmx.ajax("POST", `/panel/leads/${lead}/move`, { values, swap: "none" });
    reload();
  }

  document.addEventListener("click", (event) => {
    const item = event.target.closest("[data-move]");
    if (item) move(item.dataset.move, item.dataset.to, "stay" in item.dataset);
  });

  // Sortable copies a card that it has given inline styles; a copy made from markup with styles is what our policy reports.
  function copied(deep) {
    const style = this.getAttribute("style");
    this.removeAttribute("style");
    const copy = Node.prototype.cloneNode.call(this, deep);
    if (style) this.style.cssText = style;
    return copy;
  }

  function sortable(root) {
    if (!window.Sortable) return;
    root.querySelectorAll("[data-sortable]").forEach((column) => {
      Sortable.create(column, {
        group: "board",
        draggable: "[data-movable]",
        filter: "a, button",
        preventOnFilter: false,
        delay: 150,
        delayOnTouchOnly: true,
        sort: false,
        onChoose: (event) => { event.item.cloneNode = copied; },
        onAdd: (event) => move(event.item.dataset.lead, event.to.dataset.column, false),
      });
    });
  }
  document.addEventListener("DOMContentLoaded", () => sortable(document));
  document.addEventListener("htmx:afterSettle", (event) => ["board", "main"].includes(event.target.id) && sortable(event.target));
})();
