/** The part of Markdown that reports use, read into blocks. Nothing of the text is ever taken for HTML. */
export type Block =
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'list'; ordered: boolean; items: { text: string; depth: number }[] }
  | { kind: 'table'; head: string[]; rows: string[][] }
  | { kind: 'quote' | 'code' | 'text'; text: string }
  | { kind: 'rule' };

/** A run of text within a line: plain, strong or code. */
export type Run = { text: string; mark: '' | 'strong' | 'code' };

const listItem = /^(\s*)(?:[-*]|(\d+)\.)\s+(.*)$/;

/** Reads a text into blocks. */
export function blocks(text: string): Block[] {
  const out: Block[] = [];
  const lines = text.replace(/\r/g, '').split('\n');
  for (let i = 0; i < lines.length;) i = read(lines, i, out);
  return out;
}

function read(lines: string[], i: number, out: Block[]): number {
  const line = lines[i] ?? '';
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (line.trim() === '') return i + 1;
  if (heading) {
    out.push({ kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' });
    return i + 1;
  }
  if (/^(?:---+|\*\*\*+)\s*$/.test(line)) {
    out.push({ kind: 'rule' });
    return i + 1;
  }
  if (line.startsWith('```')) return fenced(lines, i, out);
  if (line.startsWith('|')) return table(lines, i, out);
  if (line.startsWith('>')) return gather(lines, i, /^>\s?/, (text) => out.push({ kind: 'quote', text }));
  if (listItem.test(line)) return list(lines, i, out);
  return paragraph(lines, i, out);
}

function fenced(lines: string[], i: number, out: Block[]): number {
  const end = lines.findIndex((line, at) => at > i && line.startsWith('```'));
  const stop = end < 0 ? lines.length : end;
  out.push({ kind: 'code', text: lines.slice(i + 1, stop).join('\n') });
  return stop + 1;
}

function gather(lines: string[], i: number, begin: RegExp, push: (text: string) => void): number {
  let end = i;
  while (begin.test(lines[end] ?? '')) end++;
  push(
    lines
      .slice(i, end)
      .map((line) => line.replace(begin, ''))
      .join('\n'),
  );
  return end;
}

const cells = (line: string) =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replace(/\\\|/g, '|'));

function table(lines: string[], i: number, out: Block[]): number {
  let end = i;
  while ((lines[end] ?? '').startsWith('|')) end++;
  const [head = [], ...rows] = lines.slice(i, end).map(cells);
  out.push({ kind: 'table', head, rows: rows.filter((row) => !row.every((cell) => /^:?-+:?$/.test(cell))) });
  return end;
}

function list(lines: string[], i: number, out: Block[]): number {
  const items: { text: string; depth: number }[] = [];
  let end = i;
  for (; end < lines.length; end++) {
    const found = listItem.exec(lines[end] ?? '');
    if (!found) break;
    items.push({ text: found[3] ?? '', depth: Math.floor((found[1]?.length ?? 0) / 2) });
  }
  out.push({ kind: 'list', ordered: listItem.exec(lines[i] ?? '')?.[2] !== undefined, items });
  return end;
}

function paragraph(lines: string[], i: number, out: Block[]): number {
  let end = i + 1;
  while (
    end < lines.length &&
    !/^\s*$|^#{1,6}\s|^\||^>|^```/.test(lines[end] ?? '') &&
    !listItem.test(lines[end] ?? '')
  )
    end++;
  out.push({ kind: 'text', text: lines.slice(i, end).join('\n') });
  return end;
}

/** Splits a line into runs at **strong** and `code`; backslashes before punctuation are taken away. */
export function runs(text: string): Run[] {
  return text
    .split(/(\*\*[^*]+\*\*|`[^`]+`)/)
    .filter((part) => part !== '')
    .map((part): Run => {
      if (part.startsWith('**') && part.endsWith('**') && part.length > 4)
        return { text: plain(part.slice(2, -2)), mark: 'strong' };
      if (part.startsWith('`') && part.endsWith('`') && part.length > 2)
        return { text: part.slice(1, -1), mark: 'code' };
      return { text: plain(part), mark: '' };
    });
}

function plain(text: string): string {
  return text.replace(/\\([\\`*_{}[\]()#+\-.!|<>~])/g, '$1');
}
