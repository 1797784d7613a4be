"""Vector files and the objects in them, for the topics of `issuance.py`."""

import json

from issuance_model import S, primary
from vector_files import document

DERIVED = {"kind": "derived", "source": "Python's integers and fractions: vectors/generate/issuance.py"}
# Type hashes: of the Nervos DAO's script, and of the usual lock's.
DAO_TYPE = "0x82d76d1b75fe2fd9a27dfbaa65a039221a380d76c926f378d3f81cf3e7e13f2e"
SIGHASH = "0x9bd7e06f3ecf4be0f2fcd2188b23f1b9fcc88e5d4b65a8637b17723bbda3cce8"
DAO_SCRIPT = {"code_hash": DAO_TYPE, "hash_type": "type", "args": "0x"}
MOST = 2**64 - 1


def hexes(value):
    """Integers as the wire has them."""
    if isinstance(value, dict):
        return {k: hexes(v) for k, v in value.items()}
    if isinstance(value, list):
        return [hexes(v) for v in value]
    return hex(value) if isinstance(value, int) and not isinstance(value, bool) else value


def set_path(question, path, value):
    """A copy of a question with another value at a path, such as `epoch.length`."""
    question = json.loads(json.dumps(question))
    *keys, last = path.split(".")
    place = question
    for key in keys:
        place = place[key]
    place[last] = value
    return question


class File:
    """A vector file in the making. `answer` gives the output for a question; ids begin with `prefix`.

    Rules and flags are given as names with spaces between them. A twin is one of the vector that was added last,
    unless `of` names another; its `change` maps paths to values.
    """

    def __init__(self, prefix, title, operation, comment, answer, notes, provenance=DERIVED):
        self.prefix, self.head = prefix, (title, operation, [*comment, "Written by generate/issuance.py."])
        self.answer, self.notes, self.provenance = answer, notes, provenance
        self.vectors, self.questions, self.base = [], {}, None

    def add(self, id_, why, rules, question, flags="", **head):
        self.base, self.questions[id_] = id_, question
        self.put(id_, why, rules, flags, head, {"in": hexes(question), "accept": hexes(self.answer(question))})

    def twin(self, id_, why, rules, change, flags="", of=None, **head):
        content = self.changed(id_, of, change)
        self.put(id_, why, rules, flags, head, content | {"accept": hexes(self.answer(self.questions[id_]))})

    def reject(self, id_, why, rule, change, flags="", of=None, **head):
        self.put(id_, why, rule, flags, head, self.changed(id_, of, change) | {"reject": rule})

    def changed(self, id_, of, change):
        """Keeps the question that the change makes of the twin's, and says which they are."""
        of = of or self.base
        question = self.questions[of]
        for path, value in change.items():
            question = set_path(question, path, value)
        self.questions[id_] = question
        return {"twin": self.prefix + of, "change": hexes(change)}

    def put(self, id_, why, rules, flags, head, content):
        """`head` is what else stands before the question: `rev`, `provenance` or `divergent`."""
        vector = {"id": self.prefix + id_, "rev": head.get("rev"), "why": why, "rules": rules.split()}
        vector |= {"flags": flags.split() or None, "provenance": head.get("provenance")}
        self.vectors.append(vector | {"divergent": head.get("divergent")} | content)

    def raw(self):
        """The bytes of the file. Every note has to be used by a flag, and every flag to have a note."""
        used = {flag for vector in self.vectors for flag in vector["flags"] or []}
        assert used == set(self.notes), (self.head[0], used ^ set(self.notes))
        notes = {name: {"bug": bug, "effect": effect} for name, (bug, effect) in self.notes.items()}
        return document(*self.head, self.provenance, self.vectors, notes)


def issuing(number_, start, length):
    """One of mainnet's epochs, as questions about issuance have it."""
    reward = divmod(primary(number_), length)
    return {
        "start_number": start,
        "length": length,
        "base_block_reward": reward[0],
        "remainder_reward": reward[1],
        "secondary_epoch_reward": S,
    }


ZERO = issuing(0, 0, 1743)
TWO = issuing(2, 3543, 1677)


def cell(capacity, type_=None, args="0x" + "11" * 20):
    """An output under the usual lock."""
    lock = {"code_hash": SIGHASH, "hash_type": "type", "args": args}
    return {"capacity": capacity, "lock": lock, "type": type_}
