import { compileFunction } from 'node:vm';
import { brotliDecompressSync } from 'node:zlib';
import { mountedFiles } from './wasm-files.js';

type Call = (...args: never[]) => unknown;

/** SQLite's C functions, and the memory that they work on. Pointers are numbers; 64-bit integers are BigInts. */
export interface WasmRuntime {
  call: Record<string, (...args: (number | bigint)[]) => number>;
  /** The memory as it is now: the next call may grow it, which detaches this view. */
  heap(): Uint8Array;
  /** Makes a function callable from C. Returns its pointer. */
  addFunction(body: Call, signature: string): number;
  removeFunction(pointer: number): void;
}

const LENGTH_BYTES = 4;
const RETURNED = '\n;return { call: Module, heap: () => HEAPU8, addFunction, removeFunction };';

let runtime: WasmRuntime | undefined;

/** One for each thread. Takes about 50 ms the first time: decompression, then compilation. */
export function wasmRuntime(code: string): WasmRuntime {
  return (runtime ??= start(brotliDecompressSync(Buffer.from(code, 'base64'))));
}

function start(bytes: Buffer): WasmRuntime {
  const end = LENGTH_BYTES + bytes.readUInt32LE(0);
  const script = bytes.toString('utf8', LENGTH_BYTES, end) + RETURNED;
  // The script was made for a file of its own: what a CommonJS module has around it is given to it here.
  const run = compileFunction(script, ['Module', 'require', 'module', '__filename', '__dirname'], {
    filename: 'node-sqlite3-wasm.js',
  }) as (...around: unknown[]) => WasmRuntime & { call: Record<string, Call> };
  const started = run({ wasmBinary: bytes.subarray(end) }, builtin, {}, '', '');
  const { heap, addFunction, removeFunction } = started;
  const call = Object.fromEntries(
    Object.entries(started.call)
      .filter(([name, value]) => name.startsWith('_') && typeof value === 'function')
      .map(([name, value]) => [name.slice(1).replace(/^sqlite3_/, ''), value]),
  ) as unknown as WasmRuntime['call'];
  return { call, heap, addFunction, removeFunction };
}

/** Node's modules as the script asks for them; its file system has the mounted files only. */
function builtin(name: string): unknown {
  return name === 'node:fs' ? mountedFiles : process.getBuiltinModule(name);
}
