import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { exportedNames } from './architecture.rules.js';
import { ENTRY_POINTS } from './architecture.table.js';
import { blocksIn } from './markdown-blocks.js';

/** A piece of code in a document, or in the comment of an exported name. */
export interface Example {
  /** Its place, such as `README.md:71` or `traceEvent`. */
  where: string;
  code: string;
}

/** The `ts` blocks of a Markdown document. A block that begins with a comment `// not compiled` is left out. */
export function examplesIn(document: string): Example[] {
  return blocksIn(document).filter(({ language, code }) => language === 'ts' && !code.startsWith('// not compiled'));
}

/** The `@example` blocks of the names that the entry points export, and of their members. */
export function examplesOfExports(root: string): Example[] {
  const exported = ENTRY_POINTS.flatMap((entry) => exportedNames(root, entry));
  const files = [...new Set(exported.map(({ file }) => file))];
  return files.flatMap((file) => {
    const names = new Set(exported.filter((each) => each.file === file).map(({ name }) => name));
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2022, true);
    return source.statements.flatMap((statement) =>
      namesOf(statement)
        .filter((name) => names.has(name))
        .flatMap((name) => examplesAt(statement, name)),
    );
  });
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const name = (statement as ts.Statement & { name?: ts.Node }).name?.getText();
  return name ? [name] : [];
}

function examplesAt(node: ts.Node, where: string): Example[] {
  const own = ts
    .getJSDocTags(node)
    .filter(({ tagName, parent }) => tagName.text === 'example' && parent.parent === node)
    // A line with decorators is in backticks: else a compiler reads each `@` as the next tag of the comment.
    .map(({ comment }) => ({ where, code: (ts.getTextOfJSDocComment(comment) ?? '').replace(/^`(.*)`$/gm, '$1') }));
  const members = ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node) ? [...node.members] : [];
  return [...own, ...members.flatMap((member) => examplesAt(member, `${where}.${member.name?.getText() ?? 'new'}`))];
}

/** Packages that an example may use without an import. */
const IMPORTED = [
  'nestjs-trace-collector',
  'nestjs-trace-collector/testing',
  'nestjs-trace-collector/mcp',
  'nestjs-trace-collector/postgres',
  'nestjs-trace-collector/clickhouse',
  'nestjs-trace-collector/otel',
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/microservices',
  '@nestjs/schedule',
];

/**
 * Compiles examples against the types of the built package. Returns the errors of the compiler, each with the place of
 * its example. An example that is a part of a class is compiled in one.
 */
export function complaintsAbout(examples: readonly Example[]): string[] {
  const root = process.cwd();
  const fileOf = (index: number) => join(root, 'test', `example-${index}.ts`);
  const texts = new Map<string, string>();
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    experimentalDecorators: true,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node', 'jest'],
    paths: {
      'nestjs-trace-collector': [join(root, 'dist/esm/index.d.ts')],
      'nestjs-trace-collector/testing': [join(root, 'dist/esm/testing.d.ts')],
      'nestjs-trace-collector/mcp': [join(root, 'dist/esm/mcp.d.ts')],
      'nestjs-trace-collector/postgres': [join(root, 'dist/esm/postgres.d.ts')],
      'nestjs-trace-collector/clickhouse': [join(root, 'dist/esm/clickhouse.d.ts')],
      'nestjs-trace-collector/otel': [join(root, 'dist/esm/otel.d.ts')],
    },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  // The application's own module, which an example imports.
  texts.set(join(root, 'test/app.module.ts'), 'export class AppModule {}');
  host.fileExists = (file) => texts.has(file) || fileExists.call(host, file);
  host.getSourceFile = (file, ...rest) => {
    const text = texts.get(file);
    return text === undefined
      ? getSourceFile.call(host, file, ...rest)
      : ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  };
  // The names that the packages export, from a separate program: an example needs imports of those that it uses.
  const exportsFile = join(root, 'test/example-exports.ts');
  texts.set(exportsFile, IMPORTED.map((name, index) => `import * as p${index} from '${name}'; p${index};`).join('\n'));
  const imports = ts.createProgram([exportsFile], options, host);
  const checker = imports.getTypeChecker();
  const packages = new Map<string, string>();
  for (const statement of imports.getSourceFile(exportsFile)!.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const symbol = checker.getSymbolAtLocation(statement.moduleSpecifier);
    const from = (statement.moduleSpecifier as ts.StringLiteral).text;
    if (!symbol) throw new Error(`${from} cannot be resolved: build first`);
    for (const { name } of checker.getExportsOfModule(symbol)) if (!packages.has(name)) packages.set(name, from);
  }
  examples.forEach(({ code }, index) => texts.set(fileOf(index), completed(code, packages)));
  const prelude = join(root, 'test/support/examples.prelude.ts');
  if (!existsSync(prelude)) throw new Error(`${prelude} is missing`);
  const program = ts.createProgram([prelude, ...examples.map((_, index) => fileOf(index))], options, host, imports);
  return examples.flatMap(({ where }, index) => {
    const source = program.getSourceFile(fileOf(index))!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${where}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  });
}

/** The example as a module: with the omitted imports, and in a class if it is a method. */
function completed(code: string, packages: ReadonlyMap<string, string>): string {
  const isMember = /^(?:@\w+\(.*\)\n)+(?:async )?\w+\(/.test(code);
  const body = isMember ? `class Example {\n${code}\n}` : code;
  const declared = new Set([...body.matchAll(/\b(?:class|const|function|interface) (\w+)/g)].map((match) => match[1]!));
  for (const [, names] of body.matchAll(/^import \{(.*?)\}/gms)) {
    for (const name of names!.split(',')) declared.add(name.replace(/^\s*type\s+/, '').trim());
  }
  const used = new Set(body.replace(/(['"]).*?\1/g, '').match(/(?<![.]|\w)[A-Za-z]\w*/g));
  const missing = [...used].filter((name) => packages.has(name) && !declared.has(name));
  const imports = missing.map((name) => `import { ${name} } from '${packages.get(name)!}';`);
  return [...imports, body, 'export {};'].join('\n');
}
