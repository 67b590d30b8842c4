import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const ROOT_FILE = 'libs/trace/src/trace.options.ts';

/**
 * @typedef {object} Option
 * @property {string} name its path from the root, such as `capture.routes`
 * @property {string} type as it is declared
 * @property {string} text its doc comment, without the default
 * @property {string | undefined} fallback its default, as the comment or the constant `DEFAULT_…` has it
 * @property {string | undefined} example
 */

/** The options of `TraceModule.forRoot`, in the order of their declaration: groups with their leaves. */
export function readOptions(root = process.cwd()) {
  const reader = new Reader(root);
  return reader.members(join(root, ROOT_FILE), 'TraceModuleOptions', '');
}

class Reader {
  #sources = new Map();

  constructor(root) {
    this.root = root;
  }

  /** @returns {(Option & { members?: Option[] })[]} */
  members(file, name, prefix) {
    const declared = this.#find(file, name);
    if (!declared) throw new Error(`${file} has no interface ${name}`);
    const constants = this.#defaultsOf(declared);
    return declared.node.members.filter(ts.isPropertySignature).map((member) => {
      const path = prefix + member.name.getText();
      const option = { name: path, type: oneLine(member.type.getText()), ...commentOf(member) };
      option.fallback ??= constants.get(member.name.getText());
      const nested = namesIn(member.type).find((type) => isGroup(type) && this.#find(declared.file, type));
      return nested ? { ...option, members: this.members(declared.file, nested, `${path}.`) } : option;
    });
  }

  /** The interface of this name, in a file or where the file imports or re-exports it from. */
  #find(file, name) {
    const source = this.#source(file);
    for (const statement of source.statements) {
      if (ts.isInterfaceDeclaration(statement) && statement.name.text === name) return { file, node: statement };
      const clause = ts.isImportDeclaration(statement)
        ? statement.importClause?.namedBindings
        : ts.isExportDeclaration(statement) && statement.exportClause;
      const from = statement.moduleSpecifier?.text;
      if (!from?.startsWith('.') || !clause?.elements?.some((each) => each.name.text === name)) continue;
      return this.#find(join(dirname(file), from.replace(/\.js$/, '.ts')), name);
    }
    return undefined;
  }

  /** Members of a constant `DEFAULT_LIMITS: Readonly<Limits>` that is declared beside the interface `Limits`. */
  #defaultsOf({ file, node }) {
    const found = new Map();
    const visit = (at) => {
      if (ts.isVariableDeclaration(at) && at.name.getText() === `DEFAULT_${node.name.text.toUpperCase()}`) {
        const properties = at.initializer?.arguments?.[0]?.properties ?? [];
        for (const each of properties) found.set(each.name.getText(), amount(each.name.getText(), each.initializer));
      }
      ts.forEachChild(at, visit);
    };
    visit(this.#source(file));
    return found;
  }

  #source(file) {
    const known = this.#sources.get(file);
    if (known) return known;
    const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
    this.#sources.set(file, source);
    return source;
  }
}

/** Interfaces of options are groups; the others (`Dialect`, `TraceStore`) are values that a user makes. */
function isGroup(name) {
  return /(?:Options|Limits)$/.test(name);
}

function namesIn(type) {
  if (ts.isUnionTypeNode(type)) return type.types.flatMap(namesIn);
  if (!ts.isTypeReferenceNode(type)) return [];
  return [type.typeName.getText(), ...(type.typeArguments ?? []).flatMap(namesIn)];
}

function commentOf(member) {
  const docs = ts.getJSDocCommentsAndTags(member).find(ts.isJSDoc);
  const text = oneLine(ts.getTextOfJSDocComment(docs?.comment) ?? '');
  const example = docs?.tags?.find(({ tagName }) => tagName.text === 'example');
  const tag = docs?.tags?.find(({ tagName }) => tagName.text === 'default');
  const sentence = /(?:^| )Defaults?: (.+?)\.(?= [A-Z`]|$)/.exec(text);
  return {
    text: sentence ? oneLine(text.replace(sentence[0], ' ')) : text,
    fallback: (tag && oneLine(ts.getTextOfJSDocComment(tag.comment) ?? '')) || sentence?.[1],
    example: example && (ts.getTextOfJSDocComment(example.comment) ?? '').replace(/^`(.*)`$/gm, '$1'),
  };
}

/** A number of a constant with its unit: `256 * 1024` of `maxEventBytes` is 256 KiB. */
function amount(name, expression) {
  const value = evaluate(expression);
  if (!name.endsWith('Bytes')) return value.toLocaleString('en');
  return value % 2 ** 20 === 0 ? `${value / 2 ** 20} MiB` : `${value / 1024} KiB`;
}

function evaluate(node) {
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AsteriskToken)
    return evaluate(node.left) * evaluate(node.right);
  throw new Error(`${node.getText()} is no product of numbers`);
}

function oneLine(text) {
  return text.replace(/\s+/g, ' ').trim();
}
