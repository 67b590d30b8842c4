import { at, compact, field, fieldsOf, itemsOf, type Fields } from '../../../../model/chat/values.js';

/**
 * Output of an embedding: how many vectors of how many numbers. The numbers themselves say nothing to a reader.
 *
 * @param whole otherwise vectors are missing, and the last one was cut
 */
export function embeddingsOf(body: Fields, whole: boolean): object | undefined {
  const vectors =
    (Array.isArray(body.data) ? body.data : undefined) ??
    (Array.isArray(body.embeddings) ? body.embeddings : undefined) ??
    (fieldsOf(body.embedding) ? [body.embedding] : undefined) ??
    (Array.isArray(body.embedding) ? [body.embedding] : undefined) ??
    at(body, 'embeddings', 'float') ??
    Object.values(fieldsOf(body.embeddings) ?? {})[0];
  if (!Array.isArray(vectors)) return undefined;
  return compact({
    embeddings: whole ? vectors.length : undefined,
    dimensions: whole || vectors.length > 1 ? dimensions(vectors[0]) : undefined,
  });
}

function dimensions(vector: unknown): number | undefined {
  const values = field(vector, 'embedding') ?? field(vector, 'values') ?? vector;
  if (Array.isArray(values)) return itemCount(values);
  // OpenAI's SDK asks for base64 of numbers of four bytes.
  if (typeof values !== 'string' || values.endsWith('…')) return undefined;
  const padding = values.endsWith('==') ? 2 : values.endsWith('=') ? 1 : 0;
  return Math.floor(((values.length - padding) * 3) / 16);
}

function itemCount(values: unknown[]): number | undefined {
  return itemsOf(values).length > 0 && typeof values[0] === 'number' ? values.length : undefined;
}
