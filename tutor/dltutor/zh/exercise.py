"""Chinese texts: exercises, their checks and what the checks say."""

TEXTS: dict[str, str] = {
    # checks: what is expected and what came
    "the result": "结果",
    "{what}: {problem}": "{what}：{problem}",
    "; ": "；",
    "at {place}: ": "在 {place} 处：",
    "for {input}": "输入：{input}",
    "a tensor": "张量",
    "a NumPy array": "NumPy 数组",
    "a value of type {type}": "{type} 类型的值",
    "{expected} was expected, {got} came": "应为 {expected}，得到的是 {got}",
    "expected {expected}, came {got}": "应为 {expected}，得到 {got}",
    "a tensor was expected, {got} came": "应为张量，得到的是 {got}",
    "a tensor of shape {expected} was expected, {got} came": (
        "应为形状 {expected} 的张量，得到的是 {got}"
    ),
    "shape {expected} was expected, {got} came": "形状应为 {expected}，得到的是 {got}",
    "dtype {expected} was expected, {got} came": "dtype 应为 {expected}，得到的是 {got}",
    "a tensor on device {expected} was expected, one on {got} came": (
        "张量应在设备 {expected} 上，得到的张量在 {got} 上"
    ),
    "{expected} items were expected, {got} came": "应有 {expected} 项，得到 {got} 项",
    "{wrong} of {all} values differ": "{all} 个值中有 {wrong} 个不同",
    "the value differs": "值不同",
    "the first at {index}: {expected} was expected, {got} came": (
        "第一处在 {index}：应为 {expected}，得到 {got}"
    ),
    "the largest error is {error} at {index}": "最大误差 {error}，在 {index}",
    "the keys differ": "键不同",
    "missing: {keys}": "缺少：{keys}",
    "not asked for: {keys}": "多出：{keys}",
    "{expected} was expected to be raised, {got} was raised": (
        "应抛出 {expected}，实际抛出了 {got}"
    ),
    "{expected} was expected to be raised, nothing was; it returned {got}": (
        "应抛出 {expected}，但没有抛出异常，而是返回了 {got}"
    ),
    "the input must stay as it was, but argument {number} was changed": (
        "输入应保持不变，但第 {number} 个参数被改动了"
    ),
    "operations that end in _ (add_, zero_) and += change a tensor in place": (
        "以 _ 结尾的操作（add_、zero_）和 += 会原地修改张量"
    ),
    "the gradient for argument {number} of {name}": "{name} 对第 {number} 个参数的梯度",
    "no gradient flows back: the result is cut off from its inputs": (
        "梯度传不回去：结果与输入断开了"
    ),
    "no gradient reaches argument {number}": "梯度传不到第 {number} 个参数",
    ".item(), .detach(), .data, torch.no_grad() and torch.tensor(...) cut it off": (
        "`.item()`、`.detach()`、.data、`torch.no_grad()` 和 `torch.tensor(...)` 都会使其断开"
    ),
    # checks: what it may mean
    "a function without a return statement returns None": "没有 return 语句的函数返回 None",
    "list(...) around it makes a list": "在外面加上 `list(...)` 即可得到列表",
    ".item() gives the Python number in a tensor of one value": (
        "`.item()` 可以取出单值张量中的 Python 数"
    ),
    "keep it a tensor: .item() and float() also cut off the gradient": (
        "请保留为张量：`.item()` 和 `float()` 还会切断梯度"
    ),
    "that is a function itself: are the brackets of the call missing?": (
        "这是函数本身：是不是漏了调用的括号？"
    ),
    "a plain torch.Tensor is asked for, not a class derived from it": (
        "需要的是普通的 torch.Tensor，而不是它的派生类"
    ),
    "the axes are the other way round: a transpose too many or too few": (
        "轴的次序颠倒了：多了或少了一次转置"
    ),
    "only axes of length 1 differ: see keepdim, squeeze and unsqueeze": (
        "只有长度为 1 的轴不同：参见 keepdim、squeeze 和 unsqueeze"
    ),
    "the axes are right, their order is not: see permute": "轴都对，次序不对：参见 permute",
    "the first axis is the batch: is a row lost, or is it the last batch?": (
        "第一个轴是批量：是丢了一行，还是最后一个批量？"
    ),
    "an axis is missing: was it summed away without keepdim, or never made?": (
        "少了一个轴：是求和时没有用 keepdim，还是从未建立？"
    ),
    "as many values, arranged otherwise: see reshape": "值的个数相同，排列不同：参见 reshape",
    "class indices are whole numbers: .long() converts": "类别索引是整数：可用 `.long()` 转换",
    "whole numbers came: .float() converts, and / divides where // rounds": (
        "得到的是整数：可用 `.float()` 转换；/ 是除法，// 会取整"
    ),
    "float64 comes from NumPy or from dtype=torch.float64: .float() converts": (
        "float64 来自 NumPy 或 dtype=torch.float64：可用 `.float()` 转换"
    ),
    "nan comes from 0/0, inf - inf, the log of a negative number; exp overflows early": (
        "nan 来自 0/0、inf - inf 或负数的对数；exp 很容易溢出"
    ),
    "inf comes from a division by 0, log(0) or exp of a large number": (
        "inf 来自除以 0、`log(0)` 或较大数的 exp"
    ),
    "every value has the other sign": "所有值的符号都相反",
    "every value is {ratio} times the expected one": "每个值都是应有值的 {ratio} 倍",
    # errors explained
    "a matrix product needs the columns of the first ({b}) to equal the rows of the second ({c}): "
    "a Linear layer's in_features must be the last axis of its input, "
    "and pictures must be flattened first": (
        "矩阵乘法要求第一个矩阵的列数（{b}）等于第二个矩阵的行数（{c}）："
        "Linear 层的 in_features 必须等于输入最后一个轴的长度，图片要先展平"
    ),
    "the two tensors do not line up: at axis {axis} one has {a}, the other {b}; "
    "axes are matched from the right, and only a 1 stretches": (
        "两个张量对不齐：在轴 {axis} 上一个是 {a}，另一个是 {b}；"
        "轴从右边开始匹配，只有长度为 1 的轴可以扩展"
    ),
    "reshape and view keep every value: the sizes in [{a}] must multiply to {n}; "
    "-1 lets torch find one of them": (
        "reshape 和 view 保留所有的值：[{a}] 中各长度之积必须为 {n}；-1 表示由 torch 算出其中一个"
    ),
    "after transpose or permute the values do not lie in a row: use reshape, "
    "or .contiguous() before view": (
        "transpose 或 permute 之后，值在内存中不再连续：请用 reshape，或在 view 之前用 `.contiguous()`"
    ),
    "a class index is {n}, but there are fewer logits than that: "
    "indices go from 0 to classes - 1": (
        "有一个类别索引是 {n}，但 logits 没有那么多：索引从 0 到类别数减 1"
    ),
    "axis {d} has {n} entries, so its indices go from 0 to {n} - 1; {i} was asked for": (
        "轴 {d} 有 {n} 项，索引从 0 到 {n} - 1；这里要的是 {i}"
    ),
    "the tensor has fewer axes than you think: dim={c} does not exist, print its shape": (
        "张量的轴比想象的少：没有 dim={c}，请打印它的形状"
    ),
    "backward() found no graph: the loss was cut off by .item(), .detach(), torch.no_grad() "
    "or torch.tensor(...), or no parameter took part in it": (
        "`backward()` 找不到计算图：损失被 `.item()`、`.detach()`、`torch.no_grad()` 或 "
        "`torch.tensor(...)` 切断了，或者没有参数参与计算"
    ),
    "one forward pass serves one backward(): compute the loss again in every step; "
    "a tensor kept from the last step needs .detach()": (
        "一次前向传播只能用于一次 `backward()`：每一步都要重新计算损失；"
        "从上一步保留下来的张量需要 `.detach()`"
    ),
    "backward() starts from a single number: take .mean() or .sum() of the loss first": (
        "`backward()` 从单个数开始：请先对损失取 `.mean()` 或 `.sum()`"
    ),
    "a parameter is changed in place while gradients are recorded: do it inside torch.no_grad()": (
        "在记录梯度时原地修改了参数：请放到 `torch.no_grad()` 里进行"
    ),
    "a value that backward() needs was overwritten by +=, "
    "or by an operation whose name ends in _": (
        "`backward()` 需要的值被 += 或名称以 _ 结尾的操作覆盖了"
    ),
    "detach it from the graph first: .detach().numpy()": "请先脱离计算图：`.detach().numpy()`",
    "two dtypes meet: {a} is needed, {b} came; .float() gives float32, .long() gives int64": (
        "两种 dtype 相遇：需要 {a}，得到 {b}；`.float()` 得到 float32，`.long()` 得到 int64"
    ),
    "two dtypes meet: {b} is needed, {a} came; .float() gives float32, .long() gives int64": (
        "两种 dtype 相遇：需要 {b}，得到 {a}；`.float()` 得到 float32，`.long()` 得到 int64"
    ),
    "this works on floating-point tensors only, and {a} came: convert with .float()": (
        "这个操作只适用于浮点张量，得到的是 {a}：请用 `.float()` 转换"
    ),
    "the result has fractions but the tensor changed in place holds {a}: "
    "convert it with .float() first": (
        "结果带有小数，而被原地修改的张量是 {a}：请先用 `.float()` 转换"
    ),
    "gradients need floating point: convert with .float() first": (
        "梯度需要浮点数：请先用 `.float()` 转换"
    ),
    "indices must be whole numbers or booleans: .long() converts": (
        "索引必须是整数或布尔值：可用 `.long()` 转换"
    ),
    "the model and its input are on different devices: move one with .to(device)": (
        "模型和输入在不同的设备上：请用 `.to(device)` 移动其中一个"
    ),
    "if needs one truth value: say .all() or .any(), or use torch.where for a choice per element": (
        "if 需要单个真值：请用 `.all()` 或 `.any()`，逐元素选择则用 torch.where"
    ),
    ".item(), float() and int() need a tensor with a single value: reduce it first": (
        "`.item()`、`float()` 和 `int()` 需要只有一个值的张量：请先归约"
    ),
    "the layer wants its axes in the order (batch, channels, height, width): "
    "is one of them missing?": "这一层要求轴的次序为（批量、通道、高、宽）：是不是少了一个？",
    "{gigabytes} GB were asked for, more than an exercise may use: "
    "is a shape much larger than meant?": (
        "申请了 {gigabytes} GB，超过了练习的限额：是不是某个形状比预想的大得多？"
    ),
    "torch.stack needs equal shapes; torch.cat joins along an axis": (
        "torch.stack 要求形状相同；torch.cat 沿某个轴拼接"
    ),
    "the number of names on the left differs from the number of values on the right": (
        "左边的名称个数与右边的值的个数不同"
    ),
    "something is None here: does the function before it return its result?": (
        "这里有一个值是 None：前面的函数返回结果了吗？"
    ),
    "the call leaves out {names}: compare the parameters with the statement's": (
        "调用时缺少 {names}：请把参数与题目要求对照"
    ),
    "the call and the definition disagree: compare the parameters with the statement's": (
        "调用与定义不一致：请把参数与题目要求对照"
    ),
    "torch.compile and torch.export need a compiler and other processes, "
    "which a check does not have": "torch.compile 和 torch.export 需要编译器和其他进程，检查中没有",
    "call super().__init__() first in the __init__ of a Module": (
        "在 Module 的 __init__ 里要先调用 `super().__init__()`"
    ),
    "the model has no parameters: layers must be attributes of the module, "
    "or stand in an nn.ModuleList": "模型没有参数：各层必须是模块的属性，或放在 nn.ModuleList 中",
    "this part is still to be written": "这一部分还没有写",
    "the function calls itself without end: which case stops it?": (
        "函数无休止地调用自己：哪种情况会让它停下？"
    ),
    "more memory was asked for than an exercise may use": "申请的内存超过了练习的限额",
    "input() finds nothing in a check: the values come as arguments": (
        "检查时 `input()` 读不到内容：值由参数传入"
    ),
    "the lines of a block start in the same column": "同一代码块的各行要从同一列开始",
    "tabs and spaces are mixed: use spaces": "混用了制表符和空格：请使用空格",
    "a check can import what is installed, and no files beside yours": (
        "检查时可以导入已安装的包，但不能导入旁边的文件"
    ),
    # what the sandbox refuses
    "an exercise has no network, starts no processes, "
    "and changes only files in its own temporary folder": (
        "练习不能联网，不能启动进程，只能改动自己临时文件夹里的文件"
    ),
    "an exercise can not start other processes ({detail})": "练习不能启动其他进程（{detail}）",
    "an exercise can not send signals to other processes ({detail})": (
        "练习不能向其他进程发送信号（{detail}）"
    ),
    "an exercise has no network ({detail})": "练习不能联网（{detail}）",
    "an exercise can change files only in its own temporary folder, not {detail}": (
        "练习只能改动自己临时文件夹里的文件，不能改动 {detail}"
    ),
    "an exercise can not read {detail}": "练习不能读取 {detail}",
    "an exercise can not call machine code directly ({detail})": (
        "练习不能直接调用机器代码（{detail}）"
    ),
    "an exercise can not change its limits ({detail})": "练习不能改变自己的限额（{detail}）",
    "an exercise can not look into the check or change it ({detail})": (
        "练习不能查看或改动检查本身（{detail}）"
    ),
    "no debugger runs in a check: run your file by itself for that ({detail})": (
        "检查中不能运行调试器：请单独运行你的文件来调试（{detail}）"
    ),
    "an exercise can not do that ({detail})": "练习不能这样做（{detail}）",
    # the verdict
    "All {all} checks pass.": "{all} 项检查全部通过。",
    "{right} of {all} checks pass.": "{all} 项检查通过了 {right} 项。",
    "not run": "未运行",
    "It printed:": "程序输出：",
    "… and {bytes} bytes more": "……还有 {bytes} 字节",
    "{file}, line {number}": "{file} 第 {number} 行",
    ", in {function}": "，{function} 中",
    "the check was cut short here": "检查在这里中断",
    "your code called exit(), which ends the program: return instead": (
        "你的代码调用了 `exit()`，这会结束程序：请改用 return"
    ),
    "the file has no {name}, which the exercise asks for": "文件里没有题目要求的 {name}",
    "the file could not be read as a program: {message}": "文件不能作为程序运行：{message}",
    "it did not end within {seconds} s, and was stopped: is there a loop without an end?": (
        "没有在 {seconds} 秒内结束，已被停止：是不是有死循环？"
    ),
    "it wrote more files than an exercise may, and was stopped": (
        "写入的文件超过了练习的限额，已被停止"
    ),
    "your code replaces {name}, which the check relies on: leave it as it is": (
        "你的代码替换了 {name}，而检查要用到它：请保持原样"
    ),
    "Python itself crashed ({signal}): "
    "too deep a recursion, too much memory, or machine code gone wrong": (
        "Python 本身崩溃了（{signal}）：递归太深、内存太多，或机器代码出错"
    ),
    "your code ended the process before the check was through "
    "(exit code {code}): leave out exit()": (
        "你的代码在检查完成之前结束了进程（退出码 {code}）：请去掉 `exit()`"
    ),
    "the file is not UTF-8: line {line} holds other bytes; save it as UTF-8": (
        "文件不是 UTF-8：第 {line} 行有其他字节；请保存为 UTF-8"
    ),
    "the file is empty: `exercise reset` brings the starter back": (
        "文件是空的：`exercise reset` 可以恢复初始代码"
    ),
    "the file holds an unfinished merge: "
    "choose between the parts marked <<<<<<<, =======, >>>>>>>": (
        "文件里有未完成的合并：请在 <<<<<<<、=======、>>>>>>> 标出的部分之间选择"
    ),
    # finding and starting
    "{chapter} has no exercises": "{chapter} 没有练习",
    "{chapter} has no exercise {name!r}": "{chapter} 没有练习 {name!r}",
    "there are: {names}": "有：{names}",
    "which exercise of {chapter}?": "{chapter} 的哪个练习？",
    "{exercise} needs {packages}, which is not installed": "{exercise} 需要 {packages}，尚未安装",
    "start the exercise first": "请先开始这个练习",
    "{exercise} is not started": "{exercise} 尚未开始",
    "{file} does not exist": "{file} 不存在",
    "{file} is not UTF-8": "{file} 不是 UTF-8",
    "{file} can not be read: {reason}": "无法读取 {file}：{reason}",
    "save it as UTF-8": "请保存为 UTF-8",
    "the starter": "初始代码",
    "the new starter": "新的初始代码",
    "your code": "你的代码",
    "the solution": "参考答案",
    # commands
    "CHAPTER": "章",
    "NAME": "名称",
    "Number or name of the chapter, or chapter/exercise.": "章的编号或名称，或“章/练习”。",
    "Number or name of the exercise.": "练习的编号或名称。",
    "Only this chapter's.": "只列出这一章的。",
    "The exercises, how far you are, and what is next.": "各个练习、完成情况，以及下一个。",
    "Hand out the starter, and show what to do.": "给出初始代码并说明要做什么。",
    "Put what changed in the starter since then into your file.": (
        "把初始代码后来的改动合并到你的文件中。"
    ),
    "Hand out the starter again; your file is kept as a copy.": (
        "重新给出初始代码；你的文件会保留一份副本。"
    ),
    "What you changed in the starter.": "你对初始代码的改动。",
    "Run the checks on your file.": "检查你的文件。",
    "Run the checks whenever you save; Ctrl-C ends it.": "每次保存时检查；按 Ctrl-C 结束。",
    "The next hint.": "下一条提示。",
    "The hints you have seen.": "已经看过的提示。",
    "The solution, as a change to your code, once you have tried.": (
        "尝试之后，以对你代码的改动的形式显示参考答案。"
    ),
    "Also before the first try.": "没有尝试过也显示。",
    "The whole file, not the change.": "显示整个文件，而不是改动。",
    "started": "已开始",
    "tried": "未通过",
    "passed": "已通过",
    "Next: {title}": "下一个：{title}",
    "All exercises pass.": "所有练习都已通过。",
    "There are no exercises.": "没有练习。",
    "Your file: {file}": "你的文件：{file}",
    "Your file, as you left it: {file}": "你的文件，保持原样：{file}",
    "Check it: {command}": "检查：{command}",
    "At every save: {command}": "每次保存时检查：{command}",
    "Watching {file}. Ctrl-C ends it.": "正在监视 {file}。按 Ctrl-C 结束。",
    "The starter is the one you were given: there is nothing to merge.": (
        "初始代码没有变化：不需要合并。"
    ),
    "Your file was kept as {file}": "你的文件已保留为 {file}",
    "The new starter's changes are in {file}": "新初始代码的改动已写入 {file}",
    "In {count} places you and the new starter changed the same lines. Choose there in {file}, "
    "between <<<<<<< and >>>>>>>.": (
        "有 {count} 处你和新的初始代码改动了相同的行。请在 {file} 中的 <<<<<<< 和 >>>>>>> 之间选择。"
    ),
    "The starter has changed since you were given it. Your file is as you left it.": (
        "初始代码在给你之后有了变化。你的文件保持原样。"
    ),
    "To put the changes into it: {command}": "把改动合并进来：{command}",
    "The starter is in {file}": "初始代码在 {file}",
    "Your file is the starter, unchanged.": "你的文件就是初始代码，没有改动。",
    "A hint: {command}": "提示：{command}",
    "Hint {number} of {total}": "提示 {number}/{total}",
    "These are all the hints.": "提示已经全部给出。",
    "You have seen no hint yet.": "你还没有看过提示。",
    "The solution: {command}": "参考答案：{command}",
    "The solution beside yours: {command}": "与参考答案对照：{command}",
    "you have not tried {exercise} yet": "你还没有尝试过 {exercise}",
    "check it once, or say --anyway": "请先检查一次，或加上 --anyway",
    "Your code is the solution, line for line.": "你的代码与参考答案逐行相同。",
}
