declare module "plotly.js/lib/core" {
  export * from "plotly.js";
}
