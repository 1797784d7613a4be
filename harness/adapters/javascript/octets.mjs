// Octets into the structures of the JSON-RPC, for a client that takes structures and has no decoder.
//
// It only brings a question into the form that the client takes. What it cannot read the client was
// never asked: that is a fault, and neither an answer of the client nor a refusal. What it reads is
// checked all the same, by what the client makes of it: a wrong reading has another hash.

import { Unasked } from "./unasked.mjs";

const demand = (condition, what) => {
  if (!condition) throw new Unasked(`the client has no decoder: octets that are no ${what}`);
};

const hex = (octets) => `0x${Buffer.from(octets).toString("hex")}`;

const number = (size) => ({
  size,
  read(octets) {
    demand(octets.length === size, `number of ${size} octets`);
    return `0x${BigInt(`0x${Buffer.from(octets).reverse().toString("hex")}`).toString(16)}`;
  },
});

const count = (octets, at) => {
  demand(octets.length >= at + 4, "vector or table");
  return octets.readUInt32LE(at);
};

const byte32 = {
  size: 32,
  read(octets) {
    demand(octets.length === 32, "hash");
    return hex(octets);
  },
};

const name = (nameOf, what) => ({
  size: 1,
  read(octets) {
    const name = octets.length === 1 ? nameOf(octets[0]) : undefined;
    demand(name !== undefined, what);
    return name;
  },
});

// All that have a name in the JSON-RPC, whether the client knows them or not.
function hashType(octet) {
  if (octet === 1) return "type";
  return octet === 0 ? "data" : octet % 2 === 0 ? `data${octet / 2}` : undefined;
}

const bytes = {
  read(octets) {
    demand(octets.length === count(octets, 0) + 4, "Bytes");
    return hex(octets.subarray(4));
  },
};

const struct = (fields) => {
  const parts = Object.entries(fields);
  const size = parts.reduce((sum, [, part]) => sum + part.size, 0);
  return {
    size,
    read(octets) {
      demand(octets.length === size, `struct of ${size} octets`);
      let at = 0;
      return Object.fromEntries(parts.map(([name, part]) => [name, part.read(octets.subarray(at, at += part.size))]));
    },
  };
};

const fixvec = (item) => ({
  read(octets) {
    const items = count(octets, 0);
    demand(octets.length === 4 + items * item.size, "vector of items of one size");
    const starts = Array.from({ length: items }, (_, index) => 4 + index * item.size);
    return starts.map((at) => item.read(octets.subarray(at, at + item.size)));
  },
});

// The items of a vector of items of any size, or the fields of a table.
function items(octets) {
  demand(count(octets, 0) === octets.length, "vector or table");
  if (octets.length === 4) return [];
  const first = count(octets, 4);
  demand(first >= 8 && first % 4 === 0 && first <= octets.length, "vector or table");
  const starts = Array.from({ length: first / 4 - 1 }, (_, index) => count(octets, 4 + 4 * index));
  const ends = [...starts.slice(1), octets.length];
  demand(starts.every((start, index) => start <= ends[index]), "vector or table");
  return starts.map((start, index) => octets.subarray(start, ends[index]));
}

const dynvec = (item) => ({ read: (octets) => items(octets).map((octets) => item.read(octets)) });

const table = (fields) => ({
  read(octets) {
    const parts = Object.entries(fields);
    const found = items(octets);
    demand(found.length === parts.length, `table of ${parts.length} fields`);
    return Object.fromEntries(parts.map(([name, part], index) => [name, part.read(found[index])]));
  },
});

const option = (inner) => ({ read: (octets) => octets.length === 0 ? null : inner.read(octets) });

const depType = name((octet) => ["code", "dep_group"][octet], "dep type");
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

const octetsOf = (text) => Buffer.from(text.slice(2), "hex");

export const readScript = (text) => script.read(octetsOf(text));

export function readTransaction(text) {
  const { raw, witnesses } = transaction.read(octetsOf(text));
  demand(raw.outputs.length === raw.outputs_data.length, "Transaction, as not every output has its data");
  return { ...raw, witnesses };
}
