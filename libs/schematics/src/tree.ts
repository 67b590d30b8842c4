/** The part of Angular's schematics that is used here. They are in the Nest CLI: this package does not depend on them. */
export interface Tree {
  /** The file's bytes; `null`: there is none. */
  read(path: string): Uint8Array | null;
  overwrite(path: string, content: string): void;
  create(path: string, content: string): void;
}

/** What a schematic is given beside the files. */
export interface SchematicContext {
  logger: { info(text: string): void; warn(text: string): void };
}

/** Changes the files of a project. */
export type Rule = (tree: Tree, context: SchematicContext) => Tree;

/** The file's text without a byte order mark; `undefined`: there is none. */
export function textOf(tree: Tree, path: string): string | undefined {
  const bytes = tree.read(path);
  return bytes === null ? undefined : new TextDecoder().decode(bytes);
}
