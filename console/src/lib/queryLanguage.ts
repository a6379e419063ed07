import { StreamLanguage, type StreamParser } from '@codemirror/language';

const parser: StreamParser<{ value: boolean }> = {
  startState: () => ({ value: false }),
  token(stream, state) {
    if (stream.eatSpace()) {
      state.value = false;
      return null;
    }
    if (stream.match(/^"(?:\\.|[^"\\])*"?/)) return 'string';
    if (stream.match(/^[()]/)) return 'paren';
    if (stream.match(/^(?:and|or)(?=[\s()]|$)/i)) return 'keyword';
    if (stream.match(/^not(?=[\s()]|$)/i)) return 'controlKeyword';
    if (!state.value && stream.match(/^[\w@.\-]+(?=\s*(?::|[<>]=?))/)) return 'propertyName';
    if (stream.match(/^(?::|[<>]=?)/)) {
      state.value = true;
      return 'operator';
    }
    if (!stream.match(/^[^\s()":]+/)) stream.next();
    return 'string';
  },
};

/** The query language as the editor colours it. The server alone decides what a query means. */
export const queryLanguage = StreamLanguage.define(parser);
