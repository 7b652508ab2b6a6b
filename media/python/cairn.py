"""Track a training run with nothing but Python's standard library (3.8 or newer); copy this file where you like.

    import cairn

    with cairn.start_run():
        cairn.log_params({"lr": 0.05})
        cairn.log_metric("loss", 0.3, step=1)
        cairn.log_model("model.onnx")

The calls are mlflow's. In a project of Cairn each appends one line to a file in `.cairn/spool`, which the engine reads as
it grows; what was written before a script was killed, or while no engine ran, the next engine takes in. Where
MLFLOW_TRACKING_URI names another server, the file is a temporary one, and a background thread sends its lines there.
Outside of any, every call does nothing. Calls never raise into the training code and never wait for the network.
"""

import atexit
import base64
import collections
import functools
import getpass
import http.client
import importlib
import io
import json
import math
import os
import re
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
import zlib
from urllib.parse import quote, unquote, urlencode, urlsplit

KEY_LENGTH, VALUE_LENGTH = 250, 6000
COPY_BYTES = 8 * 1024 * 1024  # files up to this size are copied when logged, larger ones read when sent
LATE_BYTES = 1 << 20  # what is kept in memory while the disk is full
EXIT_SECONDS, REQUEST_SECONDS, BATCH_SECONDS = 10, 30, 0.3
BATCH_TOTAL = 1000
BATCH_LIMITS = {"metrics": 1000, "params": 100, "tags": 100, "nothing": 1000}
RETRY_STATUS = (408, 429, 500, 502, 503, 504)
API = "/api/2.0/mlflow/"

_place = None  # where and to whom runs are logged; False: nowhere
_runs = []  # the active runs, the innermost last
_experiment = None
_handed_down_taken = _raised = False
_lock = threading.RLock()
_warned, _names, _layouts = set(), {}, {}
_POINTS = re.compile(r'\{"k":"m","t":(\d+),"s":(-?\d+),"m":\{(.*)\}\}\Z')
_POINT = re.compile(r'("(?:[^"\\]|\\.)*"):([^,]+)')


def warn(kind, message):
    """Say something on stderr, once per kind."""
    if kind not in _warned:
        _warned.add(kind)
        try:
            sys.stderr.write("cairn: " + message + "\n")
        except Exception:
            pass  # a closed stderr is no reason to end a training


