/**
 * The spool: what `media/python/cairn.py` logs, one JSON line a call, in `.cairn/spool/RUN.jsonl`; each further process
 * that logs to the same run has `RUN.PID.jsonl`. Beside it `RUN.sent` tells how many bytes of it the store has, and
 * `RUN/` holds copies of small artifacts. Everything may be stored twice without harm: points are a set, parameters and
 * tags say the same again, artifacts are replaced.
 */
export { isSpoolName, SPOOL_VERSION, type SpoolHeader, type SpoolRecord } from "./records.js";
export { openSpool, type Spool, type SpoolPart } from "./readSpool.js";
export { readSent, writeSent } from "./sentNote.js";
export { SpoolStorer, type SpoolTarget } from "./storeSpool.js";
