import { readFile, realpath, stat } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { dirname, extname, isAbsolute, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export interface Place {
  /** A path or a `file:` URL, as in the stack. */
  file: string;
  line: number;
  column: number;
}

export interface SourceLine {
  file: string;
  line: number;
  column: number;
  code: string;
}

interface Script {
  text: string;
  /** `undefined`: it has none that can be read. */
  map: { url: string; decoded: SourceMap; contents: ReadonlyMap<string, string> } | undefined;
}

const MAX_FILES = 16;
/** Decoding a map of so much takes some 30 ms. */
const MAX_BYTES = 2 * 1024 * 1024;
const CODE_CHARACTERS = 160;
const CODE = new Set(['.js', '.mjs', '.cjs', '.jsx', '.ts', '.mts', '.cts', '.tsx']);

/**
 * Reads the code that frames name. A stack is captured text, and the sender of a webhook may have put a path into it. So
 * only code is read, below the root with all links resolved, never in a hidden directory or an installed package, up to a
 * limited number of files and bytes.
 */
export class SourceFiles {
  private readonly scripts = new Map<string, Promise<Script | undefined>>();
  private readonly texts = new Map<string, Promise<string | undefined>>();
  private root: Promise<string> | undefined;

  constructor(private readonly directory: string) {}

  /** @param at when the frame was captured, in milliseconds: what was written later is another code. */
  async find({ file, line, column }: Place, at: number): Promise<SourceLine | undefined> {
    const path = await this.allowed(file.startsWith('file:') ? fileURLToPath(file) : file);
    if (path === undefined) return undefined;
    const script = await remembered(this.scripts, path, () => this.script(path, at));
    if (!script) return undefined;
    if (script.map) return this.mapped(script.map, { line, column }, at);
    // Compiled code without its map says less than its name in the stack does.
    return isTyped(path) ? this.sourceLine(path, script.text, line, column) : undefined;
  }

  private async mapped(
    { url, decoded, contents }: NonNullable<Script['map']>,
    { line, column }: { line: number; column: number },
    at: number,
  ): Promise<SourceLine | undefined> {
    const entry = decoded.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry)) return undefined;
    const { originalSource, originalLine, originalColumn } = entry;
    const source = await this.pathOf(originalSource, url);
    const inside = relative(await this.realRoot(), source);
    if (isOutside(inside)) return undefined;
    const text = contents.get(originalSource) ?? (await this.readSource(source, at));
    return text === undefined ? undefined : this.sourceLine(source, text, originalLine + 1, originalColumn + 1);
  }

  /** Sources stand relative to their map; a bundler's relative to the project. */
  private async pathOf(source: string, mapUrl: string): Promise<string> {
    const [, bundled] = /^webpack:\/\/[^/]*\/(.+)$/.exec(source) ?? [];
    return bundled === undefined ? fileURLToPath(new URL(source, mapUrl)) : join(await this.realRoot(), bundled);
  }

  private async readSource(source: string, at: number): Promise<string | undefined> {
    const path = await this.allowed(source);
    return path === undefined ? undefined : this.read(path, at);
  }

  private async sourceLine(path: string, text: string, line: number, column: number): Promise<SourceLine | undefined> {
    const code = text.split(/\r\n|[\n\r]/, line)[line - 1]?.trim();
    if (!code) return undefined;
    const file = relative(await this.realRoot(), path)
      .split(sep)
      .join('/');
    return { file, line, column, code: code.slice(0, CODE_CHARACTERS) };
  }

  private async script(path: string, at: number): Promise<Script | undefined> {
    const text = await this.read(path, at);
    if (text === undefined) return undefined;
    const named = /\/\/[#@] sourceMappingURL=(\S+)\s*$/.exec(text)?.[1];
    return { text, map: named === undefined ? undefined : await this.readMap(path, named) };
  }

  private async readMap(script: string, named: string): Promise<Script['map']> {
    if (named.startsWith('data:')) {
      const [, base64] = /^data:application\/json;(?:charset=utf-?8;)?base64,(.*)$/i.exec(named) ?? [];
      return base64 === undefined ? undefined : decodedMap(Buffer.from(base64, 'base64').toString(), script);
    }
    const path = await this.allowed(join(dirname(script), decodeURIComponent(named)), '.map');
    // Its age says nothing: one that was written anew beside the same code leads to the same lines.
    const json = path === undefined ? undefined : await this.read(path);
    return json === undefined || path === undefined ? undefined : decodedMap(json, path);
  }

  /** The real path, or `undefined` for one that must not be read. */
  private async allowed(path: string, extension?: string): Promise<string | undefined> {
    if (!isAbsolute(path) || path.includes('\0')) return undefined;
    // Asked before the file system is: a path may be on a host that does not answer.
    if (isOutside(relative(this.directory, path)) && isOutside(relative(await this.realRoot(), path))) return undefined;
    const real = await realpath(path);
    const inside = relative(await this.realRoot(), real);
    if (isOutside(inside)) return undefined;
    if (inside.split(sep).some((part) => part === 'node_modules' || part.startsWith('.'))) return undefined;
    const ends = extname(real);
    return (extension === undefined ? CODE.has(ends) : ends === extension) ? real : undefined;
  }

  private read(path: string, at?: number): Promise<string | undefined> {
    return remembered(this.texts, path, async () => {
      if (this.texts.size >= MAX_FILES) return undefined;
      const { size, mtimeMs, isFile } = await factsOf(path);
      if (!isFile || size > MAX_BYTES) return undefined;
      // Not below it, so that an error at which nothing is known of its time has no lines either.
      if (at !== undefined && !(mtimeMs <= at)) return undefined;
      return readFile(path, 'utf8');
    });
  }

  private realRoot(): Promise<string> {
    return (this.root ??= realpath(this.directory));
  }
}

async function factsOf(path: string): Promise<{ size: number; mtimeMs: number; isFile: boolean }> {
  const facts = await stat(path);
  return { size: facts.size, mtimeMs: facts.mtimeMs, isFile: facts.isFile() };
}

function decodedMap(json: string, path: string): Script['map'] {
  const map = JSON.parse(json) as { sources: string[]; sourceRoot?: string; sourcesContent?: (string | null)[] };
  const { sourceRoot, sourcesContent = [] } = map;
  const sources = sourceRoot ? map.sources.map((source) => `${sourceRoot.replace(/\/?$/, '/')}${source}`) : map.sources;
  const contents = sources.flatMap((source, index): [string, string][] => {
    const content = sourcesContent[index];
    return typeof content === 'string' ? [[source, content]] : [];
  });
  const decoded = new SourceMap({ ...map, sourceRoot: '', sources } as unknown as ConstructorParameters<
    typeof SourceMap
  >[0]);
  return { url: pathToFileURL(path).href, decoded, contents: new Map(contents) };
}

function isOutside(inside: string): boolean {
  return inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside);
}

function isTyped(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path);
}

function remembered<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  let answer = known.get(key);
  if (!answer) known.set(key, (answer = ask()));
  return answer;
}
