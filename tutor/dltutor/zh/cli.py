"""Chinese texts: cli."""

TEXTS: dict[str, str] = {
    # main
    "Commands": "命令",
    "There is no command {name!r}.": "没有命令 {name!r}。",
    "Did you mean {near}?": "是不是 {near}？",
    "see: {command} --help": "见：{command} --help",
    "a fault of dltutor; --debug shows where": "dltutor 自身的错误；--debug 可显示位置",
    # list and read
    "As JSON.": "以 JSON 输出。",
    "The chapters in the order of the book, and how far you are.": "按书中顺序列出各章及学习进度。",
    "No chapter is installed.": "没有安装任何章节。",
    "lessons": "课文",
    "quiz": "测验",
    "exercises": "练习",
    "Read one with: {command}": "阅读一章：{command}",
    "switched off; switch on with: {command}": "已停用；启用：{command}",
    "problem: {problem}": "问题：{problem}",
    "to train it needs {packages}:": "训练还需要 {packages}：",
    "Read a lesson; without LESSON see the contents of a chapter.": (
        "阅读一课；不给 LESSON 时显示该章目录。"
    ),
    "Number or name; without it the contents.": "课的编号或名称；省略时显示目录。",
    "No colour, no pager.": "不用颜色，不分页。",
    "The Markdown as it was written.": "原始的 Markdown 文本。",
    "Width; 0: the terminal's.": "宽度；0 表示取终端的宽度。",
    "read": "已读",
    "{minutes} min": "{minutes} 分钟",
    "Read on with: {command}": "继续阅读：{command}",
    "Next: {title}   {command}": "下一课：{title}   {command}",
    "That was the last lesson. Now: {quiz}, then {exercises}": (
        "这是最后一课。接下来：{quiz}，然后 {exercises}"
    ),
    # plugins
    "List, make, check, install chapters.": "列出、新建、检查、安装章节插件。",
    "The installed chapters, where each comes from, and its state.": ("已安装的章节、来源及状态。"),
    "on": "启用",
    "off": "停用",
    "broken": "损坏",
    "Write a new chapter: a distribution that installs and passes the check.": (
        "新建一章：可以安装并能通过检查的发行包。"
    ),
    "Its name, for example my-chapter.": "名称，例如 my-chapter。",
    "The folder it is written into.": "写入哪个文件夹。",
    "Check it with: {command}": "检查：{command}",
    "Install it with: {command}": "安装：{command}",
    "The gate: everything that is wrong with a chapter.": "质量检查：找出一章的所有问题。",
    "Chapters, or folders of chapters; all that are installed.": (
        "章节，或章节所在的文件夹；省略时检查所有已安装的章节。"
    ),
    "One of: contract, lessons, quiz, exercises.": "contract、lessons、quiz、exercises 之一。",
    "error: {problem}": "错误：{problem}",
    "{chapter}: errors {errors}, warnings {warnings}": (
        "{chapter}：错误 {errors}，警告 {warnings}"
    ),
    "Install a distribution that brings chapters, with pip or uv.": (
        "用 pip 或 uv 安装带有章节的发行包。"
    ),
    "A name, a folder, a wheel, an address: whatever pip takes.": (
        "名称、文件夹、wheel 文件或网址：pip 能接受的都可以。"
    ),
    "A chapter is code that runs on your machine. Install {spec}?": (
        "章节是会在你的电脑上运行的代码。要安装 {spec} 吗？"
    ),
    "Installed; it brings no chapter that was not there before.": "已安装；没有带来新的章节。",
    "Installed {name}: {title}": "已安装 {name}：{title}",
    "Read it with: {command}": "阅读：{command}",
    "Installed {name}, but it does not load: {problem}": "已安装 {name}，但无法加载：{problem}",
    "Uninstall the distribution that brings a chapter.": "卸载带来某一章的发行包。",
    "The chapter, or the distribution.": "章节，或发行包。",
    "Uninstall {distribution}, which brings {names}? Your progress stays.": (
        "要卸载 {distribution} 吗？它带有：{names}。学习进度会保留。"
    ),
    "Removed {names}": "已移除 {names}",
    "Switch a chapter on again.": "重新启用一章。",
    "Switch a chapter off: it is not even loaded.": "停用一章：不再加载它。",
    "The chapter.": "章节。",
    "{name} is on": "{name} 已启用",
    "{name} is off": "{name} 已停用",
    # export
    "A chapter as a Jupyter notebook or as one page of HTML.": "把一章导出为 Jupyter 笔记本或单个 HTML 网页。",
    "ipynb or html.": "ipynb 或 html。",
    "The file; the chapter's name if not given.": "目标文件；不给时用本章的名称。",
    "Replace a file that exists.": "覆盖已有的文件。",
    "{file} exists": "{file} 已存在",
    "one of {names}": "可选：{names}",
    "--force replaces it": "用 --force 覆盖",
    "without pictures of the demos: {names} missing": "缺少 {names}，网页中没有演示的图",
    "Exercise: {title}": "练习：{title}",
    "Hints": "提示",
    "Hint": "提示",
    "Solution": "参考答案",
    "Answer": "答案",
    "Questions": "问题",
    "Another file than the one in your workspace.": "检查另一个文件，而不是工作目录中的。",
}
