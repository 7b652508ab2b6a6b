"""Track a training run with nothing but Python's standard library (3.8 or newer).

    import cairn

    with cairn.start_run():
        cairn.log_params({"lr": 0.05})
        cairn.log_metric("loss", 0.3, step=1)
        cairn.log_model("model.onnx")

It speaks MLflow's REST API to the server named by MLFLOW_TRACKING_URI, which `cairn run` sets;
without it every call does nothing. Calls never raise into the training code and do not wait for
the network: a background thread sends what they hand over, in order, and goes on trying while
the server is away. What cannot be sent is said once per kind of problem on stderr.
"""

import atexit
import functools
import getpass
import math
import os
import sys
import time
from urllib.parse import urlsplit

from cairn_sender import Refused, Sender, warn

KEY_LENGTH, VALUE_LENGTH = 250, 6000
MEMORY_FILE = 8 * 1024 * 1024  # files up to this size are read when logged, not when sent
EXIT_SECONDS = 10

_sender = None
_silent = False
_runs = []  # the active runs, the innermost last
_experiment = None
_handed_down_taken = False
_raised = False


def _safely(function):
    """A public function that reports its own failure instead of raising into training code."""

    @functools.wraps(function)
    def guarded(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except Exception as problem:
            warn(function.__name__, "%s failed: %s" % (function.__name__, problem))

    return guarded


class Run:
    """A run, to be used with `with`. `run_id` is None until the server has made the run."""

    def __init__(self, run_id, owned):
        self.run_id, self.owned = run_id, owned
        self.experiment_id = self.artifact_uri = None
        self.steps = {}

    def __enter__(self):
        return self

    def __exit__(self, kind, problem, trace):
        failed = kind is not None and not (kind is SystemExit and not problem.code)
        if failed:
            _note(self, kind, problem)
        _finish(self, "FAILED" if failed else "FINISHED")

    def _open(self, server, create, run_name):
        if self.run_id is None:
            info = server.post("runs/create", **create(server))["run"]["info"]
        else:
            changes = {"status": "RUNNING"} if self.owned else {}
            changes.update({"run_name": run_name} if run_name else {})
            if changes:
                server.post("runs/update", run_id=self.run_id, **changes)
            info = server.get("runs/get", run_id=self.run_id)["run"]["info"]
        self.run_id, self.artifact_uri = info["run_id"], info.get("artifact_uri")
        self.experiment_id = info.get("experiment_id")


def _connect():
    """The sender, or None when nothing is tracked."""
    global _sender, _silent
    if _sender is None and not _silent:
        uri = os.environ.get("MLFLOW_TRACKING_URI", "")
        if urlsplit(uri).scheme in ("http", "https"):
            _sender = Sender(uri)
            atexit.register(_close)
            _watch_exceptions()
        else:
            _silent = True
            why = " (MLFLOW_TRACKING_URI is not an http address)" if uri else ""
            warn("untracked", "not tracked; start it with `cairn run` to track it" + why)
    return _sender


def start_run(run_name=None, run_id=None, nested=False, tags=None):
    """Start a run, or go on with the one that `cairn run` handed down."""
    global _handed_down_taken
    handed_down = os.environ.get("CAIRN_RUN_ID") or os.environ.get("MLFLOW_RUN_ID")
    parent, name, started = active_run(), _experiment, int(time.time() * 1000)
    if parent and not nested:
        warn("nested", "a run is already active; the new one becomes its child")
    take = not parent and handed_down and not _handed_down_taken and run_id in (None, handed_down)
    _handed_down_taken = _handed_down_taken or bool(take)
    run = Run(handed_down if take else run_id, owned=not take)

    def create(server):
        own = {"mlflow.source.name": sys.argv[0] or "python", "mlflow.source.type": "LOCAL"}
        try:
            own["mlflow.user"] = getpass.getuser()
        except Exception:
            pass  # a container's user may have no name, and the run needs none
        if parent and parent.run_id:
            own["mlflow.parentRunId"] = parent.run_id
        own.update(tags or {})
        fields = {"experiment_id": _experiment_id(server, name), "start_time": started}
        fields["tags"] = [{"key": key, "value": str(value)} for key, value in own.items()]
        return dict(fields, run_name=run_name) if run_name else fields

    resumed = run.run_id is not None
    _runs.append(run)
    if _connect():
        _sender.put(run, None, lambda server: run._open(server, create, run_name))
        if resumed and tags:
            set_tags(tags)
    return run


def _experiment_id(server, name):
    name = name or os.environ.get("MLFLOW_EXPERIMENT_NAME")
    if not name:
        return os.environ.get("MLFLOW_EXPERIMENT_ID") or "0"
    for _ in range(2):
        try:
            found = server.get("experiments/get-by-name", experiment_name=name)
            return found["experiment"]["experiment_id"]
        except Refused as problem:
            if problem.status != 404:
                raise
        try:
            return server.post("experiments/create", name=name)["experiment_id"]
        except Refused as problem:
            refusal = problem  # perhaps someone else made it in between: look again
    raise refusal


def end_run(status="FINISHED"):
    """End the active run; one that the launcher handed down is left for the launcher to end."""
    if _runs:
        _finish(_runs[-1], status)


def _finish(run, status):
    while run in _runs:
        inner, ended = _runs.pop(), int(time.time() * 1000)
        if _sender and inner.owned:
            _sender.put(inner, None, functools.partial(_send_end, inner, status, ended))


def _send_end(run, status, ended, server):
    if run.run_id is not None:
        server.post("runs/update", run_id=run.run_id, status=status, end_time=ended)


def active_run():
    """The run that values are logged to, or None."""
    return _runs[-1] if _runs else None


def set_experiment(name):
    """The experiment, made if need be, of runs started from now on."""
    global _experiment
    _experiment = str(name)


def _log(kind, values, what):
    if _connect():
        run = active_run() or start_run()
        for key, value in values.items():
            key, value = str(key), str(value)
            if len(key) > KEY_LENGTH or len(value) > VALUE_LENGTH:
                warn("long " + what, "a %s is too long and was cut: %s" % (what, key[:60]))
            _sender.put(run, kind, {"key": key[:KEY_LENGTH], "value": value[:VALUE_LENGTH]})


@_safely
def log_params(params):
    """Record parameters of the active run; a parameter cannot be changed later."""
    _log("params", params, "parameter")


def log_param(key, value):
    log_params({key: value})


@_safely
def set_tags(tags):
    """Set tags of the active run."""
    _log("tags", tags, "tag")


def set_tag(key, value):
    set_tags({key: value})


@_safely
def log_metrics(metrics, step=None, timestamp=None):
    """Record one value each of several metrics (timestamp in milliseconds). Without a step, each
    metric gets one more than its last."""
    if _connect():
        run = active_run() or start_run()
        now = int(time.time() * 1000) if timestamp is None else int(timestamp)
        for key, value in metrics.items():
            key, value = str(key)[:KEY_LENGTH], float(value)
            at = run.steps.get(key, -1) + 1 if step is None else int(step)
            run.steps[key] = at
            if not math.isfinite(value):  # JSON has no word for these; protobuf's JSON has
                value = "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
            _sender.put(run, "metrics", {"key": key, "value": value, "timestamp": now, "step": at})


def log_metric(key, value, step=None, timestamp=None):
    log_metrics({key: value}, step, timestamp)


def _files(path):
    """[(name with slashes, content as bytes, or path if large)] of a file or a folder's files."""
    if not os.path.exists(path):
        raise FileNotFoundError("no such file or folder: %s" % path)
    found = [(os.path.basename(path), path)]
    if os.path.isdir(path):
        files = sorted(os.path.join(root, name) for root, _, names in os.walk(path) for name in names)
        found = [(os.path.relpath(file, path).replace(os.sep, "/"), file) for file in files]
    return [(name, file if os.path.getsize(file) > MEMORY_FILE else _read(file)) for name, file in found]


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def _upload(run, files, folder):
    def upload(name, content, server):
        if run.artifact_uri:
            server.upload(run.artifact_uri, name, content)

    for name, content in files:
        name = folder.strip("/") + "/" + name if folder else name
        _sender.put(run, None, functools.partial(upload, name, content))


@_safely
def log_artifacts(local_dir, artifact_path=None):
    """Store a folder's files with the active run. Files over 8 MB are read when they are sent:
    call `flush` before you overwrite one."""
    if _connect():
        _upload(active_run() or start_run(), _files(os.fspath(local_dir)), artifact_path)


def log_artifact(local_path, artifact_path=None):
    """Store a file with the active run."""
    log_artifacts(local_path, artifact_path)


@_safely
def log_model(path, name="model"):
    """Store a model's file or folder with the active run, and as a logged model of MLflow 3 where
    the server knows these."""
    if not _connect():
        return
    run, files, model = active_run() or start_run(), _files(os.fspath(path)), {}
    _upload(run, files, "model/" + name)

    def create(server):
        fields = {"experiment_id": run.experiment_id, "source_run_id": run.run_id}
        try:
            if run.run_id:
                model.update(server.post("logged-models", name=name, **fields)["model"]["info"])
        except Refused as problem:
            if problem.status not in (404, 405, 501):  # an older server: the artifact is enough
                raise

    def upload(inner, content, server):
        if model:
            server.upload(model["artifact_uri"], inner, content)
            model["uploaded"] = model.get("uploaded", 0) + 1

    def finish(server):
        if model:
            ready = model.get("uploaded") == len(files)
            status = "LOGGED_MODEL_READY" if ready else "LOGGED_MODEL_UPLOAD_FAILED"
            key = model["model_id"]
            server.post("logged-models/" + key, "PATCH", model_id=key, status=status)
            linked = [{"model_id": key, "step": 0}]
            server.post("runs/outputs", run_id=run.run_id, models=linked)

    _sender.put(run, None, create)
    for inner, content in files:
        _sender.put(run, None, functools.partial(upload, inner, content))
    _sender.put(run, None, finish)


def flush(timeout=EXIT_SECONDS):
    """Wait until everything logged so far is with the server; False if it took too long."""
    return _sender.flush(timeout) if _sender else True


def _note(run, kind, problem):
    """Say in the run what ended it: the launcher sees only an exit code."""
    if _sender:
        text = "%s: %s" % (kind.__name__, problem)
        _sender.put(run, "tags", {"key": "cairn.exception", "value": text[:VALUE_LENGTH]})


def _watch_exceptions():
    previous = sys.excepthook

    def hook(kind, problem, trace):
        global _raised
        _raised = True
        if _runs:
            _note(_runs[-1], kind, problem)
        previous(kind, problem, trace)

    sys.excepthook = hook


def _close():
    if _runs:
        _finish(_runs[0], "FAILED" if _raised else "FINISHED")
    if not _sender.flush(EXIT_SECONDS):
        warn("lost", "%d entries could not be sent before the end" % len(_sender.entries))


def _after_fork():
    for run in _runs:
        run.owned = False
    if _sender:
        _sender.reset()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
