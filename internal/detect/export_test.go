package detect

// SlowBy judges one cost.
var SlowBy = slow
