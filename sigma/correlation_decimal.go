package sigma

import (
	"math/big"
	"strconv"
	"strings"
)

// decimalDigits are the places behind the point that a decimal keeps, and
// half of those before it.
const decimalDigits = 18

// decimal is a number held exactly, as a whole number of 10^-18. Sums of
// decimals do not depend on the order of adding, as those of floats would.
type decimal struct{ big.Int }

var decimalOne = new(big.Int).Exp(big.NewInt(10), big.NewInt(decimalDigits), nil)

// readDecimal reads a number as JSON writes it, also with a leading plus
// sign or zeros. A number too long to be held exactly is none.
func readDecimal(s string) (*decimal, bool) {
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		var err error
		if exponent, err = strconv.Atoi(s[i+1:]); err != nil || exponent < -100 || exponent > 100 {
			return nil, false
		}
		mantissa = s[:i]
	}
	sign := ""
	if strings.HasPrefix(mantissa, "-") || strings.HasPrefix(mantissa, "+") {
		sign, mantissa = mantissa[:1], mantissa[1:]
	}
	whole, fraction, point := strings.Cut(mantissa, ".")
	if whole == "" || point && fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return nil, false
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	scale := decimalDigits + exponent - len(fraction)
	for scale < 0 && strings.HasSuffix(digits, "0") {
		digits, scale = digits[:len(digits)-1], scale+1
	}
	if digits == "" {
		return &decimal{}, true
	}
	if scale < 0 || len(digits)+scale > 3*decimalDigits {
		return nil, false
	}
	d := &decimal{}
	_, ok := d.SetString(strings.TrimPrefix(sign, "+")+digits+strings.Repeat("0", scale), 10)
	return d, ok
}

func wholeDecimal(n int) *decimal {
	d := &decimal{}
	d.Mul(big.NewInt(int64(n)), decimalOne)
	return d
}

// whole returns the number if it has no fraction and is not too large.
func (d *decimal) whole() (int, bool) {
	quotient, rest := new(big.Int).QuoRem(&d.Int, decimalOne, new(big.Int))
	if rest.Sign() != 0 || !quotient.IsInt64() {
		return 0, false
	}
	return int(quotient.Int64()), true
}

func (d *decimal) String() string {
	digits := new(big.Int).Abs(&d.Int).String()
	if len(digits) <= decimalDigits {
		digits = strings.Repeat("0", decimalDigits+1-len(digits)) + digits
	}
	point := len(digits) - decimalDigits
	text := strings.TrimSuffix(strings.TrimRight(digits[:point]+"."+digits[point:], "0"), ".")
	if d.Sign() < 0 {
		return "-" + text
	}
	return text
}
