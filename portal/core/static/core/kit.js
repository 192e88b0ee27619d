// Small manners of the pages: menus, dialogs, questions before a deed, toasts, announcements.
(() => {
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  const say = (text) => {
    const live = one("#live");
    if (!live || !text) return;
    live.textContent = "";
    window.setTimeout(() => { live.textContent = text; }, 60);
  };

  // --- menus made of <details>: close on Escape, on a click elsewhere, when another opens ------
  const closeMenus = (except) => all("details.menu[open]").forEach((menu) => {
    if (menu !== except) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest("details.menu[open]");
    closeMenus();
    if (menu) one("summary", menu).focus();
  });

  // --- dialogs ----------------------------------------------------------------------------------
  const open = (dialog) => { if (dialog && !dialog.open) dialog.showModal(); };
  let pending = null;
  const ask = (question, go) => {
    const dialog = one("#confirm");
    one("[data-question]", dialog).textContent = question;
    pending = go;
    open(dialog);
  };

  // Other scripts ask here: { question, yes, no }.
  document.addEventListener("agora:ask", (event) => {
    const { question, yes, no } = event.detail;
    let agreed = false;
    ask(question, () => { agreed = true; yes(); });
    one("#confirm").addEventListener("close", () => { if (!agreed) { pending = null; no(); } }, { once: true });
  });

  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details.menu"));
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      event.preventDefault();
      open(document.getElementById(opener.dataset.dialog));
    }
    const closer = event.target.closest("[data-close]");
    if (closer) (closer.closest("dialog") || { close() {} }).close();
    if (event.target.matches("dialog.dialog")) event.target.close();
    if (event.target.closest("[data-yes]") && pending) {
      const go = pending;
      pending = null;
      one("#confirm").close();
      go();
    }
    unfold(event.target.closest("[data-fold]"));
    const toast = event.target.closest("[data-dismiss-toast]");
    if (toast) toast.closest(".toast-note").remove();
    copy(event.target.closest("[data-copy]"));
  });

  // --- what is folded on a phone: one button opens and closes it -----------------------------------
  const unfold = (button) => {
    if (!button) return;
    const isOpen = document.getElementById(button.dataset.fold).classList.toggle("is-open");
    button.setAttribute("aria-expanded", String(isOpen));
  };

  // --- a question before a form is sent (data-confirm, hx-confirm) ------------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = (event.submitter && event.submitter.dataset.confirm) || form.dataset.confirm;
    if (question && !form.dataset.agreed) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const submitter = event.submitter;
      ask(question, () => {
        if (!form.isConnected) { form.hidden = true; document.body.append(form); } // its page was asked for again
        form.dataset.agreed = "yes";
        form.requestSubmit(submitter);
        delete form.dataset.agreed;
      });
      return;
    }
    if (event.defaultPrevented || form.method === "get" || form.matches("[hx-post], [data-theme-form]")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    form.classList.add("is-sending");
  }, true);
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.classList.remove("is-sending");
  }));
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question, () => event.detail.issueRequest(true));
  });

  // --- copy -------------------------------------------------------------------------------------
  const copy = async (button) => {
    if (!button) return;
    const text = button.dataset.copy || one(button.dataset.copyFrom || "", document)?.textContent || "";
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = Object.assign(document.createElement("textarea"), { value: text });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    button.classList.add("is-copied");
    say(button.dataset.copied);
    window.setTimeout(() => button.classList.remove("is-copied"), 2000);
  };

  // --- what asks for itself again leaves alone what a person holds: words, focus, opened folds ------
  const HOLDS = "a[href], button, summary, input, select, textarea, [tabindex]";
  const sign = (part) => [
    part.tagName, part.getAttribute("name"), part.getAttribute("href"), part.form?.getAttribute("action"), part.getAttribute("aria-label"),
    part.closest("[data-title]")?.dataset.title, part.matches("a, button, summary") ? part.textContent.trim() : "",
  ].join("|");
  const alike = (root, part) => all(HOLDS, root).filter((each) => sign(each) === sign(part));
  const isWriting = (root) => all("textarea, select, input:not([type=hidden])", root)
    .some((field) => field === document.activeElement || (field.defaultValue !== undefined && field.value !== field.defaultValue));
  let held = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const root = event.detail.target;
    if (!event.detail.shouldSwap || !root?.id || !root.matches("[hx-trigger*=every]")) return;
    if (isWriting(root)) { event.detail.shouldSwap = false; return; }
    const at = document.activeElement;
    const has = at !== root && at !== document.body && root.contains(at);
    held = { id: root.id, focus: has && [at, alike(root, at).indexOf(at)], folds: all("summary", root).map((each) => [each, alike(root, each).indexOf(each), each.parentElement.open]) };
  });
  document.addEventListener("htmx:afterSettle", () => {
    const root = held && document.getElementById(held.id);
    if (!root) return;
    const { focus, folds } = held;
    held = null;
    folds.forEach(([fold, place, isOpen]) => {
      const now = alike(root, fold)[place];
      if (now && now.parentElement.open !== isOpen) now.parentElement.open = isOpen;
    });
    if (focus) alike(root, focus[0])[focus[1]]?.focus({ preventScroll: true });
  });

  // --- words typed where data-keep stands outlive a reload, until they were sent -----------------
  const words = (field) => `words:${field.dataset.keep}`;
  const bring = () => all("[data-keep]").forEach((field) => {
    if (!field.value) field.value = sessionStorage.getItem(words(field)) ?? "";
  });
  let sent = [];
  document.addEventListener("input", (event) => {
    if (event.target.dataset?.keep) sessionStorage.setItem(words(event.target), event.target.value);
  });
  document.addEventListener("htmx:beforeRequest", (event) => { sent = all("[data-keep]", event.detail.elt).map(words); });
  document.addEventListener("htmx:afterSettle", () => {
    const asked = all("[data-keep]").map(words);  // a field that is still there was refused: its words stay
    sent.filter((each) => !asked.includes(each)).forEach((each) => sessionStorage.removeItem(each));
    bring();
  });
  bring();

  // --- htmx: announce what changed, fall back to a plain visit, tell of a failure ----------------
  document.addEventListener("htmx:afterSettle", (event) => {
    const spoken = event.target.matches?.("[data-announce]") ? event.target : one("[data-announce]", event.target);
    if (spoken) say(spoken.dataset.announce);
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.target.matches?.(".filter-bar")) return;
    const asked = event.detail.parameters;
    Object.keys(asked).filter((name) => asked[name] === "").forEach((name) => delete asked[name]);
  });
  document.addEventListener("htmx:targetError", (event) => {
    const form = event.target.closest("form");
    if (form) form.submit();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 422) Object.assign(event.detail, { shouldSwap: true, isError: false });
  });
  const trouble = () => {
    const template = one("#toast-trouble");
    const toasts = one("#toasts");
    if (!template || !toasts || one("[data-trouble]", toasts)) return;
    toasts.append(template.content.cloneNode(true));
  };
  document.addEventListener("htmx:responseError", trouble);
  document.addEventListener("htmx:sendError", trouble);

  // --- appearance: change at once, the server keeps it in the background -------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-theme-form]");
    if (!form || !event.submitter) return;
    event.preventDefault();
    const chosen = event.submitter.value;
    window.agoraTheme(chosen);
    all("button", form).forEach((button) => button.setAttribute("aria-pressed", String(button === event.submitter)));
    const body = new FormData(form);
    body.set("theme", chosen);
    fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true });  // even if one leaves at once
  }, true);

  // --- good news fades by itself, unless somebody is looking at it -------------------------------
  const fade = (toast) => window.setTimeout(() => {
    if (toast.matches(":hover, :focus-within")) fade(toast);
    else toast.remove();
  }, 9000);
  all(".toast-note[data-fades]").forEach(fade);

  // --- the way back: said aloud, by its button or by Ctrl+Z while the toast is there ---------------
  const offer = (toast) => say(toast && one("[data-undo] .note-words", toast.parentElement)
    ? `${one(".note-words", toast).textContent} ${one("#toasts").dataset.undoHint}` : "");
  offer(one("#toasts [data-undo]"));
  document.addEventListener("keydown", (event) => {
    const form = one("#toasts [data-undo]:last-of-type form") || one("#toasts [data-undo] form");
    if (!form || event.key.toLowerCase() !== "z" || event.shiftKey || !(event.ctrlKey || event.metaKey)) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    form.requestSubmit();
  });
  // Other scripts show one: { html, said }. An earlier way back is closed by it.
  document.addEventListener("agora:toast", (event) => {
    const toasts = one("#toasts");
    const toast = event.detail.toast;
    all("[data-undo]", toasts).forEach((each) => each.remove());
    toasts.append(toast);
    fade(toast);
    say(`${event.detail.said} ${toast.matches("[data-undo]") ? toasts.dataset.undoHint : ""}`);
  });
  one("[data-focus-me]")?.focus();
  all("dialog[data-open]").forEach(open);
})();
