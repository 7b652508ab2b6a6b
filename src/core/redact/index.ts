export { HIDDEN } from "./maskText.js";
export { createRedactor, type Redacted, type Redactor } from "./redactor.js";
export { createStreamMask, type StreamMask } from "./streamMask.js";
export { findSecrets, formsOf } from "./secretValues.js";
