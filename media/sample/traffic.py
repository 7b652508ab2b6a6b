"""Plays the cameras: sends readings to a deployed model and tells how well it reads them.

    python traffic.py http://127.0.0.1:8080

Speaks the Open Inference Protocol v2, so any server of it will do. The readings are those of
data/holdout.csv, which no model was trained on; every pass over them comes from the next cameras
along. From request 600 on, four cameras run a new firmware that reports pixel p21 as always
bright: the fault that the July export has, too. Needs only Python 3.8 or newer.
"""

import argparse
import csv
import datetime
import http.client
import json
import random
import signal
import sys
import time
import urllib.parse

PIXELS = ["p%02d" % n for n in range(64)]
CAMERAS = ["cam-%02d" % n for n in range(1, 13)]
SITES = ["riverside", "old-town", "harbour", "hillcrest"]
STUCK_CAMERAS = ("cam-07", "cam-09", "cam-10", "cam-11")
STUCK_PIXEL, STUCK_VALUE = 21, 16.0
FIRMWARE = datetime.datetime(2026, 6, 15)
INTERVAL = datetime.timedelta(hours=2)  # twelve cameras, each once a day


def parse_arguments():
    parser = argparse.ArgumentParser(description="Send readings to a deployed model.")
    parser.add_argument("url", help="address of the server, such as http://127.0.0.1:8080")
    parser.add_argument("--model", default="digits")
    parser.add_argument("--data", default="data/holdout.csv")
    parser.add_argument("--requests", type=int, default=1200)
    parser.add_argument("--firmware-at", type=int, default=600, metavar="N")
    parser.add_argument("--rate", type=float, default=20.0, help="requests a second; 0: no pause")
    parser.add_argument("--every", type=int, default=100, help="requests between two reports")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-labels", action="store_true", help="do not send the true label")
    return parser.parse_args()


def replay(rows, options):
    """The readings in order of sending, as (id, device, pixels, label, captured_at)."""
    rng = random.Random(options.seed)
    order = []
    for n in range(options.requests):
        turn, place = divmod(n, len(rows))
        if place == 0:
            order = list(rows)
            rng.shuffle(order)
        row = order[place]
        camera = CAMERAS[(CAMERAS.index(row["device"]) + turn) % len(CAMERAS)]
        pixels = [float(row[name]) for name in PIXELS]
        if n >= options.firmware_at and camera in STUCK_CAMERAS:
            pixels[STUCK_PIXEL] = STUCK_VALUE
        captured = FIRMWARE + (n - options.firmware_at) * INTERVAL
        yield "t-%06d" % n, camera, pixels, int(row["label"]), captured


def request_body(reading, with_label):
    identity, camera, pixels, label, captured = reading
    parameters = {
        "captured_at": captured.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "device": camera,
        "site": SITES[CAMERAS.index(camera) // 3],
    }
    if with_label:
        parameters["label"] = label
    tensor = {"name": "pixels", "shape": [1, len(pixels)], "datatype": "FP32", "data": pixels}
    body = {"id": identity, "parameters": parameters, "inputs": [tensor]}
    return json.dumps(dict(body, outputs=[{"name": "label"}]))


class Server:
    """One kept-alive connection to an inference server."""

    def __init__(self, url, model):
        parts = urllib.parse.urlsplit(url if "//" in url else "http://" + url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.connection = kind(parts.netloc, timeout=30)
        self.path = "%s/v2/models/%s/infer" % (parts.path.rstrip("/"), urllib.parse.quote(model))

    def infer(self, body):
        """The label that the model reads."""
        self.connection.request("POST", self.path, body, {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        if response.status != 200:
            raise ValueError("HTTP %d %s" % (response.status, text[:200]))
        outputs = {output["name"]: output["data"] for output in json.loads(text)["outputs"]}
        return int(outputs["label"][0])


def share(answers):
    return "%5.1f %% of %d" % (100.0 * sum(answers) / len(answers), len(answers)) if answers else "-"


def send(server, rows, options):
    """Send all readings in time; returns {(after firmware, stuck camera): [right or not]}."""
    results = {(after, stuck): [] for after in (False, True) for stuck in (False, True)}
    recent, times = [], []
    started = time.monotonic()
    for n, reading in enumerate(replay(rows, options)):
        if options.rate > 0:
            time.sleep(max(0.0, started + n / options.rate - time.monotonic()))
        if n == options.firmware_at:
            print("-- new firmware on %s" % ", ".join(STUCK_CAMERAS), flush=True)
        before = time.perf_counter()
        answer = server.infer(request_body(reading, not options.no_labels))
        times.append(time.perf_counter() - before)
        right = answer == reading[3]
        recent.append(right)
        results[n >= options.firmware_at, reading[1] in STUCK_CAMERAS].append(right)
        if len(recent) == options.every or n + 1 == options.requests:
            middle = sorted(times)[len(times) // 2] * 1000.0
            print("%6d sent  right %s  median %.2f ms" % (n + 1, share(recent), middle), flush=True)
            recent, times = [], []
    return results


def main():
    options = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with open(options.data, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    try:
        results = send(Server(options.url, options.model), rows, options)
    except (OSError, http.client.HTTPException, ValueError, KeyError, IndexError) as problem:
        sys.exit("%s did not answer as expected: %s" % (options.url, problem))
    except KeyboardInterrupt:
        sys.exit(130)
    for after in (False, True):
        when = "after" if after else "before"
        print("%-6s the firmware: the four cameras %s, the others %s"
              % (when, share(results[after, True]), share(results[after, False])))  # fmt: skip


if __name__ == "__main__":
    main()
