// CCC: the codecs and entities of `@ckb-ccc/core`, their `hash`, its own way from and to the
// JSON-RPC, and `calcDaoProfit`.
import { ccc } from "@ckb-ccc/core";
import { cccA } from "@ckb-ccc/core/advanced";
import { data } from "./withdrawal.mjs";

const { mol } = ccc;
const rpc = cccA.JsonRpcTransformers;

// The configuration with which CCC's tables ignore fields they do not know. Whether it has an
// effect on a type is the client's affair.
const config = (mode) => ({ isExtraFieldIgnored: mode === "compatible" });

const decoding = (codec, value) => ({
  read: ({ bytes, mode }) => codec.decode(bytes, config(mode)),
  out: (decoded) => ({ value: value(decoded) }),
});

const encoding = (codec, own) => ({
  read: ({ value }) => codec.encode(own(value)),
  out: (bytes) => ({ bytes: ccc.hexFrom(bytes) }),
});

const hashing = (entity, hash) => ({
  read: ({ bytes }) => entity.fromBytes(bytes),
  out: (decoded) => ({ hash: hash(decoded) }),
});

const itself = (value) => value;
const from = (name) => (value) => rpc[name](value);

// Field by field: `transactionFrom` would make a transaction of it first.
const rawTransactionFrom = (raw) => ({
  version: ccc.numToHex(raw.version),
  cell_deps: raw.cellDeps.map((dep) => rpc.cellDepFrom(dep)),
  header_deps: raw.headerDeps,
  inputs: raw.inputs.map((input) => rpc.cellInputFrom(input)),
  outputs: raw.outputs.map((output) => rpc.cellOutputFrom(output)),
  outputs_data: raw.outputsData,
});

const rawTransactionTo = (raw) => ({
  version: raw.version,
  cellDeps: raw.cell_deps.map((dep) => rpc.cellDepTo(dep)),
  headerDeps: raw.header_deps,
  inputs: raw.inputs.map((input) => rpc.cellInputTo(input)),
  outputs: raw.outputs.map((output) => rpc.cellOutputTo(output)),
  outputsData: raw.outputs_data,
});

const witnessArgsFrom = ({ lock, inputType, outputType }) => ({ lock, input_type: inputType, output_type: outputType });
const witnessArgsTo = ({ lock, input_type, output_type }) =>
  ccc.WitnessArgs.from({ lock, inputType: input_type, outputType: output_type });

// A type: its codec, from it to the JSON-RPC, and back.
const TYPES = {
  Uint64: [mol.Uint64, ccc.numToHex, itself],
  Bytes: [mol.Bytes, itself, itself],
  BytesVec: [mol.BytesVec, itself, itself],
  Script: [ccc.Script, from("scriptFrom"), from("scriptTo")],
  ScriptOpt: [ccc.ScriptOpt, (script) => script && rpc.scriptFrom(script), (script) => script && rpc.scriptTo(script)],
  OutPoint: [ccc.OutPoint, from("outPointFrom"), from("outPointTo")],
  CellInput: [ccc.CellInput, from("cellInputFrom"), from("cellInputTo")],
  CellDep: [ccc.CellDep, from("cellDepFrom"), from("cellDepTo")],
  CellOutput: [ccc.CellOutput, (output) => rpc.cellOutputFrom(output), from("cellOutputTo")],
  RawTransaction: [ccc.RawTransaction, rawTransactionFrom, rawTransactionTo],
  Transaction: [ccc.Transaction, from("transactionFrom"), from("transactionTo")],
  WitnessArgs: [ccc.WitnessArgs, witnessArgsFrom, witnessArgsTo],
};

// The client has the gain, and its caller adds the capacity. It takes whole headers, of which no
// more than the height and the DAO field is asked about.
const zeros = `0x${"00".repeat(32)}`;
const header = ({ number, dao }) => rpc.blockHeaderTo({
  number, dao, epoch: "0x0", compact_target: "0x0", nonce: "0x0", timestamp: "0x0", version: "0x0",
  extra_hash: zeros, hash: zeros, parent_hash: zeros, proposals_hash: zeros, transactions_root: zeros,
});
const withdrawal = {
  read({ output, data_size, deposit, withdraw }) {
    const outPoint = { txHash: zeros, index: 0 };
    const cell = ccc.Cell.from({ outPoint, cellOutput: rpc.cellOutputTo(output), outputData: data(data_size) });
    const profit = ccc.calcDaoProfit(cell.capacityFree, header(deposit), header(withdraw));
    return cell.cellOutput.capacity + profit;
  },
  out: (worth) => ({ capacity: ccc.numToHex(worth) }),
};

const parts = (operation, part) =>
  Object.fromEntries(Object.entries(TYPES).map(([type, how]) => [`${operation}/${type}`, part(...how)]));

export const client = {
  package: "@ckb-ccc/core",
  parts: {
    ...parts("encoding.decode", (codec, value) => decoding(codec, value)),
    ...parts("encoding.encode", (codec, _, own) => encoding(codec, own)),
    "encoding.hash/ckb": { read: ({ bytes }) => bytes, out: (bytes) => ({ hash: ccc.hashCkb(bytes) }) },
    "encoding.hash/tx": hashing(ccc.Transaction, (tx) => tx.hash()),
    "encoding.hash/witness": hashing(ccc.Transaction, (tx) => tx.hashFull()),
    "encoding.hash/script": hashing(ccc.Script, (script) => script.hash()),
    // The size itself is not to be had. At a rate of 1,000 for 1,000 bytes it is the fee.
    "encoding.size/transaction": {
      read: ({ bytes }) => ccc.Transaction.fromBytes(bytes),
      out: (tx) => ({ size: ccc.numToHex(tx.estimateFee(1000)) }),
    },
    "encoding.type_id": {
      read: ({ input, output_index }) => ccc.hashTypeId(ccc.CellInput.fromBytes(input), output_index),
      out: (args) => ({ args }),
    },
    "issuance.maximum_withdraw": withdrawal,
  },
  classOf(message) {
    if (message.includes("Invalid hash type ")) return "decode.hash-type";
    if (message.includes("Invalid dep type ")) return "decode.dep-type";
    if (message.includes("invalid field count")) return "decode.layout.field-count";
    if (/invalid buffer size|too short buffer|expected byte length/.test(message)) return "decode.layout";
    return undefined;
  },
};
