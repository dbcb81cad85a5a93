"""Every kind of alert that the code raises has words of its own."""

import ast

from bot.alerting.alert_message import KINDS
from flows.domain import HandoverReason
from tests.source_code import modules


def called(call: ast.Call) -> str | None:
    """The last part of the name that is called, where it has one."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


def test_every_kind_that_is_raised_has_its_own_words() -> None:
    raised = {
        keyword.value.value
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and called(node) in ("NewAlert", "AlertDraft")
        for keyword in node.keywords
        if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant)
    }
    assert raised | set(HandoverReason) <= set(KINDS)
