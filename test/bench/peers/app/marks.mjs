/** Marks of values in a text of any encoding: JSON, JSON in JSON, protobuf and MessagePack leave them as they are. */
export function marksIn(text) {
  return text.match(/mk\d+-(?:\d+-(?:in|out)|body)/g) ?? [];
}
