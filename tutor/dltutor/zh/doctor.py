"""Chinese texts: data sets and doctor."""

TEXTS: dict[str, str] = {
    # data: readers
    "{file} does not exist": "{file} 不存在",
    "{file} can not be read: {why}": "无法读取 {file}：{why}",
    "{file} can not be written: {why}": "无法写入 {file}：{why}",
    "{folder} can not be read: {why}": "无法读取 {folder}：{why}",
    "the disk is full": "磁盘已满",
    "{file} is cut off: it has no whole header": "{file} 不完整：文件头缺失",
    "{file} is cut off: {shape} values take {expected:,} bytes, there are {found:,}": (
        "{file} 不完整：{shape} 个值需要 {expected:,} 字节，实际只有 {found:,} 字节"
    ),
    "{file} is cut off: the gzip data end too early": "{file} 不完整：gzip 数据提前结束",
    "{file} is not a gzip file, or a damaged one": "{file} 不是 gzip 文件，或已损坏",
    "{file} is not a sound idx file: there are bytes after its {shape} values": (
        "{file} 不是完好的 idx 文件：{shape} 个值之后还有多余的字节"
    ),
    "{file} is not an idx file: it begins with {start}": "{file} 不是 idx 文件：开头是 {start}",
    "{file}: its header promises more than memory can hold": "{file}：文件头声明的数据超出内存",
    "it is gzipped: give it a name that ends in .gz": "它是 gzip 文件：请把文件名改为以 .gz 结尾",
    "an idx file begins with two zero bytes, a type and the number of axes": (
        "idx 文件以两个零字节开头，随后是类型和轴数"
    ),
    "{file} is not a picture": "{file} 不是图片",
    "{file} is a damaged picture: {why}": "{file} 是损坏的图片：{why}",
    "{file} is too large a picture": "{file} 图片过大",
    "at most {most:,} pixels are read": "最多读取 {most:,} 个像素",
    "PNG, JPEG and the like can be read": "可以读取 PNG、JPEG 等格式",
    "{folder} is a file": "{folder} 是文件",
    "{folder} has no subfolders": "{folder} 没有子文件夹",
    "{folder} holds no pictures": "{folder} 中没有图片",
    "{file}: {found}, where {expected} is expected": "{file}：内容是 {found}，应为 {expected}",
    "nothing is drawn: every pixel is alike": "什么也没有画：所有像素都一样",
    "2 to {most:,} subfolders with {fewest} or more pictures each are needed": (
        "需要 2 到 {most:,} 个子文件夹，每个至少有 {fewest} 张图片"
    ),
    "{folder}: {n:,} subfolders": "{folder}：{n:,} 个子文件夹",
    "{folder}: {n} pictures": "{folder}：{n} 张图片",
    "a folder with a subfolder of pictures for each class is needed": (
        "需要一个文件夹，其中每个类别对应一个存放图片的子文件夹"
    ),
    "a class needs at least one; their names end in {endings}": (
        "每个类别至少要有一张，文件名以 {endings} 结尾"
    ),
    # data: roots
    "does not exist": "不存在",
    "is a file, not a folder": "是文件，不是文件夹",
    "may not be read": "没有读取权限",
    "{name} is not there: looked for {where}": "没有找到 {name}：查找位置为 {where}",
    "run: {command}": "请运行：{command}",
    "run: {command}, or use --data builtin": "请运行：{command}，或使用 --data builtin",
    "use --data builtin": "请使用 --data builtin",
    "this chapter has no full data set": "本章没有完整数据集",
    "--data {data!r}: this chapter takes no data of your own": (
        "--data {data!r}：本章不支持使用自己的数据"
    ),
    "--data {data!r}: there is no such path": "--data {data!r}：没有这个路径",
    "--data {data!r} may not be read": "--data {data!r}：没有读取权限",
    "--data {data!r} is an empty folder": "--data {data!r} 是空文件夹",
    "one of {choices}": "可选：{choices}",
    "builtin, full, or {what}": "builtin、full，或{what}",
    # data: downloads
    "{name} has no download": "{name} 没有下载来源",
    "see {page}": "请参阅 {page}",
    "downloads need {package}, which is not installed": "下载需要 {package}，但尚未安装",
    "another process is fetching it; waiting": "另一个进程正在下载，请稍候",
    "{name} needs {needed} more, and {folder} has {free} left": (
        "{name} 还需要 {needed}，而 {folder} 只剩 {free}"
    ),
    "make room, or choose another folder with --data-root": (
        "请腾出空间，或用 --data-root 选择其他文件夹"
    ),
    "{mirror} failed: {why}": "{mirror} 失败：{why}",
    "{name} can not be fetched: {said}": "无法下载 {name}：{said}",
    "without network use --data builtin": "没有网络时请使用 --data builtin",
    "wrong checksum": "校验和不符",
    "no checksum is known": "没有已知的校验和",
    "it offers another file, of {length} bytes": "它提供的是另一个文件，大小为 {length} 字节",
    "it offers another part than was asked for": "它返回的片段与请求的不符",
    "the connection ended early": "连接提前中断",
    "no answer within {seconds} s": "{seconds} 秒内没有响应",
    "{file} is a damaged archive": "{file} 是损坏的压缩包",
    "{file} is refused: member {name!r} is no file inside it": (
        "拒绝解压 {file}：成员 {name!r} 不是包内的普通文件"
    ),
    "{name!r} is no path below {folder}": "{name!r} 不是 {folder} 之下的路径",
    "{name} is missing": "缺少 {name}",
    "{count} files": "{count} 个文件",
    # dltutor data
    "The data sets that the installed chapters can use, and where they are.": (
        "已安装章节可用的数据集，以及它们的位置。"
    ),
    "Download data sets: checked, resumed when broken off, kept once for all chapters.": (
        "下载数据集：校验、断点续传，所有章节共用一份。"
    ),
    "Read every file of a data set and compare its checksum.": "读取数据集的每个文件并核对校验和。",
    "The folder of a data set; without a name the data roots, in the order of the search.": (
        "数据集所在文件夹；不给名称时按查找顺序列出数据根目录。"
    ),
    "Delete a downloaded data set. Data roots of your own are never touched.": (
        "删除已下载的数据集。绝不改动你自己的数据根目录。"
    ),
    "List, fetch, verify and remove data sets.": "列出、下载、校验和删除数据集。",
    "A folder of data sets to use.": "要使用的数据集文件夹。",
    "As JSON.": "以 JSON 输出。",
    "Every data set.": "所有数据集。",
    "Do not ask.": "不询问。",
    "see: dltutor data list": "请参阅：dltutor data list",
    "there is no data set {name!r}": "没有数据集 {name!r}",
    "which data set?": "哪个数据集？",
    "for {0}; licence {1}; {2}": "用于 {0}；许可 {1}；{2}",
    "there: {0} ({1}, from {2})": "已有：{0}（{1}，来自 {2}）",
    "not there; {0} to download: dltutor data fetch {1}": (
        "尚无；下载大小 {0}：dltutor data fetch {1}"
    ),
    "not there; get it from its page": "尚无；请从其主页获取",
    "No installed chapter uses a public data set.": "已安装的章节都不使用公开数据集。",
    "{name} is in {folder}": "{name} 位于 {folder}",
    "{name} in {folder} is not whole": "{folder} 中的 {name} 不完整",
    "{name} is not among the downloads in {root}": "{root} 的下载内容中没有 {name}",
    "{folder} would be deleted": "将会删除 {folder}",
    "add --yes": "请加上 --yes",
    "Delete {folder} ({size})? [y/N]": "删除 {folder}（{size}）？[y/N]",
    "{name} is removed, {size} are free again": "已删除 {name}，释放 {size}",
    "ok": "正常",
    "absent": "缺失",
    "damaged": "损坏",
    "the output": "输出",
    # doctor
    "Check this machine. Every failing line is followed by the command that mends it.": (
        "检查运行环境。每个失败项之后都有修复命令。"
    ),
    "Print the findings as JSON.": "以 JSON 输出检查结果。",
    "note": "注意",
    "fail": "失败",
    "to mend it:": "修复命令：",
    "to change it:": "可运行：",
    "{ok} ok, {note} to note, {fail} failing": "{ok} 项正常，{note} 项注意，{fail} 项失败",
    "Base": "基础",
    "Training": "训练",
    "Room": "资源",
    "Terminal": "终端",
    "Folders and files": "文件夹与文件",
    "Data": "数据",
    "Chapters": "章节",
    "packages": "依赖包",
    "CUDA driver": "CUDA 驱动",
    "compiler": "编译器",
    "cores": "核心数",
    "memory": "内存",
    "disk for runs": "训练磁盘",
    "disk for data": "数据磁盘",
    "encoding": "编码",
    "locale": "区域设置",
    "terminal": "终端",
    "size": "尺寸",
    "colours": "颜色",
    "widths": "字符宽度",
    "fonts": "字体",
    "settings": "设置",
    "progress": "进度",
    "runs": "运行",
    "exercises": "练习",
    "downloads": "下载",
    "progress file": "进度文件",
    "data root": "数据根目录",
    "install Python 3.11 or newer": "请安装 Python 3.11 或更新版本",
    "install Python from python.org or your system": "请从 python.org 或系统软件源安装 Python",
    "this Python was built without {module}: {loss}": "此 Python 编译时未包含 {module}：{loss}",
    "progress can not be kept": "无法保存进度",
    "nothing can be downloaded": "无法下载",
    "not installed: {name}": "未安装：{name}",
    "tested": "测试过的版本",
    "{count}, all within the tested versions": "{count} 个，均在测试过的版本范围内",
    "not installed: lessons, questions and reviews work, training and demos need it": (
        "未安装：课文、问题和复习可用，训练和演示需要它"
    ),
    "{version}, {threads} threads": "{version}，{threads} 个线程",
    "importing torch failed: {why}": "导入 torch 失败：{why}",
    "importing torch ended the process with {signal}": "导入 torch 时进程被 {signal} 终止",
    "importing torch took longer than {seconds} s": "导入 torch 超过 {seconds} 秒",
    "importing torch printed something odd: {what}": "导入 torch 时输出异常：{what}",
    "a child process could not be started: {why}": "无法启动子进程：{why}",
    "it wants torch {wanted}, there is {have}": "需要 torch {wanted}，当前为 {have}",
    "none: models train on the processor": "无：模型在处理器上训练",
    "compute capability {number}": "计算能力 {number}",
    "this torch was built without CUDA": "此 torch 编译时未包含 CUDA",
    "torch for CUDA {version} can not use this driver": (
        "面向 CUDA {version} 的 torch 无法使用此驱动"
    ),
    "usable": "可用",
    "this Mac has no Metal device": "这台 Mac 没有 Metal 设备",
    "in hardware: {devices}": "硬件支持：{devices}",
    "no device here multiplies it in hardware; float32 is used": "没有硬件支持；使用 float32",
    "no C++ compiler: everything works but --compile": "没有 C++ 编译器：除 --compile 外均可用",
    "{path}, so --compile works": "{path}，可以使用 --compile",
    "enough for small models; close other programs": "只够训练小模型；请关闭其他程序",
    "{free} free for {folder}": "{folder} 可用 {free}",
    "A_FOLDER_WITH_ROOM": "有空间的文件夹",
    "{encoding}: Chinese and drawings can not be shown": "{encoding}：无法显示中文和图形",
    "{name}, {encoding}; dltutor speaks {lang}": "{name}，{encoding}；dltutor 使用 {lang}",
    "none here: the screens need one, every command works without": (
        "此处没有终端：界面需要终端，其余命令均可使用"
    ),
    ", through {what}": "，经由 {what}",
    "it can not move the cursor": "它不能移动光标",
    "the screens are made for {columns} x {rows} and more": "界面需要至少 {columns} x {rows}",
    "none, as NO_COLOR asks": "无，遵从 NO_COLOR",
    "16 million": "1600 万色",
    "256; more through tmux with:": "256 色；在 tmux 中可启用更多颜色：",
    "few: {name}": "很少：{name}",
    "the terminal does not answer when asked how wide 中 is": "终端没有回答“中”的宽度",
    "中 takes {columns} columns here, it should take 2: Chinese will not be aligned": (
        "“中”占 {columns} 列，应为 2 列：中文将无法对齐"
    ),
    "· takes {columns} columns: switch off wide ambiguous characters": (
        "“·”占 {columns} 列：请关闭“歧义字符按宽字符显示”"
    ),
    "中 takes 2 columns, · takes 1": "“中”占 2 列，“·”占 1 列",
    "{family} has Chinese": "{family} 含有中文",
    "none with Chinese": "没有含中文的字体",
    "none yet": "尚无",
    "not there: {title}; chapters train on builtin data": "尚无：{title}；各章使用内置数据训练",
    "switched off": "已停用",
    "readable; to train it lacks {names}": "可以阅读；训练还缺 {names}",
    # texts
    "{file}: {n} classes": "{file}：{n} 个类别",
    "2 to {most:,} classes with 3 or more texts each are needed": (
        "需要 2 到 {most:,} 个类别，每个至少有 3 条文本"
    ),
    "{file}: {n} clauses of Chinese": "{file}：{n} 个中文短句",
    "10 or more of 4 to 40 characters are needed": "至少需要 10 个长度为 4 到 40 个字的短句",
    "the builtin text needs {package}, which is not installed": "内置文本需要 {package}，尚未安装",
    "{file} is no text": "{file} 不是文本文件",
    "{file} is a folder, no text": "{file} 是文件夹，不是文本",
    "UTF-8 and GB 18030 can be read; save it as UTF-8": "可以读取 UTF-8 和 GB 18030；请存为 UTF-8",
    "{file}, row {line}: {expected} is expected": "{file} 第 {line} 行：应为 {expected}",
}
