"""Chinese texts: tui."""

TEXTS: dict[str, str] = {
    # drawing
    "no values yet": "暂无数据",
    "… and {count} more": "……还有 {count} 项",
    "Line chart": "折线图",
    "Scatter chart": "散点图",
    "Bar chart": "条形图",
    "across: {label}": "横轴：{label}",
    "up: {label}": "纵轴：{label}",
    "logarithmic scale": "对数刻度",
    "{count} points, first {first}, last {last}, lowest {low}, highest {high}": (
        "{count} 个点，首 {first}，末 {last}，最小 {low}，最大 {high}"
    ),
    "{y} at {x}": "{x} 处 {y}",
    "Grey picture": "灰度图",
    "Colour picture": "彩色图",
    "{kind}, {width} by {height} pixels": "{kind}，{width} × {height} 像素",
    "brightness from dark (space) to bright (@):": "明暗从暗（空格）到亮（@）：",
    "Matrix of {rows} rows and {columns} columns": "{rows} 行 {columns} 列的矩阵",
    "rows: {label}": "行：{label}",
    "columns: {label}": "列：{label}",
    "from {low} to {high}; the largest:": "取值从 {low} 到 {high}；最大的几个：",
    "row {row}, column {column}: {value}": "行 {row}，列 {column}：{value}",
}
