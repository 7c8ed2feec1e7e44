// The script of the page: search and filters. Without it the page shows everything. It reads the changes once, keeps
// what it needs to know of them, and then only shows and hides elements, without measuring any.

interface Item {
  readonly element: HTMLElement;
  readonly kind: string;
  readonly feature: string;
  /** The number of the owner; empty where none is named. */
  readonly owner: string;
  readonly isPending: boolean;
  readonly group: Group;
  /** The text that is searched, in lower case; made at the first search. */
  text: string | undefined;
}

interface Group {
  readonly element: HTMLElement;
  readonly customer: string;
  /** How many of its changes are shown. */
  shown: number;
}

const one = <T extends Element>(selector: string): T => {
  const found = document.querySelector<T>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
};

const form = document.querySelector<HTMLFormElement>("#filter");
if (form !== null) start(form);

function start(form: HTMLFormElement): void {
  const search = one<HTMLInputElement>("#search");
  const customer = one<HTMLInputElement>("#customer");
  const feature = one<HTMLSelectElement>("#feature");
  const owner = document.querySelector<HTMLSelectElement>("#owner");
  const origin = document.querySelector<HTMLSelectElement>("#origin");
  const status = one<HTMLElement>("#status");
  const nothing = one<HTMLElement>("#nothing");
  const kinds = [...form.querySelectorAll<HTMLInputElement>("[name=kind]")];
  const groups: Group[] = [];
  const items = read(groups);
  let frame = 0;

  const later = (): void => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(apply);
  };
  form.hidden = false;
  form.addEventListener("input", later);
  form.addEventListener("reset", () => setTimeout(later));
  form.addEventListener("submit", (event) => event.preventDefault());
  one("#again").addEventListener("click", () => {
    form.reset();
    search.focus();
  });
  addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement && event.target.type !== "checkbox";
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });
  // A link to a change that is filtered out would lead nowhere, so the filters are reset.
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href^='#c']") : null;
    const target = link && document.getElementById(link.getAttribute("href")?.slice(1) ?? "");
    if (target?.hidden || target?.parentElement?.parentElement?.hidden) {
      form.reset();
      cancelAnimationFrame(frame);
      apply();
    }
  });
  // A browser may keep what was in the form when the page is loaded again: apply it at once.
  later();

  function apply(): void {
    const words = search.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== "");
    const wantedCustomer = customer.value.trim().toLowerCase();
    const on = new Set(kinds.filter(({ checked }) => checked).map(({ value }) => value));
    const wantedFeature = feature.value;
    const wantedOwner = owner?.value ?? "";
    const wantedOrigin = origin?.value ?? "";
    let shown = 0;
    for (const group of groups) group.shown = 0;
    for (const item of items) {
      const isShown =
        (on.size === 0 || on.has(item.kind)) &&
        (wantedFeature === "" || item.feature === wantedFeature) &&
        (wantedOwner === "" || item.owner === wantedOwner) &&
        (wantedOrigin === "" || item.isPending === (wantedOrigin === "pending")) &&
        (wantedCustomer === "" || item.group.customer.includes(wantedCustomer)) &&
        (words.length === 0 || matches(item, words));
      if (isShown) {
        shown++;
        item.group.shown++;
      }
      if (item.element.hidden === isShown) item.element.hidden = !isShown;
    }
    let customers = 0;
    for (const { element, shown } of groups) {
      if (shown > 0) customers++;
      if (element.hidden === shown > 0) element.hidden = shown === 0;
    }
    // Customers that are alike are folded, but not while the page is filtered.
    for (const folded of document.querySelectorAll<HTMLDetailsElement>("details.alike")) {
      folded.hidden = folded.querySelector(".customer:not([hidden])") === null;
      if (shown < items.length) folded.open = true;
    }
    nothing.hidden = shown > 0;
    const all = items.length.toLocaleString("en");
    const some = shown.toLocaleString("en");
    const of = `${customers.toLocaleString("en")} ${customers === 1 ? "customer" : "customers"}`;
    const whole = items.length === 1 ? "1 change" : `All ${all} changes`;
    status.textContent = shown === items.length ? whole : `${some} of ${all} changes, ${of}`;
  }
}

function read(groups: Group[]): Item[] {
  const items: Item[] = [];
  for (const element of document.querySelectorAll<HTMLElement>(".customer")) {
    const group = {
      element,
      customer: (element.querySelector("h3")?.textContent ?? "").toLowerCase(),
      shown: 0,
    };
    groups.push(group);
    for (const change of element.querySelectorAll<HTMLElement>("[data-kind]")) {
      const { kind = "", feature = "", owner = "", pending } = change.dataset;
      items.push({
        element: change,
        kind,
        feature,
        owner,
        isPending: pending !== undefined,
        group,
        text: undefined,
      });
    }
  }
  return items;
}

function matches(item: Item, words: readonly string[]): boolean {
  item.text ??= `${item.group.customer} ${item.element.textContent?.toLowerCase() ?? ""}`;
  const { text } = item;
  return words.every((word) => text.includes(word));
}
