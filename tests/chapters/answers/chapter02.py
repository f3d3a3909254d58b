"""Chapter 2: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-batch": {
        "index_select": """
def batch(pictures, chosen):
    return torch.index_select(pictures, 0, chosen)[:, None].to(torch.float32).div(255)
""",
    },
    "02-header": {
        "struct": """
import struct

def read_header(data):
    try:
        zero, kind, axes = struct.unpack_from(">HBB", data)
        if zero or kind != 8 or not axes:
            raise ValueError("no idx file")
        return struct.unpack_from(f">{axes}I", data, 4)
    except struct.error as error:
        raise ValueError("cut off") from error
""",
    },
    "03-log-softmax": {
        "detached": """
def log_softmax(z):
    top = z.detach().max(-1, keepdim=True).values
    return z - top - (z - top).exp().sum(-1, keepdim=True).log()
""",
    },
    "04-pairs": {
        "normal": """
def pairs(clean, std, generator=None):
    mean = torch.zeros_like(clean)
    return clean + torch.normal(mean, std, generator=generator), clean.clone()
""",
    },
    "05-too-good": {
        "by hand": """
def train_epoch(model, optimiser, pictures, std, batch_size):
    model.train()
    losses = []
    order = torch.randperm(len(pictures)).tolist()
    for i in range(0, len(order), batch_size):
        x = pictures[order[i : i + batch_size]]
        errors = (model(x + std * torch.randn(x.shape)) - x).square().flatten(1).mean(1)
        optimiser.zero_grad()
        errors.mean().backward()
        optimiser.step()
        losses += errors.tolist()
    return sum(losses) / len(losses)
""",
    },
    "06-no-skips": {
        "hstack": "torch.cat((up, full), dim=1) -> torch.hstack((up, full))",
    },
    "07-psnr": {
        "by peak": """
