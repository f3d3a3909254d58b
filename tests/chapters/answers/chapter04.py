"""Chapter 4: other right answers, and what people write instead (see test_exercises.py)."""

from __future__ import annotations

ANSWERS: dict[str, dict[str, str]] = {
    "01-parabola": {
        "vander and lstsq": """
def design(x, degree):
    return np.vander(x.astype(float), degree + 1, increasing=True)

def fit(x, y, degree):
    return np.linalg.lstsq(design(x, degree), y, rcond=None)[0]
""",
        "polyfit": """
def fit(x, y, degree):
    return np.polyfit(x, y, degree)[::-1].copy()
""",
    },
    "02-stop": {
        "while": """
def minimise(loss, gradient, start, lr, tol=1e-10, most=10_000):
    theta, step, change = start.astype(float), 0, float("inf")
    while step < most and change >= tol:
        before = loss(theta)
        theta = theta - lr * gradient(theta)
        change = abs(loss(theta) - before)
        step += 1
    return theta, step
""",
    },
    "03-adam": {
        "dictionary of states": """
class Adam(Adam):
    def step(self, weights, gradients):
        self.t += 1
        if not hasattr(self, "state"):
            self.state = {}
        for k, (w, g) in enumerate(zip(weights, gradients)):
            m, s = self.state.get(k, (0.0, 0.0))
            m = self.betas[0] * m + (1 - self.betas[0]) * g
            s = self.betas[1] * s + (1 - self.betas[1]) * g**2
            self.state[k] = m, s
            top = m / (1 - self.betas[0] ** self.t)
            w[...] = w - self.lr * top / (np.sqrt(s / (1 - self.betas[1] ** self.t)) + self.eps)
""",
    },
    "04-graph": {
        "counting children": """
class Value(Value):
    def backward(self):
        waiting, todo, seen = {}, [self], {id(self)}
        while todo:
            v = todo.pop()
            v.grad = 0.0
            for p in v.parents:
                waiting[id(p)] = waiting.get(id(p), 0) + 1
                if id(p) not in seen:
                    seen.add(id(p))
                    todo.append(p)
        self.grad = 1.0
        ready = [self]
        while ready:
            v = ready.pop()
            for p, s in zip(v.parents, v.slopes):
                p.grad += v.grad * s
                waiting[id(p)] -= 1
                if not waiting[id(p)]:
                    ready.append(p)

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self):
        h = math.tanh(self.data)
        return Value(h, (self,), (1 - h * h,))
""",
    },
    "05-backward": {
        "einsum": """
def backward(w1, b1, w2, b2, x, y):
    h, p = forward(w1, b1, w2, b2, x)
    d2 = (p - y)[:, 0] / y.size
    d1 = np.einsum("b,h->bh", d2, w2[:, 0]) * (1 + h) * (1 - h)
    return (
        np.einsum("bi,bh->ih", x, d1),
        np.einsum("bh->h", d1),
        np.einsum("bh,b->h", h, d2)[:, None],
        d2.sum(keepdims=True),
    )
""",
    },
    "06-biases": {
        "own layers": """
class Network(nn.Module):
    def __init__(self, widths, activation=nn.Tanh):
        super().__init__()
        self.linear = nn.ModuleList([nn.Linear(a, b) for a, b in zip(widths, widths[1:])])
        self.f = activation()

    def forward(self, x):
        for k, layer in enumerate(self.linear):
            x = layer(self.f(x) if k else x)
        return x
""",
    },
    "07-nudge": {
        "copies": """
def numerical(f, w, h=1e-5):
    w = np.asarray(w, dtype=np.float64)
    out = np.zeros(w.size)
    for k in range(w.size):
        step = np.zeros(w.size)
        step[k] = h
        step = step.reshape(w.shape)
        out[k] = (f(w + step) - f(w - step)) / h / 2
    return out.reshape(w.shape)
""",
    },
}

