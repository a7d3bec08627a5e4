"""What a person is told at the end: where the ZIP is and what is in it, what it cost."""

from autocrea.cli.generation.outcome import listing, reason_of
from autocrea.cli.generation.run import Done
from autocrea.cli.texts import language, say
from rich.columns import Columns
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

LABEL_COLUMNS = 10
"""The longest label and a gap."""

FINDINGS_SHOWN = 10
"""More than a few are a matter for the editor, not for the terminal."""


def show_outcome(console: Console, done: Done) -> None:
    """The status in a sentence, then one row for each figure. Files in columns where a terminal is, one a line
    elsewhere."""
    outcome = done.outcome
    colour = "green" if outcome.succeeded else "red"
    sentence = say(f"generation_{outcome.status}", reason=reason_of(done.end, language()))
    console.print(f"\n[{colour} bold]{escape(sentence)}[/]")
    findings = [finding for step in done.picture.steps.values() for finding in step.findings]
    for finding in findings[:FINDINGS_SHOWN]:
        place = f"{finding.path or ''}{f':{finding.line}' if finding.line else ''}"
        console.print(f"  [yellow]![/yellow] {escape(place)} {escape(finding.sentence)}")
    if len(findings) > FINDINGS_SHOWN:
        console.print(f"  [yellow]![/yellow] {say('more_findings', count=len(findings) - FINDINGS_SHOWN)}")
    if done.path:
        _row(console, "result_zip", f"{done.path} ({_size(outcome.bytes or 0)})")
        _row(console, "result_sha256", str(outcome.sha256))
        files = listing(done.path)
        _row(console, "result_files", str(len(files)))
        names = [Text.assemble(path, (f"  {_size(size)}", "dim")) for path, size in files]
        if console.is_terminal:
            console.print(Padding(Columns(names, padding=(0, 3), column_first=True), (0, 0, 0, 4)))
        else:
            for name in names:
                console.print(Text("    ").append(name))
    _row(
        console,
        "result_tokens",
        say(
            "result_tokens_line",
            quoted=outcome.tokens_quoted,
            charged=outcome.tokens_charged,
            left=outcome.balance,
        ),
    )
    _row(console, "result_seconds", f"{outcome.seconds} s")


def _row(console: Console, label: str, value: str) -> None:
    console.print(f"  [bold]{say(label):<{LABEL_COLUMNS}}[/bold]{escape(value)}")


def _size(count: int) -> str:
    return f"{count} B" if count < 10_000 else f"{count / 1000:.0f} kB"
