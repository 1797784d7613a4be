#!/usr/bin/env python3
"""Writes the vector files that are made of real chain data.

    python3 vectors/generate/real_data.py DATA [--check]

DATA is a folder of collected chain data, laid out like this:

    headers/{mainnet,testnet}_headers.json       rows: header, hash, sources
    blocks/{mainnet,testnet}_blocks.json         rows: block, hash, sources
    genesis/{mainnet,testnet}_genesis_block.json the two genesis blocks
    txs/claimed_txs.json                         transactions whose hash their source states
    sdk/js/utils_utils_rawTransactionToHash.fixtures.json

The script writes `encoding/headers-*.yaml`, `encoding/blocks-*.yaml`, `encoding/genesis.yaml`,
`encoding/transactions.yaml`, `encoding/blocks/*.bin` and `pow/proofs-*.yaml`, the same bytes at
every run.  With `--check` it writes nothing and fails when a file differs from what it would write.

It needs Python's standard library and nothing else.  The serialiser, the hashes and Eaglesong below
are written from RFC 0008, 0010, 0022, 0027 and 0031; none of it is shared with the reference.
Before a value becomes an expectation it has to agree with the chain: the hash of a header with the
row's hash, the proof of work with the header's own target, every commitment of a block with the
field in the block's own header, and a transaction with the hash that its source states.
"""

import hashlib
import json
import re
import struct
import sys
from collections import Counter
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent
WIDTH = 120
ZERO = bytes(32)
NETWORKS = ("mainnet", "testnet")
ENGINES = {"mainnet": "eaglesong", "testnet": "eaglesong-blake2b"}


# --- Hashes -----------------------------------------------------------------------------------


def ckbhash(raw):
    return hashlib.blake2b(raw, digest_size=32, person=b"ckb-default-hash").digest()


# The bit matrix of RFC 0010.  Word j of the next state is the sum of the words k with MATRIX[k][j] = 1.
MATRIX = """
1111010111110001 0111101011111001 0011110101111101 0001111010111111
1111101010101110 1000100010100111 1011000110100010 1010110100100001
0101011010010001 0010101101001001 0001010110100101 0000101011010011
1111000010011000 0111100001001100 0011110000100110 1110101111100011
""".split()
TERMS = [[k for k in range(16) if MATRIX[k][j] == "1"] for j in range(16)]
ROTATIONS = [
    (2, 4), (13, 22), (4, 19), (3, 14), (27, 31), (3, 8), (17, 26), (3, 12),
    (18, 22), (12, 18), (4, 7), (4, 31), (12, 27), (7, 17), (7, 8), (1, 13),
]  # fmt: skip
# The injection constants are 688 little-endian words of SHAKE-256 over a sentence of Hayek's.
HAYEK = (
    "The various ways in which the knowledge on which people base their plan is communicated to "
    "them is the crucial problem for any theory explaining the economic process, and the problem "
    "of what is the best way to utilizing knowledge initially dispersed among all the people is at "
    "least one of the main problems of economic policy - or of designing an efficient economic system."
)
ROUNDS = 43


def injection_constants():
    raw = hashlib.shake_256(HAYEK.encode()).digest(4 * 16 * ROUNDS)
    for order in "<>":
        words = struct.unpack(f"{order}{16 * ROUNDS}I", raw)
        if words[0] == 0x6E9E40AE and words[-1] == 0xB7D8CE7F:
            return words
    raise AssertionError("the injection constants of RFC 0010 could not be derived")


INJECTION = injection_constants()


def rotate(word, count):
    return (word << count | word >> (32 - count)) & 0xFFFFFFFF


def eaglesong(message):
    """RFC 0010, with the orientation of the matrix and the padding that the network uses."""
    padded = message + b"\x06"
    state = [0] * 16
    for block in range(0, len(padded), 32):
        for j in range(8):
            # A word that ends early stays right-aligned: no zero bytes are appended to it.
            word = padded[block + 4 * j : min(block + 4 * j + 4, block + 32)]
            state[j] ^= int.from_bytes(word, "big")
        for round_ in range(ROUNDS):
            mixed = []
            for j in range(16):
                word = 0
                for k in TERMS[j]:
                    word ^= state[k]
                a, b = ROTATIONS[j]
                mixed.append(word ^ rotate(word, a) ^ rotate(word, b) ^ INJECTION[16 * round_ + j])
            for j in range(0, 16, 2):
                mixed[j] = rotate((mixed[j] + mixed[j + 1]) & 0xFFFFFFFF, 8)
                mixed[j + 1] = (rotate(mixed[j + 1], 24) + mixed[j]) & 0xFFFFFFFF
            state = mixed
    return struct.pack("<8I", *state[:8])


