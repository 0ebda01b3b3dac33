"""Reads a transformer saved by Snapscope and computes its logits; needs nothing but torch.

python THIS_FILE model.safetensors 5 2 7    prints one line of logits for each of the tokens 5 2 7
"""

import json
import struct
import sys

import torch
import torch.nn.functional as F

SETTINGS = {
    # SETTINGS
}


def load(path):
    """The tensors of a safetensors file of F32 numbers, by name."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    return {
        name: torch.frombuffer(data, dtype=torch.float32, offset=entry["data_offsets"][0], count=torch.Size(entry["shape"]).numel())
        .view(entry["shape"])
        for name, entry in header.items()
    }


def norm(w, name, x):
    return F.layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"])


def linear(w, name, x):
    return F.linear(x, w[name + ".weight"], w[name + ".bias"])


def turn(x):
    """Rotary positions: numbers j and j + half of each head turned by an angle of their position, of half-rotary ones the first."""
    half = x.shape[-1] // 2
    turned = half // 2 if SETTINGS["positions"] == "half-rotary" else half
    angle = torch.arange(x.shape[-2]).double()[:, None] / 10000.0 ** (torch.arange(turned).double() / turned)
    angle = F.pad(angle, (0, half - turned))
    low, high = x[..., :half], x[..., half:]
    cos, sin = angle.cos().float(), angle.sin().float()
    return torch.cat([low * cos - high * sin, high * cos + low * sin], -1)


def attention(w, name, x):
    b, t, c = x.shape
    heads, strict = SETTINGS["heads"], SETTINGS["mask"] == "strict"
    qkv = F.linear(x, w[name + ".in_proj_weight"], w[name + ".in_proj_bias"])
    q, k, v = (part.view(b, t, heads, c // heads).transpose(1, 2) for part in qkv.chunk(3, -1))
    if SETTINGS["positions"] in ("rotary", "half-rotary"):
        q, k = turn(q), turn(k)
    seen = torch.ones(t, t, dtype=torch.bool).tril(-1 if strict else 0)
    scores = (q @ k.transpose(-1, -2)) / (c // heads) ** 0.5
    # A row that sees nothing would be NaN; it is zero.
    weights = torch.softmax(scores.masked_fill(~seen, -1e30), -1).masked_fill(~seen, 0.0)
    return linear(w, name + ".out_proj", (weights @ v).transpose(1, 2).reshape(b, t, c))


def mlp(w, name, x):
    x = linear(w, name + ".linear1", x)
    x = F.gelu(x, approximate="tanh") if SETTINGS["activation"] == "gelu" else F.relu(x)
    return linear(w, name + ".linear2", x)


def logits(w, tokens):
    """Logits (b, t, v) of tokens (b, t)."""
    s, c, t = SETTINGS, SETTINGS["width"], tokens.shape[1]
    x = w["embedding.weight"][tokens] * (c**0.5 if s["scale_embedding"] else 1.0)
    if s["positions"] == "learned":
        x = x + w["positions.weight"][:t]
    elif s["positions"] == "sinusoidal":
        column = torch.arange(c)
        angle = torch.arange(t).double()[:, None] / 10000.0 ** ((column - column % 2).double() / c)
        x = x + torch.where(column % 2 == 0, angle.sin(), angle.cos()).float()
    for l in range(s["layers"]):
        name = f"layers.{l}"
        if s["norm"] == "pre":
            x = x + attention(w, name + ".self_attn", norm(w, name + ".norm1", x))
            if s["hidden"]:
                x = x + mlp(w, name, norm(w, name + ".norm2", x))
        else:
            x = norm(w, name + ".norm1", x + attention(w, name + ".self_attn", x))
            if s["hidden"]:
                x = norm(w, name + ".norm2", x + mlp(w, name, x))
    if s["norm"] == "pre":
        x = norm(w, "norm", x)
    return F.linear(x, w["embedding.weight"]) if s["tied"] else linear(w, "head", x)


if __name__ == "__main__":
    given = torch.tensor([[int(token) for token in sys.argv[2:]]])
    with torch.no_grad():
        for row in logits(load(sys.argv[1]), given)[0]:
            print(" ".join(f"{x:.7g}" for x in row.tolist()))
