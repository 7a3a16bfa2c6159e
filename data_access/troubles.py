"""Why the store cannot be opened and what to do about it, in words for pages and for the command line."""

from data_access.access.store import AccessStoreError
from data_access.store import StoreBusyError, StoreError, StoreUrlError, StoreVersionError
from locales import Translator


def explain_store(error: StoreError, t: Translator) -> tuple[str, str]:
    """Return what is wrong with the store and what to do about it."""
    match error:
        case StoreBusyError():
            return t("数据库正被另一个程序使用"), t(
                "DuckDB 文件同一时间只能由一个程序打开：{place}。请关闭另一个程序，或改用 PostgreSQL。"
            ).format(place=error.detail)
        case StoreVersionError():
            return t("数据库由其他版本的程序写入"), t(
                "表结构版本不一致（{place}）。请重新导入数据，或使用写入它的程序版本。"
            ).format(place=error.detail)
        case StoreUrlError():
            return t("数据库地址无法识别"), t(
                "ZHANRONG_STORE 应形如 duckdb:///文件路径 或 postgresql+psycopg://用户:密码@主机/库名。"
            )
        case AccessStoreError():
            return t("无法打开人员与审计库"), t("请检查设置 ZHANRONG_ACCESS：{place}").format(place=error.detail)
        case _:
            return t("无法打开数据库"), t("请检查设置 ZHANRONG_STORE：{place}").format(place=error.detail)


def store_sentence(error: StoreError, t: Translator) -> str:
    """Return both in one line, for a terminal."""
    title, advice = explain_store(error, t)
    return t("{title}。{advice}").format(title=title, advice=advice)
