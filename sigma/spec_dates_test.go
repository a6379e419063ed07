package sigma_test

var timeClauses = []clause{
	{
		says:      "minute is a number between 0 and 59",
		detection: "sel: {A|minute: 7}",
		match:     []string{`{"A":"2024-05-01T23:07:59Z"}`, `{"A":"2024-05-01 23:07"}`},
		reject:    []string{`{"A":"2024-05-01T07:23:07Z"}`, `{"A":"2024-05-01"}`, `{}`},
		refused:   []refused{{"sel: {A|minute: 60}", "from 0 to 59"}, {"sel: {A|minute: -1}", "from 0 to 59"}},
	},
	{
		says:      "hour is a number between 0 and 23",
		detection: "sel: {A|hour: [0, 23]}",
		match:     []string{`{"A":"2024-05-01T23:00:00.1234567Z"}`, `{"A":"2024-05-01 00:59:60"}`},
		reject:    []string{`{"A":"2024-05-01T22:00:00Z"}`, `{"A":"2024-05-01T24:00:00Z"}`, `{"A":"2024-05-01"}`},
		refused:   []refused{{"sel: {A|hour: 24}", "from 0 to 23"}, {"sel: {A|hour|lt: 24}", "from 0 to 23"}},
	},
	{
		says:      "day is a number between 1 and 31, of the month",
		detection: "sel: {A|day: 29}",
		match:     []string{`{"A":"2024-02-29"}`, `{"A":"2023-03-29T01:02:03+09:00"}`},
		reject:    []string{`{"A":"2023-02-29"}`, `{"A":"2024-02-28"}`, `{"A":"29"}`},
		refused:   []refused{{"sel: {A|day: 0}", "from 1 to 31"}, {"sel: {A|day: 32}", "from 1 to 31"}},
	},
	{
		says:      "week is that of ISO 8601; the 53rd of a long year too",
		detection: "sel: {A|week: 53}",
		match:     []string{`{"A":"2020-12-31"}`, `{"A":"2021-01-03T23:59:59Z"}`},
		reject:    []string{`{"A":"2021-01-04"}`, `{"A":"2024-12-31"}`},
		refused:   []refused{{"sel: {A|week: 0}", "from 1 to 53"}, {"sel: {A|week: 54}", "from 1 to 53"}},
	},
	{
		says:      "a week may begin in the year before",
		detection: "sel: {A|week: 1}",
		match:     []string{`{"A":"2024-12-30"}`, `{"A":"2025-01-05"}`},
		reject:    []string{`{"A":"2024-12-29"}`, `{"A":"2025-01-06"}`, `{"A":"2021-01-01"}`},
	},
	{
		says:      "month is a number between 1 and 12",
		detection: "sel: {A|month: 12}",
		match:     []string{`{"A":"2024-12-05"}`},
		reject:    []string{`{"A":"2024-05-12"}`, `{"A":"2024-13-12"}`},
		refused:   []refused{{"sel: {A|month: 13}", "from 1 to 12"}, {"sel: {A|month: may}", "takes a whole number"}},
	},
	{
		says:      "year is the number of the year",
		detection: "sel: {A|year: 1999}",
		match:     []string{`{"A":"1999-12-31T23:59:59Z"}`},
		reject:    []string{`{"A":"2000-01-01"}`, `{"A":1999}`, `{"A":"1999"}`},
		refused:   []refused{{"sel: {A|year: 1999.5}", "takes a whole number"}, {"sel: {A|year: true}", "takes a whole number"}},
	},
	{
		says:      "the number that is taken out can be compared",
		detection: "sel: {A|hour|gte: 22}",
		match:     []string{`{"A":"2024-05-01 22:00:00"}`, `{"A":"2024-05-01 23:59:59"}`},
		reject:    []string{`{"A":"2024-05-01 21:59:59"}`, `{"A":"23"}`, `{"A":23}`},
		refused: []refused{
			{"sel: {A|gte|hour: 22}", "exclude each other in this order"},
			{"sel: {A|hour|cidr: 10.0.0.0/8}", "exclude each other"},
			{"sel: {A|hour|contains: 2}", "exclude each other"},
		},
	},
	{
		says:      "gt, lt and lte on parts",
		detection: "sel: {A|hour|gt: 8, A|hour|lt: 17, A|month|lte: 6}",
		match:     []string{`{"A":"2024-06-01T09:00:00Z"}`, `{"A":"2024-01-01T16:59:00Z"}`},
		reject:    []string{`{"A":"2024-06-01T08:59:00Z"}`, `{"A":"2024-06-01T17:00:00Z"}`, `{"A":"2024-07-01T09:00:00Z"}`},
	},
	{
		says:      "neq on parts wants a date all the same",
		detection: "sel: {A|hour|neq: [3, 4]}",
		match:     []string{`{"A":"2024-05-01T05:00:00Z"}`},
		reject:    []string{`{"A":"2024-05-01T03:00:00Z"}`, `{"A":"2024-05-01T04:00:00Z"}`, `{"A":"never"}`, `{"A":"2024-05-01"}`, `{}`, `{"A":null}`},
	},
	{
		says:      "no conversion of zones: the digits count as they stand",
		detection: "sel: {A|hour: 23}",
		match:     []string{`{"A":"2024-05-01T23:00:00+09:00"}`, `{"A":"2024-05-01T23:00:00-0500"}`, `{"A":"2024-05-01T23:00:00Z"}`},
		reject:    []string{`{"A":"2024-05-01T14:00:00+09:00"}`},
	},
	{
		says:      "no conversion of formats: what is no ISO 8601 date never holds",
		detection: "sel: {A|year: 2024}",
		match: []string{
			`{"A":"2024-05-01"}`, `{"A":"2024-05-01t01:02z"}`, `{"A":"2024-05-01 01:02:03,5"}`, `{"A":["x","2024-05-01"]}`,
		},
		reject: []string{
			`{"A":1714521600}`, `{"A":"1714521600000"}`, `{"A":"05/01/2024"}`, `{"A":"May  1 2024"}`, `{"A":"2024-05-01T"}`,
			`{"A":"2024-05-01T01"}`, `{"A":"2024-05-01T01:02:03."}`, `{"A":"2024-05-01T01:02:03Zx"}`, `{"A":" 2024-05-01"}`,
			`{"A":"2024-5-1"}`, `{"A":"2024-05-01T01:02:61Z"}`, `{"A":"2024-05-01T01:02:03+25:00"}`, `{"A":"2024-04-31"}`, `{"A":"２０２４-05-01"}`,
		},
	},
	{
		says:      "the basic form of ISO 8601, and a zone of hours alone",
		detection: "sel: {A|hour: 3, A|minute: 4, A|day: 2}",
		match: []string{
			`{"A":"20240102T030405Z"}`, `{"A":"20240102T0304"}`, `{"A":"20240102t030405.123+09"}`, `{"A":"20240102T030405-0930"}`,
			`{"A":"2024-01-02T03:04:05+09"}`, `{"A":"2024-01-02 03:04-05"}`,
		},
		reject: []string{
			`{"A":"20240102 030405"}`, `{"A":"20240102T03:04:05"}`, `{"A":"2024-01-02T030405"}`, `{"A":"2024-0102T03:04"}`, `{"A":"202401-02T0304"}`,
			`{"A":"20240102T03"}`, `{"A":"20240102T03040"}`, `{"A":"20240102T030461"}`, `{"A":"20240102T030405+9"}`, `{"A":"20240102T030405+24"}`,
			`{"A":"20241302T030405"}`, `{"A":"20240102T"}`, `{"A":"20240102030405"}`,
		},
	},
	{
		says:      "a number is no date of the basic form",
		detection: "sel: {A|year: 2024}",
		match:     []string{`{"A":"20240102T0304"}`},
		reject:    []string{`{"A":20240102}`, `{"A":"20240102"}`, `{"A":"2024-W01-2"}`, `{"A":"2024-002"}`},
	},
}
