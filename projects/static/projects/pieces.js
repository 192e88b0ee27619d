// Sends a large file in pieces, so that a broken connection costs one piece only. Without it the plain form sends the file.
(() => {
  const PIECE = 4 * 1024 * 1024;
  const field = document.querySelector("input[type=file][data-pieces]");
  const form = field?.form;
  const state = form?.querySelector("[data-pieces-state]");
  if (!form || !state) return;
  const bar = state.querySelector("progress");
  const words = state.querySelector("p");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const say = (text, value) => { state.hidden = false; words.textContent = text; if (value !== undefined) bar.value = value; };

  class Refused extends Error {}
  const ask = async (url, options = {}) => {
    const answer = await fetch(url, { credentials: "same-origin", ...options, headers: { "X-CSRFToken": token, Accept: "application/json", ...options.headers } });
    if (answer.status >= 500) throw new Error(answer.status);
    const body = await answer.json();
    if (!answer.ok && answer.status !== 409) throw new Refused(body.errors?.[0]?.message || body.detail);
    return answer.status === 409 ? null : body;
  };

  // The same file chosen again goes on where it stopped, even after the page was closed.
  const memory = (file) => `pieces:${file.name}:${file.size}:${file.lastModified}`;
  const begin = async (file) => {
    const known = localStorage.getItem(memory(file));
    if (known) {
      try { const found = await ask(`${field.dataset.pieces}${known}/`); if (found && found.size === file.size) return found; } catch (error) { if (!(error instanceof Refused)) throw error; }
      localStorage.removeItem(memory(file));
    }
    const body = JSON.stringify({ name: file.name, size: file.size });
    const made = await ask(field.dataset.pieces, { method: "POST", body, headers: { "Content-Type": "application/json" } });
    localStorage.setItem(memory(file), made.id);
    return made;
  };
  const patiently = async (deed) => {
    for (let tries = 0; ; tries += 1) {
      try { return await deed(); } catch (error) {
        if (error instanceof Refused || tries > 30) throw error;
        say(state.dataset.again);
        await wait(Math.min(1000 * 2 ** tries, 15000));
      }
    }
  };
  const send = async (file) => {
    let upload = await patiently(() => begin(file));
    const url = `${field.dataset.pieces}${upload.id}/`;
    while (!upload.is_complete) {
      const at = upload.received;
      say(`${state.dataset.sending} ${Math.floor((100 * at) / file.size)} %`, (100 * at) / file.size);
      const piece = file.slice(at, at + PIECE);
      const options = { method: "POST", body: piece, headers: { "Content-Type": "application/octet-stream" } };
      upload = (await patiently(() => ask(`${url}piece/?offset=${at}`, options))) || (await patiently(() => ask(url)));
    }
    localStorage.removeItem(memory(file));
    return upload.id;
  };

  form.addEventListener("submit", async (event) => {
    const file = field.files[0];
    const hidden = form.elements.upload;
    if (!file || file.size <= PIECE || !hidden || hidden.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    try {
      hidden.value = await send(file);
      field.disabled = true; // its bytes are there already
      form.requestSubmit();
    } catch (error) {
      say(error instanceof Refused ? error.message : state.dataset.failed);
    }
  }, true);
})();
