import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RequestMethod, type Type } from '@nestjs/common';
import ts from 'typescript';
import { QUESTIONS } from '../../libs/trace/src/contract/questions.js';
import { mustRun } from './run.js';

/** The names that the documents must contain, read from the code and from the built program. */
const LIBRARY = 'libs/trace/src';
const OPTION_FILES = [
  `${LIBRARY}/trace.options.ts`,
  `${LIBRARY}/alerts/alerts.options.ts`,
  `${LIBRARY}/capture/capture.options.ts`,
  `${LIBRARY}/capture/logs/logs.options.ts`,
  `${LIBRARY}/capture/outgoing/outgoing.options.ts`,
  `${LIBRARY}/catalog/pricing/cost.options.ts`,
  `${LIBRARY}/debug/debug.options.ts`,
  `${LIBRARY}/maintenance/retention.options.ts`,
  `${LIBRARY}/otlp/otlp.options.ts`,
  `${LIBRARY}/store/storage.options.ts`,
  `${LIBRARY}/serialize/limits.ts`,
  `${LIBRARY}/serialize/redact/redaction.ts`,
];

/** `capture.routes`, `limits.maxDepth`, …: the leaves of `TraceModuleOptions`. */
export function optionNames(): string[] {
  const interfaces = new Map<string, ts.InterfaceDeclaration>();
  for (const file of OPTION_FILES) {
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
    source.forEachChild((node) => void (ts.isInterfaceDeclaration(node) && interfaces.set(node.name.text, node)));
  }
  const leaves = (name: string, prefix: string): string[] =>
    (interfaces.get(name)?.members ?? []).flatMap((member) => {
      const path = prefix + member.name!.getText();
      const nested = referencesIn((member as ts.PropertySignature).type).find((type) => interfaces.has(type));
      // `boolean | { … }` is an option by itself too.
      const own = hasBoolean((member as ts.PropertySignature).type) ? [path] : [];
      return nested ? [...own, ...leaves(nested, `${path}.`)] : [path];
    });
  return leaves('TraceModuleOptions', '');
}

function hasBoolean(type: ts.TypeNode | undefined): boolean {
  return !!type && ts.isUnionTypeNode(type) && type.types.some(({ kind }) => kind === ts.SyntaxKind.BooleanKeyword);
}

/** Names of the types a type is made of: `Partial<Limits>` is of `Limits`, a union is of each of its parts. */
function referencesIn(type: ts.TypeNode | undefined): string[] {
  if (!type) return [];
  if (ts.isUnionTypeNode(type)) return type.types.flatMap(referencesIn);
  if (!ts.isTypeReferenceNode(type)) return [];
  return [type.typeName.getText(), ...(type.typeArguments ?? []).flatMap(referencesIn)];
}

/** `GET /debug/trace/:id`, …: from the metadata that Nest builds its router from. */
export async function routes(): Promise<string[]> {
  const file = pathToFileURL(join(process.cwd(), `dist/${LIBRARY}/debug/debug.controllers.js`)).href;
  const { createDebugControllers } = (await import(file)) as { createDebugControllers(path: string): Type[] };
  return createDebugControllers('debug').flatMap((controller) => handlersOf(controller).flatMap(routesOf));
}

function handlersOf(controller: Type): object[] {
  const found: object[] = [];
  for (let at = controller.prototype; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const { value } of Object.values(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === 'function' && Reflect.hasMetadata('path', value) && Reflect.hasMetadata('method', value)) {
        found.push(value);
      }
    }
  }
  return found;
}

function routesOf(handler: object): string[] {
  const method = RequestMethod[Reflect.getMetadata('method', handler) as number];
  const paths = [Reflect.getMetadata('path', handler) as string | string[]].flat();
  return paths.map((path) => `${method} /debug/${path.replace(/^\/+/, '')}`.replace(/\/$/, ''));
}

/** `GET /debug/traces` and its query parameters, for each path of each question in the table. */
export function questionRoutes(): { route: string; parameters: string[] }[] {
  return Object.values(QUESTIONS).flatMap(({ method, paths, parameters }) =>
    paths.map((path) => ({
      route: `${method} /debug/${path}`,
      parameters: Object.keys(parameters).filter(
        (name) => !path.includes(`:${name === 'contact_id' ? 'contact' : name}`),
      ),
    })),
  );
}

/** The commands and the MCP tools that the table of questions names. */
export function questionSurfaces(): { commands: string[]; tools: string[] } {
  const rows = Object.values<{ cli?: string; mcp?: string }>(QUESTIONS);
  const named = (names: (string | undefined)[]) => [...new Set(names.filter((name) => name !== undefined))];
  return { commands: named(rows.map(({ cli }) => cli)), tools: named(rows.map(({ mcp }) => mcp)) };
}

export interface CommandLine {
  commands: string[];
  /** Long flags of the root help, and of each command. */
  flags: string[];
  /** Whether a command takes a flag, long or short; those of the root help belong to each. */
  takes(command: string, flag: string): boolean;
  exitCodes: number[];
}

/** The names in `get-trace --help` and in the help of each command. */
export async function commandLine(): Promise<CommandLine> {
  const program = join(process.cwd(), 'dist/cli/main.js');
  const help = (...args: string[]) => mustRun(process.execPath, [program, ...args, '--help']);
  const root = await help();
  const commands = section(root, 'Commands').map((line) => line.split(/\s/)[0]!);
  const own = commands.filter((name) => name !== 'help');
  const pages = new Map(await Promise.all(own.map(async (name) => [name, flagsIn(await help(name))] as const)));
  const common = flagsIn(root);
  const flags = [...common, ...[...pages.values()].flat()].filter((flag) => flag.startsWith('--'));
  return {
    commands: own,
    flags: [...new Set(flags)].filter((flag) => !['--help', '--version'].includes(flag)),
    takes: (command, flag) => common.includes(flag) || (pages.get(command) ?? []).includes(flag),
    exitCodes: section(root, 'Exit codes').map((line) => Number.parseInt(line, 10)),
  };
}

/** The flags that a help text lists, long and short. */
function flagsIn(help: string): string[] {
  return [...help.matchAll(/^ {2,4}(?:(-\w), )?(--[\w-]+)/gm)].flatMap(([, short, long]) =>
    short ? [short, long!] : [long!],
  );
}

/** The lines under a heading of a help text, without continuation lines. */
function section(help: string, heading: string): string[] {
  const lines = help.split('\n');
  const start = lines.findIndex((line) => line.toLowerCase().startsWith(`${heading.toLowerCase()}:`));
  if (start < 0) return [];
  const end = lines.findIndex((line, at) => at > start && line.trim() === '');
  return lines
    .slice(start + 1, end < 0 ? undefined : end)
    .filter((line) => /^ {1,4}\S/.test(line))
    .map((line) => line.trim());
}

/** Targets of the Markdown links in a document that lead to no other site. */
export function internalLinks(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!).filter((link) => !/^\w+:/.test(link));
}

/** The anchors of a document's headings. */
export function anchors(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```/gms, '');
  return [...prose.matchAll(/^#+ (.+)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}