def _safely(function):
    """A public function that reports its own failure instead of raising into training code."""

    @functools.wraps(function)
    def guarded(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except Exception as problem:
            warn(function.__name__, "%s failed: %s" % (function.__name__, _words(problem)))

    return guarded


def _words(problem):
    try:
        return str(problem) or type(problem).__name__
    except Exception:
        return type(problem).__name__


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
        self.url, self.connection, self.used, self.moved = urlsplit(uri), None, 0.0, 0
        self.address = (self.url.hostname or "", self.url.port)  # raises for a port that is none
        "".encode("idna")  # its import by our thread, cut short by a fork, would leave the child without it
        token = os.environ.get("MLFLOW_TRACKING_TOKEN")
        user, password = (os.environ.get("MLFLOW_TRACKING_" + name, "") for name in ("USERNAME", "PASSWORD"))
        if self.url.username:
            token, user, password = None, unquote(self.url.username), unquote(self.url.password or "")
        basic = base64.b64encode((user + ":" + password).encode()).decode()
        self.headers = {"Authorization": "Bearer " + token if token else "Basic " + basic} if token or user else {}

    def send(self, method, path, body=None, **headers):
        idle = self.connection is not None and time.monotonic() - self.used > 1
        try:
            if self.connection is None:
                secure = self.url.scheme == "https"
                kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
                self.connection = kind(*self.address, timeout=REQUEST_SECONDS)
            self.connection.request(method, self.url.path.rstrip("/") + path, body, dict(self.headers, **headers))
            response = self.connection.getresponse()
            status, data = response.status, response.read()
            self.used = time.monotonic()
        except (OSError, http.client.HTTPException) as problem:
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            if idle and isinstance(body, (bytes, type(None))):  # servers close a connection that is not used for long
                return self.send(method, path, body, **headers)
            raise Unreachable(_words(problem)) from problem
        try:
            answer = json.loads(data or b"{}")
        except ValueError:
            if status < 300:
                raise Unreachable("this is no tracking server's answer") from None
            answer = {}
        if status < 300:
            return answer
        answer = answer if isinstance(answer, dict) else {}
        message = answer.get("message")
        if status in RETRY_STATUS or answer.get("error_code") == "RESOURCE_EXHAUSTED":
            raise Unreachable("HTTP %d %s" % (status, message or ""))
        raise Refused(status, message)

    def get(self, path, **fields):
        return self.send("GET", API + path + "?" + urlencode(fields))

    def post(self, path, method="POST", text=None, **fields):
        body = (text or json.dumps(fields, allow_nan=False)).encode()
        return self.send(method, API + path, body, **{"Content-Type": "application/json"})

    def upload(self, artifact_uri, name, path):
        """Store the file at `path` as `name` below an artifact root."""
        uri = urlsplit(artifact_uri)
        try:
            file = open(path, "rb")
        except OSError as problem:
            raise Refused(0, "%s: %s" % (name, problem)) from problem
        with file:
            if uri.scheme == "mlflow-artifacts":
                where = "/api/2.0/mlflow-artifacts/artifacts/" + quote(uri.path.strip("/") + "/" + name)
                size = os.fstat(file.fileno()).st_size
                self.send("PUT", where, self.blocks(file, size), **{"Content-Length": str(size)})
            elif uri.scheme in ("", "file"):
                folder = unquote(uri.path) if uri.scheme else artifact_uri
                target = os.path.join(folder, *name.split("/"))
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copyfile(path, target)
            else:
                raise ValueError("artifacts cannot be stored at %s:" % uri.scheme)

    def blocks(self, file, size):
        """As much of a file as was promised: it may be written to meanwhile."""
        while size > 0:
            block = file.read(min(size, 1 << 16))
            if not block:
                raise OSError("a file became shorter while it was sent")
            size -= len(block)
            self.moved += 1
            yield block

    def experiment(self, name):
        for _ in range(2):
            try:
                return self.get("experiments/get-by-name", experiment_name=name)["experiment"]["experiment_id"]
            except Refused as problem:
                if problem.status != 404:
                    raise
            try:
                return self.post("experiments/create", name=name)["experiment_id"]
            except Refused as problem:
                refusal = problem  # perhaps someone else made it in between: look again
        raise refusal


class Spool:
    """The file to which this process appends what it logs for one run; src/core/spool says what is in it."""

    def __init__(self, place, run):
        self.run, self.lock = run, threading.RLock()
        self.late, self.retry_at, self.files, self.size, self.ended = bytearray(), 0.0, 0, 0, False
        self.sent = self.read = 0  # bytes: delivered, parsed
        self.waiting, self.reader, self.model = collections.deque(), None, {}
        folder, suffix = place.make_folder(), ""
        for attempt in range(1000):  # another process that logs to this run has its own file
            self.folder = os.path.join(folder, run.key + suffix)
            suffix = ".%d" % os.getpid() + (".%d" % attempt if attempt else "")
            try:
                self.fd = _create(self.folder + ".jsonl")
                break
            except FileExistsError:
                if attempt == 999:
                    raise
        _unlink(self.folder + ".sent")  # the engine's, of a file of this name that was removed
        self.put(v=1, run=run.key, pid=os.getpid(), start=_start_time(), host=socket.gethostname(), time=_now())
        self.put(**run.record)

    def put(self, **record):
        self.append(json.dumps(record).encode() + b"\n", LATE_BYTES if record.get("k") in ("end", "close") else 0)

    def append(self, line, spare=0):
        with self.lock:
            if self.fd is None:
                return  # the run has ended
            if self.late:
                self.late += line if len(self.late) + len(line) <= LATE_BYTES + spare else b""
                if time.monotonic() < self.retry_at:
                    return
                line = self.late
            try:
                done, why = os.write(self.fd, line), "no space is left"
            except OSError as problem:
                done, why = 0, problem
            self.size += done
            if done < len(line):
                self.late, self.retry_at = bytearray(line[done:]), time.monotonic() + 0.1
                warn("disk", "the log cannot be written now, and may lose values: %s" % why)
            elif self.late:
                self.late = bytearray()

    def keep(self, path):
        """How a line names a file's content: a copy, or for a large one the file itself."""
        if os.path.getsize(path) <= COPY_BYTES:
            target = self.own_file()
            try:
                shutil.copyfile(path, target)
                return {"file": os.path.basename(target)}
            except OSError as problem:  # a full disk: the original may do
                warn("copy", "%s could not be copied, do not change it: %s" % (path, problem))
        return {"ref": os.path.abspath(path)}

    def own_file(self):
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        with self.lock:
            self.files += 1
            return os.path.join(self.folder, str(self.files))

    def path(self, item):
        return item["ref"] if "ref" in item else os.path.join(self.folder, item["file"])

    def done(self):
        """Whether everything is sent; and if its run has ended, the file stays until that was seen."""
        return not self.late and self.sent >= self.size and not self.ended

    def left(self):
        """How many lines were not sent, but for the first and last, which no server needs."""
        with open(self.folder + ".jsonl", "rb") as file:
            file.seek(self.sent)
            return sum(b'{"v": ' not in line[:6] and b'{"k": "close"' not in line[:13] for line in file)

    def parse(self):
        """Read on in the file, a part of it: (kind, items, end of the line if they are its last). Kinds are log-batch's
        fields, with their items in JSON; None is for what is sent by itself."""
        self.reader = self.reader or open(self.folder + ".jsonl", "rb")
        self.reader.seek(self.read)
        data = self.reader.read(1 << 17)
        while data and b"\n" not in data:
            more = self.reader.read(1 << 20)
            if not more:
                return
            data += more
        for line in data.split(b"\n")[:-1]:
            self.read += len(line) + 1
            kind, items = _items(line)
            limit = BATCH_LIMITS.get(kind, 1)
            for at in range(0, len(items) or 1, limit):
                self.waiting.append((kind, items[at:at + limit], self.read if at + limit >= len(items) else 0))

    def batch(self):
        """What is next, with what is behind it and fits into the same log-batch request."""
        if len(self.waiting) < BATCH_TOTAL:
            self.parse()
        batch, room, total = [], dict(BATCH_LIMITS), BATCH_TOTAL
        for entry in self.waiting:
            kind, count = entry[0], len(entry[1])
            if kind is None:
                return batch or [entry]
            if count > room[kind] or count > total:
                break
            room[kind] -= count
            total -= count
            batch.append(entry)
        return batch

    def delivered(self, batch):
        for _, _, end in batch:
            self.waiting.popleft()
            self.sent = end or self.sent
        if batch[0][0] is None:
            item = batch[0][1][0]
            for file in item.get("files", [item]):
                if "file" in file:
                    _unlink(self.path(file))

    def close(self):
        with self.lock:
            if self.late:
                self.retry_at = 0.0
                self.append(b"")
            fd, self.fd = self.fd, None
        if fd is not None:
            os.close(fd)

    def remove(self):
        self.close()
        if self.reader:
            self.reader.close()
        _unlink(self.folder + ".jsonl")
        shutil.rmtree(self.folder, ignore_errors=True)


def _create(path):
    """A new file to append to; never as one of the standard streams, where these are closed."""
    fds = [os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)]
    while fds[-1] < 3:
        fds.append(os.dup(fds[-1]))
    for fd in fds[:-1]:
        os.close(fd)
    return fds[-1]


