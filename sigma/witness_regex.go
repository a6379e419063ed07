package sigma

// regexWitness unites the atoms of the need that is met least often.
func regexWitness(t *regexTest, slot int) *witness {
	var best *witness
	for _, n := range t.needs {
		w := needWitness(n, slot)
		if w != nil && (best == nil || w.cost < best.cost) {
			best = w
		}
	}
	return best
}

func needWitness(n need, slot int) *witness {
	var all []*witness
	for _, text := range n {
		w := literalWitness(atom{kind: atomLiteral, slot: slot, text: string(text)})
		if w == nil {
			return nil
		}
		all = append(all, w)
	}
	return unite(all, len(all))
}
