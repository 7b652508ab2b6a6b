const SCHEME = "mlflow-artifacts:";

/**
 * Where an `artifact_uri` lies below the artifact root: `mlflow-artifacts:/1/RUN/artifacts` is `1/RUN/artifacts`.
 * Nothing for a URI of another scheme, whose files are not Cairn's.
 */
export function artifactPathOf(uri: string): string | undefined {
  if (!uri.startsWith(SCHEME)) return undefined;
  const rest = uri.slice(SCHEME.length);
  const path = rest.startsWith("//") ? rest.slice(2).replace(/^[^/]*/, "") : rest;
  return path.replace(/^\/+/, "");
}
