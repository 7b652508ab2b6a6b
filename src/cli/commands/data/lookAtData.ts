import { DataProject } from "../../../core/data/index.js";
import { projectPaths } from "../../../core/project/index.js";
import { openDatabase } from "../../../core/store/index.js";
import type { CommandContext } from "../../command.js";

/** Looks at the data of a project in which nothing was recorded: what DVC and Git know of it. Writes nothing. */
export async function lookAtUnrecorded<T>(
  { project, signal }: CommandContext,
  look: (data: DataProject) => Promise<T>,
): Promise<T> {
  const database = openDatabase(":memory:");
  try {
    return await look(new DataProject(database, { paths: projectPaths(project), signal }));
  } finally {
    database.close();
  }
}
