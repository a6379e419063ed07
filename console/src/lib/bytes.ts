/** The index in a text of a place that the server counts in bytes of UTF-8. */
export function indexOfByte(text: string, byte: number): number {
  let bytes = 0;
  let index = 0;
  for (const sign of text) {
    if (bytes >= byte) break;
    bytes += new TextEncoder().encode(sign).length;
    index += sign.length;
  }
  return index;
}
