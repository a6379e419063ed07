package sigma

import (
	"cmp"
	"strings"
)

// digits is a decimal number of any length that is written without an
// exponent: what stands before the point without leading zeros, and what
// stands after it without trailing ones. Zero is not negative.
type digits struct {
	negative        bool
	whole, fraction string
}

func readDigits(s string) (digits, bool) {
	rest := s
	if s != "" && (s[0] == '-' || s[0] == '+') {
		rest = s[1:]
	}
	whole, fraction, _ := strings.Cut(rest, ".")
	if whole == "" && fraction == "" || !allDigits(whole) || !allDigits(fraction) {
		return digits{}, false
	}
	d := digits{whole: strings.TrimLeft(whole, "0"), fraction: strings.TrimRight(fraction, "0")}
	d.negative = s[0] == '-' && (d.whole != "" || d.fraction != "")
	return d, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// compare is -1, 0 or 1 as d is less than, equal to or greater than o.
func (d digits) compare(o digits) int {
	if d.negative != o.negative {
		if d.negative {
			return -1
		}
		return 1
	}
	by := cmp.Or(cmp.Compare(len(d.whole), len(o.whole)), strings.Compare(d.whole, o.whole), strings.Compare(d.fraction, o.fraction))
	if d.negative {
		return -by
	}
	return by
}
