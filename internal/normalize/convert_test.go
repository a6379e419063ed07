package normalize

import (
	"math/rand/v2"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/noroshi-soc/noroshi/internal/event"
)

// What follows says in plain words, with the standard library, what the converters and forms of entities do by short cuts.

func plainAddress(s string) string {
	a, err := netip.ParseAddr(s)
	if err != nil {
		return ""
	}
	return a.Unmap().WithZone("").String()
}

func plainNumber(s string) string {
	s = strings.TrimSpace(s)
	if digits, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok {
		n, err := strconv.ParseUint(digits, 16, 63)
		if err != nil {
			return ""
		}
		return strconv.FormatUint(n, 10)
	}
	if whole, part, ok := strings.Cut(s, "."); ok && strings.Trim(part, "0") == "" {
		s = whole
	}
	if _, err := strconv.ParseInt(s, 10, 64); err != nil {
		return ""
	}
	return s
}

func plainHost(s string) string {
	return strings.ToLower(strings.TrimSuffix(plainValue(strings.TrimSpace(s)), "."))
}

func plainHostEntity(s string) string {
	name := plainHost(s)
	if ip := plainAddress(name); ip != "" {
		return ip
	}
	if short, _, _ := strings.Cut(name, "."); short != "localhost" {
		return short
	}
	return ""
}

func plainUserEntity(s string) string {
	name := strings.ToLower(strings.TrimSpace(accountName(s)))
	for _, none := range strings.Split("system,local service,network service,anonymous logon,localsystem,iusr,n/a,(unknown)", ",") {
		if name == none {
			return ""
		}
	}
	if strings.HasSuffix(name, "$") || strings.HasPrefix(name, "dwm-") || strings.HasPrefix(name, "umfd-") {
		return ""
	}
	return name
}

func plainDomainEntity(s string) string {
	name := plainHost(s)
	if host, port, ok := strings.Cut(name, ":"); ok && !strings.Contains(port, ":") {
		name = host
	}
	if !strings.Contains(name, ".") || strings.ContainsAny(name, " /\\") || strings.HasSuffix(name, ".arpa") || plainAddress(name) != "" {
		return ""
	}
	return name
}

func plainISO(s string, loc *time.Location) (time.Time, bool) {
	if len(s) < 19 || strings.HasPrefix(s, "0000") {
		return time.Time{}, false
	}
	s = strings.Replace(strings.Replace(s, " ", "T", 1), ",", ".", 1)
	for _, layout := range []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// checkConverters compares all of them on one text.
func checkConverters(t *testing.T, m *memory, s string) {
	t.Helper()
	same := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s of %q: %q, want %q", what, s, got, want)
		}
	}
	same("ip", address(m, s), plainAddress(strings.TrimSpace(s)))
	same("number", number(m, s), plainNumber(s))
	same("host", hostName(m, s), plainHost(s))
	same("guid", guid(m, s), strings.ToLower(strings.Trim(plainValue(s), "{}")))
	entity := func(kind event.EntityKind) string { return string(normalForms[kind]([]byte("before it "), s)) }
	same("host entity", entity(event.KindHost), "before it "+plainHostEntity(s))
	same("user entity", entity(event.KindUser), "before it "+plainUserEntity(s))
	same("domain entity", entity(event.KindDomain), "before it "+plainDomainEntity(s))
	if a, err := netip.ParseAddr(s); err == nil && !mayBeAddress(s) {
		t.Errorf("%s is taken for no address", a)
	}
}

var convertible = []string{
	"", "-", " ", "0", "00", "+7", "-7", "+", "--1", "1.0", "1.", ".0", "1.5", "0x", "0x1f", "0X1F", "0xffffffffffffffff", "0x7fffffffffffffff", "0x-1", "0x1_f",
	"999999999999999999", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "1_000", "１", "12a", "1e3",
	"192.0.2.1", "192.0.2.01", "192.0.2.256", "1.2.3", "1.2.3.4.5", "::", "::1", "2001:DB8::0:1", "2001:db8::1", "fe80::1%eth0", "FE80::1%K", "::ffff:192.0.2.1",
	"::FFFF:C000:0201", "a.b", "a:b", "dead", "dead:beef", "face.example", "127.0.0.1", "1.2.3.4%x", " 192.0.2.1 ", "192.0.2.1.", ":", "0:0:0:0:0:0:0:1",
	"WORKSTATION6.mordor.local", "localhost", "LOCALHOST.x", "PC-041$", "host:53", "host.example:53", "x y.example", "1.in-addr.arpa", "X.ARPA", "EXAMPLE.com.", "a/b.c",
	`AOI\Y.Tanaka`, "y.tanaka@aoi.example", `NT AUTHORITY\SYSTEM`, "Anonymous Logon", "DWM-2", "umfd-0", "İ.example", "K.example", "{6A910B9D-498A}", "日本.Example", "@x", `\`,
}

func TestConvertersKeepTheirWord(t *testing.T) {
	var m memory
	for _, s := range convertible {
		checkConverters(t, &m, s)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 100_000 {
		a, b := convertible[r.IntN(len(convertible))], convertible[r.IntN(len(convertible))]
		checkConverters(t, &m, a[:r.IntN(len(a)+1)]+b[r.IntN(len(b)+1):])
	}
}

func FuzzConverters(f *testing.F) {
	for _, s := range convertible {
		f.Add(s)
	}
	var m memory
	f.Fuzz(func(t *testing.T, s string) { checkConverters(t, &m, strings.ToValidUTF8(s, "?")) })
}

func TestISOIsCounted(t *testing.T) {
	tokyo := time.FixedZone("JST", 9*3600)
	check := func(s string) {
		t.Helper()
		for _, loc := range []*time.Location{time.UTC, tokyo} {
			want, ok := plainISO(s, loc)
			got, _, gotOK := parseISO(s, loc)
			if ok != gotOK || ok && !got.Equal(want) {
				t.Errorf("%s: %v, %v, want %v, %v", s, got, gotOK, want, ok)
			}
		}
	}
	for day := time.Date(1, 1, 1, 23, 59, 58, 0, time.UTC); day.Year() <= 9999; day = day.AddDate(0, 0, 13) {
		check(day.Format("2006-01-02T15:04:05Z"))
	}
	for _, year := range []string{"1900", "2000", "2023", "2024", "2100", "0001", "9999"} {
		for month := range 14 {
			for _, day := range []string{"00", "01", "28", "29", "30", "31", "32"} {
				check(year + "-" + string(rune('0'+month/10)) + string(rune('0'+month%10)) + "-" + day + " 00:00:00")
			}
		}
	}
	for _, s := range []string{
		"2026-06-30T10:15:02.123456789+09:00", "2026-06-30T10:15:02.5-0330", "2026-06-30T10:15:02,25", "2026-06-30T10:15:02+14", "2026-06-30T24:00:00Z", "2026-06-30T10:60:00Z",
		"2026-0a-30T10:15:02Z", "2026-06-3/T10:15:02Z", "20/6-06-30T10:15:02Z", "2026-06-30T1:015:02Z", "0000-06-30T10:15:02Z",
	} {
		check(s)
	}
	if leap, _, ok := parseISO("2016-12-31T23:59:60Z", time.UTC); !ok || !leap.Equal(time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("a leap second is %v, %v", leap, ok)
	}
}
