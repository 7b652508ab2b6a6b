"""Writes a network as an ONNX file, by hand: the format is protobuf and needs few lines.

Field numbers are those of onnx.proto (https://github.com/onnx/onnx). The graph takes the raw
pixel values, so that whoever calls the model need not know how it was trained:

    pixels -> Mul(1/16) -> Gemm -> Relu -> Gemm -> Relu -> Gemm -> Softmax -> probabilities
                                                                -> ArgMax  -> label
"""

import struct

FLOAT, INT64 = 1, 7  # TensorProto.DataType
ATTRIBUTE_INT = 2  # AttributeProto.AttributeType
IR_VERSION = 8
OPSET = 17


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def whole(field, number):
    # Protobuf writes a negative integer as its 64-bit two's complement.
    return varint(field << 3) + varint(number & 0xFFFFFFFFFFFFFFFF)


def block(field, content):
    data = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(data)) + data


def tensor(name, shape, numbers):
    raw = struct.pack("<%df" % len(numbers), *numbers)
    dims = b"".join(whole(1, size) for size in shape)
    return dims + whole(2, FLOAT) + block(8, name) + block(9, raw)


def node(op, inputs, outputs, **attributes):
    parts = [block(1, name) for name in inputs] + [block(2, name) for name in outputs]
    parts += [block(3, op.lower() + "_" + outputs[0]), block(4, op)]
    for name, value in attributes.items():
        parts.append(block(5, block(1, name) + whole(3, value) + whole(20, ATTRIBUTE_INT)))
    return b"".join(parts)


def port(name, kind, *columns):
    """A graph input or output with a free batch size N and the given further dimensions."""
    dims = block(1, block(2, "N")) + b"".join(block(1, whole(1, size)) for size in columns)
    return block(1, name) + block(2, block(1, whole(1, kind) + block(2, dims)))


def encode(network, scale):
    """The bytes of the ONNX model of a Network whose inputs are raw values times `scale`."""
    nodes = [node("Mul", ["pixels", "scale"], ["scaled"])]
    tensors = [tensor("scale", [], [scale])]
    current = "scaled"
    last = len(network.weights) - 1
    for k, (weights, biases) in enumerate(zip(network.weights, network.biases)):
        flat = [weight for row in weights for weight in row]
        tensors.append(tensor("W%d" % k, [len(weights), len(weights[0])], flat))
        tensors.append(tensor("B%d" % k, [len(biases)], biases))
        output = "logits" if k == last else "dense%d" % k
        nodes.append(node("Gemm", [current, "W%d" % k, "B%d" % k], [output], transB=1))
        current = output
        if k != last:
            nodes.append(node("Relu", [current], ["hidden%d" % k]))
            current = "hidden%d" % k
    nodes.append(node("Softmax", [current], ["probabilities"], axis=-1))
    nodes.append(node("ArgMax", [current], ["label"], axis=1, keepdims=0))

    graph = b"".join(block(1, item) for item in nodes)
    graph += block(2, "meter_digits")
    graph += b"".join(block(5, item) for item in tensors)
    graph += block(11, port("pixels", FLOAT, network.sizes[0]))
    graph += block(12, port("label", INT64))
    graph += block(12, port("probabilities", FLOAT, network.sizes[-1]))
    model = whole(1, IR_VERSION) + block(2, "cairn-sample") + block(3, "1")
    return model + block(7, graph) + block(8, block(1, "") + whole(2, OPSET))
