"""Chinese texts: learning."""

TEXTS: dict[str, str] = {
    # what form of answer is expected
    "one letter, such as: b": "一个字母，例如：b",
    "the letters of all that are right, such as: a c": "所有正确选项的字母，例如：a c",
    "every letter once, in order, such as: b a c": "按顺序写出每个字母，各一次，例如：b a c",
    "a letter for each number, such as: 1b 2a 3c": "每个编号配一个字母，例如：1b 2a 3c",
    "a shape, such as: (2, 3)": "一个形状，例如：(2, 3)",
    "a word or a few": "一个或几个词",
    "what is printed": "打印出的内容",
    "what is printed, with \\n between the lines": "打印出的内容，行与行之间写 \\n",
    "a number, in {unit}": "一个数，单位是 {unit}",
    "a number, such as: 42, 0.5, 1/8, 3e-4 or 12 %": "一个数，例如：42、0.5、1/8、3e-4 或 12%",
    "Expected: {form}.": "请填写：{form}。",
    # answers that were not understood
    "The letters go from a to {last}.": "字母从 a 到 {last}。",
    "Only one is right.": "只有一个是对的。",
    "Every letter from a to {last} once.": "从 a 到 {last}，每个字母恰好一次。",
    "Every number from 1 to {count} once.": "从 1 到 {count}，每个编号恰好一次。",
    "Only the number, without {word}.": "只写数，不要写 {word}。",
    "That is not a number.": "这不是一个数。",
    "The comma in {word} can be read in two ways.": "{word} 中的逗号有两种读法。",
    "The unit is {unit}.": "单位应为 {unit}。",
    "Nearly: look at the spelling.": "很接近了，请检查拼写。",
    "That is not a shape of whole numbers.": "这不是由整数组成的形状。",
    # wrong answers
    "That is not it.": "不是这个。",
    "What you chose is right, but something is missing.": "选中的都对，但还有遗漏。",
    "{count} of {total} stand in their place.": "{total} 项中有 {count} 项位置正确。",
    "{count} of {total} are matched rightly.": "{total} 对中有 {count} 对正确。",
    "The size is right; look at the sign.": "大小是对的，请检查正负号。",
    "Off by a factor of 100: is it a share or a percentage?": "相差 100 倍：是小数还是百分数？",
    "The digits are right; look at the power of ten.": "数字是对的，请检查数量级。",
    "That is the reciprocal.": "这是它的倒数。",
    "Very near, but not exact enough.": "非常接近，但不够精确。",
    "The right sizes, in another order.": "各维的大小都对，但顺序不对。",
    "The number of dimensions is not right.": "维数不对。",
    "The right number of elements, shared out differently.": "元素总数是对的，但各维的分配不同。",
    "{count} of {total} sizes are right.": "{total} 个维度中有 {count} 个大小正确。",
    "The values are right; look at how exactly they are printed: 2 or 2.0, a or A.": (
        "值是对的，请注意打印的形式：是 2 还是 2.0，是 a 还是 A。"
    ),
    "That is not what it prints.": "打印出的不是这个。",
    # the quiz
    "quiz": "测验",
    "placement": "摸底测验",
    "Type an answer, or: {words}": "输入答案，或：{words}",
    "Try again, or: {words}": "再试一次，或：{words}",
    "Your answer: ": "你的回答：",
    "Question {number} of {total}": "第 {number} 题，共 {total} 题",
    "input shape: {shape}": "输入形状：{shape}",
    "Right.": "正确。",
    "Not right.": "不对。",
    "Not counted:": "未计入：",
    "Hint:": "提示：",
    "The answer:": "答案：",
    "A try teaches more than an answer. To see it all the same, ask again.": (
        "先试一试比直接看答案收获更多。如果仍想看，请再输入一次。"
    ),
    "Skipped.": "已跳过。",
    "{count} notes are in {file}.": "{count} 条笔记已写入 {file}。",
    "Your bookmarks and notes as Markdown, printed or written to a file.": (
        "以 Markdown 输出你的书签和笔记，打印或写入文件。"
    ),
    "Write them here.": "写入此文件。",
    "Skipped; it comes back at the end.": "已跳过，最后会再次出现。",
    "hint: one step forward. The answer then counts as helped.": (
        "提示：推进一步。之后答对算作借助了提示。"
    ),
    "skip: later; a second time, not at all.": "跳过：稍后再答；第二次跳过则不再出现。",
    "reveal: show the answer, after two tries or when asked twice.": (
        "答案：试过两次之后，或连续输入两次，就显示答案。"
    ),
    "lesson: where this is explained.": "课文：在哪里讲解。",
    "quit: stop here. Everything answered is kept.": "退出：到此为止，已答的都会保留。",
    "A colon in front makes it a command in any case, and one letter enough: :h": (
        "前面加冒号就一定是命令，这时一个字母就够了：:h"
    ),
    "To report a fault in this question, name it: {id}": "报告这道题的问题时，请写明：{id}",
    "In all {total}:": "共 {total} 题：",
    ", ": "，",
    "{count} right at once": "{count} 题一次答对",
    "{count} right with help": "{count} 题借助提示或重试答对",
    "{count} not right": "{count} 题未答对",
    "{count} skipped": "{count} 题跳过",
    "{count} left": "{count} 题未答",
    "Known, and marked so:": "已经掌握，并已标记：",
    "Worth reading again:": "值得重读：",
    "All {count} questions were answered right.": "{count} 道题都已答对。",
    "Once more: {command}": "再答一遍：{command}",
    "What is due again: {command}": "复习到期的题：{command}",
    "{chapter} has no questions": "{chapter} 没有题目",
    "no question is about the lesson {lesson}": "没有关于课文 {lesson} 的题目",
    "there is no question {name!r} here": "这里没有题目 {name!r}",
    "did you mean {near}?": "是不是 {near}？",
    "one of {ids}": "可选：{ids}",
    "--placement asks about the whole chapter": "--placement 针对整章",
    "leave out --lesson, --question and --again": "请去掉 --lesson、--question 和 --again",
    "Answer a chapter's questions; those not yet answered right come.": (
        "回答一章的题目；只问尚未答对的。"
    ),
    "Number, id or short name: 3, chapter3, mlp.": "编号、标识或短名：3、chapter3、mlp。",
    "Only the questions on this lesson.": "只问关于这一课的题。",
    "Only this one, by its id.": "只问这一题（按标识）。",
    "Also those that were answered right.": "连已答对的也问。",
    "A few questions that mark what you know already.": "用少量题目标出已掌握的课文。",
    "The order of choices: the same seed, the same letters.": "选项的顺序：种子相同，字母就相同。",
    "No colour, no signs, words only.": "无颜色，无符号，只有文字。",
    "One JSON object a line, both ways.": "输入输出都是每行一个 JSON 对象。",
    # review
    "Answer the questions that are due again.": "回答到期的复习题。",
    "At most so many; 0: all that are due.": "最多几题；0 表示全部到期的题。",
    "Review: {count} of {due} due questions": "复习：{due} 道到期题中的 {count} 道",
    "Nothing is due: what you answer in a quiz comes back here.": (
        "没有到期的题：测验中答过的题会在这里再次出现。"
    ),
    "Begin with: {command}": "从这里开始：{command}",
    "Nothing is due. The next question is due {when}.": "没有到期的题。下一题{when}到期。",
    "in {minutes} min": "在 {minutes} 分钟后",
    "on {day} at {time}": "于 {day} {time} ",
    # progress
    "Show, export, import or reset your progress.": "查看、导出、导入或重置学习进度。",
    "How far you are in each chapter, and what is due.": "各章的进度，以及到期的复习题。",
    "Write everything to a JSON file that another machine can import.": (
        "把全部进度写入 JSON 文件，可在另一台机器上导入。"
    ),
    "Merge an export. Doing it twice changes nothing.": "合并一份导出。重复导入不会有变化。",
    "Forget a chapter, or everything. An export is made first.": (
        "清除一章或全部进度。会先导出一份。"
    ),
    "A file, or - for standard output.": "文件名；- 表示标准输出。",
    "A file, or - for standard input.": "文件名；- 表示标准输入。",
    "Number, id or short name; without it all.": "编号、标识或短名；不写则为全部。",
    "Do not ask.": "不询问。",
    "As JSON.": "以 JSON 输出。",
    "lessons": "课文",
    "questions": "题目",
    "exercises": "练习",
    "not installed": "未安装",
    "Nothing is recorded yet. Begin with: {command}": "还没有任何记录。从这里开始：{command}",
    "Due for review: {count}. {command}": "到期的复习题：{count} 道。{command}",
    "Continue with: {command}": "继续学习：{command}",
    "{count} days in a row.": "已连续 {count} 天。",
    "Kept in {file}": "保存在 {file}",
    "Everything is in {file}; answers: {count}.": "全部进度已写入 {file}，其中答题记录 {count} 条。",
    "{file} exists and is not an export of progress": "{file} 已存在，且不是进度导出文件",
    "give another name": "请换一个名字",
    "New entries: {count}.": "新增 {count} 条记录。",
    "Nothing in it was new.": "其中没有新的记录。",
    "standard input": "标准输入",
    "{file} can not be read: {reason}": "无法读取 {file}：{reason}",
    "{file} is not JSON: {reason}": "{file} 不是 JSON：{reason}",
    "dltutor progress export makes one": "用 dltutor progress export 生成",
    "Nothing is recorded there.": "那里没有任何记录。",
    "Forget all that is recorded for {chapter}? [y/N] ": "清除 {chapter} 的全部记录？[y/N] ",
    "Forget all that is recorded? [y/N] ": "清除全部记录？[y/N] ",
    "this forgets progress, and nobody is there to ask": "这会清除进度，而现在无人可以确认",
    "add --yes": "请加上 --yes",
    "Nothing was changed.": "没有改动。",
    "Forgotten. To have it back: {command}": "已清除。恢复方法：{command}",
    # the progress file
    "Your progress can not be saved to {file}: {reason}. It is kept in memory and tried again.": (
        "进度无法保存到 {file}：{reason}。暂存在内存中，之后会再次尝试。"
    ),
    "Your progress is saved again, to {file}.": "进度又能保存了：{file}。",
    "it was written by a newer dltutor; upgrade this one": "它由更新版本的 dltutor 写成，请升级",
    (
        "The progress file was damaged or lost ({name}): the copy of {date} is used, "
        "with {count} newer entries that could still be read."
    ): "进度文件损坏或丢失（{name}）：已改用 {date} 的副本，并读出了 {count} 条更新的记录。",
    (
        "The progress file was damaged and is set aside as {name}; "
        "there was no copy of it. {count} entries could still be read."
    ): "进度文件已损坏，已移到 {name}；没有副本。读出了 {count} 条记录。",
    "progress can not be saved": "进度无法保存",
    "Answers that could not be saved: {count} ({reason})": "有 {count} 条答题记录未能保存（{reason}）",
    (
        "Answers that could not be saved to {file}: {count}. They are in {rescue}; "
        "later, run: dltutor progress import {rescue}"
    ): (
        "{count} 条答题记录未能保存到 {file}，已写入 {rescue}；"
        "之后请运行：dltutor progress import {rescue}"
    ),
    # imports
    "{file} is not an export of progress": "{file} 不是进度导出文件",
    "{file}: version {version} of the export is not known here": (
        "{file}：这里不认识第 {version} 版导出格式"
    ),
    "upgrade dltutor": "请升级 dltutor",
    "{file}: unknown key {key!r}": "{file}：未知的键 {key!r}",
    "{file}: {key} is not a list": "{file}：{key} 不是列表",
    "{file}: {key} must have the keys {names}": "{file}：{key} 必须有这些键：{names}",
    "{file}: {key} can not be {value}": "{file}：{key} 不能是 {value}",
}
