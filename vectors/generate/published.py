#!/usr/bin/env python3
"""Writes the vector files that are made of what SDKs, molecule and a bridge have published.

    python3 vectors/generate/published.py DATA [--check]

DATA is the folder of collected data that `real_data.py` takes; this script reads from it:

    sdk/js/*fixtures.json                        fixtures of ckb-sdk-js
    sdk/java_serialization_transaction.json      a fixture of ckb-sdk-java
    sdk/tx_signing/*.json                        more of them
    molecule/simple.yaml                         the vectors of molecule itself
    spv/testHistoryTxProof.json                  transaction proofs of a bridge

Before a published value becomes an expectation it has to agree with the codec of `molecule.py` and the hashes
of `hashes.py`. What tests nothing but the interface of its SDK is left out, and so is
`secp256k1_blake160_sighash_all_two_groups.json`: the hash that it states is not that of the transaction beside
it.
"""

import re

import molecule
from hashes import ckbhash, transaction_hash
from molecule import fields, hexed, raw, unhex
from real_data import count, load, ordered, snake_case
from vector_files import document, main, vector

JS = "ckb-js/ckb-sdk-js@5808bf2035d523a9e0972561697567c5dfa1c083 packages/ckb-sdk-utils/__tests__/"
JAVA = "nervosnetwork/ckb-sdk-java@0ba0a85646e4eca8d5a07f08b657451432cbc47f core/src/test/resources/"
MOLECULE = "nervosnetwork/molecule@5d4a3154bc13c8c04b69653f39048fdc2dfd1fb1 test/vectors/"
BRIDGE = "nervosnetwork/force-bridge-eth@a9ec7ceeae1fdc9cc20afe23aa758ea3a0a80675 "
BRIDGE += "eth-contracts/test/data/testHistoryTxProof.json"


def published(place):
    return {"kind": "published", "source": place}


# --- Values in the form that `encoding.decode` gives --------------------------------------------


def script(s):
    return {"code_hash": s["code_hash"], "hash_type": s["hash_type"], "args": s.get("args", "0x")}


def output(o):
    return {"capacity": o["capacity"], "lock": script(o["lock"]), "type": o.get("type") and script(o["type"])}


def cell_input(i):
    return {"since": i["since"], "previous_output": ordered(i["previous_output"], "tx_hash", "index")}


def raw_transaction(t):
    return {
        "version": t["version"],
        "cell_deps": [{"out_point": d["out_point"], "dep_type": d["dep_type"]} for d in t["cell_deps"]],
        "header_deps": t["header_deps"],
        "inputs": [cell_input(i) for i in t["inputs"]],
        "outputs": [output(o) for o in t["outputs"]],
        "outputs_data": t["outputs_data"],
    }


def transaction(t):
    return {**raw_transaction(t), "witnesses": t["witnesses"]}


def witness_args(w):
    """The JavaScript SDK writes an absent field as an empty string or `0x`."""
    absent = lambda value: None if value in ("", "0x") else value
    return {key: absent(w[key]) for key in ("lock", "input_type", "output_type")}


def encode_witness_args(w):
    return molecule.table([b"" if value is None else raw(value) for value in w.values()])


def encode_input(i):
    return molecule.u64(i["since"]) + molecule.encode_out_point(i["previous_output"])


def encode_dep(d):
    return molecule.encode_out_point(d["out_point"]) + bytes([molecule.DEP_TYPES[d["dep_type"]]])


ENCODERS = {
    "Bytes": raw,
    "BytesVec": lambda items: molecule.dynvec([raw(item) for item in items]),
    "Script": molecule.encode_script,
    "OutPoint": molecule.encode_out_point,
    "CellInput": encode_input,
    "CellDep": encode_dep,
    "CellOutput": molecule.encode_output,
    "RawTransaction": molecule.encode_raw_transaction,
    "Transaction": molecule.encode_transaction,
    "WitnessArgs": encode_witness_args,
}
RULES = {
    "Bytes": ["ENC-003"], "BytesVec": ["ENC-004"], "Script": ["ENC-010", "ENC-011"], "OutPoint": ["ENC-002"],
    "CellInput": ["ENC-002"], "CellDep": ["ENC-012"], "CellOutput": ["ENC-013"], "RawTransaction": ["ENC-014"],
    "Transaction": ["ENC-014"], "WitnessArgs": ["ENC-020", "ENC-006"],
}  # fmt: skip