MISTAKES: dict[str, dict[str, tuple[str, str]]] = {
    "01-parabola": {
        "highest power first": ("columns", "range(degree + 1) -> range(degree, -1, -1)"),
        "no column of ones": ("mean", "range(degree + 1) -> range(1, degree + 1)"),
        "whole numbers overflow": ("whole_numbers", "    x = x.astype(np.float64)\n -> "),
        "one column short": ("parabola", "range(degree + 1) -> range(max(degree, 1))"),
        "normal equation without its right side": ("line", "np.linalg.solve(a.T @ a, a.T @ y) -> np.linalg.solve(a.T @ a, a.T @ np.ones(len(y)))"),
    },
    "02-stop": {
        "compares with itself": ("steps", "        now = loss(theta)\n ->         now = previous = loss(theta)\n"),
        "compares with the start": ("tolerance", "        previous = now\n -> "),
        "only a falling loss counts": ("limit", "abs(previous - now) < tol -> previous - now < tol"),
        "in place": ("untouched", """
def minimise(loss, gradient, start, lr, tol=1e-10, most=10_000):
    previous = loss(start)
    for step in range(1, most + 1):
        start -= lr * gradient(start)
        now = loss(start)
        if abs(previous - now) < tol:
            return start, step
        previous = now
    return start, most
"""),
        "uphill": ("minimum", "theta - lr -> theta + lr"),
        "counts from 0": ("steps", "range(1, most + 1) -> range(most)"),
        "no limit": ("limit", "range(1, most + 1) -> range(1, 10 * most)"),
    },
    "03-adam": {
        "no bias correction": ("first_step", "np.sqrt(s / (1 - b2**self.t)) -> np.sqrt(s)"),
        "does not count": ("first_step", "self.t += 1 -> self.t = 1000"),
        "eps inside the root": ("settings", "np.sqrt(s / (1 - b2**self.t)) -> np.sqrt(s / (1 - b2**self.t) + self.eps)"),
        "new arrays": ("first_step", "w -= self.lr -> w = w - self.lr"),
        "no square": ("first_step", "(1 - b2) * g * g -> (1 - b2) * g"),
        "betas exchanged": ("like_torch", "b1, b2 = self.betas -> b2, b1 = self.betas"),
        "one memory for all": ("like_torch", "self.m, self.s, strict=True) -> [self.m[0].sum()[None]] * 9, [self.s[0].sum()[None]] * 9)"),
    },
    "04-graph": {
        "= for +=": ("example", "parent.grad += value.grad * slope -> parent.grad = value.grad * slope"),
        "adds to the last pass": ("twice", "            value.grad = 0.0\n ->             pass\n"),
        "path by path": ("doublings", """
_backward = Value.backward

def backward(self, grad=1.0, first=True, budget=[0]):
    if first:
        _backward(self)
        order, budget[0] = [self], 0
        for v in order:
            order.extend(p for p in v.parents if p not in order)
        for v in order:
            v.grad = 0.0
    budget[0] += 1
    if budget[0] > 100_000:
        raise TimeoutError("too many paths")
    self.grad += grad
    for p, s in zip(self.parents, self.slopes):
        p.backward(grad * s, False)

Value.backward = backward
"""),
        "children in any order": ("order", """
def backward(self):
    order = [self]
    for v in order:
        order.extend(p for p in v.parents if not any(p is q for q in order))
    for v in order:
        v.grad = 0.0
    self.grad = 1.0
    for v in order:
        for p, s in zip(v.parents, v.slopes):
            p.grad += v.grad * s

Value.backward = backward
"""),
    },
    "05-backward": {
        "sum for mean": ("batches", "(p - y) / len(x) -> p - y"),
        "no slope of tanh": ("by_hand", "dh * (1 - h * h) -> dh"),
        "slope of the sigmoid": ("by_hand", "dh * (1 - h * h) -> dh * h * (1 - h)"),
        "y forgotten": ("xor", "(p - y) / len(x) -> p / len(x)"),
        "bias over the wrong axis": ("batches", "dz1.sum(axis=0) -> dz1.sum(axis=1)"),
        "wrong order": ("xor", "return dw1, db1, dw2, db2 -> return dw2, db2, dw1, db1"),
        "a list": ("xor", "return dw1, db1, dw2, db2 -> return [dw1, db1, dw2, db2]"),
        "squared error": ("xor", "(p - y) / len(x) -> (p - y) * p * (1 - p) / len(x)"),
        "inputs changed": ("untouched", "dz2 = (p - y) / len(x) -> y -= p; dz2 = -y / len(x)"),
    },
    "06-biases": {
        "biases only in the first layer": ("constant", "nn.Linear(n, m) -> nn.Linear(n, m, bias=not layers)"),
        "bias only at the output": ("count", "nn.Linear(n, m) -> nn.Linear(n, m, bias=m == widths[-1])"),
        "activation at the end": ("between", "self.layers = nn.Sequential(*layers) -> self.layers = nn.Sequential(*layers, activation())"),
        "no activation": ("between", "layers.append(activation()) -> pass"),
        "frozen bias": ("gradients", "*layers) -> *layers); layers[-1].bias.requires_grad_(False)"),
    },
    "07-nudge": {
        "one side": ("square", "(above - below) / (2 * h) -> (above - f(w)) / h"),
        "without the 2": ("square", "(2 * h) -> h"),
        "all at once": ("matrix", "w[place] = kept + h -> w += h"),
        "in float32": ("float64", "w = w.astype(np.float64)  # a copy -> w = w.copy()"),
        "in place": ("untouched", "w = w.astype(np.float64)  # a copy -> w = w.astype(np.float64, copy=False); w += 0.5"),
        "not put back": ("agrees", "        w[place] = kept\n -> "),
        "too small a step": ("agrees", "kept = w[place] -> kept = w[place]; h = 1e-14"),
    },
}  # fmt: skip
