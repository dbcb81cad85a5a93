// Moves cards on the board: by dragging, or by a card's menu (which is the keyboard's way). LOST asks for the reason first.
(() => {
  const board = document.getElementById("board");
  const reload = () => board && htmx.trigger(document.body, "leads-changed");
  let moved = null; // The card sent on by its menu: it is drawn anew, and whoever works without a mouse must not begin at the top again.

  async function whyLost() {
    const dialog = document.getElementById("lost");
    const detail = dialog.querySelector("[name=detail]");
    dialog.querySelector("form").reset(); // What was said of the lead before is not true of this one.
    detail.required = false;
    dialog.returnValue = "no";
    dialog.showModal();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    if (dialog.returnValue !== "yes") return null;
    const reason = dialog.querySelector("[name=reason]:checked").value;
    const words = detail.value.trim();
    return words ? `${reason}: ${words}` : reason;
  }

  async function move(lead, to, stay) {
    const values = { status: to };
    if (stay) values.stay = "true";
    if (to === "LOST") {
      const reason = await whyLost();
      if (reason === null) return reload();
      values.lost_reason = reason;
    }
    await htmx.ajax("POST", `/panel/leads/${lead}/move`, { values, swap: "none" });
  }
  // A move that was made draws the board anew by itself; a refused one leaves the card where the server has it.
  document.addEventListener("htmx:responseError", (event) => event.detail.pathInfo.requestPath.endsWith("/move") && reload());

  document.addEventListener("click", (event) => {
    if (event.target.closest("#lost [data-shut]")) document.getElementById("lost").close("no");
    const item = event.target.closest("[data-move]");
    if (!item) return;
    moved = item.dataset.move;
    move(moved, item.dataset.to, "stay" in item.dataset).catch(() => {}); // panel.js has said that nobody answers.
  });

  // "Something else" alone tells nobody anything.
  document.addEventListener("change", (event) => {
    const dialog = event.target.closest("#lost");
    if (dialog) dialog.querySelector("[name=detail]").required = dialog.querySelector("[data-wants-words]").checked;
  });

  // The title, where the card is closed now and has no menu any more.
  function returnFocus() {
    const card = moved && document.querySelector(`[data-lead="${moved}"]`);
    moved = null;
    if (card && document.activeElement === document.body) (card.querySelector("button") || card.querySelector(".board-name")).focus();
  }

  // Sortable copies a card that it has given inline styles; a copy made from markup with styles is what our policy reports.
  function copied(deep) {
    const style = this.getAttribute("style");
    this.removeAttribute("style");
    const copy = Node.prototype.cloneNode.call(this, deep);
    if (style) this.style.cssText = style;
    return copy;
  }

  // Nobody answers, so the board cannot be asked either: the card must not stand where it is not.
  const goBack = ({ item, from, oldIndex }) => from.insertBefore(item, from.children[oldIndex] || null);

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
        onAdd: (event) => move(event.item.dataset.lead, event.to.dataset.column, false).catch(() => goBack(event)),
      });
    });
  }
  document.addEventListener("DOMContentLoaded", () => sortable(document));
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!["board", "main"].includes(event.target.id)) return;
    sortable(event.target);
    returnFocus();
  });
})();