def encoding(id, why, type_, value, expected, provenance=None):
    assert hexed(ENCODERS[type_](value)) == expected, id
    question = {"type": type_, "value": value}
    return vector(id, why, RULES[type_], provenance=provenance, **{"in": question}, accept={"bytes": expected})


# --- Fixtures of SDKs -----------------------------------------------------------------------------


def encode_sdk(data):
    folder = data / "sdk/js"
    f = snake_case(load(folder / "utils_serialization_transaction_fixtures.json"))
    s = snake_case(load(folder / "utils_serialization_script_fixtures.json"))
    basic = load(folder / "utils_serialization_basic_fixtures.json")
    case = lambda group, name: (f[group][name], f[group][name]["expected"])
    scripts, basics = published(JS + "serialization/script/fixtures.json"), JS + "serialization/basic/fixtures.json"
    for name, id, why in (
        ("basic script", "type", "the usual lock, with args of 20 bytes"),
        ("serialize ckb2023 script and the data is from lumos", "data2", "hash_type data2 is 4"),
        ("default args should be an empty arary", "no-args", "empty args are a count of 0"),
    ):
        row = s["serialize_script"][name]
        yield encoding(f"sdk-js-script-{id}", why, "Script", script(row["script"]), row["expected"], scripts)
    args = s["serialize_args"]["basic args"]
    why = "32 bytes of args with their count"
    yield encoding("sdk-js-args", why, "Bytes", args["args"], args["expected"], scripts)
    row = basic["serializeFixVec"]["vector in hex string"]
    why = "eight bytes with their count"
    yield encoding("sdk-js-fixvec", why, "Bytes", row["fixvec"], row["expected"], published(basics))
    row = basic["serializeDynVec"]["vector has multiple items"]
    items = ["0x" + item[10:] for item in row["dynvec"]]
    why = "five items, one of them empty"
    yield encoding("sdk-js-dynvec", why, "BytesVec", items, row["expected"], published(basics))
    row, expected = case("serialize_out_point", "basic out point")
    yield encoding("sdk-js-out-point-null", "the null out point of a cellbase", "OutPoint", row["out_point"], expected)
    row, expected = case("serialize_cell_dep", "basic cell dep")
    yield encoding("sdk-js-cell-dep-group", "a cell dep with dep_type dep_group", "CellDep", row["cell_dep"], expected)
    row, expected = case("serialize_inputs", "basic inputs")
    why = "an input with an epoch fraction in since, the only item of the published vector"
    assert expected.startswith("0x01000000")
    value = cell_input(row["inputs"][0])
    yield encoding("sdk-js-input", why, "CellInput", value, "0x" + expected[10:])
    row, expected = case("serialize_output", "basic output")
    yield encoding("sdk-js-output", "an output with different lock and type", "CellOutput", output(row["output"]), expected)
    row, expected = case("serialize_outputs_data", "basic outputs data")
    yield encoding("sdk-js-outputs-data", "the data of two outputs, both empty", "BytesVec", row["outputs_data"], expected)
    row, expected = case("serialize_witnesses", "witnesses has multiple items")
    yield encoding("sdk-js-witnesses", "two witnesses of one byte", "BytesVec", row["witnesses"], expected)
    row, expected = case("serialize_witness_args", "basic args")
    why = "lock is absent, input_type and output_type are present"
    yield encoding("sdk-js-witness-args", why, "WitnessArgs", witness_args(row["args"]), expected)
    row, expected = case("serialize_raw_transaction", "basic raw transaction")
    value = raw_transaction(row["raw_transaction"])
    yield encoding("sdk-js-raw-transaction", "two deps, one input, two outputs", "RawTransaction", value, expected)
    row, expected = case("serialize_transaction", "basic transaction")
    value = transaction(row["transaction"])
    yield encoding("sdk-js-transaction", "two deps, one input, two outputs with data, and a witness", "Transaction", value, expected)
    row, expected = case("serialize_transaction", "transaction containing data1 lock script")
    value = transaction(row["transaction"])
    yield encoding("sdk-js-transaction-data1", "a transaction with a lock of hash_type data1", "Transaction", value, expected)


