"""Makes the golden files of this folder with PyTorch: see README.md. Run by hand, never by the tests."""

import pathlib

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

torch.set_default_dtype(torch.float64)  # values are stored as f32; what is computed from them is exact to f32
HERE = pathlib.Path(__file__).parent
B, T, STEPS, CLIP = 2, 6, 10, 0.5


def gelu(x):
    return F.gelu(x, approximate="tanh")


class StrictLayer(nn.Module):
    """Attention over earlier positions only, LayerNorm last, no MLP; nn.TransformerEncoderLayer has no such layer."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.self_attn = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm1 = nn.LayerNorm(width)

    def forward(self, x):
        b, t, c = x.shape
        qkv = F.linear(x, self.self_attn.in_proj_weight, self.self_attn.in_proj_bias)
        q, k, v = (part.view(b, t, self.heads, -1).transpose(1, 2) for part in qkv.chunk(3, -1))
        score = (q @ k.transpose(-1, -2)) / (c // self.heads) ** 0.5
        seen = torch.ones(t, t, dtype=torch.bool).tril(-1)
        # The first row sees nothing: its softmax would be NaN, its output is zero.
        weights = torch.softmax(score.masked_fill(~seen, -1e300), -1).masked_fill(~seen, 0.0)
        out = (weights @ v).transpose(1, 2).reshape(b, t, c)
        return self.norm1(x + self.self_attn.out_proj(out))


class Net(nn.Module):
    """The settings of one golden file; parameters carry the names that a file of the engine has."""

    def __init__(self, s):
        super().__init__()
        self.s = s
        c, v = s["width"], s["vocabulary_size"]
        self.embedding = nn.Embedding(v, c)
        if s["positions"] == "learned":
            self.positions = nn.Embedding(s["context"], c)
        if s["mask"] == "strict":
            self.layers = nn.ModuleList(StrictLayer(c, s["heads"]) for _ in range(s["layers"]))
        else:
            layer = nn.TransformerEncoderLayer(
                c,
                s["heads"],
                s["hidden"],
                dropout=0.0,
                activation=gelu if s["activation"] == "gelu" else "relu",
                norm_first=s["norm"] == "pre",
                batch_first=True,
            )
            norm = nn.LayerNorm(c) if s["norm"] == "pre" else None
            encoder = nn.TransformerEncoder(layer, s["layers"], norm, enable_nested_tensor=False)
            # Not registered as a module of its own, so that names have no prefix.
            self.encode = [encoder]
            self.layers = encoder.layers
            if norm is not None:
                self.norm = encoder.norm
        if not s["tied"]:
            self.head = nn.Linear(c, v)

    def forward(self, tokens):
        s, t = self.s, tokens.shape[1]
        x = self.embedding(tokens) * (s["width"] ** 0.5 if s["scale_embedding"] else 1.0)
        if s["positions"] == "learned":
            x = x + self.positions.weight[:t]
        elif s["positions"] == "sinusoidal":
            angle = torch.arange(t)[:, None] / 10000 ** (torch.arange(0, s["width"], 2) / s["width"])
            x = x + torch.stack((angle.sin(), angle.cos()), -1).flatten(1)
        if s["mask"] == "strict":
            for layer in self.layers:
                x = layer(x)
        else:
            mask = nn.Transformer.generate_square_subsequent_mask(t)
            x = self.encode[0](x, mask=mask, is_causal=True)
        return F.linear(x, self.embedding.weight) if s["tied"] else self.head(x)


def loss_of(net, tokens, targets, weights):
    losses = F.cross_entropy(net(tokens).flatten(0, 1), targets.flatten(), reduction="none")
    return (losses * weights.flatten()).sum() / weights.sum()


def groups(net):
    """Weight decay for matrices only, not for embeddings, biases and LayerNorms."""
    decays = [p for name, p in net.named_parameters() if p.dim() == 2 and name.split(".")[0] not in ("embedding", "positions")]
    known = {id(p) for p in decays}
    rest = [p for p in net.parameters() if id(p) not in known]
    return [{"params": decays, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}]


def train(net, start, make, data):
    net.load_state_dict(start)
    optimizer, losses = make(net), []
    for tokens, targets in data:
        optimizer.zero_grad()
        loss = loss_of(net, tokens, targets, torch.ones(B, T))
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), CLIP)
        optimizer.step()
        losses.append(loss.item())
    return torch.tensor(losses)


def golden(name, seed, **settings):
    torch.manual_seed(seed)
    net = Net(settings).train()
    for p in net.parameters():
        scale = torch.rand(p.shape) * 0.8 - 0.4
        p.data = (scale + (1.0 if p.dim() == 1 else 0.0)).float().double()
    start = {key: value.clone() for key, value in net.state_dict().items()}
    v = settings["vocabulary_size"]
    tokens, targets = torch.randint(v, (STEPS, B, T)), torch.randint(v, (STEPS, B, T))
    weights = (torch.rand(B, T) < 0.7).double()

    logits = net(tokens[0])
    loss = loss_of(net, tokens[0], targets[0], weights)
    loss.backward()
    found = {f"weight/{key}": value for key, value in start.items()}
    found |= {f"grad/{key}": p.grad for key, p in net.named_parameters()}
    found |= {"tokens": tokens, "targets": targets, "weights": weights, "logits": logits, "loss": loss.reshape(1)}
    data = list(zip(tokens, targets))
    adamw = lambda net: torch.optim.AdamW(groups(net), lr=0.01)
    sgd = lambda net: torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.9)
    found["losses/adamw"] = train(net, start, adamw, data)
    found["losses/sgd"] = train(net, start, sgd, data)

    text = {key: str(value).lower() for key, value in settings.items()}
    tensors = {key: value.detach().float().contiguous() for key, value in found.items()}
    save_file(tensors, HERE / f"{name}.safetensors", metadata=text)
    print(name, sum(p.numel() for p in net.parameters()), "parameters, loss", loss.item(), found["losses/adamw"][-1].item())


SMALL = dict(layers=2, width=16, heads=2, context=8, vocabulary_size=13, dropout=0.0)
golden("pre", 1, **SMALL, hidden=32, norm="pre", positions="learned", mask="causal", tied=True, activation="gelu",
       init="normal", scale_embedding=False)
golden("post", 2, **SMALL, hidden=24, norm="post", positions="sinusoidal", mask="causal", tied=False, activation="relu",
       init="uniform", scale_embedding=True)
golden("strict", 3, **SMALL, hidden=0, norm="post", positions="none", mask="strict", tied=False, activation="gelu",
       init="normal", scale_embedding=False)
