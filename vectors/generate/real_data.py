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
every run. With `--check` it writes nothing and fails when a file differs from what it would write.

It needs Python's standard library and nothing else. The codec and the hashes are those of `molecule.py` and
`hashes.py`. Before a value becomes an expectation it has to agree with the chain: the hash of a header with the
row's hash, the proof of work with the header's own target, every commitment of a block with the field in the
block's own header, and a transaction with the hash that its source states.
"""

import json
import re

from hashes import check_block, ckbhash, header_hash, pow_hash, proof, transaction_hash, uncles_hash, witness_hash
from molecule import encode_block, encode_header, encode_transaction, hexed, number, unhex
from vector_files import chain_provenance, document, main, vector

NETWORKS = ("mainnet", "testnet")
ENGINES = {"mainnet": "eaglesong", "testnet": "eaglesong-blake2b"}


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
            if not any("at" in place for place in row["sources"]):
                continue  # No repository is known that could be named as its source.
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


def load(path):
    return json.loads(path.read_text())


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
            id_ + "-pow-hash", "the PoW hash of the same header, without its nonce", ["HASH-006"], provenance=own(place),
            twin=id_, change={"kind": "pow"}, accept={"hash": hexed(pow_hash(header))},
        ))  # fmt: skip
    comment = [
        f"The hash of every collected {net} header, as the network computed it; genesis is in genesis.yaml.",
        "An encoder that swaps two fields, writes a number in big-endian order or misplaces the nonce gets every hash wrong.",
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
        f"The proof of work of every collected {net} header; the hash is the one that the engine compares with the target.",
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
    why = f"{count(transactions, 'transaction')}, {'each a leaf of both trees' if transactions > 1 else 'the cellbase'}"
    yield vector(
        first, why, ["HASH-011", "HASH-012"], provenance=own(place),
        **{"in": {"kind": "transactions_root", "bytes": {"file": file}}}, accept={"hash": header["transactions_root"]},
    )  # fmt: skip
    ids = len(block["proposals"])
    how = "in block order" if ids > 1 else "hashed without its count"
    why = f"{count(ids, 'id')} {how}" if ids else "no ids: the hash is zeros"
    yield twin("proposals", why, ["HASH-008"], "proposals", header["proposals_hash"], own(place))
    if uncles:
        # With an extension the header shows the uncles hash only inside the extra hash.
        derived = {"kind": "derived", "source": "hashlib.blake2b over the uncle's header hash"} if extension else None
        why = f"{count(len(uncles), 'uncle')}{' in block order' if len(uncles) > 1 else ''}"
        hash_ = hexed(uncles_hash(uncles))
        yield twin("uncles", why, ["HASH-009"], "uncles", hash_, derived or own(place))
    if extension:
        why = f"{count(len(uncles), 'uncle')}, and an extension of {len(unhex(extension))} bytes"
    else:
        why = "no extension: the extra hash is that of the uncles" if uncles else "no uncles and no extension: the hash is zeros"
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
        f"The hashes that the headers of whole {net} blocks commit to, computed from their bodies.",
        "A tree of the wrong shape, an additional length prefix or a missing witness shows here.",
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
        "Every collected block, decoded: numbers, order of fields and presence of an extension.",
        "A decoder that reads the nonce as big-endian, or the extension as part of the proposals, fails here.",
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
            f"encode-{chain.network}-block-{height}", f"the value that {chain.network}-block-{height} decodes to, encoded again",
            rules, provenance=own(place), **{"in": {"type": "Block", "value": block_value(block, True)}},
            accept={"bytes": {"file": block_file(chain, block)[0]}},
        ))  # fmt: skip
    comment = [
        "Two whole blocks encoded from their JSON form: the bytes are those that their headers commit to.",
        "Written by generate/real_data.py.",
    ]
    return document("Whole blocks, encoded", "encoding.encode", comment, file_provenance, vectors)


def genesis_vectors(chain, place, own):
    block = chain.genesis
    header, prefix = block["header"], f"{chain.network}-genesis"
    yield vector(
        f"{prefix}-header", "the genesis hash, which identifies the chain", ["HASH-005", "ENC-016"], provenance=own(place),
        **{"in": {"kind": "header", "bytes": hexed(encode_header(header))}}, accept={"hash": header["hash"]},
    )  # fmt: skip
    yield vector(
        f"{prefix}-header-pow-hash", "genesis has a PoW hash, although nobody mined it", ["HASH-006"], provenance=own(place),
        twin=f"{prefix}-header", change={"kind": "pow"}, accept={"hash": hexed(pow_hash(header))},
    )  # fmt: skip
    yield from commitments(prefix, block, block_file(chain, block)[0], place, own)
    names = ("cellbase", "dep-groups")
    whys = ("the cellbase of genesis, with the system scripts and the issued cells", "the second transaction of genesis, with the dep groups")
    derived = {"kind": "derived", "source": "hashlib.blake2b over the molecule bytes of the transaction"}
    for index, (name, why, t) in enumerate(zip(names, whys, block["transactions"], strict=True)):
        assert hexed(transaction_hash(t)) == t["hash"]
        raw_ = {"file": transaction_file(chain, t)[0]} if index == 0 else hexed(encode_transaction(t))
        yield vector(
            f"{prefix}-{name}", why, ["HASH-002", "ENC-014"], provenance=own(place),
            **{"in": {"kind": "tx", "bytes": raw_}}, accept={"hash": t["hash"]},
        )  # fmt: skip
        yield vector(
            f"{prefix}-{name}-witness-hash", "the witness hash of the same transaction", ["HASH-003"], provenance=derived,
            twin=f"{prefix}-{name}", change={"kind": "witness"}, accept={"hash": hexed(witness_hash(t))},
        )  # fmt: skip


def transaction_file(chain, transaction):
    encoded = encode_transaction(transaction)
    return f"blocks/{chain.network}-0-cellbase.{ckbhash(encoded).hex()}.bin", encoded


def genesis_file(chains, places):
    file_provenance, own = chain_provenance([places[c.network] for c in chains])
    vectors = [v for c in chains for v in genesis_vectors(c, places[c.network], own)]
    comment = [
        "All hashes of the two genesis blocks: a client that gets one of them wrong is on another chain.",
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
    "0x103eb9a5": ("two-inputs-code-and-group", "two inputs, and deps of both dep types, code before group"),
    "0x5d655e2e": ("three-inputs-header-dep", "three inputs and witnesses, four deps, one header dep, two type scripts"),
    "0x5a504fc1": ("thirteen-inputs", "13 inputs, each with an epoch in since, and 18 header deps"),
    "0x85e30155": ("since-with-fractions", "five inputs, each with a different epoch fraction in since"),
    "0x805168da": ("header-dep-and-empty-witness", "a header dep, 8 bytes of data, and an empty second witness"),
    "0x6517b907": ("one-witness-for-two-inputs", "fewer witnesses than inputs, and 16 bytes of data"),
    "0x8b9027c4": ("two-witnesses-for-one-input", "more witnesses than inputs, one of them of two bytes"),
    "0x4586602c": ("long-lock-args", "locks with args of different lengths and a witness of 214 bytes"),
    "0x9202af33": ("data-and-type-scripts", "scripts with hash_type data and type, and no witness"),
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
    why = "locks with hash_type data, type and data1"
    chosen.append(("hash-type-data1", why, snake_case(fixture["rawTransaction"]), fixture["expected"], DATA1_PLACE))
    vectors = []
    for name, why, t, hash_, place in chosen:
        assert hexed(transaction_hash(t)) == hash_, name
        vectors.append(vector(
            f"transaction-{name}", why, ["HASH-002", "ENC-014"], provenance={"kind": "published", "source": place},
            **{"in": {"kind": "tx", "bytes": hexed(encode_transaction(t))}}, accept={"hash": hash_},
        ))  # fmt: skip
        vectors.append(vector(
            f"transaction-{name}-witness-hash", "the witness hash of the same transaction", ["HASH-003"],
            twin=f"transaction-{name}", change={"kind": "witness"}, accept={"hash": hexed(witness_hash(t))},
        ))  # fmt: skip
    comment = [
        "Transactions of many shapes that were published with their hash.",
        "An encoder that reorders the fields of an input, drops an empty witness or hashes the witnesses fails here.",
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


if __name__ == "__main__":
    main(files, __doc__, ["encoding/blocks/*.bin"], takes_data=True)
