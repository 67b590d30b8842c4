import type ts from 'typescript';

const NAME = 'TraceModule';
const PACKAGE = 'nestjs-trace-collector';

/** What became of a module's file: its new text, or why it stays as it is. */
export type Edited = { text: string } | { reason: 'imported already' | 'no module found' };

/**
 * Imports `TraceModule` into the first class of a file that has `@Module`. Only the places that change are touched, so
 * that the project's formatting stays.
 */
export function addToModule(compiler: typeof ts, text: string): Edited {
  const file = compiler.createSourceFile('module.ts', text, compiler.ScriptTarget.Latest, true);
  if (importsPackage(compiler, file)) return { reason: 'imported already' };
  const metadata = moduleMetadata(compiler, file);
  if (!metadata) return { reason: 'no module found' };
  const quote = /^import [^"']*"/m.test(text) ? '"' : "'";
  const end = /^import .*[^;\s]\s*$/m.test(text) && !/^import .*;\s*$/m.test(text) ? '' : ';';
  const line = `import { ${NAME} } from ${quote}${PACKAGE}${quote}${end}${text.includes('\r\n') ? '\r\n' : '\n'}`;
  const inserted = [{ at: afterImports(compiler, file), text: line }, ...importInto(compiler, file, metadata)];
  return {
    text: inserted
      .toSorted((a, b) => b.at - a.at)
      .reduce((whole, { at, text: more }) => whole.slice(0, at) + more + whole.slice(at), text),
  };
}

interface Insertion {
  at: number;
  text: string;
}

function importsPackage(compiler: typeof ts, file: ts.SourceFile): boolean {
  return file.statements.some(
    (each) =>
      compiler.isImportDeclaration(each) &&
      compiler.isStringLiteral(each.moduleSpecifier) &&
      each.moduleSpecifier.text === PACKAGE,
  );
}

/** The object in `@Module({ … })`. */
function moduleMetadata(compiler: typeof ts, file: ts.SourceFile): ts.ObjectLiteralExpression | undefined {
  const classes = file.statements.filter((each) => compiler.isClassDeclaration(each));
  const calls = classes
    .flatMap((each) => compiler.getDecorators(each) ?? [])
    .map(({ expression }) => expression)
    .filter((each) => compiler.isCallExpression(each));
  const [given] = calls.find(({ expression }) => expression.getText(file) === 'Module')?.arguments ?? [];
  return given && compiler.isObjectLiteralExpression(given) ? given : undefined;
}

/** The begin of the line after the last import; the begin of the file where there is none. */
function afterImports(compiler: typeof ts, file: ts.SourceFile): number {
  const last = file.statements.filter((each) => compiler.isImportDeclaration(each)).at(-1);
  if (!last) return 0;
  const end = file.text.indexOf('\n', last.end);
  return end < 0 ? last.end : end + 1;
}

/** First in the list of imports: the module is global, and its middleware comes before those of others. */
function importInto(compiler: typeof ts, file: ts.SourceFile, metadata: ts.ObjectLiteralExpression): Insertion[] {
  const call = `${NAME}.forRoot()`;
  const imports = metadata.properties.find((each) => each.name?.getText(file) === 'imports');
  if (!imports) {
    const end = metadata.properties.length > 0 ? ',' : ' ';
    return [{ at: metadata.getStart(file) + 1, text: ` imports: [${call}]${end}` }];
  }
  if (compiler.isShorthandPropertyAssignment(imports)) return [{ at: imports.end, text: `: [${call}, ...imports]` }];
  if (!compiler.isPropertyAssignment(imports)) return [];
  const { initializer: list } = imports;
  const start = list.getStart(file);
  if (!compiler.isArrayLiteralExpression(list)) {
    return [
      { at: start, text: `[${call}, ...` },
      { at: list.end, text: ']' },
    ];
  }
  const first = list.elements[0]?.getStart(file);
  if (first === undefined) return [{ at: start + 1, text: call }];
  return [{ at: first, text: `${call},${separator(file.text, start, first)}` }];
}

/** What separates the elements of a list: a new line and its indentation, or a space. */
function separator(text: string, open: number, first: number): string {
  const between = text.slice(open + 1, first);
  return /^\s*\n\s*$/.test(between) ? between : ' ';
}
