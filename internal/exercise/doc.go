// Package exercise plays a scenario: the working day of an invented company,
// with or without an intrusion in it, as the log lines that its machines
// would have written.
//
// What enters: a scenario as YAML (company, sites, hosts, people, ordinary
// work, steps of the story), a start time and a seed. What leaves: lines in
// the order of time, each with the name of the source that would have sent
// it. What it never does: send the lines anywhere, judge what a detector made
// of them, or read the clock; the same scenario, start and seed give the same
// bytes.
package exercise
