/** From what a person most likely wants to see to what they least do. */
const preferences = [
  /^(val|valid|validation|test|holdout|eval)[ _/.-]?.*(acc|f1|auc|r2|score|map)/i,
  /acc|f1|auc|r2|score|precision|recall/i,
  /^(val|valid|validation|test|holdout|eval)[ _/.-]?.*(loss|error|rmse|mae|mse)/i,
  /loss|error|rmse|mae|mse/i,
];

/** The one metric that stands for a run where there is room for one; undefined when it has none. */
export function headlineMetric(keys: readonly string[]): string | undefined {
  const own = keys.filter((key) => !key.startsWith("system/"));
  for (const preference of preferences) {
    const found = own.find((key) => preference.test(key));
    if (found !== undefined) return found;
  }
  return own[0];
}
