import { CairnError, toError } from "../../../shared/errors.js";

/** What S3, or the way to it, says, as CairnError with the next step. */
export function s3Error(thrown: unknown, label: string, bucket: string): CairnError {
  if (thrown instanceof CairnError) return thrown;
  const error = toError(thrown) as Error & {
    $metadata?: { httpStatusCode?: number };
    code?: string;
    Code?: string;
  };
  const status = error.$metadata?.httpStatusCode;
  const fail = (
    code: "notFound" | "refused" | "unavailable" | "full" | "invalid",
    reason: string,
    hint: string,
  ) => new CairnError(code, `${label}: ${reason}.`, { hint, cause: thrown });
  switch (error.name) {
    case "NoSuchBucket":
      return fail(
        "notFound",
        `there is no bucket ${bucket}`,
        "Make it, or correct the address of the remote.",
      );
    case "CredentialsProviderError":
    case "TokenProviderError":
      return fail(
        "refused",
        "there are no credentials for it",
        "aws configure writes some; or set AWS_PROFILE, or the remote's profile: cairn data remote add --set profile=NAME.",
      );
    case "InvalidAccessKeyId":
    case "SignatureDoesNotMatch":
    case "ExpiredToken":
    case "InvalidToken":
    case "AuthorizationHeaderMalformed":
      return fail(
        "refused",
        `the credentials are not accepted (${error.name})`,
        "Renew them, or choose another profile.",
      );
    case "AccessDenied":
    case "AllAccessDisabled":
    case "Forbidden":
      return fail(
        "refused",
        "permission denied",
        "Ask whoever owns the bucket for the right to list, read and write it.",
      );
    case "PermanentRedirect":
      return fail(
        "invalid",
        "the bucket is in another region",
        "Set the remote's region: --set region=NAME.",
      );
    case "QuotaExceeded":
    case "XMinioStorageFull":
      return fail("full", "there is no space left", "Make space there, and push again: what was sent stays.");
    case "TimeoutError":
    case "AbortError":
      return fail(
        "unavailable",
        "no answer in time",
        "Check the network and the remote's endpointurl, and try again.",
      );
    default:
  }
  if (status === 404 || error.name === "NoSuchKey" || error.name === "NotFound")
    return fail("notFound", "there is no such object", "Push it from where it is.");
  if (status === 403)
    return fail("refused", "permission denied", "Check the credentials, and the rights of their owner.");
  if (/^E[A-Z]+$/.test(error.code ?? "") || (status ?? 0) >= 500)
    return fail(
      "unavailable",
      `it does not answer (${error.code ?? error.name})`,
      "Check the network and the remote's endpointurl, and try again: what was sent stays.",
    );
  return fail(
    "unavailable",
    `${error.name}: ${error.message.replace(/\.$/, "")}`,
    "Check the remote's settings.",
  );
}