def encode_sdk_file(data):
    comment = [
        "Encodings from the test fixtures of an SDK, so that no rule rests on our reading alone.",
        "An absent field of WitnessArgs, which that SDK writes as `0x`, is null here.",
        "Written by generate/published.py.",
    ]
    place = published(JS + "serialization/transaction/fixtures.json")
    vectors = [{**v, "provenance": None} if v.get("provenance") == place else v for v in encode_sdk(data)]
    return document("Encodings from the fixtures of an SDK", "encoding.encode", comment, place, vectors)


def hashes_sdk(data):
    rows = load(data / "sdk/js/utils_utils_rawTransactionToHash.fixtures.json")["rawTransactionToHash"]
    first = snake_case({**rows[0]["rawTransaction"], "witnesses": []})
    yield "js-raw-transaction", "one input, and two outputs with the same lock", first, rows[0]["expected"], None
    java = snake_case(load(data / "sdk/java_serialization_transaction.json"))
    place = "serialization/transaction.json"
    yield "java-dao-deposit", "a DAO deposit: a type script without args, and eight zero bytes of data", java, java["hash"], place
    for name, why in (
        ("acp_one_input", "two outputs with type scripts and 16 bytes of data each"),
        ("omnilock_secp256k1_blake160_multisig_all_second", "two inputs, and a witness of 214 bytes before an empty one"),
        ("pw_one_group", "four deps, alternately group and code, and a second witness that is not a table"),
        ("secp256k1_blake160_sighash_all_one_group", "two inputs with the same lock"),
    ):
        t = load(data / f"sdk/tx_signing/{name}.json")["raw_transaction"]
        t = t.get("tx_view", t)
        yield name.replace("_", "-"), why, t, t["hash"], f"transaction/{name}.json"


def hashes_sdk_file(data):
    file_place = published(JS + "utils/rawTransactionToHash.fixtures.json")
    vectors = []
    for name, why, t, hash_, place in hashes_sdk(data):
        assert hexed(transaction_hash(t)) == hash_, name
        vectors.append(vector(
            f"sdk-transaction-{name}", why, ["HASH-002", "ENC-014"], provenance=place and published(JAVA + place),
            **{"in": {"kind": "tx", "bytes": hexed(molecule.encode_transaction(t))}}, accept={"hash": hash_},
        ))  # fmt: skip
    comment = [
        "Transactions that SDKs sign or hash in their tests, with the hash that they state.",
        "They differ in locks, type scripts, placeholders of signatures and further witnesses.",
        "Written by generate/published.py.",
    ]
    return document("Transactions of SDKs", "encoding.hash", comment, file_place, vectors)


def sizes_sdk_file(data):
    vectors = []
    for name, row in load(data / "sdk/js/utils_sizes_fixtures.json")["getTransactionSize"].items():
        t = snake_case(row["params"][0])
        t["witnesses"] = [
            w if isinstance(w, str) else hexed(encode_witness_args(witness_args(w))) for w in t["witnesses"]
        ]
        encoded = molecule.encode_transaction(t)
        assert len(encoded) + 4 == row["expected"], name
        id = name.replace("serialzied", "serialised").lower().replace(" ", "-")
        why = f"the SDK gives size {row['expected']}, four bytes more than the transaction has"
        vectors.append(vector(
            f"sdk-js-size-{id}", why, ["ENC-022"], **{"in": {"kind": "transaction", "bytes": hexed(encoded)}},
            accept={"size": row["expected"]},
        ))  # fmt: skip
    comment = [
        "The sizes from which an SDK computes fees; they have to equal those of the node.",
        "Written by generate/published.py.",
    ]
    place = published(JS + "sizes/fixtures.json")
    return document("Transaction sizes of an SDK", "encoding.size", comment, place, vectors)


# --- Molecule's own vectors -----------------------------------------------------------------------


def molecule_rows(text):
    """The vectors of molecule as (name, items, expected); its marks between digits are dropped.

    Enough of YAML for that file: a list of mappings, strings that may go over several lines.
    """
    text = re.sub(r"\\\n\s*", "", text)
    for chunk in re.split(r"^-$", text, flags=re.M)[1:]:
        name = re.search(r"^  name: (\w+)$", chunk, re.M).group(1)
        clean = lambda value: "0x" + re.sub(r"[^0-9a-f]", "", value.lower().removeprefix("0x"))
        items = [clean(item) for item in re.findall(r'^    - "(.*)"$', chunk, re.M)]
        expected = re.search(r'^  expected: "(.*)"$', chunk, re.M).group(1)
        yield name, items, clean(expected)


