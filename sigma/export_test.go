package sigma

// Break makes every evaluation of a rule's first value fail, as a fault of the
// engine would.
func Break(r *Rule) {
	e := r.condition
	for len(e.kids) > 0 {
		e = e.kids[0]
	}
	e.item.values[0].tests = []test{brokenTest{}}
}

type brokenTest struct{}

func (brokenTest) match(*cell) bool { panic("broken for a test") }
