"""What is the same for every reader is written once.

A call of a ``fixed`` function whose arguments all stand in the template is replaced by its text
when the template is compiled. Of the hundred words and icons of a page hardly any is looked up
while it is drawn. Words are fixed, too: one environment speaks one language.

A macro imported without context sees what it is given and nothing else, so what it made of the
same values can be ``kept`` and used again: a card is drawn anew when its idea changes.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, TypeVar

from flask import Flask
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import Environment, Template, TemplateModule
from jinja2.nodes import EvalContext
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer

KEPT = 10_000  # some kilobytes each at most

Function = TypeVar("Function", bound=Callable[..., Any])


def fixed(function: Function) -> Function:
    """Mark a template's global: the same arguments give the same text, always."""
    function.when_compiled = function  # type: ignore[attr-defined]  # a mark
    return function


@lru_cache(maxsize=KEPT)
def kept(macro: Macro, *values: Hashable) -> str:
    """What the macro says of these values. It must be imported without context."""
    return macro(*values)


def init_app(app: Flask) -> None:
    app.jinja_env.code_generator_class = _Generator
    app.jinja_env.template_class = _Template
    app.jinja_env.globals["kept"] = kept


class _Template(Template):
    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        """For who imports it without context: made once, since all templates have the same globals,
        which Jinja would find out again for each import."""
        return super()._get_default_module()


class _Generator(CodeGenerator):
    def visit_Template(  # noqa: N802  Jinja's name
        self, node: nodes.Template, frame: Frame | None = None
    ) -> None:
        context = EvalContext(self.environment, self.name)
        super().visit_Template(_Folding(self.environment, context).visit(node), frame)


class _Folding(NodeTransformer):
    def __init__(self, environment: Environment, context: EvalContext) -> None:
        self._globals, self._context = environment.globals, context

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  Jinja's name
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        function = getattr(self._globals.get(name), "when_compiled", None)
        if function is None or node.dyn_args or node.dyn_kwargs:
            return node
        try:
            values = [one.as_const(self._context) for one in node.args]
            named = dict(one.as_const(self._context) for one in node.kwargs)
        except nodes.Impossible:
            return node
        text = function(*values, **named)
        plain = nodes.Const(str(text))
        is_markup = self._context.autoescape and hasattr(text, "__html__")
        return nodes.MarkSafe(plain) if is_markup else plain
