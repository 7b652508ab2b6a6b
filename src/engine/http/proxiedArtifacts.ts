import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ArtifactStore } from "../../core/artifacts/index.js";
import type { TrackingStore } from "../../core/tracking/types.js";
import { joinPaths, rootOf } from "./artifactRoutes.js";
import { byteRange } from "./byteRange.js";
import { HttpFault } from "./faults.js";
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
    app.get<Named>(`${base}/*`, (request, reply) => sendFile(request, reply, artifacts, request.params["*"]));
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
    const path = joinPaths(rootOf(info.artifactUri), requiredString(input, "path"));
    return sendFile(request, reply, artifacts, path);
  });
}

/** Always as a download, so that an HTML artifact is never run by a browser under this address. */
async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  artifacts: ArtifactStore,
  path: string,
): Promise<FastifyReply> {
  const range = byteRange(request.headers.range);
  const { stream, size } = await artifacts.read(path, range);
  const name = encodeURIComponent(path.split("/").at(-1) ?? "artifact");
  reply.headers({
    "accept-ranges": "bytes",
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename*=UTF-8''${name}`,
  });
  if (!range) return reply.header("content-length", size).send(stream);
  if (range.start >= size) {
    stream.destroy();
    throw new HttpFault(416, "INVALID_PARAMETER_VALUE", `The file has ${size} bytes`);
  }
  const end = Math.min(size, range.start + range.length);
  return reply
    .code(206)
    .headers({
      "content-length": end - range.start,
      "content-range": `bytes ${range.start}-${end - 1}/${size}`,
    })
    .send(stream);
}
