// Runs before the first paint: follows the device when the appearance is "auto".
(() => {
  const root = document.documentElement;
  const device = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = root.dataset.appearance || "auto";
    const theme = chosen === "auto" ? (device.matches ? "dark" : "light") : chosen;
    if (root.dataset.bsTheme === theme) return;
    root.dataset.bsTheme = theme;
    document.dispatchEvent(new CustomEvent("agora:theme"));
  };
  window.agoraTheme = (chosen) => {
    root.dataset.appearance = chosen;
    apply();
  };
  device.addEventListener("change", apply);
  apply();
})();