def compact_to_target(compact):
    exponent, mantissa = compact >> 24, compact & 0xFFFFFF
    return mantissa >> 8 * (3 - exponent) if exponent <= 3 else mantissa << 8 * (exponent - 3)


# --- Molecule ---------------------------------------------------------------------------------


def unhex(text):
    return bytes.fromhex(text.removeprefix("0x"))


def number(value):
    return value if isinstance(value, int) else int(value, 0)


def u32(value):
    return struct.pack("<I", number(value))


def u64(value):
    return struct.pack("<Q", number(value))


def fixvec(items):
    return u32(len(items)) + b"".join(items)


def raw(value):
    content = unhex(value)
    return u32(len(content)) + content


def dynvec(items):
    offset, offsets = 4 + 4 * len(items), []
    for item in items:
        offsets.append(offset)
        offset += len(item)
    return u32(offset) + b"".join(map(u32, offsets)) + b"".join(items)


table = dynvec
HASH_TYPES = {"data": 0, "type": 1, "data1": 2, "data2": 4}
DEP_TYPES = {"code": 0, "dep_group": 1}


def encode_script(s):
    return table([unhex(s["code_hash"]), bytes([HASH_TYPES[s["hash_type"]]]), raw(s["args"])])


def encode_out_point(o):
    return unhex(o["tx_hash"]) + u32(o["index"])


def encode_output(o):
    type_ = encode_script(o["type"]) if o.get("type") else b""
    return table([u64(o["capacity"]), encode_script(o["lock"]), type_])


def encode_raw_transaction(t):
    return table([
        u32(t["version"]),
        fixvec([encode_out_point(d["out_point"]) + bytes([DEP_TYPES[d["dep_type"]]]) for d in t["cell_deps"]]),
        fixvec([unhex(h) for h in t["header_deps"]]),
        fixvec([u64(i["since"]) + encode_out_point(i["previous_output"]) for i in t["inputs"]]),
        dynvec([encode_output(o) for o in t["outputs"]]),
        dynvec([raw(d) for d in t["outputs_data"]]),
    ])  # fmt: skip


def encode_transaction(t):
    return table([encode_raw_transaction(t), dynvec([raw(w) for w in t["witnesses"]])])


def encode_raw_header(h):
    roots = ("parent_hash", "transactions_root", "proposals_hash", "extra_hash", "dao")
    head = u32(h["version"]) + u32(h["compact_target"]) + u64(h["timestamp"]) + u64(h["number"]) + u64(h["epoch"])
    return head + b"".join(unhex(h[field]) for field in roots)


def encode_header(h):
    return encode_raw_header(h) + number(h["nonce"]).to_bytes(16, "little")


def encode_proposals(ids):
    return fixvec([unhex(i) for i in ids])


def encode_uncle(u):
    return table([encode_header(u["header"]), encode_proposals(u["proposals"])])


def encode_block(b):
    fields = [
        encode_header(b["header"]),
        dynvec([encode_uncle(u) for u in b["uncles"]]),
        dynvec([encode_transaction(t) for t in b["transactions"]]),
        encode_proposals(b["proposals"]),
    ]
    if b.get("extension") is not None:
        fields.append(raw(b["extension"]))
    return table(fields)


# --- Hashes of objects ------------------------------------------------------------------------


def header_hash(h):
    return ckbhash(encode_header(h))


def pow_hash(h):
    return ckbhash(encode_raw_header(h))


def transaction_hash(t):
    return ckbhash(encode_raw_transaction(t))


def witness_hash(t):
    return ckbhash(encode_transaction(t))


def merkle_root(leaves):
    """The complete binary Merkle tree: node i is the hash of nodes 2i + 1 and 2i + 2."""
    if not leaves:
        return ZERO
    nodes = [b""] * (len(leaves) - 1) + leaves
    for i in reversed(range(len(leaves) - 1)):
        nodes[i] = ckbhash(nodes[2 * i + 1] + nodes[2 * i + 2])
    return nodes[0]