def _unlink(path):
    try:
        os.unlink(path)
    except OSError:
        pass


def _items(line):
    """(kind, items) of a line of the spool. Nearly every line is one of points, whose values go out as they came in."""
    text = line.decode("ascii", "replace")
    points = _POINTS.match(text)
    if points:
        tail = ',"timestamp":%s,"step":%s}' % points.group(1, 2)
        return "metrics", ['{"key":' + key + ',"value":' + value + tail for key, value in _POINT.findall(points.group(3))]
    try:
        record = json.loads(text)
        kind = record.get("k")
        if kind in ("params", "tags"):
            return kind, [json.dumps({"key": key, "value": value}) for key, value in record["values"].items()]
        return (None, [record]) if kind in ("run", "artifact", "model", "end") else ("nothing", [])
    except (ValueError, KeyError, AttributeError):
        return "nothing", []  # half a line, from when the disk was full


class Sender:
    """The thread that sends what spools hold, and forgets a spool of an ended run once all of it is sent."""

    def __init__(self, place):
        self.place, self.server = place, place.server
        self.reset()

    def reset(self):  # also in the child of a fork: files, thread and socket stay the parent's
        self.server.connection = None
        self.spools, self.thread, self.delay = [], None, 0.0
        self.wake, self.hurry = threading.Event(), 0

    def add(self, spool):
        self.spools.append(spool)
        self.wake.set()  # so that the run is soon there for other processes to join
        if self.thread is None:
            self.thread = threading.Thread(target=self.work, name="cairn", daemon=True)
            self.thread.start()

    def flush(self, seconds, patient=False):
        """True when all is sent. `patient` waits as long as something gets through."""
        last, until = None, 0.0
        self.hurry += 1
        self.wake.set()
        try:
            while not all(spool.done() for spool in list(self.spools)):
                sent = (self.server.moved, [spool.sent for spool in list(self.spools)]) if patient else 0
                if sent != last:
                    last, until = sent, time.monotonic() + seconds
                if time.monotonic() > until:
                    return False
                time.sleep(0.005)
            return True
        finally:
            self.hurry -= 1

    def work(self):
        while True:
            pause = self.delay or BATCH_SECONDS
            self.wake.wait(min(pause, BATCH_SECONDS if self.delay else 0.002) if self.hurry else pause)
            self.wake.clear()
            try:
                for spool in list(self.spools):
                    self.empty(spool)
                self.delay = 0.0
            except Unreachable as problem:
                warn("unreachable", "no answer from the tracking server, still trying: %s" % problem)
                self.delay = min(5.0, max(0.2, self.delay * 2))
            except Exception as problem:
                warn("sender", "sending failed, still trying: %s" % _words(problem))
                self.delay = 5.0

    def empty(self, spool):
        if spool.late:
            spool.append(b"")
        until = spool.size
        while spool.sent < until:
            batch = spool.batch()
            if not batch:
                break
            try:
                self.deliver(spool, batch)
            except Unreachable:
                raise
            except Exception as problem:  # whatever is wrong with one line, the next must go on
                begins = batch[0][0] is None and batch[0][1][0]["k"] == "run"
                warn("refused", ("the run is not recorded: %s" if begins else "not recorded: %s") % _words(problem))
            spool.delivered(batch)
        if spool.ended and not spool.late and spool.sent >= spool.size:
            try:
                spool.remove()
            finally:
                self.spools.remove(spool)

    def deliver(self, spool, batch):
        run, (kind, items, end) = spool.run, batch[0]
        if kind is None:
            return getattr(self, "send_" + items[0]["k"])(spool, run, items[0])
        fields = {"metrics": [], "params": [], "tags": [], "nothing": []}
        for name, some, _ in batch:
            fields[name] += some
        if run.run_id is None or not any(fields.values()):
            return None  # its creation was refused, and that was said
        parts = ",".join('"%s":[%s]' % (name, ",".join(fields[name])) for name in ("metrics", "params", "tags"))
        try:
            return self.server.post("runs/log-batch", text='{"run_id":%s,%s}' % (_quoted(run.run_id), parts))
        except Refused:
            if len(batch) == 1 and len(items) == 1:
                raise
        # One bad value makes the server refuse all of them: find it, keep the rest.
        middle = len(batch if len(batch) > 1 else items) // 2
        halves = (batch[:middle], batch[middle:]) if len(batch) > 1 else (
            [(kind, items[:middle], 0)], [(kind, items[middle:], end)])
        for half in halves:
            try:
                self.deliver(spool, half)
            except Refused as problem:
                warn("refused", "not recorded: %s" % problem)
        return None

    def send_run(self, spool, run, item):
        if item["resumed"]:
            changes = {"status": "RUNNING"} if item["owned"] else {}
            changes.update({"run_name": item["name"]} if item["name"] else {})
            if changes:
                self.server.post("runs/update", run_id=run.run_id, **changes)
            info = self.server.get("runs/get", run_id=run.run_id)["run"]["info"]
        else:
            tags = dict(item["tags"])
            if run.parent and run.parent.run_id:
                tags["mlflow.parentRunId"] = run.parent.run_id
            name = item["experiment"]
            fields = {"run_name": item["name"]} if item["name"] else {}
            fields["experiment_id"] = self.server.experiment(name) if name else item["experiment_id"]
            fields["tags"] = [{"key": key, "value": value} for key, value in tags.items()]
            info = self.server.post("runs/create", start_time=item["start"], **fields)["run"]["info"]
        run.run_id, run.artifact_uri = info["run_id"], info.get("artifact_uri")
        run.experiment_id = info.get("experiment_id")

    def send_end(self, spool, run, item):
        if run.run_id is not None:
            fields = {"status": item["status"], "end_time": item["t"]}
            self.server.post("runs/update", run_id=run.run_id, **fields)

    def send_artifact(self, spool, run, item):
        if run.artifact_uri:
            self.server.upload(run.artifact_uri, item["path"], spool.path(item))

    def send_model(self, spool, run, item):
        """As an artifact of the run, and as a logged model of MLflow 3 where the server knows these."""
        if not run.artifact_uri:
            return
        files, model = item["files"], spool.model
        for file in files:
            self.server.upload(run.artifact_uri, "model/" + item["name"] + "/" + file["path"], spool.path(file))
        try:
            if not model:  # kept over a cut connection, so that there is one of it
                fields = {"experiment_id": run.experiment_id, "source_run_id": run.run_id}
                model.update(self.server.post("logged-models", name=item["name"], **fields)["model"]["info"])
            for file in files:
                self.server.upload(model["artifact_uri"], file["path"], spool.path(file))
            key, status = model["model_id"], "LOGGED_MODEL_READY"
            self.server.post("logged-models/" + key, "PATCH", model_id=key, status=status)
            self.server.post("runs/outputs", run_id=run.run_id, models=[{"model_id": key, "step": 0}])
        except Refused as problem:
            if problem.status not in (404, 405, 501):  # an older server: the artifact is enough
                raise
        spool.model = {}


