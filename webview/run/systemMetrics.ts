/** What is measured of the machine while a run goes on; named as MLflow names it. */
const PREFIX = "system/";

export function isSystemMetric(key: string): boolean {
  return key.startsWith(PREFIX);
}
