package query

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// fieldTerm reads what follows a field's name: a value, a comparison or a list.
func (p *parser) fieldTerm(pos int, fields []string) (Node, error) {
	p.pos++ // the colon
	if !p.at("(") {
		return p.value(pos, fields)
	}
	p.pos++
	var nodes []Node
	for {
		p.skipSpace()
		n, err := p.value(p.pos, fields)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
		if p.at(")") {
			p.pos++
			p.skipSpace()
			return either(nodes), nil
		}
		if p.keyword() != "or" {
			return nil, p.fail(p.pos, `"or" or ")" in the list of values`, p.pos)
		}
		p.take("or")
	}
}

// comparisons in the order in which they must be tried.
var comparisons = []struct {
	sign string
	op   Op
}{{">=", GreaterEqual}, {"<=", LessEqual}, {">", Greater}, {"<", Less}}

// longHost lets a host's short name, by which people call it, stand for its full name too: ws-01 finds ws-01.example.
func longHost(n Node) (Node, bool) {
	m, ok := n.(Match)
	if !ok || m.Field != event.HostName.Info().Name || m.Op != Equal || m.Value == "" || strings.ContainsAny(m.Value, `.*?\`) {
		return nil, false
	}
	m.Op, m.Value = Wildcard, m.Value+".*"
	return m, true
}

func (p *parser) value(pos int, fields []string) (Node, error) {
	op := Equal
	for _, c := range comparisons {
		if p.at(c.sign) {
			op, p.pos = c.op, p.pos+len(c.sign)
			break
		}
	}
	t, err := p.valueToken()
	if err != nil {
		return nil, err
	}
	nodes := make([]Node, 0, len(fields))
	for _, field := range fields {
		n, expected := match(Match{Field: field, Op: op, Pos: pos}, t)
		if expected != "" {
			return nil, p.fail(t.pos, expected, t.pos)
		}
		nodes = append(nodes, n)
		if short, ok := longHost(n); ok {
			nodes = append(nodes, short)
		}
	}
	return either(nodes), p.finish(t.pos, len(nodes))
}

func (p *parser) valueToken() (token, error) {
	if p.at(`"`) {
		return p.quotedToken()
	}
	t := p.bareToken(false)
	if t.literal == "" {
		return t, p.fail(p.pos, "a value", p.pos)
	}
	return t, nil
}

// match completes m with the value in the way of the field's kind; else it says what was expected.
func match(m Match, t token) (n Node, expected string) {
	m.Value = t.literal
	kind := KindOf(m.Field)
	compares := m.Op != Equal
	switch {
	case t.stars && !compares:
		m.Op, m.Value = Exists, ""
		return m, ""
	case kind == Instant:
		return instant(m)
	case kind == ID:
		return m, checkID(m)
	case compares:
		return m, checkComparison(m, kind)
	case t.wild:
		m.Op, m.Value = Wildcard, t.pattern
		return m, ""
	case kind == Number && !number.MatchString(m.Value):
		return nil, "a number"
	case kind == Address || !t.quoted && (kind == Own || m.Field == "entity"):
		return address(m, kind)
	}
	return m, ""
}

var number = regexp.MustCompile(`^-?[0-9]{1,300}(\.[0-9]{1,300})?$`)

// IsNumber reports whether a value is written as a decimal number, as Less and its like need it.
func IsNumber(value string) bool { return number.MatchString(value) }

func checkComparison(m Match, kind Kind) string {
	if kind == Address {
		return "an address or a network, without < or >"
	}
	if !number.MatchString(m.Value) {
		return "a number"
	}
	return ""
}

func checkID(m Match) string {
	if _, err := event.ParseID(m.Value); err != nil || m.Op != Equal {
		return "an event's id, as in 1-0-42-7"
	}
	return ""
}

// address turns networks into Network and brings addresses into their canonical form; on fields of other kinds anything else stays as it is.
func address(m Match, kind Kind) (Node, string) {
	if network, err := netip.ParsePrefix(m.Value); err == nil {
		if a := network.Addr(); a.Is4In6() && network.Bits() >= 96 {
			network = netip.PrefixFrom(a.Unmap(), network.Bits()-96)
		}
		m.Op, m.Value = Network, network.Masked().String()
		return m, ""
	}
	if kind != Address {
		return m, ""
	}
	addr, err := netip.ParseAddr(m.Value)
	if err != nil {
		return nil, "an address, a network such as 10.0.0.0/8, or wildcards"
	}
	m.Value = addr.Unmap().String()
	return m, ""
}
