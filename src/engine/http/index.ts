import Fastify, { type FastifyInstance } from "fastify";
import { artifactRoutes } from "./artifactRoutes.js";
import { experimentRoutes } from "./experimentRoutes.js";
import { sendFault, toFault } from "./faults.js";
import { callingRun, makeGuard } from "./guard.js";
import { inputOf, parseBody } from "./input.js";
import { loggedModelRoutes } from "./loggedModelRoutes.js";
import { loggingRoutes } from "./loggingRoutes.js";
import { metricRoutes } from "./metricRoutes.js";
import { page, pagePolicy } from "./page.js";
import { proxiedArtifacts } from "./proxiedArtifacts.js";
import type { Route } from "./route.js";
import { ChosenExperiments } from "./chosenExperiments.js";
import { runRoutes } from "./runRoutes.js";
import type { HttpDeps } from "./types.js";

export type { HttpDeps } from "./types.js";

const prefixes = ["/api/2.0", "/ajax-api/2.0"];

/** A dataset's profile alone may have 16 MB, and a request several datasets. */
const BODY_LIMIT = 64 * 1024 * 1024;
const PARAM_LIMIT = 5000;
/** Longer than an epoch usually takes, so that a connection is seldom closed just as it is used again. */
const KEEP_ALIVE_MS = 10 * 60_000;

/**
 * The version of MLflow whose API this is. Below 3.4 the client does not try to send traces by OpenTelemetry, which
 * are not kept here; everything else it does not make depend on the version.
 */
const VERSION = "3.3.2";

/** The MLflow REST API over a store and its artifacts, not yet listening. */
export function createHttpServer(deps: HttpDeps): FastifyInstance {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: PARAM_LIMIT },
    keepAliveTimeout: KEEP_ALIVE_MS,
    frameworkErrors: (error, _request, reply) => void sendFault(reply, toFault(error)),
  });
  const guard = makeGuard(deps);
  app.addHook("onRequest", (request, reply, done) => {
    guard(request, reply);
    done();
  });
  app.setErrorHandler((error, request, reply) => {
    const fault = toFault(error);
    const where = `${request.method} ${request.url.split("?", 1)[0] ?? ""}`;
    if (fault.unexpected) deps.logger.error(error instanceof Error ? error : String(error), where);
    else deps.logger.debug(`${where}: ${fault.status} ${fault.message}`);
    void sendFault(reply, fault);
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `Cairn has no ${request.method} ${request.url.split("?", 1)[0] ?? ""}`;
    void sendFault(reply, { status: 404, errorCode: "ENDPOINT_NOT_FOUND", message });
  });

  readJson(app);
  const routes = [
    ...experimentRoutes(deps.store),
    ...runRoutes(deps.store),
    ...loggingRoutes(deps.store),
    ...metricRoutes(deps.store),
    ...loggedModelRoutes(deps.store),
    ...artifactRoutes(deps.store, deps.artifacts),
  ];
  const chosen = new ChosenExperiments(deps.store, deps.artifacts);
  for (const prefix of prefixes) for (const route of routes) addRoute(app, `${prefix}/mlflow`, route, chosen);
  void app.register((scope, _options, done) => {
    proxiedArtifacts(scope, prefixes, deps.store, deps.artifacts);
    done();
  });
  addProbes(app);
  return app;
}

/** JSON and nothing else is read as a body, so that no page's plain form can write anything. */
function readJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addHttpMethod("GET", { hasBody: true, overrideExisting: true });
  app.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    try {
      done(null, parseBody(body as string));
    } catch (error) {
      done(error as Error);
    }
  });
}

function addRoute(app: FastifyInstance, prefix: string, route: Route, chosen: ChosenExperiments): void {
  app.route({
    method: route.method,
    url: `${prefix}/${route.path}`,
    handler: async (request, reply) => {
      const input = inputOf(request);
      const caller = callingRun(request.headers.authorization);
      if (caller !== undefined && route.path === "runs/get") await chosen.follow(caller, input);
      const answer = await route.handle(input, request.params as Record<string, string>);
      if (caller !== undefined && route.path.startsWith("experiments/get")) chosen.note(caller, answer);
      return reply
        .header("content-type", "application/json")
        .send(answer instanceof Uint8Array ? answer : JSON.stringify(answer));
    },
  });
}

function addProbes(app: FastifyInstance): void {
  app.get("/health", (_request, reply) => reply.type("text/plain").send("OK"));
  app.get("/version", (_request, reply) => reply.type("text/plain").send(VERSION));
  app.get("/", (_request, reply) =>
    reply
      .headers({ "content-type": "text/html; charset=utf-8", "content-security-policy": pagePolicy })
      .send(page),
  );
  for (const prefix of ["/api/3.0", "/ajax-api/3.0"]) {
    app.get(`${prefix}/mlflow/server-info`, () => ({
      store_type: "SqlStore",
      workspaces_enabled: false,
      trace_archival_enabled: false,
      multipart_uploads_enabled: false,
      multipart_downloads_enabled: false,
    }));
  }
}
