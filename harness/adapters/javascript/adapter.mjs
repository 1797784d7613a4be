// Asks one JavaScript client the questions of ckbspec: a line in, a line out.
//
//   node adapter.mjs --impl lumos|ccc|sdk-utils
//
// A client's file exports `client`: its `package`, and its `parts`. A part is named as `hello`
// declares it, and holds two functions: `read` has the client make something of the question, `out`
// says what was asked of the result. What `read` throws is the client's refusal, what `out` throws
// is a fault, and so is a question that never reached the client (unasked.mjs). `classOf` puts a
// refusal into the words of spec/classes.yaml, and is undefined where the client does not tell.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Unasked } from "./unasked.mjs";

// Standard output belongs to the answers, whatever a library has to say.
console.log = console.info = console.debug = console.error;

const IMPLS = ["lumos", "ccc", "sdk-utils"];
const { impl } = parseArgs({ options: { impl: { type: "string" } } }).values;
if (!IMPLS.includes(impl)) {
  console.error(`usage: node adapter.mjs --impl ${IMPLS.join("|")}`);
  process.exit(2);
}
const { client } = await import(`./${impl}.mjs`);

function hello({ canary }) {
  const manifest = new URL(`node_modules/${client.package}/package.json`, import.meta.url);
  const { version } = JSON.parse(readFileSync(manifest, "utf8"));
  return {
    ctp: 1,
    canary,
    impl: { name: impl, version, language: "javascript" },
    ops: Object.keys(client.parts),
    features: ["error.class"],
    deterministic: true,
  };
}

function ask(op, given) {
  const part = client.parts[`${op}/${given.type ?? given.kind}`] ?? client.parts[op];
  if (!part) return { unsupported: { what: op } };
  let value;
  try {
    value = part.read(given);
  } catch (refusal) {
    if (refusal instanceof Unasked) throw refusal;
    const native = String(refusal?.message ?? refusal).split("\n")[0];
    const known = client.classOf(native);
    return { ok: { verdict: "reject", error: known ? { class: known, native } : { native } } };
  }
  return { ok: { verdict: "accept", out: part.out(value) } };
}

function answer({ op, in: given, must }) {
  if (must?.length) return { unsupported: { what: `must: ${must[0]}` } };
  if (op === "hello") return { ok: hello(given) };
  try {
    return ask(op, given);
  } catch (error) {
    return { fault: { what: error instanceof Unasked ? error.message : String(error?.stack ?? error) } };
  }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const question = JSON.parse(line);
  if (question.op === "shutdown") break;
  // `undefined` is how these clients say "none"; JSON would leave it out.
  const text = JSON.stringify({ id: question.id, ...answer(question) }, (_, v) => v === undefined ? null : v);
  process.stdout.write(`${text}\n`);
}