class Place:
    """Where this process keeps its spools, and the server to which it sends them, if there is one."""

    def __init__(self):
        uri = os.environ.get("MLFLOW_TRACKING_URI", "")
        data, url = _project(), urlsplit(uri)
        here = url.hostname in ("127.0.0.1", "localhost", "::1")
        self.own = bool(data) and (not uri or (here and _port_of(data) == url.port))
        self.server = Server(uri) if url.scheme in ("http", "https") and not self.own else None
        if not (self.server or self.own):
            why = " (MLFLOW_TRACKING_URI is not an http address)" if uri else ""
            raise LookupError("not tracked; start it with `cairn run` to track it" + why)
        self.folder = os.path.join(data, "spool") if self.own else None
        self.sender = Sender(self) if self.server else None

    def make_folder(self):
        """Another's server cannot read a file that we leave behind, so that nothing is gained by keeping it."""
        if self.own:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
        elif self.folder is None:
            self.folder = tempfile.mkdtemp(prefix="cairn-spool-")
        return self.folder


def _project():
    """The data folder of the project that this process belongs to, or None."""
    try:
        folder = os.path.abspath(os.environ.get("CAIRN_PROJECT") or os.getcwd())
    except OSError:
        return None  # the working directory was removed
    while True:
        data = os.path.join(folder, os.environ.get("CAIRN_DATA_DIR") or ".cairn")
        if any(os.path.exists(os.path.join(data, name)) for name in ("access.json", "cairn.db")):
            return data
        if os.path.dirname(folder) == folder:
            return None
        folder = os.path.dirname(folder)


def _port_of(data):
    try:
        with open(os.path.join(data, "access.json")) as file:
            return json.load(file)["port"]
    except (OSError, ValueError, KeyError):
        return -1


def _start_time():
    """With the pid, what tells this process from a later one of the same number; None where it is not known."""
    try:
        with open("/proc/self/stat", encoding="latin1") as stat, open("/proc/sys/kernel/random/boot_id") as boot:
            return boot.read().strip() + ":" + stat.read().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return None


def _now():
    return max(0, int(time.time() * 1000))


def _connect():
    global _place
    if _place is None:
        try:
            _place = Place()
        except (LookupError, OSError, ValueError) as problem:
            _place = False
            warn("untracked", str(problem))
            return _place
        atexit.register(_close)
        _watch_exceptions()
        _watch_signal()
    return _place


