// The audit: what comes into the dialog opens it.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "deed" && !event.target.open) event.target.showModal();
});
