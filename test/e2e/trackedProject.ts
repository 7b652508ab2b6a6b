import { execFileSync } from "node:child_process";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Logs metrics and a file of every kind that is shown in the panel of a run. */
const script = `import argparse, json, os, struct, zlib
import cairn

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
lr = parser.parse_args().lr

def png(level):
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\\0" + bytes([level] * 24) for _ in range(24))
    head = struct.pack(">IIBBBBB", 24, 24, 8, 0, 0, 0, 0)
    return b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")

def wav():
    sound = bytes(128 for _ in range(8000))
    return (b"RIFF" + struct.pack("<I", 36 + len(sound)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
            + b"data" + struct.pack("<I", len(sound)) + sound)

def write(name, content):
    path = os.path.join("made", name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)

with cairn.start_run():
    cairn.log_param("lr", lr)
    for step in range(30):
        cairn.log_metrics({"loss": 1 / (1 + lr * step), "accuracy": step / 30}, step=step)
        if step % 10 == 0:
            write("images/sample_%d.png" % step, png(8 * step))
    write("predictions.csv", b"reading,label\\n7,seven\\n4,four\\n")
    write("summary.json", json.dumps({"best": {"step": 29}}).encode())
    write("report.html", b"<h1>Readings</h1><script>document.title = 'ran'</script>")
    write("alarm.wav", wav())
    cairn.log_artifacts("made")
print("trained with", lr)
`;

const config = `entries:
  train:
    command: python3 train.py --lr {lr}
    params: {lr: 0.1}
`;

/** A Git repository with an entry to run; its script has changed since the only commit. */
export async function trackedProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cairn-tracked-"));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder });
  await writeFile(join(folder, ".gitignore"), "made/\n.cairn/\n.vscode/\n");
  await writeFile(join(folder, "cairn.yaml"), config);
  await writeFile(join(folder, "train.py"), "print('not written yet')\n");
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("-c", "user.name=Mira", "-c", "user.email=mira@example.org", "commit", "-qm", "First");
  await writeFile(join(folder, "train.py"), script);
  return folder;
}
