package sigma

// Filter is a Sigma filter that was read and understood in full: what rules
// shall not tell. Filters come from Parse and Load only and must not be
// changed afterwards.
type Filter struct {
	Meta
}

func readFilter(_ *Meta, root *node) (*Filter, error) {
	return nil, refuse(root.get("filter").line, "filter", "filters are not supported")
}
