// Lumos: the codecs of `@ckb-lumos/base` (`blockchain`) and `@ckb-lumos/codec` (numbers), `ckbHash`,
// `generateTypeIdScript`, the epochs of `since`, and `dao` of `@ckb-lumos/common-scripts`.
import { blockchain, since, utils } from "@ckb-lumos/base";
import { bytes as codecBytes, number } from "@ckb-lumos/codec";
import { dao } from "@ckb-lumos/common-scripts";
import { data, demandOrder } from "./withdrawal.mjs";

const { hexify } = codecBytes;
const { ckbHash } = utils;

// Lumos has one decoder, and no notion of a mode: both modes ask the same.
const decoding = (codec, value = rpc) => ({
  read: ({ bytes }) => codec.unpack(bytes),
  out: (decoded) => ({ value: value(decoded) }),
});

const encoding = (codec) => ({
  read: ({ value }) => codec.pack(utils.deepCamelizeTransaction(value)),
  out: (bytes) => ({ bytes: hexify(bytes) }),
});

const hashing = (codec, packed) => ({
  read: ({ bytes }) => codec.unpack(bytes),
  out: (decoded) => ({ hash: ckbHash(packed.pack(decoded)) }),
});

// The client has a codec for blocks of four fields and one for five, and leaves the choice to its
// caller: the first offset says how many fields there are.
const block = {
  read({ bytes }) {
    const fields = Number.parseInt(bytes.slice(10, 12), 16) / 4 - 1;
    return (fields > 4 ? blockchain.BlockV1 : blockchain.Block).unpack(bytes);
  },
  out: (decoded) => ({ value: { extension: null, ...rpc(decoded) } }),
};

const blockOf = {
  read: ({ value }) => encoding(value.extension === null ? blockchain.Block : blockchain.BlockV1).read({ value }),
  out: encoding().out,
};

// What an option does not hold is left out of the object.
const witnessArgs = (decoded) => ({ lock: null, input_type: null, output_type: null, ...rpc(decoded) });

// The client compares an epoch with a `since` of the same kind, and says whether the first has come
// up to the second. Asked both ways round, that is the order.
const epochs = {
  read({ left, right }) {
    const reached = (epoch, by) =>
      since.validateAbsoluteEpochSince(since.generateAbsoluteEpochSince(since.parseEpoch(epoch)), by);
    return [reached(left, right), reached(right, left)];
  },
  out: ([atMost, atLeast]) => ({ ordering: !atLeast ? "less" : !atMost ? "greater" : "equal" }),
};

const withdrawal = {
  read({ output, data_size, deposit, withdraw }) {
    demandOrder(deposit, withdraw);
    const cell = { cellOutput: utils.deepCamelizeTransaction(output), data: data(data_size) };
    return dao.calculateMaximumWithdraw(cell, deposit.dao, withdraw.dao);
  },
  out: (worth) => ({ capacity: `0x${worth.toString(16)}` }),
};

const TYPES = [
  "Bytes", "BytesVec", "Script", "ScriptOpt", "OutPoint", "CellInput", "CellDep", "CellOutput",
  "RawTransaction", "Transaction", "RawHeader", "Header", "UncleBlock", "CellbaseWitness",
];

export const client = {
  package: "@ckb-lumos/base",
  parts: {
    "encoding.decode/Uint64": decoding(number.Uint64, (value) => value.toHexString()),
    ...Object.fromEntries(TYPES.map((type) => [`encoding.decode/${type}`, decoding(blockchain[type])])),
    "encoding.decode/WitnessArgs": decoding(blockchain.WitnessArgs, witnessArgs),
    "encoding.decode/Block": block,
    "encoding.encode/Uint64": encoding(number.Uint64),
    ...Object.fromEntries(TYPES.map((type) => [`encoding.encode/${type}`, encoding(blockchain[type])])),
    "encoding.encode/WitnessArgs": encoding(blockchain.WitnessArgs),
    "encoding.encode/Block": blockOf,
    "encoding.hash/ckb": { read: ({ bytes }) => bytes, out: (bytes) => ({ hash: ckbHash(bytes) }) },
    "encoding.hash/tx": hashing(blockchain.Transaction, blockchain.RawTransaction),
    "encoding.hash/witness": hashing(blockchain.Transaction, blockchain.Transaction),
    "encoding.hash/script": {
      read: ({ bytes }) => blockchain.Script.unpack(bytes),
      out: (script) => ({ hash: utils.computeScriptHash(script) }),
    },
    "encoding.hash/header": hashing(blockchain.Header, blockchain.Header),
    "encoding.hash/pow": hashing(blockchain.Header, blockchain.RawHeader),
    "encoding.type_id": {
      read: ({ input, output_index }) => utils.generateTypeIdScript(blockchain.CellInput.unpack(input), output_index),
      out: ({ args }) => ({ args }),
    },
    "issuance.maximum_withdraw": withdrawal,
    "pow.compare_epochs": epochs,
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
