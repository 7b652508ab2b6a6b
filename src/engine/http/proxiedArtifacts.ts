import type { FastifyInstance, FastifyReply } from "fastify";
import type { ArtifactStore } from "../../core/artifacts/index.js";
import type { TrackingStore } from "../../core/tracking/types.js";
import { joinPaths, rootOf } from "./artifactRoutes.js";
import { optionalString, requiredString, runIdOf } from "./fields.js";
import { inputOf } from "./input.js";
import { fileJson, list } from "./wire.js";

interface Named {
  Params: { "*": string };
}

/**
 * The store that `mlflow-artifacts:` URIs point to. Files are streamed both ways, whatever their type and size; this
 * part of the server therefore reads no bodies.
 */
export function proxiedArtifacts(
  app: FastifyInstance,
  prefixes: readonly string[],
  store: TrackingStore,
  artifacts: ArtifactStore,
): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => {
    done(null);
  });

  for (const prefix of prefixes) {
    const base = `${prefix}/mlflow-artifacts/artifacts`;
    app.get(base, async (request) => {
      const files = await artifacts.list(optionalString(inputOf(request), "path") ?? "");
      return { files: list(files.map((file) => fileJson(file, file.path.split("/").at(-1)))) };
    });
    app.get<Named>(`${base}/*`, (request, reply) => sendFile(reply, artifacts, request.params["*"]));
    app.put<Named>(`${base}/*`, async (request) => {
      await artifacts.write(request.params["*"], request.raw);
      return {};
    });
    app.delete<Named>(`${base}/*`, async (request) => {
      await artifacts.remove(request.params["*"]);
      return {};
    });
  }

  app.get("/get-artifact", async (request, reply) => {
    const input = inputOf(request);
    const { info } = await store.getRun(runIdOf(input));
    return sendFile(reply, artifacts, joinPaths(rootOf(info.artifactUri), requiredString(input, "path")));
  });
}

/** Always as a download, so that an HTML artifact is never run by a browser under this address. */
async function sendFile(reply: FastifyReply, artifacts: ArtifactStore, path: string): Promise<FastifyReply> {
  const { stream, size } = await artifacts.read(path);
  const name = encodeURIComponent(path.split("/").at(-1) ?? "artifact");
  return reply
    .headers({
      "content-type": "application/octet-stream",
      "content-length": size,
      "content-disposition": `attachment; filename*=UTF-8''${name}`,
    })
    .send(stream);
}