def transactions_root(b):
    transactions = b["transactions"]
    return ckbhash(
        merkle_root([transaction_hash(t) for t in transactions]) + merkle_root([witness_hash(t) for t in transactions])
    )


def proposals_hash(ids):
    return ckbhash(b"".join(map(unhex, ids))) if ids else ZERO


def uncles_hash(uncles):
    return ckbhash(b"".join(header_hash(u["header"]) for u in uncles)) if uncles else ZERO


def extra_hash(b):
    if b.get("extension") is None:
        return uncles_hash(b["uncles"])
    return ckbhash(uncles_hash(b["uncles"]) + ckbhash(unhex(b["extension"])))


def proof(engine, header):
    """The 32 bytes that are compared with the target, and the target."""
    digest = eaglesong(pow_hash(header) + number(header["nonce"]).to_bytes(16, "little"))
    if engine == "eaglesong-blake2b":
        digest = ckbhash(digest)
    return digest, compact_to_target(number(header["compact_target"]))


# --- Reading ----------------------------------------------------------------------------------


def snake_case(value):
    """JSON of the JavaScript SDKs has camelCase keys; before 2021 the extra hash was the uncles hash."""
    if isinstance(value, list):
        return [snake_case(item) for item in value]
    if isinstance(value, str):
        return {"depGroup": "dep_group"}.get(value, value)
    if not isinstance(value, dict):
        return value
    names = {key: re.sub("[A-Z]", lambda m: "_" + m.group().lower(), key) for key in value}
    return {names[k].replace("uncles_hash", "extra_hash"): snake_case(v) for k, v in value.items()}


def source(row):
    """The place that a row was copied from; a place at a fixed commit is better than one in history."""
    pinned = [s for s in row["sources"] if s["at"] != "history"]
    if pinned:
        return f"{pinned[0]['repo']}@{pinned[0]['at']} {pinned[0]['path']}"
    s = row["sources"][0]
    return f"{s['repo']} {s['path']} (an older version: git blob {s['blob']})"


def epoch_parts(epoch):
    epoch = number(epoch)
    return epoch & 0xFFFFFF, epoch >> 24 & 0xFFFF, epoch >> 40 & 0xFFFF


class Chain:
    """The collected rows of one network, checked."""

    def __init__(self, data, network):
        self.network = network
        self.genesis = snake_case(load(data / f"genesis/{network}_genesis_block.json"))
        rows = load(data / f"blocks/{network}_blocks.json")
        self.blocks = [(snake_case(row["block"]), row["hash"], source(row)) for row in rows]
        for block, hash_, _ in [*self.blocks, (self.genesis, self.genesis["header"]["hash"], "")]:
            check_block(block, hash_)
        self.headers = self.collect_headers(load(data / f"headers/{network}_headers.json"))

    def collect_headers(self, rows):
        """All headers but genesis, as (number, hash, header, number of the block it is an uncle of, source)."""
        in_blocks = {hash_ for _, hash_, _ in self.blocks}
        uncles, found = {}, {}
        for row in rows:
            found[row["hash"]] = (snake_case(row["header"]), source(row))
        for block, hash_, place in self.blocks:
            found.setdefault(hash_, (block["header"], place))
            for uncle in block["uncles"]:
                uncle_hash = hexed(header_hash(uncle["header"]))
                uncles[uncle_hash] = number(block["header"]["number"])
                found.setdefault(uncle_hash, (uncle["header"], place))
        assert not in_blocks & uncles.keys()
        headers = []
        for hash_, (header, place) in found.items():
            assert hexed(header_hash(header)) == hash_, hash_
            digest, target = proof(ENGINES[self.network], header)
            assert int.from_bytes(digest, "big") <= target, hash_
            headers.append((number(header["number"]), hash_, header, uncles.get(hash_), place))
        return sorted(headers, key=lambda h: (h[0], h[3] is not None, h[1]))


def check_block(block, hash_):
    header = block["header"]
    assert hexed(header_hash(header)) == hash_, hash_
    assert hexed(transactions_root(block)) == header["transactions_root"], hash_
    assert hexed(proposals_hash(block["proposals"])) == header["proposals_hash"], hash_
    assert hexed(extra_hash(block)) == header["extra_hash"], hash_
    for uncle in block["uncles"]:
        assert hexed(proposals_hash(uncle["proposals"])) == uncle["header"]["proposals_hash"], hash_


