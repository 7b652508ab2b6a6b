"""How cairn.py reaches the tracking server: a queue, a thread that empties it, one connection."""

import collections
import http.client
import io
import json
import os
import shutil
import sys
import threading
import time
from urllib.parse import quote, unquote, urlencode, urlsplit

BATCH_SECONDS = 0.3
BATCH_LIMITS = {"metrics": 1000, "params": 100, "tags": 100}
BATCH_TOTAL = 1000
QUEUE_LIMIT = 200_000
REQUEST_SECONDS = 30
RETRY_STATUS = (408, 429, 500, 502, 503, 504)
API = "/api/2.0/mlflow/"

_warned = set()


def warn(kind, message):
    """Say something on stderr, once per kind."""
    if kind not in _warned:
        _warned.add(kind)
        print("cairn: " + message, file=sys.stderr)


class Unreachable(Exception):
    """The server gave no usable answer; the same request may succeed later."""


class Refused(Exception):
    """The server understood the request and says no; sending it again is useless."""

    def __init__(self, status, message):
        super().__init__("%s (HTTP %d)" % (message or "the server refused the request", status))
        self.status = status


class Server:
    """One kept-alive HTTP connection; used by the background thread only."""

    def __init__(self, uri):
        self.url = urlsplit(uri)
        self.connection = None
        token = os.environ.get("MLFLOW_TRACKING_TOKEN")
        self.headers = {"Authorization": "Bearer " + token} if token else {}

    def send(self, method, path, body=None, **headers):
        try:
            if self.connection is None:
                secure = self.url.scheme == "https"
                kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
                self.connection = kind(self.url.netloc, timeout=REQUEST_SECONDS)
            path = self.url.path.rstrip("/") + path
            self.connection.request(method, path, body, dict(self.headers, **headers))
            response = self.connection.getresponse()
            status, data = response.status, response.read()
        except (OSError, http.client.HTTPException) as problem:
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            raise Unreachable(str(problem) or type(problem).__name__) from problem
        try:
            answer = json.loads(data or b"{}")
        except ValueError:
            answer = {}
        if status < 300:
            return answer
        message = answer.get("message") if isinstance(answer, dict) else None
        if status in RETRY_STATUS:
            raise Unreachable("HTTP %d %s" % (status, message or ""))
        raise Refused(status, message)

    def get(self, path, **fields):
        return self.send("GET", API + path + "?" + urlencode(fields))

    def post(self, path, method="POST", **fields):
        body = json.dumps(fields, allow_nan=False).encode()
        return self.send(method, API + path, body, **{"Content-Type": "application/json"})

    def upload(self, artifact_uri, name, content):
        """Store content, the bytes of a file or its path, as `name` below an artifact root."""
        uri = urlsplit(artifact_uri)
        with io.BytesIO(content) if isinstance(content, bytes) else open(content, "rb") as file:
            if uri.scheme == "mlflow-artifacts":
                size = len(content) if isinstance(content, bytes) else os.path.getsize(content)
                path = "/api/2.0/mlflow-artifacts/artifacts/" + quote(uri.path.strip("/") + "/" + name)
                self.send("PUT", path, file, **{"Content-Length": str(size)})
            elif uri.scheme in ("", "file"):
                folder = unquote(uri.path) if uri.scheme else artifact_uri
                target = os.path.join(folder, *name.split("/"))
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as copy:
                    shutil.copyfileobj(file, copy)
            else:
                raise ValueError("artifacts cannot be stored at %s:" % uri.scheme)


class Sender:
    """The queue and the thread that empties it, oldest entry first.

    An entry is (run, kind, item): kind is a field of runs/log-batch, or None for an item that is
    a function of the server.
    """

    def __init__(self, uri):
        self.server = Server(uri)
        self.reset()

    def reset(self):
        # Also run in the child of a fork: queue, thread and socket stay the parent's.
        self.server.connection = None
        self.entries = collections.deque()
        self.changed = threading.Condition()
        self.waiting = 0  # how many callers wait in flush
        self.thread = None

    def put(self, run, kind, item):
        with self.changed:
            if kind is not None and len(self.entries) >= QUEUE_LIMIT:
                warn("full", "the server is away and the queue is full: values are left out")
                return
            if self.thread is None:
                self.thread = threading.Thread(target=self.work, name="cairn", daemon=True)
                self.thread.start()
            self.entries.append((run, kind, item))
            if len(self.entries) == 1:
                self.changed.notify_all()

    def flush(self, seconds):
        with self.changed:
            self.waiting += 1
            self.changed.notify_all()
            try:
                return self.changed.wait_for(lambda: not self.entries, seconds)
            finally:
                self.waiting -= 1

    def work(self):
        delay = 0.0
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.entries)
                # Collect a little, or let the server recover; someone in flush cuts both short.
                pause = min(delay, BATCH_SECONDS) if self.waiting else delay or BATCH_SECONDS
                until = time.monotonic() + pause
                while time.monotonic() < until and (delay or not self.waiting):
                    self.changed.wait(until - time.monotonic())
                    if self.waiting:
                        until = min(until, time.monotonic() + BATCH_SECONDS)
                batch = self.next_batch()
            try:
                self.deliver(batch)
                delay = 0.0
            except Unreachable as problem:
                warn("unreachable", "no answer from the tracking server, still trying: %s" % problem)
                delay = min(5.0, max(0.2, delay * 2))
                continue
            except Exception as problem:  # whatever is wrong with one entry, the next must go on
                warn("refused", "not recorded: %s" % problem)
            with self.changed:
                for _ in batch:
                    self.entries.popleft()
                self.changed.notify_all()

    def next_batch(self):
        """The oldest entry, with those behind it that fit into the same log-batch request."""
        batch, counts = [], collections.Counter()
        for run, kind, item in self.entries:
            if batch and (kind is None or batch[0][1] is None or run is not batch[0][0]):
                break
            if counts[kind] >= BATCH_LIMITS.get(kind, 1) or len(batch) >= BATCH_TOTAL:
                break
            counts[kind] += 1
            batch.append((run, kind, item))
        return batch

    def deliver(self, batch):
        run, kind, item = batch[0]
        if kind is None:
            return item(self.server)
        if run.run_id is None:
            return None  # its creation was refused, and that was said
        fields = {"metrics": [], "params": [], "tags": []}
        for _, kind, item in batch:
            fields[kind].append(item)
        try:
            return self.server.post("runs/log-batch", run_id=run.run_id, **fields)
        except Refused:
            if len(batch) == 1:
                raise
        # One bad value makes the server refuse all of them: find it, keep the rest.
        middle = len(batch) // 2
        for half in (batch[:middle], batch[middle:]):
            try:
                self.deliver(half)
            except Refused as problem:
                warn("refused", "not recorded: %s" % problem)
        return None
