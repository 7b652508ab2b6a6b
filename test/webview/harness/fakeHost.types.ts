// The globals that fakeHost.ts puts into a page, for tests that reach into it.
import type {} from "./fakeHost.ts";
