import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { arrowsOf, roomOf, sourceFiles } from './architecture.js';
import { ENTRY_POINTS, EVENT_NAMES_IN, SERIALIZE_DOOR, VOCABULARY } from './architecture.table.js';

/** Violations of every rule besides the arrows by the tree under `root`, each as a sentence. Empty: they hold. */
export function ruleViolations(root: string): string[] {
  const files = sourceFiles(root).filter((file) => !/\.spec\.tsx?$/.test(file));
  return [
    ...pastTheDoor(root, files),
    ...eventNames(root, files),
    ...ENTRY_POINTS.flatMap((file) => undocumented(root, file)),
  ];
}

/** Imports of files in `serialize/` from other rooms, except its entry file. */
function pastTheDoor(root: string, files: string[]): string[] {
  return files
    .filter((file) => roomOf(file) !== 'serialize')
    .flatMap((file) => arrowsOf(root, file))
    .filter(({ to }) => to !== undefined && roomOf(to) === 'serialize' && to !== SERIALIZE_DOOR)
    .map(({ from, to }) => `${from} imports ${to}: other rooms import ${SERIALIZE_DOOR} only`);
}

/** Texts that are the name of a built-in event type, outside the file that defines them. */
function eventNames(root: string, files: string[]): string[] {
  const names = new Set(textsIn(root, VOCABULARY).filter((text) => /^[a-z]+(?:_[a-z]+)+$/.test(text)));
  if (names.size === 0) return [];
  return files
    .filter((file) => !EVENT_NAMES_IN.some((allowed) => file.startsWith(allowed)))
    .flatMap((file) =>
      [...new Set(textsIn(root, file))]
        .filter((text) => names.has(text))
        .map((text) => `${file} has the event name '${text}': use EVENT of ${VOCABULARY}`),
    );
}

/** The string literals of a file, without those of imports; of `EVENT` only, if the file is the vocabulary. */
function textsIn(root: string, file: string): string[] {
  if (!existsSync(join(root, file))) return [];
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
    ts.forEachChild(node, visit);
  };
  const source = parse(root, file);
  visit(file === VOCABULARY ? (declarationsIn(source).get('EVENT') ?? source) : source);
  return found;
}

/** Names that an entry point exports without a sentence at their declaration. */
function undocumented(root: string, entry: string): string[] {
  if (!existsSync(join(root, entry))) return [`the entry point ${entry} is missing`];
  return exportedNames(root, entry)
    .filter(({ name, file }) => !isDocumented(root, file, name))
    .map(({ name, file }) => `${file} exports ${name} without a sentence that documents it (entry point ${entry})`);
}

interface Exported {
  /** Its name where it is declared. */
  name: string;
  file: string;
}

/** The names that a file exports from other files, with the file that declares each. */
export function exportedNames(root: string, entry: string): Exported[] {
  return parse(root, entry).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || !statement.exportClause || !ts.isNamedExports(statement.exportClause)) {
      return [];
    }
    const file = targetOf(root, entry, statement);
    return statement.exportClause.elements.map(({ name, propertyName }) =>
      declaredAt(root, { name: (propertyName ?? name).text, file }),
    );
  });
}

/** Follows re-exports to the declaration. */
function declaredAt(root: string, { name, file }: Exported): Exported {
  const source = parse(root, file);
  if (declarationsIn(source).has(name)) return { name, file };
  for (const statement of source.statements) {
    if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier) continue;
    const clause = statement.exportClause;
    if (!clause) {
      const all = declaredAt(root, { name, file: targetOf(root, file, statement) });
      if (declarationsIn(parse(root, all.file)).has(name)) return all;
    }
    if (!clause || !ts.isNamedExports(clause)) continue;
    const found = clause.elements.find((element) => element.name.text === name);
    if (found) {
      return declaredAt(root, {
        name: (found.propertyName ?? found.name).text,
        file: targetOf(root, file, statement),
      });
    }
  }
  return { name, file };
}

function targetOf(root: string, file: string, statement: ts.ExportDeclaration): string {
  const { text } = statement.moduleSpecifier as ts.StringLiteral;
  const found = arrowsOf(root, file).find(({ specifier }) => specifier === text);
  return found?.to ?? file;
}

/** The declarations of a file by name; overloads and merged ones count once. */
function declarationsIn(source: ts.SourceFile): Map<string, ts.Node> {
  const found = new Map<string, ts.Node>();
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) {
        if (ts.isIdentifier(name)) found.set(name.text, statement);
      }
    } else if ('name' in statement) {
      const name = (statement as ts.DeclarationStatement).name?.getText();
      if (name && !(found.has(name) && sentenceOf(found.get(name)!) !== '')) found.set(name, statement);
    }
  }
  return found;
}

function isDocumented(root: string, file: string, name: string): boolean {
  const declaration = declarationsIn(parse(root, file)).get(name);
  return declaration !== undefined && sentenceOf(declaration) !== '';
}

/** The text of the comment before a declaration, without its tags. */
function sentenceOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  return (ts.getTextOfJSDocComment(comment?.comment) ?? '').trim();
}

const parsed = new Map<string, ts.SourceFile>();

function parse(root: string, file: string): ts.SourceFile {
  const path = join(root, file);
  const known = parsed.get(path);
  if (known) return known;
  const source = ts.createSourceFile(file, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true);
  parsed.set(path, source);
  return source;
}
