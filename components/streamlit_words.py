"""What Streamlit 1.67 says itself, in English only: the words and what they are called in the reader's language.

``streamlit_words.js`` puts the one in the place of the other where Streamlit shows it. "{}" stands for
whatever is there.
"""

from locales import N_, Translator

WORDS = {
    # Everywhere
    "Skip to main content": N_("跳到正文"),
    "App pages": N_("页面"),
    "Navigate to home page": N_("回到首页"),
    "Close": N_("关闭"),
    "progress": N_("进度"),
    "Open": N_("展开"),
    "Fullscreen": N_("全屏"),
    "Close fullscreen": N_("退出全屏"),
    "Page not found": N_("没有这个页面"),
    "The page that you have requested does not seem to exist. Running the app's main page.": N_(
        "您要打开的页面不存在，已为您打开首页。"
    ),
    # A lost connection
    "Connection error": N_("连接中断"),
    "Streamlit server is not responding. Are you connected to the internet?": N_(
        "服务器没有应答，请检查网络；连上后页面自动恢复。"
    ),
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:": N_(
        "本机的服务已停止，可在终端重新启动："
    ),
    "streamlit run yourscript.py": "make run",
    "Connecting": N_("正在连接"),
    "Connecting to Streamlit server": N_("正在连接服务器"),
    "Unable to connect to Streamlit server": N_("连不上服务器"),
    "Connection lost. Please wait for the app to reconnect, then try again.": N_("连接中断，请待恢复后重试。"),
    # Fields
    "Press Enter to apply": N_("按回车键生效"),
    "Press Enter to submit form": N_("按回车键提交"),
    "Choose an option": N_("请选择"),
    "Choose options": N_("请选择"),
    "Select...": N_("请选择"),
    "Select all": N_("全选"),
    "Select {} matches": N_("选中 {} 项"),
    "Selected values": N_("已选"),
    "Clear all": N_("全部清除"),
    "Clear value": N_("清除"),
    "Remove {}": N_("去掉 {}"),
    "No results": N_("没有符合的"),
    "Increment": N_("增加"),
    "Decrement": N_("减少"),
    "Choose date": N_("选择日期"),
    "Choose date range": N_("选择起止日期"),
    "Use arrow keys to navigate dates. Enter to select. Escape to close.": N_("方向键移动，回车选定，Esc 关闭。"),
    # Uploads
    "Upload": N_("上传"),
    "Add files": N_("继续添加"),
    "file upload": N_("上传文件"),
    "{} per file": N_("每个文件不超过 {}"),
    "Drag and drop a file here": N_("把文件拖到这里"),
    "Drag and drop files here": N_("把文件拖到这里"),
    "{} files are not allowed.": N_("不收 {} 文件。"),
    # Tables
    "Search": N_("查找"),
    "Close Search": N_("关闭查找"),
    "Next Result": N_("下一处"),
    "Previous Result": N_("上一处"),
    "Clear selection": N_("取消选择"),
    "Show/hide columns": N_("选择列"),
    "Dataframe column menu": N_("列菜单"),
    "Copy column name": N_("复制列名"),
    "Sort ascending": N_("升序"),
    "Sort descending": N_("降序"),
    "Statistics": N_("统计"),
    "Format": N_("格式"),
    "Autosize": N_("自动列宽"),
    "Pin column": N_("固定列"),
    "Unpin column": N_("取消固定"),
    "Hide column": N_("隐藏列"),
    "Automatic": N_("自动"),
    "Localized": N_("本地格式"),
    "Plain": N_("原样"),
    "Compact": N_("简写"),
    "Dollar": N_("美元"),
    "Euro": N_("欧元"),
    "Yen": N_("日元"),
    "Percent": N_("百分数"),
    "Scientific": N_("科学计数"),
    "Accounting": N_("会计格式"),
    "Distance": N_("距今"),
    "Calendar": N_("日历"),
    "Duration": N_("时长"),
    "No data": N_("没有数据"),
    "Count": N_("个数"),
    "Empty": N_("空值"),
    "Distinct": N_("不同值"),
    "Values": N_("取值"),
    "Range": N_("范围"),
    "Sum": N_("合计"),
    "Average": N_("平均"),
    "Median": N_("中位数"),
    "Minimum": N_("最小"),
    "Maximum": N_("最大"),
    "Standard deviation": N_("标准差"),
    "Average length": N_("平均长度"),
    "Minimum length": N_("最短"),
    "Maximum length": N_("最长"),
    "Based on sample": N_("按样本计算"),
}  # fmt: skip


def said(t: Translator) -> list[tuple[str, str]]:
    """Return Streamlit's words with what they are called in the language of ``t``, where that differs."""
    return [(word, t(meant)) for word, meant in WORDS.items() if t(meant) != word]
