// Small helps of the pages on which staff teach the bot: facts put where the cursor stands, and lines that are at fault selected.
(() => {
  const editor = () => document.querySelector(".editor-text");

  document.addEventListener("click", (event) => {
    const fact = event.target.closest("[data-insert]");
    if (fact) {
      const box = editor();
      box.setRangeText(fact.dataset.insert, box.selectionStart, box.selectionEnd, "end");
      box.focus();
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    const faulty = event.target.closest("[data-line]");
    if (faulty) {
      const box = editor();
      const lines = box.value.split("\n");
      const start = lines.slice(0, faulty.dataset.line - 1).join("\n").length + (faulty.dataset.line > 1 ? 1 : 0);
      box.focus();
      box.setSelectionRange(start, start + (lines[faulty.dataset.line - 1] || "").length);
    }
  });
})();

// An uploaded file's address goes into its field; a picture is shown, anything else can be looked at.
function showMedia(input) {
  const link = document.querySelector(`[data-media-of="${input.id}"]`);
  link.hidden = !input.value;
  link.href = input.value || "#";
  const picture = document.getElementById("picture");
  if (input.name === "image_url") {
    picture.hidden = !input.value;
    picture.src = input.value;
  }
}
document.addEventListener("uploaded", (event) => {
  const input = document.querySelector(`input[data-media][name="${event.detail.field}"]`);
  input.value = event.detail.url;
  showMedia(input);
});
document.addEventListener("change", (event) => event.target.matches("input[data-media]") && showMedia(event.target));
