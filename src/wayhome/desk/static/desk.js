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
// another link, opened in this same tab, changes nothing but what stands behind the hash
window.addEventListener("hashchange", () => location.hash.length > 1 && location.reload());

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
    unwritten();
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

// Firefox writes to its disk what stands in forms, so as to bring it back: not what says "off", and of choices
// those that a page did not begin with
function unwritten() {
  for (const one of main.querySelectorAll("input, select, textarea")) {
    one.autocomplete = "off";
    one.defaultChecked = one.checked;
  }
}
main.addEventListener("change", unwritten);

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

// what was searched for stays, when more of what was found is asked for
function searched() {
  const at = document.getElementById("search");
  return at ? { search: at.value } : {};
}

main.addEventListener("click", (event) => {
  const at = event.target.closest("a[data-view], a[data-lang], a[data-save], a[data-look], a[data-draft]");
  if (!at) return;
  event.preventDefault();
  if (at.dataset.lang) lang = at.dataset.lang;
  if (at.dataset.look) void look(at);
  else if (at.dataset.draft) void draft(at);
  else if (at.dataset.save) void keep(at);
  else void show("/view", { view: at.dataset.view || "board", case: at.dataset.case || "", no: at.dataset.no || "", fields: searched() });
});

// a form as it is filled in now, shown before anything is written down
async function draft(at) {
  await show("/view", { view: "draft", case: at.dataset.case, fields: await filled(at.closest("form")) });
}

async function keep(at) {
  const form = document.getElementById(at.dataset.form);
  await save(at.dataset.save, { ...at.dataset, fields: form ? await filled(form) : {} }, at.dataset.name);
}

main.addEventListener("change", (event) => {
  const { most, long } = event.target.dataset;
  if (!most) return;
  const isLong = [...event.target.files].some((file) => file.size > Number(most));
  event.target.setCustomValidity(isLong ? long : "");
  event.target.reportValidity();
});

main.addEventListener("change", (event) => {
  const at = document.getElementById(event.target.dataset.reveals);
  if (at) at.type = event.target.checked ? "text" : "password";
});

// a file goes into the program's memory, a line about it first; what stands for it goes into the form
async function bring(file, deed) {
  const about = JSON.stringify({ name: file.name, type: file.type, deed });
  const answer = await fetch("/bring", {
    method: "POST",
    headers: { "content-type": "application/octet-stream", authorization: `Bearer ${session}` },
    body: new Blob([about, "\n", file]),
    cache: "no-store",
  });
  return answer.ok ? answer.text() : "lost";
}

async function filled(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (value instanceof File && value.name === "") continue;
    const told = value instanceof File ? await bring(value, form.dataset.deed) : value;
    fields[name] = name in fields ? [].concat(fields[name], told) : told;
  }
  return fields;
}

// what was refused stands in its form again, as it was typed; files are to be chosen again
function refill(deed, fields) {
  const form = main.querySelector("[role=alert]") && main.querySelector(`form[data-deed="${deed}"]`);
  if (!form) return;
  if (form.parentElement.tagName === "DETAILS") form.parentElement.open = true;
  for (const at of form.elements) {
    if (!at.name || at.type === "file" || at.type === "password") continue;
    const told = [].concat(fields[at.name] ?? []);
    if (at.type === "checkbox" || at.type === "radio") at.checked = told.includes(at.value);
    else if (at.name in fields) at.value = told[0];
  }
  unwritten();
}

main.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const { deed, view } = form.dataset;
  for (const one of form.querySelectorAll("button")) one.disabled = true; // once is enough
  main.setAttribute("aria-busy", "true"); // from now on: its files may take a while
  void (async () => {
    try {
      const fields = await filled(form);
      await show(view ? "/view" : "/do", { view: view || "", deed: deed || "", case: form.dataset.case || "", no: form.dataset.no || "", fields });
      if (deed) refill(deed, fields);
    } catch {
      main.replaceChildren(document.getElementById("stopped").content.cloneNode(true));
      main.removeAttribute("aria-busy");
    }
  })();
});

void (async () => {
  const answer = await fetch("/start", { method: "POST", body: start, cache: "no-store" });
  if (answer.ok) session = await answer.text();
  await show("/view", { view: "board" });
})();
