// Checks the signature of the badge in the reader's own browser, with the key that the portal publishes.
(() => {
  const box = document.querySelector("[data-verify-badge]");
  if (!box) return;
  const button = box.querySelector("button");
  const say = (name) => {
    for (const each of box.querySelectorAll("[data-outcome]")) each.hidden = each.dataset.outcome !== name;
  };
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const read = (text) => JSON.parse(new TextDecoder().decode(bytes(text)));

  async function check() {
    const token = (await (await fetch(box.dataset.verifyBadge)).text()).trim();
    const published = await (await fetch(box.dataset.keys)).json();
    const [header, payload, signature] = token.split(".");
    const kid = read(header).kid;
    const found = published.keys.find((key) => kid.endsWith(`/${key.kid}.json`));
    if (!found) return "bad";
    const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
    const { kty, n, e } = found;
    const key = await crypto.subtle.importKey("jwk", { kty, n, e, alg: "RS256" }, algorithm, false, ["verify"]);
    const signed = new TextEncoder().encode(`${header}.${payload}`);
    const isRight = await crypto.subtle.verify(algorithm, key, bytes(signature), signed);
    return isRight && read(payload).jti.endsWith(box.dataset.path) ? "good" : "bad";
  }

  if (!window.crypto || !crypto.subtle) {
    button.hidden = true;
    say("unable");
    return;
  }
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      say(await check());
    } catch {
      say("unable");
    }
    button.disabled = false;
  });
})();
