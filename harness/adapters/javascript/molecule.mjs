// Bytes into the structures of the JSON-RPC, for a client that takes structures and has no decoder.
//
// It only brings a question into the form that the client takes. What it cannot read the client was
// never asked: that is a fault, and neither an answer of the client nor a refusal. What it reads is
// checked all the same, by what the client makes of it: a wrong reading has another hash.

import { Unasked } from "./unasked.mjs";

const demand = (condition, what) => {
  if (!condition) throw new Unasked(`the client has no decoder: bytes that are no ${what}`);
};

const hex = (bytes) => `0x${Buffer.from(bytes).toString("hex")}`;

const number = (size) => ({
  size,
  read(bytes) {
    demand(bytes.length === size, `number of ${size} bytes`);
    return `0x${BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`).toString(16)}`;
  },
});

const count = (bytes, at) => {
  demand(bytes.length >= at + 4, "vector or table");
  return bytes.readUInt32LE(at);
};

const byte32 = {
  size: 32,
  read(bytes) {
    demand(bytes.length === 32, "hash");
    return hex(bytes);
  },
};

const name = (nameOf, what) => ({
  size: 1,
  read(bytes) {
    const name = bytes.length === 1 ? nameOf(bytes[0]) : undefined;
    demand(name !== undefined, what);
    return name;
  },
});

// All that have a name in the JSON-RPC, whether the client knows them or not.
function hashType(byte) {
  if (byte === 1) return "type";
  return byte === 0 ? "data" : byte % 2 === 0 ? `data${byte / 2}` : undefined;
}

const bytes = {
  read(bytes) {
    demand(bytes.length === count(bytes, 0) + 4, "Bytes");
    return hex(bytes.subarray(4));
  },
};

const struct = (fields) => {
  const parts = Object.entries(fields);
  const size = parts.reduce((sum, [, part]) => sum + part.size, 0);
  return {
    size,
    read(bytes) {
      demand(bytes.length === size, `struct of ${size} bytes`);
      let at = 0;
      return Object.fromEntries(parts.map(([name, part]) => [name, part.read(bytes.subarray(at, at += part.size))]));
    },
  };
};

const fixvec = (item) => ({
  read(bytes) {
    const items = count(bytes, 0);
    demand(bytes.length === 4 + items * item.size, "vector of items of one size");
    const starts = Array.from({ length: items }, (_, index) => 4 + index * item.size);
    return starts.map((at) => item.read(bytes.subarray(at, at + item.size)));
  },
});

// The items of a vector of items of any size, or the fields of a table.
function items(bytes) {
  demand(count(bytes, 0) === bytes.length, "vector or table");
  if (bytes.length === 4) return [];
  const first = count(bytes, 4);
  demand(first >= 8 && first % 4 === 0 && first <= bytes.length, "vector or table");
  const starts = Array.from({ length: first / 4 - 1 }, (_, index) => count(bytes, 4 + 4 * index));
  const ends = [...starts.slice(1), bytes.length];
  demand(starts.every((start, index) => start <= ends[index]), "vector or table");
  return starts.map((start, index) => bytes.subarray(start, ends[index]));
}

const dynvec = (item) => ({ read: (bytes) => items(bytes).map((bytes) => item.read(bytes)) });

const table = (fields) => ({
  read(bytes) {
    const parts = Object.entries(fields);
    const found = items(bytes);
    demand(found.length === parts.length, `table of ${parts.length} fields`);
    return Object.fromEntries(parts.map(([name, part], index) => [name, part.read(found[index])]));
  },
});

const option = (inner) => ({ read: (bytes) => bytes.length === 0 ? null : inner.read(bytes) });

const depType = name((byte) => ["code", "dep_group"][byte], "dep type");
const script = table({
  code_hash: byte32,
  hash_type: name(hashType, "hash type"),
  args: bytes,
});
const outPoint = struct({ tx_hash: byte32, index: number(4) });
const rawTransaction = table({
  version: number(4),
  cell_deps: fixvec(struct({ out_point: outPoint, dep_type: depType })),
  header_deps: fixvec(byte32),
  inputs: fixvec(struct({ since: number(8), previous_output: outPoint })),
  outputs: dynvec(table({ capacity: number(8), lock: script, type: option(script) })),
  outputs_data: dynvec(bytes),
});
const transaction = table({ raw: rawTransaction, witnesses: dynvec(bytes) });

const bytesOf = (text) => Buffer.from(text.slice(2), "hex");

export const readScript = (text) => script.read(bytesOf(text));

export function readTransaction(text) {
  const { raw, witnesses } = transaction.read(bytesOf(text));
  demand(raw.outputs.length === raw.outputs_data.length, "Transaction, as not every output has its data");
  return { ...raw, witnesses };
}
