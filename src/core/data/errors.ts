import { CairnError, toError, wrapError } from "../../shared/errors.js";

/** What the system says of a file, as CairnError: `full`, `refused`, `notFound`; a CairnError passes through. */
export function asDataError(verb: string, thing: string, thrown: unknown): CairnError {
  if (thrown instanceof CairnError) return thrown;
  const error = toError(thrown) as NodeJS.ErrnoException;
  const as = (code: "full" | "refused" | "notFound", message: string, hint: string) =>
    new CairnError(code, message, { hint, cause: thrown });
  if (error.code === "ENOSPC" || error.code === "EDQUOT" || error.code === "EFBIG")
    return as(
      "full",
      `Failed to ${verb} ${thing}: there is no space left.`,
      "Make space and try again: nothing was half-written.",
    );
  if (error.code === "EACCES" || error.code === "EPERM" || error.code === "EROFS")
    return as(
      "refused",
      `Failed to ${verb} ${thing}: permission denied.`,
      "Check the permissions of the file and its folder.",
    );
  if (error.code === "ENOENT" || error.code === "ENOTDIR")
    return as(
      "notFound",
      `Failed to ${verb} ${thing}: ${error.path ?? "it"} is not there.`,
      "It may have been removed in this moment; try again.",
    );
  return wrapError(verb, thing, thrown);
}
