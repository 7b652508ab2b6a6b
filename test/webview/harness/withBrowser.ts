import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { root } from "../../host/paths.ts";
import { buildFakeHost } from "./buildHarness.ts";
import { launchBrowser, openPanel, type OpenOptions, type PanelPage } from "./openPanel.ts";

/** One browser for a test file; every page that a test opens is closed after it. */
export function withBrowser(): (options: Omit<OpenOptions, "bundles">) => Promise<PanelPage> {
  let browser: Browser | undefined;
  let fakeHost = "";
  const pages: Page[] = [];
  beforeAll(async () => {
    fakeHost = await buildFakeHost();
    browser = await launchBrowser();
  }, 180_000);
  afterEach(async () => {
    await Promise.all(pages.splice(0).map((page) => page.close()));
  });
  afterAll(async () => {
    await browser?.close();
  });
  return async (options) => {
    if (!browser) throw new Error("The browser has not started.");
    const bundles = join(process.env.CAIRN_DIST ?? join(root, "dist"), "webview");
    const opened = await openPanel(browser, fakeHost, { ...options, bundles });
    pages.push(opened.page);
    return opened;
  };
}

/** What the panel asked of its host, by method. */
export async function requestsOf(page: Page, method: string): Promise<unknown[]> {
  return page.evaluate(
    (name) => globalThis.cairnHost.requests.filter((each) => each.method === name).map((each) => each.params),
    method,
  );
}

/** `expect.poll` with the patience that a browser on a busy machine needs. */
export function eventually<T>(read: () => T): ReturnType<typeof expect.poll<T>> {
  return expect.poll(read, { timeout: 15_000, interval: 30 });
}
