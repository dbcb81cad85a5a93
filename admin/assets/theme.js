// Sets light or dark before the page is painted: what was chosen here before, else what the system prefers.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => localStorage.getItem("sapa-theme");
  const apply = () => document.documentElement.setAttribute("data-bs-theme", chosen() || (system.matches ? "dark" : "light"));
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const dark = document.documentElement.getAttribute("data-bs-theme") === "dark";
    localStorage.setItem("sapa-theme", dark ? "light" : "dark");
    apply();
    document.dispatchEvent(new CustomEvent("sapa:theme"));
  });
})();
