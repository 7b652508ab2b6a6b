// @vitest-environment node
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { eventually, requestsOf, withBrowser } from "./harness/withBrowser.ts";
import "./harness/fakeHost.types.ts";

const openAny = withBrowser();
const open = (artifact?: string) =>
  openAny({ panel: "run", scenario: "normal", options: { tab: "artifacts", artifact } });

/** Nothing of the files ran, and nothing was asked of the network. */
async function expectHarmless(page: Page, asked: readonly string[]): Promise<void> {
  expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
  for (const frame of page.frames())
    if (frame !== page.mainFrame()) expect(new URL(frame.url()).protocol).toBe("about:");
  expect(asked).toEqual([]);
}

/** What got past the policy to the network; refused requests do not get there. */
async function watchNetwork(page: Page): Promise<string[]> {
  const asked: string[] = [];
  await page.route("http://evil.test/**", async (route) => {
    asked.push(route.request().url());
    await route.abort();
  });
  return asked;
}

describe("the artifacts of a run", () => {
  it("are gone through by keyboard, shown with Enter and opened where the user says", async () => {
    const { page, complaints } = await open();
    await page.getByText("No file chosen").waitFor();
    await page.getByRole("tree", { name: "Artifacts" }).focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await page.getByText("model.pkl").waitFor();
    expect(await page.getByRole("treeitem", { name: "model" }).first().getAttribute("aria-expanded")).toBe(
      "true",
    );
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByText("loader_module: mlflow.sklearn").waitFor();
    await eventually(async () => (await requestsOf(page, "saveState")).at(-1)).toMatchObject({
      artifact: "model/MLmodel",
    });
    for (const label of ["Open in the editor", "Save as…", "Show in the file explorer"])
      await page.getByLabel(label).click();
    const path = "model/MLmodel";
    await eventually(() => requestsOf(page, "openArtifact")).toEqual([
      { path, how: "editor" },
      { path, how: "saveAs" },
      { path, how: "reveal" },
    ]);
    await page.getByRole("tree", { name: "Artifacts" }).focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.getByText("model.pkl").waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
  });

  it("show an image, larger and smaller, at every step that it was logged at", async () => {
    const { page, complaints } = await open("images/sample/100.bmp");
    const image = page.locator("cairn-image img");
    await page.getByText("96 × 64, fitted").waitFor();
    const slider = page.getByRole("slider", { name: "Step" });
    expect(await slider.getAttribute("aria-valuetext")).toBe("Step 100, 3 of 5");
    const before = await image.getAttribute("src");
    await slider.focus();
    await page.keyboard.press("End");
    await page.getByText("1000", { exact: true }).waitFor();
    await eventually(() => slider.getAttribute("aria-valuetext")).toBe("Step 1000, 5 of 5");
    expect(await image.getAttribute("src")).not.toBe(before);
    await eventually(async () => (await requestsOf(page, "saveState")).at(-1)).toMatchObject({
      artifact: "images/sample/1000.bmp",
    });
    await page.getByRole("region", { name: /^Image/ }).focus();
    await page.keyboard.press("1");
    await page.keyboard.press("+");
    await page.getByText("96 × 64, 125%").waitFor();
    expect((await image.boundingBox())?.width).toBe(120);
    await page.keyboard.press("0");
    await page.getByText("96 × 64, fitted").waitFor();
    expect(complaints).toEqual([]);
  });

  it("enlarge an image of a few pixels", async () => {
    const { page } = await open("digit.bmp");
    await page.getByText("28 × 28, 900%").waitFor();
    expect((await page.locator("cairn-image img").boundingBox())?.width).toBe(252);
  });

  it("follow the steps of MLflow's own image names", async () => {
    const id = "0f8fad5b-d9cb-469f-a165-70867728950e";
    const { page } = await open(`images/heat+step+50+timestamp+1700000000050+${id}.bmp`);
    await eventually(() => page.getByRole("slider", { name: "Step" }).getAttribute("aria-valuetext")).toBe(
      "Step 50, 2 of 5",
    );
  });

  it("fold JSON, by mouse and keyboard", async () => {
    const { page, complaints } = await open("metrics.json");
    const tree = page.getByRole("tree", { name: "JSON" });
    await tree.getByText("0.9734").waitFor();
    await tree.getByText("best<i>epoch</i>:").waitFor();
    expect(await tree.getByText("50", { exact: true }).count()).toBe(0);
    await tree.focus();
    for (let i = 0; i < 7; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    await tree.getByText("50", { exact: true }).waitFor();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowLeft");
    await eventually(() => tree.getByRole("treeitem").count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  it("play a sound", async () => {
    const { page, complaints } = await open("sound.wav");
    await eventually(() =>
      page.locator("audio").evaluate((audio) => (audio as HTMLAudioElement).duration),
    ).toBe(1);
    expect(complaints).toEqual([]);
  });

  it("show text as text, whatever it is called and holds", async () => {
    const { page, complaints } = await open('a "quoted" <img src=x onerror=hacked=1>.txt');
    await page.getByText("<b>not bold</b>").waitFor();
    for (const [file, text] of [
      ["notes.md", "Trained on *vibration* features."],
      ["README", "No extension, but text."],
      ["broken.json", "Not valid JSON"],
    ] as const) {
      await page.getByRole("treeitem", { name: file }).click();
      await page.getByText(text).waitFor();
    }
    await expectHarmless(page, []);
    expect(complaints).toEqual([]);
  });

  it("offer what can be done with a file that has no preview", async () => {
    const { page } = await open("features.arrow");
    await page.getByText("A columnar file").waitFor();
    await page.getByText("Open With…").click();
    await eventually(() => requestsOf(page, "openArtifact")).toEqual([
      { path: "features.arrow", how: "openWith" },
    ]);
    await page.getByRole("treeitem", { name: "model", exact: true }).click();
    await page.getByRole("treeitem", { name: "model.pkl" }).click();
    await page.getByText("Not shown here").waitFor();
  });
});

describe("an artifact that cannot be read", () => {
  it("says so, and is tried again", async () => {
    const { page } = await open("gone.txt");
    await page.getByText("No such artifact: 'gone.txt'").waitFor();
    await page.getByText("Try Again").click();
    await eventually(async () => (await requestsOf(page, "readArtifact")).length).toBe(2);
    await page.getByRole("treeitem", { name: "README" }).click();
    await page.getByText("No extension, but text.").waitFor();
  });
});

describe("hostile artifacts", () => {
  it("of gigabytes are read no further than what is shown", async () => {
    const { page } = await open("huge.json");
    await page.getByText("The first 1.0 MB of 1.0 GB.").waitFor();
    await page.getByRole("treeitem", { name: "huge.png" }).click();
    await page.getByText("Too large to be shown here").waitFor();
    const read = (await requestsOf(page, "readArtifact")) as { path: string; length: number }[];
    const bytes = read.reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBeLessThan(3 << 20);
  });

  it("that are no image say so, and the next one is shown", async () => {
    const { page } = await open("broken.png");
    await page.getByText("This image cannot be shown").waitFor();
    await page.getByRole("treeitem", { name: "confusion.bmp" }).click();
    await page.getByText("96 × 64, fitted").waitFor();
  });

  it("with scripts in an SVG run nothing and ask for nothing", async () => {
    const { page, complaints } = await open("drawing.svg");
    const asked = await watchNetwork(page);
    await page.getByText("80 × 60, fitted").waitFor();
    await expectHarmless(page, asked);
    expect(complaints).toEqual([]);
  });

  it("with scripts, frames and links in an HTML run nothing, ask for nothing and lead nowhere", async () => {
    const { page } = await open();
    const asked = await watchNetwork(page);
    await page.getByRole("treeitem", { name: "report.html" }).click();
    const frame = page.frameLocator("iframe.html-frame");
    await frame.getByText("Confusion").waitFor();
    const colorOf = (text: string) =>
      frame.getByText(text).evaluate((element) => getComputedStyle(element).color);
    expect(await colorOf("Confusion")).toBe("rgb(1, 2, 3)");
    expect(await colorOf("styled")).toBe("rgb(4, 5, 6)");
    const element = page.locator("iframe.html-frame");
    expect(await element.getAttribute("sandbox")).toBe("");
    for (const selector of [
      "script",
      "iframe",
      "base",
      "link",
      "[onload]",
      "[onerror]",
      "a[href]",
      "form[action]",
    ])
      expect([selector, await frame.locator(selector).count()]).toEqual([selector, 0]);
    await frame.getByText("out", { exact: true }).click();
    await frame.getByText("go").click();
    await page.getByLabel("Show the source").click();
    await page.getByText('<base href="http://evil.test/">', { exact: false }).first().waitFor();
    await expectHarmless(page, asked);
  });

  it("are held by the policy alone, should anything have been left in them", async () => {
    const { page } = await open("report.html");
    const asked = await watchNetwork(page);
    await page.frameLocator("iframe.html-frame").getByText("Confusion").waitFor();
    await page.evaluate(() => {
      const frame = document.querySelector<HTMLIFrameElement>("iframe.html-frame");
      if (!frame) return;
      frame.srcdoc = `<script>parent.hacked=1;top.hacked=1</script><body onload="top.hacked=1"><p>raw</p>
        <img src="http://evil.test/a.png" onerror="top.hacked=1"><link rel=stylesheet href="http://evil.test/x.css">
        <style>p{background:url(http://evil.test/b.png)}</style><iframe src="http://evil.test/f"></iframe>
        <meta http-equiv="refresh" content="0;url=http://evil.test/m"><a href="http://evil.test/c">away</a>`;
    });
    const frame = page.frameLocator("iframe.html-frame");
    await frame.getByText("raw").waitFor();
    await frame.getByText("away").click({ noWaitAfter: true });
    await page.waitForLoadState("networkidle");
    expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
    expect(asked).toEqual([]);
    // Without a policy in the way, a request is seen.
    await page.goto("http://evil.test/").catch(() => undefined);
    expect(asked).toEqual(["http://evil.test/"]);
  });
});
