export { LogView, logStyles } from "./logView.js";
