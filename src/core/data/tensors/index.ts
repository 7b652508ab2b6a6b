export { decodeTensors, encodeTensors } from "./code.js";
export { tensorsIn } from "./layout.js";
