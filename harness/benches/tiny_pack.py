#!/usr/bin/env python3
"""Writes a pack of tiny cases, to measure how fast packs are loaded and run.

    python3 harness/benches/tiny_pack.py REAL_PACK OUT [CASES]

Rules and classes are those of REAL_PACK. The cases ask pow.compact_to_target, and their answers
are Python's, so that this is also a pack that none of our tools has written.
"""

import gzip
import hashlib
import json
import sys


def ckbhash(raw):
    digest = hashlib.blake2b(raw, digest_size=32, person=b"ckb-default-hash")
    return "0x" + digest.hexdigest()


def text(value, sort=False):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=sort)


def case(number):
    # An odd multiplier walks through all exponents and mantissas.
    compact = number * 0x9E3779B1 % 2**32
    exponent, mantissa = compact >> 24, compact & 0xFFFFFF
    target = mantissa >> 8 * (3 - exponent) if exponent <= 3 else mantissa << 8 * (exponent - 3)
    accept = {"target": hex(target % 2**256), "overflow": exponent > 32 and mantissa != 0}
    question = {"op": "pow.compact_to_target", "in": {"compact_target": hex(compact)}}
    whole = {**question, "env": {}, "expect": {"accept": accept}}
    return {
        "case": f"pow/tiny-{number:07}",
        "rev": 1,
        "status": "active",
        **question,
        "accept": accept,
        "rules": ["POW-009", "POW-010"],
        "why": "one of many, to measure how long many take",
        "provenance": {"kind": "derived", "source": "Python integers on the formula of POW-009"},
        "source": "harness/benches/tiny_pack.py:1",
        "digest": ckbhash(text(whole, sort=True).encode()),
        "confirmed": [],
    }


def main(real, out, cases=100_000):
    with gzip.open(real, "rt", encoding="utf-8") as lines:
        header = json.loads(next(lines))
        front = [next(lines).rstrip("\n") for _ in range(header["rules"] + header["classes"])]
    body = front + [text(case(number)) for number in range(cases)]
    body = "".join(line + "\n" for line in body).encode()
    header |= {"cases": cases, "digest": ckbhash(body), "commit": None}
    header["index"] = {"pow": {"pow.compact_to_target": cases}}
    with open(out, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text(header).encode() + b"\n" + body)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
