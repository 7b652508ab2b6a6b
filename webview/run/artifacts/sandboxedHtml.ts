/** What runs, loads or leads elsewhere. The policy would refuse it too; without it there is nothing to refuse. */
const REMOVED =
  "script, base, link, meta[http-equiv], iframe, frame, frameset, object, embed, portal, template, noscript";

/** The page's own policy has no exception for inline styles, so each gets its nonce; nothing else may be loaded. */
function policyOf(nonce: string): string {
  return `default-src 'none'; img-src data:; font-src data:; media-src data:; style-src 'nonce-${nonce}'`;
}

/**
 * An HTML file made fit for a frame with `sandbox=""`: a document of its own without scripts, without a network,
 * without a way out, that keeps its looks.
 */
export function sandboxedHtml(source: string, nonce: string): string {
  const page = new DOMParser().parseFromString(source, "text/html");
  for (const element of page.querySelectorAll(REMOVED)) element.remove();
  const rules: string[] = [];
  for (const element of page.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) {
      if (name.startsWith("on") || name === "nonce" || name === "srcdoc" || name === "ping")
        element.removeAttribute(name);
    }
    const style = element.getAttribute("style");
    if (style !== null) {
      // An inline style wins over rules by name and class: so does an attribute named four times.
      const selector = `[data-cairn-style="${rules.length}"]`.repeat(4);
      element.setAttribute("data-cairn-style", String(rules.length));
      element.removeAttribute("style");
      rules.push(`${selector}{${style}}`);
    }
    disarmLink(element);
    if (element.localName === "style") element.setAttribute("nonce", nonce);
  }
  const own = page.createElement("style");
  own.setAttribute("nonce", nonce);
  own.textContent = rules.join("\n").replaceAll("</", "<\\/");
  page.head.append(own);
  const policy = page.createElement("meta");
  policy.setAttribute("http-equiv", "Content-Security-Policy");
  policy.setAttribute("content", policyOf(nonce));
  page.head.prepend(policy);
  return `<!DOCTYPE html>\n${page.documentElement.outerHTML}`;
}

/** Only places in the same document can be gone to; of others, the address is shown. */
function disarmLink(element: Element): void {
  for (const name of ["href", "xlink:href", "action", "formaction"]) {
    const target = element.getAttribute(name);
    if (target === null || target.startsWith("#") || target.startsWith("data:image/")) continue;
    element.removeAttribute(name);
    if (element.localName === "a" && !element.hasAttribute("title")) element.setAttribute("title", target);
  }
}

/** The nonce of this page's policy. */
export function pageNonce(): string {
  return document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
}
