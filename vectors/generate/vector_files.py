"""Writes vector files in the form that `ckbspec fmt` leaves as it is, and has the command line of the scripts here."""

import json
import re
import sys
from collections import Counter
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent
WIDTH = 120


def scalar(value, key=None):
    """A value without parts. A `why` or `title` of plain prose needs no quotes, and neither does a string of one word."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    prose = r"(\d+ )?[A-Za-z][\w ,.;()'/+-]*" if key in ("why", "title") else r"[A-Za-z][\w./-]*"
    return value if re.fullmatch(prose, value) else json.dumps(value, ensure_ascii=False)


def flow(value, key=None):
    """A value on one line."""
    if isinstance(value, dict):
        # Between braces a comma ends a plain string, so that even prose with a comma needs quotes.
        return "{" + ", ".join(f"{k}: {flow(v, None if ',' in str(v) else k)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value, key)


def entry(indent, key, value):
    """The lines of `key: value`: one line if it fits, a block otherwise."""
    line = f"{' ' * indent}{key}: {flow(value, key)}"
    if len(line) <= WIDTH or not isinstance(value, (dict, list)):
        return [line]
    lines = [f"{' ' * indent}{key}:"]
    if isinstance(value, dict):
        for k, v in value.items():
            lines += entry(indent + 2, k, v)
        return lines
    for item in value:
        if not isinstance(item, dict) or indent + 4 + len(flow(item)) <= WIDTH:
            lines.append(f"{' ' * (indent + 2)}- {flow(item)}")
            continue
        body = [line for k, v in item.items() for line in entry(indent + 4, k, v)]
        lines += [f"{' ' * (indent + 2)}- {body[0].lstrip()}", *body[1:]]
    return lines


def document(title, operation, comment, provenance, vectors, notes=None):
    """The bytes of a vector file. Keys of a vector whose value is None are left out."""
    lines = ["# yaml-language-server: $schema=../../spec/schema/vectors.json", *(f"# {c}" for c in comment)]
    lines += ["schema: ckbspec.vectors/1", f"title: {title}", f"operation: {operation}"]
    lines += entry(0, "provenance", provenance)
    if notes:
        lines += ["notes:", *(line for name, note in notes.items() for line in entry(2, name, note))]
    lines.append("vectors:")
    for n, vector in enumerate(vectors):
        if n and "twin" not in vector:
            lines.append("")
        body = [line for k, v in vector.items() if v is not None for line in entry(4, k, v)]
        lines += [f"  - {body[0].lstrip()}", *body[1:]]
    return ("\n".join(lines) + "\n").encode()


def chain_provenance(places):
    """The provenance of a file, which is the most common of the places from which its data were copied, and a function.

    The function takes the place of a vector, and gives the vector's own provenance: None if it is that of the file.
    """
    common = Counter(places).most_common(1)[0][0]
    kind = lambda place: {"kind": "chain", "source": place}
    return kind(common), lambda place: None if place == common else kind(place)


def vector(id, why, rules, **rest):
    """A vector with its keys in the order of the file format."""
    order = ("provenance", "twin", "change", "in", "accept")
    return {"id": id, "why": why, "rules": rules, **{k: rest[k] for k in order if rest.get(k) is not None}}


def main(files, usage, owned=(), takes_data=False):
    """Writes the files of a script; with `--check`, compares them with what is there.

    `files` gives pairs: a path below `vectors/`, and the bytes of the file. No other file may match the patterns in
    `owned`: such a file is removed, or fails the check. With `takes_data`, the command line names a folder of data,
    and `files` gets this folder as its argument.
    """
    arguments = sys.argv[1:]
    check = "--check" in arguments
    folders = [argument for argument in arguments if argument != "--check"]
    if len(folders) != int(takes_data):
        sys.exit(usage)
    written = dict(files(*map(Path, folders)))
    paths = {OUT / name: content for name, content in written.items()}
    old = {path for pattern in owned for path in OUT.glob(pattern)} - paths.keys()
    new = {path for path, content in paths.items() if not path.exists() or path.read_bytes() != content}
    different = sorted(str(path.relative_to(OUT)) for path in old | new)
    if check and different:
        sys.exit("these files differ from what this script would write:\n  " + "\n  ".join(different))
    for path in new:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(paths[path])
    for path in old:
        path.unlink()
    print("\n".join(different) if different else "every file is as this script would write it")