class Run:
    """A run, to be used with `with`. `run_id` is None until a server of another make has made the run."""

    def __init__(self, run_id, owned, parent):
        self.run_id, self.owned, self.parent, self.begun_by = run_id, owned, parent, None
        safe = run_id and re.match(r"[a-zA-Z0-9][\w-]{0,199}\Z", self.run_id, re.ASCII)
        self.key = self.run_id if safe else os.urandom(16).hex()
        self.experiment_id = self.artifact_uri = self.record = self.log = None
        self.steps, self.tables = {}, {}

    @property
    def info(self):
        return self

    def spool(self):
        with _lock:
            if self.log is None:
                self.log = Spool(_place, self)
                if _place.sender:
                    _place.sender.add(self.log)
                processes = sys.modules.get("multiprocessing.process")
                if processes and processes.parent_process():  # which ends without atexit
                    sys.modules["multiprocessing.util"].Finalize(None, _close, exitpriority=1)
            return self.log

    def __enter__(self):
        return self

    def __exit__(self, kind, problem, trace):
        failed = kind is not None and not (kind is SystemExit and not problem.code)
        if failed:
            _note(self, kind, problem)
        _finish(self, "FAILED" if failed else "FINISHED")


def start_run(run_name=None, run_id=None, nested=False, tags=None, experiment_id=None, **_):
    """Start a run, or go on with the one that `cairn run`, or the process that made this one, handed down."""
    global _handed_down_taken
    handed_down = os.environ.get("CAIRN_RUN_ID") or os.environ.get("MLFLOW_RUN_ID")
    parent = active_run()
    if parent and parent.begun_by and parent.owned and not nested:  # what a callback began ends here
        end_run()
        parent = active_run()
    if parent and not nested:
        warn("nested", "a run is already active; the new one becomes its child")
    run = Run(None, True, parent)
    try:
        with _lock:
            take = not parent and handed_down and not _handed_down_taken and run_id in (None, handed_down)
            _handed_down_taken = _handed_down_taken or bool(take)
        run = Run(handed_down if take else run_id and str(run_id), not take, parent)
        if _connect():
            shared = None if parent or run.run_id or run_name else _shared()
            if shared:
                run.key = run.run_id = shared["run"]
                run.owned, run.record = False, shared["record"]
            else:
                _begin(run, experiment_id, run_name, tags or {})
            run.spool()
            if tags and (shared or run.record["resumed"]):
                run.log.put(k="tags", values={str(key): str(value) for key, value in tags.items()})
    except Exception as problem:
        warn("start_run", "start_run failed: %s" % _words(problem))
    _runs.append(run)
    _share()
    return run


def _begin(run, experiment_id, run_name, tags):
    resumed, own = run.run_id is not None, {}
    if not resumed:
        own = {"mlflow.source.name": sys.argv[0] or "python", "mlflow.source.type": "LOCAL"}
        try:
            own["mlflow.user"] = getpass.getuser()
        except Exception:
            pass  # a container's user may have no name, and the run needs none
        if _place.own and run.parent:
            own["mlflow.parentRunId"] = run.parent.run_id or run.parent.key
        own.update({str(key): str(value) for key, value in tags.items()})
    name = None if experiment_id else _experiment or os.environ.get("MLFLOW_EXPERIMENT_NAME")
    given = str(experiment_id or os.environ.get("MLFLOW_EXPERIMENT_ID") or "0")
    run.record = {"k": "run", "resumed": resumed, "owned": run.owned, "experiment": name and str(name),
                  "experiment_id": given, "name": run_name and str(run_name), "start": _now(), "tags": own}
    if _place.own:
        run.run_id = run.key


@_safely
def _share():
    """Hand the innermost run down to processes that multiprocessing starts anew; a forked one has it anyway."""
    os.environ.pop("CAIRN_SHARED_RUN", None)
    run = _runs[-1] if _runs else None
    if run and run.log and _place and _place.own:
        text = json.dumps({"run": run.key, "record": dict(run.record, owned=False)})
        if len(text) < 30000:  # an environment has limits
            os.environ["CAIRN_SHARED_RUN"] = text


def _shared():
    processes = sys.modules.get("multiprocessing.process")
    text = os.environ.get("CAIRN_SHARED_RUN", "") if processes and processes.parent_process() else ""
    return json.loads(text) if text and _place.own else None


def end_run(status="FINISHED"):
    """End the active run; one that the launcher handed down is left for the launcher to end."""
    if _runs:
        _finish(_runs[-1], status)


@_safely
def _finish(run, status):
    status = status if status in ("FAILED", "KILLED") else "FINISHED"
    while run in _runs:
        inner = _runs.pop()
        if inner.log:
            if inner.owned:  # the clock may have been set back meanwhile
                inner.log.put(k="end", status=status, t=max(_now(), inner.record["start"]))
            inner.log.put(k="close")
            inner.log.ended = True
            if not _place.sender:
                inner.log.close()
    _share()


def active_run():
    """The run that values are logged to, or None."""
    return _runs[-1] if _runs else None


@_safely
def set_experiment(name):
    """The experiment, made if need be, of runs started from now on."""
    global _experiment
    _experiment = str(name)


def _current():
    """The spool of the active run, which is started if there is none; None when nothing is tracked."""
    if _place is False or (_place is None and not _connect()):
        return None
    if not _runs:
        with _lock:
            run = _runs[-1] if _runs else start_run()
    else:
        run = _runs[-1]
    return run.log or run.spool()