def molecule_cases(data):
    """Those that are laid out as types of ours: Bytes and BytesVec under their own names.

    Without the empty ones and that of one empty item, which `encode.yaml` and `decode-vectors.yaml` ask.
    """
    words = {1: "one", 2: "two", 3: "three"}
    for name, items, expected in molecule_rows((data / "molecule/simple.yaml").read_text()):
        count = words.get(len(items))
        if expected == "0x0c0000000800000000000000":
            continue
        if name == "Bytes":
            value = hexed(b"".join(map(unhex, items)))
            yield f"bytes-{count}", f"Bytes of {count} byte{'s' if len(items) > 1 else ''}", "Bytes", value, expected
        elif name == "BytesVec":
            value = [hexed(unhex(item)[4:]) for item in items]
            lengths = ", ".join(str(len(unhex(v))) for v in value)
            yield f"bytes-vec-{count}", f"items of the lengths {lengths}", "BytesVec", value, expected


def molecule_files(data):
    comment = [
        "Molecule's own vectors, for the types of its test schema that have the layout of one of ours.",
        "The tests of the reference read the others, which are arrays and tables that CKB's schema does not have.",
        "Written by generate/published.py.",
    ]
    encode, decode = [], []
    for id, why, type_, value, expected in molecule_cases(data):
        encode.append(encoding(f"molecule-encode-{id}", why, type_, value, expected))
        decode.append(vector(
            f"molecule-decode-{id}", why, RULES[type_],
            **{"in": {"type": type_, "bytes": expected, "mode": "strict"}}, accept={"value": value},
        ))  # fmt: skip
    place = published(MOLECULE + "simple.yaml")
    yield "encode", document("Molecule's own vectors, encoded", "encoding.encode", comment, place, encode)
    yield "decode", document("Molecule's own vectors, decoded", "encoding.decode", comment, place, decode)


# --- Transaction proofs ---------------------------------------------------------------------------


def proved_root(index, leaf, lemmas):
    for lemma in lemmas:
        leaf = ckbhash(leaf + lemma) if index % 2 else ckbhash(lemma + leaf)
        index = (index - 1) // 2
    assert index == 0
    return leaf


def proofs(data):
    rows = load(data / "spv/testHistoryTxProof.json")
    roots = {row["input"]: row["output"] for row in rows["expectTransactionsRoot"]}
    single = False
    for row in rows["extractLemmas"]:
        height, index, witnesses_root, lemmas, raw = fields(unhex(row["input"]))
        height, index = int.from_bytes(height, "little"), int.from_bytes(index, "little")
        lemmas = [lemmas[4 + 32 * i : 36 + 32 * i] for i in range(len(lemmas) // 32)]
        leaf = ckbhash(raw[4:])
        root = proved_root(index, leaf, lemmas)
        assert hexed(ckbhash(root + witnesses_root)) == roots[row["input"]], height
        if index == 0 and single:
            continue  # one proof without lemmas says all that three of them say
        single = single or index == 0
        question = {
            "root": hexed(root), "leaves": [hexed(leaf)], "indices": [hex(index)], "lemmas": list(map(hexed, lemmas)),
        }  # fmt: skip
        why = f"node {index} of the tree of block {height}"
        why += f", {count(len(lemmas), 'lemma')}" if lemmas else ", which has only a cellbase"
        id = f"mainnet-proof-{height}-at-{index}"
        yield vector(id, why, ["HASH-013"], **{"in": question}, accept={})


def bridge_file(data):
    comment = [
        "Proofs that transactions are in mainnet blocks, from the tests of a bridge to Ethereum.",
        "Hashing each root with the witnesses' root gives the transactions root that the bridge states.",
        "Written by generate/published.py.",
    ]
    vectors = list(proofs(data))
    return document("Real transaction proofs", "encoding.verify_merkle_proof", comment, published(BRIDGE), vectors)


def files(data):
    yield "encoding/encode-sdk.yaml", encode_sdk_file(data)
    yield "encoding/hashes-sdk.yaml", hashes_sdk_file(data)
    yield "encoding/sizes-sdk.yaml", sizes_sdk_file(data)
    yield "encoding/verify-mainnet-proofs.yaml", bridge_file(data)
    for way, content in molecule_files(data):
        yield f"encoding/{way}-molecule.yaml", content


if __name__ == "__main__":
    main(files, __doc__, takes_data=True)
