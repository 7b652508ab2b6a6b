import { isTrusted } from "../core/config/index.js";

/**
 * Whether what the project's files name may be used: the user trusts it (`cairn trust`), or a window said that its
 * workspace is trusted. That holds until a window says otherwise or the engine ends, so that a run that goes on without
 * a window can still tell how it ended.
 */
export class ProjectTrust {
  private window = false;

  constructor(private readonly root: string) {}

  tell(trusted: boolean): void {
    this.window = trusted;
  }

  async holds(): Promise<boolean> {
    return this.window || (await isTrusted(this.root));
  }
}
