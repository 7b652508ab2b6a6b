import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { z } from "zod";

const inferRequest = z.object({
  id: z.string(),
  parameters: z.object({
    captured_at: z.string(),
    device: z.string(),
    site: z.string(),
    label: z.int().optional(),
  }),
  inputs: z.tuple([
    z.object({
      name: z.literal("pixels"),
      shape: z.tuple([z.literal(1), z.literal(64)]),
      datatype: z.literal("FP32"),
      data: z.array(z.number()).length(64),
    }),
  ]),
  outputs: z.array(z.object({ name: z.string() })),
});

export type InferRequest = z.infer<typeof inferRequest>;

export interface OipServer extends AsyncDisposable {
  url: string;
  /** All requests answered so far with the label that the model gave. */
  answered: { request: InferRequest; label: number }[];
}

/** A small Open Inference Protocol v2 server with a real model behind it, under the model name `digits`. */
export async function serveModel(model: string): Promise<OipServer> {
  const session = await InferenceSession.create(model);
  const answered: OipServer["answered"] = [];
  const infer = async (body: string) => {
    const request = inferRequest.parse(JSON.parse(body));
    const pixels = Float32Array.from(request.inputs[0].data);
    const { label } = await session.run({ pixels: new Tensor("float32", pixels, [1, 64]) });
    const value = Number((label?.data as BigInt64Array)[0]);
    answered.push({ request, label: value });
    const outputs = [{ name: "label", datatype: "INT64", shape: [1], data: [value] }];
    return { model_name: "digits", id: request.id, outputs };
  };
  const server = createServer((request, response) => {
    const reply = (status: number, content: object) => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
    };
    if (request.method !== "POST" || request.url !== "/v2/models/digits/infer") {
      reply(404, { error: `unknown model or path ${request.url}` });
      return;
    }
    read(request)
      .then(infer)
      .then(
        (answer) => reply(200, answer),
        (error: unknown) => reply(400, { error: String(error) }),
      );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    answered,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      await session.release();
    },
  };
}

async function read(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}