def load(path):
    return json.loads(path.read_text())


# --- Writing ----------------------------------------------------------------------------------


def hexed(value):
    return "0x" + value.hex()


def scalar(value, key=None):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    prose = r"(\d+ )?[A-Za-z][\w ,.;()'/+-]*" if key in ("why", "title") else r"[A-Za-z][\w./-]*"
    return value if re.fullmatch(prose, value) else json.dumps(value, ensure_ascii=False)


def flow(value, key=None):
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {flow(v, None if ',' in str(v) else k)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value, key)


def entry(indent, key, value):
    """`key: value` in flow style where it fits, in block style otherwise."""
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


def document(title, operation, comment, provenance, vectors):
    lines = ["# yaml-language-server: $schema=../../spec/schema/vectors.json", *(f"# {c}" for c in comment)]
    lines += ["schema: ckbspec.vectors/1", f"title: {title}", f"operation: {operation}"]
    lines += entry(0, "provenance", provenance)
    lines.append("vectors:")
    for n, vector in enumerate(vectors):
        if n and "twin" not in vector:
            lines.append("")
        body = [line for k, v in vector.items() if v is not None for line in entry(4, k, v)]
        lines += [f"  - {body[0].lstrip()}", *body[1:]]
    return ("\n".join(lines) + "\n").encode()


def chain_provenance(places):
    """The file's provenance (its most common source), and a function from a source to a vector's own."""
    common = Counter(places).most_common(1)[0][0]
    kind = lambda place: {"kind": "chain", "source": place}
    return kind(common), lambda place: None if place == common else kind(place)


def vector(id, why, rules, **rest):
    """A vector with its keys in the order of the file format."""
    order = ("provenance", "twin", "change", "in", "accept")
    return {"id": id, "why": why, "rules": rules, **{k: rest[k] for k in order if rest.get(k) is not None}}


# --- The files --------------------------------------------------------------------------------


def where(header):
    number_, index, length = epoch_parts(header["epoch"])
    place = f"epoch {number_}, index {index} of {length}"
    if index == 0:
        return place + " (the first block of its epoch)"
    return place + " (the last block of its epoch)" if index + 1 == length else place


def slug(network, what, height, hash_, uncle_of):
    if uncle_of is None:
        return f"{network}-{what}-{height}"
    return f"{network}-uncle-{what}-{height}-{hash_[2:10]}"


def headers_file(chain):
    net = chain.network
    file_provenance, own = chain_provenance([h[4] for h in chain.headers])
    vectors = []
    for height, hash_, header, uncle_of, place in chain.headers:
        id_ = slug(net, "header", height, hash_, uncle_of)
        what = f"block {height}" if uncle_of is None else f"uncle of block {uncle_of}, number {height}"
        vectors.append(vector(
            id_, f"{what}, {where(header)}", ["HASH-005", "ENC-016"], provenance=own(place),
            **{"in": {"kind": "header", "bytes": hexed(encode_header(header))}}, accept={"hash": hash_},
        ))  # fmt: skip
        vectors.append(vector(
            id_ + "-pow-hash", "the same header without its nonce", ["HASH-006"], provenance=own(place),
            twin=id_, change={"kind": "pow"}, accept={"hash": hexed(pow_hash(header))},
        ))  # fmt: skip
    comment = [
        f"Every {net} header at hand, hashed as the network hashed it; genesis is in genesis.yaml.",
        "A codec that swaps two fields, writes one number big-endian or misplaces the nonce gets none of them right.",
        "Written by generate/real_data.py.",
    ]
    return document(f"Hashes of {net} headers", "encoding.hash", comment, file_provenance, vectors)


