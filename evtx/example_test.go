package evtx_test

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/noroshi-soc/noroshi/evtx"
)

// A log of one chunk, whose second record is broken, told as JSON lines.
func Example() {
	file := bytes.NewReader(exampleLog()) // or an *os.File, or a member of a zip archive
	var line []byte
	for record, err := range evtx.NewReader(file).Records() {
		var damage *evtx.Damage
		switch {
		case errors.As(err, &damage):
			fmt.Printf("at %d: %s\n", damage.Offset, damage.Reason)
		case err != nil: // of the source
			fmt.Println(err)
			return
		default:
			line = append(record.AppendJSON(line[:0]), '\n')
			fmt.Printf("%s", line)
		}
	}
	// Output:
	// {"Event":{"System":{"EventRecordID":1},"EventData":{"Text":"value"}}}
	// at 4952: there is no record where one should begin
	// {"Event":{"System":{"EventRecordID":3},"EventData":{"Text":"value"}}}
}
