import { readFileSync } from "node:fs";
import https from "node:https";
import { pathToFileURL } from "node:url";
import type * as Sdk from "@aws-sdk/client-s3";
import { CairnError } from "../../../shared/errors.js";
import { distFile } from "../../project/index.js";
import type { StoreFiles } from "../store/index.js";
import type { RemoteConfig } from "./remoteConfig.js";
import { S3Remote } from "./s3Remote.js";

/** Seconds without an answer, as DVC's library has them. */
const TIMEOUT = 60;
/** Where nothing names a region, as in the other clients. */
const REGION = "us-east-1";

/** Opens `s3://bucket/prefix` with DVC's settings of it. Throws CairnError `invalid`. */
export async function openS3(
  { url, options, name }: RemoteConfig,
  label: string,
  files: StoreFiles,
  signals: { work: AbortSignal; cancel: AbortSignal },
): Promise<S3Remote> {
  const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]+)\/?(.*?)\/*$/.exec(url) ?? [];
  if (bucket === "")
    throw new CairnError("invalid", `The remote ${name} names no bucket: ${label}.`, {
      hint: "It has to be s3://BUCKET or s3://BUCKET/FOLDER.",
    });
  // The SDK reads its files where these say.
  const credentials = options.get("credentialpath");
  if (credentials !== undefined) process.env.AWS_SHARED_CREDENTIALS_FILE = credentials;
  const settings = options.get("configpath");
  if (settings !== undefined) process.env.AWS_CONFIG_FILE = settings;
  // A megabyte of code that nothing else needs.
  const sdk = (await import(pathToFileURL(distFile("s3.js")).href)) as typeof Sdk & {
    default?: typeof Sdk;
  };
  const loaded = sdk.default ?? sdk;
  const client = await clientOf(loaded, configOf(options));
  const acl = options.get("acl");
  const sse = options.get("sse");
  const key = options.get("sse_kms_key_id");
  const extras = {
    ...(acl === undefined ? {} : { ACL: acl as "private" }),
    ...(sse === undefined ? {} : { ServerSideEncryption: sse as Sdk.ServerSideEncryption }),
    ...(key === undefined ? {} : { SSEKMSKeyId: key }),
  };
  return new S3Remote(label, loaded, client, { bucket, prefix }, extras, files, signals);
}

function configOf(options: ReadonlyMap<string, string>): Sdk.S3ClientConfig {
  const endpoint = options.get("endpointurl");
  const region = options.get("region");
  const profile = options.get("profile");
  const id = options.get("access_key_id");
  const secret = options.get("secret_access_key");
  const token = options.get("session_token");
  const given =
    id === undefined || secret === undefined
      ? {}
      : {
          credentials: {
            ...{ accessKeyId: id, secretAccessKey: secret },
            ...(token === undefined ? {} : { sessionToken: token }),
          },
        };
  const verify = options.get("ssl_verify");
  const agent =
    verify === undefined || isTrue(verify)
      ? {}
      : {
          httpsAgent: new https.Agent(
            /^(false|0|no|off)$/i.test(verify) ? { rejectUnauthorized: false } : { ca: readFileSync(verify) },
          ),
        };
  return {
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...given,
    // Content-MD5 is sent, which every server knows.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: seconds(options.get("connect_timeout")) * 1000,
      // Also where a server takes the connection and is silent.
      requestTimeout: seconds(options.get("read_timeout")) * 1000,
      throwOnRequestTimeout: true,
      ...agent,
    },
  };
}

/** As other clients do: where nothing names a region the first one is meant. */
async function clientOf(sdk: typeof Sdk, config: Sdk.S3ClientConfig): Promise<Sdk.S3Client> {
  const client = new sdk.S3Client(config);
  try {
    await client.config.region();
    return client;
  } catch {
    client.destroy();
    return new sdk.S3Client({ ...config, region: REGION });
  }
}

const isTrue = (value: string): boolean => /^(true|1|yes|on)$/i.test(value);

function seconds(given: string | undefined): number {
  const value = Number(given);
  return given !== undefined && value > 0 ? value : TIMEOUT;
}
