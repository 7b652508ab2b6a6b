import { allowedName } from "./names.js";
import { limitedParam, pythonText } from "./params.js";
import type { Found } from "./types.js";
import { BYTES, FIXED64, VARINT, type Wire } from "./wire.js";

/**
 * What TensorBoard's hparams plugin keeps beside a tag (tensorboard/plugins/hparams/plugin_data.proto): the parameters of
 * a session's start become parameters of the run; experiment and session end say nothing that the run does not know.
 */
export function readHparams(content: Wire, found: Found): void {
  while (content.next()) {
    if (content.field !== 3 || content.type !== BYTES) {
      content.skip();
      continue;
    }
    const session = content.message();
    while (session.next()) {
      if (session.field === 1 && session.type === BYTES) readEntry(session.message(), found);
      else session.skip();
    }
  }
}

function readEntry(entry: Wire, found: Found): void {
  let key = "";
  let value: string | undefined;
  while (entry.next()) {
    if (entry.field === 1 && entry.type === BYTES) key = allowedName(entry.text());
    else if (entry.field === 2 && entry.type === BYTES) value = readScalarValue(entry.message());
    else entry.skip();
  }
  if (key !== "" && value !== undefined) found.params.push(limitedParam(key, value));
}

/** A google.protobuf.Value that is no list and no struct, which the plugin does not allow. */
function readScalarValue(value: Wire): string | undefined {
  let text: string | undefined;
  while (value.next()) {
    if (value.field === 2 && value.type === FIXED64) text = pythonText(value.double());
    else if (value.field === 3 && value.type === BYTES) text = value.text();
    else if (value.field === 4 && value.type === VARINT) text = pythonText(value.varint() !== 0);
    else value.skip();
  }
  return text;
}