def psnr(pictures, clean, peak=1.0):
    mse = (pictures.double() - clean.double()).pow(2).mean((1, 2, 3))
    return (10 * (peak**2 / mse.clamp_min(1e-10 * peak**2)).log10()).float()
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-batch": {
        "512": ("values", "/ 255 -> / 512"),
        "256": ("values", "/ 255 -> / 256"),
        "no channel": ("channel", ".unsqueeze(1) -> "),
        "channel last": ("channel", "unsqueeze(1) -> unsqueeze(-1)"),
        "float64": ("values", ".float() -> .double()"),
        "sorted": ("order", "pictures[chosen] -> pictures[chosen.sort().values]"),
        "the first ones": ("order", "pictures[chosen] -> pictures[: len(chosen)]"),
        "transposed": ("rows_and_columns", ".unsqueeze(1) -> .transpose(1, 2).unsqueeze(1)"),
        "bytes divided": ("values", ".float() / 255 -> // 255"),
        "in place": ("apart", "return pictures -> pictures.add_(0).mul_(0); return pictures"),
        "a list": ("tensor", """
def batch(pictures, chosen):
    rows = [[[p / 255 for p in line] for line in pictures[i].tolist()] for i in chosen.tolist()]
    return torch.tensor(rows)[:, None]
"""),
    },
    "02-header": {
        "little-endian": ("pictures", '"big" -> "little"'),
        "the last byte alone": ("four_bytes", 'int.from_bytes(four, "big") -> four[3]'),
        "two bytes": ("four_bytes", 'int.from_bytes(four, "big") -> 256 * four[2] + four[3]'),
        "always three axes": ("labels", "axes = data[3] -> axes = 3"),
        "the type is not read": ("wrong_start", "bytes([0, 0, 0x08]) -> bytes([0, 0, data[2]])"),
        "no axis": ("wrong_start", " or data[3] == 0 -> "),
        "cut off": ("cut_off", "len(data) < 4 + 4 * axes -> False"),
        "exactly a header": ("values_behind", "len(data) < 4 + -> len(data) != 4 +"),
        "a list": ("pictures", "tuple(int -> list(int"),
    },
    "03-log-softmax": {
        "not shifted": ("large", "z - z.amax(dim=-1, keepdim=True) -> z"),
        "wrong axis": ("rows", "sum(dim=-1, keepdim=True) -> sum(dim=0, keepdim=True)"),
        "one maximum for all rows": ("large", "z.amax(dim=-1, keepdim=True) -> z.max()"),
        "no keepdim": ("rows", "sum(dim=-1, keepdim=True) -> sum(dim=-1)"),
        "a logarithm of a softmax": ("large", """
def log_softmax(z):
    return z.softmax(-1).log()
"""),
        "a small number added": ("large", """
def log_softmax(z):
    return (z.softmax(-1) + 1e-8).log()
"""),
        "in place": ("double", "z - z.amax(dim=-1, keepdim=True) -> z.sub_(z.amax(dim=-1, keepdim=True))"),
        "cut off": ("large", "shifted = z - -> z = z.clamp(-80, 80); shifted = z -"),
        "float32 for all": ("double", "z - z.amax(dim=-1, keepdim=True) -> (z - z.amax(dim=-1, keepdim=True)).float()"),
    },
    "04-pairs": {
        "clipped": ("gaussian", "clean + std * noise, -> (clean + std * noise).clamp(0, 1),"),
        "uniform": ("gaussian", "torch.randn( -> 12**0.5 * -0.5 + 12**0.5 * torch.rand("),
        "variance": ("strength", "std * noise -> std**2 * noise"),
        "one noise for all pictures": ("each_pixel", "clean.shape, -> clean.shape[1:],"),
        "one number a picture": ("each_pixel", "clean.shape, -> (len(clean), 1, 1, 1),"),
        "the noisy target": ("target", "noise, clean -> noise, clean + std * noise"),
        "in place": ("target", "return clean + -> clean += std * noise; return clean + 0 *"),
        "a seed inside": ("new_noise", "noise = torch.randn( -> torch.manual_seed(0); noise = torch.randn("),
        "generator forgotten": ("generator", "generator=generator, -> "),
        "float32": ("double", "return clean + std * noise, clean -> return (clean + std * noise).float(), clean"),
        "multiplied": ("strength", "clean + std * noise -> clean * (1 + std * noise)"),
    },
    "05-too-good": {
        "the noisy target": ("identity", "model(noisy), clean -> model(noisy), noisy"),
        "no noise": ("noise", "std * torch.randn_like(clean) -> 0"),
        "clean input": ("identity", "model(noisy) -> model(clean)"),
        "the sum": ("uneven", "loss.item() * len(indices) -> loss.item()"),
        "the noise as target": ("perfect", "model(noisy), clean -> model(noisy), noisy - clean"),
        "clean spoilt": ("identity", "noisy = clean + std * torch.randn_like(clean) -> noisy = clean.add_(std * torch.randn_like(clean))"),
        "no zero_grad": ("gradient", "        optimiser.zero_grad()\n -> "),
        "trained on one, shown the other": ("gradient", "loss.backward() -> F.mse_loss(model(noisy), noisy).backward()"),
        "evaluation mode": ("noise", "model.train() -> model.eval()"),
        "the same noise": ("noise", "noisy = clean -> torch.manual_seed(0)\n        noisy = clean"),
    },
    "06-no-skips": {
        "twice from below": ("upper_skip", "cat((up, full) -> cat((up, up)"),
        "twice from below, lower": ("lower_skip", "cat((up, half) -> cat((up, up)"),
        "twice the skip": ("values", "cat((up, full) -> cat((full, full)"),
        "the other order": ("values", "cat((up, full) -> cat((full, up)"),
        "zeros": ("upper_skip", "cat((up, full) -> cat((up, torch.zeros_like(full))"),
        "no bend": ("values", "up = gelu(self.up2(quarter)) -> up = self.up2(quarter)"),
        "squashed": ("values", "return self.leave(torch.cat((up, full), dim=1)) -> return self.leave(torch.cat((up, full), dim=1)).tanh()"),
    },
    "07-psnr": {
        "the whole batch": ("each", ".flatten(1).mean(dim=1) -> .mean().expand(len(clean))"),
        "bytes subtracted": ("bytes", "pictures.float() - clean.float() -> (pictures - clean).float()"),
        "no peak": ("bytes", " / peak -> "),
        "natural logarithm": ("by_hand", "torch.log10 -> torch.log"),
        "twenty": ("by_hand", "-10 * -> -20 *"),
        "infinite": ("equal", ".clamp(min=1e-10) -> "),
        "only 0 is special": ("equal", "mse.clamp(min=1e-10) -> torch.where(mse == 0, 1e-10, mse)"),
        "rows apart": ("colour", ".flatten(1).mean(dim=1) -> .mean(dim=(2, 3))[:, 0]"),
        "the sum": ("by_hand", "mean(dim=1) -> sum(dim=1)"),
        "in place": ("untouched", "pictures.float() - clean.float() -> pictures.float().sub_(clean.float())"),
    },
}  # fmt: skip
