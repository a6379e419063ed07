// Package sigma is a detection engine for Sigma rules that stands on its own.
//
// What enters: rules as YAML ([Parse], [Load], [LoadFS]) and events as a
// [Record] of field values. What leaves: the rules that match, each with the
// fields, values and patterns that made it match ([Match]), and a [Problem]
// for everything that was refused. What it never does: decode logs, decide
// which log source an event belongs to, or keep anything between two events.
//
// The language is Sigma 2.1, rules only: detections of maps, lists, keywords,
// null, numbers and wildcards; the modifiers all, base64, base64offset,
// cased, cidr, contains, endswith, exists, fieldref, gt, gte, lt, lte, neq,
// re (with i, m, s), startswith, utf16, utf16be, utf16le, wide and windash;
// and the whole condition grammar. Anything else, such as correlations,
// filters, placeholders and the time modifiers, is refused when the rule is
// read, with file, line, field and reason: no rule is ever applied in part.
//
// # How values compare
//
// Texts compare without regard to case (Unicode simple folding) unless the
// modifier cased says otherwise. Numbers, booleans and strings compare by
// their text, so 4688 in a rule matches 4688 and "4688" in an event. A list
// matches where one of its elements does. null matches a null and an absent
// field and exists looks at presence alone; every other pattern, also a lone
// wildcard and neq, needs a value.
// Keywords are looked for inside every text of the event; a number as a
// keyword has to stand alone, not inside a longer word or number.
// Regular expressions are those of package regexp (RE2): look-around, back
// references and possessive quantifiers do not exist there and are refused.
// The modifier windash takes -, / and the three long dashes for the same
// character, wherever they stand.
//
// # Use
//
// Load rules, compile them once, then fill one record per goroutine again and
// again. An [Engine] never changes and serves any number of goroutines; a
// [Record] belongs to one.
package sigma
