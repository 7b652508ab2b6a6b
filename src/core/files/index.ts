export { saveJson, writeWhole } from "./writeWhole.js";