def proofs_file(chain):
    net, engine = chain.network, ENGINES[chain.network]
    rules = ["POW-006", "POW-007"] + (["POW-014"] if engine == "eaglesong-blake2b" else [])
    file_provenance, own = chain_provenance([h[4] for h in chain.headers])
    vectors = []
    for height, hash_, header, uncle_of, place in chain.headers:
        digest, target = proof(engine, header)
        question = {"engine": engine, "pow_hash": hexed(pow_hash(header)), "nonce": hex(number(header["nonce"]))}
        question["compact_target"] = hex(number(header["compact_target"]))
        what = f"block {height}" if uncle_of is None else f"uncle of block {uncle_of}, number {height}"
        vectors.append(vector(
            slug(net, "proof", height, hash_, uncle_of), f"{what}, {where(header)}", rules, provenance=own(place),
            **{"in": question}, accept={"hash": hexed(digest), "target": hex(target)},
        ))  # fmt: skip
    comment = [
        f"The proof of work of every {net} header at hand; the hash is what the engine compares with the target.",
        "An engine with a wrong matrix, padding, byte order or nonce order rejects every one of them.",
        "Written by generate/real_data.py.",
    ]
    return document(f"Proofs of work on {net}", "pow.verify", comment, file_provenance, vectors)


def count(n, noun):
    return f"{n} {noun}" if n == 1 else f"{n or 'no'} {noun}s"


def commitments(prefix, block, file, place, own):
    """The hashes that a block's header commits to, each compared with the header itself."""
    header, uncles, extension = block["header"], block["uncles"], block.get("extension")
    first = f"{prefix}-transactions-root"
    twin = lambda name, why, rules, kind, hash_, provenance: vector(
        f"{prefix}-{name}", why, rules, provenance=provenance, twin=first, change={"kind": kind}, accept={"hash": hash_}
    )
    transactions = len(block["transactions"])
    why = f"{count(transactions, 'transaction')}, {'each a leaf in both trees' if transactions > 1 else 'the cellbase'}"
    yield vector(
        first, why, ["HASH-011", "HASH-012"], provenance=own(place),
        **{"in": {"kind": "transactions_root", "bytes": {"file": file}}}, accept={"hash": header["transactions_root"]},
    )  # fmt: skip
    ids = len(block["proposals"])
    how = "in block order" if ids > 1 else "hashed without a length"
    why = f"{count(ids, 'id')} {how}" if ids else "no ids, hence zeros"
    yield twin("proposals", why, ["HASH-008"], "proposals", header["proposals_hash"], own(place))
    if uncles:
        # With an extension the header shows the uncles hash only inside the extra hash.
        derived = {"kind": "derived", "source": "hashlib.blake2b over the uncle's header hash"} if extension else None
        why = f"{count(len(uncles), 'uncle')}{' in block order' if len(uncles) > 1 else ''}"
        hash_ = hexed(uncles_hash(uncles))
        yield twin("uncles", why, ["HASH-009"], "uncles", hash_, derived or own(place))
    if extension:
        why = f"{count(len(uncles), 'uncle')} and an extension of {len(unhex(extension))} bytes"
    else:
        why = "no extension, hence the hash of the uncles" if uncles else "no uncles and no extension, hence zeros"
    yield twin("extra", why, ["HASH-010"], "extra", header["extra_hash"], own(place))


def block_file(chain, block):
    """The bytes of a block, in a file that is named with their hash."""
    encoded = encode_block(block)
    return f"blocks/{chain.network}-{number(block['header']['number'])}.{ckbhash(encoded).hex()}.bin", encoded


def blocks_file(chain):
    net = chain.network
    file_provenance, own = chain_provenance([place for _, _, place in chain.blocks])
    vectors = []
    for block, _, place in chain.blocks:
        file, _ = block_file(chain, block)
        vectors += commitments(f"{net}-block-{number(block['header']['number'])}", block, file, place, own)
    comment = [
        f"What the headers of whole {net} blocks commit to, recomputed from their bodies.",
        "A tree of the wrong shape, a length prefix too many or a forgotten witness shows here.",
        "Written by generate/real_data.py.",
    ]
    return document(f"Commitments of {net} blocks", "encoding.hash", comment, file_provenance, vectors)


# Two blocks are compared as a whole: the one with most in it, and one with an uncle and an extension.
WHOLE = {("mainnet", 904), ("mainnet", 19804362)}


def ordered(value, *keys):
    return {key: value[key] for key in keys}


