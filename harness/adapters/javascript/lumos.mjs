// Lumos: the codecs of `@ckb-lumos/base` (`blockchain`) and `@ckb-lumos/codec` (numbers), `ckbHash`.
import { blockchain, utils } from "@ckb-lumos/base";
import { bytes as codecBytes, number } from "@ckb-lumos/codec";

const { hexify } = codecBytes;
const { ckbHash } = utils;

// Lumos has one decoder, and no notion of a mode: both modes ask the same.
const decoding = (codec, value = rpc) => ({
  read: (octets) => codec.unpack(octets),
  out: (decoded) => ({ value: value(decoded) }),
});

const hashing = (codec, packed) => ({
  read: (octets) => codec.unpack(octets),
  out: (decoded) => ({ hash: ckbHash(packed.pack(decoded)) }),
});

// The client has a codec for blocks of four fields and one for five, and leaves the choice to its
// caller: the first offset says how many fields there are.
const block = {
  read(octets) {
    const fields = Number.parseInt(octets.slice(10, 12), 16) / 4 - 1;
    return fields > 4 ? blockchain.BlockV1.unpack(octets) : blockchain.Block.unpack(octets);
  },
  out: (decoded) => ({ value: { extension: null, ...rpc(decoded) } }),
};

const TYPES = [
  "Bytes", "BytesVec", "Script", "ScriptOpt", "OutPoint", "CellInput", "CellDep", "CellOutput",
  "RawTransaction", "Transaction", "RawHeader", "Header", "UncleBlock",
];

export const client = {
  package: "@ckb-lumos/base",
  parts: {
    "encoding.decode/Uint64": decoding(number.Uint64, (value) => value.toHexString()),
    ...Object.fromEntries(TYPES.map((type) => [`encoding.decode/${type}`, decoding(blockchain[type])])),
    "encoding.decode/Block": block,
    "encoding.hash/ckb": { read: (octets) => octets, out: (octets) => ({ hash: ckbHash(octets) }) },
    "encoding.hash/tx": hashing(blockchain.Transaction, blockchain.RawTransaction),
    "encoding.hash/witness": hashing(blockchain.Transaction, blockchain.Transaction),
    "encoding.hash/script": {
      read: (octets) => blockchain.Script.unpack(octets),
      out: (script) => ({ hash: utils.computeScriptHash(script) }),
    },
    "encoding.hash/header": hashing(blockchain.Header, blockchain.Header),
    "encoding.hash/pow": hashing(blockchain.Header, blockchain.RawHeader),
  },
  classOf(message) {
    if (message.startsWith("Invalid hash type: ")) return "decode.hash-type";
    if (message.startsWith("Invalid dep type: ")) return "decode.dep-type";
    if (/^Invalid buffer (size|length)|: buffer is too short/.test(message)) return "decode.layout";
    return undefined;
  },
};

// The same value under the names of the JSON-RPC.
function rpc(value) {
  if (Array.isArray(value)) return value.map(rpc);
  if (value instanceof Uint8Array) return hexify(value);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name, field]) => !(name === "hash" && field === ""));
  return Object.fromEntries(entries.map(([name, field]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    name === "depType" && field === "depGroup" ? "dep_group" : rpc(field),
  ]));
}
