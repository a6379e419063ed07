package sigma

// framed is true where frames are looked at, not sliding windows.
func (c *Correlation) framed() bool { return false }

// delay is how long after its last event a frame may be decided.
func (c *Correlation) delay() int64 {
	if c.framed() {
		return int64(c.Timespan)
	}
	return 0
}

func (c *Correlation) machine() machine {
	return countMachine{least: c.condition.least()}
}

type frame struct{}
