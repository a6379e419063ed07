package sigma_test

import (
	"fmt"

	"github.com/noroshi-soc/noroshi/sigma"
)

// A rule is read, compiled and asked about one event.
func Example() {
	parsed := sigma.Parse("whoami.yml", []byte(`
title: Whoami run from a web server
level: high
logsource:
    category: process_creation
    product: windows
detection:
    parent:
        ParentImage|endswith:
            - '\w3wp.exe'
            - '\httpd.exe'
    child:
        CommandLine|contains: whoami
    condition: parent and child
`))
	for _, p := range parsed.Problems {
		fmt.Println("refused:", p)
	}
	engine, _ := sigma.Compile(parsed.Rules)

	// The host program decides which log sources an event belongs to.
	route := engine.Route(func(s sigma.LogSource) bool {
		return s.Product == "windows" && s.Category == "process_creation"
	})
	record := engine.NewRecord()
	record.Reset(route)
	for field, text := range map[string]string{
		"ParentImage": `C:\Windows\System32\inetsrv\w3wp.exe`,
		"CommandLine": `cmd.exe /c WHOAMI /all`,
		"User":        `IIS APPPOOL\web`,
	} {
		number := record.Add(sigma.Value{Kind: sigma.String, Text: text})
		if slot, ok := engine.Slot(field); ok {
			record.Name(slot, number)
		}
	}
	for _, m := range engine.Match(record, nil) {
		fmt.Println(m.Rule.Level, m.Rule.Title)
		for _, hit := range m.Fields {
			fmt.Printf("  %s = %s (%s)\n", hit.Field, hit.Value, hit.Pattern)
		}
	}
	// Output:
	// high Whoami run from a web server
	//   ParentImage = C:\Windows\System32\inetsrv\w3wp.exe (endswith: \w3wp.exe)
	//   CommandLine = cmd.exe /c WHOAMI /all (contains: whoami)
}