def _log(kind, values):
    spool, cut = _current(), {}
    for key, value in values.items() if hasattr(values, "items") else values:
        key, value = str(key), str(value)
        if len(key) > KEY_LENGTH or len(value) > VALUE_LENGTH:
            warn("long " + kind, "one of the %s is too long and was cut: %s" % (kind, key[:60]))
        cut[key[:KEY_LENGTH]] = value[:VALUE_LENGTH]
    if spool and cut:
        spool.put(k=kind, values=cut)


@_safely
def log_params(params, **_):
    """Record parameters of the active run; a parameter cannot be changed later."""
    _log("params", params)


def log_param(key, value, **_):
    log_params([(key, value)])
    return value


@_safely
def set_tags(tags, **_):
    """Set tags of the active run."""
    _log("tags", tags)


def set_tag(key, value, **_):
    set_tags([(key, value)])


def _quoted(name):
    """JSON of a name, of which there are few."""
    text = _names.get(name)
    if text is None:
        if len(_names) > 20000:
            _names.clear()
        text = _names[name] = json.dumps(str(name)[:KEY_LENGTH])
    return text


@_safely
def log_metrics(metrics, step=None, timestamp=None, **_):
    """Record one value each of several metrics (timestamp in milliseconds). Without a step, each metric gets one more
    than its last."""
    spool = _current()
    if spool is None:
        return
    now = _now() if timestamp is None else max(0, int(timestamp))
    steps, groups = spool.run.steps, {}
    if step is not None:
        step = int(step)
        try:  # the usual case, with no Python code for a value: names that were seen together before, finite numbers
            values = tuple(map(float, metrics.values()))
            if math.isfinite(sum(values)) and values:
                points = _layout(tuple(metrics)) % values
                steps.update(dict.fromkeys(metrics, step))
                return spool.append(('{"k":"m","t":%d,"s":%d,"m":{%s}}\n' % (now, step, points)).encode())
        except Exception:
            pass  # one of them is none; the others are recorded
    for key, value in metrics.items():
        try:
            value = float(value)
            point = _quoted(key) + ":" + repr(value)
        except Exception as problem:
            warn("log_metrics", "log_metrics failed: %s: %s" % (key, _words(problem)))
            continue
        if not math.isfinite(value):  # JSON has no word for it; protobuf's JSON has
            word = "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
            point = '%s:"%s"' % (_quoted(key), word)
        steps[key] = at = steps.get(key, -1) + 1 if step is None else step
        groups.setdefault(at, []).append(point)
    for at, points in groups.items():
        spool.append(('{"k":"m","t":%d,"s":%d,"m":{%s}}\n' % (now, at, ",".join(points))).encode())


def _layout(names):
    """How the values of metrics of these names are put into a line."""
    layout = _layouts.get(names)
    if layout is None:
        if len(_layouts) > 100:
            _layouts.clear()
        layout = _layouts[names] = ",".join(_quoted(name).replace("%", "%%") + ":%r" for name in names)
    return layout


@_safely
def log_metric(key, value, step=None, timestamp=None, **_):
    log_metrics({key: value}, step, timestamp)


def _files(path):
    """[(name with slashes, path)] of a file or a folder's files."""
    if not os.path.exists(path):
        raise FileNotFoundError("no such file or folder: %s" % path)
    if not os.path.isdir(path):
        return [(os.path.basename(path), path)]
    files = sorted(os.path.join(root, name) for root, _, names in os.walk(path) for name in names)
    return [(os.path.relpath(file, path).replace(os.sep, "/"), file) for file in files]


@_safely
def log_artifacts(local_dir, artifact_path=None, **_):
    """Store a folder's files with the active run. Files over 8 MB are read when they are sent: call `flush` before you
    overwrite one."""
    spool = _current()
    for name, file in _files(os.fspath(local_dir)) if spool else []:
        name = artifact_path.strip("/") + "/" + name if artifact_path else name
        spool.put(k="artifact", path=name, **spool.keep(file))


@_safely
def log_artifact(local_path, artifact_path=None, **_):
    """Store a file, or a folder under its name, with the active run."""
    path = os.path.abspath(os.fspath(local_path))
    parts = [artifact_path and artifact_path.strip("/"), os.path.isdir(path) and os.path.basename(path)]
    log_artifacts(path, "/".join(part for part in parts if part) or None)


@_safely
def log_model(path, name="model", **_):
    """Store a model's file or folder with the active run, and as a logged model of MLflow 3 where these are known."""
    spool = _current()
    if spool:
        files = [dict(spool.keep(file), path=inner) for inner, file in _files(os.fspath(path))]
        spool.put(k="model", name=name, files=files)


def _store(content, name):
    spool = _current()
    if spool:
        file = spool.own_file()
        with open(file, "wb") as out:
            out.write(content)
        spool.put(k="artifact", path=name.strip("/"), file=os.path.basename(file))


@_safely
def log_text(text, artifact_file, **_):
    """Store a text as a file of the active run."""
    _store(text.encode(), artifact_file)


@_safely
def log_dict(dictionary, artifact_file, **_):
    """Store a dictionary as JSON, which is YAML too."""
    _store(json.dumps(dictionary, indent=2, default=str).encode(), artifact_file)


