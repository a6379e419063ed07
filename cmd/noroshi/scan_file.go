package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/noroshi-soc/noroshi/evtx"
	"github.com/noroshi-soc/noroshi/internal/ingest"
	"github.com/noroshi-soc/noroshi/internal/normalize"
	"github.com/noroshi-soc/noroshi/internal/source"
)

// evtxMagic is how a Windows event log file begins.
const evtxMagic = "ElfFile\x00"

// scanReader cuts one file into records and hands them on.
type scanReader struct {
	scanner *scanner
	name    string
	batch   source.Batch
	base    int // records before the batch
}

func (r *scanReader) add(rec source.Record) error {
	r.batch.Records = append(r.batch.Records, rec)
	if len(r.batch.Records) < scanBatch {
		return nil
	}
	return r.flush()
}

func (r *scanReader) flush() error {
	err := r.scanner.batch(&r.batch, r.name, r.base)
	r.base += len(r.batch.Records)
	r.batch.Records = r.batch.Records[:0]
	return err
}

// records reads a file of text whose format its head tells.
func (r *scanReader) records(in *bufio.Reader, head []byte) error {
	s := r.scanner
	format, ok := normalize.Sniff(head)
	if !ok {
		s.skip(r.name, "format not known (readable: Windows events as JSON or EVTX, Suricata EVE, Zeek, syslog)")
		return nil
	}
	s.files++
	r.batch.Format = format
	for rec, err := range ingest.Records(in, ingest.Limits{}) {
		if err != nil {
			s.skip(r.name, "breaks off: "+err.Error())
			break
		}
		if err := r.add(rec); err != nil {
			return err
		}
	}
	return r.flush()
}

// maxDamage bounds what is told of one file; all of it is counted.
const maxDamage = 5

// eventLog reads a Windows event log file. What is damaged in it is told, and what is whole is read.
func (r *scanReader) eventLog(in io.Reader) error {
	s := r.scanner
	s.files++
	r.batch.Format = source.FormatWindows
	places := 0
	for rec, err := range evtx.NewReader(in).Records() {
		var damage *evtx.Damage
		switch {
		case errors.As(err, &damage):
			if places++; places <= maxDamage {
				s.damage = append(s.damage, unread{r.name, damage.Error()})
			}
			continue
		case err != nil:
			s.skip(r.name, "breaks off: "+err.Error())
			return r.flush()
		}
		object := rec.AppendJSON(nil)
		if err := r.add(source.Record{Bytes: object, Size: len(object)}); err != nil {
			return err
		}
	}
	if places > 0 {
		s.damaged++
	}
	if places > maxDamage {
		s.damage = append(s.damage, unread{r.name, fmt.Sprintf("%d more damaged places", places-maxDamage)})
	}
	return r.flush()
}