def json_transaction(t):
    """A transaction as the node's JSON-RPC writes it, its keys in the order of the schema."""
    quantity = lambda x: hex(number(x))
    out_point = lambda o: {"tx_hash": o["tx_hash"], "index": quantity(o["index"])}
    script = lambda s: s and ordered(s, "code_hash", "hash_type", "args")
    output = lambda o: {
        "capacity": quantity(o["capacity"]), "lock": script(o["lock"]), "type": script(o.get("type"))
    }  # fmt: skip
    return {
        "version": quantity(t["version"]),
        "cell_deps": [{"out_point": out_point(d["out_point"]), "dep_type": d["dep_type"]} for d in t["cell_deps"]],
        "header_deps": t["header_deps"],
        "inputs": [
            {"since": quantity(i["since"]), "previous_output": out_point(i["previous_output"])} for i in t["inputs"]
        ],
        "outputs": [output(o) for o in t["outputs"]],
        "outputs_data": t["outputs_data"],
        "witnesses": t["witnesses"],
    }


HEADER_FIELDS = (
    "version", "compact_target", "timestamp", "number", "epoch", "parent_hash",
    "transactions_root", "proposals_hash", "extra_hash", "dao", "nonce",
)  # fmt: skip
SHORT_FIELDS = ("compact_target", "timestamp", "number", "epoch", "parent_hash", "nonce")


def json_header(h, fields=HEADER_FIELDS):
    wide = lambda v: v if len(v) == 66 else hex(number(v))
    return {field: wide(h[field]) for field in fields}


def block_value(block, whole):
    uncles = [{"header": json_header(u["header"]), "proposals": u["proposals"]} for u in block["uncles"]]
    value = {"header": json_header(block["header"], HEADER_FIELDS if whole else SHORT_FIELDS)}
    if whole:
        value["uncles"] = uncles
        value["transactions"] = [json_transaction(t) for t in block["transactions"]]
    elif not uncles:
        value["uncles"] = []
    value["proposals"] = block["proposals"]
    value["extension"] = block.get("extension")
    return value


def decode_vector(chain, block, place, own):
    height = number(block["header"]["number"])
    whole = (chain.network, height) in WHOLE
    extension = block.get("extension")
    rules = ["ENC-018", "ENC-014", "ENC-016"] + (["ENC-017"] if block["uncles"] else [])
    parts = [count(len(block["transactions"]), "transaction")]
    parts += [count(len(block["uncles"]), "uncle")] if block["uncles"] else []
    parts += [count(len(block["proposals"]), "proposal")] if block["proposals"] else []
    parts += ["five fields" if extension else "four fields"] + (["compared as a whole"] if whole else [])
    file, _ = block_file(chain, block)
    return vector(
        f"{chain.network}-block-{height}", ", ".join(parts), rules + (["ENC-025"] if extension else []),
        provenance=own(place), **{"in": {"type": "Block", "bytes": {"file": file}, "mode": "strict"}},
        accept={"value": block_value(block, whole)},
    )  # fmt: skip


def blocks_decode_file(chains, genesis_places):
    rows = [(c, block, place) for c in chains for block, _, place in c.blocks]
    rows += [(c, c.genesis, genesis_places[c.network]) for c in chains]
    rows.sort(key=lambda row: (row[0].network, number(row[1]["header"]["number"])))
    file_provenance, own = chain_provenance([place for _, _, place in rows])
    vectors = [decode_vector(chain, block, place, own) for chain, block, place in rows]
    comment = [
        "Every whole block at hand, decoded: numbers, order of fields and the presence of an extension.",
        "A decoder that reads the nonce big-endian or takes the extension for a part of the proposals fails here.",
        "Written by generate/real_data.py.",
    ]
    return document("Whole blocks of both networks", "encoding.decode", comment, file_provenance, vectors)


def encode_blocks_file(chains):
    rows = [(c, block, place) for c in chains for block, _, place in c.blocks]
    rows = [row for row in rows if (row[0].network, number(row[1]["header"]["number"])) in WHOLE]
    file_provenance, own = chain_provenance([place for _, _, place in rows])
    vectors = []
    for chain, block, place in rows:
        height = number(block["header"]["number"])
        rules = ["ENC-007", "ENC-018", "ENC-014", "ENC-016", "ENC-017"]
        rules += ["ENC-025"] if block.get("extension") else []
        vectors.append(vector(
            f"encode-{chain.network}-block-{height}", f"what {chain.network}-block-{height} decodes to, and back",
            rules, provenance=own(place), **{"in": {"type": "Block", "value": block_value(block, True)}},
            accept={"bytes": {"file": block_file(chain, block)[0]}},
        ))  # fmt: skip
    comment = [
        "Two whole blocks from their JSON form: the very bytes that their headers commit to.",
        "Written by generate/real_data.py.",
    ]
    return document("Whole blocks, encoded", "encoding.encode", comment, file_provenance, vectors)