@_safely
def log_figure(figure, artifact_file, **_):
    """Store a figure of matplotlib or plotly."""
    if hasattr(figure, "to_html"):
        return _store(figure.to_html().encode(), artifact_file)
    out = io.BytesIO()
    figure.savefig(out, format=os.path.splitext(artifact_file)[1][1:] or "png")
    return _store(out.getvalue(), artifact_file)


@_safely
def log_table(data, artifact_file, **_):
    """Append a row or columns of them (a dictionary, a DataFrame) to a table that is stored as MLflow's JSON."""
    spool = _current()
    if spool is None:
        return
    columns = data.to_dict("list") if hasattr(data, "to_dict") else data
    columns = {key: value.tolist() if hasattr(value, "tolist") else value for key, value in columns.items()}
    columns = {key: list(value) if isinstance(value, (list, tuple)) else [value] for key, value in columns.items()}
    table = spool.run.tables.setdefault(artifact_file, {"columns": list(columns), "data": []})
    table["data"] += [list(row) for row in zip(*(columns[key] for key in table["columns"]))]
    _store(json.dumps(table, default=str).encode(), artifact_file)
    set_tag("mlflow.loggedArtifacts", json.dumps([{"path": name, "type": "table"} for name in spool.run.tables]))


def _png(image):
    """A PNG file of a PIL image, or of an array of height × width (× 1, 3 or 4): bytes, or numbers from 0 to 1."""
    if hasattr(image, "save"):
        out = io.BytesIO()
        image.save(out, "PNG")
        return out.getvalue()
    if hasattr(image, "detach"):
        image = image.detach().cpu().numpy()
    shape = tuple(image.shape)
    channels = shape[2] if len(shape) == 3 else 1
    if len(shape) not in (2, 3) or channels not in (1, 3, 4):
        raise ValueError("an image has the shape (height, width) or (height, width, 1, 3 or 4), not %s" % (shape,))
    if image.dtype.kind in "fb":
        image = image.astype("float32").clip(0, 1) * 255
    pixels, width = image.clip(0, 255).astype("uint8").tobytes(), shape[1] * channels
    rows = b"".join(b"\0" + pixels[at:at + width] for at in range(0, len(pixels), width))
    head = struct.pack(">IIBBBBB", shape[1], shape[0], 8, {1: 0, 3: 2, 4: 6}[channels], 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    packed = [struct.pack(">I", len(c)) + t + c + struct.pack(">I", zlib.crc32(t + c)) for t, c in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@_safely
def log_image(image, artifact_file=None, key=None, step=0, timestamp=None, **_):
    """Store an image (array, PIL image, or path) under a file name, or under a key and a step."""
    is_path = isinstance(image, (str, os.PathLike))
    if is_path:
        with open(image, "rb") as file:
            content = file.read()
    else:
        content = _png(image)
    if key is not None:
        ending = (os.path.splitext(os.fspath(image))[1] if is_path else "") or ".png"
        parts = (str(key).replace("/", "~"), step, _now() if timestamp is None else timestamp, os.urandom(16).hex())
        artifact_file = "images/%s+step+%d+timestamp+%d+%s" % parts + ending
        set_tag("mlflow.loggedImages", "True")
    _store(content, artifact_file)


@_safely
def flush(timeout=EXIT_SECONDS):
    """Wait until everything logged so far is with the server; False if it took too long. What is in the project's spool
    is safe, and needs no waiting."""
    if _place and _place.sender:
        return _place.sender.flush(timeout)
    return not any(run.log and run.log.late for run in _runs)


@_safely
def _note(run, kind, problem):
    """Say in the run what ended it: the launcher sees only an exit code."""
    if run.log:
        run.log.put(k="tags", values={"cairn.exception": ("%s: %s" % (kind.__name__, problem))[:VALUE_LENGTH]})


def _watch_exceptions():
    previous = sys.excepthook

    def hook(kind, problem, trace):
        global _raised
        _raised = True
        if _runs:
            _note(_runs[-1], kind, problem)
        previous(kind, problem, trace)

    sys.excepthook = hook


def _on_terminate(number, frame):
    if _runs:
        _finish(_runs[0], "KILLED")
    _close(2, patient=False)
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _watch_signal():
    try:
        if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
            signal.signal(signal.SIGTERM, _on_terminate)
    except ValueError:
        pass  # only the main thread may


@_safely
def _close(seconds=EXIT_SECONDS, patient=True):
    global _place
    if _runs:
        _finish(_runs[0], "FAILED" if _raised else "FINISHED")
    place, _place = _place, False
    if place and place.sender:
        if not place.sender.flush(seconds, patient=patient):
            left = sum(spool.left() for spool in list(place.sender.spools))
            warn("lost", "%d entries could not be sent before the end" % left)
    if place and not place.own and place.folder:
        shutil.rmtree(place.folder, ignore_errors=True)


@_safely
def _after_fork():
    global _lock
    _lock = threading.RLock()
    if not _place:
        return
    for run in _runs:
        run.owned, run.log = False, None
        if run.record:
            joins = run.record["resumed"] or bool(run.run_id and not _place.own)
            run.record = dict(run.record, owned=False, resumed=joins)
    if _place.sender:
        _place.sender.reset()
    if not _place.own:
        _place.folder = None
    if signal.getsignal(signal.SIGTERM) is _on_terminate:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


def _callback_run(callback, name=None):
    """The run that a callback logs to: the active one. Where there is none it begins its own, which is left open for what
    comes after the training, and ends with the process or where another callback begins."""
    run = active_run()
    if run is None or (run.begun_by not in (None, callback) and run.owned):
        run = start_run(name)
        run.begun_by = callback
    return run


def _flat(values, prefix=""):
    """Parameters of nested dictionaries under one name each, without those that are not set."""
    flat = {}
    for key, value in (values if isinstance(values, dict) else vars(values)).items():
        inner = _flat(value, "%s%s/" % (prefix, key)) if isinstance(value, dict) else {prefix + str(key): value}
        flat.update((name, value) for name, value in inner.items() if value is not None and value != "")
    return flat


def _numbers(logs, prefix=""):
    return {prefix + key: value for key, value in (logs or {}).items() if hasattr(value, "__float__")}


def _first_module(*names):
    """The first of these modules that is in use, else the first that there is."""
    for name in sorted(names, key=lambda name: name not in sys.modules):
        try:
            return importlib.import_module(name)
        except ImportError as problem:
            missing = problem
    raise missing


def _keras():
    class KerasCallback(_first_module("keras", "tf_keras").callbacks.Callback):
        """Logs the metrics of every batch (or every n-th) and epoch, at the number of batches trained on so far."""

        def __init__(self, every=1):
            super().__init__()
            self.every, self.step, self.last, self.is_fitting = every, 0, {}, False

        @_safely
        def on_train_begin(self, logs=None):
            _callback_run(self)
            self.is_fitting = True
            if self.step == 0:
                optimizer = self.model.optimizer.get_config()
                optimizer["learning_rate"] = self.learning_rate()
                log_params(_flat({"epochs": self.params.get("epochs"), "steps_per_epoch": self.params.get("steps")}))
                log_params(_flat({"optimizer_" + str(key): value for key, value in optimizer.items()}))

        @_safely
        def on_train_batch_end(self, batch, logs=None):
            self.step += 1
            if self.step % self.every == 0:
                self.last = _numbers(logs)
                log_metrics(self.last, self.step)

        @_safely
        def on_epoch_end(self, epoch, logs=None):
            logged = self.last if self.step % self.every == 0 else ()  # by the last batch: they are running means
            new = {name: value for name, value in _numbers(logs).items() if name not in logged}
            log_metrics(dict(new, epoch=epoch + 1, learning_rate=self.learning_rate()), self.step)

        @_safely
        def on_train_end(self, logs=None):
            self.is_fitting = False

        @_safely
        def on_test_end(self, logs=None):
            if not self.is_fitting:  # else it is the validation, and in the epoch's logs
                _callback_run(self)
                log_metrics(_numbers(logs, "test_"), self.step)

        def learning_rate(self):
            rate = self.model.optimizer.learning_rate
            return float("%.7g" % float(rate.numpy() if hasattr(rate, "numpy") else rate))  # it has 32 bits

    return KerasCallback


def _lightning():
    lightning = _first_module("lightning.pytorch", "pytorch_lightning")
    on_first = importlib.import_module(lightning.__name__ + ".utilities").rank_zero_only

    class LightningLogger(importlib.import_module(lightning.__name__ + ".loggers").Logger):
        """What `self.log` and `save_hyperparameters` give, logged by the first process, at the trainer's step."""

        def __init__(self, run_name=None):
            super().__init__()
            self.run_name = run_name

        @property
        @on_first
        def experiment(self):
            return _callback_run(self, self.run_name)

        @property
        def name(self):
            return "cairn"

        @property
        def version(self):
            return getattr(self.experiment, "key", None)

        @on_first
        @_safely
        def log_metrics(self, metrics, step=None):
            _callback_run(self, self.run_name)
            log_metrics(_numbers(metrics), step)

        @on_first
        @_safely
        def log_hyperparams(self, params, *_, **__):
            _callback_run(self, self.run_name)
            log_params(_flat(params or {}))

        @on_first
        @_safely
        def finalize(self, status):
            run = active_run()
            if run and run.begun_by is self and status != "success":
                end_run("FAILED")

    return LightningLogger


def _transformers():
    class HFCallback(importlib.import_module("transformers").TrainerCallback):
        """What transformers' Trainer logs, and its arguments, logged by the first process at the trainer's step."""

        @_safely
        def on_train_begin(self, args, state, control, model=None, **_):
            if state.is_world_process_zero:
                _callback_run(self)
                log_params(dict(_flat(args.to_dict()), model_type=getattr(getattr(model, "config", 0), "model_type", "")))

        @_safely
        def on_log(self, args, state, control, logs=None, **_):
            if state.is_world_process_zero:
                _callback_run(self)
                log_metrics(_numbers(logs), state.global_step)

    return HFCallback


_makers = {"KerasCallback": _keras, "LightningLogger": _lightning, "HFCallback": _transformers}


def __getattr__(name):
    """The callbacks are made when first asked for, so that importing this file imports no framework."""
    if name not in _makers:
        raise AttributeError("module %r has no attribute %r" % (__name__, name))
    made = globals()[name] = _makers[name]()
    made.__qualname__ = name  # so that it can be pickled
    return made
