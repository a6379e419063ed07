// Package evtx reads Windows event log files (.evtx).
//
// What enters: the bytes of one file, from any [io.Reader], in order; nothing is sought.
//
// What leaves: the records in the order in which they lie in the file, each with its number, the time when it was written, and its content as JSON in the nested
// shape that converters of event logs use, or as XML as the Event Viewer shows it. Between them, where the file is damaged, what is wrong and where.
//
// What it never does: give up because of damage, leave out a record that can be read, panic, seek, hold more than two chunks of the file, or follow what a hostile
// file asks for without bound. It does not render the message of an event: that text is not in the file but in libraries of the machine that wrote it.
//
// The format is described by the documentation of libevtx ("Windows XML Event Log (EVTX) format") and by [MS-EVEN6], section 2.2.12. A file has a header, then chunks of
// 64 KB; a chunk has records; a record is binary XML: mostly an instance of a template, which stands once in the chunk, and the values to fill it with.
package evtx
