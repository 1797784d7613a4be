#!/usr/bin/env python3
"""Asks the package `ckb` of PyPI the questions of ckbspec: a line in, a line out.

A part is named as `hello` declares it, and holds two functions.  The first brings the question into
the form that the client takes, the second is the client's own; what the second raises is the
client's refusal, anything else is a fault.
"""

import json
import os
import sys
from importlib import metadata

from ckb import block, cbmt, hash as ckbhash, header, molecule, transaction
from ckb.hex_coder import hex_from_bytes

import reader


def reading(read):
    """Bytes, read into a structure of the JSON-RPC."""
    return lambda given: read(bytes.fromhex(given["bytes"][2:]))


def hashing(read, of):
    return reading(read), lambda value: {"hash": of(value)}


def encoding(extend):
    """The client's serialisers write to the end of a buffer."""

    def encode(value):
        buffer = bytearray()
        extend(buffer, value)
        return {"bytes": hex_from_bytes(buffer)}

    return lambda given: given["value"], encode


PARTS = {
    "encoding.encode/Uint64": encoding(molecule.extend_uint64),
    "encoding.encode/Bytes": encoding(molecule.extend_bytes_fixvec),
    "encoding.encode/Script": encoding(transaction.extend_serialized_script),
    "encoding.encode/CellOutput": encoding(transaction.extend_serialized_cell_output),
    "encoding.encode/RawTransaction": encoding(transaction.extend_serialized_raw_transaction),
    "encoding.encode/Transaction": encoding(transaction.extend_serialized_transaction),
    "encoding.encode/RawHeader": encoding(header.extend_serialized_raw_header),
    "encoding.encode/Header": encoding(header.extend_serialized_header),
    "encoding.hash/ckb": hashing(bytes, ckbhash.ckb_hash),
    "encoding.hash/tx": hashing(reader.transaction, transaction.transaction_hash),
    "encoding.hash/witness": hashing(reader.transaction, transaction.transaction_witness_hash),
    "encoding.hash/header": hashing(reader.header, header.header_hash),
    "encoding.hash/pow": hashing(reader.header, header.pow_hash),
    "encoding.hash/transactions_root": hashing(
        reader.block, lambda value: block.transactions_root(value["transactions"])
    ),
    "encoding.hash/proposals": hashing(
        reader.block, lambda value: block.proposals_hash(value["proposals"])
    ),
    "encoding.hash/uncles": hashing(reader.block, lambda value: block.uncles_hash(value["uncles"])),
    "encoding.hash/extra": hashing(
        reader.block, lambda value: block.extra_hash(value["uncles"], value["extension"])
    ),
    "encoding.merkle_root": (
        lambda given: given["leaves"],
        lambda leaves: {"root": cbmt.cbmt_root(leaves)},
    ),
}


def hello(given):
    return {
        "ctp": 1,
        "canary": given["canary"],
        "impl": {"name": "python-ckb", "version": metadata.version("ckb"), "language": "python"},
        "ops": list(PARTS),
        "deterministic": True,
    }


def ask(op, given):
    part = PARTS.get(f"{op}/{given.get('type', given.get('kind'))}") or PARTS.get(op)
    if part is None:
        return {"unsupported": {"what": op}}
    bring, client = part
    try:
        value = bring(given)
    except reader.Unreadable as unreadable:
        return {"fault": {"what": str(unreadable)}}
    try:
        return {"ok": {"verdict": "accept", "out": client(value)}}
    except Exception as refusal:
        native = f"{type(refusal).__name__}: {refusal}"
        return {"ok": {"verdict": "reject", "error": {"native": native}}}


def answer(question):
    if question.get("must"):
        return {"unsupported": {"what": f"must: {question['must'][0]}"}}
    if question["op"] == "hello":
        return {"ok": hello(question["in"])}
    try:
        return ask(question["op"], question["in"])
    except Exception as error:
        return {"fault": {"what": f"{type(error).__name__}: {error}"}}


def main():
    # Standard output belongs to the answers, whatever a library has to say.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    sys.stdout = sys.stderr
    for line in sys.stdin:
        question = json.loads(line)
        if question["op"] == "shutdown":
            break
        print(json.dumps({"id": question["id"], **answer(question)}), file=answers, flush=True)


if __name__ == "__main__":
    main()