def genesis_vectors(chain, place, own):
    block = chain.genesis
    header, prefix = block["header"], f"{chain.network}-genesis"
    yield vector(
        f"{prefix}-header", "the hash that names the chain", ["HASH-005", "ENC-016"], provenance=own(place),
        **{"in": {"kind": "header", "bytes": hexed(encode_header(header))}}, accept={"hash": header["hash"]},
    )  # fmt: skip
    yield vector(
        f"{prefix}-header-pow-hash", "a PoW hash exists although nobody mined it", ["HASH-006"], provenance=own(place),
        twin=f"{prefix}-header", change={"kind": "pow"}, accept={"hash": hexed(pow_hash(header))},
    )  # fmt: skip
    yield from commitments(prefix, block, block_file(chain, block)[0], place, own)
    names = ("cellbase", "dep-groups")
    whys = ("the system scripts and the issued cells", "the second transaction makes the dep groups")
    derived = {"kind": "derived", "source": "hashlib.blake2b over the molecule bytes of the transaction"}
    for index, (name, why, t) in enumerate(zip(names, whys, block["transactions"], strict=True)):
        assert hexed(transaction_hash(t)) == t["hash"]
        raw_ = {"file": transaction_file(chain, t)[0]} if index == 0 else hexed(encode_transaction(t))
        yield vector(
            f"{prefix}-{name}", why, ["HASH-002", "ENC-014"], provenance=own(place),
            **{"in": {"kind": "tx", "bytes": raw_}}, accept={"hash": t["hash"]},
        )  # fmt: skip
        yield vector(
            f"{prefix}-{name}-witness-hash", "the same bytes with their witnesses", ["HASH-003"], provenance=derived,
            twin=f"{prefix}-{name}", change={"kind": "witness"}, accept={"hash": hexed(witness_hash(t))},
        )  # fmt: skip


def transaction_file(chain, transaction):
    encoded = encode_transaction(transaction)
    return f"blocks/{chain.network}-0-cellbase.{ckbhash(encoded).hex()}.bin", encoded


def genesis_file(chains, places):
    file_provenance, own = chain_provenance([places[c.network] for c in chains])
    vectors = [v for c in chains for v in genesis_vectors(c, places[c.network], own)]
    comment = [
        "The two genesis blocks, hash for hash: a client that gets one of these wrong is on another chain.",
        "Genesis has no nonce, an epoch field of zero, and a cellbase of more than a million bytes.",
        "Written by generate/real_data.py.",
    ]
    return document("The genesis blocks", "encoding.hash", comment, file_provenance, vectors)


GENESIS_PLACES = {
    "mainnet": "ckb-js/lumos@4edfce46a112059f4020c7e00ebb9082ada89f3f "
    "packages/config-manager/tests/genesis-mainnet-block.json",
    "testnet": "nervosnetwork/ckb@5ebbc3921f392184a8f4c7dfb743159c65281c1a "
    "util/rich-indexer/src/tests/data/blocks/0.json",
}

