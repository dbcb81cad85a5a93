// Files that staff choose, paste or drop: shown before they go, because what a customer has cannot be taken back.
(() => {
  if (!document.getElementById("inbox")) return;
  const composer = () => document.getElementById("composer");
  const body = () => document.getElementById("compose-body");
  const dialog = () => document.getElementById("file-dialog");
  const caption = () => document.getElementById("file-caption");
  let shown = null; // What stands in the dialog: the file, whose conversation, the composer's words that went along as its caption.

  function offer(file) {
    if (composer().dataset.kind === "note") {
      htmx.trigger(document.body, "toast", { text: sapaInbox.say("NoteFile"), kind: "danger" });
      return;
    }
    const words = body().value.trim(), fits = words.length <= caption().maxLength;
    shown = { file, id: composer().dataset.id, words: fits ? words : null, key: sapaComposer.newKey() };
    caption().value = fits ? words : "";
    problem(null);
    const box = document.getElementById("file-shown"), name = file.name || "gambar.png";
    box.replaceChildren(Object.assign(document.createElement("div"), { className: "file-name", textContent: name }));
    if (file.type.startsWith("image/")) box.prepend(Object.assign(document.createElement("img"), { src: URL.createObjectURL(file), alt: name }));
    dialog().showModal();
  }
  function problem(text) {
    const line = document.getElementById("file-problem");
    line.hidden = !text;
    line.textContent = text || "";
  }
  async function send() {
    const { file, id, words, key } = shown, said = caption().value.trim(), button = dialog().querySelector("[value=yes]");
    const fields = new FormData();
    fields.append("file", file, file.name || "gambar.png");
    fields.append("key", key);
    if (said) fields.append("caption", said);
    button.disabled = true;
    const { ok, told } = await sapaComposer.post(id, "files", fields);
    button.disabled = false;
    if (!ok) { problem(told.text); return; }
    if (words) sapaComposer.forget(id, words);
    document.querySelector(`#file-dialog[data-id="${CSS.escape(id)}"]`)?.close();
  }
  document.addEventListener("submit", (event) => {
    if (event.target.id !== "file-form") return;
    event.preventDefault();
    send();
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "file-caption" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    dialog().querySelector("[value=yes]").click();
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "attach" || !event.target.files.length) return;
    offer(event.target.files[0]);
    event.target.value = "";
  });
  document.addEventListener("paste", (event) => {
    const file = event.target.id === "compose-body" && event.clipboardData?.files[0];
    if (file) { event.preventDefault(); offer(file); }
  });
  // A file let go over the conversation would else be opened in its place.
  const brings = (event) => event.dataTransfer?.types.includes("Files") && event.target.closest("#panes");
  document.addEventListener("dragover", (event) => { if (brings(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    if (composer() && !dialog().open && !body().disabled) offer(event.dataTransfer.files[0]);
  });
})();
