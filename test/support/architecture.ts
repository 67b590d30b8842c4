import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import ts from 'typescript';
import { EXCEPTIONS, LIBRARY, PACKAGES, ROOMS, type Room } from './architecture.table.js';

/** One `import` of any form: static, dynamic, of types, a re-export, or a worker's `new URL(…)`. */
export interface Arrow {
  from: string;
  specifier: string;
  /** The project's file it resolves to; `undefined` for a package. */
  to: string | undefined;
}

/** Violations of every rule by the tree under `root`, each as a sentence. Empty: the architecture holds. */
export function violations(root: string): string[] {
  const files = sourceFiles(root);
  const arrows = files.flatMap((file) => arrowsOf(root, file));
  return [...arrows.flatMap(judge), ...cycles(files, arrows)];
}

export function sourceFiles(root: string): string[] {
  return ['libs', 'src']
    .flatMap((top) =>
      readdirSync(join(root, top), { recursive: true, encoding: 'utf8' }).map((name) => join(top, name)),
    )
    .map((file) => file.split(sep).join('/'))
    .filter((file) => /\.[mc]?tsx?$/.test(file) && !file.endsWith('.d.ts') && !file.includes('node_modules/'))
    .sort();
}

export function arrowsOf(root: string, file: string): Arrow[] {
  const text = readFileSync(join(root, file), 'utf8');
  return specifiersIn(text, file).map((specifier) => ({
    from: file,
    specifier,
    to: specifier.startsWith('.') ? resolve(file, specifier) : undefined,
  }));
}

/** Read from the syntax tree, so that a comment or a string that looks like an import is none. */
export function specifiersIn(text: string, file: string): string[] {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier && ts.isStringLiteralLike(specifier)) found.add(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true));
  return [...found];
}

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isCallExpression(node)) {
    const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require';
    return isImport ? node.arguments[0] : undefined;
  }
  // A worker is started by URL, which counts as an import.
  const isUrl = ts.isNewExpression(node) && node.expression.getText() === 'URL';
  const [address, base] = isUrl ? (node.arguments ?? []) : [];
  const isCode = address && ts.isStringLiteralLike(address) && /^\..*\.js$/.test(address.text);
  return isCode && base?.getText() === 'import.meta.url' ? address : undefined;
}

function resolve(from: string, specifier: string): string {
  return normalize(join(dirname(from), specifier))
    .split(sep)
    .join('/')
    .replace(/\.js$/, '.ts');
}

/** The room a file is in: a folder of the library, `wiring` for the files beside them, or a folder of `src`. */
export function roomOf(file: string): Room | undefined {
  const parts = file.split('/');
  if (file.startsWith(`${LIBRARY}/`)) return parts.length === 4 ? 'wiring' : parts[3];
  if (parts[0] === 'src') return parts[1];
  return parts[0] === 'libs' ? parts[1] : undefined;
}

const isSpec = (file: string): boolean => /\.spec\.tsx?$/.test(file);

function judge(arrow: Arrow): string[] {
  const room = roomOf(arrow.from);
  const allowed = room && ROOMS[room];
  if (!room || !allowed) return [`${arrow.from} is in no room of the table`];
  if (arrow.to === undefined) return isSpec(arrow.from) ? [] : judgePackage(arrow, room);
  if (arrow.from.startsWith('libs/') && arrow.to.startsWith('src/')) {
    return [`${arrow.from} imports ${arrow.to}: libs is imported, src is run`];
  }
  // Files that specs share are in `test/support`, which the build leaves out.
  if (isSpec(arrow.from) && arrow.to.startsWith('test/support/')) return [];
  const target = roomOf(arrow.to);
  if (!target) return [`${arrow.from} imports ${arrow.to}, which is in no room`];
  if (/(^|\/)index\.ts$/.test(arrow.to) && !isSpec(arrow.from)) {
    return [`${arrow.from} imports the barrel ${arrow.to}: import the file`];
  }
  // A spec represents the users of its room, so it may import what they would import.
  if (isSpec(arrow.from) || target === room || allowed === 'any' || allowed.includes(target)) return [];
  if (EXCEPTIONS.some(({ from, to }) => from === room && to === arrow.to)) return [];
  return [`${arrow.from} imports ${arrow.to}: ${room} may import ${allowed.join(', ') || 'nothing'}, not ${target}`];
}

function judgePackage({ from, specifier }: Arrow, room: Room): string[] {
  if (specifier.startsWith('node:')) return [];
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  return PACKAGES[room]?.includes(name) ? [] : [`${from} imports the package ${name}, which ${room} may not`];
}

/** Files that import one another in a cycle. Types count too: a cycle of types joins its rooms. */
function cycles(files: string[], arrows: Arrow[]): string[] {
  const edges = new Map(files.map((file) => [file, new Set<string>()]));
  for (const { from, to } of arrows) if (to && to !== from && edges.has(to)) edges.get(from)?.add(to);
  const found: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const walk = (file: string): void => {
    const at = path.indexOf(file);
    if (at >= 0) found.push(`a cycle: ${[...path.slice(at), file].join(' → ')}`);
    if (at >= 0 || done.has(file)) return;
    path.push(file);
    for (const next of edges.get(file) ?? []) walk(next);
    path.pop();
    done.add(file);
  };
  for (const file of files) walk(file);
  return found;
}
