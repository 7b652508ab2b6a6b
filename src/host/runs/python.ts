import * as vscode from "vscode";
import { readSetting } from "../settings.js";

/**
 * The Python that tracked runs of a folder use: the setting, else the interpreter chosen in the Python extension.
 * Undefined leaves it to the engine, which looks for the project's own environment.
 */
export async function pythonOf(folder: vscode.WorkspaceFolder): Promise<string | undefined> {
  const set = readSetting("pythonPath", folder.uri);
  if (set !== "") return set;
  const extension = vscode.extensions.getExtension<unknown>("ms-python.python");
  if (!extension) return undefined;
  return chosenInterpreter(extension.isActive ? extension.exports : await extension.activate(), folder.uri);
}

/** Asks the Python extension's public interface, whose form is not ours: anything unexpected counts as no answer. */
function chosenInterpreter(api: unknown, folder: vscode.Uri): string | undefined {
  const environments = member(api, "environments");
  const ask = member(environments, "getActiveEnvironmentPath");
  if (typeof ask !== "function") return undefined;
  const found: unknown = Reflect.apply(ask, environments, [folder]);
  const file = member(found, "path");
  return typeof file === "string" && /python[^/\\]*$/i.test(file) ? file : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
