// Renews a page in place: it is fetched again and what has changed is put in, so that nothing moves that a
// reader has in hand. Without scripts the link beside it loads the page anew. A reader can hold it still
// (WCAG 2.2, 2.2.2), which this tab remembers.
"use strict";

(() => {
  const control = document.querySelector("[data-live-s]");
  if (!control) return;
  const button = control.querySelector("button");
  const said = control.querySelector("[role=status]");
  const link = control.querySelector("a");
  const pauseMs = Number(control.dataset.liveS) * 1000;
  const HELD = "wirewatch-held";
  let timer = 0;

  // Storage may be forbidden; then nothing is remembered.
  const recall = () => {
    try { return sessionStorage.getItem(HELD) === "yes"; } catch { return false; }
  };
  const remember = (held) => {
    try { sessionStorage.setItem(HELD, held ? "yes" : "no"); } catch { /* see above */ }
  };
  let isHeld = recall();

  const say = (words) => { if (said.textContent !== words) said.textContent = words; };
  const show = () => {
    button.textContent = isHeld ? "Follow live" : "Hold still";
    say(isHeld ? "Held still." : `Renewed every ${control.dataset.liveS} seconds.`);
  };

  const isReading = () => {
    const selection = getSelection();
    return document.hidden || (selection !== null && !selection.isCollapsed);
  };

  const renew = (fresh) => {
    const main = document.querySelector("main");
    const focused = main.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const kept = control.parentElement;
    for (const old of [...main.children]) if (old !== kept) old.remove();
    const news = [...fresh.querySelector("main").children];
    main.append(...news.filter((one) => !one.querySelector("[data-live-s]")));
    document.querySelector("footer").replaceWith(fresh.querySelector("footer"));
    if (focused === null) return;
    const again = [...main.querySelectorAll("a[href]")].find((one) => one.getAttribute("href") === focused);
    if (again) again.focus({ preventScroll: true });
  };

  const look = async () => {
    const answer = await fetch(location.href, {
      headers: { accept: "text/html" },
      redirect: "manual",
      signal: AbortSignal.timeout(pauseMs),
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (isHeld || isReading()) return;
    renew(fresh);
    show();
  };

  const step = async () => {
    if (!isReading()) {
      try {
        await look();
      } catch {
        if (!isHeld) say("Not renewed: the service does not answer, or you are signed out. It is tried again.");
      }
    }
    plan();
  };

  const plan = () => {
    clearTimeout(timer);
    if (!isHeld) timer = setTimeout(step, pauseMs);
  };

  button.addEventListener("click", () => {
    isHeld = !isHeld;
    remember(isHeld);
    show();
    if (isHeld) clearTimeout(timer);
    else step();
  });
  link.hidden = true;
  button.hidden = false;
  show();
  plan();
})();
