// Asks the portal for a place by hand beside a neighbour, shows its answer and the way back; used by the table and by the board.
window.agoraPlace = async (url, above, below, back) => {
  const trouble = () => document.dispatchEvent(new CustomEvent("htmx:sendError"));
  try {
    const body = new URLSearchParams(above ? { after: above } : { before: below });
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
    const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token, "HX-Request": "true" } });
    const said = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-said]");
    if (!answer.ok) back();
    if (!said) { trouble(); return null; }
    const detail = { toast: document.importNode(said.querySelector(".toast-note"), true), said: said.dataset.said };
    document.dispatchEvent(new CustomEvent("agora:toast", { detail }));
    return answer.ok ? said : null;
  } catch {
    back();
    trouble();
    return null;
  }
};
