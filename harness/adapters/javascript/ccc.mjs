// CCC: the codecs and entities of `@ckb-ccc/core`, their `hash`, and its own way to the JSON-RPC.
import { ccc } from "@ckb-ccc/core";
import { cccA } from "@ckb-ccc/core/advanced";

const { mol } = ccc;
const rpc = cccA.JsonRpcTransformers;

// The configuration with which CCC's tables ignore fields they do not know. Whether it has an
// effect on a type is the client's affair.
const config = (mode) => ({ isExtraFieldIgnored: mode === "compatible" });

const decoding = (codec, value) => ({
  read: (octets, mode) => codec.decode(octets, config(mode)),
  out: (decoded) => ({ value: value(decoded) }),
});

const hashing = (entity, hash) => ({
  read: (octets) => entity.fromBytes(octets),
  out: (decoded) => ({ hash: hash(decoded) }),
});

const itself = (value) => value;
const fromRpc = (name) => (value) => rpc[name](value);

// Field by field: `transactionFrom` would make a transaction of it first.
const rawTransaction = (raw) => ({
  version: ccc.numToHex(raw.version),
  cell_deps: raw.cellDeps.map((dep) => rpc.cellDepFrom(dep)),
  header_deps: raw.headerDeps,
  inputs: raw.inputs.map((input) => rpc.cellInputFrom(input)),
  outputs: raw.outputs.map((output) => rpc.cellOutputFrom(output)),
  outputs_data: raw.outputsData,
});

export const client = {
  package: "@ckb-ccc/core",
  parts: {
    "encoding.decode/Uint64": decoding(mol.Uint64, ccc.numToHex),
    "encoding.decode/Bytes": decoding(mol.Bytes, itself),
    "encoding.decode/BytesVec": decoding(mol.BytesVec, itself),
    "encoding.decode/Script": decoding(ccc.Script, fromRpc("scriptFrom")),
    "encoding.decode/ScriptOpt": decoding(ccc.ScriptOpt, (script) => script && rpc.scriptFrom(script)),
    "encoding.decode/OutPoint": decoding(ccc.OutPoint, fromRpc("outPointFrom")),
    "encoding.decode/CellInput": decoding(ccc.CellInput, fromRpc("cellInputFrom")),
    "encoding.decode/CellDep": decoding(ccc.CellDep, fromRpc("cellDepFrom")),
    "encoding.decode/CellOutput": decoding(ccc.CellOutput, (output) => rpc.cellOutputFrom(output)),
    "encoding.decode/RawTransaction": decoding(ccc.RawTransaction, rawTransaction),
    "encoding.decode/Transaction": decoding(ccc.Transaction, fromRpc("transactionFrom")),
    "encoding.hash/ckb": { read: itself, out: (octets) => ({ hash: ccc.hashCkb(octets) }) },
    "encoding.hash/tx": hashing(ccc.Transaction, (tx) => tx.hash()),
    "encoding.hash/witness": hashing(ccc.Transaction, (tx) => tx.hashFull()),
    "encoding.hash/script": hashing(ccc.Script, (script) => script.hash()),
  },
  classOf(message) {
    if (message.includes("Invalid hash type ")) return "decode.hash-type";
    if (message.includes("Invalid dep type ")) return "decode.dep-type";
    if (message.includes("invalid field count")) return "decode.layout.field-count";
    if (/invalid buffer size|too short buffer|expected byte length/.test(message)) return "decode.layout";
    return undefined;
  },
};
