// The desk's page: it asks the program on this machine for each view and shows it. The token that
// lets it ask is in no cookie and no storage: with this page it is gone.
"use strict";
const policy = window.trustedTypes
  ? window.trustedTypes.createPolicy("wayhome", { createHTML: (html) => html })
  : { createHTML: (html) => html };
const main = document.getElementById("main");
const start = location.hash.slice(1);
let session = "";
let lang = document.documentElement.lang;
history.replaceState(null, "", location.pathname);

async function ask(path, body) {
  const headers = { "content-type": "application/json", authorization: `Bearer ${session}` };
  return fetch(path, { method: "POST", headers, body: JSON.stringify({ lang, ...body }), cache: "no-store" });
}

async function show(path, body) {
  main.setAttribute("aria-busy", "true");
  try {
    const answer = await ask(path, body);
    if (answer.status === 401) return void main.replaceChildren(document.getElementById("gone").content.cloneNode(true));
    main.innerHTML = policy.createHTML(await answer.text());
    document.documentElement.lang = lang;
    const heading = main.querySelector("[role=alert], h1");
    if (heading) {
      heading.tabIndex = -1;
      heading.focus();
    }
    window.scrollTo(0, 0);
  } catch {
    main.replaceChildren(document.getElementById("stopped").content.cloneNode(true));
  } finally {
    main.removeAttribute("aria-busy");
  }
}

async function save(path, body, name) {
  const answer = await ask(path, body);
  if (!answer.ok) return void (main.innerHTML = policy.createHTML(await answer.text()));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

// pixels that the program has drawn anew; the file itself never comes here
async function look(at) {
  const answer = await ask("/picture", { ...at.dataset });
  if (!answer.ok) return void (main.innerHTML = policy.createHTML(await answer.text()));
  const image = document.createElement("img");
  image.alt = at.dataset.alt;
  image.className = "chart";
  image.src = URL.createObjectURL(await answer.blob());
  at.replaceWith(image);
}

main.addEventListener("click", (event) => {
  const at = event.target.closest("a[data-view], a[data-lang], a[data-save], a[data-look]");
  if (!at) return;
  event.preventDefault();
  if (at.dataset.lang) lang = at.dataset.lang;
  if (at.dataset.look) void look(at);
  else if (at.dataset.save) void save(at.dataset.save, { ...at.dataset }, at.dataset.name);
  else void show("/view", { view: at.dataset.view || "board", case: at.dataset.case || "" });
});

main.addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = {};
  for (const [name, value] of new FormData(event.target)) {
    fields[name] = name in fields ? [].concat(fields[name], value) : value;
  }
  const { deed, view } = event.target.dataset;
  void show(view ? "/view" : "/do", { view: view || "", deed: deed || "", case: event.target.dataset.case || "", fields });
});

void (async () => {
  const answer = await fetch("/start", { method: "POST", body: start, cache: "no-store" });
  if (answer.ok) session = await answer.text();
  await show("/view", { view: "board" });
})();