# Transactions that differ from one another in shape, by the first digits of their hash.
TRANSACTIONS = {
    "0x4efec352": ("cellbase-at-150", "a cellbase, with a null out point and the block number in since"),
    "0x81c400a7": ("dao-deposit", "the deposit of RFC 0023, with a type script and 8 bytes of data"),
    "0x43114a4f": ("dao-deposit-in-second-output", "the first output has no type and no data, the second has both"),
    "0x103eb9a5": ("two-inputs-code-and-group", "two inputs, deps of both dep types, code before group"),
    "0x5d655e2e": ("three-inputs-header-dep", "three inputs and witnesses, four deps, one header dep, two types"),
    "0x5a504fc1": ("thirteen-inputs", "13 inputs, 18 header deps, a since of epochs on each input"),
    "0x85e30155": ("since-with-fractions", "five inputs, each with another epoch fraction in since"),
    "0x805168da": ("header-dep-and-empty-witness", "a header dep, 8 bytes of data, an empty second witness"),
    "0x6517b907": ("one-witness-for-two-inputs", "fewer witnesses than inputs, 16 bytes of data"),
    "0x8b9027c4": ("two-witnesses-for-one-input", "more witnesses than inputs, one of them of two bytes"),
    "0x4586602c": ("long-lock-args", "locks with args of different lengths and a witness of 214 bytes"),
    "0x9202af33": ("data-and-type-scripts", "scripts with hash_type data and with type, no witness at all"),
}
DATA1 = "sdk/js/utils_utils_rawTransactionToHash.fixtures.json"
DATA1_PLACE = (
    "ckb-js/ckb-sdk-js@5808bf2035d523a9e0972561697567c5dfa1c083 "
    "packages/ckb-sdk-utils/__tests__/utils/rawTransactionToHash.fixtures.json"
)


def transactions_file(data):
    rows = {row["tx_hash"][:10]: row for row in load(data / "txs/claimed_txs.json")}
    chosen = []
    for prefix, (name, why) in TRANSACTIONS.items():
        row = rows[prefix]
        assert row["hash_field_in_source"], prefix
        chosen.append((name, why, snake_case(row["tx"]), row["tx_hash"], source(row)))
    fixture = load(data / DATA1)["rawTransactionToHash"][1]
    why = "locks with hash_type data, type and data1 side by side"
    chosen.append(("hash-type-data1", why, snake_case(fixture["rawTransaction"]), fixture["expected"], DATA1_PLACE))
    vectors = []
    for name, why, t, hash_, place in chosen:
        assert hexed(transaction_hash(t)) == hash_, name
        vectors.append(vector(
            f"transaction-{name}", why, ["HASH-002", "ENC-014"], provenance={"kind": "published", "source": place},
            **{"in": {"kind": "tx", "bytes": hexed(encode_transaction(t))}}, accept={"hash": hash_},
        ))  # fmt: skip
        vectors.append(vector(
            f"transaction-{name}-witness-hash", "the same transaction with its witnesses", ["HASH-003"],
            twin=f"transaction-{name}", change={"kind": "witness"}, accept={"hash": hexed(witness_hash(t))},
        ))  # fmt: skip
    comment = [
        "Transactions of many shapes whose hash was published together with them.",
        "A serialiser that reorders the fields of an input, drops an empty witness or hashes the witnesses fails here.",
        "Written by generate/real_data.py.",
    ]
    file_provenance = {"kind": "derived", "source": "hashlib.blake2b over the molecule bytes of the transaction"}
    return document("Published transactions", "encoding.hash", comment, file_provenance, vectors)


def files(data):
    chains = [Chain(data, network) for network in NETWORKS]
    yield "encoding/transactions.yaml", transactions_file(data)
    yield "encoding/genesis.yaml", genesis_file(chains, GENESIS_PLACES)
    yield "encoding/blocks-decode.yaml", blocks_decode_file(chains, GENESIS_PLACES)
    yield "encoding/blocks-encode.yaml", encode_blocks_file(chains)
    for chain in chains:
        yield f"encoding/headers-{chain.network}.yaml", headers_file(chain)
        yield f"encoding/blocks-{chain.network}.yaml", blocks_file(chain)
        yield f"pow/proofs-{chain.network}.yaml", proofs_file(chain)
        for block in [chain.genesis, *(block for block, _, _ in chain.blocks)]:
            name, encoded = block_file(chain, block)
            yield f"encoding/{name}", encoded
        name, encoded = transaction_file(chain, chain.genesis["transactions"][0])
        yield f"encoding/{name}", encoded


def main(arguments, files=files, usage=__doc__):
    check = "--check" in arguments
    folders = [a for a in arguments if not a.startswith("--")]
    if len(folders) != 1:
        sys.exit(usage)
    different = []
    for name, content in files(Path(folders[0])):
        path = OUT / name
        if path.exists() and path.read_bytes() == content:
            continue
        different.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    if check and different:
        sys.exit("these files differ from what this script would write:\n  " + "\n  ".join(different))
    print(f"{len(different)} files written" if different else "every file is as this script would write it")


if __name__ == "__main__":
    main(sys.argv[1:])
