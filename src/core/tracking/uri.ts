/** A folder below another in a URI, whose query and fragment stay behind it. */
export function appendToUri(uri: string, ...parts: string[]): string {
  const end = uri.search(/[?#]/);
  const [base, rest] = end < 0 ? [uri, ""] : [uri.slice(0, end), uri.slice(end)];
  return `${base.endsWith("/") ? base.slice(0, -1) : base}/${parts.join("/")}${rest}`;
}
