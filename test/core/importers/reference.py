"""What the formats' own libraries read: `reference.py tensorboard FILE` or `reference.py wandb FILE`, as JSON."""

import json
import struct
import sys
import zlib


def tensorboard(path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util import tensor_util

    accumulator = EventAccumulator(path, size_guidance={"scalars": 0, "tensors": 0, "images": 0})
    accumulator.Reload()
    tags = accumulator.Tags()
    scalars = {
        tag: [[event.wall_time, event.step, event.value] for event in accumulator.Scalars(tag)] for tag in tags["scalars"]
    }
    texts = {}
    for tag in tags["tensors"]:
        plugin = accumulator.SummaryMetadata(tag).plugin_data.plugin_name
        for event in accumulator.Tensors(tag):
            value = tensor_util.make_ndarray(event.tensor_proto)
            if plugin == "scalars":
                scalars.setdefault(tag, []).append([event.wall_time, event.step, float(value)])
            elif plugin == "text":
                texts.setdefault(tag, []).append([event.step, value.ravel()[0].decode()])
    images = {
        tag: [[event.step, event.encoded_image_string.hex()] for event in accumulator.Images(tag)]
        for tag in tags["images"]
    }
    return {"scalars": scalars, "texts": texts, "images": images}


def frames(data):
    """Records of a LevelDB log whose first seven bytes are the file's header."""
    position, parts = 7, []
    while position + 7 <= len(data):
        left = 32768 - position % 32768
        if left < 7:
            position += left
            continue
        checksum, length, kind = struct.unpack_from("<IHB", data, position)
        body = data[position + 7 : position + 7 + length]
        assert zlib.crc32(body, zlib.crc32(bytes([kind]))) == checksum
        parts.append(body)
        if kind in (1, 4):
            yield b"".join(parts)
            parts = []
        position += 7 + length


def wandb(path):
    from wandb.proto import wandb_internal_pb2

    def number(item):
        # Newer writers have typed fields, older ones JSON.
        for name in ("integer", "number", "boolean", "text", "json"):
            if item.HasField(name):
                return getattr(item, name)
        return json.loads(item.value_json) if item.value_json else None

    history, config, stats = [], {}, []
    with open(path, "rb") as file:
        data = file.read()
    for frame in frames(data):
        record = wandb_internal_pb2.Record()
        record.ParseFromString(frame)
        kind = record.WhichOneof("record_type")
        if kind == "history":
            row = {}
            for item in record.history.item:
                row[".".join(item.nested_key) or item.key] = number(item)
            history.append([record.history.step.num, row])
        elif kind == "config":
            for item in record.config.update:
                config[item.key] = json.loads(item.value_json)
        elif kind == "run":
            for item in record.run.config.update:
                config[item.key] = json.loads(item.value_json)
        elif kind == "stats":
            stats.append({item.key: json.loads(item.value_json) for item in record.stats.item})
        if "-v" in sys.argv:
            print(record, file=sys.stderr)
    return {"history": history, "config": config, "stats": stats}


print(json.dumps({"tensorboard": tensorboard, "wandb": wandb}[sys.argv[1]](sys.argv[2])))
