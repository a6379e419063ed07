package sigma

// Correlation is a Sigma correlation rule that was read and understood in
// full. Correlations come from Parse and Load only and must not be changed
// afterwards.
type Correlation struct {
	Meta
}

func readCorrelation(_ *Meta, root *node) (*Correlation, error) {
	return nil, refuse(root.get("correlation").line, "correlation", "correlation rules are not supported")
}
