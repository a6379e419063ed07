// Package sigma is a detection engine for Sigma rules that stands on its own.
//
// What enters: rules, correlations and filters as YAML ([Parse], [Load],
// [LoadFS]), events as a [Record] of field values, and what rules found as an
// [Observation]. What leaves: the rules that match, each with the fields,
// values and patterns that made it match ([Match]), what correlations find
// ([Finding]), and a [Problem] for everything that was refused. What it never
// does: decode logs, decide which log source an event belongs to, look at a
// clock, or keep anything between two events outside a [Correlator].
//
// The language is that of the Sigma specification 2.1.0: detections of maps,
// lists, keywords, null, numbers and wildcards; every modifier (all, base64,
// base64offset, cased, cidr, contains, day, endswith, exists, expand,
// fieldref, gt, gte, hour, lt, lte, minute, month, neq, re with i, m and s,
// startswith, utf16, utf16be, utf16le, week, wide, windash and year); the
// whole condition grammar, with a number of at least one in front of "of";
// and filters. What cannot be honoured exactly is refused when it is read,
// with file, line, field and reason: no rule is ever applied in part. Keys
// that the specification does not name are the author's own and are passed
// over. Status and relations are data: whether a deprecated or obsolete rule
// runs is up to the host.
//
// # How values compare
//
// Texts compare without regard to case (Unicode simple folding) unless the
// modifier cased says otherwise. Numbers, booleans and strings compare by
// their text, so 4688 in a rule matches 4688 and "4688" in an event. A list
// matches where one of its elements does. null matches a null and an absent
// field and exists looks at presence alone; every other pattern, also a lone
// wildcard and neq, needs a value. The modifier neq holds where the field
// differs from every value of its list.
//
// Keywords are looked for inside every text, number and boolean of the event;
// a number as a keyword has to stand alone, not inside a longer word or number.
//
// Regular expressions are those of package regexp (RE2): look-around, back
// references and possessive quantifiers do not exist there and are refused.
// They are found anywhere in the text, at its start with startswith and at
// its end with endswith. The modifier windash takes -, / and the three long
// dashes for the same character, wherever they stand.
//
// The modifiers minute, hour, day, week, month and year take a number out of
// a text such as 2006-01-02, 2006-01-02 15:04 or 2006-01-02T15:04:05.999Z,
// with a zone or without, or 20060102T150405, as the digits stand there: the
// specification wants no conversion between zones. A week is that of ISO 8601, 1 to 53. Any other
// text, a number of seconds too, is no date and never holds, under neq no more
// than elsewhere; nor does minute or hour where only a day is written.
//
// # Modifiers apply in the order written
//
// An encoding encodes what stands before it, so contains|base64 is refused
// while base64|contains is not. The modifiers re, cidr, fieldref and the
// comparisons stand before contains, startswith and endswith, parts of dates
// before comparisons, and expand before windash and encodings. The modifier
// all needs several values. Modifiers for texts refuse numbers, comparisons
// and parts of dates refuse texts in quotes.
//
// # Numbers
//
// What is a number is said by YAML 1.2's core schema: 0x1F and 0o37 are 31,
// while 1_000 and 0b11 are texts. A decimal number with zeros in front, such
// as 0042, equals 42 and 0042 too; contains, startswith, endswith and the
// encodings take it as it is written. Comparisons are exact at any length
// where no exponent is written.
//
// # Placeholders
//
// In a value with the modifier expand, %name% stands for one or several
// values, joined with or; \% is a plain percent sign and \\% a backslash
// before a placeholder. A name is any text in one line without white space
// around it; a value without a placeholder has a warning. The values come from the host ([Values],
// [ParseValues]) and may hold wildcards, escaped as in rules. A rule that
// waits for values loads, lists them ([Rule.Placeholders]) and does not
// compile before it has them ([Rule.Expand]).
//
// # Filters
//
// A filter names rules by id or name, or any rule of its log source, and
// gives a condition that a match must fulfil as well: "not selection" takes
// away what the selection finds. Its log source bounds it: a rule has to have
// every part that the filter's has. [Collection.Prepare] fills placeholders,
// applies filters and tells what is left over. A filter never applies to a
// correlation, but to the rules that one counts.
//
// # Use
//
// Load rules, compile them once, then fill one record per goroutine again and
// again. An [Engine] never changes and serves any number of goroutines; a
// [Record] belongs to one.
//
// # How it is fast
//
// A rule is evaluated only where it may match. When rules are compiled, each
// gets a witness: a set of facts of which one holds whenever the rule does. Of
// the parts of an "and" the rarest will do, an "or" needs those of all its
// parts, a "not" gives none. Facts are a field's whole text, a literal in it,
// a character beyond ASCII, or that it is there at all; the literals that a
// regular expression needs count too. A [Route] indexes the witnesses of the
// rules of one kind of log. To match, each text is folded once and passed
// over once: a filter of two bits says of every four bytes whether a literal
// may stand there. What remains, one or two rules for an event, is evaluated
// in full, so the index may name too many rules, never too few. Where a list
// has many values an index of the same kind stands for them, and a regular
// expression is tried only where the texts that it needs stand in order.
package sigma
