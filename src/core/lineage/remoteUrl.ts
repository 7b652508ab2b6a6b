/**
 * A remote's URL without user and password: `https://user:token@host/x.git` is `https://host/x.git`. The `git` of
 * `git@host:x` is no secret and stays; a query, where tokens may be, does not.
 */
export function publicUrl(url: string): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*:\/\/)(.*)$/is.exec(url) ?? [];
  if (scheme === undefined || rest === undefined) {
    // host:path as scp takes it; a colon before the @ would be a password.
    const [, user, place] = /^([^@/]*)@(.*)$/s.exec(url) ?? [];
    return user?.includes(":") ? (place ?? url) : url;
  }
  if (/^file:/i.test(scheme)) return url;
  const end = rest.search(/[/?#]/);
  const [authority, path] = end < 0 ? [rest, ""] : [rest.slice(0, end), rest.slice(end)];
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  const user = /^ssh/i.test(scheme) && authority.startsWith("git@") ? "git@" : "";
  return scheme + user + host + path.replace(/[?#].*$/s, "");
}
